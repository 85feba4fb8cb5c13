/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The tile queue. Invariant: everything behind the lock belongs to owner and workers alike; the
 * source's draw function runs without the lock; the ready function runs in the owner's context
 * only, and never after close(). The threads hold a reference each, so that the queue outlives its
 * owner until the last tile in flight has come home. */

#include "map/tiles/tile-queue.h"

#define N_WORKERS 2

typedef struct
{
  YihuTileRequest request;
  GCancellable *cancellable;
} Job;

typedef struct
{
  YihuTileRequest request;
  GdkTexture *texture; /* (nullable) */
  GError *error; /* (nullable) */
} Result;

struct _YihuTileQueue
{
  gatomicrefcount ref_count;
  YihuTileSource *source; /* (owned) */
  GMainContext *context; /* (owned) */
  YihuTileReadyFunc ready; /* owner's thread only */
  gpointer data;

  GMutex lock; /* protects the members below */
  GCond changed;
  GArray *wanted; /* (element-type YihuTileRequest), the next first */
  Job *running[N_WORKERS]; /* (nullable): on the workers' stacks */
  GQueue results; /* (element-type Result) (owned) */
  gboolean delivering; /* an idle is under way */
  gboolean started;
  gboolean closed;
};

typedef struct
{
  YihuTileQueue *queue; /* (owned) */
  guint number;
} Worker;

static void
result_free (Result *result)
{
  g_clear_object (&result->texture);
  g_clear_error (&result->error);
  g_free (result);
}

static void
tile_queue_unref (YihuTileQueue *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_queue_clear_full (&self->results, (GDestroyNotify) result_free);
  g_array_unref (self->wanted);
  g_object_unref (self->source);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

static gboolean
is_same (const YihuTileRequest *a, const YihuTileRequest *b)
{
  return yihu_tile_key_pack (a->key) == yihu_tile_key_pack (b->key) && a->scale_px == b->scale_px
         && a->device_scale == b->device_scale;
}

static gboolean
deliver (gpointer data)
{
  YihuTileQueue *self = data;

  for (;;)
    {
      Result *result;

      g_mutex_lock (&self->lock);
      result = self->closed ? NULL : g_queue_pop_head (&self->results);
      if (result == NULL)
        self->delivering = FALSE;
      g_mutex_unlock (&self->lock);
      if (result == NULL)
        return G_SOURCE_REMOVE;
      self->ready (&result->request, result->texture, result->error, self->data);
      result_free (result);
    }
}

/* Lock held. */
static void
post_result (YihuTileQueue *self, Result *result)
{
  GSource *source;

  g_queue_push_tail (&self->results, result);
  if (self->delivering || self->closed)
    return;
  self->delivering = TRUE;
  g_atomic_ref_count_inc (&self->ref_count);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, self, (GDestroyNotify) tile_queue_unref);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static gpointer
work (gpointer data)
{
  g_autofree Worker *worker = data;
  YihuTileQueue *self = worker->queue;

  g_mutex_lock (&self->lock);
  while (!self->closed)
    {
      Job job = { 0 };
      Result *result;

      if (self->wanted->len == 0)
        {
          g_cond_wait (&self->changed, &self->lock);
          continue;
        }
      job.request = g_array_index (self->wanted, YihuTileRequest, 0);
      g_array_remove_index (self->wanted, 0);
      job.cancellable = g_cancellable_new ();
      self->running[worker->number] = &job;
      g_mutex_unlock (&self->lock);

      result = g_new0 (Result, 1);
      result->request = job.request;
      result->texture =
          yihu_tile_source_draw (self->source, &job.request, job.cancellable, &result->error);

      g_mutex_lock (&self->lock);
      self->running[worker->number] = NULL;
      if (g_cancellable_is_cancelled (job.cancellable))
        result_free (result);
      else
        post_result (self, result);
      g_object_unref (job.cancellable);
    }
  g_mutex_unlock (&self->lock);
  tile_queue_unref (self);
  return NULL;
}

YihuTileQueue *
yihu_tile_queue_new (YihuTileSource *source, YihuTileReadyFunc ready, gpointer data)
{
  YihuTileQueue *self = g_new0 (YihuTileQueue, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->source = g_object_ref (source);
  self->context = g_main_context_ref_thread_default ();
  self->ready = ready;
  self->data = data;
  self->wanted = g_array_new (FALSE, FALSE, sizeof (YihuTileRequest));
  g_queue_init (&self->results);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  return self;
}

static void
start_workers (YihuTileQueue *self)
{
  self->started = TRUE;
  for (guint i = 0; i < N_WORKERS; i++)
    {
      Worker *worker = g_new (Worker, 1);

      *worker = (Worker){ self, i };
      g_atomic_ref_count_inc (&self->ref_count);
      g_thread_unref (g_thread_new ("map-tiles", work, worker));
    }
}

/* Lock held. Whether a worker draws just that; if not wanted any more, the job is cancelled. */
static gboolean
is_running (YihuTileQueue *self, const YihuTileRequest *request)
{
  for (guint i = 0; i < N_WORKERS; i++)
    if (self->running[i] != NULL && is_same (&self->running[i]->request, request)
        && !g_cancellable_is_cancelled (self->running[i]->cancellable))
      return TRUE;
  return FALSE;
}

static void
cancel_unwanted (YihuTileQueue *self, const YihuTileRequest *requests, guint n_requests)
{
  for (guint i = 0; i < N_WORKERS; i++)
    {
      gboolean wanted = FALSE;

      if (self->running[i] == NULL)
        continue;
      for (guint k = 0; k < n_requests && !wanted; k++)
        wanted = is_same (&self->running[i]->request, &requests[k]);
      if (!wanted)
        g_cancellable_cancel (self->running[i]->cancellable);
    }
}

void
yihu_tile_queue_want (YihuTileQueue *self, const YihuTileRequest *requests, guint n_requests)
{
  g_mutex_lock (&self->lock);
  cancel_unwanted (self, requests, n_requests);
  g_array_set_size (self->wanted, 0);
  for (guint i = 0; i < n_requests; i++)
    if (!is_running (self, &requests[i]))
      g_array_append_val (self->wanted, requests[i]);
  if (self->wanted->len > 0)
    {
      if (!self->started)
        start_workers (self);
      g_cond_broadcast (&self->changed);
    }
  g_mutex_unlock (&self->lock);
}

void
yihu_tile_queue_close (YihuTileQueue *self)
{
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  cancel_unwanted (self, NULL, 0);
  g_array_set_size (self->wanted, 0);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  tile_queue_unref (self);
}
