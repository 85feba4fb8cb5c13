/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuKin. */

#include "domain/kin.h"

#include "domain/record-table.h"

static const YihuField fields[] = {
  YIHU_TEXT_FIELD (YihuKin, elder, YIHU_FIELD_REQUIRED, 36),
  YIHU_TEXT_FIELD (YihuKin, name, YIHU_FIELD_REQUIRED | YIHU_FIELD_PERSONAL, 96),
  YIHU_TEXT_FIELD (YihuKin, relation, YIHU_FIELD_PLAIN, 32),
  YIHU_TEXT_FIELD (YihuKin, phone, YIHU_FIELD_PERSONAL, 64),
  YIHU_TEXT_FIELD (YihuKin, place, YIHU_FIELD_PERSONAL, 96),
  YIHU_INT_FIELD (YihuKin, rank, YIHU_FIELD_PLAIN, 0, 99),
};

YIHU_RECORD_TYPE (YihuKin, yihu_kin, "kin")
