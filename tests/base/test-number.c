/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Numbers as texts: both ends of the range, everything that is none, and a number that is good
 * whatever errno was left behind, in sixteen threads of a fresh process that all begin at once. */

#include "base/number.h"

#include <errno.h>

#define N_THREADS 16
#define N_ROUNDS 20

static void
test_good (void)
{
  static const struct
  {
    const char *text;
    gint64 value;
  } cases[] = { { "0", 0 },
                { "-0", 0 },
                { "007", 7 },
                { "-12", -12 },
                { "210802001001", G_GINT64_CONSTANT (210802001001) },
                { "9223372036854775807", G_MAXINT64 },
                { "-9223372036854775808", G_MININT64 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 value = -1;

      errno = EAGAIN;
      g_assert_true (yihu_number_parse (cases[i].text, G_MININT64, G_MAXINT64, &value));
      g_assert_cmpint (value, ==, cases[i].value);
      g_assert_true (yihu_number_parse (cases[i].text, value, value, &value));
    }
}

static void
test_bad (void)
{
  static const char *const texts[] = { NULL,
                                       "",
                                       "-",
                                       "--1",
                                       "+1",
                                       " 1",
                                       "1 ",
                                       "1a",
                                       "1.0",
                                       "0x1",
                                       "１",
                                       "9223372036854775808",
                                       "-9223372036854775809",
                                       "99999999999999999999999999" };
  gint64 value = 5;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_false (yihu_number_parse (texts[i], G_MININT64, G_MAXINT64, &value));
  g_assert_false (yihu_number_parse ("10", 0, 9, &value));
  g_assert_false (yihu_number_parse ("-1", 0, 9, &value));
  g_assert_cmpint (value, ==, 5);
}

static int n_waiting;

static gpointer
parse_at_once (gpointer data)
{
  gint64 value = 0;

  g_atomic_int_inc (&n_waiting);
  while (g_atomic_int_get (&n_waiting) < N_THREADS)
    g_thread_yield ();
  g_assert_true (yihu_number_parse ("1", 0, G_MAXINT64, &value));
  return NULL;
}

static void
test_first_use (void)
{
  GThread *threads[N_THREADS];

  if (!g_test_subprocess ())
    {
      for (guint i = 0; i < N_ROUNDS; i++)
        {
          g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
          g_test_trap_assert_passed ();
        }
      return;
    }
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("number", parse_at_once, NULL);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/number/good", test_good);
  g_test_add_func ("/number/bad", test_bad);
  g_test_add_func ("/number/first-use", test_first_use);
  return g_test_run ();
}
