/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Group commit. The thread takes one job, drains what else waits, and runs all in one transaction;
 * answers go back to the main context only after the commit.
 *
 * Invariants: nobody is told "ok" before the commit returned; the tenant's numbers in memory are
 * those of the last commit whenever no transaction is open; a transaction that fails as a whole
 * (full disk, damage, a failure that the database told late) is rolled back and its jobs are tried
 * again one by one, so that each gets its own true answer.
 *
 * When the store is out of reach, nobody knows whether the last transaction was committed: its jobs
 * are answered with an outage, and after the next connection the tenant is read again and the
 * events that were committed after all are published, so that no console misses one. */

#include "server/work/writer.h"

#include "base/error.h"

#define MAX_QUEUE 4096
#define MAX_BATCH 256
#define MEND_SHORTEST_MS 100
#define MEND_LONGEST_MS 5000

typedef struct
{
  YihuWriterPrefetchFunc prefetch; /* (nullable) */
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
  YihuWriterSupersededFunc superseded; /* (nullable) */
  gpointer superseded_data;
  gboolean is_superseded; /* of the thread */
  guint max_batch;
  gboolean is_stopping; /* atomic */
  gboolean is_offline; /* atomic; set by the thread */
  GMutex gate; /* for tests: guards the next two */
  GCond gate_moved;
  gboolean is_held;
  gboolean is_at_gate;
  guint64 n_jobs; /* atomic */
  guint64 n_commits;
  gint64 commits_us;
  gint64 busy_since_us;
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
         || error->code == YIHU_ERROR_BUSY || error->code == YIHU_ERROR_OFFLINE;
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

static void
prefetch (YihuWriter *self, Job **jobs, guint n_jobs)
{
  if (!yihu_store_begin_prefetch (self->work->store))
    return;
  for (guint i = 0; i < n_jobs; i++)
    if (jobs[i]->prefetch != NULL)
      jobs[i]->prefetch (self->work, jobs[i]->data);
  yihu_store_end_prefetch (self->work->store);
}

/* In a group failures may come late; alone each job has its own. */
static gboolean
begin (YihuWriter *self, Job **jobs, guint n_jobs, gboolean is_group, GError **error)
{
  if (!is_group)
    return yihu_store_begin (self->work->store, TRUE, error);
  if (!yihu_store_begin_group (self->work->store, error))
    return FALSE;
  prefetch (self, jobs, n_jobs);
  return TRUE;
}

static gboolean
run_transaction (YihuWriter *self, Job **jobs, guint n_jobs, gboolean is_group, GError **error)
{
  YihuWork *work = self->work;

  if (!begin (self, jobs, n_jobs, is_group, error))
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
take_events (YihuWriter *self, guint n_jobs, GPtrArray *events)
{
  g_ptr_array_extend_and_steal (events, g_steal_pointer (&self->work->events));
  self->work->events = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_feed_event_unref);
  g_mutex_lock (&self->count_lock);
  self->n_jobs += n_jobs;
  self->n_commits++;
  g_mutex_unlock (&self->count_lock);
}

static void
fail_jobs (YihuWriter *self, Job **jobs, guint n_jobs, const GError *error)
{
  for (guint i = 0; i < n_jobs; i++)
    {
      g_clear_error (&jobs[i]->error);
      jobs[i]->error = g_error_copy (error);
    }
  if (!g_error_matches (error, YIHU_ERROR, YIHU_ERROR_OFFLINE))
    return;
  if (!g_atomic_int_get (&self->is_offline))
    g_message ("%s; commands are refused until it is there again", error->message);
  g_atomic_int_set (&self->is_offline, TRUE);
}

static void
run_alone (YihuWriter *self, Job *job, GPtrArray *events)
{
  g_autoptr (GError) error = NULL;

  g_clear_error (&job->error);
  if (run_transaction (self, &job, 1, FALSE, &error))
    {
      take_events (self, 1, events);
      return;
    }
  forget_transaction (self);
  if (!g_error_matches (error, YIHU_ERROR, YIHU_ERROR_OFFLINE))
    g_warning ("nothing was written: %s", error->message);
  fail_jobs (self, &job, 1, error);
}

static void
run_jobs (YihuWriter *self, Job **jobs, guint n_jobs, GPtrArray *events)
{
  g_autoptr (GError) error = NULL;

  if (run_transaction (self, jobs, n_jobs, TRUE, &error))
    {
      take_events (self, n_jobs, events);
      return;
    }
  forget_transaction (self);
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_OFFLINE))
    {
      fail_jobs (self, jobs, n_jobs, error);
      return;
    }
  for (guint i = 0; i < n_jobs; i++)
    if (g_atomic_int_get (&self->is_offline))
      fail_jobs (self, &jobs[i], 1, jobs[i - 1]->error);
    else
      run_alone (self, jobs[i], events);
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

static Batch *
batch_new (YihuWriter *self)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->writer = g_object_ref (self);
  batch->jobs = g_ptr_array_new_with_free_func (job_free);
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
  Batch *batch = batch_new (self);
  Job *job = g_async_queue_pop (self->queue);
  gboolean more = TRUE;

  note_busy (self, TRUE);
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
      job = batch->jobs->len < self->max_batch ? g_async_queue_try_pop (self->queue) : NULL;
    }
  if (batch->jobs->len > 0)
    run_jobs (self, (Job **) batch->jobs->pdata, batch->jobs->len, batch->events);
  note_busy (self, FALSE);
  batch->tenant = self->committed;
  hand_over (self, batch);
  return more;
}

/* The store is out of reach. */

static gboolean
add_event (const YihuFeedRow *row, gpointer data)
{
  const YihuRecordType *type = yihu_record_type_find (row->kind);

  if (type != NULL)
    g_ptr_array_add (data,
                     yihu_feed_event_new (row->seq, type, row->division, g_strdup (row->body)));
  return TRUE;
}

/* A standby that was promoted without the last commits has forgotten what was acknowledged. It is
 * the administrator's choice (asynchronous replication); consoles must take everything anew,
 * because numbers that they know will be given again. */
static gboolean
begin_new_epoch (YihuWriter *self, YihuTenant *tenant, GError **error)
{
  g_warning ("the database has gone back from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
             ": what was acknowledged in between is missing",
             self->committed.seq, tenant->seq);
  tenant->epoch = MAX (tenant->epoch, self->committed.epoch) + 1;
  return yihu_store_begin (self->work->store, TRUE, error)
         && yihu_store_put_tenant (self->work->store, tenant, error)
         && yihu_store_commit (self->work->store, error);
}

static gboolean
reconnect (YihuWriter *self, GError **error)
{
  YihuStore *store = self->work->store;
  Batch *batch = NULL;
  YihuTenant tenant = { 0 };

  if (!yihu_store_reconnect (store, error) || !yihu_store_get_tenant (store, &tenant, error))
    return FALSE;
  if (tenant.seq < self->committed.seq && !begin_new_epoch (self, &tenant, error))
    {
      yihu_store_rollback (store);
      return FALSE;
    }
  batch = batch_new (self);
  if (!yihu_store_each_feed (store, self->committed.seq, G_MAXUINT, add_event, batch->events,
                             error))
    {
      batch_free (batch);
      return FALSE;
    }
  self->committed = tenant;
  self->work->tenant = tenant;
  batch->tenant = tenant;
  hand_over (self, batch);
  return TRUE;
}

/* Answers what comes in for so long. Returns: FALSE when it is time to stop. */
static gboolean
refuse_jobs (YihuWriter *self, guint wait_ms, const GError *error)
{
  gint64 end_us = g_get_monotonic_time () + wait_ms * G_TIME_SPAN_MILLISECOND;
  gint64 left_us = wait_ms * G_TIME_SPAN_MILLISECOND;
  g_autoptr (GError) outage = g_error_new_literal (YIHU_ERROR, YIHU_ERROR_OFFLINE, error->message);

  while (left_us > 0)
    {
      Job *job = g_async_queue_timeout_pop (self->queue, (guint64) left_us);
      Batch *batch;

      if (job != NULL && job->run == NULL)
        {
          job_free (job);
          return FALSE;
        }
      if (job != NULL)
        {
          batch = batch_new (self);
          g_ptr_array_add (batch->jobs, job);
          fail_jobs (self, &job, 1, outage);
          batch->tenant = self->committed;
          hand_over (self, batch);
        }
      left_us = end_us - g_get_monotonic_time ();
    }
  return TRUE;
}

static gboolean
on_superseded (gpointer data)
{
  YihuWriter *self = data;

  if (self->superseded != NULL)
    self->superseded (self->superseded_data);
  return G_SOURCE_REMOVE;
}

static void
tell_superseded (YihuWriter *self, const GError *error)
{
  g_autoptr (GSource) source = NULL;

  if (self->is_superseded || !g_error_matches (error, YIHU_ERROR, YIHU_ERROR_REJECTED))
    return;
  self->is_superseded = TRUE;
  g_message ("%s: this one ends", error->message);
  source = g_idle_source_new ();
  g_source_set_callback (source, on_superseded, g_object_ref (self), g_object_unref);
  g_source_set_static_name (source, "yihu-writer-superseded");
  g_source_attach (source, self->context);
}

/* Returns: FALSE when it is time to stop. */
static gboolean
mend (YihuWriter *self)
{
  guint wait_ms = MEND_SHORTEST_MS;

  for (;;)
    {
      g_autoptr (GError) error = NULL;

      if (!self->is_superseded && reconnect (self, &error))
        {
          g_message ("the store is there again");
          g_atomic_int_set (&self->is_offline, FALSE);
          return TRUE;
        }
      if (error == NULL)
        error = g_error_new_literal (YIHU_ERROR, YIHU_ERROR_OFFLINE, "another server writes");
      tell_superseded (self, error);
      if (!refuse_jobs (self, wait_ms / 2 + g_random_int_range (0, (gint) wait_ms / 2), error))
        return FALSE;
      wait_ms = MIN (2 * wait_ms, MEND_LONGEST_MS);
    }
}

static gpointer
writer_thread (gpointer data)
{
  YihuWriter *self = data;
  g_autoptr (GError) error = NULL;

  while (run_batch (self) && (!g_atomic_int_get (&self->is_offline) || mend (self)))
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
  g_async_queue_push (self->queue, g_new0 (Job, 1));
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
  self->queue = g_async_queue_new_full (job_free);
  g_mutex_init (&self->gate);
  g_cond_init (&self->gate_moved);
  g_mutex_init (&self->count_lock);
}
