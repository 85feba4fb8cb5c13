/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "city/random.h"

/* When people phone: a Poisson process whose rate follows the day. The rate given is that of the
 * busiest hour. */

G_BEGIN_DECLS

typedef struct
{
  YihuRandom random;
  double peak_per_hour;
  gboolean is_flat; /* the peak all day long */
} YihuArrivals;

YihuArrivals yihu_arrivals_new (guint64 seed, double peak_per_hour, gboolean is_flat);

/* Share of the peak at a time of day, 0 < share <= 1; @second counts from midnight in the city. */
double yihu_arrivals_get_share (double second);

/* Seconds from @second (any day) to the next call; HUGE_VAL at a rate of 0. */
double yihu_arrivals_next (YihuArrivals *self, double second);

G_END_DECLS
