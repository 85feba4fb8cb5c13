/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bounded-json.h"

/* What the wall shows of a scope: counts only, no names. Definitions: docs/figures.md. Sent about
 * once a second to who watches it; never part of the feed. */

G_BEGIN_DECLS

#define YIHU_FIGURES_MAX_DIVISIONS 64
#define YIHU_FIGURES_N_CATEGORIES 12

typedef struct
{
  gint64 division;
  gint64 open_orders;
  gint64 late_orders;
  gint64 on_time_percent; /* of the orders finished today, 0..100; -1: none yet */
} YihuDivisionFigures;

typedef struct
{
  gint64 at_us; /* server time of counting */
  gint64 calls_today;
  gint64 calls_yesterday; /* until the same time of day */
  gint64 answered_today;
  gint64 answered_in_15_s_today;
  gint64 missed_today;
  gint64 mean_wait_ms;
  gint64 waiting;
  gint64 longest_wait_ms;
  gint64 talking;
  gint64 seats_ready;
  gint64 seats_online;
  gint64 open_orders;
  gint64 late_orders;
  gint64 urgent_calls;
  gint64 elders;
  gint64 providers;
  gint64 institutions;
  gint64 calls_by_hour[24];
  gint64 calls_by_hour_yesterday[24];
  gint64 orders_by_category[YIHU_FIGURES_N_CATEGORIES]; /* placed today, index YihuCategory */
  guint n_divisions;
  YihuDivisionFigures divisions[YIHU_FIGURES_MAX_DIVISIONS];
} YihuFigures;

json_t *yihu_figures_to_json (const YihuFigures *self);
gboolean yihu_figures_from_json (const json_t *object, YihuFigures *self, GError **error);

G_END_DECLS
