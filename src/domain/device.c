/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuDevice. */

#include "domain/device.h"

#include "domain/record-table.h"

static const char *const types[] = { "button", "watch", "cord",  "smoke", "gas",
                                     "fall",   "hub",   "other", NULL };
static const char *const statuses[] = { "in-use", "retired", NULL };

static const YihuField fields[] = {
  YIHU_TEXT_FIELD (YihuDevice, number, YIHU_FIELD_REQUIRED, 64),
  YIHU_ENUM_FIELD (YihuDevice, type, YIHU_FIELD_PLAIN, types),
  YIHU_TEXT_FIELD (YihuDevice, elder, YIHU_FIELD_REQUIRED, 36),
  YIHU_TEXT_FIELD (YihuDevice, place, YIHU_FIELD_PERSONAL, 96),
  YIHU_ENUM_FIELD (YihuDevice, status, YIHU_FIELD_PLAIN, statuses),
};

YIHU_RECORD_TYPE (YihuDevice, yihu_device, "device")
