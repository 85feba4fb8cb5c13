/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* A seat 坐席 and what it is doing. The id is the seat number. The switchboard is the only writer.
 */

G_BEGIN_DECLS

typedef enum
{
  YIHU_SEAT_AWAY,
  YIHU_SEAT_READY,
  YIHU_SEAT_RINGING,
  YIHU_SEAT_BUSY,
  YIHU_SEAT_WRAPUP,
  YIHU_SEAT_OFFLINE,
} YihuSeatState;

typedef struct
{
  YihuRecord record;
  gint64 state; /* YihuSeatState */
  gint64 since_us;
  char *call; /* call it rings for or talks in */
  char *account;
  char *name; /* operator's name */
} YihuSeat;

YIHU_DEFINE_RECORD (YihuSeat, yihu_seat)

G_END_DECLS
