/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "client/session.h"
#include "wire/command.h"
#include "wire/event.h"
#include "wire/figures.h"

/* The live connection: WebSocket with hello and cursor, catch-up by /v1/changes, acknowledgements,
 * reconnect with jitter and capped back-off, ping. It keeps no data: whoever owns a file applies
 * the events and then calls yihu_live_set_cursor(). Main context. */

G_BEGIN_DECLS

#define YIHU_TYPE_LIVE (yihu_live_get_type ())
G_DECLARE_FINAL_TYPE (YihuLive, yihu_live, YIHU, LIVE, GObject)

typedef enum
{
  YIHU_LIVE_OFFLINE, /* waiting for the next try */
  YIHU_LIVE_CONNECTING,
  YIHU_LIVE_CATCHING_UP,
  YIHU_LIVE_ONLINE,
  YIHU_LIVE_REFUSED, /* token expired or revoked, newer protocol: see the error; needs a log-in */
} YihuLiveState;

/* Signals (all in the main context):
 *  "events" (GPtrArray<YihuEvent> *events, gint64 to): apply, then set_cursor (to)
 *  "reply" (YihuReply *reply)
 *  "figures" (const YihuFigures *figures)
 *  "resnapshot" (): fetch one, then start again
 *  "time" (gint64 time_us): what the server's clock says now
 *  "wipe" (): remove the copy of the city and its key at once; REFUSED follows
 * Properties: "state" (int, notify), "latency-ms" (int, notify; -1 unknown). */
YihuLive *yihu_live_new (YihuSession *session, YihuClock *clock);
void yihu_live_start (YihuLive *self, gint64 cursor);
void yihu_live_stop (YihuLive *self);
void yihu_live_set_cursor (YihuLive *self, gint64 cursor);
gint64 yihu_live_get_cursor (YihuLive *self);
YihuLiveState yihu_live_get_state (YihuLive *self);
const GError *yihu_live_get_error (YihuLive *self); /* (nullable) why it is offline or refused */
gint64
yihu_live_get_heard_at_us (YihuLive *self); /* monotonic: when the server last said anything */
int yihu_live_get_latency_ms (YihuLive *self);
void yihu_live_watch_figures (YihuLive *self, gboolean on);
gboolean yihu_live_send (YihuLive *self, YihuCommand *command); /* FALSE: not online */

G_END_DECLS
