/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The thread that writes, its queue and its figures. It takes one job, drains what else waits, and
 * runs all in one transaction (writer-group.c); answers go back to the main context only after the
 * commit. When the store is out of reach it mends that first (writer-mend.c). */

#include "server/work/writer.h"

#include "base/error.h"
#include "server/work/writer-private.h"

#define MAX_QUEUE 4096
#define MAX_BATCH 256

G_DEFINE_FINAL_TYPE (YihuWriter, yihu_writer, G_TYPE_OBJECT)

void
yihu_writer_job_free (gpointer data)
{
  YihuWriterJob *job = data;

  g_clear_error (&job->error);
  g_free (job);
}

void
yihu_writer_batch_free (gpointer data)
{
  YihuWriterBatch *batch = data;

  g_object_unref (batch->writer);
  g_ptr_array_unref (batch->jobs);
  g_ptr_array_unref (batch->events);
  g_free (batch);
}

static gboolean
on_batch_ready (gpointer data)
{
  YihuWriterBatch *batch = data;

  for (guint i = 0; i < batch->jobs->len; i++)
    {
      YihuWriterJob *job = g_ptr_array_index (batch->jobs, i);

      job->done (job->error, job->data);
    }
  if (batch->writer->publish != NULL)
    batch->writer->publish (batch->events, &batch->tenant, batch->writer->publish_data);
  return G_SOURCE_REMOVE;
}

/* Not g_main_context_invoke(): that runs here when nobody owns the context at the moment. */
void
yihu_writer_hand_over (YihuWriter *self, YihuWriterBatch *batch)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_batch_ready, batch, yihu_writer_batch_free);
  g_source_set_static_name (source, "yihu-writer-batch");
  g_source_attach (source, self->context);
}

static void
pass_gate (YihuWriter *self)
{
  g_mutex_lock (&self->gate);
  while (self->is_held)
    {
      self->is_at_gate = TRUE;
      g_cond_broadcast (&self->gate_moved);
      g_cond_wait (&self->gate_moved, &self->gate);
    }
  self->is_at_gate = FALSE;
  g_mutex_unlock (&self->gate);
}

YihuWriterBatch *
yihu_writer_batch_new (YihuWriter *self)
{
  YihuWriterBatch *batch = g_new0 (YihuWriterBatch, 1);

  batch->writer = g_object_ref (self);
  batch->jobs = g_ptr_array_new_with_free_func (yihu_writer_job_free);
  batch->events = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_feed_event_unref);
  return batch;
}

/* What is going on can be seen from outside while it does. */
static void
note_busy (YihuWriter *self, gboolean is_busy)
{
  gint64 now_us = yihu_clock_get_monotonic_us (self->work->clock);

  g_mutex_lock (&self->count_lock);
  if (!is_busy)
    self->commits_us += now_us - self->busy_since_us;
  self->busy_since_us = is_busy ? now_us : 0;
  g_mutex_unlock (&self->count_lock);
}

/* Returns: FALSE when it is time to stop. */
static gboolean
run_batch (YihuWriter *self)
{
  YihuWriterBatch *batch = yihu_writer_batch_new (self);
  YihuWriterJob *job = g_async_queue_pop (self->queue);
  gboolean more = TRUE;

  note_busy (self, TRUE);
  pass_gate (self);
  while (job != NULL)
    {
      if (job->run == NULL)
        {
          more = FALSE;
          yihu_writer_job_free (job);
          break;
        }
      g_ptr_array_add (batch->jobs, job);
      job = batch->jobs->len < self->max_batch ? g_async_queue_try_pop (self->queue) : NULL;
    }
  if (batch->jobs->len > 0)
    yihu_writer_run_jobs (self, (YihuWriterJob **) batch->jobs->pdata, batch->jobs->len,
                          batch->events);
  note_busy (self, FALSE);
  batch->tenant = self->committed;
  yihu_writer_hand_over (self, batch);
  return more;
}

static gpointer
writer_thread (gpointer data)
{
  YihuWriter *self = data;
  g_autoptr (GError) error = NULL;

  while (run_batch (self) && (!g_atomic_int_get (&self->is_offline) || yihu_writer_mend (self)))
    ;
  if (!yihu_store_checkpoint (self->work->store, &error))
    g_warning ("the last checkpoint failed: %s", error->message);
  return NULL;
}

YihuWriter *
yihu_writer_new (YihuStore *store,
                 YihuClock *clock,
                 const char *area_code,
                 guint max_batch,
                 YihuWriterPublishFunc publish,
                 gpointer publish_data,
                 GError **error)
{
  g_autoptr (YihuWriter) self = g_object_new (YIHU_TYPE_WRITER, NULL);

  self->work = yihu_work_new (store, clock, area_code);
  if (!yihu_store_get_tenant (store, &self->committed, error))
    return NULL;
  self->work->tenant = self->committed;
  self->context = g_main_context_ref_thread_default ();
  self->max_batch = max_batch > 0 ? max_batch : MAX_BATCH;
  self->publish = publish;
  self->publish_data = publish_data;
  self->thread = g_thread_new ("yihu-writer", writer_thread, self);
  return g_steal_pointer (&self);
}

gboolean
yihu_writer_push (YihuWriter *self,
                  YihuWriterFunc run,
                  YihuWriterDoneFunc done,
                  gpointer data,
                  GError **error)
{
  return yihu_writer_push_prefetched (self, NULL, run, done, data, error);
}

gboolean
yihu_writer_push_prefetched (YihuWriter *self,
                             YihuWriterPrefetchFunc prefetch_func,
                             YihuWriterFunc run,
                             YihuWriterDoneFunc done,
                             gpointer data,
                             GError **error)
{
  YihuWriterJob *job;

  g_return_val_if_fail (YIHU_IS_WRITER (self), FALSE);
  g_return_val_if_fail (run != NULL && done != NULL, FALSE);

  if (g_atomic_int_get (&self->is_stopping) || g_async_queue_length (self->queue) >= MAX_QUEUE)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_BUSY,
                           "the server has too much to write, try again");
      return FALSE;
    }
  job = g_new0 (YihuWriterJob, 1);
  job->prefetch = prefetch_func;
  job->run = run;
  job->done = done;
  job->data = data;
  g_async_queue_push (self->queue, job);
  return TRUE;
}

void
yihu_writer_shutdown (YihuWriter *self)
{
  g_return_if_fail (YIHU_IS_WRITER (self));

  if (self->thread == NULL)
    return;
  g_atomic_int_set (&self->is_stopping, TRUE);
  g_async_queue_push (self->queue, g_new0 (YihuWriterJob, 1));
  g_thread_join (g_steal_pointer (&self->thread));
}

void
yihu_writer_set_superseded_func (YihuWriter *self, YihuWriterSupersededFunc func, gpointer data)
{
  g_return_if_fail (YIHU_IS_WRITER (self));

  self->superseded = func;
  self->superseded_data = data;
}

gboolean
yihu_writer_is_offline (YihuWriter *self)
{
  g_return_val_if_fail (YIHU_IS_WRITER (self), FALSE);
  return g_atomic_int_get (&self->is_offline);
}

void
yihu_writer_get_counts (YihuWriter *self, guint64 *jobs, guint64 *commits)
{
  g_mutex_lock (&self->count_lock);
  *jobs = self->n_jobs;
  *commits = self->n_commits;
  g_mutex_unlock (&self->count_lock);
}

void
yihu_writer_get_figures (YihuWriter *self, YihuWriterFigures *figures)
{
  int n_waiting = g_async_queue_length (self->queue); /* negative: the thread waits for one */

  g_mutex_lock (&self->count_lock);
  *figures = (YihuWriterFigures){ .n_jobs = self->n_jobs,
                                  .n_commits = self->n_commits,
                                  .commits_us = self->commits_us,
                                  .busy_since_us = self->busy_since_us,
                                  .n_waiting = MAX (n_waiting, 0) };
  g_mutex_unlock (&self->count_lock);
}

static gboolean
run_nothing (YihuWork *work, gpointer data, GError **error)
{
  return TRUE;
}

static void
on_nothing_done (const GError *error, gpointer data)
{
}

void
yihu_writer_hold (YihuWriter *self)
{
  g_mutex_lock (&self->gate);
  self->is_held = TRUE;
  g_mutex_unlock (&self->gate);
  yihu_writer_push (self, run_nothing, on_nothing_done, NULL, NULL);
  g_mutex_lock (&self->gate);
  while (!self->is_at_gate)
    g_cond_wait (&self->gate_moved, &self->gate);
  g_mutex_unlock (&self->gate);
}

void
yihu_writer_release (YihuWriter *self)
{
  g_mutex_lock (&self->gate);
  self->is_held = FALSE;
  g_cond_broadcast (&self->gate_moved);
  g_mutex_unlock (&self->gate);
}

static void
yihu_writer_finalize (GObject *object)
{
  YihuWriter *self = YIHU_WRITER (object);

  g_warn_if_fail (self->thread == NULL);
  g_clear_pointer (&self->work, yihu_work_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_async_queue_unref (self->queue);
  g_mutex_clear (&self->gate);
  g_cond_clear (&self->gate_moved);
  g_mutex_clear (&self->count_lock);
  G_OBJECT_CLASS (yihu_writer_parent_class)->finalize (object);
}

static void
yihu_writer_class_init (YihuWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_writer_finalize;
}

static void
yihu_writer_init (YihuWriter *self)
{
  self->queue = g_async_queue_new_full (yihu_writer_job_free);
  g_mutex_init (&self->gate);
  g_cond_init (&self->gate_moved);
  g_mutex_init (&self->count_lock);
}
