/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "voice/room/leg.h"

/* A conference of any number of legs. Each hears the sum of the others. */

G_BEGIN_DECLS

typedef struct _YihuRoom YihuRoom;

/* A leg made its packet of this tick; called by yihu_room_tick(). */
typedef void (*YihuRoomSendFunc) (YihuLeg *leg,
                                  const guint8 *packet,
                                  gsize length,
                                  const struct sockaddr *to,
                                  socklen_t to_length,
                                  gpointer data);

YihuRoom *yihu_room_new (void);
void yihu_room_free (YihuRoom *self); /* its legs stay */
void yihu_room_add (YihuRoom *self, YihuLeg *leg);
void yihu_room_remove (YihuRoom *self, YihuLeg *leg); /* nobody whispers to it any more */
guint yihu_room_get_size (YihuRoom *self);

/* One frame of everybody. @sum: (nullable): what a recording of the room is: without whispers,
 * listeners and held legs. */
void yihu_room_tick (YihuRoom *self,
                     YihuRoomSendFunc send,
                     gpointer data,
                     gint16 sum[YIHU_FRAME_SAMPLES]);

/* The arithmetic alone. */
typedef struct
{
  const gint16 *in; /* (nullable): silent in this frame */
  YihuLegMode mode;
  int coach; /* index of the leg that hears a whisper, -1: nobody */
  gint16 out[YIHU_FRAME_SAMPLES];
} YihuMixLeg;

void yihu_room_mix (YihuMixLeg *legs, guint n_legs, gint16 sum[YIHU_FRAME_SAMPLES]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuRoom, yihu_room_free)

G_END_DECLS
