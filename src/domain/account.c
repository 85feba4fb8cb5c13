/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuAccount. */

#include "domain/account.h"

#include "domain/record-table.h"

static const char *const roles[] = { "operator",      "supervisor", "reviewer",
                                     "administrator", "auditor",    "provider",
                                     "switchboard",   "device",     NULL };

static const YihuField fields[] = {
  YIHU_TEXT_FIELD (YihuAccount, login, YIHU_FIELD_REQUIRED, 64),
  YIHU_TEXT_FIELD (YihuAccount, name, YIHU_FIELD_REQUIRED, 96),
  YIHU_ENUM_FIELD (YihuAccount, role, YIHU_FIELD_PLAIN, roles),
  YIHU_TEXT_FIELD (YihuAccount, seat, YIHU_FIELD_PLAIN, 16),
  YIHU_TEXT_FIELD (YihuAccount, provider, YIHU_FIELD_PLAIN, 36),
  YIHU_INT_FIELD (YihuAccount, disabled, YIHU_FIELD_PLAIN, 0, 1),
  YIHU_INT_FIELD (YihuAccount, wiped_at_us, YIHU_FIELD_PLAIN, 0, G_MAXINT64),
};

YIHU_RECORD_TYPE (YihuAccount, yihu_account, "account")
