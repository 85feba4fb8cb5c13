/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* How well the hotline answers: shares and means of what happened, and the Erlang C model of what
 * would happen with another number of seats. Pure arithmetic. A share is in basis points (10000 =
 * all), rounded half up once; what cannot be said (no call yet) is -1. */

G_BEGIN_DECLS

#define YIHU_SERVICE_LEVEL_UNKNOWN (-1)

/* Sums over calls; begin with { 0 }. A call that is still waiting is not in it. */
typedef struct
{
  gint64 n_answered;
  gint64 n_in_time; /* answered within the limit */
  gint64 n_missed;
  gint64 wait_us; /* of the answered ones */
} YihuServiceLevel;

/* @answer_at_us: 0 for a call that was missed. A call answered exactly at the limit is in time. */
void yihu_service_level_add (YihuServiceLevel *self,
                             gint64 ring_at_us,
                             gint64 answer_at_us,
                             gint64 limit_us);

/* In time / (answered + missed): who hung up in the queue counts against the centre. */
gint64 yihu_service_level_get_share_bp (const YihuServiceLevel *self);
gint64 yihu_service_level_get_mean_wait_ms (const YihuServiceLevel *self);

/* @part / @whole in basis points; UNKNOWN where @whole is 0. 0 <= @part <= @whole. */
gint64 yihu_share_bp (gint64 part, gint64 whole);

/* Erlang C (A. K. Erlang 1917): Poisson arrivals, exponential handling, nobody hangs up. */

typedef struct
{
  double calls_per_hour;
  double handling_s; /* mean, talk and wrap-up */
} YihuLoad;

double yihu_load_get_erlangs (YihuLoad load);
double yihu_erlang_c (double erlangs, guint n_seats); /* probability to wait; 1 where overloaded */
double yihu_load_get_share_within (YihuLoad load, guint n_seats, double within_s); /* 0..1 */
double yihu_load_get_mean_wait_s (YihuLoad load, guint n_seats); /* infinite where overloaded */

/* The fewest seats with which at least @share (0..1, below 1) is answered within @within_s. */
guint yihu_load_get_seats_needed (YihuLoad load, double share, double within_s);

G_END_DECLS
