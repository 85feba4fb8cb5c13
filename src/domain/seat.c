/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuSeat. */

#include "domain/seat.h"

#include "domain/record-table.h"

static const char *const states[] = {
  "away", "ready", "ringing", "busy", "wrapup", "offline", NULL
};

static const YihuField fields[] = {
  YIHU_ENUM_FIELD (YihuSeat, state, YIHU_FIELD_PLAIN, states),
  YIHU_INT_FIELD (YihuSeat, since_us, YIHU_FIELD_PLAIN, 0, YIHU_TIME_MAX_US),
  YIHU_TEXT_FIELD (YihuSeat, call, YIHU_FIELD_PLAIN, 36),
  YIHU_TEXT_FIELD (YihuSeat, account, YIHU_FIELD_PLAIN, 36),
  YIHU_TEXT_FIELD (YihuSeat, name, YIHU_FIELD_PLAIN, 96),
};

YIHU_RECORD_TYPE (YihuSeat, yihu_seat, "seat")
