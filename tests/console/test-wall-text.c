/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the wall says of its figures, the order of events and districts, the scale of charts. */

#include <glib.h>
#include <math.h>
#include <string.h>

#include "console/wall/chart-pen.h"
#include "console/wall/wall-districts.h"
#include "console/wall/wall-events.h"
#include "console/wall/wall-map.h"
#include "console/wall/wall-window.h"
#include "sample-city.h"

static void
assert_text (YihuWallFigure which,
             const YihuFigures *figures,
             const char *value,
             const char *unit,
             const char *note,
             YihuWallTone tone)
{
  g_auto (YihuWallText) text = { 0 };

  yihu_wall_text_init (&text, which, figures);
  g_assert_cmpstr (text.value, ==, value);
  g_assert_cmpstr (text.unit, ==, unit);
  g_assert_cmpstr (text.note, ==, note);
  g_assert_cmpint (text.tone, ==, tone);
}

static void
test_usual (void)
{
  YihuFigures figures;

  yihu_sample_figures (&figures);
  assert_text (YIHU_WALL_CALLS, &figures, "4,508", "", "By this time yesterday 4,338  ▲ 3.9%",
               YIHU_WALL_TONE_PLAIN);
  assert_text (YIHU_WALL_ANSWERED, &figures, "97.4", "%", "✓ target 80% · connected 98.8%",
               YIHU_WALL_TONE_GOOD);
  assert_text (YIHU_WALL_WAIT, &figures, "6", "s", "Waiting 5 · longest 52 s",
               YIHU_WALL_TONE_PLAIN);
  assert_text (YIHU_WALL_ORDERS, &figures, "927", "", "▲ 12 late", YIHU_WALL_TONE_NOTE);
  assert_text (YIHU_WALL_URGENT, &figures, "3", "calls", "Talking 12 · missed today 51",
               YIHU_WALL_TONE_ACT);
}

/* "No data" and "no calls" are different news. */
static void
test_nothing (void)
{
  YihuFigures none = { 0 };

  for (int i = 0; i < YIHU_WALL_N_TILES; i++)
    assert_text (i, NULL, "—", "", "No data yet", YIHU_WALL_TONE_PLAIN);
  assert_text (YIHU_WALL_CALLS, &none, "0", "", "None by this time yesterday",
               YIHU_WALL_TONE_PLAIN);
  assert_text (YIHU_WALL_ANSWERED, &none, "—", "", "No finished call yet · target 80%",
               YIHU_WALL_TONE_PLAIN);
  assert_text (YIHU_WALL_WAIT, &none, "—", "", "Nobody is waiting", YIHU_WALL_TONE_PLAIN);
  assert_text (YIHU_WALL_ORDERS, &none, "0", "", "✓ None late", YIHU_WALL_TONE_PLAIN);
  assert_text (YIHU_WALL_URGENT, &none, "0", "calls", "Talking 0 · missed today 0",
               YIHU_WALL_TONE_PLAIN);
}

static void
test_edges (void)
{
  YihuFigures figures = {
    .answered_today = 1000, .answered_in_15_s_today = 799, .calls_today = 10, .calls_yesterday = 10
  };

  assert_text (YIHU_WALL_ANSWERED, &figures, "79.9", "%", "▼ below 80% · connected 100.0%",
               YIHU_WALL_TONE_WARN);
  assert_text (YIHU_WALL_CALLS, &figures, "10", "", "By this time yesterday 10, the same",
               YIHU_WALL_TONE_PLAIN);
  figures.answered_in_15_s_today = 800;
  assert_text (YIHU_WALL_ANSWERED, &figures, "80.0", "%", "✓ target 80% · connected 100.0%",
               YIHU_WALL_TONE_GOOD);
  figures.calls_today = G_MAXINT64;
  figures.calls_yesterday = 1;
  assert_text (YIHU_WALL_CALLS, &figures, "9,223,372,036,854,775,807", "",
               "By this time yesterday 1  ▲ tenfold or more", YIHU_WALL_TONE_PLAIN);
  figures.mean_wait_ms = 99999;
  assert_text (YIHU_WALL_WAIT, &figures, "100", "s", "Nobody is waiting", YIHU_WALL_TONE_PLAIN);
  figures.mean_wait_ms = 754000;
  assert_text (YIHU_WALL_WAIT, &figures, "12:34", "min", "Nobody is waiting", YIHU_WALL_TONE_PLAIN);
}

/* 100.0 % is said only where it is all of them. */
static void
test_percent (void)
{
  static const struct
  {
    gint64 part;
    gint64 whole;
    const char *text;
  } cases[] = {
    { 0, 0, "—" },    { 0, 5, "0.0" },           { 5, 5, "100.0" },
    { 2, 3, "66.6" }, { 99999, 100000, "99.9" }, { 7, 5, "100.0" },
    { -1, 5, "0.0" }, { 986, 1000, "98.6" },     { 1, G_MAXINT64, "0.0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = yihu_wall_percent_text (cases[i].part, cases[i].whole);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_step (void)
{
  static const gint64 highest[] = { 0, 1, 4, 5, 9, 702, 800, 801, 123456, G_MAXINT64 / 8 };

  g_assert_cmpint (yihu_chart_round_step (0, 4), ==, 1);
  g_assert_cmpint (yihu_chart_round_step (4, 4), ==, 1);
  g_assert_cmpint (yihu_chart_round_step (5, 4), ==, 2);
  g_assert_cmpint (yihu_chart_round_step (702, 4), ==, 200);
  g_assert_cmpint (yihu_chart_round_step (801, 4), ==, 500);
  g_assert_cmpint (yihu_chart_round_step (123456, 4), ==, 50000);
  for (guint i = 0; i < G_N_ELEMENTS (highest); i++)
    g_assert_cmpint (yihu_chart_round_step (highest[i], 4), >=, highest[i] / 4);
}

static YihuCall *
make_call (const char *id, YihuUrgency urgency, YihuCallState state, gint64 ring_at_us)
{
  YihuCall *call = yihu_call_new (id);

  call->elder = g_strdup ("elder-7");
  call->number = g_strdup ("+8613800138007");
  call->note = g_strdup ("王秀英胸闷");
  call->urgency = urgency;
  call->state = state;
  call->ring_at_us = ring_at_us;
  call->end_at_us = state >= YIHU_CALL_CLOSED ? ring_at_us + 5 : 0;
  return call;
}

static void
put_call (YihuWallEvents *events,
          const char *id,
          YihuUrgency urgency,
          YihuCallState state,
          gint64 ring_at_us)
{
  g_autoptr (YihuCall) call = make_call (id, urgency, state, ring_at_us);

  yihu_wall_events_put_call (events, call, "站前区");
}

static void
assert_order (YihuWallEvents *events, const char *ids)
{
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < yihu_wall_events_get_n (events); i++)
    g_string_append (found, yihu_wall_events_peek (events, i)->id);
  g_assert_cmpstr (found->str, ==, ids);
}

static void
test_events (void)
{
  g_autoptr (YihuWallEvents) events = yihu_wall_events_new ();

  put_call (events, "a", YIHU_URGENCY_GENERAL, YIHU_CALL_CLOSED, 100);
  put_call (events, "b", YIHU_URGENCY_URGENT, YIHU_CALL_TALKING, 50);
  put_call (events, "c", YIHU_URGENCY_QUERY, YIHU_CALL_MISSED, 200);
  put_call (events, "d", YIHU_URGENCY_URGENT, YIHU_CALL_QUEUED, 20);
  /* Emergencies first, who waits longest on top; then the newest. */
  assert_order (events, "dbca");
  g_assert_cmpuint (yihu_wall_events_count_burning (events), ==, 2);
  g_assert_cmpint (yihu_wall_events_peek (events, 0)->tone, ==, YIHU_WALL_TONE_ACT);
  g_assert_cmpint (yihu_wall_events_peek (events, 2)->tone, ==, YIHU_WALL_TONE_WARN);

  put_call (events, "d", YIHU_URGENCY_URGENT, YIHU_CALL_CLOSED, 20);
  assert_order (events, "bcad");
  yihu_wall_events_remove (events, "b");
  yihu_wall_events_remove (events, "nobody");
  assert_order (events, "cad");
  yihu_wall_events_clear (events);
  assert_order (events, "");
}

static void
test_order_events (void)
{
  g_autoptr (YihuWallEvents) events = yihu_wall_events_new ();
  g_autoptr (YihuOrder) order = yihu_order_new ("o");
  g_autoptr (YihuOrder) later = NULL;

  order->state = YIHU_ORDER_PLACED;
  yihu_wall_events_put_order (events, order, YIHU_CATEGORY_MEALS, "西市区", 10);
  g_assert_cmpstr (yihu_wall_events_peek (events, 0)->kind, ==, "Order · Meals");
  /* A change that leaves the state as it is is no news. */
  yihu_wall_events_put_order (events, order, YIHU_CATEGORY_MEALS, "西市区", 99);
  g_assert_cmpint (yihu_wall_events_peek (events, 0)->at_us, ==, 10);
  later = yihu_record_dup (order);
  later->state = YIHU_ORDER_FINISHED;
  yihu_wall_events_put_order (events, later, -1, "西市区", 99);
  g_assert_cmpint (yihu_wall_events_peek (events, 0)->at_us, ==, 99);
  g_assert_cmpstr (yihu_wall_events_peek (events, 0)->kind, ==, "Order");
  g_assert_cmpuint (yihu_wall_events_get_n (events), ==, 1);
}

static void
test_events_are_bounded (void)
{
  g_autoptr (YihuWallEvents) events = yihu_wall_events_new ();

  for (int i = 0; i < 3 * YIHU_WALL_EVENTS_MAX; i++)
    {
      g_autofree char *id = g_strdup_printf ("%d", i);
      put_call (events, id, YIHU_URGENCY_GENERAL, YIHU_CALL_CLOSED, 1000 + i);
    }
  g_assert_cmpuint (yihu_wall_events_get_n (events), ==, YIHU_WALL_EVENTS_MAX);
  g_assert_cmpstr (yihu_wall_events_peek (events, 0)->id, ==, "599");
}

/* Visitors stand before the wall: nothing of an event leads to a person. */
static void
test_events_name_nobody (void)
{
  g_autoptr (YihuWallEvents) events = yihu_wall_events_new ();
  const YihuWallEvent *event;
  g_autofree char *shown = NULL;

  put_call (events, "call-1", YIHU_URGENCY_URGENT, YIHU_CALL_TALKING, 1);
  event = yihu_wall_events_peek (events, 0);
  shown = g_strjoin ("|", event->kind, event->place, event->state, NULL);
  g_assert_null (strstr (shown, "王"));
  g_assert_null (strstr (shown, "138"));
  g_assert_null (strstr (shown, "elder"));
  g_assert_cmpstr (shown, ==, "Call · Urgent|站前区|Talking");
}

static void
test_blur (void)
{
  YihuGeoPoint door = { 40.6704, 122.2352 };
  YihuGeoPoint neighbour = { 40.6702, 122.2358 };
  YihuGeoPoint shown = yihu_wall_map_blur (door);
  YihuGeoPoint again = yihu_wall_map_blur (neighbour);

  g_assert_cmpfloat (shown.lat, ==, again.lat);
  g_assert_cmpfloat (shown.lon, ==, again.lon);
  g_assert_cmpfloat (yihu_geo_point_distance_m (door, shown), <, 300);
}

static void
test_districts (void)
{
  YihuDivisionFigures divisions[] = {
    { 1, 10, 0, -1 }, { 2, 5, 0, 80 }, { 3, 5, 4, 99 }, { 4, 20, 0, -1 }, { 5, 5, 0, 80 },
  };
  static const gint64 wanted[] = { 3, 2, 5, 4, 1 };

  yihu_wall_districts_rank (divisions, G_N_ELEMENTS (divisions));
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_cmpint (divisions[i].division, ==, wanted[i]);
}

/* The wall looks alike on each screen. */
static void
test_em (void)
{
  g_assert_cmpfloat (fabs (yihu_wall_window_measure_em (1920, 1080) - 24), <, 0.001);
  g_assert_cmpfloat (fabs (yihu_wall_window_measure_em (1280, 720) - 16), <, 0.001);
  g_assert_cmpfloat (fabs (yihu_wall_window_measure_em (3840, 2160) - 48), <, 0.001);
  /* A narrow window follows its width, an absurd one stays readable. */
  g_assert_cmpfloat (fabs (yihu_wall_window_measure_em (1280, 1024) - 16), <, 0.001);
  g_assert_cmpfloat (yihu_wall_window_measure_em (1, 1), >=, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wall/text/usual", test_usual);
  g_test_add_func ("/wall/text/nothing", test_nothing);
  g_test_add_func ("/wall/text/edges", test_edges);
  g_test_add_func ("/wall/text/percent", test_percent);
  g_test_add_func ("/wall/chart/step", test_step);
  g_test_add_func ("/wall/events/order", test_events);
  g_test_add_func ("/wall/events/orders", test_order_events);
  g_test_add_func ("/wall/events/bounded", test_events_are_bounded);
  g_test_add_func ("/wall/events/nobody", test_events_name_nobody);
  g_test_add_func ("/wall/map/blur", test_blur);
  g_test_add_func ("/wall/districts/rank", test_districts);
  g_test_add_func ("/wall/em", test_em);
  return g_test_run ();
}
