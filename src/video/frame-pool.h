/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Buffers for pictures on their way to the screen, used again instead of paid for with page faults
 * fifteen times a second. A buffer comes back from whatever thread lets go of the last surface or
 * texture over it, also after the pool's owner is gone. */

G_BEGIN_DECLS

typedef struct _YihuFramePool YihuFramePool;

typedef struct
{
  guint8 *data; /* aligned to 64 bytes */
  gsize size;
  YihuFramePool *pool;
} YihuFrameBuffer;

YihuFramePool *yihu_frame_pool_new (void);
void yihu_frame_pool_unref (YihuFramePool *self);
YihuFrameBuffer *yihu_frame_pool_get (YihuFramePool *self, gsize size);
void yihu_frame_buffer_release (gpointer buffer); /* a GDestroyNotify */
guint yihu_frame_pool_get_n_made (YihuFramePool *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuFramePool, yihu_frame_pool_unref)

G_END_DECLS
