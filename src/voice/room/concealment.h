/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "voice/room/codec.h"

/* What is played where a packet is missing: the last pitch period again, fading to silence within
 * 60 ms, and a short cross-fade into the next good frame. Adds no delay. */

G_BEGIN_DECLS

#define YIHU_CONCEALMENT_HISTORY 320
#define YIHU_CONCEALMENT_FRAMES 3 /* the fourth missing frame in a row is silence */

typedef struct
{
  gint16 history[YIHU_CONCEALMENT_HISTORY]; /* newest last */
  guint pitch; /* samples of the period that is repeated */
  guint n_filled; /* samples made up since the last good frame */
} YihuConcealment;

void yihu_concealment_init (YihuConcealment *self);

/* A frame arrived; its beginning is changed where the one before it was missing. */
void yihu_concealment_take (YihuConcealment *self, gint16 frame[YIHU_FRAME_SAMPLES]);

/* A frame is missing. FALSE: it has faded, the frame is silence. */
gboolean yihu_concealment_fill (YihuConcealment *self, gint16 frame[YIHU_FRAME_SAMPLES]);

G_END_DECLS
