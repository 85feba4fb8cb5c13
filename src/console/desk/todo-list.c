/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The to-do list as a widget over YihuTodoModel. Lateness moves once a beat in the rows on screen;
 * everything else changes only when the model replaces a row. */

#include "console/desk/todo-list.h"

#include "console/format.h"
#include "console/line-row.h"
#include "console/masking.h"
#include "console/panel.h"
#include "console/widgets.h"
#include "console/words.h"

#include <glib/gi18n.h>

struct _YihuTodoList
{
  GtkBox parent_instance;

  YihuBook *book; /* (owned) */
  YihuTodoModel *model; /* (owned) */
  YihuCatalogue *catalogue; /* (owned) */
  GtkWidget *panel;
  GtkWidget *list;
  GPtrArray *shown; /* (owned) GtkListItem bound now */
};

G_DEFINE_FINAL_TYPE (YihuTodoList, yihu_todo_list, GTK_TYPE_BOX)

static guint activated_signal;

static gint64
todo_get_late_us (YihuTodo *row, gint64 now_us)
{
  YihuOrder *order = yihu_todo_get_order (row);

  if (order == NULL || order->state > YIHU_ORDER_ACCEPTED || order->due_at_us == 0)
    return 0;
  return MAX (0, now_us - order->due_at_us);
}

char *
yihu_todo_describe (YihuTodo *row, gint64 now_us)
{
  YihuOrder *order = yihu_todo_get_order (row);
  gint64 late_us = todo_get_late_us (row, now_us);

  switch (yihu_todo_get_kind (row))
    {
    case YIHU_TODO_REFUSED:
      if (yihu_todo_get_outbox_state (row) == YIHU_OUTBOX_STALE)
        return g_strdup (_ ("Waited too long: confirm"));
      return g_strdup (_ ("Refused: decide"));
    case YIHU_TODO_PARKED:
      return g_strdup (_ ("Unfinished form"));
    case YIHU_TODO_CARD:
      return g_strdup (_ ("Card not saved"));
    case YIHU_TODO_MISSED:
      return g_strdup (_ ("Missed call"));
    default:
      if (late_us >= 60 * G_USEC_PER_SEC)
        return yihu_format_late (late_us);
      return g_strdup (yihu_words_order_state (order->state));
    }
}

static char *
row_make_title (YihuTodo *row, gint64 now_us)
{
  g_autofree char *state = yihu_todo_describe (row, now_us);
  const char *name = yihu_todo_get_elder_name (row);

  if (yihu_todo_get_command (row) != NULL)
    return g_strdup_printf ("%s · %s", yihu_words_command (yihu_todo_get_command (row)->name),
                            state);
  if (yihu_todo_get_kind (row) == YIHU_TODO_REFUSED)
    return g_strdup (_ ("A change that cannot be read"));
  return *name != '\0' ? g_strdup_printf ("%s · %s", name, state) : g_strdup (state);
}

static char *
row_make_subtitle (YihuTodoList *self, YihuTodo *row)
{
  YihuOrder *order = yihu_todo_get_order (row);
  YihuCall *call = yihu_todo_get_call (row);

  if (order != NULL && yihu_todo_get_kind (row) == YIHU_TODO_RETURNED)
    return g_strdup_printf (_ ("Reason: %s"), order->reason != NULL ? order->reason : "—");
  if (order != NULL)
    return g_strdup_printf ("%s · %s", yihu_catalogue_get_item_name (self->catalogue, order->item),
                            yihu_catalogue_get_provider_name (self->catalogue, order->provider));
  if (call != NULL && call->number != NULL && *call->number != '\0')
    return yihu_show_call_origin (call,
                                  yihu_book_get_division_name (self->book, call->record.division));
  if (call != NULL)
    return g_strdup (_ ("Number withheld"));
  if (yihu_todo_get_kind (row) == YIHU_TODO_REFUSED
      && yihu_todo_get_outbox_state (row) == YIHU_OUTBOX_STALE)
    return g_strdup (_ ("Waited too long; confirm it or drop it"));
  if (yihu_todo_get_kind (row) == YIHU_TODO_REFUSED && yihu_todo_get_command (row) == NULL)
    return g_strdup (_ ("It was not sent; what came after it waits"));
  if (yihu_todo_get_error (row) != NULL)
    return yihu_words_refusal (yihu_todo_get_command (row)->name, yihu_todo_get_error (row));
  return g_strdup (_ ("Open to go on writing"));
}

static void
row_show_badge (YihuLineRow *line, YihuTodo *row)
{
  switch (yihu_todo_get_kind (row))
    {
    case YIHU_TODO_REFUSED:
      yihu_line_row_set_badge (line,
                               yihu_todo_get_outbox_state (row) == YIHU_OUTBOX_REFUSED
                                   ? _ ("! Refused")
                                   : _ ("? Decide"),
                               "p3");
      break;
    case YIHU_TODO_PARKED:
    case YIHU_TODO_CARD:
      yihu_line_row_set_badge (line, _ ("✎ Draft"), "p2");
      break;
    case YIHU_TODO_RETURNED:
      yihu_line_row_set_badge (line, _ ("↩ Returned"), "p2");
      break;
    case YIHU_TODO_MISSED:
      yihu_line_row_set_badge (line, _ ("✕ Missed"), "p2");
      break;
    case YIHU_TODO_DONE:
      yihu_line_row_set_badge (line, _ ("✓ Done"), "safe");
      break;
    default:
      yihu_line_row_set_urgency (line, yihu_todo_get_urgency (row));
    }
}

/* What moves with time: the title's lateness and the colour of the due time. */
static void
row_show_time (GtkListItem *cell, gint64 now_us)
{
  YihuTodo *row = gtk_list_item_get_item (cell);
  YihuLineRow *line = YIHU_LINE_ROW (gtk_list_item_get_child (cell));
  gint64 due_us = yihu_todo_get_due_us (row);
  g_autofree char *title = row_make_title (row, now_us);
  g_autofree char *due = due_us > 0 ? yihu_format_due (due_us, now_us) : g_strdup ("");

  yihu_line_row_set_title (line, title);
  yihu_line_row_set_figure (line, due, todo_get_late_us (row, now_us) > 0 ? "p3t" : NULL);
}

static void
on_cell_bind (GtkSignalListItemFactory *factory, GtkListItem *cell, YihuTodoList *self)
{
  YihuTodo *row = gtk_list_item_get_item (cell);
  YihuLineRow *line = YIHU_LINE_ROW (gtk_list_item_get_child (cell));
  gint64 now_us = yihu_book_get_now_us (self->book);
  g_autofree char *title = row_make_title (row, now_us);
  g_autofree char *subtitle = row_make_subtitle (self, row);
  g_autofree char *spoken = g_strdup_printf ("%s, %s", title, subtitle);

  row_show_badge (line, row);
  yihu_line_row_set_subtitle (line, subtitle);
  yihu_line_row_set_spoken (line, spoken);
  row_show_time (cell, now_us);
  g_ptr_array_add (self->shown, cell);
}

static void
on_cell_unbind (GtkSignalListItemFactory *factory, GtkListItem *cell, YihuTodoList *self)
{
  g_ptr_array_remove_fast (self->shown, cell);
}

static void
on_cell_setup (GtkSignalListItemFactory *factory, GtkListItem *cell, YihuTodoList *self)
{
  gtk_list_item_set_child (cell, yihu_line_row_new ());
}

static void
todo_list_update (YihuTodoList *self)
{
  guint count = g_list_model_get_n_items (yihu_todo_model_get_list (self->model));
  guint n_late = yihu_todo_model_count_late (self->model, yihu_book_get_now_us (self->book));
  g_autofree char *note = n_late > 0 ? g_strdup_printf (_ ("%u · %u late"), count, n_late)
                                     : g_strdup_printf ("%u", count);

  yihu_panel_set_note (YIHU_PANEL (self->panel), note);
  if (count > 0)
    yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_CONTENT, NULL);
  else if (yihu_todo_model_is_loading (self->model))
    yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_LOADING, _ ("Reading the orders…"));
  else
    yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_EMPTY, _ ("Nothing is waiting."));
}

static void
on_ticker_tick (YihuTicker *ticker, YihuTodoList *self)
{
  gint64 now_us = yihu_book_get_now_us (self->book);

  for (guint i = 0; i < self->shown->len; i++)
    row_show_time (g_ptr_array_index (self->shown, i), now_us);
}

static void
on_list_activate (GtkListView *list, guint position, YihuTodoList *self)
{
  g_autoptr (YihuTodo) row =
      g_list_model_get_item (yihu_todo_model_get_list (self->model), position);

  g_signal_emit (self, activated_signal, 0, row);
}

static void
yihu_todo_list_dispose (GObject *object)
{
  YihuTodoList *self = YIHU_TODO_LIST (object);

  g_clear_object (&self->book);
  g_clear_object (&self->model);
  g_clear_object (&self->catalogue);
  G_OBJECT_CLASS (yihu_todo_list_parent_class)->dispose (object);
}

static void
yihu_todo_list_finalize (GObject *object)
{
  g_ptr_array_unref (YIHU_TODO_LIST (object)->shown);
  G_OBJECT_CLASS (yihu_todo_list_parent_class)->finalize (object);
}

static void
yihu_todo_list_class_init (YihuTodoListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_todo_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_todo_list_finalize;
  activated_signal = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, YIHU_TYPE_TODO);
}

static void
yihu_todo_list_init (YihuTodoList *self)
{
  self->shown = g_ptr_array_new ();
}

static void
todo_list_make (YihuTodoList *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GListModel *list = yihu_todo_model_get_list (self->model);

  g_signal_connect (factory, "setup", G_CALLBACK (on_cell_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_cell_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_cell_unbind), self);
  self->list =
      gtk_list_view_new (GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (list))),
                         factory);
  gtk_widget_add_css_class (self->list, "rich");
  yihu_widget_set_name (self->list, _ ("To do"));
  g_signal_connect_object (self->list, "activate", G_CALLBACK (on_list_activate), self, 0);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  gtk_widget_set_vexpand (scrolled, TRUE);
  self->panel = yihu_panel_new (_ ("To do"), scrolled);
  gtk_widget_set_hexpand (self->panel, TRUE);
  gtk_box_append (GTK_BOX (self), self->panel);
}

GtkWidget *
yihu_todo_list_new (YihuBook *book,
                    YihuTodoModel *model,
                    YihuCatalogue *catalogue,
                    YihuTicker *ticker)
{
  YihuTodoList *self = g_object_new (YIHU_TYPE_TODO_LIST, NULL);

  self->book = g_object_ref (book);
  self->model = g_object_ref (model);
  self->catalogue = g_object_ref (catalogue);
  todo_list_make (self);
  g_signal_connect_object (yihu_todo_model_get_list (model), "items-changed",
                           G_CALLBACK (todo_list_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "notify::loading", G_CALLBACK (todo_list_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (ticker, "tick", G_CALLBACK (on_ticker_tick), self, 0);
  todo_list_update (self);
  return GTK_WIDGET (self);
}

void
yihu_todo_list_set_freshness (YihuTodoList *self,
                              YihuBookState state,
                              gint64 synced_at_us,
                              gint64 now_us)
{
  yihu_panel_set_freshness (YIHU_PANEL (self->panel), state, synced_at_us, now_us);
  todo_list_update (self);
}
