/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The operator's desk: makes its parts, lays them out for the room there is, and gives the beat
 * that moves every timer and age once a second. What it does with calls, cards and keys is in the
 * other desk-window files (see the private header). */

#include "console/desk/desk-window-private.h"

#include "base/mark.h"
#include "console/desk/banner.h"
#include "console/desk/call-box.h"
#include "console/desk/caller-panel.h"
#include "console/desk/card-panels.h"
#include "console/desk/desk-header.h"
#include "console/desk/history-list.h"
#include "console/desk/legs-panel.h"
#include "console/desk/nearby-panel.h"
#include "console/desk/order-card.h"
#include "console/desk/order-form.h"
#include "console/desk/place-panel.h"
#include "console/desk/queue-list.h"
#include "console/desk/search-panel.h"
#include "console/desk/side-column.h"
#include "console/desk/todo-list.h"
#include "console/desk/video-panel.h"
#include "console/desk/wrapup.h"
#include "console/help-overlay.h"
#include "console/status-bar.h"
#include "console/widgets.h"

#include <glib/gi18n.h>

/* Below this room, in pixels at 96 dpi, the right column becomes tabs. */
#define WIDE_WIDTH 1600
#define WIDE_HEIGHT 860

G_DEFINE_FINAL_TYPE (YihuDeskWindow, yihu_desk_window, ADW_TYPE_APPLICATION_WINDOW)

/* --- layout --- */

static void
window_set_compact (YihuDeskWindow *self, gboolean compact, double scale)
{
  gtk_widget_set_size_request (self->left, (int) ((compact ? 282 : 400) * scale), -1);
  gtk_widget_set_size_request (self->side, (int) ((compact ? 330 : 480) * scale), -1);
  gtk_box_set_spacing (GTK_BOX (self->centre), compact ? 6 : 10);
  yihu_call_box_set_compact (YIHU_CALL_BOX (self->call_box), compact);
  yihu_side_column_set_tabbed (YIHU_SIDE_COLUMN (self->side), compact);
  yihu_desk_header_set_narrow (YIHU_DESK_HEADER (self->header), compact);
  yihu_widget_set_class (GTK_WIDGET (self), "compact", compact);
  self->compact = compact;
  self->text_scale = scale;
}

/* Large text takes room as a small screen does: measure in text, not in pixels. */
static void
on_surface_layout (GdkSurface *surface, int width, int height, YihuDeskWindow *self)
{
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (self));
  gboolean compact;
  int dpi = -1;
  double scale;

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  scale = dpi > 0 ? dpi / (96.0 * 1024.0) : 1.0;
  compact = width < WIDE_WIDTH * scale || height < WIDE_HEIGHT * scale;
  if (compact != self->compact || scale != self->text_scale)
    window_set_compact (self, compact, scale);
}

static void
on_realize (YihuDeskWindow *self)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self));

  g_signal_connect_object (surface, "layout", G_CALLBACK (on_surface_layout), self, 0);
}

static GtkWidget *
window_add_button (YihuDeskWindow *self,
                   GtkWidget *box,
                   const char *action,
                   const char *label,
                   const char *css_class)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  yihu_keys_dress_button (yihu_desk_keys, yihu_desk_n_keys, GTK_BUTTON (button));
  gtk_widget_set_focus_on_click (button, FALSE);
  if (css_class != NULL)
    gtk_widget_add_css_class (button, css_class);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static GtkWidget *
window_make_call_buttons (YihuDeskWindow *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 40);
  GtkWidget *calls = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *order;

  gtk_box_set_homogeneous (GTK_BOX (calls), TRUE);
  gtk_widget_set_hexpand (calls, TRUE);
  window_add_button (self, calls, "win.answer", _ ("Answer"), "answerbtn");
  self->hold_button = window_add_button (self, calls, "win.hold", _ ("Hold"), NULL);
  self->mute_button = window_add_button (self, calls, "win.mute", _ ("Mute"), NULL);
  window_add_button (self, calls, "win.hangup", _ ("Hang up"), "hangbtn");
  gtk_box_append (GTK_BOX (row), calls);
  self->identify_button =
      window_add_button (self, row, "win.identify", _ ("This is the caller"), NULL);
  order = window_add_button (self, row, "win.order", _ ("Begin an order"), "orderbtn");
  gtk_widget_set_hexpand (order, FALSE);
  return row;
}

static GtkWidget *
window_make_call_panel (YihuDeskWindow *self)
{
  GtkWidget *panel = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  gtk_widget_add_css_class (panel, "panel");
  self->call_box = yihu_call_box_new ();
  self->wrapup = yihu_wrapup_new (yihu_desk_keys, yihu_desk_n_keys);
  self->call_stack = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (self->call_stack), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (self->call_stack), FALSE);
  gtk_stack_add_named (GTK_STACK (self->call_stack), window_make_call_buttons (self), "buttons");
  gtk_stack_add_named (GTK_STACK (self->call_stack), self->wrapup, "wrapup");
  gtk_box_append (GTK_BOX (panel), self->call_box);
  gtk_box_append (GTK_BOX (panel), self->call_stack);
  return panel;
}

static GtkWidget *
make_stack (GtkWidget *first, GtkWidget *second)
{
  GtkWidget *stack = gtk_stack_new ();

  gtk_stack_set_vhomogeneous (GTK_STACK (stack), FALSE);
  gtk_stack_set_hhomogeneous (GTK_STACK (stack), FALSE);
  gtk_stack_add_child (GTK_STACK (stack), first);
  gtk_stack_add_child (GTK_STACK (stack), second);
  return stack;
}

static GtkWidget *
window_make_centre (YihuDeskWindow *self)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->centre = column;
  self->card = yihu_card_panels_new ();
  self->caller = yihu_caller_panel_new (self->book, self->area_code);
  self->form = yihu_order_form_new (self->book, self->catalogue, self->todo);
  self->order_card = yihu_order_card_new (self->book, self->catalogue);
  self->history = yihu_history_list_new (self->book, self->catalogue);
  self->card_stack = make_stack (self->card, self->caller);
  self->work_stack = make_stack (self->form, self->order_card);
  gtk_widget_set_vexpand (self->history, TRUE);
  yihu_keys_dress_button (yihu_desk_keys, yihu_desk_n_keys,
                          yihu_order_form_get_save_button (YIHU_ORDER_FORM (self->form)));
  yihu_keys_dress_button (yihu_desk_keys, yihu_desk_n_keys,
                          yihu_order_form_get_advice_button (YIHU_ORDER_FORM (self->form)));
  gtk_box_append (GTK_BOX (column), window_make_call_panel (self));
  gtk_box_append (GTK_BOX (column), self->card_stack);
  gtk_box_append (GTK_BOX (column), self->work_stack);
  gtk_box_append (GTK_BOX (column), self->history);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), column);
  gtk_widget_set_hexpand (scrolled, TRUE);
  return scrolled;
}

static GtkWidget *
window_make_left (YihuDeskWindow *self)
{
  self->left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  self->queue = yihu_queue_list_new (self->book, self->ticker, self->seat);
  self->todo_list = yihu_todo_list_new (self->book, self->todo, self->catalogue, self->ticker);
  gtk_widget_set_hexpand (self->left, FALSE);
  gtk_widget_set_vexpand (self->queue, FALSE);
  gtk_widget_set_vexpand (self->todo_list, TRUE);
  gtk_box_append (GTK_BOX (self->left), self->queue);
  gtk_box_append (GTK_BOX (self->left), self->todo_list);
  return self->left;
}

static GtkWidget *
window_make_side (YihuDeskWindow *self)
{
  self->side = yihu_side_column_new ();
  gtk_widget_set_hexpand (self->side, FALSE);
  self->place = yihu_place_panel_new (self->book, self->catalogue);
  self->video = yihu_video_panel_new (self->book, self->catalogue);
  self->nearby = yihu_nearby_panel_new (self->catalogue, self->todo);
  self->legs = yihu_legs_panel_new ();
  yihu_side_column_add (YIHU_SIDE_COLUMN (self->side), _ ("Place"), self->place, TRUE);
  yihu_side_column_add (YIHU_SIDE_COLUMN (self->side), _ ("Camera"), self->video, FALSE);
  yihu_side_column_add (YIHU_SIDE_COLUMN (self->side), _ ("Nearby"), self->nearby, FALSE);
  yihu_side_column_add (YIHU_SIDE_COLUMN (self->side), _ ("Call"), self->legs, FALSE);
  return self->side;
}

static GtkWidget *
window_make_foot (YihuDeskWindow *self)
{
  self->status = yihu_status_bar_new (self->book, self->ticker);
  self->alert = yihu_alert_label_new ();
  gtk_box_prepend (GTK_BOX (self->status), self->alert);
  yihu_status_bar_set_keys (YIHU_STATUS_BAR (self->status), yihu_desk_keys, yihu_desk_n_keys);
  return self->status;
}

static void
window_make (YihuDeskWindow *self)
{
  GtkWidget *under_lock = gtk_overlay_new ();
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *overlay = gtk_overlay_new ();

  self->header = yihu_desk_header_new ();
  self->banner = yihu_banner_new (yihu_desk_keys, yihu_desk_n_keys);
  self->search = yihu_search_panel_new (self->book, self->ticker);
  self->help = yihu_help_overlay_new (yihu_desk_keys, yihu_desk_n_keys);
  self->toasts = adw_toast_overlay_new ();
  gtk_widget_set_visible (self->help, FALSE);
  gtk_widget_add_css_class (columns, "deskgrid");
  gtk_box_append (GTK_BOX (columns), window_make_left (self));
  gtk_box_append (GTK_BOX (columns), window_make_centre (self));
  gtk_box_append (GTK_BOX (columns), window_make_side (self));
  gtk_overlay_set_child (GTK_OVERLAY (overlay), columns);
  yihu_desk_window_make_edit (self, GTK_OVERLAY (overlay));
  yihu_desk_window_make_reveal (self, GTK_OVERLAY (overlay));
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->search);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->help);
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (self->toasts), overlay);
  gtk_widget_set_vexpand (self->toasts, TRUE);
  gtk_box_append (GTK_BOX (content), self->header);
  gtk_box_append (GTK_BOX (content), self->banner);
  gtk_box_append (GTK_BOX (content), self->toasts);
  gtk_box_append (GTK_BOX (content), window_make_foot (self));
  gtk_overlay_set_child (GTK_OVERLAY (under_lock), content);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), under_lock);
}

/* --- the beat --- */

static void
window_show_ages (YihuDeskWindow *self, gint64 now_us)
{
  YihuBookState state = yihu_book_get_state (self->book);
  gint64 synced_us = yihu_book_get_synced_at_us (self->book);

  yihu_queue_list_set_freshness (YIHU_QUEUE_LIST (self->queue), state, synced_us, now_us);
  yihu_todo_list_set_freshness (YIHU_TODO_LIST (self->todo_list), state, synced_us, now_us);
  yihu_card_panels_set_freshness (YIHU_CARD_PANELS (self->card), state, synced_us, now_us);
  yihu_order_form_set_freshness (YIHU_ORDER_FORM (self->form), state, synced_us, now_us);
  yihu_history_list_set_freshness (YIHU_HISTORY_LIST (self->history), state, synced_us, now_us);
  yihu_place_panel_set_freshness (YIHU_PLACE_PANEL (self->place), state, synced_us, now_us);
  yihu_nearby_panel_set_freshness (YIHU_NEARBY_PANEL (self->nearby), state, synced_us, now_us);
  yihu_desk_header_set_time (YIHU_DESK_HEADER (self->header), now_us, state, synced_us);
}

static void
window_show_counters (YihuDeskWindow *self)
{
  YihuQueueList *queue = YIHU_QUEUE_LIST (self->queue);

  yihu_desk_header_set_counters (YIHU_DESK_HEADER (self->header),
                                 yihu_queue_list_count_ringing (queue),
                                 yihu_queue_list_count (queue),
                                 yihu_queue_list_get_longest_us (queue),
                                 yihu_queue_list_has_urgent (queue),
                                 g_list_model_get_n_items (yihu_todo_model_get_list (self->todo)));
  yihu_desk_header_set_state (YIHU_DESK_HEADER (self->header),
                              yihu_desk_window_get_seat_state (self));
}

static void
window_beat (YihuDeskWindow *self)
{
  gint64 now_us = yihu_book_get_now_us (self->book);

  window_show_ages (self, now_us);
  window_show_counters (self);
  yihu_desk_window_beat_call (self, now_us);
  yihu_desk_window_beat_reveal (self);
  yihu_video_panel_beat (YIHU_VIDEO_PANEL (self->video), now_us);
}

/* What changed between two beats shows at once: a seat that rings must not wait a second. */
static void
on_parts_changed (YihuDeskWindow *self)
{
  window_show_counters (self);
  if (!self->usable && gtk_widget_get_mapped (GTK_WIDGET (self))
      && !yihu_todo_model_is_loading (self->todo)
      && yihu_queue_list_is_filled (YIHU_QUEUE_LIST (self->queue)))
    {
      self->usable = TRUE;
      yihu_mark ("desk.usable", self->seat);
    }
}

static void
on_shift_changed (YihuDeskWindow *self)
{
  yihu_desk_header_set_today (YIHU_DESK_HEADER (self->header),
                              yihu_shift_get_answered (self->shift),
                              yihu_shift_get_mean_us (self->shift));
}

static void
on_book_state (YihuDeskWindow *self)
{
  window_beat (self);
  yihu_desk_window_adopt_calls (self);
}

static void
on_elder_changed (YihuBook *book, gpointer record, YihuDeskWindow *self)
{
  YihuElder *elder = record;

  if (self->elder == NULL || !g_str_equal (self->elder->record.id, elder->record.id))
    return;
  yihu_elder_ref (elder);
  g_clear_pointer (&self->elder, yihu_elder_unref);
  self->elder = elder;
  yihu_desk_window_refresh_card (self);
}

/* A new copy of the city: the person on the card as that copy has them. */
static void
on_book_reset (YihuDeskWindow *self)
{
  g_autoptr (YihuElder) elder = NULL;

  if (self->elder != NULL)
    elder = yihu_book_get (self->book, &yihu_elder_type, self->elder->record.id);
  if (elder != NULL)
    on_elder_changed (self->book, elder, self);
  yihu_desk_window_adopt_calls (self);
}

static void
on_queue_activated (YihuDeskWindow *self, gpointer data)
{
  YihuCall *call = data;
  g_autoptr (YihuElder) elder = call->elder != NULL && *call->elder != '\0'
                                    ? yihu_book_get (self->book, &yihu_elder_type, call->elder)
                                    : NULL;

  if (elder != NULL)
    yihu_desk_window_show_elder (self, elder);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                YihuDeskWindow *self)
{
  self->key_at_us = g_get_monotonic_time ();
  if (keyval != GDK_KEY_Escape || !gtk_widget_get_mapped (self->header))
    return FALSE; /* a locked desk is not there: Esc belongs to its cover */
  /* Esc closes what lies over the desk, and never touches a text. */
  if (gtk_widget_get_visible (self->help))
    gtk_widget_set_visible (self->help, FALSE);
  else if (gtk_widget_get_visible (self->search))
    yihu_search_panel_close (YIHU_SEARCH_PANEL (self->search));
  else
    return yihu_desk_window_leave_edit (self);
  return TRUE;
}

static void
on_search_dismissed (YihuDeskWindow *self)
{
  yihu_order_form_focus (YIHU_ORDER_FORM (self->form));
}

static void
on_map (YihuDeskWindow *self)
{
  yihu_mark ("desk.started", self->seat);
  on_parts_changed (self);
}

static void
window_connect (YihuDeskWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key_pressed), self, 0);
  g_signal_connect_object (self->ticker, "tick", G_CALLBACK (window_beat), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->book, "notify::state", G_CALLBACK (on_book_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->book, "record-changed::elder", G_CALLBACK (on_elder_changed), self,
                           0);
  g_signal_connect_object (self->book, "reset", G_CALLBACK (on_book_reset), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->queue, "changed", G_CALLBACK (on_parts_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->queue, "activated", G_CALLBACK (on_queue_activated), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->call, "changed", G_CALLBACK (on_parts_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->todo, "notify::loading", G_CALLBACK (on_parts_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->todo_list, "activated", G_CALLBACK (yihu_desk_window_show_todo),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->shift, "changed", G_CALLBACK (on_shift_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->form, "changed", G_CALLBACK (yihu_desk_window_form_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->order_card, "dismissed", G_CALLBACK (yihu_desk_window_show_form),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->order_card, "compare", G_CALLBACK (yihu_desk_window_compare), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->order_card, "said", G_CALLBACK (yihu_desk_window_toast), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "chosen", G_CALLBACK (yihu_desk_window_show_elder), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "dismissed", G_CALLBACK (on_search_dismissed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self, "map", G_CALLBACK (on_map), self, G_CONNECT_AFTER);
  g_signal_connect_object (self, "realize", G_CALLBACK (on_realize), self, G_CONNECT_AFTER);
}

/* --- object --- */

static void
yihu_desk_window_dispose (GObject *object)
{
  YihuDeskWindow *self = YIHU_DESK_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->paint_id != 0)
    g_signal_handler_disconnect (self->paint_clock, self->paint_id);
  self->paint_id = 0;
  if (self->call != NULL)
    yihu_desk_window_drop_line (self);
  g_clear_object (&self->call);
  g_clear_object (&self->ring);
  g_clear_object (&self->shift);
  g_clear_pointer (&self->elder, yihu_elder_unref);
  G_OBJECT_CLASS (yihu_desk_window_parent_class)->dispose (object);
}

static void
yihu_desk_window_finalize (GObject *object)
{
  YihuDeskWindow *self = YIHU_DESK_WINDOW (object);

  yihu_desk_window_forget_reveal (self);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->drafts);
  g_clear_object (&self->todo);
  g_clear_object (&self->catalogue);
  g_clear_object (&self->ticker);
  g_clear_object (&self->book);
  g_free (self->seat);
  g_free (self->area_code);
  g_free (self->drawn_call);
  g_free (self->line_user);
  g_free (self->line_error);
  G_OBJECT_CLASS (yihu_desk_window_parent_class)->finalize (object);
}

static void
yihu_desk_window_class_init (YihuDeskWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_desk_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_desk_window_finalize;
}

static void
yihu_desk_window_init (YihuDeskWindow *self)
{
  self->cancellable = g_cancellable_new ();
  self->wants_ready = TRUE;
  self->ring = yihu_ring_tone_new ();
  gtk_widget_add_css_class (GTK_WIDGET (self), "desk");
  gtk_window_set_title (GTK_WINDOW (self), _ ("Yihu operator desk"));
  gtk_window_set_default_size (GTK_WINDOW (self), 1920, 1080);
  yihu_desk_window_add_actions (self);
}

YihuDeskWindow *
yihu_desk_window_new (const YihuScreenContext *context)
{
  YihuDeskWindow *self =
      g_object_new (YIHU_TYPE_DESK_WINDOW, "application", context->application, NULL);
  YihuAccount *account = yihu_book_get_account (context->book);

  self->book = g_object_ref (context->book);
  self->ticker = g_object_ref (context->ticker);
  self->make_phone = context->make_phone;
  self->area_code = g_strdup (context->area_code);
  self->seat = g_strdup (account != NULL && account->seat != NULL ? account->seat : "");
  self->call = yihu_desk_call_new (self->book, self->seat, self->area_code);
  self->catalogue = yihu_catalogue_new (self->book);
  self->todo = yihu_todo_model_new (self->book);
  self->shift = yihu_shift_new (self->book, self->seat);
  self->drafts = yihu_drafts_new (self->book, *self->seat != '\0' ? self->seat
                                              : account != NULL   ? account->login
                                                                  : "");
  window_make (self);
  window_connect (self);
  yihu_desk_window_connect_call (self);
  yihu_desk_header_set_seat (YIHU_DESK_HEADER (self->header), self->seat,
                             account != NULL ? account->name : "");
  on_shift_changed (self);
  window_set_compact (self, TRUE,
                      1.0); /* the first layout tells; a window never shrinks by itself */
  yihu_desk_window_restore (self);
  window_beat (self);
  yihu_desk_window_adopt_calls (self);
  return self;
}

YihuDeskCall *
yihu_desk_window_get_call (YihuDeskWindow *self)
{
  return self->call;
}
