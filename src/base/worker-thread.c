/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One thread that takes tasks from a queue in order. The queue outlives the object where the last
 * reference is dropped inside the thread itself (by a task that held it): then the thread is not
 * joined, it finishes its queue and ends alone. */

#include "base/worker-thread.h"

typedef struct
{
  GTask *task; /* (owned) (nullable): NULL asks the thread to end */
  GTaskThreadFunc func;
} Job;

struct _YihuWorkerThread
{
  GObject parent_instance;

  GMutex lock; /* protects is_closed against a push that races with shutdown */
  gboolean is_closed;
  GAsyncQueue *queue; /* (owned) of Job */
  GThread *thread; /* (owned) (nullable): NULL once joined */
};

G_DEFINE_FINAL_TYPE (YihuWorkerThread, yihu_worker_thread, G_TYPE_OBJECT)

static void
job_free (Job *job)
{
  g_clear_object (&job->task);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static Job *
job_new (GTask *task, GTaskThreadFunc func)
{
  Job *job = g_new0 (Job, 1);

  g_set_object (&job->task, task);
  job->func = func;
  return job;
}

static void
job_run (Job *job)
{
  if (g_task_return_error_if_cancelled (job->task))
    return;
  job->func (job->task, g_task_get_source_object (job->task), g_task_get_task_data (job->task),
             g_task_get_cancellable (job->task));
}

static gpointer
worker_main (gpointer data)
{
  g_autoptr (GAsyncQueue) queue = data;

  while (TRUE)
    {
      g_autoptr (Job) job = g_async_queue_pop (queue);

      if (job->task == NULL)
        return NULL;
      job_run (job);
    }
}

void
yihu_worker_thread_push (YihuWorkerThread *self, GTask *task, GTaskThreadFunc func)
{
  gboolean is_closed;

  g_return_if_fail (YIHU_IS_WORKER_THREAD (self));
  g_return_if_fail (G_IS_TASK (task));
  g_return_if_fail (func != NULL);

  g_mutex_lock (&self->lock);
  is_closed = self->is_closed;
  if (!is_closed)
    g_async_queue_push (self->queue, job_new (task, func));
  g_mutex_unlock (&self->lock);

  if (is_closed)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, "the worker has been shut down");
}

gboolean
yihu_worker_thread_is_here (YihuWorkerThread *self)
{
  g_return_val_if_fail (YIHU_IS_WORKER_THREAD (self), FALSE);
  return self->thread == g_thread_self ();
}

void
yihu_worker_thread_shutdown (YihuWorkerThread *self)
{
  g_return_if_fail (YIHU_IS_WORKER_THREAD (self));

  g_mutex_lock (&self->lock);
  if (!self->is_closed)
    {
      self->is_closed = TRUE;
      g_async_queue_push (self->queue, job_new (NULL, NULL));
    }
  g_mutex_unlock (&self->lock);

  if (self->thread == NULL)
    return;
  if (yihu_worker_thread_is_here (self))
    g_clear_pointer (&self->thread, g_thread_unref);
  else
    {
      g_thread_join (self->thread); /* tasks still ask is_here() until then */
      self->thread = NULL;
    }
}

static void
worker_thread_finalize (GObject *object)
{
  YihuWorkerThread *self = YIHU_WORKER_THREAD (object);

  yihu_worker_thread_shutdown (self);
  g_async_queue_unref (self->queue);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (yihu_worker_thread_parent_class)->finalize (object);
}

static void
yihu_worker_thread_class_init (YihuWorkerThreadClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = worker_thread_finalize;
}

static void
yihu_worker_thread_init (YihuWorkerThread *self)
{
  g_mutex_init (&self->lock);
  self->queue = g_async_queue_new_full ((GDestroyNotify) job_free);
}

YihuWorkerThread *
yihu_worker_thread_new (const char *name)
{
  YihuWorkerThread *self = g_object_new (YIHU_TYPE_WORKER_THREAD, NULL);

  self->thread = g_thread_new (name, worker_main, g_async_queue_ref (self->queue));
  return self;
}
