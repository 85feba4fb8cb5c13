/* SPDX-License-Identifier: GPL-3.0-or-later */

/* UUID version 7: the layout of RFC 9562, the order within a process and among threads. */

#include "base/identifier.h"

#include <string.h>

#define N_IDS 20000
#define N_THREADS 4

/* The example of RFC 9562, appendix A.6. */
static void
test_layout (void)
{
  g_autofree char *id = yihu_identifier_new_at (G_GINT64_CONSTANT (1645557742000) * 1000, 0xcc3,
                                                G_GUINT64_CONSTANT (0x18c4dc0c0c07398f));

  g_assert_cmpstr (id, ==, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  g_assert_true (yihu_identifier_is_valid (id));
}

static void
test_surplus_bits_are_cut (void)
{
  g_autofree char *id = yihu_identifier_new_at (0, G_MAXUINT64, G_MAXUINT64);

  g_assert_cmpstr (id, ==, "00000000-0000-7fff-bfff-ffffffffffff");
  g_assert_true (yihu_identifier_is_valid (id));
}

static void
test_ids_grow (void)
{
  g_autofree char *last = yihu_identifier_new ();

  for (guint i = 0; i < N_IDS; i++)
    {
      char *next = yihu_identifier_new ();

      g_assert_cmpint (strcmp (last, next), <, 0);
      g_free (last);
      last = next;
    }
  g_assert_true (yihu_identifier_is_valid (last));
}

static void
test_time_is_in_the_id (void)
{
  gint64 before_ms = g_get_real_time () / 1000;
  g_autofree char *id = yihu_identifier_new ();
  g_autofree char *hex = g_strdup_printf ("%.8s%.4s", id, id + 9);
  gint64 ms = (gint64) g_ascii_strtoull (hex, NULL, 16);

  g_assert_cmpint (ms, >=, before_ms);
  g_assert_cmpint (ms, <=, g_get_real_time () / 1000 + 1);
}

static gpointer
make_many (gpointer data)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < N_IDS / N_THREADS; i++)
    g_ptr_array_add (ids, yihu_identifier_new ());
  return ids;
}

static void
test_threads_never_meet (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("ids", make_many, NULL);
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_autoptr (GPtrArray) ids = g_thread_join (threads[i]);

      for (guint j = 0; j < ids->len; j++)
        g_assert_true (g_hash_table_add (seen, g_strdup (g_ptr_array_index (ids, j))));
    }
}

static void
test_validity (void)
{
  static const char *const wrong[] = {
    "",
    "017f22e2",
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
    "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
    "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
    "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f",
    "017f22e279b0-7cc3-98c4-dc0c0c07398f-",
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (yihu_identifier_is_valid (wrong[i]));
  g_assert_false (yihu_identifier_is_valid (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/identifier/layout", test_layout);
  g_test_add_func ("/base/identifier/surplus", test_surplus_bits_are_cut);
  g_test_add_func ("/base/identifier/grow", test_ids_grow);
  g_test_add_func ("/base/identifier/time", test_time_is_in_the_id);
  g_test_add_func ("/base/identifier/threads", test_threads_never_meet);
  g_test_add_func ("/base/identifier/validity", test_validity);
  return g_test_run ();
}
