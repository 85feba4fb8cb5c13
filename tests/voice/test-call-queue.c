/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The rules of the queue in virtual time. What the queue decides is kept as words: "offer a 03",
 * "withdraw a 03", "requeue a", "03 ready". */

#include "voice/queue/call-queue.h"

#include <string.h>

typedef struct
{
  YihuClock *clock;
  YihuCallQueue *queue;
  GString *log;
  const char *refuse_at_once; /* seat that refuses inside offer() */
} Fixture;

static void
add (Fixture *f, const char *format, const char *a, const char *b)
{
  if (f->log->len > 0)
    g_string_append (f->log, ", ");
  g_string_append_printf (f->log, "%s %s", format, a);
  if (b != NULL)
    g_string_append_printf (f->log, " %s", b);
}

static void
on_offer (gpointer data, const char *call, const char *seat)
{
  Fixture *f = data;

  add (f, "offer", call, seat);
  if (g_strcmp0 (f->refuse_at_once, seat) == 0)
    yihu_call_queue_refused (f->queue, call, TRUE);
}

static void
on_withdraw (gpointer data, const char *call, const char *seat)
{
  add (data, "withdraw", call, seat);
}

static void
on_requeued (gpointer data, const char *call)
{
  add (data, "requeue", call, NULL);
}

static void
on_seat_changed (gpointer data, const YihuQueueSeat *seat)
{
  static const char *const words[] = { "away", "ready", "ringing", "busy", "wrapup", "offline" };

  g_assert_cmpint (seat->call != NULL, ==,
                   seat->state == YIHU_SEAT_RINGING || seat->state == YIHU_SEAT_BUSY);
  add (data, seat->id, words[seat->state], NULL);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const YihuCallQueueFuncs funcs = { on_offer, on_withdraw, on_requeued, on_seat_changed };

  f->clock = yihu_fake_clock_new (1000000);
  f->log = g_string_new (NULL);
  f->queue = yihu_call_queue_new (f->clock, &funcs, f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  yihu_call_queue_free (f->queue);
  g_string_free (f->log, TRUE);
  g_object_unref (f->clock);
}

static void
assert_log (Fixture *f, const char *expected)
{
  g_assert_cmpstr (f->log->str, ==, expected);
  g_string_truncate (f->log, 0);
}

static void
advance_s (Fixture *f, double seconds)
{
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (f->clock), (guint64) (seconds * 1000));
}

static void
make_ready (Fixture *f, const char *seat)
{
  yihu_call_queue_set_online (f->queue, seat, TRUE);
  yihu_call_queue_set_wish (f->queue, seat, TRUE);
  advance_s (f, 1);
}

static void
test_life (Fixture *f, gconstpointer data)
{
  yihu_call_queue_set_online (f->queue, "03", TRUE);
  assert_log (f, "03 away");
  yihu_call_queue_enter (f->queue, "a", FALSE);
  assert_log (f, "");
  g_assert_cmpuint (yihu_call_queue_get_waiting (f->queue), ==, 1);
  yihu_call_queue_set_wish (f->queue, "03", TRUE);
  assert_log (f, "03 ready, 03 ringing, offer a 03");
  g_assert_true (yihu_call_queue_is_ringing (f->queue, "a"));
  yihu_call_queue_answered (f->queue, "a");
  assert_log (f, "03 busy");
  g_assert_cmpuint (yihu_call_queue_get_waiting (f->queue), ==, 0);
  advance_s (f, 3600);
  assert_log (f, "");
  yihu_call_queue_leave (f->queue, "a");
  assert_log (f, "03 wrapup");
  advance_s (f, 89);
  assert_log (f, "");
  advance_s (f, 2);
  assert_log (f, "03 ready");
}

static void
test_order_of_calls (Fixture *f, gconstpointer data)
{
  yihu_call_queue_enter (f->queue, "a", FALSE);
  yihu_call_queue_enter (f->queue, "b", FALSE);
  yihu_call_queue_enter (f->queue, "c", TRUE);
  yihu_call_queue_enter (f->queue, "d", TRUE);
  make_ready (f, "01");
  make_ready (f, "02");
  make_ready (f, "03");
  assert_log (f, "01 away, 01 ready, 01 ringing, offer c 01, "
                 "02 away, 02 ready, 02 ringing, offer d 02, "
                 "03 away, 03 ready, 03 ringing, offer a 03");
}

static void
test_longest_ready_seat (Fixture *f, gconstpointer data)
{
  make_ready (f, "03");
  make_ready (f, "01");
  make_ready (f, "02");
  assert_log (f, "03 away, 03 ready, 01 away, 01 ready, 02 away, 02 ready");
  yihu_call_queue_enter (f->queue, "a", FALSE);
  assert_log (f, "03 ringing, offer a 03");
  yihu_call_queue_leave (f->queue, "a"); /* the caller gave up: 03 keeps its place */
  assert_log (f, "withdraw a 03, 03 ready");
  yihu_call_queue_enter (f->queue, "b", FALSE);
  yihu_call_queue_enter (f->queue, "c", FALSE);
  assert_log (f, "03 ringing, offer b 03, 01 ringing, offer c 01");
}

static void
test_ring_time (Fixture *f, gconstpointer data)
{
  make_ready (f, "01");
  make_ready (f, "02");
  assert_log (f, "01 away, 01 ready, 02 away, 02 ready");
  yihu_call_queue_enter (f->queue, "a", FALSE);
  assert_log (f, "01 ringing, offer a 01");
  advance_s (f, 19);
  assert_log (f, "");
  advance_s (f, 1);
  assert_log (f, "withdraw a 01, requeue a, 01 ready, 02 ringing, offer a 02");
  advance_s (f, 20); /* both had it: the next round begins with the one that has rested */
  assert_log (f, "withdraw a 02, requeue a, 02 ready, 01 ringing, offer a 01");
  yihu_call_queue_answered (f->queue, "a");
  advance_s (f, 100);
  assert_log (f, "01 busy");
}

/* Only one operator on duty: he gets it again, after a breath. */
static void
test_lone_seat (Fixture *f, gconstpointer data)
{
  make_ready (f, "01");
  yihu_call_queue_enter (f->queue, "a", FALSE);
  assert_log (f, "01 away, 01 ready, 01 ringing, offer a 01");
  yihu_call_queue_refused (f->queue, "a", FALSE);
  assert_log (f, "requeue a, 01 ready");
  yihu_call_queue_enter (f->queue, "b", TRUE);
  assert_log (f, ""); /* he rests from everything */
  advance_s (f, 5);
  assert_log (f, "01 ringing, offer b 01");
}

static void
test_unreachable_seat (Fixture *f, gconstpointer data)
{
  make_ready (f, "01");
  make_ready (f, "02");
  f->refuse_at_once = "01";
  yihu_call_queue_enter (f->queue, "a", FALSE);
  assert_log (f, "01 away, 01 ready, 02 away, 02 ready, 01 ringing, offer a 01, requeue a, "
                 "01 offline, 02 ringing, offer a 02");
  f->refuse_at_once = NULL;
  yihu_call_queue_set_wish (f->queue, "01", TRUE); /* of a phone that is not there */
  assert_log (f, "");
  yihu_call_queue_set_online (f->queue, "01", TRUE);
  assert_log (f, "01 away");
}

static void
test_wishes (Fixture *f, gconstpointer data)
{
  make_ready (f, "01");
  yihu_call_queue_set_wish (f->queue, "01", FALSE);
  assert_log (f, "01 away, 01 ready, 01 away");
  yihu_call_queue_enter (f->queue, "a", FALSE);
  yihu_call_queue_set_wish (f->queue, "01", TRUE);
  yihu_call_queue_set_wish (f->queue, "01", TRUE);
  yihu_call_queue_set_wish (f->queue, "01", FALSE); /* takes effect after the call */
  yihu_call_queue_answered (f->queue, "a");
  yihu_call_queue_leave (f->queue, "a");
  assert_log (f, "01 ready, 01 ringing, offer a 01, 01 busy, 01 wrapup");
  advance_s (f, 90);
  assert_log (f, "01 away");

  yihu_call_queue_set_wish (f->queue, "01", TRUE);
  yihu_call_queue_enter (f->queue, "b", FALSE);
  yihu_call_queue_answered (f->queue, "b");
  yihu_call_queue_leave (f->queue, "b");
  yihu_call_queue_set_wish (f->queue, "01", TRUE); /* ends the wrap-up */
  assert_log (f, "01 ready, 01 ringing, offer b 01, 01 busy, 01 wrapup, 01 ready");
  advance_s (f, 200); /* its timer is gone */
  assert_log (f, "");
}

static void
test_lost_registration (Fixture *f, gconstpointer data)
{
  make_ready (f, "01");
  make_ready (f, "02");
  yihu_call_queue_enter (f->queue, "a", FALSE);
  g_string_truncate (f->log, 0);
  yihu_call_queue_set_online (f->queue, "01", FALSE); /* while it rings */
  assert_log (f, "withdraw a 01, requeue a, 01 offline, 02 ringing, offer a 02");
  yihu_call_queue_answered (f->queue, "a");
  yihu_call_queue_set_online (f->queue, "02", FALSE); /* while it talks: the talk goes on */
  assert_log (f, "02 busy");
  yihu_call_queue_leave (f->queue, "a");
  assert_log (f, "02 offline");
}

static void
test_nonsense (Fixture *f, gconstpointer data)
{
  yihu_call_queue_leave (f->queue, "nobody");
  yihu_call_queue_answered (f->queue, "nobody");
  yihu_call_queue_refused (f->queue, "nobody", FALSE);
  yihu_call_queue_set_wish (f->queue, "01", TRUE);
  yihu_call_queue_set_online (f->queue, "01", FALSE);
  yihu_call_queue_enter (f->queue, "a", FALSE);
  yihu_call_queue_answered (f->queue, "a");
  yihu_call_queue_refused (f->queue, "a", FALSE);
  assert_log (f, "");
}

/* A day of accidents: every seat that rings or talks belongs to one call, and in the end, with one
 * seat ready, every waiting call gets its turn. */
static void
test_random (Fixture *f, gconstpointer data)
{
  static const char *const seats[] = { "01", "02", "03" };
  static const char *const calls[] = { "a", "b", "c", "d", "e" };
  gboolean is_here[G_N_ELEMENTS (calls)] = { FALSE };

  for (guint n = 0; n < 20000; n++)
    {
      const char *seat = seats[g_test_rand_int_range (0, G_N_ELEMENTS (seats))];
      int i = g_test_rand_int_range (0, G_N_ELEMENTS (calls));

      switch (g_test_rand_int_range (0, 7))
        {
        case 0:
          yihu_call_queue_set_online (f->queue, seat, g_test_rand_int_range (0, 4) > 0);
          break;
        case 1:
        case 2:
          yihu_call_queue_set_wish (f->queue, seat, g_test_rand_int_range (0, 4) > 0);
          break;
        case 3:
          if (is_here[i])
            yihu_call_queue_leave (f->queue, calls[i]);
          else
            yihu_call_queue_enter (f->queue, calls[i], g_test_rand_int_range (0, 2));
          is_here[i] = !is_here[i];
          break;
        case 4:
          yihu_call_queue_answered (f->queue, calls[i]);
          break;
        case 5:
          yihu_call_queue_refused (f->queue, calls[i], g_test_rand_int_range (0, 2));
          break;
        default:
          advance_s (f, g_test_rand_int_range (0, 40));
          break;
        }
      g_string_truncate (f->log, 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (seats); i++)
    yihu_call_queue_set_online (f->queue, seats[i], FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    yihu_call_queue_leave (f->queue, calls[i]);
  g_assert_cmpuint (yihu_call_queue_get_waiting (f->queue), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (seats); i++)
    {
      const YihuQueueSeat *seat = yihu_call_queue_find_seat (f->queue, seats[i]);
      g_assert_true (seat == NULL || seat->state == YIHU_SEAT_OFFLINE
                     || seat->state == YIHU_SEAT_WRAPUP);
    }
}

int
main (int argc, char **argv)
{
#define ADD(name, func)                                                                            \
  g_test_add ("/voice/call-queue/" name, Fixture, NULL, set_up, func, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("life", test_life);
  ADD ("order-of-calls", test_order_of_calls);
  ADD ("longest-ready-seat", test_longest_ready_seat);
  ADD ("ring-time", test_ring_time);
  ADD ("lone-seat", test_lone_seat);
  ADD ("unreachable-seat", test_unreachable_seat);
  ADD ("wishes", test_wishes);
  ADD ("lost-registration", test_lost_registration);
  ADD ("nonsense", test_nonsense);
  ADD ("random", test_random);
  return g_test_run ();
}
