/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* A telephone call 来电. Made by the switchboard; its id travels in the operator's INVITE as
 * X-Yihu-Call. Times that have not come are 0. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_URGENCY_QUERY,
  YIHU_URGENCY_GENERAL,
  YIHU_URGENCY_SOON,
  YIHU_URGENCY_URGENT,
} YihuUrgency;

typedef enum
{
  YIHU_CALL_QUEUED,
  YIHU_CALL_RINGING,
  YIHU_CALL_TALKING,
  YIHU_CALL_WRAPUP,
  YIHU_CALL_CLOSED,
  YIHU_CALL_MISSED,
} YihuCallState;

typedef enum
{
  YIHU_CALL_ENDED_BY_NOBODY,
  YIHU_CALL_ENDED_BY_CALLER,
  YIHU_CALL_ENDED_BY_OPERATOR,
  YIHU_CALL_ENDED_BY_SWITCHBOARD,
} YihuCallEnding;

typedef enum
{
  YIHU_OUTCOME_NONE,
  YIHU_OUTCOME_ORDER,
  YIHU_OUTCOME_ADVICE,
  YIHU_OUTCOME_EMERGENCY,
  YIHU_OUTCOME_FALSE_ALARM,
  YIHU_OUTCOME_NO_VOICE,
  YIHU_OUTCOME_OTHER,
} YihuCallOutcome;

typedef struct
{
  YihuRecord record;
  char *number_raw;
  char *number; /* E.164; empty: withheld or unreadable */
  char *called;
  char *elder;
  gint64 state; /* YihuCallState */
  gint64 urgency; /* YihuUrgency */
  char *seat;
  char *operator; /* account */
  gint64 ring_at_us; /* the INVITE came */
  gint64 answer_at_us;
  gint64 end_at_us;
  gint64 close_at_us;
  gint64 ended_by; /* YihuCallEnding */
  gint64 outcome; /* YihuCallOutcome */
  char *note;
} YihuCall;

YIHU_DEFINE_RECORD (YihuCall, yihu_call)

G_END_DECLS
