/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/order.h"

/* One move of an order: who, when, where, why. Append only. */

G_BEGIN_DECLS

typedef struct
{
  YihuRecord record;
  char *service_order;
  char *verb;
  gint64 from; /* YihuOrderState */
  gint64 to; /* YihuOrderState */
  gint64 at_us;
  char *actor; /* account */
  char *actor_name;
  gint64 lat_e7; /* WGS-84, 1e-7 degree; 0/0 unknown */
  gint64 lon_e7;
  char *reason;
} YihuOrderStep;

YIHU_DEFINE_RECORD (YihuOrderStep, yihu_order_step)

G_END_DECLS
