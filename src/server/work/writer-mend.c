/* SPDX-License-Identifier: GPL-3.0-or-later */

/* When the store is out of reach, nobody knows whether the last transaction was committed: its jobs
 * are answered with an outage, and after the next connection the tenant is read again and the
 * events that were committed after all are published, so that no console misses one. */

#include "base/error.h"
#include "server/work/writer-private.h"

#define MEND_SHORTEST_MS 100
#define MEND_LONGEST_MS 5000

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
  YihuWriterBatch *batch = NULL;
  YihuTenant tenant = { 0 };

  if (!yihu_store_reconnect (store, error) || !yihu_store_get_tenant (store, &tenant, error))
    return FALSE;
  if (tenant.seq < self->committed.seq && !begin_new_epoch (self, &tenant, error))
    {
      yihu_store_rollback (store);
      return FALSE;
    }
  batch = yihu_writer_batch_new (self);
  if (!yihu_store_each_feed (store, self->committed.seq, G_MAXUINT, add_event, batch->events,
                             error))
    {
      yihu_writer_batch_free (batch);
      return FALSE;
    }
  self->committed = tenant;
  self->work->tenant = tenant;
  batch->tenant = tenant;
  yihu_writer_hand_over (self, batch);
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
      YihuWriterJob *job = g_async_queue_timeout_pop (self->queue, (guint64) left_us);
      YihuWriterBatch *batch;

      if (job != NULL && job->run == NULL)
        {
          yihu_writer_job_free (job);
          return FALSE;
        }
      if (job != NULL)
        {
          batch = yihu_writer_batch_new (self);
          g_ptr_array_add (batch->jobs, job);
          yihu_writer_fail_jobs (self, &job, 1, outage);
          batch->tenant = self->committed;
          yihu_writer_hand_over (self, batch);
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

gboolean
yihu_writer_mend (YihuWriter *self)
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
