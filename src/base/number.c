/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whole numbers from texts. Counts downwards from zero, because the lowest number has no positive
 * twin. Knows no locale and leaves errno alone. */

#include "base/number.h"

gboolean
yihu_number_parse (const char *text, gint64 lowest, gint64 highest, gint64 *value)
{
  const gboolean is_negative = text != NULL && *text == '-';
  gint64 negated = 0;

  if (text == NULL || text[is_negative] == '\0')
    return FALSE;
  for (const char *p = text + is_negative; *p != '\0'; p++)
    {
      const gint64 digit = *p - '0';

      if (!g_ascii_isdigit (*p) || negated < (G_MININT64 + digit) / 10)
        return FALSE;
      negated = negated * 10 - digit;
    }
  if (!is_negative && negated == G_MININT64)
    return FALSE;
  if ((is_negative ? negated : -negated) < lowest || (is_negative ? negated : -negated) > highest)
    return FALSE;
  *value = is_negative ? negated : -negated;
  return TRUE;
}
