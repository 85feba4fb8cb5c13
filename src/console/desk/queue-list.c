/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The call queue. Rows come and go with the records of calls; the waits move once a beat and only
 * in rows that are on screen. A row that is here stays put: the list sorts by urgency and age,
 * which do not change while a call waits. */

#include "console/desk/queue-list.h"

#include "base/person-id.h"
#include "console/desk/record-item.h"
#include "console/format.h"
#include "console/line-row.h"
#include "console/masking.h"
#include "console/panel.h"
#include "console/widgets.h"
#include "console/words.h"
#include "domain/elder.h"

#include <glib/gi18n.h>
#include <string.h>

#define MASK(state) (1u << (state))
#define WAITING_STATES (MASK (YIHU_CALL_QUEUED) | MASK (YIHU_CALL_RINGING))
#define MAX_CALLS 500
#define QUEUE_HEIGHT 228 /* four to five rows */
#define PANEL_HEIGHT 280 /* the same when it is empty: what is below does not jump */

struct _YihuQueueList
{
  GtkBox parent_instance;

  YihuBook *book; /* (owned) */
  char *seat; /* (owned) */
  GListStore *store; /* (owned) YihuRecordItem of YihuCall */
  GtkWidget *panel;
  GtkWidget *list;
  GPtrArray *shown; /* (owned) GtkListItem bound to a row now */
  GCancellable *cancellable; /* (owned) */
  gboolean filled;
};

G_DEFINE_FINAL_TYPE (YihuQueueList, yihu_queue_list, GTK_TYPE_BOX)

enum
{
  ACTIVATED,
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

int
yihu_queue_compare (const YihuCall *a, const YihuCall *b)
{
  if (a->urgency != b->urgency)
    return a->urgency > b->urgency ? -1 : 1;
  if (a->ring_at_us != b->ring_at_us)
    return a->ring_at_us < b->ring_at_us ? -1 : 1;
  return strcmp (a->record.id, b->record.id);
}

static int
compare_items (gconstpointer a, gconstpointer b, gpointer data)
{
  return yihu_queue_compare (yihu_record_item_get ((YihuRecordItem *) a),
                             yihu_record_item_get ((YihuRecordItem *) b));
}

static guint
queue_count (YihuQueueList *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->store));
}

static YihuCall *
queue_peek (YihuQueueList *self, guint position)
{
  g_autoptr (YihuRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->store), position);

  return yihu_record_item_get (item);
}

/* A row's wait; the beat's only work. */
static void
row_show_wait (GtkListItem *cell, gint64 now_us)
{
  YihuCall *call = yihu_record_item_get (gtk_list_item_get_item (cell));
  g_autofree char *wait = yihu_format_wait (now_us - call->ring_at_us);

  yihu_line_row_set_figure (YIHU_LINE_ROW (gtk_list_item_get_child (cell)), wait,
                            call->urgency == YIHU_URGENCY_URGENT ? "p3t" : NULL);
}

/* Who calls where the record names nobody: the same words as the banner's. */
static const char *
row_describe_stranger (YihuQueueList *self, const YihuCall *call)
{
  g_autoptr (GPtrArray) elders = NULL;

  if (call->number == NULL || *call->number == '\0')
    return _ ("Number withheld");
  elders = yihu_book_find_by_phone (self->book, call->number);
  return elders != NULL && elders->len > 1 ? _ ("Several elders on this number")
                                           : _ ("Unregistered number");
}

static char *
row_make_title (YihuQueueList *self, const YihuCall *call, YihuElder *elder)
{
  int age;

  if (elder == NULL)
    return g_strdup (row_describe_stranger (self, call));
  age = yihu_words_age (elder, yihu_date_from_us (yihu_book_get_now_us (self->book)));
  if (age < 0)
    return g_strdup (elder->name);
  return g_strdup_printf (_ ("%s · %d"), elder->name, age);
}

static char *
row_make_subtitle (YihuQueueList *self, const YihuCall *call, YihuElder *elder)
{
  const char *place =
      elder != NULL ? yihu_book_get_division_name (self->book, elder->record.division) : "";
  g_autofree char *origin = yihu_show_call_origin (call, place);
  GString *text = g_string_new (origin);

  if (call->state == YIHU_CALL_RINGING && call->seat != NULL && *call->seat != '\0')
    {
      g_string_append (text, text->len > 0 ? " · " : "");
      g_string_append_printf (text, _ ("rings at seat %s"), call->seat);
    }
  return g_string_free (text, FALSE);
}

static void
on_cell_bind (GtkSignalListItemFactory *factory, GtkListItem *cell, YihuQueueList *self)
{
  YihuCall *call = yihu_record_item_get (gtk_list_item_get_item (cell));
  YihuLineRow *row = YIHU_LINE_ROW (gtk_list_item_get_child (cell));
  g_autoptr (YihuElder) elder = call->elder != NULL && *call->elder != '\0'
                                    ? yihu_book_get (self->book, &yihu_elder_type, call->elder)
                                    : NULL;
  g_autofree char *title = row_make_title (self, call, elder);
  g_autofree char *subtitle = row_make_subtitle (self, call, elder);
  g_autofree char *spoken =
      g_strdup_printf ("%s, %s, %s", yihu_words_urgency (call->urgency), title, subtitle);

  yihu_line_row_set_urgency (row, call->urgency);
  yihu_line_row_set_title (row, title);
  yihu_line_row_set_subtitle (row, subtitle);
  yihu_line_row_set_spoken (row, spoken);
  row_show_wait (cell, yihu_book_get_now_us (self->book));
  g_ptr_array_add (self->shown, cell);
}

static void
on_cell_unbind (GtkSignalListItemFactory *factory, GtkListItem *cell, YihuQueueList *self)
{
  g_ptr_array_remove_fast (self->shown, cell);
}

static void
on_cell_setup (GtkSignalListItemFactory *factory, GtkListItem *cell, YihuQueueList *self)
{
  gtk_list_item_set_child (cell, yihu_line_row_new ());
}

static void
queue_show_state (YihuQueueList *self)
{
  guint count = queue_count (self);
  g_autofree char *longest = yihu_format_wait (yihu_queue_list_get_longest_us (self));
  g_autofree char *note =
      count > 0 ? g_strdup_printf (_ ("%u waiting · longest %s"), count, longest) : g_strdup ("");

  yihu_panel_set_note (YIHU_PANEL (self->panel), note);
}

static void
queue_update_panel (YihuQueueList *self)
{
  if (queue_count (self) > 0)
    yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_CONTENT, NULL);
  else if (yihu_book_get_state (self->book) == YIHU_BOOK_ONLINE)
    yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_EMPTY, _ ("Nobody is waiting."));
  else if (yihu_book_is_disk_full (self->book))
    yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_FAILED,
                          _ ("The disk of this computer is full: waiting calls are not known. Your "
                             "telephone still rings."));
  else
    /* No calls in the copy is not the same as nobody calling. */
    yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_FAILED,
                          _ ("The centre cannot be reached: waiting calls are not known. Your "
                             "telephone still rings."));
  queue_show_state (self);
}

static void
queue_remove (YihuQueueList *self, const char *id)
{
  for (guint i = 0; i < queue_count (self); i++)
    if (g_str_equal (queue_peek (self, i)->record.id, id))
      {
        g_list_store_remove (self->store, i);
        return;
      }
}

static void
queue_put (YihuQueueList *self, YihuCall *call)
{
  g_autoptr (YihuRecordItem) item = NULL;

  queue_remove (self, call->record.id);
  if (!(MASK (call->state) & WAITING_STATES))
    return;
  item = yihu_record_item_new (call);
  g_list_store_insert_sorted (self->store, item, compare_items, NULL);
}

static void
queue_emit_changed (YihuQueueList *self)
{
  queue_update_panel (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_call_changed (YihuBook *book, gpointer record, YihuQueueList *self)
{
  queue_put (self, record);
  queue_emit_changed (self);
}

static void
on_call_removed (YihuBook *book, const char *id, YihuQueueList *self)
{
  queue_remove (self, id);
  queue_emit_changed (self);
}

static void
on_calls_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuQueueList) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) calls = yihu_book_list_calls_finish (YIHU_BOOK (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  for (guint i = 0; calls != NULL && i < calls->len; i++)
    queue_put (self, g_ptr_array_index (calls, i));
  self->filled = TRUE;
  queue_emit_changed (self);
}

static void
queue_read (YihuQueueList *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_list_store_remove_all (self->store);
  yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_LOADING, _ ("Reading the calls…"));
  yihu_book_list_calls_async (self->book, WAITING_STATES, NULL, MAX_CALLS, self->cancellable,
                              on_calls_ready, g_object_ref (self));
}

static void
on_ticker_tick (YihuTicker *ticker, YihuQueueList *self)
{
  gint64 now_us = yihu_book_get_now_us (self->book);

  for (guint i = 0; i < self->shown->len; i++)
    row_show_wait (g_ptr_array_index (self->shown, i), now_us);
  queue_show_state (self);
}

static void
on_list_activate (GtkListView *list, guint position, YihuQueueList *self)
{
  g_autoptr (YihuCall) call = yihu_call_ref (queue_peek (self, position));

  g_signal_emit (self, signals[ACTIVATED], 0, call);
}

static void
yihu_queue_list_dispose (GObject *object)
{
  YihuQueueList *self = YIHU_QUEUE_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_queue_list_parent_class)->dispose (object);
}

static void
yihu_queue_list_finalize (GObject *object)
{
  YihuQueueList *self = YIHU_QUEUE_LIST (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->store);
  g_ptr_array_unref (self->shown);
  g_free (self->seat);
  G_OBJECT_CLASS (yihu_queue_list_parent_class)->finalize (object);
}

static void
yihu_queue_list_class_init (YihuQueueListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_queue_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_queue_list_finalize;
  signals[ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
queue_make_list (YihuQueueList *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_cell_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_cell_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_cell_unbind), self);
  self->list = gtk_list_view_new (GTK_SELECTION_MODEL (gtk_single_selection_new (
                                      G_LIST_MODEL (g_object_ref (self->store)))),
                                  factory);
  gtk_list_view_set_single_click_activate (GTK_LIST_VIEW (self->list), FALSE);
  gtk_widget_add_css_class (self->list, "rich");
  yihu_widget_set_name (self->list, _ ("Call queue"));
  g_signal_connect_object (self->list, "activate", G_CALLBACK (on_list_activate), self, 0);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), QUEUE_HEIGHT);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), QUEUE_HEIGHT);
  self->panel = yihu_panel_new (_ ("Call queue"), scrolled);
  gtk_widget_set_hexpand (self->panel, TRUE);
  gtk_widget_set_size_request (self->panel, -1, PANEL_HEIGHT);
  gtk_box_append (GTK_BOX (self), self->panel);
}

static void
yihu_queue_list_init (YihuQueueList *self)
{
  self->store = g_list_store_new (YIHU_TYPE_RECORD_ITEM);
  self->shown = g_ptr_array_new ();
  queue_make_list (self);
}

GtkWidget *
yihu_queue_list_new (YihuBook *book, YihuTicker *ticker, const char *seat)
{
  YihuQueueList *self = g_object_new (YIHU_TYPE_QUEUE_LIST, NULL);

  self->book = g_object_ref (book);
  self->seat = g_strdup (seat);
  g_signal_connect_object (book, "record-changed::call", G_CALLBACK (on_call_changed), self, 0);
  g_signal_connect_object (book, "record-removed::call", G_CALLBACK (on_call_removed), self, 0);
  g_signal_connect_object (book, "reset", G_CALLBACK (queue_read), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (book, "notify::state", G_CALLBACK (queue_update_panel), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (ticker, "tick", G_CALLBACK (on_ticker_tick), self, 0);
  queue_read (self);
  return GTK_WIDGET (self);
}

guint
yihu_queue_list_count (YihuQueueList *self)
{
  return queue_count (self);
}

gboolean
yihu_queue_list_is_filled (YihuQueueList *self)
{
  return self->filled;
}

gboolean
yihu_queue_list_has_urgent (YihuQueueList *self)
{
  /* Sorted: an urgent one is the first. */
  return queue_count (self) > 0 && queue_peek (self, 0)->urgency == YIHU_URGENCY_URGENT;
}

guint
yihu_queue_list_count_ringing (YihuQueueList *self)
{
  guint n_ringing = 0;

  for (guint i = 0; i < queue_count (self); i++)
    if (queue_peek (self, i)->state == YIHU_CALL_RINGING)
      n_ringing++;
  return n_ringing;
}

gint64
yihu_queue_list_get_longest_us (YihuQueueList *self)
{
  gint64 earliest_us = G_MAXINT64;

  for (guint i = 0; i < queue_count (self); i++)
    earliest_us = MIN (earliest_us, queue_peek (self, i)->ring_at_us);
  return earliest_us == G_MAXINT64 ? 0 : yihu_book_get_now_us (self->book) - earliest_us;
}

void
yihu_queue_list_set_freshness (YihuQueueList *self,
                               YihuBookState state,
                               gint64 synced_at_us,
                               gint64 now_us)
{
  yihu_panel_set_freshness (YIHU_PANEL (self->panel), state, synced_at_us, now_us);
}
