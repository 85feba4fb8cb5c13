/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The city's random numbers: known values (so that a city never changes by accident), ranges and
 * means; the telephone book never gives a number twice. */

#include "base/identifier.h"
#include "base/phone-number.h"
#include "city/phone-book.h"
#include "city/random.h"

#include <math.h>
#include <string.h>

static void
test_known_values (void)
{
  YihuRandom random = yihu_random_new (1, "test", 0);
  YihuRandom again = yihu_random_new (1, "test", 0);
  YihuRandom other = yihu_random_new (1, "test", 1);
  guint same = 0;

  /* SplitMix64 of its reference implementation, seed 0 */
  g_assert_cmphex (yihu_random_mix (0), ==, G_GUINT64_CONSTANT (0xe220a8397b1dcdaf));
  for (guint i = 0; i < 1000; i++)
    {
      guint32 value = yihu_random_next (&random);

      g_assert_cmpuint (value, ==, yihu_random_next (&again));
      same += value == yihu_random_next (&other);
    }
  g_assert_cmpuint (same, <, 3);
}

static void
test_distributions (void)
{
  YihuRandom random = yihu_random_new (7, "test", 0);
  double units = 0;
  double normals = 0;
  double squares = 0;
  double waits = 0;
  guint counts[7] = { 0 };
  const int n = 70000;

  for (int i = 0; i < n; i++)
    {
      double normal = yihu_random_normal (&random);

      units += yihu_random_unit (&random);
      normals += normal;
      squares += normal * normal;
      waits += yihu_random_exponential (&random);
      counts[yihu_random_below (&random, 7)]++;
    }
  g_assert_cmpfloat (fabs (units / n - 0.5), <, 0.01);
  g_assert_cmpfloat (fabs (normals / n), <, 0.02);
  g_assert_cmpfloat (fabs (squares / n - 1), <, 0.03);
  g_assert_cmpfloat (fabs (waits / n - 1), <, 0.02);
  for (guint i = 0; i < 7; i++)
    g_assert_cmpfloat (fabs (counts[i] - n / 7.0), <, 500);
}

static void
test_identifiers (void)
{
  YihuRandom random = yihu_random_new (7, "id", 0);
  g_autofree char *first = yihu_random_identifier (&random, 1738339200000000);
  g_autofree char *second = yihu_random_identifier (&random, 1738339200001000);

  g_assert_true (yihu_identifier_is_valid (first));
  g_assert_cmpstr (first, <, second);
}

static void
check_unique (char *(*make) (guint64 seed, guint64 index), guint length)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 20000; i++)
    {
      char *number = make (3, i);
      g_autofree char *normal = yihu_phone_number_normalize (number, "0417");

      g_assert_cmpuint (strlen (number), ==, length);
      g_assert_cmpstr (normal, ==, number);
      g_assert_true (g_hash_table_add (seen, number));
    }
}

static void
test_phone_book (void)
{
  check_unique (yihu_phone_book_landline, strlen ("+864172817331"));
  check_unique (yihu_phone_book_mobile, strlen ("+8613900000000"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/city/random/known-values", test_known_values);
  g_test_add_func ("/city/random/distributions", test_distributions);
  g_test_add_func ("/city/random/identifiers", test_identifiers);
  g_test_add_func ("/city/phone-book/unique", test_phone_book);
  return g_test_run ();
}
