/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* One thread with a queue of tasks, run in order. The owner of blocking work (a database
 * connection, a file) keeps one, so that the main thread never waits. */

G_BEGIN_DECLS

#define YIHU_TYPE_WORKER_THREAD (yihu_worker_thread_get_type ())
G_DECLARE_FINAL_TYPE (YihuWorkerThread, yihu_worker_thread, YIHU, WORKER_THREAD, GObject)

YihuWorkerThread *yihu_worker_thread_new (const char *name);

/* Runs @func with @task in the thread; @func returns through g_task_return_*(), which reaches the
 * context in which @task was made. Takes a reference on @task. A task whose cancellable is
 * cancelled before its turn returns G_IO_ERROR_CANCELLED without running. */
void yihu_worker_thread_push (YihuWorkerThread *self, GTask *task, GTaskThreadFunc func);
gboolean yihu_worker_thread_is_here (YihuWorkerThread *self);

/* Finishes what is queued, then joins. After this, pushed tasks return G_IO_ERROR_CLOSED. */
void yihu_worker_thread_shutdown (YihuWorkerThread *self);

G_END_DECLS
