/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "voice/room/codec.h"

/* Puts the samples of late, early, doubled and lost packets back into their order. Indexed by RTP
 * timestamp, so packets of 10, 20, 30 or 40 ms are alike. Allocates nothing after new(). */

G_BEGIN_DECLS

#define YIHU_JITTER_SAMPLES 4096 /* 512 ms; a power of two, so that timestamps may wrap */
#define YIHU_JITTER_PRIME 320 /* 40 ms have to be there before play-out starts */

typedef struct _YihuJitterBuffer YihuJitterBuffer;

typedef enum
{
  YIHU_JITTER_FRAME, /* 160 samples; single missing ones are silence */
  YIHU_JITTER_LOST, /* nothing for this frame, but later sound is there: conceal */
  YIHU_JITTER_EMPTY, /* nothing at all; time stands still until 40 ms are there again */
} YihuJitterResult;

YihuJitterBuffer *yihu_jitter_buffer_new (void);
void yihu_jitter_buffer_free (YihuJitterBuffer *self);
void yihu_jitter_buffer_reset (YihuJitterBuffer *self);

/* FALSE: too late, its moment is over. */
gboolean yihu_jitter_buffer_put (YihuJitterBuffer *self,
                                 guint32 timestamp,
                                 const gint16 *samples,
                                 gsize n_samples);
YihuJitterResult yihu_jitter_buffer_pull (YihuJitterBuffer *self, gint16 frame[YIHU_FRAME_SAMPLES]);
guint yihu_jitter_buffer_get_depth (YihuJitterBuffer *self); /* samples waiting */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuJitterBuffer, yihu_jitter_buffer_free)

G_END_DECLS
