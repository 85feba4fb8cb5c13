/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Shares, means and Erlang C against values that were computed independently. */

#include "rules/service-level.h"

#include <math.h>

#define SECOND G_GINT64_CONSTANT (1000000)
#define RING G_GINT64_CONSTANT (1750000000000000)

static void
test_share_rounds_half_up_once (void)
{
  g_assert_cmpint (yihu_share_bp (0, 0), ==, YIHU_SERVICE_LEVEL_UNKNOWN);
  g_assert_cmpint (yihu_share_bp (0, 7), ==, 0);
  g_assert_cmpint (yihu_share_bp (7, 7), ==, 10000);
  g_assert_cmpint (yihu_share_bp (1, 3), ==, 3333);
  g_assert_cmpint (yihu_share_bp (2, 3), ==, 6667);
  g_assert_cmpint (yihu_share_bp (1, 20000), ==, 1);
  g_assert_cmpint (yihu_share_bp (1, 20001), ==, 0);
  g_assert_cmpint (yihu_share_bp (G_MAXINT64 / 2, G_MAXINT64 - 1), ==, 5000);
}

static void
test_sums (void)
{
  YihuServiceLevel level = { 0 };

  g_assert_cmpint (yihu_service_level_get_share_bp (&level), ==, YIHU_SERVICE_LEVEL_UNKNOWN);
  g_assert_cmpint (yihu_service_level_get_mean_wait_ms (&level), ==, YIHU_SERVICE_LEVEL_UNKNOWN);

  yihu_service_level_add (&level, RING, RING + 15 * SECOND, 15 * SECOND);
  yihu_service_level_add (&level, RING, RING + 15 * SECOND + 1, 15 * SECOND);
  yihu_service_level_add (&level, RING, 0, 15 * SECOND);
  g_assert_cmpint (level.n_answered, ==, 2);
  g_assert_cmpint (level.n_in_time, ==, 1);
  g_assert_cmpint (level.n_missed, ==, 1);
  g_assert_cmpint (yihu_service_level_get_share_bp (&level), ==, 3333);
  g_assert_cmpint (yihu_service_level_get_mean_wait_ms (&level), ==, 15000);

  /* A clock that was set back between ringing and answering gives no negative wait. */
  yihu_service_level_add (&level, RING, RING - SECOND, 15 * SECOND);
  g_assert_cmpint (level.wait_us, ==, 30 * SECOND + 1);
  g_assert_cmpint (level.n_in_time, ==, 2);
}

static void
test_missed_calls_alone (void)
{
  YihuServiceLevel level = { 0 };

  yihu_service_level_add (&level, RING, 0, 15 * SECOND);
  g_assert_cmpint (yihu_service_level_get_share_bp (&level), ==, 0);
  g_assert_cmpint (yihu_service_level_get_mean_wait_ms (&level), ==, YIHU_SERVICE_LEVEL_UNKNOWN);
}

/* Seats for calls an hour and a handling time; targets as share and seconds. */
static const struct
{
  YihuLoad load;
  guint seats[5]; /* 80/20, 90/10, 90/15 and 95/20, 95/15, 97.5/60 and 99/180 */
} plans[] = {
  { { 98.6, 240 }, { 10, 11, 12, 12, 12 } }, { { 148, 240 }, { 14, 15, 16, 16, 16 } },
  { { 822, 240 }, { 61, 65, 66, 66, 64 } },  { { 1233, 240 }, { 90, 94, 95, 96, 92 } },
  { { 1233, 180 }, { 68, 72, 72, 73, 69 } }, { { 2466, 240 }, { 173, 180, 180, 181, 175 } },
};

static void
test_seats_needed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (plans); i++)
    {
      YihuLoad load = plans[i].load;
      guint seats[] = {
        yihu_load_get_seats_needed (load, 0.80, 20),
        yihu_load_get_seats_needed (load, 0.90, 10),
        MAX (yihu_load_get_seats_needed (load, 0.90, 15),
             yihu_load_get_seats_needed (load, 0.95, 20)),
        yihu_load_get_seats_needed (load, 0.95, 15),
        MAX (yihu_load_get_seats_needed (load, 0.975, 60),
             yihu_load_get_seats_needed (load, 0.99, 180)),
      };

      for (guint j = 0; j < G_N_ELEMENTS (seats); j++)
        g_assert_cmpuint (seats[j], ==, plans[i].seats[j]);
    }
}

/* 1233 calls an hour of 240 s: seats, answered in 15 s in tenths of a percent, mean wait in tenths
 * of a second. */
static void
test_waits (void)
{
  static const struct
  {
    guint n_seats;
    long permille;
    long wait_ds;
  } rows[] = { { 83, 147, 2690 }, { 85, 435, 577 }, { 88, 707, 174 }, { 90, 816, 92 },
               { 92, 887, 51 },   { 95, 949, 21 },  { 100, 988, 5 } };
  YihuLoad load = { 1233, 240 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      double share = yihu_load_get_share_within (load, rows[i].n_seats, 15);

      g_assert_cmpint (lround (share * 1000), ==, rows[i].permille);
      g_assert_cmpint (lround (yihu_load_get_mean_wait_s (load, rows[i].n_seats) * 10), ==,
                       rows[i].wait_ds);
    }
}

static void
test_edges (void)
{
  YihuLoad nothing = { 0, 240 };
  YihuLoad heavy = { 1233, 240 };

  g_assert_cmpfloat_with_epsilon (yihu_load_get_erlangs (heavy), 82.2, 1e-9);
  g_assert_cmpfloat (yihu_erlang_c (0, 5), ==, 0);
  g_assert_cmpfloat (yihu_erlang_c (5, 5), ==, 1);
  g_assert_cmpfloat_with_epsilon (yihu_erlang_c (0.5, 1), 0.5, 1e-12);
  g_assert_cmpfloat (yihu_load_get_share_within (nothing, 0, 15), ==, 1);
  g_assert_cmpfloat (yihu_load_get_mean_wait_s (nothing, 1), ==, 0);
  g_assert_cmpfloat (yihu_load_get_share_within (heavy, 82, 15), ==, 0);
  g_assert_true (isinf (yihu_load_get_mean_wait_s (heavy, 82)));
  g_assert_cmpuint (yihu_load_get_seats_needed (nothing, 0.95, 15), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/service-level/share", test_share_rounds_half_up_once);
  g_test_add_func ("/rules/service-level/sums", test_sums);
  g_test_add_func ("/rules/service-level/missed", test_missed_calls_alone);
  g_test_add_func ("/rules/service-level/seats-needed", test_seats_needed);
  g_test_add_func ("/rules/service-level/waits", test_waits);
  g_test_add_func ("/rules/service-level/edges", test_edges);
  return g_test_run ();
}
