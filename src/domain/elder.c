/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuElder. */

#include "domain/elder.h"

#include "domain/record-table.h"

#include <string.h>

static const char *const sexes[] = { "female", "male", NULL };
static const char *const livings[] = { "with-family", "alone",       "empty-nest",
                                       "bereaved",    "institution", NULL };
static const char *const abilities[] = { "able", "mild", "moderate", "severe", "dementia", NULL };
static const char *const subsidies[] = { "none", "a", "b", "c", NULL };
static const char *const risks[] = { "normal", "raised", "high", NULL };
static const char *const statuses[] = { "active", "moved", "deceased", NULL };

static const YihuField fields[] = {
  YIHU_TEXT_FIELD (YihuElder,
                   name,
                   YIHU_FIELD_REQUIRED | YIHU_FIELD_PERSONAL | YIHU_FIELD_CARD,
                   96),
  YIHU_TEXT_FIELD (YihuElder, appellation, YIHU_FIELD_PERSONAL | YIHU_FIELD_CARD, 32),
  YIHU_ENUM_FIELD (YihuElder, sex, YIHU_FIELD_CARD, sexes),
  YIHU_INT_FIELD (YihuElder, birth, YIHU_FIELD_CARD, 18800101, 21001231),
  YIHU_TEXT_FIELD (YihuElder, phone, YIHU_FIELD_PERSONAL | YIHU_FIELD_CARD, 64),
  YIHU_TEXT_FIELD (YihuElder, phone2, YIHU_FIELD_PERSONAL | YIHU_FIELD_CARD, 64),
  YIHU_TEXT_FIELD (YihuElder, address, YIHU_FIELD_PERSONAL | YIHU_FIELD_CARD, 256),
  YIHU_INT_FIELD (YihuElder, lat_e7, YIHU_FIELD_PERSONAL, -900000000, 900000000),
  YIHU_INT_FIELD (YihuElder, lon_e7, YIHU_FIELD_PERSONAL, -1800000000, 1800000000),
  YIHU_ENUM_FIELD (YihuElder, living, YIHU_FIELD_CARD, livings),
  YIHU_ENUM_FIELD (YihuElder, ability, YIHU_FIELD_CARD, abilities),
  YIHU_ENUM_FIELD (YihuElder, subsidy, YIHU_FIELD_PLAIN, subsidies),
  YIHU_ENUM_FIELD (YihuElder, risk, YIHU_FIELD_CARD, risks),
  YIHU_TEXT_FIELD (YihuElder, conditions, YIHU_FIELD_PERSONAL | YIHU_FIELD_CARD, 512),
  YIHU_TEXT_FIELD (YihuElder, medicines, YIHU_FIELD_PERSONAL | YIHU_FIELD_CARD, 512),
  YIHU_TEXT_FIELD (YihuElder, allergies, YIHU_FIELD_PERSONAL | YIHU_FIELD_CARD, 256),
  YIHU_TEXT_FIELD (YihuElder, mobility, YIHU_FIELD_PERSONAL | YIHU_FIELD_CARD, 256),
  YIHU_TEXT_FIELD (YihuElder, hospital, YIHU_FIELD_PERSONAL | YIHU_FIELD_CARD, 256),
  YIHU_TEXT_FIELD (YihuElder, key_holder, YIHU_FIELD_PERSONAL | YIHU_FIELD_CARD, 128),
  YIHU_TEXT_FIELD (YihuElder, dialect, YIHU_FIELD_PERSONAL | YIHU_FIELD_CARD, 64),
  YIHU_TEXT_FIELD (YihuElder, remarks, YIHU_FIELD_PERSONAL | YIHU_FIELD_CARD, 1024),
  YIHU_ENUM_FIELD (YihuElder, status, YIHU_FIELD_PLAIN, statuses),
  YIHU_TEXT_FIELD (YihuElder, id_card, YIHU_FIELD_PERSONAL | YIHU_FIELD_SERVER, 18),
  YIHU_TEXT_FIELD (YihuElder, history, YIHU_FIELD_PERSONAL | YIHU_FIELD_SERVER, 4096),
  YIHU_TEXT_FIELD (YihuElder, id_tail, YIHU_FIELD_PERSONAL, 8),
};

YIHU_RECORD_TYPE (YihuElder, yihu_elder, "elder")

char *
yihu_elder_dup_id_tail (const YihuElder *self)
{
  gsize length = self->id_card != NULL ? strlen (self->id_card) : 0;

  if (length > YIHU_ELDER_ID_TAIL)
    return g_strdup (self->id_card + length - YIHU_ELDER_ID_TAIL);
  return g_strdup (self->id_tail);
}
