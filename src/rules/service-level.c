/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Shares and means in integers; Erlang C by the recursion for Erlang B, which neither overflows nor
 * loses digits at hundreds of seats. */

#include "rules/service-level.h"

#include <math.h>

#define BASIS_POINTS 10000
#define US_PER_MS 1000
#define MAX_SEATS 100000

gint64
yihu_share_bp (gint64 part, gint64 whole)
{
  g_return_val_if_fail (part >= 0 && part <= whole, YIHU_SERVICE_LEVEL_UNKNOWN);

  if (whole == 0)
    return YIHU_SERVICE_LEVEL_UNKNOWN;
  return (gint64) (((__int128) part * 2 * BASIS_POINTS + whole) / ((__int128) whole * 2));
}

void
yihu_service_level_add (YihuServiceLevel *self,
                        gint64 ring_at_us,
                        gint64 answer_at_us,
                        gint64 limit_us)
{
  gint64 wait_us = MAX (answer_at_us - ring_at_us, 0);

  if (answer_at_us == 0)
    {
      self->n_missed++;
      return;
    }
  self->n_answered++;
  self->wait_us += wait_us;
  if (wait_us <= limit_us)
    self->n_in_time++;
}

gint64
yihu_service_level_get_share_bp (const YihuServiceLevel *self)
{
  return yihu_share_bp (self->n_in_time, self->n_answered + self->n_missed);
}

gint64
yihu_service_level_get_mean_wait_ms (const YihuServiceLevel *self)
{
  gint64 divisor = self->n_answered * US_PER_MS;

  if (divisor == 0)
    return YIHU_SERVICE_LEVEL_UNKNOWN;
  return (2 * self->wait_us + divisor) / (2 * divisor);
}

/* --- Erlang C --- */

double
yihu_load_get_erlangs (YihuLoad load)
{
  return load.calls_per_hour * load.handling_s / 3600;
}

double
yihu_erlang_c (double erlangs, guint n_seats)
{
  double blocked = 1; /* Erlang B */

  if (erlangs <= 0)
    return 0;
  if (erlangs >= n_seats)
    return 1;
  for (guint i = 1; i <= n_seats; i++)
    blocked = erlangs * blocked / (i + erlangs * blocked);
  return blocked * n_seats / (n_seats - erlangs * (1 - blocked));
}

double
yihu_load_get_share_within (YihuLoad load, guint n_seats, double within_s)
{
  double erlangs = yihu_load_get_erlangs (load);

  if (erlangs <= 0)
    return 1;
  if (erlangs >= n_seats)
    return 0;
  return 1
         - yihu_erlang_c (erlangs, n_seats)
               * exp (-(n_seats - erlangs) * within_s / load.handling_s);
}

double
yihu_load_get_mean_wait_s (YihuLoad load, guint n_seats)
{
  double erlangs = yihu_load_get_erlangs (load);

  if (erlangs <= 0)
    return 0;
  if (erlangs >= n_seats)
    return INFINITY;
  return yihu_erlang_c (erlangs, n_seats) * load.handling_s / (n_seats - erlangs);
}

guint
yihu_load_get_seats_needed (YihuLoad load, double share, double within_s)
{
  guint n_seats = (guint) MIN (MAX (yihu_load_get_erlangs (load), 0), MAX_SEATS) + 1;

  g_return_val_if_fail (share >= 0 && share < 1, 0);

  while (n_seats < MAX_SEATS && yihu_load_get_share_within (load, n_seats, within_s) < share)
    n_seats++;
  return n_seats;
}
