/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Virtual time: order, cancelling, timers made in timers, other threads' contexts; the real clock
 * runs once; the back-off stays in its bounds. */

#include "base/clock.h"

#define NOON G_GINT64_CONSTANT (1750000000000000)

typedef struct
{
  YihuClock *clock;
  GString *log;
  GSource *victim;
} Story;

typedef struct
{
  Story *story;
  char letter;
} Entry;

static void
note (gpointer data)
{
  Entry *entry = data;

  g_string_append_printf (entry->story->log, "%c%" G_GINT64_FORMAT " ", entry->letter,
                          (yihu_clock_get_now_us (entry->story->clock) - NOON) / 1000);
}

static Story *
story_new (void)
{
  Story *story = g_new0 (Story, 1);

  story->clock = yihu_fake_clock_new (NOON);
  story->log = g_string_new (NULL);
  return story;
}

static void
story_free (Story *story)
{
  g_clear_pointer (&story->victim, g_source_unref);
  g_string_free (story->log, TRUE);
  g_object_unref (story->clock);
  g_free (story);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Story, story_free)

static GSource *
add (Story *story, guint delay_ms, GSourceOnceFunc callback, char letter)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->story = story;
  entry->letter = letter;
  return yihu_clock_add_timer (story->clock, delay_ms, callback, entry, g_free);
}

static void
add_and_forget (Story *story, guint delay_ms, GSourceOnceFunc callback, char letter)
{
  g_autoptr (GSource) source = add (story, delay_ms, callback, letter);

  g_assert_nonnull (source);
}

static void
test_timers_run_in_order (void)
{
  g_autoptr (Story) story = story_new ();
  YihuFakeClock *clock = YIHU_FAKE_CLOCK (story->clock);
  gint64 monotonic_us = yihu_clock_get_monotonic_us (story->clock);

  add_and_forget (story, 30, note, 'c');
  add_and_forget (story, 10, note, 'a');
  add_and_forget (story, 10, note, 'b');
  yihu_fake_clock_advance (clock, 9);
  g_assert_cmpstr (story->log->str, ==, "");
  yihu_fake_clock_advance (clock, 1);
  g_assert_cmpstr (story->log->str, ==, "a10 b10 ");
  yihu_fake_clock_advance (clock, 100);
  g_assert_cmpstr (story->log->str, ==, "a10 b10 c30 ");
  g_assert_cmpint (yihu_clock_get_now_us (story->clock), ==, NOON + 110000);
  g_assert_cmpint (yihu_clock_get_monotonic_us (story->clock), ==, monotonic_us + 110000);
}

static void
note_and_repeat (gpointer data)
{
  Entry *entry = data;

  note (data);
  add_and_forget (entry->story, 10, entry->letter < 'C' ? note_and_repeat : note,
                  (char) (entry->letter + 1));
}

static void
test_a_timer_may_make_a_timer (void)
{
  g_autoptr (Story) story = story_new ();

  add_and_forget (story, 10, note_and_repeat, 'A');
  add_and_forget (story, 25, note, 'x');
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (story->clock), 1000);
  g_assert_cmpstr (story->log->str, ==, "A10 B20 x25 C30 D40 ");
}

static void
note_and_kill (gpointer data)
{
  Entry *entry = data;

  note (data);
  g_source_destroy (entry->story->victim);
}

static void
test_cancelled_timers_stay_silent (void)
{
  g_autoptr (Story) story = story_new ();
  g_autoptr (GSource) early = add (story, 10, note, 'e');

  add_and_forget (story, 20, note_and_kill, 'k');
  story->victim = add (story, 20, note, 'v');
  g_source_destroy (early);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (story->clock), 50);
  g_assert_cmpstr (story->log->str, ==, "k20 ");
  g_assert_true (g_source_is_destroyed (story->victim));
}

static void
test_a_timer_may_cancel_itself (void)
{
  g_autoptr (Story) story = story_new ();

  story->victim = add (story, 20, note_and_kill, 's');
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (story->clock), 50);
  g_assert_cmpstr (story->log->str, ==, "s20 ");
}

static void
count_up (gpointer data)
{
  ++*(int *) data;
}

static void
count_only (gpointer data)
{
}

static void
test_data_is_freed_once (void)
{
  g_autoptr (YihuClock) clock = yihu_fake_clock_new (NOON);
  int n_freed = 0;
  GSource *run = yihu_clock_add_timer (clock, 1, count_only, &n_freed, count_up);
  GSource *cancelled = yihu_clock_add_timer (clock, 2, count_only, &n_freed, count_up);

  g_source_destroy (cancelled);
  g_source_unref (cancelled);
  g_assert_cmpint (n_freed, ==, 1);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (clock), 5);
  g_source_unref (run);
  g_assert_cmpint (n_freed, ==, 2);
}

/* A timer of another context is run by whoever iterates that context. */
static void
test_other_context (void)
{
  g_autoptr (YihuClock) clock = yihu_fake_clock_new (NOON);
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) source = NULL;
  int n_run = 0;

  g_main_context_push_thread_default (context);
  source = yihu_clock_add_timer (clock, 10, count_up, &n_run, NULL);
  g_main_context_pop_thread_default (context);

  g_main_context_iteration (context, FALSE);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (clock), 10);
  g_assert_cmpint (n_run, ==, 0);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_cmpint (n_run, ==, 1);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (clock), 10);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_cmpint (n_run, ==, 1);
}

static void
test_real_clock (void)
{
  g_autoptr (YihuClock) clock = yihu_clock_new ();
  g_autoptr (GSource) source = NULL;
  gint64 before_us = g_get_real_time ();
  gint64 monotonic_us = g_get_monotonic_time ();
  int n_run = 0;

  g_assert_cmpint (yihu_clock_get_now_us (clock), >=, before_us);
  g_assert_cmpint (yihu_clock_get_monotonic_us (clock), >=, monotonic_us);
  source = yihu_clock_add_timer (clock, 0, count_up, &n_run, NULL);
  while (n_run == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_source_is_destroyed (source));
}

static void
test_back_off (void)
{
  static const struct
  {
    guint attempt;
    guint expected_ms;
  } rows[] = { { 0, 500 },   { 1, 1000 },   { 2, 2000 },         { 5, 16000 },
               { 6, 30000 }, { 40, 30000 }, { G_MAXUINT, 30000 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint least = G_MAXUINT, most = 0;

      for (guint round = 0; round < 200; round++)
        {
          guint delay_ms = yihu_clock_back_off_ms (rows[i].attempt, 500, 30000);

          least = MIN (least, delay_ms);
          most = MAX (most, delay_ms);
        }
      g_assert_cmpuint (least, >=, rows[i].expected_ms * 8 / 10);
      g_assert_cmpuint (most, <=, rows[i].expected_ms * 12 / 10);
      g_assert_cmpuint (least, <, most); /* there is jitter */
    }
  g_assert_cmpuint (yihu_clock_back_off_ms (3, 0, 1000), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/clock/order", test_timers_run_in_order);
  g_test_add_func ("/base/clock/nested", test_a_timer_may_make_a_timer);
  g_test_add_func ("/base/clock/cancelled", test_cancelled_timers_stay_silent);
  g_test_add_func ("/base/clock/cancels-itself", test_a_timer_may_cancel_itself);
  g_test_add_func ("/base/clock/data", test_data_is_freed_once);
  g_test_add_func ("/base/clock/other-context", test_other_context);
  g_test_add_func ("/base/clock/real", test_real_clock);
  g_test_add_func ("/base/clock/back-off", test_back_off);
  return g_test_run ();
}
