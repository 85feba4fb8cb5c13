/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "video/picture.h"
#include "video/stream-flow.h"

/* One connection to a camera: one GStreamer pipeline, never started twice. Built and started on a
 * worker, taken down on a worker; its own threads fill a mailbox of one picture. */

G_BEGIN_DECLS

typedef struct _YihuStreamSession YihuStreamSession;

/* Called in the context in which the session was made: CONNECTED, HEARD (the first), PICTURE,
 * LOST, REFUSED. Never after drop(). */
typedef void (*YihuStreamEventFunc) (YihuStreamEvent event, gpointer data);

YihuStreamSession *yihu_stream_session_new (const char *url,
                                            const char *user, /* (nullable) */
                                            const char *password, /* (nullable) */
                                            YihuClock *clock,
                                            YihuStreamEventFunc on_event,
                                            gpointer data);
void yihu_stream_session_drop (YihuStreamSession *self); /* and gives it away; does not wait */
YihuPicture *yihu_stream_session_take_picture (YihuStreamSession *self); /* (nullable) */
gint64 yihu_stream_session_get_heard_us (YihuStreamSession *self); /* 0: nothing yet */

G_END_DECLS
