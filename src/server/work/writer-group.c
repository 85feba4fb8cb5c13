/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Group commit: many jobs in one transaction, each with its savepoint.
 *
 * Invariants: nobody is told "ok" before the commit returned; the tenant's numbers in memory are
 * those of the last commit whenever no transaction is open; a transaction that fails as a whole
 * (full disk, damage, a failure that the database told late) is rolled back and its jobs are tried
 * again one by one, so that each gets its own true answer. */

#include "base/error.h"
#include "server/work/writer-private.h"

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
run_job (YihuWriter *self, YihuWriterJob *job, GError **error)
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
prefetch (YihuWriter *self, YihuWriterJob **jobs, guint n_jobs)
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
begin (YihuWriter *self, YihuWriterJob **jobs, guint n_jobs, gboolean is_group, GError **error)
{
  if (!is_group)
    return yihu_store_begin (self->work->store, TRUE, error);
  if (!yihu_store_begin_group (self->work->store, error))
    return FALSE;
  prefetch (self, jobs, n_jobs);
  return TRUE;
}

static gboolean
run_transaction (YihuWriter *self,
                 YihuWriterJob **jobs,
                 guint n_jobs,
                 gboolean is_group,
                 GError **error)
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

void
yihu_writer_fail_jobs (YihuWriter *self, YihuWriterJob **jobs, guint n_jobs, const GError *error)
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
run_alone (YihuWriter *self, YihuWriterJob *job, GPtrArray *events)
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
  yihu_writer_fail_jobs (self, &job, 1, error);
}

void
yihu_writer_run_jobs (YihuWriter *self, YihuWriterJob **jobs, guint n_jobs, GPtrArray *events)
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
      yihu_writer_fail_jobs (self, jobs, n_jobs, error);
      return;
    }
  for (guint i = 0; i < n_jobs; i++)
    if (g_atomic_int_get (&self->is_offline))
      yihu_writer_fail_jobs (self, &jobs[i], 1, jobs[i - 1]->error);
    else
      run_alone (self, jobs[i], events);
}
