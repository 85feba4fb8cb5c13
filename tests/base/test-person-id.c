/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Identity numbers: vectors, dates, one changed character; ages around birthdays; masks. */

#include "base/person-id.h"

#include <string.h>

#define TODAY 20250701

static const struct
{
  const char *raw;
  YihuPersonIdVerdict verdict;
  const char *clean;
} vectors[] = {
  { "11010519491231002X", YIHU_PERSON_ID_VALID, "11010519491231002X" },
  { "440524188001010014", YIHU_PERSON_ID_INVALID, NULL }, /* 145 years old by now */
  { "210802194103070022", YIHU_PERSON_ID_VALID, "210802194103070022" },
  { "500107194506151233", YIHU_PERSON_ID_VALID, "500107194506151233" },
  { "810000199408230021", YIHU_PERSON_ID_VALID, "810000199408230021" },
  { "130503670401001", YIHU_PERSON_ID_VALID, "130503196704010016" },
  { " 11010519491231002x ", YIHU_PERSON_ID_VALID, "11010519491231002X" },
  { "１１０１０５１９４９１２３１００２ｘ", YIHU_PERSON_ID_VALID, "11010519491231002X" },
  /* check digit */
  { "110105194912310021", YIHU_PERSON_ID_INVALID, NULL },
  { "440303199701010018", YIHU_PERSON_ID_INVALID, NULL },
  /* form */
  { "", YIHU_PERSON_ID_INVALID, NULL },
  { "X", YIHU_PERSON_ID_INVALID, NULL },
  { "1101051949123100", YIHU_PERSON_ID_INVALID, NULL },
  { "11010519491231002XX", YIHU_PERSON_ID_INVALID, NULL },
  { "1101051949123X0021", YIHU_PERSON_ID_INVALID, NULL },
  { "11010519491231 002X", YIHU_PERSON_ID_INVALID, NULL },
  { "13050367040100X", YIHU_PERSON_ID_INVALID, NULL },
  { "13050367130100", YIHU_PERSON_ID_INVALID, NULL },
  { "\xff", YIHU_PERSON_ID_INVALID, NULL },
  { NULL, YIHU_PERSON_ID_INVALID, NULL },
};

static void
test_vectors (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *clean = NULL;

      g_assert_cmpint (yihu_person_id_check (vectors[i].raw, TODAY, &clean), ==,
                       vectors[i].verdict);
      g_assert_cmpstr (clean, ==, vectors[i].clean);
      g_assert_cmpint (yihu_person_id_check (vectors[i].raw, TODAY, NULL), ==, vectors[i].verdict);
    }
}

/* The number with a right check digit for what stands in @seventeen. */
static YihuPersonIdVerdict
check_seventeen (const char *seventeen, int today)
{
  g_autofree char *id = g_strdup_printf ("%s%c", seventeen, yihu_person_id_check_digit (seventeen));

  return yihu_person_id_check (id, today, NULL);
}

static void
test_birth_days (void)
{
  g_assert_cmpint (check_seventeen ("21080219480229002", TODAY), ==, YIHU_PERSON_ID_VALID);
  g_assert_cmpint (check_seventeen ("21080219490229002", TODAY), ==, YIHU_PERSON_ID_INVALID);
  g_assert_cmpint (check_seventeen ("21080219481301002", TODAY), ==, YIHU_PERSON_ID_INVALID);
  g_assert_cmpint (check_seventeen ("21080219480001002", TODAY), ==, YIHU_PERSON_ID_INVALID);
  g_assert_cmpint (check_seventeen ("21080219480100002", TODAY), ==, YIHU_PERSON_ID_INVALID);
  g_assert_cmpint (check_seventeen ("21080219480431002", TODAY), ==, YIHU_PERSON_ID_INVALID);
  g_assert_cmpint (check_seventeen ("21080220250701002", TODAY), ==, YIHU_PERSON_ID_VALID);
  g_assert_cmpint (check_seventeen ("21080220250702002", TODAY), ==, YIHU_PERSON_ID_INVALID);
  g_assert_cmpint (check_seventeen ("21080218950701002", TODAY), ==, YIHU_PERSON_ID_VALID);
  g_assert_cmpint (check_seventeen ("21080218940702002", TODAY), ==, YIHU_PERSON_ID_VALID);
  g_assert_cmpint (check_seventeen ("21080218940701002", TODAY), ==, YIHU_PERSON_ID_INVALID);
}

static void
test_counties (void)
{
  /* Former counties of Yingkou and Luoyang: real elders carry them. */
  g_assert_cmpint (check_seventeen ("21080119410307002", TODAY), ==, YIHU_PERSON_ID_UNKNOWN_COUNTY);
  g_assert_cmpint (check_seventeen ("41032219410307002", TODAY), ==, YIHU_PERSON_ID_UNKNOWN_COUNTY);
  g_assert_cmpint (check_seventeen ("41030719410307002", TODAY), ==, YIHU_PERSON_ID_VALID);
  g_assert_cmpint (check_seventeen ("82000019410307002", TODAY), ==, YIHU_PERSON_ID_VALID);
  g_assert_cmpint (check_seventeen ("83000019410307002", TODAY), ==, YIHU_PERSON_ID_VALID);
  g_assert_cmpint (check_seventeen ("91115619410307002", TODAY), ==, YIHU_PERSON_ID_UNKNOWN_COUNTY);
  g_assert_cmpint (check_seventeen ("16010519410307002", TODAY), ==, YIHU_PERSON_ID_INVALID);
  g_assert_cmpint (check_seventeen ("00000019410307002", TODAY), ==, YIHU_PERSON_ID_INVALID);
}

/* Any one digit changed, and any two neighbours exchanged, must be noticed. */
static void
test_every_slip_is_noticed (void)
{
  const char *id = "210802194103070022";

  for (guint at = 0; at < 17; at++)
    {
      g_autofree char *swapped = g_strdup (id);

      for (char digit = '0'; digit <= '9'; digit++)
        {
          g_autofree char *changed = g_strdup (id);

          changed[at] = digit;
          g_assert_cmpint (yihu_person_id_check (changed, TODAY, NULL) != YIHU_PERSON_ID_INVALID,
                           ==, digit == id[at]);
        }
      swapped[at] = id[at + 1];
      swapped[at + 1] = id[at];
      g_assert_cmpint (yihu_person_id_check (swapped, TODAY, NULL) != YIHU_PERSON_ID_INVALID, ==,
                       id[at] == id[at + 1]);
    }
}

static void
test_contents (void)
{
  g_assert_cmpint (yihu_person_id_get_birth ("210802194103070022"), ==, 19410307);
  g_assert_false (yihu_person_id_is_male ("210802194103070022"));
  g_assert_true (yihu_person_id_is_male ("500107194506151233"));
}

static void
test_dates (void)
{
  g_assert_true (yihu_date_is_valid (20000229));
  g_assert_false (yihu_date_is_valid (19000229));
  g_assert_true (yihu_date_is_valid (20240229));
  g_assert_false (yihu_date_is_valid (20230229));
  g_assert_true (yihu_date_is_valid (20231231));
  g_assert_false (yihu_date_is_valid (20231232));
  g_assert_false (yihu_date_is_valid (20230431));
  g_assert_false (yihu_date_is_valid (20230100));
  g_assert_false (yihu_date_is_valid (20230001));
  g_assert_false (yihu_date_is_valid (20231301));
  g_assert_false (yihu_date_is_valid (0));
  g_assert_false (yihu_date_is_valid (-20230101));
  g_assert_false (yihu_date_is_valid (9991231));
}

static void
test_ages (void)
{
  g_assert_cmpint (yihu_date_get_age (19410307, 20250306), ==, 83);
  g_assert_cmpint (yihu_date_get_age (19410307, 20250307), ==, 84);
  g_assert_cmpint (yihu_date_get_age (20250701, 20250701), ==, 0);
  /* 29 February counts on the 28th in a common year, on the 29th in a leap year. */
  g_assert_cmpint (yihu_date_get_age (19400229, 20250227), ==, 84);
  g_assert_cmpint (yihu_date_get_age (19400229, 20250228), ==, 85);
  g_assert_cmpint (yihu_date_get_age (19400229, 20240228), ==, 83);
  g_assert_cmpint (yihu_date_get_age (19400229, 20240229), ==, 84);
}

/* Every day of two centuries against GLib; the day begins at 00:00 +08:00. */
static void
test_local_dates (void)
{
  const gint64 hour_us = 3600 * G_GINT64_CONSTANT (1000000);
  g_autoptr (GTimeZone) shanghai = g_time_zone_new_offset (8 * 3600);
  g_autoptr (GDateTime) day = g_date_time_new (shanghai, 1900, 1, 1, 0, 0, 0);

  while (g_date_time_get_year (day) < 2100)
    {
      gint64 begin_us = g_date_time_to_unix (day) * 1000000;
      int date = g_date_time_get_year (day) * 10000 + g_date_time_get_month (day) * 100
                 + g_date_time_get_day_of_month (day);
      GDateTime *next = g_date_time_add_days (day, 1);

      g_assert_cmpint (yihu_date_from_us (begin_us), ==, date);
      g_assert_cmpint (yihu_date_from_us (begin_us + 24 * hour_us - 1), ==, date);
      g_assert_cmpint (yihu_date_from_us (begin_us - 1), !=, date);
      g_date_time_unref (day);
      day = next;
    }
  g_assert_cmpint (yihu_date_from_us (0), ==, 19700101);
  g_assert_cmpint (yihu_date_from_us (-8 * hour_us - 1), ==, 19691231);
}

static void
test_masks (void)
{
  static const struct
  {
    const char *name;
    const char *mask;
  } names[] = {
    { "王秀英", "王**" }, { "李刚", "李*" }, { "欧阳修文", "欧阳**" }, { "王", "*" },
    { "", "" },           { NULL, "" },      { "买买提江", "买买**" }, { "Li Na", "Li***" }
  };
  g_autofree char *id = yihu_person_id_mask ("210802194103070022");
  g_autofree char *strange = yihu_person_id_mask ("21080219");
  g_autofree char *none = yihu_person_id_mask (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *mask = yihu_name_mask (names[i].name);

      g_assert_cmpstr (mask, ==, names[i].mask);
    }
  g_assert_cmpstr (id, ==, "2108**********0022");
  g_assert_cmpstr (strange, ==, "********");
  g_assert_cmpstr (none, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/person-id/vectors", test_vectors);
  g_test_add_func ("/base/person-id/birth-days", test_birth_days);
  g_test_add_func ("/base/person-id/counties", test_counties);
  g_test_add_func ("/base/person-id/slips", test_every_slip_is_noticed);
  g_test_add_func ("/base/person-id/contents", test_contents);
  g_test_add_func ("/base/person-id/dates", test_dates);
  g_test_add_func ("/base/person-id/ages", test_ages);
  g_test_add_func ("/base/person-id/local-dates", test_local_dates);
  g_test_add_func ("/base/person-id/masks", test_masks);
  return g_test_run ();
}
