/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The review's window: builds itself from the template, and brings list, filters and the right side
 * together. It reads the book only through source and card; it never waits. */

#include "console/review/review-window-private.h"

#include "base/person-id.h"
#include "console/format.h"
#include "console/help-overlay.h"
#include "console/widgets.h"
#include "console/words.h"

#include <glib/gi18n.h>

#define SEARCH_DELAY_MS 150
#define DETAILS_MIN_PX 640
#define DETAILS_MAX_PX 920
#define NARROW_PX 1600 /* below it the table leaves out two columns; the card has them */

G_DEFINE_FINAL_TYPE (YihuReviewWindow, yihu_review_window, ADW_TYPE_APPLICATION_WINDOW)

YihuReviewItem *
yihu_review_window_get_item (YihuReviewWindow *self)
{
  return self->current != NULL ? yihu_review_list_find (self->list, self->current) : NULL;
}

static char *
draft_name (const char *order)
{
  return g_strdup_printf ("review:%s", order);
}

/* A half-written reason belongs to its order. */
static void
window_load_draft (YihuReviewWindow *self)
{
  g_autofree char *name = self->current != NULL ? draft_name (self->current) : NULL;
  g_autofree char *text = name != NULL ? yihu_book_load_draft (self->book, name) : NULL;

  gtk_editable_set_text (GTK_EDITABLE (self->reason), text != NULL ? text : "");
}

static void
window_calm (YihuReviewWindow *self)
{
  yihu_alert_label_say (self->alert, "");
  yihu_widget_set_class (self->alert, "said", FALSE);
}

static void
on_reason_changed (YihuReviewWindow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->reason));
  g_autofree char *name = self->current != NULL ? draft_name (self->current) : NULL;
  g_autofree char *kept = name != NULL ? yihu_book_load_draft (self->book, name) : NULL;

  if (name != NULL && g_strcmp0 (kept != NULL ? kept : "", text) != 0)
    yihu_book_save_draft (self->book, name, text);
  if (*text != '\0')
    window_calm (self);
}

void
yihu_review_window_show_item (YihuReviewWindow *self, YihuReviewItem *item)
{
  const char *id = item != NULL ? yihu_review_item_get_order (item)->record.id : NULL;
  gboolean other = g_strcmp0 (id, self->current) != 0;

  if (other)
    {
      g_free (self->current);
      self->current = g_strdup (id);
      window_load_draft (self);
      window_calm (self);
    }
  yihu_review_card_show (self->card, item);
  yihu_review_timeline_show (self->timeline, item);
  yihu_panel_set_state (self->timeline_panel, item != NULL ? YIHU_PANEL_CONTENT : YIHU_PANEL_EMPTY,
                        "");
  if (other || item == NULL)
    yihu_review_place_show (self->place_view, item);
  yihu_review_window_update_actions (self);
}

/* Where the orders could not be read, no figure is better than a wrong one. */
static void
window_hide_counts (YihuReviewWindow *self)
{
  yihu_label_set (self->waiting, _ ("To review —"));
  yihu_label_set (self->wrong, "");
  yihu_label_set (self->doubt, "");
  yihu_label_set (self->sound, "");
  yihu_label_set (self->progress_words, "");
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), 0);
}

static void
window_show_counts (YihuReviewWindow *self)
{
  YihuReviewCounts counts;
  g_autofree char *waiting = NULL;
  g_autofree char *wrong = NULL;
  g_autofree char *doubt = NULL;
  g_autofree char *sound = NULL;
  g_autofree char *progress = NULL;
  double fraction = 0;

  yihu_review_list_count (self->list, yihu_book_get_now_us (self->book), &counts);
  if (counts.finished_this_month > 0)
    fraction = (double) counts.decided_this_month / counts.finished_this_month;
  waiting = g_strdup_printf (_ ("To review %d"), (int) counts.waiting);
  wrong = g_strdup_printf (_ ("▲ %d wrong"), (int) counts.by_verdict[YIHU_REVIEW_WRONG]);
  doubt = g_strdup_printf (_ ("◆ %d doubtful"), (int) counts.by_verdict[YIHU_REVIEW_DOUBT]);
  sound = g_strdup_printf (_ ("✓ %d sound"), (int) counts.by_verdict[YIHU_REVIEW_SOUND]);
  progress = counts.finished_this_month > 0
                 ? g_strdup_printf (_ ("This month %d%% reviewed"), (int) (fraction * 100))
                 : g_strdup (_ ("Nothing finished this month"));
  yihu_label_set (self->waiting, waiting);
  yihu_label_set (self->wrong, wrong);
  yihu_label_set (self->doubt, doubt);
  yihu_label_set (self->sound, sound);
  yihu_label_set (self->progress_words, progress);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), fraction);
}

/* The words for a table without rows: nothing there, nothing found, not yet, or not possible. */
static void
window_show_table_state (YihuReviewWindow *self)
{
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  guint left, total;
  g_autofree char *note = NULL;
  g_autofree char *words = NULL;

  yihu_review_source_get_progress (self->source, &left, &total);
  switch (yihu_review_source_get_state (self->source))
    {
    case YIHU_REVIEW_FAILED:
      words = yihu_words_error (yihu_review_source_get_error (self->source));
      yihu_panel_set_state (self->table_panel, YIHU_PANEL_FAILED, words);
      window_hide_counts (self);
      break;
    case YIHU_REVIEW_LOADING:
      note = g_strdup_printf (_ ("verifying, %d of %d left"), (int) left, (int) total);
      yihu_panel_set_state (self->table_panel, shown > 0 ? YIHU_PANEL_CONTENT : YIHU_PANEL_LOADING,
                            _ ("Reading and verifying the orders"));
      break;
    default:
      note = g_strdup_printf (_ ("%d shown"), (int) shown);
      if (shown > 0)
        yihu_panel_set_state (self->table_panel, YIHU_PANEL_CONTENT, NULL);
      else if (yihu_review_list_count_all (self->list) == 0)
        yihu_panel_set_state (self->table_panel, YIHU_PANEL_EMPTY,
                              _ ("No finished orders in this area"));
      else
        yihu_panel_set_state (self->table_panel, YIHU_PANEL_EMPTY,
                              _ ("No order fits search and filters"));
      break;
    }
  yihu_panel_set_note (self->table_panel, note);
}

static void
on_list_changed (YihuReviewWindow *self)
{
  window_show_counts (self);
  window_show_table_state (self);
  yihu_review_window_update_actions (self);
}

static void
window_apply_filter (YihuReviewWindow *self)
{
  static const guint masks[] = { 1u << YIHU_ORDER_FINISHED, 1u << YIHU_ORDER_APPROVED,
                                 1u << YIHU_ORDER_RETURNED, YIHU_REVIEW_STATES };
  static const int verdicts[] = { YIHU_REVIEW_ANY, YIHU_REVIEW_WRONG, YIHU_REVIEW_DOUBT,
                                  YIHU_REVIEW_SOUND };
  guint provider = gtk_drop_down_get_selected (self->provider_filter);
  YihuReviewFilter filter = {
    .state_mask = masks[MIN (gtk_drop_down_get_selected (self->state_filter), 3)],
    .verdict = verdicts[MIN (gtk_drop_down_get_selected (self->verdict_filter), 3)],
    .text = gtk_editable_get_text (GTK_EDITABLE (self->search)),
  };

  if (provider >= 1 && provider <= self->providers->len)
    filter.provider =
        ((YihuProvider *) g_ptr_array_index (self->providers, provider - 1))->record.id;
  yihu_review_list_set_filter (self->list, &filter);
  window_show_table_state (self);
}

static gboolean
on_search_settled (gpointer data)
{
  YihuReviewWindow *self = data;

  self->search_timer = 0;
  window_apply_filter (self);
  return G_SOURCE_REMOVE;
}

/* The table's rows are made anew for each filter: not for each keystroke. */
static void
on_search_changed (YihuReviewWindow *self)
{
  g_clear_handle_id (&self->search_timer, g_source_remove);
  self->search_timer = g_timeout_add (SEARCH_DELAY_MS, on_search_settled, self);
}

static void
on_search_done (YihuReviewWindow *self)
{
  g_clear_handle_id (&self->search_timer, g_source_remove);
  window_apply_filter (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->table));
}

/* Up and Down go through the table from the single-line entries, too. */
static gboolean
on_entry_key (YihuReviewWindow *self, guint keyval, guint code, GdkModifierType modifiers)
{
  if (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK))
    return GDK_EVENT_PROPAGATE;
  if (keyval != GDK_KEY_Up && keyval != GDK_KEY_Down)
    return GDK_EVENT_PROPAGATE;
  yihu_review_window_move (self, keyval == GDK_KEY_Down ? 1 : -1);
  return GDK_EVENT_STOP;
}

static void
window_watch_entry (YihuReviewWindow *self, GtkWidget *entry)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_entry_key), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (entry, keys);
}

static int
compare_providers (gconstpointer a, gconstpointer b)
{
  const YihuProvider *left = *(YihuProvider *const *) a;
  const YihuProvider *right = *(YihuProvider *const *) b;

  return g_utf8_collate (left->name != NULL ? left->name : "",
                         right->name != NULL ? right->name : "");
}

static void
window_fill_providers (YihuReviewWindow *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  g_clear_pointer (&self->providers, g_ptr_array_unref);
  self->providers = yihu_book_list_all (self->book, &yihu_provider_type);
  g_ptr_array_sort (self->providers, compare_providers);
  gtk_string_list_append (names, _ ("All providers"));
  for (guint i = 0; i < self->providers->len; i++)
    gtk_string_list_append (names, ((YihuProvider *) g_ptr_array_index (self->providers, i))->name);
  gtk_drop_down_set_model (self->provider_filter, G_LIST_MODEL (names));
}

static void
window_show_title (YihuReviewWindow *self)
{
  YihuAccount *account = yihu_book_get_account (self->book);
  int date = yihu_date_from_us (yihu_book_get_now_us (self->book));
  const char *place =
      account != NULL ? yihu_book_get_division_name (self->book, account->record.division) : "";
  g_autofree char *subtitle
      /* Translators: district, year, month, name of the reviewer. */
      = g_strdup_printf (_ ("%1$s · %2$d-%3$02d · %4$s"), place, date / 10000, date / 100 % 100,
                         account != NULL && account->name != NULL ? account->name : "");

  adw_window_title_set_subtitle (self->title, subtitle);
}

static void
on_tick (YihuReviewWindow *self)
{
  gint64 now_us = yihu_book_get_now_us (self->book);

  yihu_panel_set_freshness (self->table_panel, yihu_book_get_state (self->book),
                            yihu_book_get_synced_at_us (self->book), now_us);
  yihu_review_card_tick (self->card);
  yihu_review_place_tick (self->place_view);
  window_show_title (self);
}

static void
on_reset (YihuReviewWindow *self)
{
  window_fill_providers (self);
  yihu_review_window_show_refused (self);
}

/* The right side takes nearly half of a wide screen and never less than it needs. */
static int
measure_details (int width)
{
  return CLAMP (width * 47 / 100, DETAILS_MIN_PX, DETAILS_MAX_PX);
}

static gboolean
on_size_settled (gpointer data)
{
  YihuReviewWindow *self = data;
  int width = gtk_widget_get_width (GTK_WIDGET (self));

  if (self->community_column == NULL)
    return G_SOURCE_REMOVE;
  gtk_column_view_column_set_visible (self->community_column, width >= NARROW_PX);
  gtk_column_view_column_set_visible (self->amount_column, width >= NARROW_PX);
  gtk_widget_set_size_request (self->details, measure_details (width), -1);
  return G_SOURCE_REMOVE;
}

static void
yihu_review_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  YihuReviewWindow *self = YIHU_REVIEW_WINDOW (widget);
  int details_px;

  GTK_WIDGET_CLASS (yihu_review_window_parent_class)
      ->size_allocate (widget, width, height, baseline);
  if (self->community_column == NULL)
    return;
  /* Nothing may change inside an allocation. */
  gtk_widget_get_size_request (self->details, &details_px, NULL);
  if (gtk_column_view_column_get_visible (self->community_column) != (width >= NARROW_PX)
      || details_px != measure_details (width))
    g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_size_settled, g_object_ref (self), g_object_unref);
}

static void
yihu_review_window_dispose (GObject *object)
{
  YihuReviewWindow *self = YIHU_REVIEW_WINDOW (object);

  g_clear_handle_id (&self->sync, g_source_remove);
  g_clear_handle_id (&self->search_timer, g_source_remove);
  self->community_column = NULL;
  self->amount_column = NULL;
  /* A verification under way holds the source a little longer, but not what it works on. */
  if (self->source != NULL)
    g_object_run_dispose (G_OBJECT (self->source));
  g_clear_object (&self->source);
  g_clear_object (&self->selection);
  g_clear_object (&self->list);
  g_clear_pointer (&self->providers, g_ptr_array_unref);
  g_clear_pointer (&self->current, g_free);
  g_clear_object (&self->ticker);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_review_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, title);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, search);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, state_filter);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, verdict_filter);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, provider_filter);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, refused_bar);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, refused_words);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, retry_refused);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, drop_refused);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, waiting);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, wrong);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, doubt);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, sound);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, progress_words);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, table_panel);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, table);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, details);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, timeline_panel);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, timeline);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, foot);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, reason);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, return_button);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, approve_button);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, YihuReviewWindow, overlay);
}

static void
yihu_review_window_class_init (YihuReviewWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = yihu_review_window_dispose;
  widget_class->size_allocate = yihu_review_window_size_allocate;
  g_type_ensure (YIHU_TYPE_PANEL);
  g_type_ensure (YIHU_TYPE_REVIEW_TIMELINE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/cn/yihu/Console/ui/review/review-window.ui");
  bind_children (widget_class);
}

static void
yihu_review_window_init (YihuReviewWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  yihu_review_window_add_actions (self);
  yihu_keys_dress_button (yihu_review_keys, yihu_review_n_keys, GTK_BUTTON (self->return_button));
  yihu_keys_dress_button (yihu_review_keys, yihu_review_n_keys, GTK_BUTTON (self->approve_button));
  yihu_keys_dress_button (yihu_review_keys, yihu_review_n_keys, GTK_BUTTON (self->retry_refused));
  yihu_keys_dress_button (yihu_review_keys, yihu_review_n_keys, GTK_BUTTON (self->drop_refused));
  self->help = yihu_help_overlay_new (yihu_review_keys, yihu_review_n_keys);
  gtk_widget_set_visible (self->help, FALSE);
  gtk_overlay_add_overlay (self->overlay, self->help);
  self->list = yihu_review_list_new ();
  yihu_review_window_make_table (self);
}

/* The parts that need the book. */
static void
window_add_parts (YihuReviewWindow *self)
{
  GtkWidget *content = gtk_overlay_get_child (self->overlay);
  GtkWidget *before_foot = GTK_WIDGET (self->timeline_panel);

  self->card = YIHU_REVIEW_CARD (yihu_review_card_new (self->book));
  gtk_box_prepend (GTK_BOX (self->details), GTK_WIDGET (self->card));
  self->place_view = YIHU_REVIEW_PLACE (yihu_review_place_new (self->book));
  gtk_widget_set_vexpand (GTK_WIDGET (self->place_view), TRUE);
  gtk_box_insert_child_after (GTK_BOX (self->details), GTK_WIDGET (self->place_view), before_foot);
  self->alert = yihu_alert_label_new ();
  gtk_widget_add_css_class (self->alert, "p3t");
  gtk_box_append (self->foot, self->alert);
  self->status_bar = YIHU_STATUS_BAR (yihu_status_bar_new (self->book, self->ticker));
  yihu_status_bar_set_keys (self->status_bar, yihu_review_keys, yihu_review_n_keys);
  gtk_box_append (GTK_BOX (content), GTK_WIDGET (self->status_bar));
}

static void
window_connect (YihuReviewWindow *self)
{
  g_signal_connect_object (self->list, "counts-changed", G_CALLBACK (on_list_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->source, "changed", G_CALLBACK (window_show_table_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "search-changed", G_CALLBACK (on_search_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "activate", G_CALLBACK (on_search_done), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state_filter, "notify::selected", G_CALLBACK (window_apply_filter),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->verdict_filter, "notify::selected",
                           G_CALLBACK (window_apply_filter), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->provider_filter, "notify::selected",
                           G_CALLBACK (window_apply_filter), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->reason, "changed", G_CALLBACK (on_reason_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->book, "reset", G_CALLBACK (on_reset), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->book, "notify::undecided",
                           G_CALLBACK (yihu_review_window_show_refused), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->book, "notify::state", G_CALLBACK (on_tick), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->ticker, "tick", G_CALLBACK (on_tick), self, G_CONNECT_SWAPPED);
  window_watch_entry (self, self->search);
  window_watch_entry (self, self->reason);
}

static void
add_style (void)
{
  static gsize added = 0;
  g_autoptr (GtkCssProvider) style = NULL;

  if (!g_once_init_enter (&added))
    return;
  style = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (style, "/cn/yihu/Console/style-review.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_once_init_leave (&added, 1);
}

GtkWindow *
yihu_review_window_new (const YihuScreenContext *context)
{
  YihuReviewWindow *self = NULL;

  add_style ();
  self = g_object_new (YIHU_TYPE_REVIEW_WINDOW, "application", context->application, NULL);
  self->book = g_object_ref (context->book);
  self->ticker = g_object_ref (context->ticker);
  window_add_parts (self);
  window_fill_providers (self);
  self->source = yihu_review_source_new (self->book, self->list);
  window_connect (self);
  yihu_review_window_show_item (self, NULL);
  yihu_review_window_show_refused (self);
  on_list_changed (self);
  on_tick (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->table));
  return GTK_WINDOW (self);
}
