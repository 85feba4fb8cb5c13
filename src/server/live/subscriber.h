/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/live/event-ring.h"
#include "server/live/send-queue.h"
#include "server/work/actor.h"
#include "wire/command.h"

#include <libsoup/soup.h>

/* One live connection: what it has been sent and what it has acknowledged. Knows frames, not
 * commands; the hub decides when to flush. Main context, reference-counted. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_SUBSCRIBER_GREETING, /* no hello yet, or told to take a snapshot */
  YIHU_SUBSCRIBER_LIVE,
  YIHU_SUBSCRIBER_BEHIND, /* told to pull; silent until it has acknowledged */
  YIHU_SUBSCRIBER_CLOSED,
} YihuSubscriberState;

typedef struct
{
  SoupWebsocketConnection *connection; /* (owned) */
  YihuSendQueue queue; /* all that it is sent */
  YihuActor *actor; /* (owned) */
  char *token_hash;
  gint64 expires_at_us;
  YihuSubscriberState state;
  gint64 sent; /* everything up to here was sent or filtered out */
  gint64 told; /* newest "to" that went out */
  gint64 acked;
  gint64 behind_to;
  gint64 deadline_us; /* monotonic; hello, or progress while behind */
  GQueue frames; /* Frame: sent, not acknowledged */
  guint unacked_events;
  gsize unacked_bytes;
  gint64 heard_at_us; /* monotonic */
  guint64 n_events; /* sent, for metrics */
  guint64 n_frames;
  guint n_commands; /* waiting for their answers */
  gboolean watches_figures;
} YihuSubscriber;

YihuSubscriber *yihu_subscriber_new (SoupWebsocketConnection *connection,
                                     GSocket *socket,
                                     YihuActor *actor,
                                     const char *token_hash,
                                     gint64 expires_at_us);
YihuSubscriber *yihu_subscriber_ref (YihuSubscriber *self);
void yihu_subscriber_unref (YihuSubscriber *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuSubscriber, yihu_subscriber_unref)

void yihu_subscriber_send (YihuSubscriber *self, json_t *message); /* takes @message */
void yihu_subscriber_send_error (YihuSubscriber *self, const GError *error, gushort close_code);
void yihu_subscriber_close (YihuSubscriber *self, gushort code, const char *reason);

/* Begins to follow the feed behind @cursor. */
void yihu_subscriber_follow (YihuSubscriber *self, gint64 cursor);
/* Sends what is new, as far as window and ring allow; else "behind". */
void yihu_subscriber_flush (YihuSubscriber *self, YihuEventRing *ring, gint64 now_us);
/* Once a second: tells the newest number, if everything since the last frame was filtered out; who
 * talks and does not read is closed instead. */
void yihu_subscriber_tick (YihuSubscriber *self);
void yihu_subscriber_ack (YihuSubscriber *self, gint64 seq, YihuEventRing *ring, gint64 now_us);

G_END_DECLS
