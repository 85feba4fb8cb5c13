/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "video/stream.h"

/* The rules by which a stream changes its state, without GStreamer and without a clock: events and
 * times in, state, action and the time of the next look out. Watchdog and back-off live here. */

G_BEGIN_DECLS

#define YIHU_STREAM_LOOK_US (500 * 1000) /* between two looks of the watchdog */
#define YIHU_STREAM_SILENCE_US (4 * G_USEC_PER_SEC) /* nothing received for so long: stalled */
#define YIHU_STREAM_KEY_LIMIT_US (12 * G_USEC_PER_SEC) /* data, but no picture: stalled */
#define YIHU_STREAM_REFUSED_US (30 * G_USEC_PER_SEC) /* until a refused stream is tried again */

typedef enum
{
  YIHU_STREAM_EVENT_PLAY,
  YIHU_STREAM_EVENT_STOP,
  YIHU_STREAM_EVENT_CONNECTED, /* the server offered a video stream and plays it */
  YIHU_STREAM_EVENT_HEARD, /* coded data came */
  YIHU_STREAM_EVENT_PICTURE, /* a decoded picture is in the mailbox */
  YIHU_STREAM_EVENT_LOST, /* error or end of stream */
  YIHU_STREAM_EVENT_REFUSED, /* 401, 403, 404 */
  YIHU_STREAM_EVENT_LOOK, /* time has passed */
} YihuStreamEvent;
#define YIHU_N_STREAM_EVENTS 8

typedef enum
{
  YIHU_STREAM_ACTION_NONE,
  YIHU_STREAM_ACTION_DROP, /* the session, where there is one */
  YIHU_STREAM_ACTION_CONNECT, /* drop the old session and make a new one */
} YihuStreamAction;

typedef struct
{
  YihuStreamState state;
  gboolean trying; /* there is a session */
  gboolean watched; /* on the screen: retries are quicker */
  guint attempt; /* failed tries in a row */
  guint serial; /* spreads the retries of several streams */
  gint64 started_us; /* of the session; monotonic, as all times here */
  gint64 heard_us; /* last coded data of the session, 0 none */
  gint64 pictured_us; /* last picture since play, 0 none */
  gint64 due_us; /* next look, 0 never */
} YihuStreamFlow;

void yihu_stream_flow_init (YihuStreamFlow *self, guint serial);
YihuStreamAction
yihu_stream_flow_handle (YihuStreamFlow *self, YihuStreamEvent event, gint64 now_us);

G_END_DECLS
