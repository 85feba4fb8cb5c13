/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Frames of events and the acknowledgement window.
 *
 * Invariants: frames go out in the order of sequence numbers and cover them without a gap; no more
 * than a window of events or bytes is unacknowledged, so that a stuck console cannot fill our
 * memory (libsoup's send queue has no bound of its own). */

#include "server/live/subscriber.h"

#include "base/error.h"
#include "server/live/hub.h"
#include "wire/protocol.h"

#include <string.h>

#define FRAME_ROOM 512 /* for what stands around the events */
#define BEHIND_PATIENCE_US (30 * G_USEC_PER_SEC)

typedef struct
{
  gint64 to;
  guint n_events;
  gsize n_bytes;
} Frame;

YihuSubscriber *
yihu_subscriber_new (SoupWebsocketConnection *connection,
                     GSocket *socket,
                     YihuActor *actor,
                     const char *token_hash,
                     gint64 expires_at_us)
{
  YihuSubscriber *self = g_rc_box_new0 (YihuSubscriber);

  self->connection = g_object_ref (connection);
  yihu_send_queue_init (&self->queue, socket);
  self->actor = yihu_actor_ref (actor);
  self->token_hash = g_strdup (token_hash);
  self->expires_at_us = expires_at_us;
  g_queue_init (&self->frames);
  return self;
}

YihuSubscriber *
yihu_subscriber_ref (YihuSubscriber *self)
{
  return g_rc_box_acquire (self);
}

static void
subscriber_clear (gpointer data)
{
  YihuSubscriber *self = data;

  g_object_unref (self->connection);
  yihu_send_queue_clear (&self->queue);
  yihu_actor_unref (self->actor);
  g_free (self->token_hash);
  g_queue_clear_full (&self->frames, g_free);
}

void
yihu_subscriber_unref (YihuSubscriber *self)
{
  g_rc_box_release_full (self, subscriber_clear);
}

static gboolean
is_open (YihuSubscriber *self)
{
  return self->state != YIHU_SUBSCRIBER_CLOSED
         && soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN;
}

static void
close_unread (YihuSubscriber *self)
{
  yihu_subscriber_close (self, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "does not read");
}

/* FALSE: the connection was closed instead. */
static gboolean
send_text (YihuSubscriber *self, const char *text, gsize length)
{
  if (!yihu_send_queue_add (&self->queue, length))
    {
      close_unread (self);
      return FALSE;
    }
  soup_websocket_connection_send_text (self->connection, text);
  return TRUE;
}

void
yihu_subscriber_send (YihuSubscriber *self, json_t *message)
{
  g_autoptr (json_t) owned = message;
  g_autofree char *text = NULL;

  if (!is_open (self))
    return;
  text = yihu_json_print (owned);
  send_text (self, text, strlen (text));
}

void
yihu_subscriber_close (YihuSubscriber *self, gushort code, const char *reason)
{
  if (is_open (self))
    soup_websocket_connection_close (self->connection, code, reason);
  self->state = YIHU_SUBSCRIBER_CLOSED;
}

void
yihu_subscriber_send_error (YihuSubscriber *self, const GError *error, gushort close_code)
{
  yihu_subscriber_send (self,
                        json_pack ("{s:{s:s, s:s}}", "error", "error",
                                   yihu_error_get_wire (error->code), "message", error->message));
  yihu_subscriber_close (self, close_code, yihu_error_get_wire (error->code));
}

void
yihu_subscriber_follow (YihuSubscriber *self, gint64 cursor)
{
  self->state = YIHU_SUBSCRIBER_LIVE;
  self->sent = self->told = self->acked = cursor;
  self->deadline_us = 0;
  self->unacked_events = 0;
  self->unacked_bytes = 0;
  g_queue_clear_full (&self->frames, g_free);
}

static gboolean
wants (YihuSubscriber *self, const YihuFeedEvent *event)
{
  return yihu_role_gets_kind (yihu_actor_get_role (self->actor), event->type)
         && yihu_actor_sees (self->actor, event->division);
}

static void
fall_behind (YihuSubscriber *self, YihuEventRing *ring, gint64 now_us)
{
  self->state = YIHU_SUBSCRIBER_BEHIND;
  self->behind_to = yihu_event_ring_get_last (ring);
  self->deadline_us = now_us + BEHIND_PATIENCE_US;
  yihu_subscriber_send (self,
                        json_pack ("{s:{s:I}}", "behind", "to", (json_int_t) self->behind_to));
}

/* One frame from behind self->sent; FALSE where all that is new was filtered out. */
static gboolean
build_frame (YihuSubscriber *self, YihuEventRing *ring, GString *text, Frame *frame)
{
  gint64 last = yihu_event_ring_get_last (ring);

  g_string_assign (text, "{\"ev\":[");
  frame->n_events = 0;
  frame->to = self->sent;
  while (frame->to < last && frame->n_events < YIHU_PROTOCOL_MAX_BATCH)
    {
      YihuFeedEvent *event = yihu_event_ring_get (ring, frame->to + 1);
      gboolean is_wanted = wants (self, event);

      if (is_wanted && frame->n_events > 0
          && text->len + event->length + FRAME_ROOM > YIHU_PROTOCOL_MAX_FRAME)
        break;
      if (is_wanted)
        {
          if (frame->n_events++ > 0)
            g_string_append_c (text, ',');
          g_string_append_len (text, event->text, event->length);
        }
      frame->to++;
    }
  g_string_append_printf (text, "],\"to\":%" G_GINT64_FORMAT "}", frame->to);
  frame->n_bytes = text->len;
  return frame->n_events > 0;
}

void
yihu_subscriber_flush (YihuSubscriber *self, YihuEventRing *ring, gint64 now_us)
{
  g_autoptr (GString) text = NULL;

  while (is_open (self) && self->state == YIHU_SUBSCRIBER_LIVE
         && self->sent < yihu_event_ring_get_last (ring))
    {
      Frame frame = { 0 };

      if (self->sent + 1 < yihu_event_ring_get_first (ring)
          || self->unacked_events >= YIHU_HUB_WINDOW_EVENTS
          || self->unacked_bytes >= YIHU_HUB_WINDOW_BYTES)
        {
          fall_behind (self, ring, now_us);
          return;
        }
      if (text == NULL)
        text = g_string_sized_new (4096);
      if (build_frame (self, ring, text, &frame))
        {
          if (!send_text (self, text->str, text->len))
            return;
          g_queue_push_tail (&self->frames, g_memdup2 (&frame, sizeof frame));
          self->unacked_events += frame.n_events;
          self->unacked_bytes += frame.n_bytes;
          self->n_events += frame.n_events;
          self->n_frames++;
          self->told = frame.to;
        }
      self->sent = frame.to;
    }
}

void
yihu_subscriber_tick (YihuSubscriber *self)
{
  if (!yihu_send_queue_check (&self->queue))
    {
      close_unread (self);
      return;
    }
  if (self->state != YIHU_SUBSCRIBER_LIVE || self->told >= self->sent)
    return;
  self->told = self->sent;
  yihu_subscriber_send (self, json_pack ("{s:[], s:I}", "ev", "to", (json_int_t) self->told));
}

void
yihu_subscriber_ack (YihuSubscriber *self, gint64 seq, YihuEventRing *ring, gint64 now_us)
{
  Frame *frame;

  gint64 newest =
      self->state == YIHU_SUBSCRIBER_BEHIND ? yihu_event_ring_get_last (ring) : self->sent;

  if (seq <= self->acked || seq > newest)
    return;
  self->acked = seq;
  while ((frame = g_queue_peek_head (&self->frames)) != NULL && frame->to <= seq)
    {
      self->unacked_events -= frame->n_events;
      self->unacked_bytes -= frame->n_bytes;
      g_free (g_queue_pop_head (&self->frames));
    }
  if (self->state != YIHU_SUBSCRIBER_BEHIND)
    return;
  self->deadline_us = now_us + BEHIND_PATIENCE_US;
  if (seq < self->behind_to)
    return;
  yihu_subscriber_follow (self, seq);
  yihu_subscriber_flush (self, ring, now_us);
}
