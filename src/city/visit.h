/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "city/random.h"
#include "domain/order.h"
#include "wire/command.h"

/* One order on its way: which step comes next, when, and from where it is reported. Pure: no
 * clock, no network. */

G_BEGIN_DECLS

typedef struct
{
  YihuOrder *order; /* (owned) as last told by the server */
  gint64 home_lat_e7;
  gint64 home_lon_e7;
  gint64 minutes; /* of the item */
  gint64 lead_minutes;
  gboolean is_far; /* reports from where the elder is not: for the reviewers */
  gboolean is_hasty; /* stays much too short */
  YihuRandom random;
} YihuVisit;

/* @row: one of {"orders":[…]}. NULL with error where it cannot be read. */
YihuVisit *yihu_visit_new (const json_t *row, guint64 seed, GError **error);
void yihu_visit_free (YihuVisit *self);

const char *yihu_visit_get_verb (YihuVisit *self); /* the next step; NULL: none is ours */
double yihu_visit_draw_delay_s (YihuVisit *self, double pace); /* until the next step; > 0 */
YihuCommand *yihu_visit_make_command (YihuVisit *self, gint64 at_us); /* (transfer full) */
/* After the server agreed: takes the record of the reply, or counts on by the flow. */
void yihu_visit_advance (YihuVisit *self, const YihuRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuVisit, yihu_visit_free)

G_END_DECLS
