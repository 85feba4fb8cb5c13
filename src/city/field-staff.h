/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "city/random.h"
#include "city/staff-line.h"

/* The staff of one provider in the field: looks for its orders, accepts, arrives, starts, finishes,
 * each after as long as a person would take, scaled by a pace. A command is sent until there is an
 * answer, always under its first key, so an outage neither loses nor doubles a step. */

G_BEGIN_DECLS

#define YIHU_TYPE_FIELD_STAFF (yihu_field_staff_get_type ())
G_DECLARE_FINAL_TYPE (YihuFieldStaff, yihu_field_staff, YIHU, FIELD_STAFF, GObject)

typedef struct
{
  const char *provider; /* id */
  const char *name;
  double pace; /* times as fast as life; 50: an hour's visit in 72 s */
  guint poll_ms;
  guint64 seed;
} YihuFieldStaffOptions;

/* "order NUMBER accepted NAME"; "staff NAME online|offline". */
typedef void (*YihuFieldStaffFunc) (const char *line, gpointer data);

YihuFieldStaff *yihu_field_staff_new (YihuClock *clock,
                                      YihuStaffLine *line,
                                      const YihuFieldStaffOptions *options,
                                      YihuFieldStaffFunc func,
                                      gpointer data);
/* Logs in after @delay_ms and goes on until stop(). */
void yihu_field_staff_start (YihuFieldStaff *self, guint delay_ms);
void yihu_field_staff_stop (YihuFieldStaff *self);
guint yihu_field_staff_get_n_visits (YihuFieldStaff *self);

G_END_DECLS
