/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Arithmetic on 12-digit division codes. Knows no list of divisions: only the form. A place that
 * has no county level (Dongguan: 441900003000 under 441900000000) works, because a level is where
 * the digits end. */

#include "base/division-code.h"

#include <string.h>

/* How many codes one division of a level spans. */
static const gint64 spans[] = {
  [YIHU_DIVISION_LEVEL_NONE] = G_GINT64_CONSTANT (1000000000000),
  [YIHU_DIVISION_LEVEL_PROVINCE] = G_GINT64_CONSTANT (10000000000),
  [YIHU_DIVISION_LEVEL_CITY] = G_GINT64_CONSTANT (100000000),
  [YIHU_DIVISION_LEVEL_COUNTY] = G_GINT64_CONSTANT (1000000),
  [YIHU_DIVISION_LEVEL_STREET] = G_GINT64_CONSTANT (1000),
  [YIHU_DIVISION_LEVEL_COMMUNITY] = G_GINT64_CONSTANT (1),
};

gint64
yihu_division_code_parse (const char *text)
{
  gsize length;
  gint64 code = 0;

  if (text == NULL)
    return 0;
  length = strnlen (text, 13);
  if (length != 2 && length != 4 && length != 6 && length != 9 && length != 12)
    return 0;
  for (gsize i = 0; i < 12; i++)
    {
      if (i < length && !g_ascii_isdigit (text[i]))
        return 0;
      code = code * 10 + (i < length ? text[i] - '0' : 0);
    }
  /* Provinces begin at 11; "00…" is nothing. */
  return code >= spans[YIHU_DIVISION_LEVEL_PROVINCE] * 10 ? code : 0;
}

YihuDivisionLevel
yihu_division_code_get_level (gint64 code)
{
  if (code <= 0 || code >= spans[YIHU_DIVISION_LEVEL_NONE])
    return YIHU_DIVISION_LEVEL_NONE;
  for (int level = YIHU_DIVISION_LEVEL_PROVINCE; level < YIHU_DIVISION_LEVEL_COMMUNITY; level++)
    if (code % spans[level] == 0)
      return level;
  return YIHU_DIVISION_LEVEL_COMMUNITY;
}

gint64
yihu_division_code_get_parent (gint64 code, YihuDivisionLevel level)
{
  g_return_val_if_fail (level <= YIHU_DIVISION_LEVEL_COMMUNITY, 0);
  return code - code % spans[level];
}

YihuDivisionRange
yihu_division_code_get_range (gint64 code)
{
  YihuDivisionLevel level = yihu_division_code_get_level (code);

  if (level == YIHU_DIVISION_LEVEL_NONE)
    return (YihuDivisionRange){ 0, spans[YIHU_DIVISION_LEVEL_NONE] };
  return (YihuDivisionRange){ code, code + spans[level] };
}

gboolean
yihu_division_range_contains (YihuDivisionRange range, gint64 code)
{
  return code >= range.lo && code < range.hi;
}

gboolean
yihu_division_range_includes (YihuDivisionRange outer, YihuDivisionRange inner)
{
  return inner.lo >= outer.lo && inner.hi <= outer.hi;
}
