/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Calls by hour: a bar an hour of today, the running hour in another colour and with its figure
 * written above, a line for yesterday. Its accessible label says the figures. */

G_BEGIN_DECLS

#define YIHU_TYPE_HOUR_CHART (yihu_hour_chart_get_type ())
G_DECLARE_FINAL_TYPE (YihuHourChart, yihu_hour_chart, YIHU, HOUR_CHART, GtkWidget)

#define YIHU_HOUR_CHART_N 24

GtkWidget *yihu_hour_chart_new (void);

/* @current: running hour, -1: none. Negative counts are drawn as 0. */
void yihu_hour_chart_set (YihuHourChart *self,
                          const gint64 *today,
                          const gint64 *yesterday,
                          int current);

G_END_DECLS
