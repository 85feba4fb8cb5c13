/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The history of the elder on the card. Orders and calls are read on the book's thread; the rows
 * are made when both are here, so they never jump. The newest MAX_ROWS are shown. */

#include "console/desk/history-list.h"

#include "console/format.h"
#include "console/panel.h"
#include "console/widgets.h"
#include "console/words.h"

#include <glib/gi18n.h>

#define MAX_ROWS 30

typedef struct
{
  gint64 at_us;
  char *what;
  char *facts;
  char *outcome;
} Entry;

struct _YihuHistoryList
{
  GtkBox parent_instance;

  YihuBook *book; /* (owned) */
  YihuCatalogue *catalogue; /* (owned) */
  char *elder; /* (owned) (nullable) */
  GtkWidget *panel;
  GtkWidget *list;
  GPtrArray *entries; /* (owned) Entry, of the reading under way */
  guint n_reads;
  gboolean again; /* something changed while reading */
  GCancellable *cancellable; /* (owned) */
};

G_DEFINE_FINAL_TYPE (YihuHistoryList, yihu_history_list, GTK_TYPE_BOX)

static void history_read (YihuHistoryList *self);

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->what);
  g_free (entry->facts);
  g_free (entry->outcome);
  g_free (entry);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *left = *(Entry *const *) a;
  const Entry *right = *(Entry *const *) b;

  return left->at_us == right->at_us ? 0 : left->at_us > right->at_us ? -1 : 1;
}

static void
history_add (YihuHistoryList *self, gint64 at_us, char *what, char *facts, char *outcome)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->at_us = at_us;
  entry->what = what;
  entry->facts = facts;
  entry->outcome = outcome;
  g_ptr_array_add (self->entries, entry);
}

static void
history_add_order (YihuHistoryList *self, YihuOrder *order)
{
  g_autofree char *price = yihu_format_money (order->price_fen);
  g_autofree char *subsidy = yihu_format_money (order->subsidy_fen);
  GString *facts = g_string_new (price);

  if (order->subsidy_fen > 0)
    g_string_append_printf (facts, _ (" (subsidy %s)"), subsidy);
  if (order->note != NULL && *order->note != '\0')
    g_string_append_printf (facts, " · %s", order->note);
  history_add (
      self, order->placed_at_us,
      g_strdup_printf ("%s · %s", yihu_catalogue_get_item_name (self->catalogue, order->item),
                       yihu_catalogue_get_provider_name (self->catalogue, order->provider)),
      g_string_free (facts, FALSE), g_strdup (yihu_words_order_state (order->state)));
}

static void
history_add_call (YihuHistoryList *self, YihuCall *call)
{
  GString *facts = g_string_new (NULL);
  g_autofree char *length = yihu_format_wait (call->end_at_us - call->answer_at_us);

  if (call->seat != NULL && *call->seat != '\0')
    g_string_append_printf (facts, _ ("Seat %s"), call->seat);
  if (call->answer_at_us > 0 && call->end_at_us > call->answer_at_us)
    g_string_append_printf (facts, " · %s", length);
  if (call->note != NULL && *call->note != '\0')
    g_string_append_printf (facts, " · %s", call->note);
  history_add (self, call->ring_at_us,
               g_strdup_printf ("%s · %s", _ ("Phone call"),
                                yihu_words_call_outcome (call->outcome)),
               g_string_free (facts, FALSE), g_strdup (yihu_words_call_state (call->state)));
}

static void
history_add_notes (YihuHistoryList *self)
{
  g_autoptr (GPtrArray) notes =
      yihu_book_list_notes (self->book, self->elder, NULL, NULL, MAX_ROWS);

  for (guint i = 0; notes != NULL && i < notes->len; i++)
    {
      YihuNote *note = g_ptr_array_index (notes, i);

      history_add (self, note->at_us, g_strdup (_ ("Note")),
                   g_strdup (note->text != NULL ? note->text : ""),
                   g_strdup (note->author_name != NULL ? note->author_name : ""));
    }
}

static GtkWidget *
make_cell (const char *text, guint n_chars, const char *css_class)
{
  GtkWidget *cell = gtk_inscription_new (text);

  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (cell), n_chars * 3 / 4);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (cell), n_chars);
  if (css_class != NULL)
    gtk_widget_add_css_class (cell, css_class);
  return cell;
}

static GtkWidget *
make_row (const Entry *entry)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  g_autofree char *stamp = yihu_format_stamp (entry->at_us);
  g_autofree char *spoken =
      g_strdup_printf ("%s, %s, %s, %s", stamp, entry->what, entry->facts, entry->outcome);
  GtkWidget *date = make_cell (stamp, 13, "dim-label");
  GtkWidget *facts = make_cell (entry->facts, 8, NULL);
  GtkWidget *outcome = make_cell (entry->outcome, 12, "dim-label");

  gtk_widget_add_css_class (date, "num");
  gtk_widget_set_hexpand (facts, TRUE);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (outcome), 1.0f);
  gtk_box_append (GTK_BOX (box), date);
  gtk_box_append (GTK_BOX (box), make_cell (entry->what, 22, "heading"));
  gtk_box_append (GTK_BOX (box), facts);
  gtk_box_append (GTK_BOX (box), outcome);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  yihu_widget_set_name (row, spoken);
  return row;
}

static void
history_clear_rows (YihuHistoryList *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
}

static void
history_show_rows (YihuHistoryList *self)
{
  g_autofree char *note = g_strdup_printf (_ ("%u entries"), self->entries->len);

  history_clear_rows (self);
  g_ptr_array_sort (self->entries, compare_entries);
  for (guint i = 0; i < MIN (self->entries->len, MAX_ROWS); i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list),
                         make_row (g_ptr_array_index (self->entries, i)));
  yihu_panel_set_note (YIHU_PANEL (self->panel), note);
  if (self->entries->len > 0)
    yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_CONTENT, NULL);
  else
    yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_EMPTY,
                          _ ("No service and no call is on record."));
}

static void
history_read_done (YihuHistoryList *self)
{
  if (--self->n_reads > 0)
    return;
  if (self->again)
    {
      self->again = FALSE;
      history_read (self);
      return;
    }
  history_add_notes (self);
  history_show_rows (self);
}

static void
on_orders_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuHistoryList) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) orders = yihu_book_list_orders_finish (YIHU_BOOK (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  for (guint i = 0; orders != NULL && i < orders->len; i++)
    history_add_order (self, g_ptr_array_index (orders, i));
  history_read_done (self);
}

static void
on_calls_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuHistoryList) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) calls = yihu_book_list_calls_finish (YIHU_BOOK (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  for (guint i = 0; calls != NULL && i < calls->len; i++)
    history_add_call (self, g_ptr_array_index (calls, i));
  history_read_done (self);
}

static void
history_read (YihuHistoryList *self)
{
  g_ptr_array_set_size (self->entries, 0);
  self->n_reads = 2;
  yihu_book_list_orders_async (self->book, G_MAXUINT, self->elder, MAX_ROWS, self->cancellable,
                               on_orders_ready, g_object_ref (self));
  yihu_book_list_calls_async (self->book, G_MAXUINT, self->elder, MAX_ROWS, self->cancellable,
                              on_calls_ready, g_object_ref (self));
}

static void
history_refresh (YihuHistoryList *self)
{
  if (self->n_reads > 0)
    self->again = TRUE;
  else
    history_read (self);
}

static void
on_order_changed (YihuBook *book, gpointer record, YihuHistoryList *self)
{
  if (self->elder != NULL && g_strcmp0 (((YihuOrder *) record)->elder, self->elder) == 0)
    history_refresh (self);
}

static void
on_call_changed (YihuBook *book, gpointer record, YihuHistoryList *self)
{
  if (self->elder != NULL && g_strcmp0 (((YihuCall *) record)->elder, self->elder) == 0)
    history_refresh (self);
}

static void
on_note_changed (YihuBook *book, gpointer record, YihuHistoryList *self)
{
  if (self->elder != NULL && g_strcmp0 (((YihuNote *) record)->elder, self->elder) == 0)
    history_refresh (self);
}

/* Its elder cannot be asked any more; it is rare: read again. */
static void
on_removed (YihuBook *book, const char *id, YihuHistoryList *self)
{
  if (self->elder != NULL)
    history_refresh (self);
}

static void
yihu_history_list_dispose (GObject *object)
{
  YihuHistoryList *self = YIHU_HISTORY_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->book);
  g_clear_object (&self->catalogue);
  G_OBJECT_CLASS (yihu_history_list_parent_class)->dispose (object);
}

static void
yihu_history_list_finalize (GObject *object)
{
  YihuHistoryList *self = YIHU_HISTORY_LIST (object);

  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->entries);
  g_free (self->elder);
  G_OBJECT_CLASS (yihu_history_list_parent_class)->finalize (object);
}

static void
yihu_history_list_class_init (YihuHistoryListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_history_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_history_list_finalize;
}

static void
yihu_history_list_init (YihuHistoryList *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "rich");
  yihu_widget_set_name (self->list, _ ("Services and calls"));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 64);
  gtk_widget_set_vexpand (scrolled, TRUE);
  self->panel = yihu_panel_new (_ ("Services and calls"), scrolled);
  gtk_widget_set_hexpand (self->panel, TRUE);
  gtk_box_append (GTK_BOX (self), self->panel);
}

GtkWidget *
yihu_history_list_new (YihuBook *book, YihuCatalogue *catalogue)
{
  YihuHistoryList *self = g_object_new (YIHU_TYPE_HISTORY_LIST, NULL);

  self->book = g_object_ref (book);
  self->catalogue = g_object_ref (catalogue);
  g_signal_connect_object (book, "record-changed::service_order", G_CALLBACK (on_order_changed),
                           self, 0);
  g_signal_connect_object (book, "record-changed::call", G_CALLBACK (on_call_changed), self, 0);
  g_signal_connect_object (book, "record-changed::note", G_CALLBACK (on_note_changed), self, 0);
  g_signal_connect_object (book, "record-removed::service_order", G_CALLBACK (on_removed), self, 0);
  g_signal_connect_object (book, "record-removed::note", G_CALLBACK (on_removed), self, 0);
  yihu_history_list_show (self, NULL);
  return GTK_WIDGET (self);
}

void
yihu_history_list_show (YihuHistoryList *self, const char *elder)
{
  if (elder != NULL && g_strcmp0 (elder, self->elder) == 0)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->n_reads = 0;
  self->again = FALSE;
  g_free (self->elder);
  self->elder = g_strdup (elder);
  history_clear_rows (self);
  yihu_panel_set_note (YIHU_PANEL (self->panel), "");
  if (elder == NULL)
    {
      yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_EMPTY,
                            _ ("Nobody is on the card."));
      return;
    }
  yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_LOADING, _ ("Reading…"));
  history_read (self);
}

void
yihu_history_list_set_freshness (YihuHistoryList *self,
                                 YihuBookState state,
                                 gint64 synced_at_us,
                                 gint64 now_us)
{
  yihu_panel_set_freshness (YIHU_PANEL (self->panel), state, synced_at_us, now_us);
}
