/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The worker: order, the way back, cancelling before the turn, shutting down with work queued, the
 * last reference dropped inside the thread. */

#include "base/worker-thread.h"

typedef struct
{
  YihuWorkerThread *worker;
  GMutex gate; /* held: the worker stands still at its first task */
  GString *log;
  guint n_done;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->worker = yihu_worker_thread_new ("test");
  fixture->log = g_string_new (NULL);
  g_mutex_init (&fixture->gate);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->worker);
  g_string_free (fixture->log, TRUE);
  g_mutex_clear (&fixture->gate);
}

/* In the worker. */
static void
write_letter (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Fixture *fixture = g_object_get_data (G_OBJECT (task), "fixture");

  g_assert_true (yihu_worker_thread_is_here (fixture->worker));
  g_string_append_c (fixture->log, (char) GPOINTER_TO_INT (task_data));
  g_task_return_int (task, GPOINTER_TO_INT (task_data));
}

static void
wait_at_gate (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Fixture *fixture = g_object_get_data (G_OBJECT (task), "fixture");

  g_mutex_lock (&fixture->gate);
  g_mutex_unlock (&fixture->gate);
  g_task_return_int (task, 0);
}

static GTask *
make_task (Fixture *fixture, char letter, GCancellable *cancellable, GAsyncReadyCallback callback)
{
  GTask *task = g_task_new (NULL, cancellable, callback, fixture);

  g_task_set_task_data (task, GINT_TO_POINTER (letter), NULL);
  g_object_set_data (G_OBJECT (task), "fixture", fixture);
  return task;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *fixture = data;

  g_assert_false (yihu_worker_thread_is_here (fixture->worker));
  g_assert_cmpint (g_task_propagate_int (G_TASK (result), NULL), !=, -1);
  fixture->n_done++;
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GError) error = NULL;

  g_task_propagate_int (G_TASK (result), &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fixture->n_done++;
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GError) error = NULL;

  g_task_propagate_int (G_TASK (result), &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  fixture->n_done++;
}

static void
wait_for (Fixture *fixture, guint n)
{
  while (fixture->n_done < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_order_and_way_back (Fixture *fixture, gconstpointer data)
{
  for (char letter = 'a'; letter <= 'z'; letter++)
    {
      g_autoptr (GTask) task = make_task (fixture, letter, NULL, on_done);

      yihu_worker_thread_push (fixture->worker, task, write_letter);
    }
  wait_for (fixture, 26);
  g_assert_cmpstr (fixture->log->str, ==, "abcdefghijklmnopqrstuvwxyz");
}

static void
test_cancelled_before_its_turn (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GTask) first = make_task (fixture, '1', NULL, on_done);
  g_autoptr (GTask) second = make_task (fixture, '2', cancellable, on_cancelled);
  g_autoptr (GTask) third = make_task (fixture, '3', NULL, on_done);

  g_mutex_lock (&fixture->gate);
  yihu_worker_thread_push (fixture->worker, first, wait_at_gate);
  yihu_worker_thread_push (fixture->worker, second, write_letter);
  yihu_worker_thread_push (fixture->worker, third, write_letter);
  g_cancellable_cancel (cancellable);
  g_mutex_unlock (&fixture->gate);
  wait_for (fixture, 3);
  g_assert_cmpstr (fixture->log->str, ==, "3");
}

static void
test_shutdown_finishes_the_queue (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTask) first = make_task (fixture, '1', NULL, on_done);
  g_autoptr (GTask) second = make_task (fixture, '2', NULL, on_done);
  g_autoptr (GTask) late = make_task (fixture, '3', NULL, on_closed);

  yihu_worker_thread_push (fixture->worker, first, write_letter);
  yihu_worker_thread_push (fixture->worker, second, write_letter);
  yihu_worker_thread_shutdown (fixture->worker);
  g_assert_cmpstr (fixture->log->str, ==, "12");
  yihu_worker_thread_push (fixture->worker, late, write_letter);
  yihu_worker_thread_shutdown (fixture->worker);
  wait_for (fixture, 3);
  g_assert_cmpstr (fixture->log->str, ==, "12");
}

static void
drop_last_reference (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Fixture *fixture = g_object_get_data (G_OBJECT (task), "fixture");
  gpointer gone = fixture->worker;

  g_object_add_weak_pointer (G_OBJECT (fixture->worker), &gone);
  g_mutex_lock (&fixture->gate);
  g_object_unref (g_steal_pointer (&fixture->worker));
  g_mutex_unlock (&fixture->gate);
  g_task_return_boolean (task, gone == NULL);
}

static void
on_dropped (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *fixture = data;

  g_assert_true (g_task_propagate_boolean (G_TASK (result), NULL));
  fixture->n_done++;
}

static void
test_last_reference_inside (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTask) task = make_task (fixture, '1', NULL, on_dropped);

  g_mutex_lock (&fixture->gate);
  yihu_worker_thread_push (fixture->worker, task, drop_last_reference);
  g_mutex_unlock (&fixture->gate);
  wait_for (fixture, 1);
  g_assert_null (fixture->worker);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/base/worker-thread/order", test_order_and_way_back);
  ADD ("/base/worker-thread/cancelled", test_cancelled_before_its_turn);
  ADD ("/base/worker-thread/shutdown", test_shutdown_finishes_the_queue);
  ADD ("/base/worker-thread/last-reference", test_last_reference_inside);
  return g_test_run ();
}
