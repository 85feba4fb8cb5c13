/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Search as you type. Each keystroke starts one search on the book's thread and cancels the one
 * before; an answer changes the rows that are there, and those that stay as they were are left
 * alone. All rows are made once: making ten costs six milliseconds of a key's frame, filling them a
 * half. Where there are no rows a note says why, each reason with a picture and words of its own.
 *
 * Invariant: the first n_filled rows say what their hits are, and of these the first n_shown are
 * visible. A note changes neither; only n_hits is 0 then, and nothing can be chosen. */

#include "console/desk/search-panel.h"

#include "base/mark.h"
#include "base/person-id.h"
#include "console/desk/search-words.h"
#include "console/line-row.h"
#include "console/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_RESULTS 20
#define FIRST_ROWS 10 /* as many as are seen; more come when somebody looks for them */
#define MAX_TYPED 1000 /* characters: what is too long can still be seen and mended */
#define HOLD_US 5000 /* the frame of a key waits so long for the answer at most */
#define FIGURE_CHARS 12
#define SLOW_MS 200 /* without an answer for so long, the panel says that it searches */

struct _YihuSearchPanel
{
  GtkBox parent_instance;

  YihuBook *book; /* (owned) */
  YihuTicker *ticker; /* (owned) */
  GtkWidget *entry;
  GtkWidget *stack; /* the list, or the note */
  GtkWidget *list;
  GtkWidget *rows[MAX_RESULTS]; /* YihuLineRow, each in a row of the list */
  GtkAdjustment *way; /* of the list's scrolling */
  GtkWidget *words;
  GtkWidget *note_icon;
  GtkWidget *note_title;
  GtkWidget *note_text;
  YihuSearchHit *hits[MAX_RESULTS]; /* (owned) (nullable): those behind n_hits are old */
  guint n_hits;
  guint n_filled;
  guint n_shown;
  GCancellable *cancellable; /* (owned) (nullable) */
  char *typed; /* (owned) of the rows that are shown */
  guint slow_timer;
  guint hold; /* source that holds the next frame back */
  guint settled; /* source that looks at the list after it was laid out */
  gint64 held_since_us;
  gulong paint_id; /* handler that waits for the frame of an answer */
  guint n_asked; /* searches so far: the detail of the marks */
  gboolean searching;
  gboolean scroll_waits;
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

/* The rows stay as they are, out of sight, for the next answer. */
static void
search_show_note (YihuSearchPanel *self, YihuSearchNote note)
{
  g_autofree char *spoken = g_strdup_printf ("%s. %s", note.title, note.text);

  gtk_image_set_from_icon_name (GTK_IMAGE (self->note_icon), note.icon);
  yihu_label_set (self->note_title, note.title);
  yihu_label_set (self->note_text, note.text);
  search_say (self, spoken, FALSE);
  self->n_hits = 0;
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "note");
}

static gboolean
is_drawn_alike (const YihuSearchHit *a, const YihuSearchHit *b)
{
  return a->met == b->met && a->met != YIHU_SEARCH_MET_ADDRESS /* its row says what was typed */
         && a->n_open == b->n_open && a->contact_at_us == b->contact_at_us
         && g_strcmp0 (a->number, b->number) == 0 && g_strcmp0 (a->relation, b->relation) == 0
         && yihu_record_equal (a->elder, b->elder);
}

static void
search_fill_row (YihuSearchPanel *self, guint i)
{
  const YihuSearchHit *hit = self->hits[i];
  YihuLineRow *row = YIHU_LINE_ROW (self->rows[i]);
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
search_show_count (YihuSearchPanel *self, guint n_shown)
{
  for (; self->n_filled < n_shown; self->n_filled++)
    search_fill_row (self, self->n_filled);
  for (guint i = 0; i < MAX_RESULTS; i++)
    gtk_widget_set_visible (gtk_widget_get_parent (self->rows[i]), i < n_shown);
  self->n_shown = n_shown;
}

static void
search_take_hits (YihuSearchPanel *self, GPtrArray *hits)
{
  guint n_same = 0;

  self->n_hits = MIN (hits->len, MAX_RESULTS);
  while (n_same < MIN (self->n_hits, self->n_filled)
         && is_drawn_alike (self->hits[n_same], g_ptr_array_index (hits, n_same)))
    n_same++;
  for (guint i = n_same; i < self->n_hits; i++)
    {
      g_clear_pointer (&self->hits[i], yihu_search_hit_free);
      self->hits[i] = g_steal_pointer (&hits->pdata[i]);
    }
  self->n_filled = n_same;
  search_show_count (self, MIN (self->n_hits, FIRST_ROWS));
}

static int
search_get_selected (YihuSearchPanel *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list));

  return row != NULL ? gtk_list_box_row_get_index (row) : -1;
}

/* A row that was never laid out has no place yet; on_settled() comes back for it. */
static void
search_scroll_to_selected (YihuSearchPanel *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list));
  graphene_rect_t place;

  self->scroll_waits = row == NULL || gtk_widget_get_height (GTK_WIDGET (row)) == 0
                       || !gtk_widget_compute_bounds (GTK_WIDGET (row), self->list, &place);
  if (!self->scroll_waits)
    gtk_adjustment_clamp_page (self->way, place.origin.y, place.origin.y + place.size.height);
}

static void
search_select (YihuSearchPanel *self, guint i)
{
  GtkListBox *list = GTK_LIST_BOX (self->list);

  gtk_list_box_select_row (list, gtk_list_box_get_row_at_index (list, (int) i));
  search_scroll_to_selected (self);
}

static void
search_show_rows (YihuSearchPanel *self, YihuSearchResult *result)
{
  g_autofree char *words = yihu_search_words_count (result);

  search_say (self, words, TRUE);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "rows");
  search_take_hits (self, result->hits);
  search_select (self, 0);
}

static void
on_after_paint (GdkFrameClock *clock, YihuSearchPanel *self)
{
  g_autofree char *detail = g_strdup_printf ("%u", self->n_asked);

  g_signal_handler_disconnect (clock, self->paint_id);
  self->paint_id = 0;
  yihu_mark ("search.drawn", detail);
  yihu_ticker_catch_up (self->ticker);
}

/* The frame in which the answer stands on the screen; a mark has one even where nothing changed. */
static void
search_await_frame (YihuSearchPanel *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  if (clock == NULL || self->paint_id != 0)
    return;
  self->paint_id =
      g_signal_connect_object (clock, "after-paint", G_CALLBACK (on_after_paint), self, 0);
  if (yihu_mark_is_enabled ())
    gtk_widget_queue_draw (self->stack);
}

static void
search_finish (YihuSearchPanel *self)
{
  g_clear_handle_id (&self->slow_timer, g_source_remove);
  self->searching = FALSE;
  search_await_frame (self);
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
    search_show_note (self, found == NULL ? yihu_search_note_failed ()
                            : yihu_book_get_state (self->book) == YIHU_BOOK_FETCHING
                                ? yihu_search_note_loading ()
                                : yihu_search_note (found));
  search_finish (self);
  if (self->choose_when_ready)
    search_choose (self);
}

/* A key is a frame at once, and the next frame is a sixtieth of a second later: an answer that
 * comes a millisecond after the key would miss the first and wait for the second. So drawing waits
 * a moment for it, and nothing else does: the loop goes round and takes input and answers. A frame
 * that a key began comes at GDK_PRIORITY_EVENTS + 1, long before GDK_PRIORITY_REDRAW. */
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
    self->hold = g_idle_add_full (GDK_PRIORITY_EVENTS, on_hold, self, NULL);
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
  yihu_ticker_hold (self->ticker);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->choose_when_ready = FALSE;
  self->searching = strspn (text, " ") < strlen (text);
  if (!self->searching)
    {
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
  int selected = search_get_selected (self);
  g_autoptr (YihuElder) elder = NULL;

  self->choose_when_ready = self->searching;
  if (self->searching || selected < 0 || (guint) selected >= self->n_hits)
    return;
  elder = yihu_elder_ref (self->hits[selected]->elder);
  yihu_search_panel_close (self);
  g_signal_emit (self, signals[CHOSEN], 0, elder);
}

static void
search_move (YihuSearchPanel *self, int by)
{
  int selected = search_get_selected (self) + by;

  if (self->n_hits == 0)
    return;
  if (selected + 1 >= FIRST_ROWS)
    search_show_count (self, self->n_hits);
  search_select (self, (guint) CLAMP (selected, 0, (int) self->n_shown - 1));
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
on_row_activated (GtkListBox *list, GtkListBoxRow *row, YihuSearchPanel *self)
{
  gtk_list_box_select_row (list, row);
  search_choose (self);
}

static void
yihu_search_panel_dispose (GObject *object)
{
  YihuSearchPanel *self = YIHU_SEARCH_PANEL (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->slow_timer, g_source_remove);
  g_clear_handle_id (&self->hold, g_source_remove);
  g_clear_handle_id (&self->settled, g_source_remove);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_search_panel_parent_class)->dispose (object);
}

static void
yihu_search_panel_finalize (GObject *object)
{
  YihuSearchPanel *self = YIHU_SEARCH_PANEL (object);

  g_free (self->typed);
  g_clear_object (&self->cancellable);
  g_object_unref (self->ticker);
  for (guint i = 0; i < MAX_RESULTS; i++)
    g_clear_pointer (&self->hits[i], yihu_search_hit_free);
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

/* Somebody scrolls, or the rows are so low that there is room for more. */
static gboolean
on_settled (gpointer data)
{
  YihuSearchPanel *self = data;

  self->settled = 0;
  if (self->n_shown < self->n_hits
      && (gtk_adjustment_get_value (self->way) > 0
          || gtk_adjustment_get_upper (self->way) <= gtk_adjustment_get_page_size (self->way)))
    search_show_count (self, self->n_hits);
  if (self->scroll_waits)
    search_scroll_to_selected (self);
  return G_SOURCE_REMOVE;
}

/* Not at once: the list is being laid out. */
static void
on_way_changed (YihuSearchPanel *self)
{
  if (self->settled == 0 && self->book != NULL)
    self->settled = g_idle_add (on_settled, self);
}

static void
search_make_rows (YihuSearchPanel *self)
{
  for (guint i = 0; i < MAX_RESULTS; i++)
    {
      self->rows[i] = yihu_line_row_new ();
      yihu_line_row_set_urgency (YIHU_LINE_ROW (self->rows[i]), -1);
      yihu_line_row_set_figure_width (YIHU_LINE_ROW (self->rows[i]), FIGURE_CHARS);
      gtk_list_box_append (GTK_LIST_BOX (self->list), self->rows[i]);
    }
}

static GtkWidget *
search_make_list (YihuSearchPanel *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_BROWSE);
  gtk_list_box_set_activate_on_single_click (GTK_LIST_BOX (self->list), FALSE);
  gtk_widget_set_can_focus (self->list, FALSE); /* a click selects; the entry goes on taking keys */
  gtk_widget_add_css_class (self->list, "rich");
  yihu_widget_set_name (self->list, _ ("Found"));
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (on_row_activated), self, 0);
  search_make_rows (self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  /* An overlaid bar fades in and out: frames without end, for the next of which a key waits. */
  gtk_scrolled_window_set_overlay_scrolling (GTK_SCROLLED_WINDOW (scrolled), FALSE);
  self->way = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  g_signal_connect_object (self->way, "value-changed", G_CALLBACK (on_way_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->way, "changed", G_CALLBACK (on_way_changed), self,
                           G_CONNECT_SWAPPED);
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
yihu_search_panel_new (YihuBook *book, YihuTicker *ticker)
{
  YihuSearchPanel *self = g_object_new (YIHU_TYPE_SEARCH_PANEL, NULL);

  self->book = g_object_ref (book);
  self->ticker = g_object_ref (ticker);
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
