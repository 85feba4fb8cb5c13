/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuServiceItem. */

#include "domain/service-item.h"

#include "domain/record-table.h"

static const char *const categories[] = {
  "meals",   "cleaning",       "bathing", "medical",   "escort", "errands", "company",
  "repairs", "rehabilitation", "culture", "emergency", "advice", NULL
};

static const YihuField fields[] = {
  YIHU_TEXT_FIELD (YihuServiceItem, name, YIHU_FIELD_REQUIRED, 96),
  YIHU_ENUM_FIELD (YihuServiceItem, category, YIHU_FIELD_PLAIN, categories),
  YIHU_INT_FIELD (YihuServiceItem, minutes, YIHU_FIELD_PLAIN, 0, 1440),
  YIHU_INT_FIELD (YihuServiceItem, lead_minutes, YIHU_FIELD_PLAIN, 0, 43200),
};

YIHU_RECORD_TYPE (YihuServiceItem, yihu_service_item, "service_item")
