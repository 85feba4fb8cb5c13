/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Search as you type. Each keystroke starts one search on the book's thread and cancels the one
 * before; an answer changes the rows that are there, and those that stay as they were are left
 * alone. No table: a table's rebuild alone costs 100 ms in GTK 4.8. Where there are no rows a note
 * says why, each reason with a picture and words of its own. */

#include "console/desk/search-panel.h"

#include "base/mark.h"
#include "base/person-id.h"
#include "console/desk/search-item.h"
#include "console/desk/search-words.h"
#include "console/line-row.h"
#include "console/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_RESULTS 20
#define FIRST_ROWS 10 /* as many as are seen; more come when somebody looks for them */
#define MAX_TYPED                                                                                  \
  1000 /* characters: what is too long to search for can still be seen and mended                  \
        */
#define HOLD_US 1500 /* the frame of a key waits so long for the answer at most */
#define FIGURE_CHARS 12
#define SLOW_MS 200 /* without an answer for so long, the panel says that it searches */

struct _YihuSearchPanel
{
  GtkBox parent_instance;

  YihuBook *book; /* (owned) */
  GtkWidget *entry;
  GtkWidget *stack; /* the list, or the note */
  GtkWidget *list;
  GtkWidget *words;
  GtkWidget *note_icon;
  GtkWidget *note_title;
  GtkWidget *note_text;
  GListStore *store; /* (owned) YihuSearchItem */
  GPtrArray *rest; /* (owned) YihuSearchHit: behind the rows */
  GtkSingleSelection *selection; /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable) */
  char *typed; /* (owned) of the rows that are shown */
  guint slow_timer;
  guint hold; /* source that holds the next frame back */
  guint room; /* source that shows the rest */
  gint64 held_since_us;
  gulong paint_id; /* of a mark */
  guint n_asked; /* searches so far: the detail of the marks */
  gboolean searching;
  gboolean choose_when_ready; /* Enter was faster than the answer */
};

G_DEFINE_FINAL_TYPE (YihuSearchPanel, yihu_search_panel, GTK_TYPE_BOX)

enum
{
  CHOSEN,
  DISMISSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void search_choose (YihuSearchPanel *self);

/* --- what is shown --- */

/* The line above the rows is an alert that stays mapped, so that a screen reader hears each answer
 * while the focus is in the entry. A note is said there too, unseen: it stands below in large. */
static void
search_say (YihuSearchPanel *self, const char *text, gboolean is_seen)
{
  gtk_widget_set_opacity (self->words, is_seen ? 1 : 0);
  yihu_label_set (self->words, text);
}

static void
search_show_note (YihuSearchPanel *self, YihuSearchNote note)
{
  g_autofree char *spoken = g_strdup_printf ("%s. %s", note.title, note.text);

  gtk_image_set_from_icon_name (GTK_IMAGE (self->note_icon), note.icon);
  yihu_label_set (self->note_title, note.title);
  yihu_label_set (self->note_text, note.text);
  search_say (self, spoken, FALSE);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "note");
}

static void
search_clear_rows (YihuSearchPanel *self)
{
  g_ptr_array_set_size (self->rest, 0);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->store)) > 0)
    g_list_store_remove_all (self->store);
}

static void
search_show_rest (YihuSearchPanel *self)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  if (self->rest->len == 0)
    return;
  for (guint i = 0; i < self->rest->len; i++)
    g_ptr_array_add (added, yihu_search_item_new (g_steal_pointer (&self->rest->pdata[i])));
  g_ptr_array_set_size (self->rest, 0);
  g_list_store_splice (self->store, g_list_model_get_n_items (G_LIST_MODEL (self->store)), 0,
                       added->pdata, added->len);
}

/* The rows that are there take the new hits; only what there are more or fewer of comes or goes:
 * twenty rows made anew are eight milliseconds, and twenty changed are twice as many as are seen.
 */
static void
search_show_hits (YihuSearchPanel *self, GPtrArray *hits)
{
  GListModel *model = G_LIST_MODEL (self->store);
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (model);
  guint n_shown = MIN (hits->len, FIRST_ROWS);

  for (guint i = 0; i < n_shown; i++)
    {
      g_autoptr (YihuSearchItem) item = g_list_model_get_item (model, i);

      if (item == NULL)
        g_ptr_array_add (added, yihu_search_item_new (g_ptr_array_index (hits, i)));
      else if (yihu_search_item_equals (item, g_ptr_array_index (hits, i)))
        continue;
      else
        yihu_search_item_take (item, g_ptr_array_index (hits, i));
      hits->pdata[i] = NULL;
    }
  if (n != n_shown)
    g_list_store_splice (self->store, MIN (n, n_shown), n - MIN (n, n_shown), added->pdata,
                         added->len);
  g_ptr_array_set_size (self->rest, 0);
  for (guint i = n_shown; i < hits->len; i++)
    g_ptr_array_add (self->rest, g_steal_pointer (&hits->pdata[i]));
}

static void
search_show_rows (YihuSearchPanel *self, YihuSearchResult *result)
{
  g_autofree char *words = yihu_search_words_count (result);

  search_say (self, words, TRUE);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "rows");
  search_show_hits (self, result->hits);
  if (gtk_single_selection_get_selected (self->selection) == 0)
    return;
  gtk_single_selection_set_selected (self->selection, 0);
  gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", 0u);
}

static void
on_after_paint (GdkFrameClock *clock, YihuSearchPanel *self)
{
  g_autofree char *detail = g_strdup_printf ("%u", self->n_asked);

  g_signal_handler_disconnect (clock, self->paint_id);
  self->paint_id = 0;
  yihu_mark ("search.drawn", detail);
}

/* The frame in which the answer stands on the screen. */
static void
search_mark_drawn (YihuSearchPanel *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  if (clock == NULL || !yihu_mark_is_enabled () || self->paint_id != 0)
    return;
  self->paint_id =
      g_signal_connect_object (clock, "after-paint", G_CALLBACK (on_after_paint), self, 0);
  gtk_widget_queue_draw (self->stack);
}

static void
search_finish (YihuSearchPanel *self)
{
  g_clear_handle_id (&self->slow_timer, g_source_remove);
  self->searching = FALSE;
  search_mark_drawn (self);
}

static void
on_search_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuSearchPanel) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuSearchResult) found = yihu_book_search_finish (YIHU_BOOK (source), result, &error);

  if (self->book == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_free (self->typed);
  self->typed = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  if (found != NULL && found->hits->len > 0)
    search_show_rows (self, found);
  else
    {
      search_clear_rows (self);
      search_show_note (self, found == NULL ? yihu_search_note_failed ()
                              : yihu_book_get_state (self->book) == YIHU_BOOK_FETCHING
                                  ? yihu_search_note_loading ()
                                  : yihu_search_note (found));
    }
  search_finish (self);
  if (self->choose_when_ready)
    search_choose (self);
}

/* A key is a frame at once, and the next frame is a sixtieth of a second later: an answer that
 * comes half a millisecond after the key would miss the first and wait for the second. So drawing
 * waits a moment for it, and nothing else does: the loop goes round and takes input and answers. */
static gboolean
on_hold (gpointer data)
{
  YihuSearchPanel *self = data;

  if (self->searching && g_get_monotonic_time () - self->held_since_us < HOLD_US)
    {
      g_thread_yield ();
      return G_SOURCE_CONTINUE;
    }
  self->hold = 0;
  return G_SOURCE_REMOVE;
}

static void
search_hold_frame (YihuSearchPanel *self)
{
  self->held_since_us = g_get_monotonic_time ();
  if (self->hold == 0)
    self->hold = g_idle_add_full (GDK_PRIORITY_REDRAW - 1, on_hold, self, NULL);
}

static gboolean
on_slow (gpointer data)
{
  YihuSearchPanel *self = data;

  self->slow_timer = 0;
  search_say (self, _ ("Searching…"), TRUE);
  return G_SOURCE_REMOVE;
}

static void
on_entry_changed (YihuSearchPanel *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autofree char *detail = g_strdup_printf ("%u", ++self->n_asked);

  yihu_mark ("search.key", detail);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->choose_when_ready = FALSE;
  self->searching = strspn (text, " ") < strlen (text);
  if (!self->searching)
    {
      search_clear_rows (self);
      search_show_note (self, yihu_search_note (NULL));
      search_finish (self);
      return;
    }
  if (self->slow_timer == 0)
    self->slow_timer = g_timeout_add (SLOW_MS, on_slow, self);
  search_hold_frame (self);
  yihu_book_search_async (self->book, text, MAX_RESULTS, self->cancellable, on_search_ready,
                          g_object_ref (self));
}

static void
search_choose (YihuSearchPanel *self)
{
  YihuSearchItem *item = gtk_single_selection_get_selected_item (self->selection);
  g_autoptr (YihuElder) elder = NULL;

  self->choose_when_ready = self->searching;
  if (item == NULL || self->searching)
    return;
  elder = yihu_elder_ref (yihu_search_item_get (item)->elder);
  yihu_search_panel_close (self);
  g_signal_emit (self, signals[CHOSEN], 0, elder);
}

static void
search_move (YihuSearchPanel *self, int by)
{
  int selected = (int) gtk_single_selection_get_selected (self->selection) + by;
  guint count;

  if (selected + 1 >= FIRST_ROWS)
    search_show_rest (self);
  count = g_list_model_get_n_items (G_LIST_MODEL (self->store));
  if (count == 0)
    return;
  selected = CLAMP (selected, 0, (int) count - 1);
  gtk_single_selection_set_selected (self->selection, (guint) selected);
  gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", (guint) selected);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                YihuSearchPanel *self)
{
  switch (keyval)
    {
    case GDK_KEY_Down:
      search_move (self, 1);
      return TRUE;
    case GDK_KEY_Up:
      search_move (self, -1);
      return TRUE;
    case GDK_KEY_Escape:
      yihu_search_panel_close (self);
      g_signal_emit (self, signals[DISMISSED], 0);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
on_cell_setup (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  GtkWidget *row = yihu_line_row_new ();

  yihu_line_row_set_urgency (YIHU_LINE_ROW (row), -1);
  yihu_line_row_set_figure_width (YIHU_LINE_ROW (row), FIGURE_CHARS);
  gtk_list_item_set_child (cell, row);
}

static void
search_fill_row (YihuSearchPanel *self, GtkListItem *cell)
{
  const YihuSearchHit *hit = yihu_search_item_get (gtk_list_item_get_item (cell));
  YihuLineRow *row = YIHU_LINE_ROW (gtk_list_item_get_child (cell));
  gint64 now_us = yihu_book_get_now_us (self->book);
  const char *place = yihu_book_get_division_name (self->book, hit->elder->record.division);
  const char *css_class;
  g_autofree char *title = yihu_search_words_title (hit, yihu_date_from_us (now_us));
  g_autofree char *subtitle = yihu_search_words_subtitle (hit, place, self->typed);
  g_autofree char *figure = yihu_search_words_figure (hit, now_us, &css_class);
  g_autofree char *spoken =
      g_strdup_printf ("%s, %s%s%s", title, subtitle, *figure != '\0' ? ", " : "", figure);

  yihu_line_row_set_title (row, title);
  yihu_line_row_set_subtitle (row, subtitle);
  yihu_line_row_set_figure (row, figure, css_class);
  yihu_line_row_set_spoken (row, spoken);
}

static void
on_item_changed (YihuSearchItem *item, GtkListItem *cell)
{
  GtkWidget *panel =
      gtk_widget_get_ancestor (gtk_list_item_get_child (cell), YIHU_TYPE_SEARCH_PANEL);

  if (panel != NULL)
    search_fill_row (YIHU_SEARCH_PANEL (panel), cell);
}

static void
on_cell_bind (GtkSignalListItemFactory *factory, GtkListItem *cell, YihuSearchPanel *self)
{
  search_fill_row (self, cell);
  g_signal_connect_object (gtk_list_item_get_item (cell), "changed", G_CALLBACK (on_item_changed),
                           cell, 0);
}

static void
on_cell_unbind (GtkSignalListItemFactory *factory, GtkListItem *cell, YihuSearchPanel *self)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (cell), on_item_changed, cell);
}

static void
on_list_activate (GtkListView *list, guint position, YihuSearchPanel *self)
{
  gtk_single_selection_set_selected (self->selection, position);
  search_choose (self);
}

static void
yihu_search_panel_dispose (GObject *object)
{
  YihuSearchPanel *self = YIHU_SEARCH_PANEL (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->slow_timer, g_source_remove);
  g_clear_handle_id (&self->hold, g_source_remove);
  g_clear_handle_id (&self->room, g_source_remove);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_search_panel_parent_class)->dispose (object);
}

static void
yihu_search_panel_finalize (GObject *object)
{
  YihuSearchPanel *self = YIHU_SEARCH_PANEL (object);

  g_free (self->typed);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->selection);
  g_clear_object (&self->store);
  g_ptr_array_unref (self->rest);
  G_OBJECT_CLASS (yihu_search_panel_parent_class)->finalize (object);
}

static void
yihu_search_panel_class_init (YihuSearchPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_search_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_search_panel_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[DISMISSED] = g_signal_new ("dismissed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
search_make_entry (YihuSearchPanel *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->entry = gtk_entry_new ();
  gtk_entry_set_max_length (GTK_ENTRY (self->entry), MAX_TYPED);
  gtk_entry_set_icon_from_icon_name (GTK_ENTRY (self->entry), GTK_ENTRY_ICON_PRIMARY,
                                     "system-search-symbolic");
  gtk_widget_set_size_request (self->entry, 520, -1);
  yihu_widget_set_name (self->entry, _ ("Find an elder"));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (self->entry, keys);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key_pressed), self, 0);
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (on_entry_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entry, "activate", G_CALLBACK (search_choose), self,
                           G_CONNECT_SWAPPED);
}

static gboolean
on_room (gpointer data)
{
  YihuSearchPanel *self = data;

  self->room = 0;
  search_show_rest (self);
  return G_SOURCE_REMOVE;
}

/* Somebody scrolls, or the rows are so low that there is room for more; but not while the list is
 * being laid out. */
static void
on_way_changed (GtkAdjustment *way, YihuSearchPanel *self)
{
  if (self->room == 0 && self->rest->len > 0
      && (gtk_adjustment_get_value (way) > 0
          || gtk_adjustment_get_upper (way) <= gtk_adjustment_get_page_size (way)))
    self->room = g_idle_add (on_room, self);
}

static GtkWidget *
search_make_list (YihuSearchPanel *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkAdjustment *way;

  self->store = g_list_store_new (YIHU_TYPE_SEARCH_ITEM);
  self->rest = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_search_hit_free);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->store)));
  g_signal_connect (factory, "setup", G_CALLBACK (on_cell_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_cell_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_cell_unbind), self);
  self->list = gtk_list_view_new (GTK_SELECTION_MODEL (g_object_ref (self->selection)), factory);
  gtk_widget_add_css_class (self->list, "rich");
  yihu_widget_set_name (self->list, _ ("Found"));
  g_signal_connect_object (self->list, "activate", G_CALLBACK (on_list_activate), self, 0);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  /* An overlaid bar fades in and out: frames without end, for the next of which a key waits. */
  gtk_scrolled_window_set_overlay_scrolling (GTK_SCROLLED_WINDOW (scrolled), FALSE);
  way = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  g_signal_connect_object (way, "value-changed", G_CALLBACK (on_way_changed), self, 0);
  g_signal_connect_object (way, "changed", G_CALLBACK (on_way_changed), self, 0);
  return scrolled;
}

static GtkWidget *
search_make_note (YihuSearchPanel *self)
{
  GtkWidget *note = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->note_icon = gtk_image_new ();
  gtk_image_set_pixel_size (GTK_IMAGE (self->note_icon), 64);
  gtk_widget_set_margin_bottom (self->note_icon, 6);
  gtk_widget_add_css_class (self->note_icon, "dim-label");
  self->note_title = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->note_title, "title-3");
  self->note_text = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->note_text), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (self->note_text), 44);
  gtk_label_set_justify (GTK_LABEL (self->note_text), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (self->note_text, "dim-label");
  gtk_box_append (GTK_BOX (note), self->note_icon);
  gtk_box_append (GTK_BOX (note), self->note_title);
  gtk_box_append (GTK_BOX (note), self->note_text);
  gtk_widget_set_valign (note, GTK_ALIGN_CENTER);
  return note;
}

static GtkWidget *
search_make_stack (YihuSearchPanel *self)
{
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), search_make_list (self), "rows");
  gtk_stack_add_named (GTK_STACK (self->stack), search_make_note (self), "note");
  gtk_widget_set_size_request (self->stack, -1, 460);
  return self->stack;
}

static void
yihu_search_panel_init (YihuSearchPanel *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 8);
  gtk_widget_add_css_class (GTK_WIDGET (self), "search-card");
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_START);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  search_make_entry (self);
  self->words = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT,
                              "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  gtk_widget_add_css_class (self->words, "dim-label");
  gtk_widget_add_css_class (self->words, "num");
  gtk_box_append (GTK_BOX (self), self->entry);
  gtk_box_append (GTK_BOX (self), self->words);
  gtk_box_append (GTK_BOX (self), search_make_stack (self));
}

GtkWidget *
yihu_search_panel_new (YihuBook *book)
{
  YihuSearchPanel *self = g_object_new (YIHU_TYPE_SEARCH_PANEL, NULL);

  self->book = g_object_ref (book);
  search_show_note (self, yihu_search_note (NULL));
  return GTK_WIDGET (self);
}

void
yihu_search_panel_open (YihuSearchPanel *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_widget_grab_focus (self->entry);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}

void
yihu_search_panel_close (YihuSearchPanel *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
