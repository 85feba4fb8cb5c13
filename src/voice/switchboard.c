/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A conversation has a caller, a room, and an operator once one was offered the call:
 *
 *   QUEUED --offer--> RINGING --answered--> TALKING --anybody hangs up--> gone (call.end)
 *      ^------refused----'  \--the caller hangs up--> gone (call.miss)
 *
 * The caller gets his 200 when the operator's phone has answered, not before. The server is told
 * of each step and never waited for. An operator whose phone was started anew during a talk (it
 * registers from another address) is called into the same room again, with the same call id.
 *
 * The queue decides, and calls back through queue_funcs, also from within our own calls to it. */

#include "voice/switchboard.h"

#include "base/identifier.h"
#include "base/mark.h"
#include "base/phone-number.h"
#include "domain/call.h"
#include "voice/party.h"
#include "voice/queue/call-queue.h"

#include <string.h>

#define MAX_CALLS 1000
#define CHECK_MS 1000

typedef struct
{
  YihuSwitchboard *board;
  char *id; /* (owned) */
  YihuCallState state; /* QUEUED, RINGING, TALKING */
  gboolean is_emergency;
  char *seat; /* (owned) (nullable) of the operator */
  char *contact; /* (owned) (nullable) where that seat was rung */
  YihuMediaRoom *room;
  YihuParty *caller; /* (owned) */
  YihuParty *operator_party; /* (owned) (nullable) */
  YihuParty *returning; /* (owned) (nullable): the operator's new phone, not yet answered */
} Conversation;

struct _YihuSwitchboard
{
  GObject parent_instance;
  YihuClock *clock; /* (owned) */
  YihuLink *link; /* (owned) */
  YihuMedia *media; /* not owned */
  char *area_code; /* (owned) */
  YihuSwitchboardInviteFunc invite;
  gpointer data;
  YihuCallQueue *queue; /* (owned) */
  GHashTable *conversations; /* (owned) id -> Conversation */
  GHashTable *contacts; /* (owned) seat -> address */
  GSource *check; /* (owned) (nullable) */
  gboolean is_shut_down;
};

G_DEFINE_FINAL_TYPE (YihuSwitchboard, yihu_switchboard, G_TYPE_OBJECT)

static void finish (Conversation *talk, YihuCallEnding by);

/* What the server is told */

static YihuCommand *
new_command (YihuSwitchboard *self, const char *name, const char *object)
{
  return yihu_command_new (name, object, 0, yihu_clock_get_now_us (self->clock));
}

static void
tell_begin (Conversation *talk, YihuDialog *dialog)
{
  YihuSwitchboard *self = talk->board;
  g_autoptr (YihuCall) call = yihu_call_new (talk->id);
  g_autoptr (YihuCommand) command = new_command (self, "call.begin", talk->id);
  const char *raw = yihu_dialog_get_caller (dialog);
  const char *end;

  call->number_raw = g_strndup (raw, YIHU_PHONE_NUMBER_MAX);
  if (!g_utf8_validate (call->number_raw, -1, &end))
    call->number_raw[end - call->number_raw] = '\0';
  call->number = yihu_phone_number_normalize (call->number_raw, self->area_code);
  if (call->number == NULL)
    call->number = g_strdup ("");
  call->called = g_strndup (yihu_dialog_get_called (dialog), 64);
  if (!g_utf8_validate (call->called, -1, &end))
    call->called[end - call->called] = '\0';
  call->state = YIHU_CALL_QUEUED;
  call->urgency = talk->is_emergency ? YIHU_URGENCY_URGENT : YIHU_URGENCY_GENERAL;
  call->ring_at_us = yihu_clock_get_now_us (self->clock);
  yihu_command_set_record (command, "call", call);
  yihu_link_send (self->link, command);
}

static void
tell_step (Conversation *talk, const char *name, gboolean with_seat)
{
  g_autoptr (YihuCommand) command = new_command (talk->board, name, talk->id);

  if (with_seat)
    yihu_command_set_text (command, "seat", talk->seat);
  yihu_link_send (talk->board->link, command);
}

static void
tell_end (Conversation *talk, YihuCallEnding by)
{
  static const char *const nicks[] = { "nobody", "caller", "operator", "switchboard" };
  g_autoptr (YihuCommand) command =
      new_command (talk->board, talk->state == YIHU_CALL_TALKING ? "call.end" : "call.miss",
                   talk->id);

  yihu_command_set_text (command, "ended_by", nicks[by]);
  yihu_link_send (talk->board->link, command);
}

static void
on_seat_changed (gpointer data, const YihuQueueSeat *seat)
{
  static const char *const nicks[] = { "away", "ready", "ringing", "busy", "wrapup", "offline" };
  YihuSwitchboard *self = data;
  g_autoptr (YihuCommand) command = new_command (self, "seat.set", seat->id);

  yihu_command_set_text (command, "state", nicks[seat->state]);
  yihu_command_set_int (command, "since_us", seat->since_us);
  yihu_command_set_text (command, "call", seat->call != NULL ? seat->call : "");
  yihu_link_send (self->link, command);
}

/* Parties */

static void
log_quality (Conversation *talk, YihuParty *party)
{
  YihuLegQuality q;

  yihu_party_get_quality (party, &q);
  g_message ("call %s leg %s rx=%" G_GUINT64_FORMAT " tx=%" G_GUINT64_FORMAT
             " lost=%" G_GUINT64_FORMAT " late=%" G_GUINT64_FORMAT " jitter=%.1fms mos=%.2f",
             talk->id, yihu_party_get_role (party) == YIHU_PARTY_CALLER ? "caller" : "operator",
             q.n_received, q.n_sent, q.n_lost, q.n_late, q.jitter_ms, q.mos);
}

static void
drop_party (Conversation *talk, YihuParty **slot)
{
  YihuParty *party = g_steal_pointer (slot);
  YihuDialog *dialog = party != NULL ? yihu_party_get_dialog (party) : NULL;

  if (dialog != NULL)
    g_signal_handlers_disconnect_by_data (dialog, talk);
  if (party != NULL && talk->state == YIHU_CALL_TALKING)
    log_quality (talk, party);
  yihu_party_free (party);
}

static YihuParty *
find_party (Conversation *talk, YihuDialog *dialog)
{
  YihuParty *parties[] = { talk->caller, talk->operator_party, talk->returning };

  for (guint i = 0; i < G_N_ELEMENTS (parties); i++)
    if (parties[i] != NULL && yihu_party_get_dialog (parties[i]) == dialog)
      return parties[i];
  return NULL;
}

static void
on_dialog_changed (YihuDialog *dialog, const YihuSessionDescription *remote, Conversation *talk)
{
  YihuParty *party = find_party (talk, dialog);
  g_autofree char *answer = yihu_party_print_answer (party, remote);

  yihu_party_set_remote (party, remote);
  yihu_dialog_accept (dialog, answer);
}

static void
join_operator (Conversation *talk, const YihuSessionDescription *remote)
{
  yihu_party_set_remote (talk->operator_party, remote);
  yihu_party_join (talk->operator_party, talk->room);
}

static void
on_operator_answered (Conversation *talk, const YihuSessionDescription *remote)
{
  YihuDialog *dialog = yihu_party_get_dialog (talk->caller);
  const YihuSessionDescription *offer = yihu_dialog_get_offer (dialog);
  g_autofree char *answer = yihu_party_print_answer (talk->caller, offer);

  talk->state = YIHU_CALL_TALKING;
  yihu_mark ("voice.answer", talk->id);
  yihu_dialog_accept (dialog, answer);
  yihu_party_set_remote (talk->caller, offer);
  yihu_party_join (talk->caller, talk->room);
  join_operator (talk, remote);
  tell_step (talk, "call.answer", TRUE);
  yihu_call_queue_answered (talk->board->queue, talk->id);
}

static void
on_dialog_answered (YihuDialog *dialog, const YihuSessionDescription *remote, Conversation *talk)
{
  YihuParty *party = find_party (talk, dialog);

  if (party == talk->returning)
    {
      drop_party (talk, &talk->operator_party);
      talk->operator_party = g_steal_pointer (&talk->returning);
      join_operator (talk, remote);
      g_message ("call %s: seat %s is back", talk->id, talk->seat);
    }
  else if (party == talk->operator_party && talk->state == YIHU_CALL_RINGING)
    on_operator_answered (talk, remote);
}

/* Nobody is there, or nothing that can take calls: not "the operator does not want to". */
static gboolean
is_unreachable (int status)
{
  return status == 404 || status == 408 || status == 410 || status == 481 || status == 483
         || status == 488 || (status >= 500 && status < 600);
}

static void
on_operator_gone (Conversation *talk, int status)
{
  if (talk->state == YIHU_CALL_TALKING)
    {
      if (talk->returning == NULL)
        finish (talk, YIHU_CALL_ENDED_BY_OPERATOR);
      else
        drop_party (talk, &talk->operator_party);
      return;
    }
  drop_party (talk, &talk->operator_party);
  g_message ("call %s: seat %s did not take it (%d)", talk->id, talk->seat, status);
  yihu_call_queue_refused (talk->board->queue, talk->id, is_unreachable (status));
}

static void
on_dialog_ended (YihuDialog *dialog, int status, Conversation *talk)
{
  YihuParty *party = find_party (talk, dialog);

  if (party == talk->caller)
    finish (talk, YIHU_CALL_ENDED_BY_CALLER);
  else if (party == talk->returning)
    {
      drop_party (talk, &talk->returning);
      if (talk->operator_party == NULL)
        finish (talk, YIHU_CALL_ENDED_BY_OPERATOR);
    }
  else
    on_operator_gone (talk, status);
}

static void
watch_dialog (Conversation *talk, YihuDialog *dialog)
{
  g_signal_connect (dialog, "answered", G_CALLBACK (on_dialog_answered), talk);
  g_signal_connect (dialog, "changed", G_CALLBACK (on_dialog_changed), talk);
  g_signal_connect (dialog, "ended", G_CALLBACK (on_dialog_ended), talk);
}

/* Calls the phone of the conversation's seat. NULL: it cannot be called. */
static YihuParty *
invite_operator (Conversation *talk)
{
  YihuSwitchboard *self = talk->board;
  const char *contact = g_hash_table_lookup (self->contacts, talk->seat);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuParty) party = NULL;
  g_autoptr (YihuDialog) dialog = NULL;
  g_autofree char *offer = NULL;

  if (contact == NULL)
    return NULL;
  party = yihu_party_new (self->media, YIHU_PARTY_OPERATOR, &error);
  if (party == NULL)
    {
      g_message ("call %s: %s", talk->id, error->message);
      return NULL;
    }
  offer = yihu_party_print_offer (party);
  dialog = self->invite (self->data, contact,
                         yihu_dialog_get_caller (yihu_party_get_dialog (talk->caller)), talk->id,
                         talk->is_emergency, offer);
  if (dialog == NULL)
    return NULL;
  g_free (talk->contact);
  talk->contact = g_strdup (contact);
  yihu_party_set_dialog (party, dialog);
  watch_dialog (talk, dialog);
  return g_steal_pointer (&party);
}

/* The queue's decisions */

static void
on_offer (gpointer data, const char *call, const char *seat)
{
  YihuSwitchboard *self = data;
  Conversation *talk = g_hash_table_lookup (self->conversations, call);

  talk->state = YIHU_CALL_RINGING;
  g_free (talk->seat);
  talk->seat = g_strdup (seat);
  yihu_mark ("voice.offer", talk->id);
  tell_step (talk, "call.offer", TRUE);
  talk->operator_party = invite_operator (talk);
  if (talk->operator_party == NULL)
    yihu_call_queue_refused (self->queue, call, TRUE);
  else
    yihu_dialog_progress (yihu_party_get_dialog (talk->caller), 180);
}

static void
on_withdraw (gpointer data, const char *call, const char *seat)
{
  Conversation *talk = g_hash_table_lookup (((YihuSwitchboard *) data)->conversations, call);

  drop_party (talk, &talk->operator_party);
}

static void
on_requeued (gpointer data, const char *call)
{
  Conversation *talk = g_hash_table_lookup (((YihuSwitchboard *) data)->conversations, call);

  talk->state = YIHU_CALL_QUEUED;
  g_clear_pointer (&talk->seat, g_free);
  tell_step (talk, "call.requeue", FALSE);
  yihu_dialog_progress (yihu_party_get_dialog (talk->caller), 182);
}

static const YihuCallQueueFuncs queue_funcs = { on_offer, on_withdraw, on_requeued,
                                                on_seat_changed };

/* Conversations */

static void
conversation_free (gpointer data)
{
  Conversation *talk = data;

  drop_party (talk, &talk->returning);
  drop_party (talk, &talk->operator_party);
  drop_party (talk, &talk->caller);
  if (talk->room != NULL)
    yihu_media_remove_room (talk->board->media, talk->room);
  g_free (talk->contact);
  g_free (talk->seat);
  g_free (talk->id);
  g_free (talk);
}

static void
finish (Conversation *talk, YihuCallEnding by)
{
  YihuSwitchboard *self = talk->board;

  tell_end (talk, by);
  yihu_call_queue_leave (self->queue, talk->id);
  g_hash_table_remove (self->conversations, talk->id);
}

static void
check_party (Conversation *talk, YihuParty *party)
{
  const char *role = NULL;

  if (party == NULL)
    return;
  role = yihu_party_get_role (party) == YIHU_PARTY_CALLER ? "caller" : "operator";
  switch (yihu_party_check_sound (party))
    {
    case YIHU_PARTY_WENT_SILENT:
      g_message ("call %s: no sound from the %s for %d s, leg lost", talk->id, role,
                 YIHU_PARTY_LOST_MS / 1000);
      yihu_dialog_probe (yihu_party_get_dialog (party));
      break;
    case YIHU_PARTY_STILL_SILENT:
      yihu_dialog_probe (yihu_party_get_dialog (party));
      break;
    case YIHU_PARTY_CAME_BACK:
      g_message ("call %s: sound from the %s again", talk->id, role);
      break;
    default:
      break;
    }
}

static void
on_check (gpointer data)
{
  YihuSwitchboard *self = data;
  g_autoptr (GList) talks = g_hash_table_get_values (self->conversations);

  g_clear_pointer (&self->check, g_source_unref);
  for (GList *l = talks; l != NULL; l = l->next)
    {
      Conversation *talk = l->data;
      if (talk->state != YIHU_CALL_TALKING)
        continue;
      check_party (talk, talk->caller);
      check_party (talk, talk->operator_party);
    }
  if (talks != NULL)
    self->check = yihu_clock_add_timer (self->clock, CHECK_MS, on_check, self, NULL);
}

static Conversation *
conversation_new (YihuSwitchboard *self, YihuDialog *dialog, GError **error)
{
  YihuParty *caller = yihu_party_new (self->media, YIHU_PARTY_CALLER, error);
  Conversation *talk;

  if (caller == NULL)
    return NULL;
  talk = g_new0 (Conversation, 1);
  talk->board = self;
  talk->id = yihu_identifier_new ();
  talk->state = YIHU_CALL_QUEUED;
  talk->is_emergency = yihu_dialog_is_emergency (dialog);
  talk->room = yihu_media_add_room (self->media);
  talk->caller = caller;
  yihu_party_set_dialog (caller, dialog);
  return talk;
}

void
yihu_switchboard_take_call (YihuSwitchboard *self, YihuDialog *dialog)
{
  g_autoptr (GError) error = NULL;
  Conversation *talk;

  if (self->is_shut_down || g_hash_table_size (self->conversations) >= MAX_CALLS)
    {
      yihu_dialog_refuse (dialog, 503);
      return;
    }
  talk = conversation_new (self, dialog, &error);
  if (talk == NULL)
    {
      g_message ("a call was refused: %s", error->message);
      yihu_dialog_refuse (dialog, 503);
      return;
    }
  yihu_mark ("voice.invite", talk->id);
  g_hash_table_insert (self->conversations, talk->id, talk);
  watch_dialog (talk, dialog);
  tell_begin (talk, dialog);
  yihu_call_queue_enter (self->queue, talk->id, talk->is_emergency);
  if (talk->state == YIHU_CALL_QUEUED)
    yihu_dialog_progress (dialog, 182);
  if (self->check == NULL)
    self->check = yihu_clock_add_timer (self->clock, CHECK_MS, on_check, self, NULL);
}

/* Seats */

/* The operator's phone came back at another address while he was talking. */
static void
bring_back (YihuSwitchboard *self, const char *seat, const char *contact)
{
  const YihuQueueSeat *known = yihu_call_queue_find_seat (self->queue, seat);
  Conversation *talk = known != NULL && known->call != NULL
                           ? g_hash_table_lookup (self->conversations, known->call)
                           : NULL;

  if (talk == NULL || talk->state != YIHU_CALL_TALKING || g_str_equal (talk->contact, contact))
    return;
  drop_party (talk, &talk->returning);
  talk->returning = invite_operator (talk);
}

gboolean
yihu_switchboard_bind_seat (YihuSwitchboard *self, const char *seat, const char *contact)
{
  const YihuQueueSeat *known = yihu_call_queue_find_seat (self->queue, seat);
  const char *before = g_hash_table_lookup (self->contacts, seat);
  gboolean is_new = known == NULL || !known->is_online;
  gboolean has_moved = known != NULL && g_strcmp0 (before, contact) != 0;

  if (self->is_shut_down)
    return FALSE;
  g_hash_table_insert (self->contacts, g_strdup (seat), g_strdup (contact));
  if (has_moved)
    bring_back (self, seat, contact);
  yihu_call_queue_set_online (self->queue, seat, TRUE);
  /* Another phone knows nothing of the old one's wish. */
  return is_new || has_moved;
}

void
yihu_switchboard_unbind_seat (YihuSwitchboard *self, const char *seat)
{
  g_hash_table_remove (self->contacts, seat);
  yihu_call_queue_set_online (self->queue, seat, FALSE);
}

void
yihu_switchboard_set_wish (YihuSwitchboard *self, const char *seat, gboolean wants_ready)
{
  yihu_call_queue_set_wish (self->queue, seat, wants_ready);
}

guint
yihu_switchboard_get_n_calls (YihuSwitchboard *self)
{
  return g_hash_table_size (self->conversations);
}

/* The object */

void
yihu_switchboard_shutdown (YihuSwitchboard *self)
{
  g_autoptr (GList) seats = g_hash_table_get_keys (self->contacts);
  g_autoptr (GList) talks = NULL;

  if (self->is_shut_down)
    return;
  self->is_shut_down = TRUE;
  if (self->check != NULL)
    g_source_destroy (self->check);
  g_clear_pointer (&self->check, g_source_unref);
  /* Seats first, so that no call that ends here is offered to one. */
  for (GList *l = seats; l != NULL; l = l->next)
    yihu_call_queue_set_online (self->queue, l->data, FALSE);
  talks = g_hash_table_get_values (self->conversations);
  for (GList *l = talks; l != NULL; l = l->next)
    finish (l->data, YIHU_CALL_ENDED_BY_SWITCHBOARD);
  g_hash_table_remove_all (self->contacts);
}

static void
yihu_switchboard_dispose (GObject *object)
{
  YihuSwitchboard *self = YIHU_SWITCHBOARD (object);

  if (self->link != NULL)
    yihu_switchboard_shutdown (self);
  g_clear_pointer (&self->queue, yihu_call_queue_free);
  g_clear_object (&self->link);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (yihu_switchboard_parent_class)->dispose (object);
}

static void
yihu_switchboard_finalize (GObject *object)
{
  YihuSwitchboard *self = YIHU_SWITCHBOARD (object);

  g_hash_table_unref (self->conversations);
  g_hash_table_unref (self->contacts);
  g_free (self->area_code);
  G_OBJECT_CLASS (yihu_switchboard_parent_class)->finalize (object);
}

static void
yihu_switchboard_class_init (YihuSwitchboardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = yihu_switchboard_dispose;
  object_class->finalize = yihu_switchboard_finalize;
}

static void
yihu_switchboard_init (YihuSwitchboard *self)
{
  self->conversations = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, conversation_free);
  self->contacts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

YihuSwitchboard *
yihu_switchboard_new (YihuClock *clock,
                      YihuLink *link,
                      YihuMedia *media,
                      const char *area_code,
                      YihuSwitchboardInviteFunc invite,
                      gpointer data)
{
  YihuSwitchboard *self = g_object_new (YIHU_TYPE_SWITCHBOARD, NULL);

  self->clock = g_object_ref (clock);
  self->link = g_object_ref (link);
  self->media = media;
  self->area_code = g_strdup (area_code);
  self->invite = invite;
  self->data = data;
  self->queue = yihu_call_queue_new (clock, &queue_funcs, self);
  return self;
}
