/* SPDX-License-Identifier: GPL-3.0-or-later */

/* sofia's timers run from the outer main loop, and alone while somebody waits for them. */

#include "sip/sip-loop.h"

#include <sofia-sip/su_wait.h>

static void
on_sofia_timer (su_root_magic_t *magic, su_timer_t *timer, su_timer_arg_t *arg)
{
  *(gboolean *) arg = TRUE;
}

static gboolean
on_outer_idle (gpointer data)
{
  *(guint *) data += 1;
  return G_SOURCE_CONTINUE;
}

static su_timer_t *
start_timer (YihuSipLoop *loop, gboolean *fired)
{
  su_timer_t *timer = su_timer_create (su_root_task (yihu_sip_loop_get_root (loop)), 10);

  su_timer_set (timer, on_sofia_timer, (su_timer_arg_t *) fired);
  return timer;
}

static void
test_runs_in_the_outer_loop (void)
{
  g_autoptr (YihuSipLoop) loop = yihu_sip_loop_new ();
  gboolean fired = FALSE;
  su_timer_t *timer = start_timer (loop, &fired);

  while (!fired)
    g_main_context_iteration (NULL, TRUE);
  su_timer_destroy (timer);
}

static void
test_waits_without_the_outer_loop (void)
{
  g_autoptr (YihuSipLoop) loop = yihu_sip_loop_new ();
  gboolean fired = FALSE;
  gboolean never = FALSE;
  guint n_outer = 0;
  guint idle = g_idle_add (on_outer_idle, &n_outer);
  su_timer_t *timer = start_timer (loop, &fired);

  g_assert_true (yihu_sip_loop_wait (loop, &fired, 10000));
  g_assert_false (yihu_sip_loop_wait (loop, &never, 5));
  g_assert_cmpuint (n_outer, ==, 0);
  g_source_remove (idle);
  su_timer_destroy (timer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sip/loop/outer", test_runs_in_the_outer_loop);
  g_test_add_func ("/sip/loop/wait", test_waits_without_the_outer_loop);
  return g_test_run ();
}
