/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/work/work.h"

/* The one thread that writes. Jobs are taken in order, up to 256 at a time share one transaction
 * and so one sync of the disk; each has its own savepoint, so a bad one takes nothing along. Where
 * the store is a database on another machine, the thread also makes a broken connection anew. */

G_BEGIN_DECLS

#define YIHU_TYPE_WRITER (yihu_writer_get_type ())
G_DECLARE_FINAL_TYPE (YihuWriter, yihu_writer, YIHU, WRITER, GObject)

/* In the writer's thread. FALSE with error: the job's rows are taken back. May run twice (after a
 * full disk the jobs of a batch are tried one by one), so it must begin by forgetting its results.
 */
typedef gboolean (*YihuWriterFunc) (YihuWork *work, gpointer data, GError **error);

/* In the writer's thread, before the jobs of a batch run: reads what the job will read, so that a
 * store on another machine is asked once for the whole batch. Finds nothing, changes nothing. */
typedef void (*YihuWriterPrefetchFunc) (YihuWork *work, gpointer data);

/* In the main context, after the commit; exactly once for each accepted job. */
typedef void (*YihuWriterDoneFunc) (const GError *error, gpointer data);

/* After the answers of a batch: what it put into the feed. (transfer none) */
typedef void (*YihuWriterPublishFunc) (GPtrArray *events, const YihuTenant *tenant, gpointer data);

YihuWriter *yihu_writer_new (YihuStore *store,
                             YihuClock *clock,
                             const char *area_code,
                             guint max_batch, /* 0: 256 */
                             YihuWriterPublishFunc publish,
                             gpointer publish_data,
                             GError **error);

/* FALSE with YIHU_ERROR_BUSY when the queue is full; then @done is not called. Any thread.
 * @prefetch: (nullable) */
gboolean yihu_writer_push_prefetched (YihuWriter *self,
                                      YihuWriterPrefetchFunc prefetch,
                                      YihuWriterFunc run,
                                      YihuWriterDoneFunc done,
                                      gpointer data,
                                      GError **error);
gboolean yihu_writer_push (YihuWriter *self,
                           YihuWriterFunc run,
                           YihuWriterDoneFunc done,
                           gpointer data,
                           GError **error);

/* Finishes what is queued, checkpoints and joins; the answers still come in the main context. */
void yihu_writer_shutdown (YihuWriter *self);

/* The store is out of reach: every job is answered with YIHU_ERROR_OFFLINE until it is there again.
 * Any thread. */
gboolean yihu_writer_is_offline (YihuWriter *self);

/* In the main context, once: while the store was out of reach another server has begun to write
 * into it. What this process remembers of accounts and sessions may be wrong by now: it must end.
 */
typedef void (*YihuWriterSupersededFunc) (gpointer data);
void
yihu_writer_set_superseded_func (YihuWriter *self, YihuWriterSupersededFunc func, gpointer data);

/* How many jobs, and in how many transactions: grouping is what makes a slow disk bearable. */
void yihu_writer_get_counts (YihuWriter *self, guint64 *jobs, guint64 *commits);

/* For health and metrics. */
typedef struct
{
  guint64 n_jobs;
  guint64 n_commits;
  gint64 commits_us; /* time spent with them */
  gint64 busy_since_us; /* monotonic: begin of the batch at work; 0: none */
  guint n_waiting;
} YihuWriterFigures;
void yihu_writer_get_figures (YihuWriter *self, YihuWriterFigures *figures);

/* For tests: holds the thread (which has taken one idle job) until released. */
void yihu_writer_hold (YihuWriter *self);
void yihu_writer_release (YihuWriter *self);

G_END_DECLS
