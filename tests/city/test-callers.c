/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Arrivals in virtual time (rate, spread over the day, memory of none), and callers against a phone
 * without a network: patience, talk, hanging up, one call an elder at a time. */

#include "city/callers.h"
#include "phone/fake-phone.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* --- arrivals --- */

static void
test_arrivals_flat (void)
{
  YihuArrivals arrivals = yihu_arrivals_new (11, 2500, TRUE);
  double at = 0;
  double sum2 = 0;
  guint n = 0;

  while (at < 10 * 86400.0)
    {
      double wait = yihu_arrivals_next (&arrivals, at);

      g_assert_cmpfloat (wait, >=, 0);
      sum2 += wait * wait;
      at += wait;
      n++;
    }
  /* 600,000 expected, deviation 775: six of them; an exponential wait has E(x^2) = 2 E(x)^2 */
  g_assert_cmpfloat (fabs (n - 600000.0), <, 6 * 775);
  g_assert_cmpfloat (fabs (sum2 / n / (2 * 1.44 * 1.44) - 1), <, 0.02);
}

static void
test_arrivals_day (void)
{
  YihuArrivals arrivals = yihu_arrivals_new (12, 300, FALSE);
  guint counts[24] = { 0 };
  double at = 0;
  const int days = 60;

  while (at < days * 86400.0)
    {
      at += yihu_arrivals_next (&arrivals, at);
      counts[(int) (fmod (at, 86400) / 3600)]++;
    }
  for (int hour = 0; hour < 24; hour++)
    {
      double expected = 0;

      for (int minute = 0; minute < 60; minute++)
        expected += days * 5 * yihu_arrivals_get_share (hour * 3600 + minute * 60 + 30);
      g_assert_cmpfloat (fabs (counts[hour] - expected), <, 6 * sqrt (expected) + 1);
    }
  g_assert_cmpuint (counts[9], >, 10 * counts[3]);
}

static void
test_arrivals_none (void)
{
  YihuArrivals arrivals = yihu_arrivals_new (1, 0, TRUE);

  g_assert_true (isinf (yihu_arrivals_next (&arrivals, 0)));
}

/* --- callers --- */

typedef struct
{
  YihuClock *clock;
  YihuSpeech *speech;
  YihuCallerBook *book;
  YihuCallers *callers;
  GPtrArray *phones;
  GPtrArray *lines;
  char *path;
} Fixture;

static YihuPhone *
make_phone (const YihuCallerCard *card, gpointer data, GError **error)
{
  Fixture *fixture = data;
  YihuPhone *phone = yihu_fake_phone_new ();

  g_ptr_array_add (fixture->phones, g_object_ref (phone));
  g_object_set_data_full (G_OBJECT (phone), "sent", g_strdup (card->sent), g_free);
  return phone;
}

static void
on_event (const char *line, gpointer data)
{
  g_ptr_array_add (((Fixture *) data)->lines, g_strdup (line));
}

static void
set_up (Fixture *fixture, gconstpointer rate)
{
  static const char csv[] = "elder,name,sex,birth,phone,kin_phone,kin_relation,risk\n"
                            "e1,王秀英,female,19440301,+864172817331,+8613900000001,女儿,2\n"
                            "e2,李德明,male,19500512,+8613800000002,,,0\n";
  YihuCallersOptions options = { .uri = "sip:12349@127.0.0.1:5060",
                                 .peak_per_hour = GPOINTER_TO_UINT (rate),
                                 .is_flat = TRUE,
                                 .talk_median_s = 60,
                                 .patience_median_s = 40,
                                 .most = 50,
                                 .seed = 3 };
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("callers-XXXXXX.csv", &fixture->path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (fixture->path, csv, -1, NULL));
  fixture->clock = yihu_fake_clock_new (1790000000000000);
  fixture->speech = yihu_speech_new (NULL);
  fixture->book = yihu_caller_book_new (fixture->path, fixture->speech, 3, 20261121, &error);
  g_assert_no_error (error);
  fixture->phones = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->lines = g_ptr_array_new_with_free_func (g_free);
  fixture->callers =
      yihu_callers_new (fixture->clock, fixture->book, &options, make_phone, on_event, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer rate)
{
  yihu_callers_free (fixture->callers);
  yihu_caller_book_free (fixture->book);
  yihu_speech_free (fixture->speech);
  g_object_unref (fixture->clock);
  g_ptr_array_unref (fixture->phones);
  g_ptr_array_unref (fixture->lines);
  g_unlink (fixture->path);
  g_free (fixture->path);
}

static void
advance (Fixture *fixture, guint64 by_ms)
{
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (fixture->clock), by_ms);
}

static const char *
last_line (Fixture *fixture)
{
  g_assert_cmpuint (fixture->lines->len, >, 0);
  return g_ptr_array_index (fixture->lines, fixture->lines->len - 1);
}

static void
test_gives_up (Fixture *fixture, gconstpointer rate)
{
  g_assert_true (yihu_callers_call (fixture->callers, "0417-2817331", "emergency"));
  g_assert_cmpstr (last_line (fixture), ==, "call 0417-2817331 dialling 王秀英 82 emergency");
  g_assert_cmpuint (yihu_callers_get_n_active (fixture->callers), ==, 1);
  advance (fixture, 1000);
  g_assert_cmpuint (yihu_callers_get_n_active (fixture->callers), ==, 1);
  advance (fixture, 600000);
  g_assert_cmpstr (last_line (fixture), ==, "call 0417-2817331 ended gave-up");
  g_assert_cmpuint (yihu_callers_get_n_active (fixture->callers), ==, 0);
}

static void
test_talks (Fixture *fixture, gconstpointer rate)
{
  g_assert_true (yihu_callers_call (fixture->callers, "13800000002", NULL));
  g_assert_cmpstr (last_line (fixture), ==, "call 13800000002 dialling 李德明 76");
  yihu_callers_hang_up (fixture->callers, "0417-2817331"); /* somebody else's */
  g_assert_cmpuint (yihu_callers_get_n_active (fixture->callers), ==, 1);
  g_assert_cmpuint (yihu_callers_hang_up (fixture->callers, "+8613800000002"), ==, 1);
  g_assert_cmpstr (last_line (fixture), ==, "call 13800000002 ended hung-up");
  advance (fixture, 10000);
  g_assert_true (yihu_fake_phone_is_shut_down (g_ptr_array_index (fixture->phones, 0)));
}

static void
test_unknown_and_withheld (Fixture *fixture, gconstpointer rate)
{
  g_assert_false (yihu_callers_call (fixture->callers, "no number", NULL));
  g_assert_cmpuint (fixture->lines->len, ==, 0);
  g_assert_true (yihu_callers_call (fixture->callers, "04173334455", NULL));
  g_assert_cmpstr (last_line (fixture), ==, "call 0417-3334455 dialling unknown");
  g_assert_true (yihu_callers_call (fixture->callers, "anonymous", NULL));
  g_assert_cmpstr (last_line (fixture), ==, "call anonymous dialling unknown");
  g_assert_cmpstr (g_object_get_data (g_ptr_array_index (fixture->phones, 1), "sent"), ==,
                   "anonymous");
}

/* Two elders, many calls: never two of one elder at a time. */
static void
test_one_call_each (Fixture *fixture, gconstpointer rate)
{
  guint dialled = 0;
  guint at_once[2] = { 0 };
  static const char *const names[] = { "王秀英", "李德明" };
  static const char *const numbers[] = { "0417-2817331", "13800000002" };

  yihu_callers_start (fixture->callers);
  advance (fixture, 3600000);
  for (guint i = 0; i < fixture->lines->len; i++)
    {
      const char *line = g_ptr_array_index (fixture->lines, i);

      dialled += strstr (line, " dialling ") != NULL;
      for (guint k = 0; k < 2; k++)
        {
          gboolean is_mine =
              strstr (line, numbers[k]) != NULL || (k == 0 && strstr (line, "13900000001") != NULL);

          if (strstr (line, names[k]) != NULL)
            at_once[k]++;
          else if (is_mine && strstr (line, " ended ") != NULL)
            at_once[k]--;
          g_assert_cmpuint (at_once[k], <=, 1);
        }
    }
  g_assert_cmpuint (dialled, >, 400);
  g_assert_cmpuint (dialled, <, 800);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/city/arrivals/flat", test_arrivals_flat);
  g_test_add_func ("/city/arrivals/day", test_arrivals_day);
  g_test_add_func ("/city/arrivals/none", test_arrivals_none);
#define ADD(name, rate, func)                                                                      \
  g_test_add ("/city/callers/" name, Fixture, GUINT_TO_POINTER (rate), set_up, func, tear_down)
  ADD ("gives-up", 0, test_gives_up);
  ADD ("talks", 0, test_talks);
  ADD ("unknown-and-withheld", 0, test_unknown_and_withheld);
  ADD ("one-call-each", 600, test_one_call_each);
  return g_test_run ();
}
