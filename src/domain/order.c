/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuOrder. */

#include "domain/order.h"

#include "domain/record-table.h"

static const char *const states[] = { "placed",   "accepted", "arrived",   "started", "finished",
                                      "approved", "returned", "cancelled", NULL };
static const char *const urgencies[] = { "query", "general", "soon", "urgent", NULL };

static const YihuField fields[] = {
  YIHU_TEXT_FIELD (YihuOrder, number, YIHU_FIELD_PLAIN, 32),
  YIHU_TEXT_FIELD (YihuOrder, elder, YIHU_FIELD_REQUIRED, 36),
  YIHU_TEXT_FIELD (YihuOrder, call, YIHU_FIELD_PLAIN, 36),
  YIHU_TEXT_FIELD (YihuOrder, item, YIHU_FIELD_REQUIRED, 36),
  YIHU_TEXT_FIELD (YihuOrder, provider, YIHU_FIELD_REQUIRED, 36),
  YIHU_ENUM_FIELD (YihuOrder, state, YIHU_FIELD_PLAIN, states),
  YIHU_ENUM_FIELD (YihuOrder, urgency, YIHU_FIELD_PLAIN, urgencies),
  YIHU_INT_FIELD (YihuOrder, placed_at_us, YIHU_FIELD_PLAIN, 0, YIHU_TIME_MAX_US),
  YIHU_INT_FIELD (YihuOrder, due_at_us, YIHU_FIELD_PLAIN, 0, YIHU_TIME_MAX_US),
  YIHU_INT_FIELD (YihuOrder, finished_at_us, YIHU_FIELD_PLAIN, 0, YIHU_TIME_MAX_US),
  YIHU_INT_FIELD (YihuOrder, price_fen, YIHU_FIELD_PLAIN, 0, 100000000),
  YIHU_INT_FIELD (YihuOrder, subsidy_fen, YIHU_FIELD_PLAIN, 0, 100000000),
  YIHU_TEXT_FIELD (YihuOrder, note, YIHU_FIELD_PERSONAL, 4096),
  YIHU_TEXT_FIELD (YihuOrder, reason, YIHU_FIELD_PLAIN, 512),
  YIHU_TEXT_FIELD (YihuOrder, placed_by, YIHU_FIELD_PLAIN, 36),
  YIHU_TEXT_FIELD (YihuOrder, seat, YIHU_FIELD_PLAIN, 16),
};

YIHU_RECORD_TYPE (YihuOrder, yihu_order, "service_order")
