/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Citizen identity numbers after GB 11643, calendar dates, and how both and names are masked. The
 * table of county codes is generated from data/county-codes.txt. A county that is not in it (a
 * former one: many elders carry one) is flagged, never refused. */

#include "base/person-id.h"

#include "county-codes.h"

#include <stdlib.h>
#include <string.h>

#define LENGTH 18
#define OLD_LENGTH 15
#define MAX_AGE 130
#define SHANGHAI_US (8 * 3600 * G_GINT64_CONSTANT (1000000))
#define DAY_US (24 * 3600 * G_GINT64_CONSTANT (1000000))

/* --- dates --- */

static int
days_in_month (int year, int month)
{
  static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  gboolean is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

  return month == 2 && is_leap ? 29 : days[month - 1];
}

gboolean
yihu_date_is_valid (int yyyymmdd)
{
  int year = yyyymmdd / 10000;
  int month = yyyymmdd / 100 % 100;
  int day = yyyymmdd % 100;

  return year >= 1000 && year <= 9999 && month >= 1 && month <= 12 && day >= 1
         && day <= days_in_month (year, month);
}

int
yihu_date_get_age (int birth, int today)
{
  int year = today / 10000;
  int month_day = birth % 10000;

  if (month_day == 229 && days_in_month (year, 2) == 28)
    month_day = 228;
  return year - birth / 10000 - (today % 10000 < month_day ? 1 : 0);
}

int
yihu_date_from_us (gint64 at_us)
{
  gint64 local_us = at_us + SHANGHAI_US;
  gint64 days = local_us / DAY_US - (local_us % DAY_US < 0 ? 1 : 0);
  GDate date;

  g_return_val_if_fail (days > -700000 && days < 3000000, 0);

  /* GDate's first day is 1 January of the year 1; 1970-01-01 is its day 719163. */
  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) (days + 719163));
  return g_date_get_year (&date) * 10000 + (int) g_date_get_month (&date) * 100
         + g_date_get_day (&date);
}

/* --- identity numbers --- */

static const int weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };

char
yihu_person_id_check_digit (const char *seventeen)
{
  int sum = 0;

  for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
    {
      g_return_val_if_fail (g_ascii_isdigit (seventeen[i]), '\0');
      sum += (seventeen[i] - '0') * weights[i];
    }
  return "10X98765432"[sum % 11];
}

/* Trims, takes full width to ASCII and x to X. Returns: the length, 0 where it is not an ID. */
static gsize
clean (const char *raw, char *id)
{
  g_autofree char *trimmed = NULL;
  gsize length = 0;

  if (raw == NULL || !g_utf8_validate (raw, -1, NULL))
    return 0;
  trimmed = g_strstrip (g_strdup (raw));
  for (const char *p = trimmed; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if (character >= 0xff01 && character <= 0xff5e)
        character -= 0xfee0;
      if (character == 'x')
        character = 'X';
      if (length >= LENGTH || (character != 'X' && (character < '0' || character > '9')))
        return 0;
      id[length++] = (char) character;
    }
  id[length] = '\0';
  return strspn (id, "0123456789") >= MIN (length, LENGTH - 1) ? length : 0;
}

static int
parse_digits (const char *digits, guint n)
{
  int value = 0;

  for (guint i = 0; i < n; i++)
    value = value * 10 + (digits[i] - '0');
  return value;
}

static int
compare_codes (gconstpointer a, gconstpointer b)
{
  return *(const int *) a - *(const int *) b;
}

static gboolean
province_is_known (int province)
{
  static const gint8 provinces[] = { 11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                     35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                     53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83 };

  for (guint i = 0; i < G_N_ELEMENTS (provinces); i++)
    if (provinces[i] == province)
      return TRUE;
  return FALSE;
}

/* Permits of residents of Hong Kong, Macao and Taiwan have the province's code only. Cards of
 * foreign permanent residents begin with 9 since 2023; their further digits are no county. */
static YihuPersonIdVerdict
judge_county (const char *id)
{
  int county = parse_digits (id, 6);

  if (county == 810000 || county == 820000 || county == 830000)
    return YIHU_PERSON_ID_VALID;
  if (bsearch (&county, yihu_county_codes, G_N_ELEMENTS (yihu_county_codes), sizeof (int),
               compare_codes)
      != NULL)
    return YIHU_PERSON_ID_VALID;
  if (id[0] == '9' || province_is_known (county / 10000))
    return YIHU_PERSON_ID_UNKNOWN_COUNTY;
  return YIHU_PERSON_ID_INVALID;
}

YihuPersonIdVerdict
yihu_person_id_check (const char *raw, int today, char **clean_id)
{
  char id[LENGTH + 1];
  gsize length = clean (raw, id);
  YihuPersonIdVerdict verdict;
  int birth;

  if (clean_id != NULL)
    *clean_id = NULL;
  if (length == OLD_LENGTH)
    {
      memmove (id + 8, id + 6, 9);
      memcpy (id + 6, "19", 2);
      id[LENGTH - 1] = yihu_person_id_check_digit (id);
      id[LENGTH] = '\0';
    }
  else if (length != LENGTH)
    return YIHU_PERSON_ID_INVALID;

  birth = yihu_person_id_get_birth (id);
  if (id[LENGTH - 1] != yihu_person_id_check_digit (id) || !yihu_date_is_valid (birth)
      || birth > today || yihu_date_get_age (birth, today) > MAX_AGE)
    return YIHU_PERSON_ID_INVALID;
  verdict = judge_county (id);
  if (clean_id != NULL && verdict != YIHU_PERSON_ID_INVALID)
    *clean_id = g_strdup (id);
  return verdict;
}

int
yihu_person_id_get_birth (const char *clean_id)
{
  return parse_digits (clean_id + 6, 8);
}

gboolean
yihu_person_id_is_male (const char *clean_id)
{
  return (clean_id[16] - '0') % 2 == 1;
}

/* --- masks --- */

char *
yihu_person_id_mask (const char *clean_id)
{
  gsize length = clean_id != NULL ? strlen (clean_id) : 0;
  char *mask = g_strdup (clean_id != NULL ? clean_id : "");
  gsize shown = length > 8 ? 4 : 0; /* at each end; something shorter is hidden whole */

  if (length > 0)
    memset (mask + shown, '*', length - 2 * shown);
  return mask;
}

char *
yihu_name_mask (const char *name)
{
  glong length = name != NULL ? g_utf8_strlen (name, -1) : 0;
  glong shown = length >= 4 ? 2 : length >= 2 ? 1 : 0;
  GString *mask = g_string_new (NULL);

  if (length == 0)
    return g_string_free (mask, FALSE);
  g_string_append_len (mask, name, g_utf8_offset_to_pointer (name, shown) - name);
  for (glong i = shown; i < length; i++)
    g_string_append_c (mask, '*');
  return g_string_free (mask, FALSE);
}
