/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The figures of the wall against docs/figures.md: a made day of calls and orders with each edge of
 * each definition, counted for the city and for one county. */

#include "base/error.h"
#include "server/work/figures.h"
#include "store/sqlite/sqlite-store.h"

#include <glib/gstdio.h>

/* 2026-11-21 10:30 in Shanghai */
#define NOW G_GINT64_CONSTANT (1795228200000000)
#define MINUTE G_TIME_SPAN_MINUTE
#define SECOND G_TIME_SPAN_SECOND
#define MIDNIGHT (NOW - 10 * G_TIME_SPAN_HOUR - 30 * MINUTE)
#define WEST G_GINT64_CONSTANT (210802001001)
#define EAST G_GINT64_CONSTANT (210803001001)

typedef struct
{
  char *directory;
  YihuStore *store;
  guint n;
} Fixture;

static void
put (Fixture *self, gpointer record)
{
  g_autoptr (YihuRecord) owned = record;
  g_autoptr (GError) error = NULL;

  owned->version = 1;
  yihu_store_put_record (self->store, owned, &error);
  g_assert_no_error (error);
}

static char *
next_id (Fixture *self)
{
  return g_strdup_printf ("id-%u", ++self->n);
}

static YihuCall *
add_call (Fixture *self, gint64 ring, gint64 answer, gint64 end, YihuCallState state)
{
  g_autofree char *id = next_id (self);
  YihuCall *call = yihu_call_new (id);

  call->record.division = WEST;
  call->ring_at_us = ring;
  call->answer_at_us = answer;
  call->end_at_us = end;
  call->state = state;
  put (self, yihu_call_ref (call));
  return call;
}

#define CALL(...) yihu_call_unref (add_call (self, __VA_ARGS__))

static void
add_order (Fixture *self,
           gint64 division,
           YihuOrderState state,
           gint64 placed,
           gint64 due,
           gint64 arrived,
           gint64 finished)
{
  g_autofree char *id = next_id (self);
  YihuOrder *order = yihu_order_new (id);

  order->record.division = division;
  order->item = g_strdup ("i1");
  order->state = state;
  order->placed_at_us = placed;
  order->due_at_us = due;
  order->finished_at_us = finished;
  put (self, order);
  if (arrived > 0)
    {
      g_autofree char *step_id = next_id (self);
      YihuOrderStep *step = yihu_order_step_new (step_id);

      step->service_order = g_strdup (id);
      step->verb = g_strdup ("arrive");
      step->at_us = arrived;
      put (self, step);
    }
}

static void
add_division (Fixture *self, gint64 code)
{
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, code);
  YihuDivision *division = yihu_division_new (id);

  division->record.division = code;
  division->name = g_strdup (id);
  division->level = yihu_division_code_get_level (code);
  put (self, division);
}

static void
add_seat (Fixture *self, const char *id, YihuSeatState state)
{
  YihuSeat *seat = yihu_seat_new (id);

  seat->state = state;
  put (self, seat);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  YihuServiceItem *item = yihu_service_item_new ("i1");

  self->directory = g_dir_make_tmp ("yihu-figures-XXXXXX", NULL);
  path = g_build_filename (self->directory, "yihu.db", NULL);
  self->store = yihu_sqlite_store_open (path, &error);
  g_assert_no_error (error);
  item->name = g_strdup ("Bath");
  item->category = YIHU_CATEGORY_BATHING;
  put (self, item);
  add_division (self, 210800000000);
  add_division (self, 210802000000);
  add_division (self, 210803000000);
  add_division (self, 210802001000);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "yihu.db", "yihu.db-wal", "yihu.db-shm" };

  g_clear_object (&self->store);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->directory, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (self->directory);
  g_free (self->directory);
}

static YihuFigures
count (Fixture *self, gint64 lo, gint64 hi)
{
  YihuFigures figures;
  g_autoptr (GError) error = NULL;

  yihu_figures_count (self->store, (YihuDivisionRange){ lo, hi }, NOW, NULL, &figures, &error);
  g_assert_no_error (error);
  return figures;
}

static YihuFigures
count_city (Fixture *self)
{
  return count (self, 210800000000, 210900000000);
}

static void
test_calls (Fixture *self, gconstpointer data)
{
  YihuFigures figures;

  CALL (MIDNIGHT, MIDNIGHT + 15 * SECOND, MIDNIGHT + MINUTE, YIHU_CALL_CLOSED); /* just in time */
  CALL (MIDNIGHT + MINUTE, MIDNIGHT + MINUTE + 15 * SECOND + 1, 0, YIHU_CALL_TALKING);
  CALL (NOW - 30 * SECOND, 0, NOW - 10 * SECOND, YIHU_CALL_MISSED);
  CALL (NOW - 40 * SECOND, 0, 0, YIHU_CALL_QUEUED);
  CALL (NOW - 20 * SECOND, 0, 0, YIHU_CALL_RINGING);
  CALL (MIDNIGHT - 1, MIDNIGHT + SECOND, MIDNIGHT + MINUTE, YIHU_CALL_CLOSED); /* yesterday's */
  CALL (NOW - 24 * G_TIME_SPAN_HOUR - SECOND, NOW, NOW, YIHU_CALL_CLOSED);
  CALL (NOW - 24 * G_TIME_SPAN_HOUR + SECOND, NOW, NOW, YIHU_CALL_CLOSED); /* later in the day */
  CALL (MIDNIGHT - 24 * G_TIME_SPAN_HOUR - 1, 0, 0, YIHU_CALL_CLOSED); /* before yesterday */

  figures = count_city (self);
  g_assert_cmpint (figures.at_us, ==, NOW);
  g_assert_cmpint (figures.calls_today, ==, 5);
  g_assert_cmpint (figures.calls_yesterday, ==, 1);
  g_assert_cmpint (figures.answered_today, ==, 2);
  g_assert_cmpint (figures.answered_in_15_s_today, ==, 1);
  g_assert_cmpint (figures.missed_today, ==, 1);
  g_assert_cmpint (figures.mean_wait_ms, ==, 15000);
  g_assert_cmpint (figures.waiting, ==, 2);
  g_assert_cmpint (figures.longest_wait_ms, ==, 40000);
  g_assert_cmpint (figures.talking, ==, 1);
  g_assert_cmpint (figures.calls_by_hour[0], ==, 2);
  g_assert_cmpint (figures.calls_by_hour[10], ==, 3);
  g_assert_cmpint (figures.calls_by_hour_yesterday[23], ==, 1);
  g_assert_cmpint (figures.calls_by_hour_yesterday[10], ==, 2);
  g_assert_cmpint (count (self, 210803000000, 210804000000).calls_today, ==, 0);
}

static void
test_urgent (Fixture *self, gconstpointer data)
{
  static const YihuCallState states[] = { YIHU_CALL_QUEUED, YIHU_CALL_WRAPUP, YIHU_CALL_CLOSED,
                                          YIHU_CALL_MISSED };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      YihuCall *call = add_call (self, NOW - MINUTE, 0, 0, states[i]);

      call->urgency = YIHU_URGENCY_URGENT;
      put (self, call);
    }
  g_assert_cmpint (count_city (self).urgent_calls, ==, 2);
}

static void
test_orders (Fixture *self, gconstpointer data)
{
  const gint64 early = NOW - 60 * MINUTE;
  const gint64 late = NOW + 60 * MINUTE;
  YihuFigures figures;

  add_order (self, WEST, YIHU_ORDER_PLACED, early, late, 0, 0);
  add_order (self, WEST, YIHU_ORDER_PLACED, early, NOW - 1, 0, 0); /* late */
  add_order (self, EAST, YIHU_ORDER_ACCEPTED, MIDNIGHT - 1, NOW - 1, 0, 0); /* late, yesterday's */
  add_order (self, EAST, YIHU_ORDER_ARRIVED, early, NOW - 1, NOW, 0); /* came late; not late now */
  add_order (self, EAST, YIHU_ORDER_STARTED, early, 0, NOW, 0);
  add_order (self, WEST, YIHU_ORDER_FINISHED, early, NOW, NOW, NOW); /* on time */
  add_order (self, WEST, YIHU_ORDER_APPROVED, early, 0, NOW, NOW); /* on time: none asked */
  add_order (self, WEST, YIHU_ORDER_RETURNED, early, NOW - 1, NOW, NOW); /* came late */
  add_order (self, WEST, YIHU_ORDER_APPROVED, MIDNIGHT - 2, 0, 0, MIDNIGHT - 1); /* yesterday */
  add_order (self, WEST, YIHU_ORDER_CANCELLED, early, NOW - 1, 0, 0);

  figures = count_city (self);
  g_assert_cmpint (figures.open_orders, ==, 5);
  g_assert_cmpint (figures.late_orders, ==, 2);
  g_assert_cmpint (figures.orders_by_category[YIHU_CATEGORY_BATHING], ==, 8);
  g_assert_cmpuint (figures.n_divisions, ==, 2);
  g_assert_cmpint (figures.divisions[0].division, ==, 210802000000);
  g_assert_cmpint (figures.divisions[0].open_orders, ==, 2);
  g_assert_cmpint (figures.divisions[0].late_orders, ==, 1);
  g_assert_cmpint (figures.divisions[0].on_time_percent, ==, 66);
  g_assert_cmpint (figures.divisions[1].open_orders, ==, 3);
  g_assert_cmpint (figures.divisions[1].late_orders, ==, 1);
  g_assert_cmpint (figures.divisions[1].on_time_percent, ==, -1);

  figures = count (self, 210802000000, 210803000000);
  g_assert_cmpint (figures.open_orders, ==, 2);
  g_assert_cmpuint (figures.n_divisions, ==, 1); /* its streets */
  g_assert_cmpint (figures.divisions[0].division, ==, 210802001000);
}

static void
test_seats (Fixture *self, gconstpointer data)
{
  YihuFigures figures;

  add_seat (self, "01", YIHU_SEAT_READY);
  add_seat (self, "02", YIHU_SEAT_BUSY);
  add_seat (self, "03", YIHU_SEAT_AWAY);
  add_seat (self, "04", YIHU_SEAT_OFFLINE);
  figures = count_city (self);
  g_assert_cmpint (figures.seats_ready, ==, 1);
  g_assert_cmpint (figures.seats_online, ==, 3);
}

#define ADD(name, func) g_test_add ("/server/figures/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("calls", test_calls);
  ADD ("urgent", test_urgent);
  ADD ("orders", test_orders);
  ADD ("seats", test_seats);
  return g_test_run ();
}
