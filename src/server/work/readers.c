/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A pool of threads over a pool of connections. A connection is taken for one job and given back,
 * so it belongs to one thread at a time. */

#include "server/work/readers.h"

#include "base/error.h"

#define MAX_QUEUE 2048
#define PATIENCE_US (30 * G_USEC_PER_SEC)

struct _YihuReaders
{
  GObject parent_instance;

  GMainContext *context; /* (owned) */
  GThreadPool *threads; /* (owned) (nullable) after shutdown */
  GAsyncQueue *stores; /* (owned) YihuStore: idle connections */
};

typedef struct
{
  YihuReaders *readers; /* (owned) */
  YihuReaderFunc run;
  YihuReaderDoneFunc done;
  gpointer data;
} Job;

G_DEFINE_FINAL_TYPE (YihuReaders, yihu_readers, G_TYPE_OBJECT)

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->readers);
  g_free (job);
}

static gboolean
on_job_ready (gpointer data)
{
  Job *job = data;

  job->done (job->data);
  return G_SOURCE_REMOVE;
}

static void
run_job (gpointer data, gpointer user_data)
{
  YihuReaders *self = user_data;
  Job *job = data;
  YihuStore *store = g_async_queue_pop (self->stores);
  g_autoptr (GSource) source = g_idle_source_new ();

  yihu_store_set_deadline (store, g_get_monotonic_time () + PATIENCE_US);
  job->run (store, job->data);
  yihu_store_set_deadline (store, 0);
  g_async_queue_push (self->stores, store);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_job_ready, job, job_free);
  g_source_set_static_name (source, "yihu-reader-job");
  g_source_attach (source, self->context);
}

YihuReaders *
yihu_readers_new (YihuStore *store, guint n_threads, GError **error)
{
  g_autoptr (YihuReaders) self = g_object_new (YIHU_TYPE_READERS, NULL);

  for (guint i = 0; i < n_threads; i++)
    {
      YihuStore *reader = yihu_store_open_reader (store, error);

      if (reader == NULL)
        return NULL;
      g_async_queue_push (self->stores, reader);
    }
  self->context = g_main_context_ref_thread_default ();
  self->threads = g_thread_pool_new (run_job, self, n_threads, FALSE, NULL);
  return g_steal_pointer (&self);
}

gboolean
yihu_readers_push (YihuReaders *self,
                   YihuReaderFunc run,
                   YihuReaderDoneFunc done,
                   gpointer data,
                   GError **error)
{
  Job *job;

  g_return_val_if_fail (YIHU_IS_READERS (self), FALSE);

  if (self->threads == NULL || g_thread_pool_unprocessed (self->threads) >= MAX_QUEUE)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_BUSY,
                           "the server has too much to read, try again");
      return FALSE;
    }
  job = g_new0 (Job, 1);
  job->readers = g_object_ref (self);
  job->run = run;
  job->done = done;
  job->data = data;
  return g_thread_pool_push (self->threads, job, error);
}

guint
yihu_readers_get_waiting (YihuReaders *self)
{
  return self->threads != NULL ? g_thread_pool_unprocessed (self->threads) : 0;
}

void
yihu_readers_shutdown (YihuReaders *self)
{
  g_return_if_fail (YIHU_IS_READERS (self));

  if (self->threads != NULL)
    g_thread_pool_free (g_steal_pointer (&self->threads), FALSE, TRUE);
}

static void
yihu_readers_finalize (GObject *object)
{
  YihuReaders *self = YIHU_READERS (object);

  g_warn_if_fail (self->threads == NULL);
  g_async_queue_unref (self->stores);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (yihu_readers_parent_class)->finalize (object);
}

static void
yihu_readers_class_init (YihuReadersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_readers_finalize;
}

static void
yihu_readers_init (YihuReaders *self)
{
  self->stores = g_async_queue_new_full (g_object_unref);
}
