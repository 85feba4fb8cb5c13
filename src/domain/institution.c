/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuInstitution. */

#include "domain/institution.h"

#include "domain/record-table.h"

static const char *const types[] = { "institution", "community-centre", "hospital", NULL };

static const YihuField fields[] = {
  YIHU_TEXT_FIELD (YihuInstitution, name, YIHU_FIELD_REQUIRED, 96),
  YIHU_ENUM_FIELD (YihuInstitution, type, YIHU_FIELD_PLAIN, types),
  YIHU_TEXT_FIELD (YihuInstitution, phone, YIHU_FIELD_PLAIN, 64),
  YIHU_TEXT_FIELD (YihuInstitution, address, YIHU_FIELD_PLAIN, 256),
  YIHU_INT_FIELD (YihuInstitution, lat_e7, YIHU_FIELD_PLAIN, -900000000, 900000000),
  YIHU_INT_FIELD (YihuInstitution, lon_e7, YIHU_FIELD_PLAIN, -1800000000, 1800000000),
  YIHU_INT_FIELD (YihuInstitution, beds, YIHU_FIELD_PLAIN, 0, 100000),
  YIHU_INT_FIELD (YihuInstitution, residents, YIHU_FIELD_PLAIN, 0, 100000),
};

YIHU_RECORD_TYPE (YihuInstitution, yihu_institution, "institution")
