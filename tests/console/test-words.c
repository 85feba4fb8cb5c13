/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a person reads: every value of every enum has a word of its own, every error a sentence, and
 * figures are written and read as people write them. */

#include "console/format.h"
#include "console/masking.h"
#include "console/status-bar.h"
#include "console/words.h"

#include "base/error.h"
#include "domain/flow.h"

#include <string.h>

#define NOW_US G_GINT64_CONSTANT (1795242727000000) /* 2026-11-21 14:32:07 +08 */
#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define HOUR_US (60 * MINUTE_US)

static const struct
{
  const char *(*words) (gint64);
  const YihuRecordType *type;
  const char *field;
} enums[] = {
  { yihu_words_role, &yihu_account_type, "role" },
  { yihu_words_urgency, &yihu_call_type, "urgency" },
  { yihu_words_urgency_badge, &yihu_call_type, "urgency" },
  { yihu_words_urgency_class, &yihu_call_type, "urgency" },
  { yihu_words_call_state, &yihu_call_type, "state" },
  { yihu_words_call_outcome, &yihu_call_type, "outcome" },
  { yihu_words_order_state, &yihu_order_type, "state" },
  { yihu_words_seat_state, &yihu_seat_type, "state" },
  { yihu_words_sex, &yihu_elder_type, "sex" },
  { yihu_words_living, &yihu_elder_type, "living" },
  { yihu_words_ability, &yihu_elder_type, "ability" },
  { yihu_words_subsidy, &yihu_elder_type, "subsidy" },
  { yihu_words_risk, &yihu_elder_type, "risk" },
  { yihu_words_category, &yihu_service_item_type, "category" },
  { yihu_words_institution_type, &yihu_institution_type, "type" },
};

static void
test_every_enum_has_words (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (enums); i++)
    {
      const YihuField *field = yihu_record_type_find_field (enums[i].type, enums[i].field);
      g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

      for (gint64 value = 0; field->nicks[value] != NULL; value++)
        {
          const char *words = enums[i].words (value);

          g_test_message ("%s.%s %s", enums[i].type->name, field->name, field->nicks[value]);
          g_assert_cmpstr (words, !=, "");
          g_assert_cmpstr (words, !=, "?");
          g_assert_true (g_hash_table_add (seen, (gpointer) words));
        }
    }
}

static void
test_unknown_values_read_as_question (void)
{
  g_assert_cmpstr (yihu_words_order_state (99), ==, "?");
  g_assert_cmpstr (yihu_words_order_state (-1), ==, "?");
  g_assert_cmpstr (yihu_words_order_verb ("fly"), ==, "?");
}

static void
test_every_move_has_words (void)
{
  for (guint i = 0; i < yihu_order_flow.n_moves; i++)
    {
      g_assert_cmpstr (yihu_words_order_verb (yihu_order_flow.moves[i].verb), !=, "?");
      g_assert_cmpstr (yihu_words_order_step (yihu_order_flow.moves[i].verb), !=, "?");
    }
}

static void
test_every_error_has_a_sentence (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int code = 0; code < YIHU_N_ERRORS; code++)
    {
      g_autoptr (GError) error = g_error_new (YIHU_ERROR, code, "secret technical detail");
      char *sentence = yihu_words_error (error);
      g_autofree char *login = yihu_words_login_error (error);

      g_assert_null (strstr (sentence, "secret"));
      g_assert_null (strstr (login, "secret"));
      g_assert_cmpstr (login, !=, "");
      g_assert_true (g_hash_table_add (seen, sentence));
    }
}

static void
test_full_disk_keeps_the_text (void)
{
  g_autoptr (GError) full = g_error_new (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "no space");
  g_autofree char *sentence = yihu_words_error (full);

  g_assert_nonnull (strstr (sentence, "disk is full"));
  g_assert_nonnull (strstr (sentence, "stays in the form"));
}

static void
assert_text (char *taken, const char *expected)
{
  g_assert_cmpstr (taken, ==, expected);
  g_free (taken);
}

static void
test_figures (void)
{
  assert_text (yihu_format_wait (0), "0:00");
  assert_text (yihu_format_wait (-5), "0:00");
  assert_text (yihu_format_wait (52 * G_USEC_PER_SEC), "0:52");
  assert_text (yihu_format_wait (HOUR_US + 62 * G_USEC_PER_SEC), "1:01:02");
  assert_text (yihu_format_timer (134 * G_USEC_PER_SEC), "02:14");
  assert_text (yihu_format_clock (NOW_US), "14:32:07");
  assert_text (yihu_format_stamp (NOW_US), "11-21 14:32");
  assert_text (yihu_format_stamp (0), "");
  assert_text (yihu_format_due (NOW_US + HOUR_US, NOW_US), "15:32");
  assert_text (yihu_format_due (NOW_US + 20 * HOUR_US, NOW_US), "11-22 10:32");
  assert_text (yihu_format_due (0, NOW_US), "—");
  assert_text (yihu_format_money (4800), "¥48");
  assert_text (yihu_format_money (4850), "¥48.50");
  assert_text (yihu_format_distance (994), "994 m");
  assert_text (yihu_format_distance (2100), "2.1 km");
  assert_text (yihu_format_count (1160900), "1,160,900");
  assert_text (yihu_format_count (999), "999");
  assert_text (yihu_format_count (0), "0");
  assert_text (yihu_format_age (2 * G_USEC_PER_SEC), "just now");
  assert_text (yihu_format_age (30 * G_USEC_PER_SEC), "30 s ago");
  assert_text (yihu_format_age (3 * MINUTE_US), "3 min ago");
  assert_text (yihu_format_age (47 * HOUR_US), "47 h ago");
  assert_text (yihu_format_age (49 * HOUR_US), "2 days ago");
  assert_text (yihu_format_late (12 * MINUTE_US), "12 min late");
  assert_text (yihu_format_star (480), "★4.8");
  assert_text (yihu_format_star (0), "");
}

static void
assert_due (const char *text, const char *expected)
{
  gint64 due_us = yihu_format_parse_due (text, NOW_US);
  g_autofree char *read = due_us >= 0 ? yihu_format_stamp (due_us) : g_strdup ("no");

  g_test_message ("'%s'", text);
  g_assert_cmpstr (read, ==, expected);
}

static void
test_arrival_times (void)
{
  assert_due ("15:00", "11-21 15:00");
  assert_due (" 15：00 ", "11-21 15:00"); /* full-width colon */
  assert_due ("1500", "11-21 15:00");
  assert_due ("14:32", "11-21 14:32");
  assert_due ("09:00", "11-22 09:00"); /* past: tomorrow */
  assert_due ("+30", "11-21 15:02");
  assert_due ("11-22 09:30", "11-22 09:30");
  assert_due ("2026-12-01 08:00", "12-01 08:00");
  assert_due ("", "no");
  assert_due ("soon", "no");
  assert_due ("25:00", "no");
  assert_due ("12:61", "no");
  assert_due ("15:00x", "no");
  assert_due ("+-5", "no");
  assert_due ("13-45 09:00", "no");
  assert_due ("11-22", "no");
}

static void
test_masking (void)
{
  g_autoptr (YihuElder) elder = yihu_elder_new ("e");
  g_autofree char *masked = NULL;
  g_autofree char *open = NULL;
  g_autofree char *place = NULL;

  elder->phone = g_strdup ("+8613837904412");
  elder->address = g_strdup ("somewhere 12-3");
  masked = yihu_show_phones (elder, FALSE);
  open = yihu_show_phones (elder, TRUE);
  place = yihu_show_address (elder, "street", FALSE);
  g_assert_null (strstr (masked, "7904"));
  g_assert_nonnull (strstr (open, "4412"));
  g_assert_nonnull (strstr (open, "3790"));
  g_assert_null (strstr (place, "12-3"));
}

static void
test_status_line (void)
{
  assert_text (yihu_status_bar_describe (YIHU_BOOK_ONLINE, FALSE, 18, 850214, NOW_US, NOW_US, 0),
               "● Centre connected 18 ms · 850,214 elders here · synced 14:32:07 · 0 to send");
  assert_text (yihu_status_bar_describe (YIHU_BOOK_OFFLINE, FALSE, -1, 12, NOW_US - 3 * MINUTE_US,
                                         NOW_US, 2),
               "○ Centre offline · 12 elders here · synced 14:29:07 (3 min ago) · 2 to send");
  assert_text (yihu_status_bar_describe (YIHU_BOOK_OFFLINE, TRUE, -1, 12, NOW_US, NOW_US, 0),
               "○ The disk of this computer is full · 12 elders here · synced 14:32:07 (just now) "
               "· 0 to send");
  assert_text (yihu_status_bar_describe (YIHU_BOOK_FETCHING, FALSE, -1, 0, 0, NOW_US, 0),
               "○ Fetching the register · 0 elders here · never synced · 0 to send");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/every-enum", test_every_enum_has_words);
  g_test_add_func ("/words/unknown-values", test_unknown_values_read_as_question);
  g_test_add_func ("/words/every-move", test_every_move_has_words);
  g_test_add_func ("/words/every-error", test_every_error_has_a_sentence);
  g_test_add_func ("/words/full-disk", test_full_disk_keeps_the_text);
  g_test_add_func ("/format/figures", test_figures);
  g_test_add_func ("/format/arrival-times", test_arrival_times);
  g_test_add_func ("/masking/phones-and-address", test_masking);
  g_test_add_func ("/status/line", test_status_line);
  return g_test_run ();
}
