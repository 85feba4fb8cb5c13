/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuOrderStep. */

#include "domain/order-step.h"

#include "domain/record-table.h"

static const char *const states[] = { "placed",   "accepted", "arrived",   "started", "finished",
                                      "approved", "returned", "cancelled", NULL };

static const YihuField fields[] = {
  YIHU_TEXT_FIELD (YihuOrderStep, service_order, YIHU_FIELD_REQUIRED, 36),
  YIHU_TEXT_FIELD (YihuOrderStep, verb, YIHU_FIELD_REQUIRED, 32),
  YIHU_ENUM_FIELD (YihuOrderStep, from, YIHU_FIELD_PLAIN, states),
  YIHU_ENUM_FIELD (YihuOrderStep, to, YIHU_FIELD_PLAIN, states),
  YIHU_INT_FIELD (YihuOrderStep, at_us, YIHU_FIELD_PLAIN, 0, YIHU_TIME_MAX_US),
  YIHU_TEXT_FIELD (YihuOrderStep, actor, YIHU_FIELD_PLAIN, 36),
  YIHU_TEXT_FIELD (YihuOrderStep, actor_name, YIHU_FIELD_PLAIN, 96),
  YIHU_INT_FIELD (YihuOrderStep, lat_e7, YIHU_FIELD_PLAIN, -900000000, 900000000),
  YIHU_INT_FIELD (YihuOrderStep, lon_e7, YIHU_FIELD_PLAIN, -1800000000, 1800000000),
  YIHU_TEXT_FIELD (YihuOrderStep, reason, YIHU_FIELD_PLAIN, 512),
};

YIHU_RECORD_TYPE (YihuOrderStep, yihu_order_step, "order_step")
