/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Group commit. The thread takes one job, drains what else waits, and runs all in one transaction;
 * answers go back to the main context only after the commit.
 *
 * Invariants: nobody is told "ok" before the commit returned; the tenant's numbers in memory are
 * those of the last commit whenever no transaction is open; a transaction that fails as a whole
 * (full disk, damage) is rolled back and its jobs are tried again one by one, so that each gets its
 * own true answer. */

#include "server/work/writer.h"

#include "base/error.h"

#define MAX_QUEUE 4096
#define MAX_BATCH 256

typedef struct
{
  YihuWriterFunc run; /* NULL: stop */
  YihuWriterDoneFunc done;
  gpointer data;
  GError *error;
} Job;

typedef struct
{
  YihuWriter *writer; /* (owned) */
  GPtrArray *jobs; /* (owned) Job */
  GPtrArray *events; /* (owned) YihuFeedEvent */
  YihuTenant tenant;
} Batch;

struct _YihuWriter
{
  GObject parent_instance;

  GMainContext *context; /* (owned) */
  GThread *thread; /* (owned) (nullable) after shutdown */
  GAsyncQueue *queue; /* (owned) Job */
  YihuWork *work; /* (owned) of the thread */
  YihuTenant committed; /* of the thread */
  YihuWriterPublishFunc publish;
  gpointer publish_data;
  gboolean is_stopping; /* atomic */
  GMutex gate; /* for tests: guards the next two */
  GCond gate_moved;
  gboolean is_held;
  gboolean is_at_gate;
  guint64 n_jobs; /* atomic */
  guint64 n_commits;
  GMutex count_lock;
};

G_DEFINE_FINAL_TYPE (YihuWriter, yihu_writer, G_TYPE_OBJECT)

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_error (&job->error);
  g_free (job);
}

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_object_unref (batch->writer);
  g_ptr_array_unref (batch->jobs);
  g_ptr_array_unref (batch->events);
  g_free (batch);
}

/* Errors after which the transaction cannot be trusted, unlike a refusal of one job. */
static gboolean
is_storage_error (const GError *error)
{
  return error->domain != YIHU_ERROR || error->code == YIHU_ERROR_FULL
         || error->code == YIHU_ERROR_CORRUPT || error->code == YIHU_ERROR_FAILED
         || error->code == YIHU_ERROR_BUSY;
}

static void
forget_transaction (YihuWriter *self)
{
  yihu_store_rollback (self->work->store);
  self->work->tenant = self->committed;
  g_ptr_array_set_size (self->work->events, 0);
}

/* FALSE where the whole transaction must be given up. */
static gboolean
run_job (YihuWriter *self, Job *job, GError **error)
{
  YihuWork *work = self->work;
  g_autoptr (GError) local_error = NULL;

  if (!yihu_work_mark (work, error))
    return FALSE;
  if (!job->run (work, job->data, &local_error))
    {
      if (is_storage_error (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      yihu_work_undo (work);
      job->error = g_steal_pointer (&local_error);
    }
  return yihu_store_release (work->store, error);
}

static gboolean
run_transaction (YihuWriter *self, Job **jobs, guint n_jobs, GError **error)
{
  YihuWork *work = self->work;

  if (!yihu_store_begin (work->store, TRUE, error))
    return FALSE;
  for (guint i = 0; i < n_jobs; i++)
    if (!run_job (self, jobs[i], error))
      return FALSE;
  if ((work->tenant.seq != self->committed.seq || work->tenant.epoch != self->committed.epoch)
      && !yihu_store_put_tenant (work->store, &work->tenant, error))
    return FALSE;
  if (!yihu_store_commit (work->store, error))
    return FALSE;
  self->committed = work->tenant;
  return TRUE;
}

/* The events of what was committed are moved to @events. */
static void
run_jobs (YihuWriter *self, Job **jobs, guint n_jobs, GPtrArray *events)
{
  g_autoptr (GError) error = NULL;

  if (run_transaction (self, jobs, n_jobs, &error))
    {
      g_ptr_array_extend_and_steal (events, g_steal_pointer (&self->work->events));
      self->work->events = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_feed_event_unref);
      g_mutex_lock (&self->count_lock);
      self->n_jobs += n_jobs;
      self->n_commits++;
      g_mutex_unlock (&self->count_lock);
      return;
    }
  forget_transaction (self);
  for (guint i = 0; i < n_jobs; i++)
    g_clear_error (&jobs[i]->error);
  if (n_jobs == 1)
    {
      g_warning ("nothing was written: %s", error->message);
      jobs[0]->error = g_steal_pointer (&error);
      return;
    }
  for (guint i = 0; i < n_jobs; i++)
    run_jobs (self, &jobs[i], 1, events);
}

static gboolean
on_batch_ready (gpointer data)
{
  Batch *batch = data;

  for (guint i = 0; i < batch->jobs->len; i++)
    {
      Job *job = g_ptr_array_index (batch->jobs, i);

      job->done (job->error, job->data);
    }
  if (batch->writer->publish != NULL)
    batch->writer->publish (batch->events, &batch->tenant, batch->writer->publish_data);
  return G_SOURCE_REMOVE;
}

/* Not g_main_context_invoke(): that runs here when nobody owns the context at the moment. */
static void
hand_over (YihuWriter *self, Batch *batch)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_batch_ready, batch, batch_free);
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

/* Returns: FALSE when it is time to stop. */
static gboolean
run_batch (YihuWriter *self)
{
  Batch *batch = g_new0 (Batch, 1);
  Job *job = g_async_queue_pop (self->queue);
  gboolean more = TRUE;

  batch->writer = g_object_ref (self);
  batch->jobs = g_ptr_array_new_with_free_func (job_free);
  batch->events = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_feed_event_unref);
  pass_gate (self);
  while (job != NULL)
    {
      if (job->run == NULL)
        {
          more = FALSE;
          job_free (job);
          break;
        }
      g_ptr_array_add (batch->jobs, job);
      job = batch->jobs->len < MAX_BATCH ? g_async_queue_try_pop (self->queue) : NULL;
    }
  if (batch->jobs->len > 0)
    run_jobs (self, (Job **) batch->jobs->pdata, batch->jobs->len, batch->events);
  batch->tenant = self->committed;
  hand_over (self, batch);
  return more;
}

static gpointer
writer_thread (gpointer data)
{
  YihuWriter *self = data;
  g_autoptr (GError) error = NULL;

  while (run_batch (self))
    ;
  if (!yihu_store_checkpoint (self->work->store, &error))
    g_warning ("the last checkpoint failed: %s", error->message);
  return NULL;
}

YihuWriter *
yihu_writer_new (YihuStore *store,
                 YihuClock *clock,
                 const char *area_code,
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
  Job *job;

  g_return_val_if_fail (YIHU_IS_WRITER (self), FALSE);
  g_return_val_if_fail (run != NULL && done != NULL, FALSE);

  if (g_atomic_int_get (&self->is_stopping) || g_async_queue_length (self->queue) >= MAX_QUEUE)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_BUSY,
                           "the server has too much to write, try again");
      return FALSE;
    }
  job = g_new0 (Job, 1);
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
  g_async_queue_push (self->queue, g_new0 (Job, 1));
  g_thread_join (g_steal_pointer (&self->thread));
}

void
yihu_writer_get_counts (YihuWriter *self, guint64 *jobs, guint64 *commits)
{
  g_mutex_lock (&self->count_lock);
  *jobs = self->n_jobs;
  *commits = self->n_commits;
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
  self->queue = g_async_queue_new_full (job_free);
  g_mutex_init (&self->gate);
  g_cond_init (&self->gate_moved);
  g_mutex_init (&self->count_lock);
}
