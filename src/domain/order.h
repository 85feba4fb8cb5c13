/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/call.h"

/* A service order 工单. States and moves: yihu_order_flow. Each move adds a YihuOrderStep. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_ORDER_PLACED,
  YIHU_ORDER_ACCEPTED,
  YIHU_ORDER_ARRIVED,
  YIHU_ORDER_STARTED,
  YIHU_ORDER_FINISHED,
  YIHU_ORDER_APPROVED,
  YIHU_ORDER_RETURNED,
  YIHU_ORDER_CANCELLED,
} YihuOrderState;

typedef struct
{
  YihuRecord record;
  char *number; /* for people, given by the server: "DD20261121-0007"; empty until then */
  char *elder;
  char *call;
  char *item;
  char *provider;
  gint64 state; /* YihuOrderState */
  gint64 urgency; /* YihuUrgency */
  gint64 placed_at_us;
  gint64 due_at_us; /* arrival asked for */
  gint64 finished_at_us;
  gint64 price_fen;
  gint64 subsidy_fen;
  char *note;
  char *reason; /* why returned, cancelled or declined last */
  char *placed_by; /* account */
  char *seat;
} YihuOrder;

YIHU_DEFINE_RECORD (YihuOrder, yihu_order)

G_END_DECLS
