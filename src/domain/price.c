/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuPrice. */

#include "domain/price.h"

#include "domain/record-table.h"

static const YihuField fields[] = {
  YIHU_TEXT_FIELD (YihuPrice, provider, YIHU_FIELD_REQUIRED, 36),
  YIHU_TEXT_FIELD (YihuPrice, item, YIHU_FIELD_REQUIRED, 36),
  YIHU_INT_FIELD (YihuPrice, price_fen, YIHU_FIELD_PLAIN, 0, 100000000),
  YIHU_INT_FIELD (YihuPrice, subsidy_fen, YIHU_FIELD_PLAIN, 0, 100000000),
};

YIHU_RECORD_TYPE (YihuPrice, yihu_price, "price")
