/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Administrative divisions: 12-digit codes in the manner of GB/T 2260 as int64: 2 digits province,
 * 4 city, 6 county, 9 street, 12 community. A subtree is the range lo <= code < hi. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_DIVISION_LEVEL_NONE,
  YIHU_DIVISION_LEVEL_PROVINCE,
  YIHU_DIVISION_LEVEL_CITY,
  YIHU_DIVISION_LEVEL_COUNTY,
  YIHU_DIVISION_LEVEL_STREET,
  YIHU_DIVISION_LEVEL_COMMUNITY,
} YihuDivisionLevel;

typedef struct
{
  gint64 lo; /* inclusive */
  gint64 hi; /* exclusive */
} YihuDivisionRange;

/* @text: 2, 4, 6, 9 or 12 digits. Returns: the code padded to 12 digits, or 0 where malformed. */
gint64 yihu_division_code_parse (const char *text);
YihuDivisionLevel yihu_division_code_get_level (gint64 code);
gint64 yihu_division_code_get_parent (gint64 code, YihuDivisionLevel level);
YihuDivisionRange yihu_division_code_get_range (gint64 code);
gboolean yihu_division_range_contains (YihuDivisionRange range, gint64 code);
gboolean yihu_division_range_includes (YihuDivisionRange outer, YihuDivisionRange inner);

G_END_DECLS
