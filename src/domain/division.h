/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* An administrative division 行政区划: city, county, street or community. Its record id is the
 * 12-digit code as text; record.division is the same code as a number. */

G_BEGIN_DECLS

typedef struct
{
  YihuRecord record;
  char *name;
  gint64 level; /* YihuDivisionLevel */
} YihuDivision;

YIHU_DEFINE_RECORD (YihuDivision, yihu_division)

G_END_DECLS
