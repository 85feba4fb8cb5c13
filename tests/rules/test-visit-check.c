/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The automatic verification of visits: every answer, one unit on each side of each limit. */

#include "rules/visit-check.h"

/* A metre of latitude on the sphere of yihu_geo_point_distance_m(), in degrees. */
#define METRE (180 / (G_PI * 6371008.8))
#define LAT 40.667
#define LON 122.235
#define START G_GINT64_CONSTANT (1750000000000000)
#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTES(n) (START + (n) *60 * SECOND)

static const struct
{
  const char *what;
  YihuVisit visit;
  YihuFinding findings[YIHU_VISIT_N_FINDINGS];
  YihuSeverity severity;
} cases[] = {
  { "as it should be",
    { { LAT, LON }, { LAT, LON }, START, MINUTES (60), 60 },
    { { YIHU_FINDING_POSITION_NEAR, YIHU_SEVERITY_OK, 0, 200 },
      { YIHU_FINDING_LONG_ENOUGH, YIHU_SEVERITY_OK, 3600, 2160 } },
    YIHU_SEVERITY_OK },
  { "exactly at both limits",
    { { LAT, LON }, { LAT + 200 * METRE, LON }, START, MINUTES (36), 60 },
    { { YIHU_FINDING_POSITION_NEAR, YIHU_SEVERITY_OK, 200, 200 },
      { YIHU_FINDING_LONG_ENOUGH, YIHU_SEVERITY_OK, 2160, 2160 } },
    YIHU_SEVERITY_OK },
  { "200.4 m is printed as 200",
    { { LAT, LON }, { LAT - 200.4 * METRE, LON }, START, MINUTES (36), 60 },
    { { YIHU_FINDING_POSITION_NEAR, YIHU_SEVERITY_OK, 200, 200 },
      { YIHU_FINDING_LONG_ENOUGH, YIHU_SEVERITY_OK, 2160, 2160 } },
    YIHU_SEVERITY_OK },
  { "one metre too far, one second too short",
    { { LAT, LON }, { LAT + 201 * METRE, LON }, START, MINUTES (36) - SECOND, 60 },
    { { YIHU_FINDING_POSITION_FAR, YIHU_SEVERITY_ALARM, 201, 200 },
      { YIHU_FINDING_TOO_SHORT, YIHU_SEVERITY_DOUBT, 2159, 2160 } },
    YIHU_SEVERITY_ALARM },
  { "a fraction of a second too short",
    { { LAT, LON }, { LAT, LON }, START, MINUTES (36) - 1, 60 },
    { { YIHU_FINDING_POSITION_NEAR, YIHU_SEVERITY_OK, 0, 200 },
      { YIHU_FINDING_TOO_SHORT, YIHU_SEVERITY_DOUBT, 2159, 2160 } },
    YIHU_SEVERITY_DOUBT },
  { "checked in without a position",
    { { LAT, LON }, { 0, 0 }, START, MINUTES (60), 60 },
    { { YIHU_FINDING_NO_POSITION, YIHU_SEVERITY_DOUBT, 0, 200 },
      { YIHU_FINDING_LONG_ENOUGH, YIHU_SEVERITY_OK, 3600, 2160 } },
    YIHU_SEVERITY_DOUBT },
  { "the address has no position",
    { { 0, 0 }, { LAT, LON }, START, MINUTES (60), 60 },
    { { YIHU_FINDING_NO_ADDRESS_POSITION, YIHU_SEVERITY_DOUBT, 0, 200 },
      { YIHU_FINDING_LONG_ENOUGH, YIHU_SEVERITY_OK, 3600, 2160 } },
    YIHU_SEVERITY_DOUBT },
  { "no positions at all: the missing check-in is named",
    { { 0, 0 }, { 0, 0 }, START, MINUTES (60), 60 },
    { { YIHU_FINDING_NO_POSITION, YIHU_SEVERITY_DOUBT, 0, 200 },
      { YIHU_FINDING_LONG_ENOUGH, YIHU_SEVERITY_OK, 3600, 2160 } },
    YIHU_SEVERITY_DOUBT },
  { "never started",
    { { LAT, LON }, { LAT, LON }, 0, MINUTES (60), 60 },
    { { YIHU_FINDING_POSITION_NEAR, YIHU_SEVERITY_OK, 0, 200 },
      { YIHU_FINDING_NO_TIMES, YIHU_SEVERITY_DOUBT, 0, 2160 } },
    YIHU_SEVERITY_DOUBT },
  { "never finished",
    { { LAT, LON }, { LAT, LON }, START, 0, 60 },
    { { YIHU_FINDING_POSITION_NEAR, YIHU_SEVERITY_OK, 0, 200 },
      { YIHU_FINDING_NO_TIMES, YIHU_SEVERITY_DOUBT, 0, 2160 } },
    YIHU_SEVERITY_DOUBT },
  { "finished before it was started",
    { { LAT, LON }, { LAT, LON }, MINUTES (1), START, 60 },
    { { YIHU_FINDING_POSITION_NEAR, YIHU_SEVERITY_OK, 0, 200 },
      { YIHU_FINDING_TIMES_REVERSED, YIHU_SEVERITY_ALARM, -60, 2160 } },
    YIHU_SEVERITY_ALARM },
  { "an item without usual duration",
    { { LAT, LON }, { LAT, LON }, START, START, 0 },
    { { YIHU_FINDING_POSITION_NEAR, YIHU_SEVERITY_OK, 0, 200 },
      { YIHU_FINDING_LONG_ENOUGH, YIHU_SEVERITY_OK, 0, 0 } },
    YIHU_SEVERITY_OK },
  { "60 % of one minute",
    { { LAT, LON }, { LAT, LON }, START, START + 36 * SECOND, 1 },
    { { YIHU_FINDING_POSITION_NEAR, YIHU_SEVERITY_OK, 0, 200 },
      { YIHU_FINDING_LONG_ENOUGH, YIHU_SEVERITY_OK, 36, 36 } },
    YIHU_SEVERITY_OK },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      YihuFinding findings[YIHU_VISIT_N_FINDINGS];

      g_test_message ("%s", cases[i].what);
      yihu_visit_check (&cases[i].visit, findings);
      for (guint j = 0; j < YIHU_VISIT_N_FINDINGS; j++)
        {
          const YihuFinding *expected = &cases[i].findings[j];

          g_assert_cmpstr (yihu_finding_code_get_nick (findings[j].code), ==,
                           yihu_finding_code_get_nick (expected->code));
          g_assert_cmpint (findings[j].severity, ==, expected->severity);
          g_assert_cmpint (findings[j].measured, ==, expected->measured);
          g_assert_cmpint (findings[j].allowed, ==, expected->allowed);
        }
      g_assert_cmpint (yihu_findings_get_severity (findings, YIHU_VISIT_N_FINDINGS), ==,
                       cases[i].severity);
    }
}

/* A longer visit is never graver, a farther one never milder. */
static void
test_monotone (void)
{
  YihuVisit visit = { { LAT, LON }, { LAT, LON }, START, START, 45 };
  YihuFinding findings[YIHU_VISIT_N_FINDINGS];
  YihuSeverity where = YIHU_SEVERITY_OK;
  YihuSeverity how_long = YIHU_SEVERITY_ALARM;

  for (guint i = 0; i < 4000; i++)
    {
      visit.check_in.lon = LON + i * METRE / 4;
      visit.finished_at_us = START + i * SECOND;
      yihu_visit_check (&visit, findings);
      g_assert_cmpint (findings[0].severity, >=, where);
      g_assert_cmpint (findings[1].severity, <=, how_long);
      where = findings[0].severity;
      how_long = findings[1].severity;
    }
  g_assert_cmpint (where, ==, YIHU_SEVERITY_ALARM);
  g_assert_cmpint (how_long, ==, YIHU_SEVERITY_OK);
}

static void
test_nicks_are_distinct (void)
{
  for (int i = 0; i <= YIHU_FINDING_TIMES_REVERSED; i++)
    for (int j = 0; j < i; j++)
      g_assert_cmpstr (yihu_finding_code_get_nick (i), !=, yihu_finding_code_get_nick (j));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/visit-check/table", test_table);
  g_test_add_func ("/rules/visit-check/monotone", test_monotone);
  g_test_add_func ("/rules/visit-check/nicks", test_nicks_are_distinct);
  return g_test_run ();
}
