/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Thinning (Lewis and Shedler): candidates come at the peak rate, each is kept with the share of
 * the hour. The curve has its peak before noon, a smaller one in the afternoon and a low at night;
 * it was drawn by hand after what hotlines publish in general, it is no measurement. */

#include "city/arrivals.h"

#include <math.h>

#define SECONDS_PER_DAY 86400.0

static const double shares[24] = { 0.05, 0.03, 0.03, 0.03, 0.06, 0.16, 0.38, 0.66,
                                   0.90, 1.00, 1.00, 0.86, 0.60, 0.62, 0.78, 0.82,
                                   0.74, 0.62, 0.50, 0.42, 0.32, 0.22, 0.13, 0.08 };

YihuArrivals
yihu_arrivals_new (guint64 seed, double peak_per_hour, gboolean is_flat)
{
  YihuArrivals self = { yihu_random_new (seed, "arrivals", 0), peak_per_hour, is_flat };

  return self;
}

double
yihu_arrivals_get_share (double second)
{
  double hours = fmod (fmod (second, SECONDS_PER_DAY) + SECONDS_PER_DAY, SECONDS_PER_DAY) / 3600;
  int hour = (int) hours % 24;
  double part = hours - floor (hours);

  return shares[hour] * (1 - part) + shares[(hour + 1) % 24] * part;
}

double
yihu_arrivals_next (YihuArrivals *self, double second)
{
  double at = second;

  if (self->peak_per_hour <= 0)
    return HUGE_VAL;
  do
    at += yihu_random_exponential (&self->random) * 3600 / self->peak_per_hour;
  while (!self->is_flat && !yihu_random_chance (&self->random, yihu_arrivals_get_share (at)));
  return at - second;
}
