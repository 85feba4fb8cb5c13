/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The live connections together: greeting, commands, watching, and when to send. Calls and seats go
 * out at once, with what was waiting before them; everything else at most once in 5 to 25 ms,
 * because a frame costs more than its bytes: the more consoles, the longer, so that sending takes
 * about a quarter of this thread at most. In a quiet hour nothing waits.
 *
 * A connection may close inside one of our own sends, so the list is walked by index over a copy,
 * and closed ones are dropped by their "closed" signal. */

#include "server/live/hub.h"

#include "base/error.h"
#include "domain/kinds.h"
#include "server/live/figures-watch.h"
#include "server/live/subscriber.h"
#include "server/work/commands.h"
#include "wire/protocol.h"

#define BATCH_US 60 /* a console, whose frame costs some 15 */
#define BATCH_MIN_MS 5
#define BATCH_MAX_MS 25
#define TICK_MS 1000
#define HELLO_PATIENCE_US (10 * G_USEC_PER_SEC)
#define SILENCE_US (45 * G_USEC_PER_SEC) /* a client acknowledges each 10 s, also nothing */
#define MAX_COMMANDS 64
#define MAX_INCOMING (128 * 1024)
#define CLOSE_UNAUTHORIZED 4401
#define CLOSE_VERSION 4426

struct _YihuHub
{
  GObject parent_instance;

  YihuWriter *writer; /* (owned) */
  YihuClock *clock; /* (owned) */
  YihuFiguresWatch *figures; /* (owned) */
  YihuEventRing *ring; /* (owned) */
  YihuTenant tenant;
  GPtrArray *subscribers; /* (owned) YihuSubscriber */
  GSource *batch_timer; /* (owned) (nullable) */
  gint64 flushed_at_us; /* monotonic */
  gboolean is_closing;
  guint64 n_events; /* sent to who has gone */
  guint64 n_frames;
  GSource *tick_timer; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (YihuHub, yihu_hub, G_TYPE_OBJECT)

static gint64
get_monotonic_us (YihuHub *self)
{
  return yihu_clock_get_monotonic_us (self->clock);
}

static void
drop_timer (GSource **timer)
{
  if (*timer != NULL)
    g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

/* Subscribers as they are now; sending may change the list. */
static GPtrArray *
copy_subscribers (YihuHub *self)
{
  GPtrArray *copy =
      g_ptr_array_new_full (self->subscribers->len, (GDestroyNotify) yihu_subscriber_unref);

  for (guint i = 0; i < self->subscribers->len; i++)
    g_ptr_array_add (copy, yihu_subscriber_ref (g_ptr_array_index (self->subscribers, i)));
  return copy;
}

static void
flush_all (YihuHub *self)
{
  g_autoptr (GPtrArray) subscribers = copy_subscribers (self);
  gint64 now_us = get_monotonic_us (self);

  drop_timer (&self->batch_timer);
  self->flushed_at_us = now_us;
  for (guint i = 0; i < subscribers->len; i++)
    yihu_subscriber_flush (g_ptr_array_index (subscribers, i), self->ring, now_us);
}

static void
on_batch_timer (gpointer data)
{
  flush_all (data);
}

static void
flush_soon (YihuHub *self, gboolean is_urgent)
{
  gint64 batch_ms =
      CLAMP ((gint64) self->subscribers->len * BATCH_US / 1000, BATCH_MIN_MS, BATCH_MAX_MS);
  gint64 wait_ms = batch_ms - (get_monotonic_us (self) - self->flushed_at_us) / 1000;

  if (is_urgent || wait_ms <= 0)
    flush_all (self);
  else if (self->batch_timer == NULL)
    self->batch_timer = yihu_clock_add_timer (self->clock, wait_ms, on_batch_timer, self, NULL);
}

static void
send_resnapshot (YihuHub *self, YihuSubscriber *subscriber)
{
  subscriber->state = YIHU_SUBSCRIBER_GREETING;
  subscriber->deadline_us = 0;
  yihu_subscriber_send (subscriber, json_pack ("{s:{s:I, s:I}}", "resnapshot", "floor",
                                               (json_int_t) self->tenant.floor, "epoch",
                                               (json_int_t) self->tenant.epoch));
}

/* Who keeps no copy of the city follows from the present instead. */
static gboolean
may_have_snapshot (YihuSubscriber *subscriber)
{
  YihuRole role = yihu_actor_get_role (subscriber->actor);

  return yihu_role_gets_kind (role, &yihu_elder_type);
}

static void
begin_epoch (YihuHub *self)
{
  g_autoptr (GPtrArray) subscribers = copy_subscribers (self);

  for (guint i = 0; i < subscribers->len; i++)
    {
      YihuSubscriber *subscriber = g_ptr_array_index (subscribers, i);

      if ((subscriber->state == YIHU_SUBSCRIBER_LIVE || subscriber->state == YIHU_SUBSCRIBER_BEHIND)
          && may_have_snapshot (subscriber))
        send_resnapshot (self, subscriber);
    }
}

void
yihu_hub_publish (YihuHub *self, GPtrArray *events, const YihuTenant *tenant)
{
  gboolean is_urgent = FALSE;
  gboolean is_new_epoch;

  g_return_if_fail (YIHU_IS_HUB (self));

  for (guint i = 0; i < events->len; i++)
    {
      YihuFeedEvent *event = g_ptr_array_index (events, i);

      yihu_event_ring_append (self->ring, event);
      is_urgent |= event->is_urgent;
    }
  is_new_epoch = tenant->epoch != self->tenant.epoch;
  self->tenant = *tenant;
  if (is_new_epoch)
    begin_epoch (self);
  if (events->len > 0)
    flush_soon (self, is_urgent);
}

const YihuTenant *
yihu_hub_get_tenant (YihuHub *self)
{
  return &self->tenant;
}

/* Commands. */

static void
send_reply (YihuSubscriber *subscriber, const YihuReply *reply)
{
  yihu_subscriber_send (subscriber, json_pack ("{s:o}", "done", yihu_reply_to_json (reply)));
}

static void
on_command_done (const YihuReply *reply, gpointer data)
{
  g_autoptr (YihuSubscriber) subscriber = data;

  subscriber->n_commands--;
  send_reply (subscriber, reply);
}

static void
refuse_command (YihuSubscriber *subscriber, const json_t *object, const GError *error)
{
  const char *key = json_string_value (json_object_get (object, "key"));
  g_autoptr (YihuReply) reply = yihu_reply_new_error (key != NULL ? key : "", error, NULL);

  send_reply (subscriber, reply);
}

static void
on_command (YihuHub *self, YihuSubscriber *subscriber, const json_t *object)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuCommand) command = yihu_command_from_json (object, &error);

  if (command != NULL && subscriber->n_commands >= MAX_COMMANDS)
    g_set_error_literal (&error, YIHU_ERROR, YIHU_ERROR_BUSY,
                         "too many commands wait for their answers");
  if (error != NULL)
    {
      refuse_command (subscriber, object, error);
      return;
    }
  subscriber->n_commands++;
  yihu_commands_submit (self->writer, subscriber->actor, command, on_command_done,
                        yihu_subscriber_ref (subscriber));
}

/* Greeting. */

static void
on_hello (YihuHub *self, YihuSubscriber *subscriber, const json_t *hello)
{
  g_autoptr (GError) error = NULL;
  gint64 cursor = 0;
  gint64 epoch = 0;
  gint64 protocol = YIHU_PROTOCOL_VERSION;
  gboolean is_moved = FALSE;

  if (!yihu_json_read_int (hello, "cursor", TRUE, 0, G_MAXINT64, &cursor, &error)
      || !yihu_json_read_int (hello, "epoch", TRUE, 0, G_MAXINT64, &epoch, &error)
      || !yihu_json_read_int (hello, "protocol", FALSE, 0, G_MAXINT64, &protocol, &error))
    {
      yihu_subscriber_send_error (subscriber, error, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
      return;
    }
  if (protocol > YIHU_PROTOCOL_VERSION)
    {
      g_set_error (&error, YIHU_ERROR, YIHU_ERROR_VERSION,
                   "this server speaks protocol %d, not %" G_GINT64_FORMAT, YIHU_PROTOCOL_VERSION,
                   protocol);
      yihu_subscriber_send_error (subscriber, error, CLOSE_VERSION);
      return;
    }
  if (epoch != self->tenant.epoch || cursor < self->tenant.floor || cursor > self->tenant.seq)
    {
      if (may_have_snapshot (subscriber))
        {
          send_resnapshot (self, subscriber);
          return;
        }
      cursor = self->tenant.seq;
      is_moved = TRUE;
    }
  yihu_subscriber_follow (subscriber, cursor);
  yihu_subscriber_send (subscriber, json_pack ("{s:{s:I, s:I}}", "welcome", "seq",
                                               (json_int_t) self->tenant.seq, "time_us",
                                               (json_int_t) yihu_clock_get_now_us (self->clock)));
  if (is_moved)
    yihu_subscriber_send (subscriber, json_pack ("{s:[], s:I}", "ev", "to", (json_int_t) cursor));
  yihu_subscriber_flush (subscriber, self->ring, get_monotonic_us (self));
}

/* A provider's staff have their orders; how the city does is not theirs. */
static void
on_watch (YihuSubscriber *subscriber, const json_t *names)
{
  gboolean may = yihu_actor_get_role (subscriber->actor) != YIHU_ROLE_PROVIDER;

  subscriber->watches_figures = FALSE;
  for (gsize i = 0; i < json_array_size (names); i++)
    if (g_strcmp0 (json_string_value (json_array_get (names, i)), "figures") == 0)
      subscriber->watches_figures = may;
}

static void
on_frame (YihuHub *self, YihuSubscriber *subscriber, const json_t *frame)
{
  const json_t *value;

  if ((value = json_object_get (frame, "hello")) != NULL)
    on_hello (self, subscriber, value);
  else if ((value = json_object_get (frame, "ack")) != NULL)
    yihu_subscriber_ack (subscriber, json_integer_value (value), self->ring,
                         get_monotonic_us (self));
  else if ((value = json_object_get (frame, "cmd")) != NULL)
    on_command (self, subscriber, value);
  else if ((value = json_object_get (frame, "watch")) != NULL)
    on_watch (subscriber, value);
  else if ((value = json_object_get (frame, "ping")) != NULL)
    yihu_subscriber_send (subscriber, json_pack ("{s:O, s:I}", "pong", value, "time_us",
                                                 (json_int_t) yihu_clock_get_now_us (self->clock)));
}

static YihuSubscriber *
find_subscriber (YihuHub *self, SoupWebsocketConnection *connection)
{
  for (guint i = 0; i < self->subscribers->len; i++)
    {
      YihuSubscriber *subscriber = g_ptr_array_index (self->subscribers, i);

      if (subscriber->connection == connection)
        return subscriber;
    }
  return NULL;
}

static void
on_connection_message (SoupWebsocketConnection *connection,
                       SoupWebsocketDataType type,
                       GBytes *message,
                       YihuHub *self)
{
  YihuSubscriber *found = find_subscriber (self, connection);
  g_autoptr (YihuSubscriber) subscriber = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) frame = NULL;
  gsize length = 0;
  const char *text = g_bytes_get_data (message, &length);

  if (found == NULL || found->state == YIHU_SUBSCRIBER_CLOSED)
    return;
  subscriber = yihu_subscriber_ref (found);
  subscriber->heard_at_us = get_monotonic_us (self);
  frame = yihu_json_parse (text != NULL ? text : "", length, MAX_INCOMING, &error);
  if (frame == NULL)
    yihu_subscriber_send_error (subscriber, error, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
  else
    on_frame (self, subscriber, frame);
}

static void
on_connection_closed (SoupWebsocketConnection *connection, YihuHub *self)
{
  YihuSubscriber *subscriber = find_subscriber (self, connection);

  if (subscriber == NULL)
    return;
  subscriber->state = YIHU_SUBSCRIBER_CLOSED;
  self->n_events += subscriber->n_events;
  self->n_frames += subscriber->n_frames;
  g_ptr_array_remove_fast (self->subscribers, subscriber);
}

void
yihu_hub_add (YihuHub *self,
              SoupWebsocketConnection *connection,
              GSocket *socket,
              YihuActor *actor,
              const char *token_hash,
              gint64 expires_at_us)
{
  YihuSubscriber *subscriber;

  g_return_if_fail (YIHU_IS_HUB (self));

  soup_websocket_connection_set_max_incoming_payload_size (connection, MAX_INCOMING);
  soup_websocket_connection_set_keepalive_interval (connection, 15);
  subscriber = yihu_subscriber_new (connection, socket, actor, token_hash, expires_at_us);
  subscriber->heard_at_us = get_monotonic_us (self);
  subscriber->deadline_us = subscriber->heard_at_us + HELLO_PATIENCE_US;
  g_ptr_array_add (self->subscribers, subscriber);
  g_signal_connect_object (connection, "message", G_CALLBACK (on_connection_message), self, 0);
  g_signal_connect_object (connection, "closed", G_CALLBACK (on_connection_closed), self, 0);
}

guint
yihu_hub_get_size (YihuHub *self)
{
  return self->subscribers->len;
}

static void
close_unauthorized (YihuSubscriber *subscriber, const char *why)
{
  g_autoptr (GError) error = g_error_new_literal (YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED, why);

  yihu_subscriber_send_error (subscriber, error, CLOSE_UNAUTHORIZED);
}

static void
send_wipe (YihuSubscriber *subscriber)
{
  yihu_subscriber_send (subscriber, json_pack ("{s:{}}", "wipe"));
}

void
yihu_hub_revoke (YihuHub *self, const char *token_hash, const char *account, gboolean wipe)
{
  g_autoptr (GPtrArray) subscribers = copy_subscribers (self);

  for (guint i = 0; i < subscribers->len; i++)
    {
      YihuSubscriber *subscriber = g_ptr_array_index (subscribers, i);

      if (g_strcmp0 (subscriber->token_hash, token_hash) != 0
          && g_strcmp0 (subscriber->actor->account->record.id, account) != 0)
        continue;
      if (wipe)
        send_wipe (subscriber);
      close_unauthorized (subscriber, "the log-in was revoked");
    }
}

void
yihu_hub_replace_account (YihuHub *self, const YihuAccount *account)
{
  g_autoptr (GPtrArray) subscribers = copy_subscribers (self);

  for (guint i = 0; i < subscribers->len; i++)
    {
      YihuSubscriber *subscriber = g_ptr_array_index (subscribers, i);

      if (g_strcmp0 (subscriber->actor->account->record.id, account->record.id) != 0)
        continue;
      if (yihu_account_sees_less (subscriber->actor->account, account))
        send_wipe (subscriber);
      close_unauthorized (subscriber, "the account was changed");
    }
}

void
yihu_hub_close_all (YihuHub *self)
{
  g_autoptr (GPtrArray) subscribers = copy_subscribers (self);

  drop_timer (&self->batch_timer);
  drop_timer (&self->tick_timer);
  self->is_closing = TRUE;
  for (guint i = 0; i < subscribers->len; i++)
    yihu_subscriber_close (g_ptr_array_index (subscribers, i), SOUP_WEBSOCKET_CLOSE_GOING_AWAY,
                           "the server stops");
}

gboolean
yihu_hub_is_closing (YihuHub *self)
{
  return self->is_closing && self->subscribers->len > 0;
}

void
yihu_hub_get_figures (YihuHub *self, YihuHubFigures *figures)
{
  *figures = (YihuHubFigures){ .n_live = self->subscribers->len,
                               .n_events = self->n_events,
                               .n_frames = self->n_frames };
  for (guint i = 0; i < self->subscribers->len; i++)
    {
      const YihuSubscriber *subscriber = g_ptr_array_index (self->subscribers, i);

      figures->n_behind += subscriber->state == YIHU_SUBSCRIBER_BEHIND;
      figures->unacked_events = MAX (figures->unacked_events, subscriber->unacked_events);
      figures->unacked_bytes = MAX (figures->unacked_bytes, subscriber->unacked_bytes);
      figures->n_events += subscriber->n_events;
      figures->n_frames += subscriber->n_frames;
    }
}

/* Once a second: deadlines, expired tokens, numbers to who saw nothing, figures. */

static void
on_figures (YihuDivisionRange range, const YihuFigures *figures, gpointer data)
{
  YihuHub *self = data;
  g_autoptr (GPtrArray) subscribers = copy_subscribers (self);

  for (guint i = 0; i < subscribers->len; i++)
    {
      YihuSubscriber *subscriber = g_ptr_array_index (subscribers, i);

      if (subscriber->watches_figures && subscriber->actor->scope.lo == range.lo
          && subscriber->actor->scope.hi == range.hi)
        yihu_subscriber_send (subscriber,
                              json_pack ("{s:o}", "figures", yihu_figures_to_json (figures)));
    }
}

static void
add_range (GArray *ranges, YihuDivisionRange range)
{
  for (guint i = 0; i < ranges->len; i++)
    {
      YihuDivisionRange *known = &g_array_index (ranges, YihuDivisionRange, i);

      if (known->lo == range.lo && known->hi == range.hi)
        return;
    }
  g_array_append_val (ranges, range);
}

static void
tick_subscriber (YihuHub *self, YihuSubscriber *subscriber, gint64 now_us)
{
  if (subscriber->expires_at_us <= yihu_clock_get_now_us (self->clock))
    close_unauthorized (subscriber, "the log-in has expired");
  else if (subscriber->deadline_us != 0 && subscriber->deadline_us <= now_us)
    yihu_subscriber_close (subscriber, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "too slow");
  else if (subscriber->heard_at_us + SILENCE_US <= now_us)
    yihu_subscriber_close (subscriber, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "silent");
  else
    yihu_subscriber_tick (subscriber);
}

static void
on_tick (gpointer data)
{
  YihuHub *self = data;
  g_autoptr (GPtrArray) subscribers = copy_subscribers (self);
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (YihuDivisionRange));
  gint64 now_us = get_monotonic_us (self);

  drop_timer (&self->tick_timer);
  self->tick_timer = yihu_clock_add_timer (self->clock, TICK_MS, on_tick, self, NULL);
  for (guint i = 0; i < subscribers->len; i++)
    {
      YihuSubscriber *subscriber = g_ptr_array_index (subscribers, i);

      tick_subscriber (self, subscriber, now_us);
      if (subscriber->watches_figures)
        add_range (ranges, subscriber->actor->scope);
    }
  yihu_figures_watch_count (self->figures, ranges, yihu_clock_get_now_us (self->clock));
}

YihuHub *
yihu_hub_new (YihuWriter *writer, YihuReaders *readers, YihuClock *clock, const YihuTenant *tenant)
{
  YihuHub *self = g_object_new (YIHU_TYPE_HUB, NULL);

  self->writer = g_object_ref (writer);
  self->clock = g_object_ref (clock);
  self->tenant = *tenant;
  self->ring = yihu_event_ring_new (tenant->seq);
  self->figures = yihu_figures_watch_new (readers, on_figures, self);
  self->tick_timer = yihu_clock_add_timer (clock, TICK_MS, on_tick, self, NULL);
  return self;
}

static void
yihu_hub_dispose (GObject *object)
{
  YihuHub *self = YIHU_HUB (object);

  drop_timer (&self->batch_timer);
  drop_timer (&self->tick_timer);
  g_clear_pointer (&self->figures, yihu_figures_watch_free);
  g_ptr_array_set_size (self->subscribers, 0);
  g_clear_object (&self->writer);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (yihu_hub_parent_class)->dispose (object);
}

static void
yihu_hub_finalize (GObject *object)
{
  YihuHub *self = YIHU_HUB (object);

  g_ptr_array_unref (self->subscribers);
  g_clear_pointer (&self->ring, yihu_event_ring_free);
  G_OBJECT_CLASS (yihu_hub_parent_class)->finalize (object);
}

static void
yihu_hub_class_init (YihuHubClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_hub_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_hub_finalize;
}

static void
yihu_hub_init (YihuHub *self)
{
  self->subscribers = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_subscriber_unref);
}
