/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Forms in which numbers come, as a table; idempotence; what is never guessed; how they are shown.
 */

#include "base/phone-number.h"

#include <string.h>

static const struct
{
  const char *raw;
  const char *normalized; /* NULL: no number */
} forms[] = {
  /* mobiles */
  { "13837904412", "+8613837904412" },
  { "138 3790 4412", "+8613837904412" },
  { "138-3790-4412", "+8613837904412" },
  { "138.3790.4412", "+8613837904412" },
  { "013837904412", "+8613837904412" },
  { "8613837904412", "+8613837904412" },
  { "+8613837904412", "+8613837904412" },
  { "+86 138-3790-4412", "+8613837904412" },
  { "008613837904412", "+8613837904412" },
  { "(+86)13837904412", "+8613837904412" },
  { "tel:+86-138-3790-4412", "+8613837904412" },
  { "sip:13837904412@192.0.2.1;user=phone", "+8613837904412" },
  { "sips:+8613837904412@example.net:5061", "+8613837904412" },
  { "\"Wang\" <sip:13837904412@10.0.0.1>;tag=1", "+8613837904412" },
  { "１３８３７９０４４１２", "+8613837904412" },
  { "＋８６（１３８）３７９０　４４１２", "+8613837904412" },
  { "13837904412-1", "+8613837904412,1" },
  { "1283790441", NULL },
  { "12837904412", NULL },
  { "138379044121", NULL },
  /* landlines */
  { "0417-2817331", "+864172817331" },
  { "(0417)2817331", "+864172817331" },
  { "0417 281 7331", "+864172817331" },
  { "04172817331", "+864172817331" },
  { "2817331", "+864172817331" },
  { "281-7331", "+864172817331" },
  { "+86 417 2817331", "+864172817331" },
  { "+8604172817331", "+864172817331" },
  { "+86 (0)417 2817331", "+864172817331" },
  { "00864172817331", "+864172817331" },
  { "864172817331", "+864172817331" },
  { "010-62345678", "+861062345678" },
  { "02362345678", "+862362345678" },
  { "0379-62345678", "+8637962345678" },
  { "62345678", "+8641762345678" },
  { "2817-3312", "+8641728173312" },
  { "0417—2817331", "+864172817331" },
  { "8612345", "+864178612345" },
  { "0417-281733", NULL },
  { "0417-281733122", NULL },
  { "0417-0817331", NULL },
  { "4172817331", NULL },
  { "0400-8101234", NULL },
  { "1381234", NULL },
  { "+862817331", NULL },
  /* extensions */
  { "0417-2817331-8001", "+864172817331,8001" },
  { "0417-2817331转8001", "+864172817331,8001" },
  { "0417-2817331 转分机 8001", "+864172817331,8001" },
  { "2817331-8001", "+864172817331,8001" },
  { "2817331 ext. 8001", "+864172817331,8001" },
  { "2817331x8001", "+864172817331,8001" },
  { "2817331＃8001", "+864172817331,8001" },
  { "tel:+86-417-2817331;ext=8001", "+864172817331,8001" },
  { "400-810-1234-5", "4008101234,5" },
  { "2817331,2817332", NULL },
  { "2817331转", NULL },
  { "转8001", NULL },
  { "12349-1-2", NULL },
  /* short codes and service numbers */
  { "110", "110" },
  { "120", "120" },
  { "12349", "12349" },
  { "95588", "95588" },
  { "+8612349", "12349" },
  { "400-810-1234", "4008101234" },
  { "8008101234", "8008101234" },
  { "+864008101234", "4008101234" },
  { "11", NULL },
  { "011", NULL },
  /* cards of things, foreign numbers */
  { "1064812345678", "+861064812345678" },
  { "1440012345678", "+861440012345678" },
  { "+85221234567", "+85221234567" },
  { "0085221234567", "+85221234567" },
  { "+1 415 555 0100", "+14155550100" },
  { "+1234567", NULL },
  { "+1234567890123456", NULL },
  /* nothing */
  { "", NULL },
  { "   ", NULL },
  { "anonymous", NULL },
  { "sip:anonymous@anonymous.invalid", NULL },
  { "Restricted", NULL },
  { "+", NULL },
  { "--", NULL },
  { "13837904412a", NULL },
  { "13837904412/13837904413", NULL },
  { "138379044+12", NULL },
  { "\xff\xfe", NULL },
  { "00000000000", NULL },
};

static void
test_forms (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autofree char *number = yihu_phone_number_normalize (forms[i].raw, "0417");

      g_test_message ("%s", forms[i].raw);
      g_assert_cmpstr (number, ==, forms[i].normalized);
    }
}

static void
test_normalizing_twice_changes_nothing (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autofree char *again = NULL;

      if (forms[i].normalized == NULL)
        continue;
      again = yihu_phone_number_normalize (forms[i].normalized, NULL);
      g_assert_cmpstr (again, ==, forms[i].normalized);
    }
}

static char *
random_digits (guint n)
{
  char *digits = g_malloc0 (n + 1);

  for (guint i = 0; i < n; i++)
    digits[i] = (char) ('0' + g_test_rand_int_range (0, 10));
  return digits;
}

/* Whatever the digits, the result is idempotent and its digits are those that went in, but for
 * country code, trunk prefix and area code: so two subscribers never become one. */
static void
test_random_digits (void)
{
  static const char *const prefixes[] = { "", "0", "+", "+86", "0086", "86", "0417", "1", "+860" };

  for (guint round = 0; round < 20000; round++)
    {
      g_autofree char *digits = random_digits ((guint) g_test_rand_int_range (1, 15));
      const char *prefix = prefixes[g_test_rand_int_range (0, G_N_ELEMENTS (prefixes))];
      g_autofree char *raw = g_strconcat (prefix, digits, NULL);
      g_autofree char *number = yihu_phone_number_normalize (raw, "0417");
      g_autofree char *again = NULL;
      const char *tail;

      if (number == NULL)
        continue;
      again = yihu_phone_number_normalize (number, NULL);
      g_assert_cmpstr (again, ==, number);
      tail = strlen (number) > 7 ? number + strlen (number) - 7 : number;
      g_assert_true (g_str_has_suffix (raw, tail));
    }
}

static void
test_area_code (void)
{
  static const struct
  {
    const char *area_code;
    const char *normalized;
  } rows[] = { { "0417", "+864172817331" },
               { "0379", "+863792817331" },
               { "023", "+86232817331" },
               { "010", "+86102817331" },
               { "417", NULL },
               { "", NULL },
               { NULL, NULL },
               { "04", NULL },
               { "04170", NULL },
               { "0a17", NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *number = yihu_phone_number_normalize ("2817331", rows[i].area_code);

      g_assert_cmpstr (number, ==, rows[i].normalized);
    }
}

static void
test_long_texts (void)
{
  g_autofree char *zeros = g_strnfill (200, '0');
  g_autofree char *padded = g_strconcat ("13837904412", zeros, NULL);
  g_autofree char *blanks = g_strnfill (70, ' ');
  g_autofree char *late = g_strconcat (blanks, "13837904412", NULL);
  g_autofree char *uri = g_strconcat ("sip:13837904412@", zeros, NULL);
  g_autofree char *first = yihu_phone_number_normalize (padded, "0417");
  g_autofree char *second = yihu_phone_number_normalize (late, "0417");
  g_autofree char *third = yihu_phone_number_normalize (uri, "0417");

  g_assert_null (first);
  g_assert_null (second);
  g_assert_cmpstr (third, ==, "+8613837904412");
  g_assert_null (yihu_phone_number_normalize (NULL, "0417"));
}

static const struct
{
  const char *normalized;
  const char *format;
  const char *mask;
  const char *reverse;
} shown[] = {
  { "+8613837904412", "138 3790 4412", "138****4412", "21440973831" },
  { "+864172817331", "0417-2817 331", "0417-***7331", "13371827140" },
  { "+8641728173312", "0417-2817 3312", "0417-****3312", "213371827140" },
  { "+861062345678", "010-6234 5678", "010-****5678", "87654326010" },
  { "+864172817331,8001", "0417-2817 331-8001", "0417-***7331", "13371827140" },
  { "+8613837904412,1", "138 3790 4412-1", "138****4412", "21440973831" },
  { "12349", "12349", "12349", "94321" },
  { "110", "110", "110", "011" },
  { "4008101234", "400 810 1234", "4008101234", "4321018004" },
  { "+85221234567", "+85221234567", "********4567", "76543212258" },
  { "+861064812345678", "1064812345678", "*********5678", "8765432184601" },
  { "", "", "", "" },
  { NULL, "", "", "" },
};

static void
test_showing (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      g_autofree char *format = yihu_phone_number_format (shown[i].normalized);
      g_autofree char *mask = yihu_phone_number_mask (shown[i].normalized);
      g_autofree char *reverse = yihu_phone_number_reverse (shown[i].normalized);

      g_assert_cmpstr (format, ==, shown[i].format);
      g_assert_cmpstr (mask, ==, shown[i].mask);
      g_assert_cmpstr (reverse, ==, shown[i].reverse);
    }
}

/* What is shown can be typed in again. */
static void
test_format_is_readable (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autofree char *format = yihu_phone_number_format (forms[i].normalized);
      g_autofree char *number = yihu_phone_number_normalize (format, NULL);

      g_assert_cmpstr (number, ==, forms[i].normalized);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/phone-number/forms", test_forms);
  g_test_add_func ("/base/phone-number/twice", test_normalizing_twice_changes_nothing);
  g_test_add_func ("/base/phone-number/random", test_random_digits);
  g_test_add_func ("/base/phone-number/area-code", test_area_code);
  g_test_add_func ("/base/phone-number/long", test_long_texts);
  g_test_add_func ("/base/phone-number/showing", test_showing);
  g_test_add_func ("/base/phone-number/format", test_format_is_readable);
  return g_test_run ();
}
