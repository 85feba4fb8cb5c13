/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the files of the writer share; nobody else includes it. The functions are for the writer's
 * thread, but those that free. */

#include "server/work/writer.h"

G_BEGIN_DECLS

typedef struct
{
  YihuWriterPrefetchFunc prefetch; /* (nullable) */
  YihuWriterFunc run; /* NULL: stop */
  YihuWriterDoneFunc done;
  gpointer data;
  GError *error;
} YihuWriterJob;

typedef struct
{
  YihuWriter *writer; /* (owned) */
  GPtrArray *jobs; /* (owned) YihuWriterJob */
  GPtrArray *events; /* (owned) YihuFeedEvent */
  YihuTenant tenant;
} YihuWriterBatch;

struct _YihuWriter
{
  GObject parent_instance;

  GMainContext *context; /* (owned) */
  GThread *thread; /* (owned) (nullable) after shutdown */
  GAsyncQueue *queue; /* (owned) YihuWriterJob */
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

void yihu_writer_job_free (gpointer job);
YihuWriterBatch *yihu_writer_batch_new (YihuWriter *self);
void yihu_writer_batch_free (gpointer batch);
/* Answers and events go to the main context. @batch: (transfer full) */
void yihu_writer_hand_over (YihuWriter *self, YihuWriterBatch *batch);

/* writer-group.c: runs the jobs, all in one transaction if that can be; each has its own answer
 * then. The events of what was committed are added to @events. */
void yihu_writer_run_jobs (YihuWriter *self, YihuWriterJob **jobs, guint n_jobs, GPtrArray *events);
/* All get this answer; OFFLINE is remembered. */
void
yihu_writer_fail_jobs (YihuWriter *self, YihuWriterJob **jobs, guint n_jobs, const GError *error);

/* writer-mend.c: refuses jobs until the store is there again. Returns: FALSE when it is time to
 * stop. */
gboolean yihu_writer_mend (YihuWriter *self);

G_END_DECLS
