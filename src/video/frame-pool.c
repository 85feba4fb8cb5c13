/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The frame pool: a short list of free buffers; those of another size than the one asked for go.
 * Each buffer that is out holds a reference on the pool. */

#include "video/frame-pool.h"

#define MAX_FREE 3
#define ALIGNMENT 64

struct _YihuFramePool
{
  gatomicrefcount ref_count;
  GMutex lock;
  GPtrArray *free; /* (element-type YihuFrameBuffer) (owned) */
  guint n_made;
};

static void
buffer_free (gpointer data)
{
  YihuFrameBuffer *buffer = data;

  g_aligned_free (buffer->data);
  g_free (buffer);
}

YihuFramePool *
yihu_frame_pool_new (void)
{
  YihuFramePool *self = g_new0 (YihuFramePool, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->free = g_ptr_array_new_with_free_func (buffer_free);
  return self;
}

void
yihu_frame_pool_unref (YihuFramePool *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

YihuFrameBuffer *
yihu_frame_pool_get (YihuFramePool *self, gsize size)
{
  YihuFrameBuffer *buffer = NULL;

  g_atomic_ref_count_inc (&self->ref_count);
  g_mutex_lock (&self->lock);
  while (buffer == NULL && self->free->len > 0)
    {
      buffer = g_ptr_array_steal_index (self->free, self->free->len - 1);
      if (buffer->size != size)
        g_clear_pointer (&buffer, buffer_free);
    }
  if (buffer == NULL)
    self->n_made++;
  g_mutex_unlock (&self->lock);
  if (buffer != NULL)
    return buffer;

  buffer = g_new (YihuFrameBuffer, 1);
  *buffer = (YihuFrameBuffer){ g_aligned_alloc (1, size, ALIGNMENT), size, self };
  return buffer;
}

void
yihu_frame_buffer_release (gpointer data)
{
  YihuFrameBuffer *buffer = data;
  YihuFramePool *pool = buffer->pool;

  g_mutex_lock (&pool->lock);
  if (pool->free->len < MAX_FREE)
    g_ptr_array_add (pool->free, g_steal_pointer (&buffer));
  g_mutex_unlock (&pool->lock);
  if (buffer != NULL)
    buffer_free (buffer);
  yihu_frame_pool_unref (pool);
}

guint
yihu_frame_pool_get_n_made (YihuFramePool *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_made;
  g_mutex_unlock (&self->lock);
  return n;
}
