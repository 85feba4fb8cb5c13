/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The table of the review: columns of inscriptions, and the rule of the selection. The order on the
 * right stays what it is as long as the table shows it; when it leaves (approved, returned, other
 * filter), the one that took its place opens. So the next order opens by itself. */

#include "console/review/review-window-private.h"

#include "console/format.h"
#include "console/widgets.h"

#include <glib/gi18n.h>

typedef enum
{
  COLUMN_NUMBER,
  COLUMN_ELDER,
  COLUMN_COMMUNITY,
  COLUMN_SERVICE,
  COLUMN_PROVIDER,
  COLUMN_FINISHED,
  COLUMN_AMOUNT,
  COLUMN_VERDICT,
  N_COLUMNS,
} Column;

static const struct
{
  const char *title;
  guint min_chars;
  gboolean expand;
} columns[N_COLUMNS] = {
  [COLUMN_NUMBER] = { N_ ("Order number"), 17, FALSE },
  [COLUMN_ELDER] = { N_ ("Elder"), 6, FALSE },
  [COLUMN_COMMUNITY] = { N_ ("Community"), 11, FALSE },
  [COLUMN_SERVICE] = { N_ ("Service"), 10, TRUE },
  [COLUMN_PROVIDER] = { N_ ("Provider"), 7, TRUE },
  [COLUMN_FINISHED] = { N_ ("Finished at"), 11, FALSE },
  [COLUMN_AMOUNT] = { N_ ("Amount"), 8, FALSE },
  [COLUMN_VERDICT] = { N_ ("Verification"), 17, FALSE },
};

static const char *const verdict_classes[YIHU_REVIEW_N_VERDICTS] = { "ok", "p2t", "p3t" };

static char *
make_cell_text (YihuReviewItem *item, Column column)
{
  const YihuOrder *order = yihu_review_item_get_order (item);

  switch (column)
    {
    case COLUMN_NUMBER:
      return g_strdup (yihu_review_item_get_number (item));
    case COLUMN_ELDER:
      return g_strdup (yihu_review_item_get_masked_name (item));
    case COLUMN_COMMUNITY:
      return g_strdup (yihu_review_item_get_community (item));
    case COLUMN_SERVICE:
      return g_strdup (yihu_review_item_get_service (item) != NULL
                           ? yihu_review_item_get_service (item)->name
                           : "—");
    case COLUMN_PROVIDER:
      return g_strdup (yihu_review_item_get_provider (item) != NULL
                           ? yihu_review_item_get_provider (item)->name
                           : "—");
    case COLUMN_FINISHED:
      return yihu_format_stamp (order->finished_at_us);
    case COLUMN_AMOUNT:
      return yihu_format_money (order->price_fen);
    default:
      return g_strdup (yihu_review_item_get_summary (item));
    }
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
  Column column = GPOINTER_TO_UINT (data);
  GtkWidget *text = gtk_inscription_new (NULL);

  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), columns[column].min_chars);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (text), columns[column].min_chars);
  gtk_widget_add_css_class (text, "num");
  if (column == COLUMN_AMOUNT)
    gtk_inscription_set_xalign (GTK_INSCRIPTION (text), 1);
  gtk_list_item_set_child (list_item, text);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
  Column column = GPOINTER_TO_UINT (data);
  YihuReviewItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *child = gtk_list_item_get_child (list_item);
  g_autofree char *text = make_cell_text (item, column);

  yihu_inscription_set (child, text);
  if (column != COLUMN_VERDICT)
    return;
  for (int i = 0; i < YIHU_REVIEW_N_VERDICTS; i++)
    yihu_widget_set_class (child, verdict_classes[i],
                           i == (int) yihu_review_item_get_verdict (item));
}

static void
on_selected (YihuReviewWindow *self)
{
  YihuReviewItem *item = gtk_single_selection_get_selected_item (self->selection);

  /* The list is between two steps: what follows decides. */
  if (self->sync != 0 || item == NULL)
    return;
  self->place = gtk_single_selection_get_selected (self->selection);
  yihu_review_window_show_item (self, item);
}

static gboolean
on_sync (gpointer data)
{
  YihuReviewWindow *self = data;

  self->sync = 0;
  yihu_review_window_sync (self);
  return G_SOURCE_REMOVE;
}

static void
on_items_changed (YihuReviewWindow *self)
{
  if (self->sync == 0)
    self->sync = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_sync, self, NULL);
}

void
yihu_review_window_make_table (YihuReviewWindow *self)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column = NULL;

      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GUINT_TO_POINTER (i));
      column = gtk_column_view_column_new (_ (columns[i].title), factory);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_expand (column, columns[i].expand);
      gtk_column_view_append_column (self->table, column);
      if (i == COLUMN_COMMUNITY)
        self->community_column = column;
      else if (i == COLUMN_AMOUNT)
        self->amount_column = column;
    }
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->list)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
}

void
yihu_review_window_select (YihuReviewWindow *self, guint position)
{
  GtkWidget *rows = gtk_widget_get_last_child (GTK_WIDGET (self->table));

  if (position >= g_list_model_get_n_items (G_LIST_MODEL (self->list)))
    return;
  self->place = position;
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (rows, "list.scroll-to-item", "u", position);
}

void
yihu_review_window_sync (YihuReviewWindow *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  guint position = self->current != NULL
                       ? yihu_review_list_find_position (self->list, self->current)
                       : GTK_INVALID_LIST_POSITION;

  g_clear_handle_id (&self->sync, g_source_remove);
  if (n == 0)
    {
      yihu_review_window_show_item (self, NULL);
      return;
    }
  if (position == GTK_INVALID_LIST_POSITION)
    position = MIN (self->place, n - 1);
  yihu_review_window_select (self, position);
  on_selected (self);
}

void
yihu_review_window_move (YihuReviewWindow *self, int by)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  guint selected = gtk_single_selection_get_selected (self->selection);
  gint64 wanted = selected == GTK_INVALID_LIST_POSITION ? 0 : (gint64) selected + by;

  if (n > 0)
    yihu_review_window_select (self, (guint) CLAMP (wanted, 0, (gint64) n - 1));
}
