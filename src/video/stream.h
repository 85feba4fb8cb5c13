/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/clock.h"
#include "video/picture.h"

/* One RTSP session: a new pipeline for each connect, a watchdog, back-off, and a one-frame mailbox
 * of decoded I420. No GTK. Methods and notifications on the main thread; GStreamer's threads only
 * fill the mailbox. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_STREAM_OFF,
  YIHU_STREAM_CONNECTING,
  YIHU_STREAM_WAITING_KEY, /* connected, no picture yet */
  YIHU_STREAM_LIVE,
  YIHU_STREAM_STALLED, /* connected, nothing arrives: the last picture is held */
  YIHU_STREAM_BACKING_OFF, /* no connection; the next try is planned */
  YIHU_STREAM_REFUSED, /* 401, 403, 404; tried again every 30 s */
} YihuStreamState;

#define YIHU_TYPE_STREAM (yihu_stream_get_type ())
G_DECLARE_FINAL_TYPE (YihuStream, yihu_stream, YIHU, STREAM, GObject)

/* Properties: "state" (int, notify). Signal: "frame" (): a new picture is in the mailbox. */
YihuStream *yihu_stream_new (void);
YihuStream *yihu_stream_new_with_clock (YihuClock *clock);
void yihu_stream_play (YihuStream *self, const char *url, const char *user, const char *password);
void yihu_stream_stop (YihuStream *self);
YihuStreamState yihu_stream_get_state (YihuStream *self);
gint64 yihu_stream_get_age_us (YihuStream *self); /* since the last picture; -1: none yet */
/* The newest picture, once: NULL until the next "frame". (transfer full) (nullable) */
YihuPicture *yihu_stream_take_picture (YihuStream *self);
/* Off the screen a stream that cannot connect tries every 30 s only, instead of every 2 s. */
void yihu_stream_set_watched (YihuStream *self, gboolean watched);

G_END_DECLS
