/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The field table of YihuCall. */

#include "domain/call.h"

#include "domain/record-table.h"

static const char *const states[] = { "queued", "ringing", "talking", "wrapup",
                                      "closed", "missed",  NULL };
static const char *const urgencies[] = { "query", "general", "soon", "urgent", NULL };
static const char *const endings[] = { "nobody", "caller", "operator", "switchboard", NULL };
static const char *const outcomes[] = { "none",        "order",    "advice", "emergency",
                                        "false-alarm", "no-voice", "other",  NULL };

static const YihuField fields[] = {
  YIHU_TEXT_FIELD (YihuCall, number_raw, YIHU_FIELD_PERSONAL, 64),
  YIHU_TEXT_FIELD (YihuCall, number, YIHU_FIELD_PERSONAL, 64),
  YIHU_TEXT_FIELD (YihuCall, called, YIHU_FIELD_PLAIN, 64),
  YIHU_TEXT_FIELD (YihuCall, elder, YIHU_FIELD_PLAIN, 36),
  YIHU_ENUM_FIELD (YihuCall, state, YIHU_FIELD_PLAIN, states),
  YIHU_ENUM_FIELD (YihuCall, urgency, YIHU_FIELD_PLAIN, urgencies),
  YIHU_TEXT_FIELD (YihuCall, seat, YIHU_FIELD_PLAIN, 16),
  YIHU_TEXT_FIELD (YihuCall, operator, YIHU_FIELD_PLAIN, 36),
  YIHU_INT_FIELD (YihuCall, ring_at_us, YIHU_FIELD_PLAIN, 0, YIHU_TIME_MAX_US),
  YIHU_INT_FIELD (YihuCall, answer_at_us, YIHU_FIELD_PLAIN, 0, YIHU_TIME_MAX_US),
  YIHU_INT_FIELD (YihuCall, end_at_us, YIHU_FIELD_PLAIN, 0, YIHU_TIME_MAX_US),
  YIHU_INT_FIELD (YihuCall, close_at_us, YIHU_FIELD_PLAIN, 0, YIHU_TIME_MAX_US),
  YIHU_ENUM_FIELD (YihuCall, ended_by, YIHU_FIELD_PLAIN, endings),
  YIHU_ENUM_FIELD (YihuCall, outcome, YIHU_FIELD_PLAIN, outcomes),
  YIHU_TEXT_FIELD (YihuCall, note, YIHU_FIELD_PERSONAL, 4096),
};

YIHU_RECORD_TYPE (YihuCall, yihu_call, "call")
