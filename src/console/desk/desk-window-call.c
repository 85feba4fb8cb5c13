/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The call at the seat on the screen: ring and banner, card of the caller, wrap-up with its
 * countdown; and the line itself, which is made when the server has given credentials for it and
 * made anew when they change. The desk works without a line; it says so. */

#include "console/desk/desk-window-private.h"

#include "base/mark.h"
#include "base/person-id.h"
#include "base/phone-number.h"
#include "console/desk/banner.h"
#include "console/desk/call-box.h"
#include "console/desk/caller-panel.h"
#include "console/desk/legs-panel.h"
#include "console/format.h"
#include "console/status-bar.h"
#include "console/widgets.h"
#include "console/words.h"

#include <glib/gi18n.h>

#define MASK(state) (1u << (state))

/* The frame in which the card of a call was drawn: what "pop" measures ends here. */
static void
on_after_paint (GdkFrameClock *clock, YihuDeskWindow *self)
{
  g_signal_handler_disconnect (clock, self->paint_id);
  self->paint_id = 0;
  self->paint_clock = NULL;
  yihu_mark ("desk.card", self->drawn_call);
}

static void
call_mark_card (YihuDeskWindow *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  if (clock == NULL || !yihu_mark_is_enabled ())
    return;
  g_free (self->drawn_call);
  self->drawn_call = g_strdup (yihu_desk_call_get_id (self->call));
  gtk_widget_queue_draw (self->call_box);
  if (self->paint_id != 0)
    return;
  self->paint_clock = clock;
  self->paint_id = g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), self);
}

static char *
call_describe_caller (YihuDeskWindow *self)
{
  YihuElder *elder = yihu_desk_call_get_elder (self->call);
  const char *number = yihu_desk_call_get_number (self->call);

  switch (yihu_desk_call_get_caller (self->call))
    {
    case YIHU_CALLER_KNOWN:
      {
        g_autofree char *person =
            yihu_words_person_line (elder, yihu_date_from_us (yihu_book_get_now_us (self->book)));

        return g_strdup_printf ("%s · %s", elder->name, person);
      }
    case YIHU_CALLER_SEVERAL:
      return g_strdup (_ ("Several elders on this number"));
    case YIHU_CALLER_UNKNOWN:
      {
        g_autofree char *shown = yihu_phone_number_format (number);

        return g_strdup_printf (_ ("Unregistered number %s"), shown);
      }
    default:
      return g_strdup (_ ("Number withheld"));
    }
}

static void
call_show_ringing (YihuDeskWindow *self)
{
  YihuElder *elder = yihu_desk_call_get_elder (self->call);
  gint64 urgency = yihu_desk_call_get_urgency (self->call);
  g_autofree char *who = call_describe_caller (self);
  g_autofree char *alert = g_strdup_printf (_ ("Incoming call: %s"), who);
  gboolean began = !yihu_banner_is_ringing (YIHU_BANNER (self->banner));

  yihu_banner_ring (YIHU_BANNER (self->banner), urgency, who,
                    elder != NULL ? yihu_book_get_division_name (self->book, elder->record.division)
                                  : "");
  yihu_alert_label_say (self->alert, alert);
  if (!began)
    return;
  yihu_ring_tone_start (self->ring, urgency == YIHU_URGENCY_URGENT);
  self->focus_due = TRUE;
}

/* Once a call, as soon as it can be answered, and only to hands that are free. */
static void
call_offer_focus (YihuDeskWindow *self)
{
  if (!self->focus_due || yihu_desk_call_get_state (self->call) != YIHU_DESK_CALL_RINGING
      || !yihu_desk_call_has_line (self->call))
    return;
  self->focus_due = FALSE;
  if (!yihu_desk_window_is_typing (self))
    yihu_banner_focus_answer (YIHU_BANNER (self->banner));
}

static void
call_stop_ringing (YihuDeskWindow *self)
{
  if (!yihu_banner_is_ringing (YIHU_BANNER (self->banner)))
    return;
  yihu_banner_stop (YIHU_BANNER (self->banner));
  yihu_ring_tone_stop (self->ring);
  yihu_alert_label_say (self->alert, "");
}

static void
call_show_box (YihuDeskWindow *self)
{
  static const YihuCallBoxMood moods[] = { YIHU_CALL_BOX_QUIET, YIHU_CALL_BOX_RINGING,
                                           YIHU_CALL_BOX_TALKING, YIHU_CALL_BOX_HELD,
                                           YIHU_CALL_BOX_WRAPUP };
  YihuDeskCallState state = yihu_desk_call_get_state (self->call);
  gboolean own = self->on_call && state != YIHU_DESK_CALL_IDLE;
  const char *words = "";

  if (own && yihu_desk_call_is_live (self->call) && !yihu_desk_call_has_line (self->call))
    words = _ ("Talking, line lost here");
  else if (own && state == YIHU_DESK_CALL_HELD)
    words = _ ("On hold");
  else if (own && state == YIHU_DESK_CALL_TALKING)
    words = yihu_desk_call_is_muted (self->call) ? _ ("Talking, muted") : _ ("Talking");
  else if (own && state == YIHU_DESK_CALL_RINGING)
    words = _ ("Ringing");
  else if (own)
    words = _ ("Wrap-up");
  else if (self->elder != NULL)
    words = _ ("Looking up");
  yihu_call_box_set_call (YIHU_CALL_BOX (self->call_box), own ? moods[state] : YIHU_CALL_BOX_QUIET,
                          words);
  yihu_call_box_set_urgency (YIHU_CALL_BOX (self->call_box),
                             own ? yihu_desk_call_get_urgency (self->call) : -1);
}

static void
call_show_legs (YihuDeskWindow *self)
{
  YihuDeskCallState state = yihu_desk_call_get_state (self->call);
  YihuAccount *account = yihu_book_get_account (self->book);
  g_autofree char *who = NULL;
  g_autofree char *seat = NULL;

  if (state == YIHU_DESK_CALL_IDLE || state == YIHU_DESK_CALL_WRAPUP)
    {
      yihu_legs_panel_set (YIHU_LEGS_PANEL (self->legs), 0, NULL);
      return;
    }
  if (yihu_desk_call_get_elder (self->call) != NULL)
    who = g_strdup_printf (_ ("Elder %s"), yihu_desk_call_get_elder (self->call)->name);
  else
    who = g_strdup (_ ("Caller"));
  seat = g_strdup_printf (_ ("Seat %s · %s"), self->seat, account != NULL ? account->name : "");
  yihu_legs_panel_set (YIHU_LEGS_PANEL (self->legs), 0, who);
  yihu_legs_panel_set (YIHU_LEGS_PANEL (self->legs), 1, seat);
}

static void
call_show_buttons (YihuDeskWindow *self)
{
  YihuDeskCallState state = yihu_desk_call_get_state (self->call);

  gtk_stack_set_visible_child_name (GTK_STACK (self->call_stack),
                                    state == YIHU_DESK_CALL_WRAPUP ? "wrapup" : "buttons");
  yihu_widget_set_class (self->hold_button, "held", state == YIHU_DESK_CALL_HELD);
  yihu_widget_set_class (self->mute_button, "held", yihu_desk_call_is_muted (self->call));
}

YihuSeatState
yihu_desk_window_get_seat_state (YihuDeskWindow *self)
{
  YihuPhone *phone = yihu_desk_call_get_phone (self->call);

  switch (yihu_desk_call_get_state (self->call))
    {
    case YIHU_DESK_CALL_RINGING:
      return YIHU_SEAT_RINGING;
    case YIHU_DESK_CALL_TALKING:
    case YIHU_DESK_CALL_HELD:
      return YIHU_SEAT_BUSY;
    case YIHU_DESK_CALL_WRAPUP:
      return YIHU_SEAT_WRAPUP;
    default:
      if (phone == NULL || !yihu_phone_is_registered (phone))
        return YIHU_SEAT_OFFLINE;
      return self->wants_ready ? YIHU_SEAT_READY : YIHU_SEAT_AWAY;
    }
}

void
yihu_desk_window_refresh_call (YihuDeskWindow *self)
{
  if (yihu_desk_call_get_state (self->call) == YIHU_DESK_CALL_RINGING)
    call_show_ringing (self);
  else
    call_stop_ringing (self);
  call_show_box (self);
  call_show_legs (self);
  call_show_buttons (self);
  yihu_desk_window_beat_call (self, yihu_book_get_now_us (self->book));
}

static void
on_call_begun (YihuDeskWindow *self)
{
  self->card_waits = yihu_desk_window_is_typing (self);
  if (self->card_waits)
    return; /* the banner says who; F2 opens the card and parks the form */
  yihu_desk_window_show_call (self);
  call_mark_card (self);
}

static void
on_call_changed (YihuDeskWindow *self)
{
  if (yihu_desk_call_is_live (self->call) && self->card_waits)
    {
      yihu_desk_window_show_call (self);
      call_mark_card (self);
    }
  else if (self->on_call && yihu_desk_call_get_state (self->call) != YIHU_DESK_CALL_IDLE
           && yihu_desk_call_get_elder (self->call) != self->elder)
    yihu_desk_window_show_call (self);
  else
    yihu_desk_window_refresh_card (self);
  call_offer_focus (self);
}

/* The seat is free again. A form that holds something is parked, never thrown away. */
static void
on_call_ended (YihuDeskWindow *self)
{
  self->card_waits = FALSE;
  if (self->on_call)
    yihu_desk_window_show_elder (self, NULL);
}

static void
on_calls_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuDeskWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) calls = yihu_book_list_calls_finish (YIHU_BOOK (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  for (guint i = 0; calls != NULL && i < calls->len; i++)
    yihu_desk_call_adopt (self->call, g_ptr_array_index (calls, i));
}

void
yihu_desk_window_adopt_calls (YihuDeskWindow *self)
{
  /* Offline, a call in the copy may have ended hours ago. */
  if (yihu_book_get_state (self->book) != YIHU_BOOK_ONLINE || *self->seat == '\0')
    return;
  yihu_book_list_calls_async (self->book,
                              MASK (YIHU_CALL_RINGING) | MASK (YIHU_CALL_TALKING)
                                  | MASK (YIHU_CALL_WRAPUP),
                              NULL, 100, self->cancellable, on_calls_ready, g_object_ref (self));
}

static void
on_phone_registered (YihuDeskWindow *self)
{
  YihuPhone *phone = yihu_desk_call_get_phone (self->call);

  if (phone != NULL && yihu_phone_is_registered (phone))
    yihu_phone_send_seat (phone, self->wants_ready ? "ready" : "away");
  yihu_desk_window_update_actions (self);
}

void
yihu_desk_window_drop_line (YihuDeskWindow *self)
{
  YihuPhone *phone = yihu_desk_call_get_phone (self->call);

  if (phone == NULL)
    return;
  g_signal_handlers_disconnect_by_data (phone, self);
  yihu_phone_shutdown (phone);
  yihu_desk_call_set_phone (self->call, NULL);
}

/* Made at the first log-in that gave credentials, made anew when a later log-in gave others; never
 * under a call. */
static void
call_keep_line (YihuDeskWindow *self)
{
  YihuSession *session = yihu_book_get_session (self->book);
  const char *user = session != NULL ? yihu_session_get_sip_user (session) : NULL;
  g_autoptr (YihuPhone) phone = NULL;
  g_autoptr (GError) error = NULL;

  if (self->make_phone == NULL || user == NULL || g_strcmp0 (user, self->line_user) == 0
      || yihu_desk_call_has_line (self->call))
    return;
  yihu_desk_window_drop_line (self);
  g_free (self->line_user);
  self->line_user = g_strdup (user);
  g_clear_pointer (&self->line_error, g_free);
  phone = self->make_phone (session, &error);
  if (phone == NULL)
    {
      g_info ("line: %s", error->message);
      self->line_error = g_strdup (_ ("The telephone could not be started"));
      return;
    }
  yihu_desk_call_set_phone (self->call, phone);
  g_signal_connect_object (phone, "notify::registered", G_CALLBACK (on_phone_registered), self,
                           G_CONNECT_SWAPPED);
  on_phone_registered (self);
}

static void
call_show_line (YihuDeskWindow *self)
{
  YihuPhone *phone = yihu_desk_call_get_phone (self->call);
  gboolean silent = FALSE;
  const char *words = "";

  g_object_get (self->ring, "silent", &silent, NULL);
  if (*self->seat == '\0')
    words = _ ("This account has no seat");
  else if (self->line_error != NULL)
    words = self->line_error;
  else if (phone == NULL)
    words = _ ("No telephone yet");
  else if (!yihu_phone_is_registered (phone))
    words = _ ("Telephone not registered");
  else if (silent)
    words = _ ("The ring has no sound device");
  yihu_status_bar_set_extra (YIHU_STATUS_BAR (self->status), words, *words != '\0');
}

static void
call_beat_wrapup (YihuDeskWindow *self, gint64 now_us)
{
  gint64 left_us = yihu_desk_call_get_since_us (self->call) + YIHU_WRAPUP_US - now_us;

  g_autofree char *left = yihu_format_timer (left_us);

  yihu_call_box_set_timer (YIHU_CALL_BOX (self->call_box), self->on_call ? left : "");
  if (left_us <= 0)
    yihu_desk_window_close_call (self);
}

static void
call_beat_legs (YihuDeskWindow *self, const char *timer)
{
  YihuDeskCallState state = yihu_desk_call_get_state (self->call);
  gboolean live = yihu_desk_call_is_live (self->call);
  g_autofree char *figure = g_strdup_printf ("%s %s",
                                             state == YIHU_DESK_CALL_HELD ? "‖"
                                             : live                       ? "●"
                                                                          : "◌",
                                             timer);

  yihu_legs_panel_set_figure (YIHU_LEGS_PANEL (self->legs), 0, figure,
                              live && state != YIHU_DESK_CALL_HELD ? "ok" : "p2t");
  yihu_legs_panel_set_figure (YIHU_LEGS_PANEL (self->legs), 1, figure,
                              live && yihu_desk_call_has_line (self->call) ? "ok" : "p2t");
  yihu_legs_panel_set_level (YIHU_LEGS_PANEL (self->legs), yihu_desk_call_get_level (self->call));
}

void
yihu_desk_window_beat_call (YihuDeskWindow *self, gint64 now_us)
{
  YihuDeskCallState state = yihu_desk_call_get_state (self->call);
  gint64 since_us = yihu_desk_call_get_since_us (self->call);
  g_autofree char *timer = yihu_format_timer (now_us - since_us);

  call_keep_line (self);
  call_show_line (self);
  if (state == YIHU_DESK_CALL_IDLE)
    {
      yihu_call_box_set_timer (YIHU_CALL_BOX (self->call_box), "");
      return;
    }
  if (state == YIHU_DESK_CALL_WRAPUP)
    {
      call_beat_wrapup (self, now_us);
      return;
    }
  yihu_call_box_set_timer (YIHU_CALL_BOX (self->call_box), self->on_call ? timer : "");
  if (state == YIHU_DESK_CALL_RINGING)
    yihu_banner_set_wait (YIHU_BANNER (self->banner), timer);
  call_beat_legs (self, timer);
}

static void
on_caller_identified (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuDeskWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  if (yihu_desk_call_identify_finish (YIHU_DESK_CALL (object), result, &error)
      || self->call == NULL)
    return;
  words = yihu_words_error (error);
  yihu_desk_window_toast (self, words);
}

static void
on_caller_chosen (YihuDeskWindow *self, gpointer elder)
{
  yihu_desk_call_identify_async (self->call, elder, on_caller_identified, g_object_ref (self));
}

typedef struct
{
  YihuDeskWindow *window; /* (owned) */
  YihuElder *elder; /* (owned) */
} Registering;

static void
registering_free (Registering *registering)
{
  yihu_elder_unref (registering->elder);
  g_object_unref (registering->window);
  g_free (registering);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Registering, registering_free)

static void
on_caller_kept (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Registering) registering = data;
  YihuDeskWindow *self = registering->window;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  gboolean kept = yihu_book_submit_finish (YIHU_BOOK (object), result, &error);

  if (self->call == NULL)
    return;
  if (!kept)
    {
      words = yihu_words_error (error);
      yihu_caller_panel_say (YIHU_CALLER_PANEL (self->caller), words);
      return;
    }
  yihu_desk_window_toast (self, _ ("Registered."));
  if (yihu_desk_call_get_state (self->call) != YIHU_DESK_CALL_IDLE)
    yihu_desk_call_identify_async (self->call, registering->elder, on_caller_identified,
                                   g_object_ref (self));
}

static void
on_caller_registered (YihuDeskWindow *self, gpointer data)
{
  YihuElder *elder = data;
  g_autoptr (YihuCommand) command =
      yihu_command_new ("elder.register", elder->record.id, 0, yihu_book_get_now_us (self->book));
  Registering *registering = g_new0 (Registering, 1);

  yihu_command_set_record (command, "elder", elder);
  registering->window = g_object_ref (self);
  registering->elder = yihu_elder_ref (elder);
  yihu_book_submit_async (self->book, command, elder, on_caller_kept, registering);
}

static void
on_call_failed (YihuDeskWindow *self, const GError *error)
{
  g_autofree char *words = yihu_words_error (error);

  yihu_desk_window_toast (self, words);
}

void
yihu_desk_window_connect_call (YihuDeskWindow *self)
{
  g_signal_connect_object (self->call, "begun", G_CALLBACK (on_call_begun), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->call, "changed", G_CALLBACK (on_call_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->call, "ended", G_CALLBACK (on_call_ended), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->call, "failed", G_CALLBACK (on_call_failed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->caller, "chosen", G_CALLBACK (on_caller_chosen), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->caller, "registered", G_CALLBACK (on_caller_registered), self,
                           G_CONNECT_SWAPPED);
}
