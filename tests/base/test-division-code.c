/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Division codes: forms, levels, parents, ranges; places without counties. */

#include "base/division-code.h"

#define COMMUNITY G_GINT64_CONSTANT (210802001003)
#define STREET G_GINT64_CONSTANT (210802001000)
#define COUNTY G_GINT64_CONSTANT (210802000000)
#define CITY G_GINT64_CONSTANT (210800000000)
#define PROVINCE G_GINT64_CONSTANT (210000000000)

static void
test_parse (void)
{
  static const char *const wrong[] = {
    "",   "2",    "210", "21080", "2108020010030", "x",  "21080200a",
    "00", "0108", "-2",  " 21",   "21 ",           "+1", "2108020010031234"
  };

  g_assert_cmpint (yihu_division_code_parse ("21"), ==, PROVINCE);
  g_assert_cmpint (yihu_division_code_parse ("2108"), ==, CITY);
  g_assert_cmpint (yihu_division_code_parse ("210802"), ==, COUNTY);
  g_assert_cmpint (yihu_division_code_parse ("210802001"), ==, STREET);
  g_assert_cmpint (yihu_division_code_parse ("210802001003"), ==, COMMUNITY);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_cmpint (yihu_division_code_parse (wrong[i]), ==, 0);
  g_assert_cmpint (yihu_division_code_parse (NULL), ==, 0);
}

static void
test_level (void)
{
  g_assert_cmpint (yihu_division_code_get_level (0), ==, YIHU_DIVISION_LEVEL_NONE);
  g_assert_cmpint (yihu_division_code_get_level (-1), ==, YIHU_DIVISION_LEVEL_NONE);
  g_assert_cmpint (yihu_division_code_get_level (1000000000000), ==, YIHU_DIVISION_LEVEL_NONE);
  g_assert_cmpint (yihu_division_code_get_level (PROVINCE), ==, YIHU_DIVISION_LEVEL_PROVINCE);
  g_assert_cmpint (yihu_division_code_get_level (CITY), ==, YIHU_DIVISION_LEVEL_CITY);
  g_assert_cmpint (yihu_division_code_get_level (COUNTY), ==, YIHU_DIVISION_LEVEL_COUNTY);
  g_assert_cmpint (yihu_division_code_get_level (STREET), ==, YIHU_DIVISION_LEVEL_STREET);
  g_assert_cmpint (yihu_division_code_get_level (COMMUNITY), ==, YIHU_DIVISION_LEVEL_COMMUNITY);
}

static void
test_parent (void)
{
  g_assert_cmpint (yihu_division_code_get_parent (COMMUNITY, YIHU_DIVISION_LEVEL_STREET), ==,
                   STREET);
  g_assert_cmpint (yihu_division_code_get_parent (COMMUNITY, YIHU_DIVISION_LEVEL_COUNTY), ==,
                   COUNTY);
  g_assert_cmpint (yihu_division_code_get_parent (COMMUNITY, YIHU_DIVISION_LEVEL_CITY), ==, CITY);
  g_assert_cmpint (yihu_division_code_get_parent (COMMUNITY, YIHU_DIVISION_LEVEL_PROVINCE), ==,
                   PROVINCE);
  g_assert_cmpint (yihu_division_code_get_parent (COMMUNITY, YIHU_DIVISION_LEVEL_NONE), ==, 0);
  g_assert_cmpint (yihu_division_code_get_parent (COMMUNITY, YIHU_DIVISION_LEVEL_COMMUNITY), ==,
                   COMMUNITY);
}

static void
test_ranges_nest (void)
{
  static const gint64 chain[] = { 0, PROVINCE, CITY, COUNTY, STREET, COMMUNITY };

  for (guint i = 0; i < G_N_ELEMENTS (chain); i++)
    {
      YihuDivisionRange range = yihu_division_code_get_range (chain[i]);

      g_assert_true (yihu_division_range_contains (range, chain[i]));
      g_assert_true (yihu_division_range_contains (range, COMMUNITY));
      g_assert_false (yihu_division_range_contains (range, range.hi));
      g_assert_false (yihu_division_range_contains (range, range.lo - 1));
      for (guint j = 0; j < G_N_ELEMENTS (chain); j++)
        g_assert_cmpint (yihu_division_range_includes (range,
                                                       yihu_division_code_get_range (chain[j])),
                         ==, j >= i);
    }
}

static void
test_borders (void)
{
  YihuDivisionRange county = yihu_division_code_get_range (COUNTY);
  YihuDivisionRange straddling = { COUNTY - 1, COUNTY + 1 };

  g_assert_cmpint (county.hi, ==, G_GINT64_CONSTANT (210803000000));
  g_assert_false (yihu_division_range_contains (county, G_GINT64_CONSTANT (210803000000)));
  g_assert_true (yihu_division_range_contains (county, G_GINT64_CONSTANT (210802999999)));
  g_assert_false (yihu_division_range_includes (county, straddling));
}

/* Dongguan has streets directly under the city. */
static void
test_city_without_counties (void)
{
  gint64 city = yihu_division_code_parse ("441900");
  gint64 street = yihu_division_code_parse ("441900003");

  g_assert_cmpint (yihu_division_code_get_level (city), ==, YIHU_DIVISION_LEVEL_CITY);
  g_assert_cmpint (yihu_division_code_get_level (street), ==, YIHU_DIVISION_LEVEL_STREET);
  g_assert_cmpint (yihu_division_code_get_parent (street, YIHU_DIVISION_LEVEL_COUNTY), ==, city);
  g_assert_true (yihu_division_range_contains (yihu_division_code_get_range (city), street));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/division-code/parse", test_parse);
  g_test_add_func ("/base/division-code/level", test_level);
  g_test_add_func ("/base/division-code/parent", test_parent);
  g_test_add_func ("/base/division-code/nest", test_ranges_nest);
  g_test_add_func ("/base/division-code/borders", test_borders);
  g_test_add_func ("/base/division-code/no-counties", test_city_without_counties);
  return g_test_run ();
}
