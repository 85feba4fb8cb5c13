/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuDivision. */

#include "domain/division.h"

#include "domain/record-table.h"

static const YihuField fields[] = {
  YIHU_TEXT_FIELD (YihuDivision, name, YIHU_FIELD_REQUIRED, 96),
  YIHU_INT_FIELD (YihuDivision, level, YIHU_FIELD_REQUIRED, 1, 5),
};

YIHU_RECORD_TYPE (YihuDivision, yihu_division, "division")
