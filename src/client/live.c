/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The connection and its states: connect, hello, retry with back-off, acknowledgements, pings. Each
 * connection has a cancellable of its own: what comes back after it was cancelled is dropped, so a
 * slow answer of an old connection never touches a new one. What the frames say is read in
 * live-frames.c.
 *
 *   OFFLINE -> CONNECTING -> CATCHING_UP -> ONLINE       any of them -> OFFLINE, with a retry
 *   any of them -> REFUSED                               no retry: a log-in is needed
 *
 * Three numbers: delivered (handed to the owner) >= cursor (applied by it) >= acknowledged. */

#include "client/live.h"

#include "base/error.h"
#include "client/live-private.h"
#include "client/session-private.h"
#include "wire/protocol.h"

#include <string.h>

#define SPREAD_MS 3000
#define RETRY_FIRST_MS 1000
#define RETRY_CAP_MS 15000
#define WELCOME_MS 10000
#define ACK_MS 1000
#define ACK_EVENTS 500
#define PING_MS 10000
#define MAX_FRAME (1024 * 1024) /* of the server: generous, it promises 64 KiB */

enum
{
  PROP_STATE = 1,
  PROP_LATENCY,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];
guint yihu_live_signals[YIHU_LIVE_N_SIGNALS];

G_DEFINE_FINAL_TYPE (YihuLive, yihu_live, G_TYPE_OBJECT)

static void connect_now (YihuLive *self);

static void
set_state (YihuLive *self, YihuLiveState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

void
yihu_live_set_latency (YihuLive *self, int latency_ms)
{
  if (self->latency_ms == latency_ms)
    return;
  self->latency_ms = latency_ms;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LATENCY]);
}

static void
clear_timer (GSource **timer)
{
  if (*timer == NULL)
    return;
  g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

/* Lets go of the present connection without saying what comes next. */
static void
drop (YihuLive *self)
{
  g_autoptr (SoupWebsocketConnection) socket = g_steal_pointer (&self->socket);

  clear_timer (&self->retry_timer);
  clear_timer (&self->welcome_timer);
  clear_timer (&self->ack_timer);
  clear_timer (&self->ping_timer);
  self->welcomed = FALSE;
  self->behind = FALSE;
  self->pulling = FALSE;
  self->more = FALSE;
  self->ping_at_us = 0;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (socket == NULL)
    return;
  g_signal_handlers_disconnect_by_data (socket, self);
  if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
take_error (YihuLive *self, GError *why)
{
  g_clear_error (&self->error);
  self->error = why;
}

static void
on_retry (gpointer data)
{
  YihuLive *self = data;

  g_clear_pointer (&self->retry_timer, g_source_unref);
  connect_now (self);
}

/* All consoles lose a server that restarts in the same moment: their first tries are spread. */
static guint
next_delay_ms (YihuLive *self)
{
  if (self->attempt++ == 0)
    return g_random_int_range (0, SPREAD_MS + 1);
  return yihu_clock_back_off_ms (self->attempt - 1, RETRY_FIRST_MS, RETRY_CAP_MS);
}

void
yihu_live_lose (YihuLive *self, GError *why)
{
  drop (self);
  take_error (self, why);
  yihu_live_set_latency (self, -1);
  if (!self->started)
    return;
  self->retry_timer =
      yihu_clock_add_timer (self->clock, next_delay_ms (self), on_retry, self, NULL);
  set_state (self, YIHU_LIVE_OFFLINE);
}

void
yihu_live_refuse (YihuLive *self, GError *why)
{
  drop (self);
  take_error (self, why);
  yihu_live_set_latency (self, -1);
  self->started = FALSE;
  set_state (self, YIHU_LIVE_REFUSED);
}

void
yihu_live_resnapshot (YihuLive *self)
{
  g_autoptr (YihuLive) guard = g_object_ref (self);

  yihu_live_stop (self);
  g_signal_emit (self, yihu_live_signals[YIHU_LIVE_SIGNAL_RESNAPSHOT], 0);
}

/* The server's order stands also where it does not get to close the connection. */
void
yihu_live_wipe (YihuLive *self)
{
  g_autoptr (YihuLive) guard = g_object_ref (self);

  g_signal_emit (self, yihu_live_signals[YIHU_LIVE_SIGNAL_WIPE], 0);
  if (self->started)
    yihu_live_refuse (self, g_error_new_literal (YIHU_ERROR, YIHU_ERROR_WIPE,
                                                 "the server took back the copy of the city"));
}

/* Who is up to date stays so while ordinary batches are on their way to the file: the state is
 * shown to people, and must not flicker with every event. */
void
yihu_live_update_state (YihuLive *self)
{
  gint64 allowed = self->state == YIHU_LIVE_ONLINE ? YIHU_PROTOCOL_MAX_BATCH : 0;
  gboolean late = self->behind || self->newest - self->cursor > allowed;

  if (self->welcomed)
    set_state (self, late ? YIHU_LIVE_CATCHING_UP : YIHU_LIVE_ONLINE);
}

void
yihu_live_send_frame (YihuLive *self, json_t *frame)
{
  g_autoptr (json_t) owned = frame;
  g_autofree char *text = yihu_json_print (owned);

  if (self->socket != NULL
      && soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->socket, text);
}

static void
send_ack (YihuLive *self)
{
  clear_timer (&self->ack_timer);
  self->acknowledged = self->cursor;
  yihu_live_send_frame (self, json_pack ("{s:I}", "ack", (json_int_t) self->cursor));
}

static void
on_ack_due (gpointer data)
{
  send_ack (data);
}

static void on_ping_due (gpointer data);

static void
arm_ping (YihuLive *self)
{
  self->ping_timer = yihu_clock_add_timer (self->clock, PING_MS, on_ping_due, self, NULL);
}

/* A ping that was not answered until the next one is due means that nobody is there any more. */
static void
on_ping_due (gpointer data)
{
  YihuLive *self = data;

  g_clear_pointer (&self->ping_timer, g_source_unref);
  if (self->ping_at_us != 0)
    {
      yihu_live_lose (self,
                      g_error_new (YIHU_ERROR, YIHU_ERROR_TIMEOUT, "the server has fallen silent"));
      return;
    }
  self->ping_at_us = yihu_clock_get_monotonic_us (self->clock);
  yihu_live_send_frame (self, json_pack ("{s:I}", "ping", (json_int_t) self->ping_at_us));
  send_ack (self);
  arm_ping (self);
}

static void
send_watch (YihuLive *self)
{
  yihu_live_send_frame (self, self->watch_figures ? json_pack ("{s:[s]}", "watch", "figures")
                                                  : json_pack ("{s:[]}", "watch"));
}

void
yihu_live_ready (YihuLive *self)
{
  clear_timer (&self->welcome_timer);
  self->attempt = 0;
  take_error (self, NULL);
  self->ping_at_us = yihu_clock_get_monotonic_us (self->clock);
  yihu_live_send_frame (self, json_pack ("{s:I}", "ping", (json_int_t) self->ping_at_us));
  arm_ping (self);
  if (self->watch_figures)
    send_watch (self);
}

static void
on_message (SoupWebsocketConnection *socket, int type, GBytes *message, YihuLive *self)
{
  if (type == SOUP_WEBSOCKET_DATA_TEXT)
    yihu_live_take_frame (self, message);
}

static void
on_closed (SoupWebsocketConnection *socket, YihuLive *self)
{
  gushort code = soup_websocket_connection_get_close_code (socket);

  if (code == 4401)
    yihu_live_refuse (self, g_error_new (YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED,
                                         "the server ended the log-in"));
  else if (code == 4426)
    yihu_live_refuse (self, g_error_new (YIHU_ERROR, YIHU_ERROR_VERSION,
                                         "the server speaks a newer protocol"));
  else
    yihu_live_lose (self, g_error_new (YIHU_ERROR, YIHU_ERROR_OFFLINE,
                                       "the connection was closed (code %u)", code));
}

static void
on_no_welcome (gpointer data)
{
  YihuLive *self = data;

  g_clear_pointer (&self->welcome_timer, g_source_unref);
  yihu_live_lose (self, g_error_new (YIHU_ERROR, YIHU_ERROR_TIMEOUT, "the server did not greet"));
}

static void
greet (YihuLive *self)
{
  soup_websocket_connection_set_max_incoming_payload_size (self->socket, MAX_FRAME);
  g_signal_connect (self->socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (on_closed), self);
  self->delivered = self->cursor;
  self->acknowledged = self->cursor;
  yihu_live_send_frame (self, json_pack ("{s:{s:I, s:I, s:i}}", "hello", "cursor",
                                         (json_int_t) self->cursor, "epoch",
                                         (json_int_t) yihu_session_get_epoch (self->session),
                                         "protocol", YIHU_PROTOCOL_VERSION));
  self->welcome_timer = yihu_clock_add_timer (self->clock, WELCOME_MS, on_no_welcome, self, NULL);
}

typedef struct
{
  YihuLive *live; /* (owned) */
  SoupMessage *message; /* (owned) */
  GCancellable *cancellable; /* (owned) */
} Connecting;

static void
connecting_free (Connecting *connecting)
{
  g_object_unref (connecting->live);
  g_object_unref (connecting->message);
  g_object_unref (connecting->cancellable);
  g_free (connecting);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Connecting, connecting_free)

static void
take_failed_handshake (YihuLive *self, SoupMessage *message, GError *problem)
{
  g_autoptr (GError) error = problem;
  guint status = soup_message_get_status (message);

  if (status == 401 || status == 403)
    yihu_live_refuse (self, g_error_new (YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED,
                                         "the server does not take the token (status %u)", status));
  else if (status == 426)
    yihu_live_refuse (self, g_error_new (YIHU_ERROR, YIHU_ERROR_VERSION,
                                         "the server speaks a newer protocol"));
  else
    {
      GError *why = NULL;

      if (!yihu_trust_explain (message, error, &why))
        why = g_error_new (YIHU_ERROR, YIHU_ERROR_OFFLINE, "connect: %s", error->message);
      yihu_live_lose (self, why);
    }
}

static void
on_connected (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Connecting) connecting = data;
  YihuLive *self = connecting->live;
  GError *error = NULL;
  g_autoptr (SoupWebsocketConnection) socket =
      soup_session_websocket_connect_finish (SOUP_SESSION (object), result, &error);

  if (g_cancellable_is_cancelled (connecting->cancellable))
    {
      g_clear_error (&error);
      return;
    }
  if (socket == NULL)
    {
      take_failed_handshake (self, connecting->message, error);
      return;
    }
  self->socket = g_steal_pointer (&socket);
  greet (self);
}

static SoupMessage *
make_handshake (YihuLive *self, GError **error)
{
  return yihu_session_new_message (self->session, "GET", YIHU_PROTOCOL_PATH "/live", error);
}

static void
connect_now (YihuLive *self)
{
  GError *error = NULL;
  SoupMessage *message = make_handshake (self, &error);
  Connecting *connecting;

  if (message == NULL)
    {
      yihu_live_refuse (self, error);
      return;
    }
  self->cancellable = g_cancellable_new ();
  connecting = g_new0 (Connecting, 1);
  connecting->live = g_object_ref (self);
  connecting->message = message;
  connecting->cancellable = g_object_ref (self->cancellable);
  soup_session_websocket_connect_async (yihu_session_get_soup (self->session), message, NULL, NULL,
                                        G_PRIORITY_DEFAULT, self->cancellable, on_connected,
                                        connecting);
  set_state (self, YIHU_LIVE_CONNECTING);
}

static void
yihu_live_dispose (GObject *object)
{
  YihuLive *self = YIHU_LIVE (object);

  self->started = FALSE;
  drop (self);
  g_clear_object (&self->session);
  g_clear_object (&self->clock);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (yihu_live_parent_class)->dispose (object);
}

static void
yihu_live_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  YihuLive *self = YIHU_LIVE (object);

  if (id == PROP_STATE)
    g_value_set_int (value, (int) self->state);
  else if (id == PROP_LATENCY)
    g_value_set_int (value, self->latency_ms);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
yihu_live_class_init (YihuLiveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = yihu_live_dispose;
  object_class->get_property = yihu_live_get_property;

  props[PROP_STATE] =
      g_param_spec_int ("state", NULL, NULL, 0, YIHU_LIVE_REFUSED, 0,
                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_LATENCY] =
      g_param_spec_int ("latency-ms", NULL, NULL, -1, G_MAXINT, -1,
                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  yihu_live_signals[YIHU_LIVE_SIGNAL_EVENTS] =
      g_signal_new ("events", YIHU_TYPE_LIVE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    2, G_TYPE_PTR_ARRAY, G_TYPE_INT64);
  yihu_live_signals[YIHU_LIVE_SIGNAL_REPLY] =
      g_signal_new ("reply", YIHU_TYPE_LIVE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    G_TYPE_POINTER);
  yihu_live_signals[YIHU_LIVE_SIGNAL_FIGURES] =
      g_signal_new ("figures", YIHU_TYPE_LIVE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    1, G_TYPE_POINTER);
  yihu_live_signals[YIHU_LIVE_SIGNAL_RESNAPSHOT] =
      g_signal_new ("resnapshot", YIHU_TYPE_LIVE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 0);
  yihu_live_signals[YIHU_LIVE_SIGNAL_WIPE] =
      g_signal_new ("wipe", YIHU_TYPE_LIVE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  yihu_live_signals[YIHU_LIVE_SIGNAL_TIME] =
      g_signal_new ("time", YIHU_TYPE_LIVE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    G_TYPE_INT64);
}

static void
yihu_live_init (YihuLive *self)
{
  self->latency_ms = -1;
}

YihuLive *
yihu_live_new (YihuSession *session, YihuClock *clock)
{
  YihuLive *self = g_object_new (YIHU_TYPE_LIVE, NULL);

  self->session = g_object_ref (session);
  self->clock = g_object_ref (clock);
  return self;
}

YihuClock *
yihu_live_get_clock (YihuLive *self)
{
  return self->clock;
}

void
yihu_live_start (YihuLive *self, gint64 cursor)
{
  drop (self);
  take_error (self, NULL);
  self->started = TRUE;
  self->attempt = 0;
  self->cursor = cursor;
  self->newest = cursor;
  connect_now (self);
}

void
yihu_live_stop (YihuLive *self)
{
  drop (self);
  self->started = FALSE;
  yihu_live_set_latency (self, -1);
  set_state (self, YIHU_LIVE_OFFLINE);
}

void
yihu_live_set_cursor (YihuLive *self, gint64 cursor)
{
  if (cursor <= self->cursor)
    return;
  self->cursor = cursor;
  if (self->behind && self->cursor >= self->delivered && !self->pulling)
    {
      if (self->more)
        yihu_live_pull (self);
      else
        {
          self->behind = FALSE;
          send_ack (self);
        }
    }
  else if (self->cursor - self->acknowledged >= ACK_EVENTS)
    send_ack (self);
  else if (self->welcomed && self->ack_timer == NULL)
    self->ack_timer = yihu_clock_add_timer (self->clock, ACK_MS, on_ack_due, self, NULL);
  yihu_live_update_state (self);
}

gint64
yihu_live_get_cursor (YihuLive *self)
{
  return self->cursor;
}

YihuLiveState
yihu_live_get_state (YihuLive *self)
{
  return self->state;
}

const GError *
yihu_live_get_error (YihuLive *self)
{
  return self->error;
}

gint64
yihu_live_get_heard_at_us (YihuLive *self)
{
  return self->heard_at_us;
}

int
yihu_live_get_latency_ms (YihuLive *self)
{
  return self->latency_ms;
}

void
yihu_live_watch_figures (YihuLive *self, gboolean on)
{
  if (self->watch_figures == on)
    return;
  self->watch_figures = on;
  if (self->welcomed)
    send_watch (self);
}

gboolean
yihu_live_send (YihuLive *self, YihuCommand *command)
{
  if (!self->welcomed)
    return FALSE;
  yihu_live_send_frame (self, json_pack ("{s:o}", "cmd", yihu_command_to_json (command)));
  return TRUE;
}
