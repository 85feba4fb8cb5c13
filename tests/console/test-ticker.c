/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The console's beat: on the full second, held back for a key's frame, and never for long. */

#include "console/ticker.h"

#define FULL_SECOND_US (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)

typedef struct
{
  YihuClock *clock; /* (owned) */
  YihuTicker *ticker; /* (owned) */
  guint n_beats;
} Beat;

static void
on_tick (Beat *self)
{
  self->n_beats++;
}

static void
set_up (Beat *self, gconstpointer data)
{
  self->clock = yihu_fake_clock_new (FULL_SECOND_US - 300 * 1000);
  self->ticker = yihu_ticker_new (self->clock);
  g_signal_connect_swapped (self->ticker, "tick", G_CALLBACK (on_tick), self);
}

static void
tear_down (Beat *self, gconstpointer data)
{
  g_clear_object (&self->ticker);
  g_clear_object (&self->clock);
}

static void
pass_ms (Beat *self, gint64 ms)
{
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), ms);
}

static void
test_full_second (Beat *self, gconstpointer data)
{
  pass_ms (self, 299);
  g_assert_cmpuint (self->n_beats, ==, 0);
  pass_ms (self, 1);
  g_assert_cmpuint (self->n_beats, ==, 1);
  pass_ms (self, 999);
  g_assert_cmpuint (self->n_beats, ==, 1);
  pass_ms (self, 1);
  g_assert_cmpuint (self->n_beats, ==, 2);
}

/* The beat that was due comes at once, the next one on its second. */
static void
test_caught_up (Beat *self, gconstpointer data)
{
  pass_ms (self, 250);
  yihu_ticker_hold (self->ticker);
  yihu_ticker_catch_up (self->ticker);
  g_assert_cmpuint (self->n_beats, ==, 0); /* none was due */
  pass_ms (self, 60);
  g_assert_cmpuint (self->n_beats, ==, 0); /* still held */
  yihu_ticker_catch_up (self->ticker);
  g_assert_cmpuint (self->n_beats, ==, 1);
  yihu_ticker_catch_up (self->ticker);
  g_assert_cmpuint (self->n_beats, ==, 1);
  pass_ms (self, 989);
  g_assert_cmpuint (self->n_beats, ==, 1);
  pass_ms (self, 1);
  g_assert_cmpuint (self->n_beats, ==, 2);
}

/* A frame that never comes does not stop the clock. */
static void
test_held (Beat *self, gconstpointer data)
{
  pass_ms (self, 290);
  yihu_ticker_hold (self->ticker);
  pass_ms (self, 399);
  g_assert_cmpuint (self->n_beats, ==, 0);
  pass_ms (self, 2);
  g_assert_cmpuint (self->n_beats, ==, 1);
  pass_ms (self, 609);
  g_assert_cmpuint (self->n_beats, ==, 2);
}

/* Keys without end, none of which gets its frame: the beat is late once, not for ever. */
static void
test_held_again (Beat *self, gconstpointer data)
{
  pass_ms (self, 290);
  for (guint i = 0; i < 8; i++)
    {
      yihu_ticker_hold (self->ticker);
      pass_ms (self, 100);
    }
  g_assert_cmpuint (self->n_beats, ==, 1);
}

#define ADD(name, func) g_test_add ("/ticker/" name, Beat, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("full-second", test_full_second);
  ADD ("caught-up", test_caught_up);
  ADD ("held", test_held);
  ADD ("held-again", test_held_again);
  return g_test_run ();
}
