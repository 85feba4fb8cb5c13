/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuProvider. */

#include "domain/provider.h"

#include "domain/record-table.h"

static const char *const statuses[] = { "active", "suspended", NULL };

static const YihuField fields[] = {
  YIHU_TEXT_FIELD (YihuProvider, name, YIHU_FIELD_REQUIRED, 96),
  YIHU_TEXT_FIELD (YihuProvider, phone, YIHU_FIELD_PLAIN, 64),
  YIHU_TEXT_FIELD (YihuProvider, address, YIHU_FIELD_PLAIN, 256),
  YIHU_INT_FIELD (YihuProvider, lat_e7, YIHU_FIELD_PLAIN, -900000000, 900000000),
  YIHU_INT_FIELD (YihuProvider, lon_e7, YIHU_FIELD_PLAIN, -1800000000, 1800000000),
  YIHU_INT_FIELD (YihuProvider, stars, YIHU_FIELD_PLAIN, 0, 500),
  YIHU_INT_FIELD (YihuProvider, capacity, YIHU_FIELD_PLAIN, 0, 100000),
  YIHU_ENUM_FIELD (YihuProvider, status, YIHU_FIELD_PLAIN, statuses),
};

YIHU_RECORD_TYPE (YihuProvider, yihu_provider, "provider")
