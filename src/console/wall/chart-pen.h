/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* What the charts of the wall share: text at a place, bars, round scales, colours by name from the
 * style sheet. A pen lives for one snapshot. */

G_BEGIN_DECLS

typedef struct
{
  GtkWidget *widget;
  GtkSnapshot *snapshot;
  PangoLayout *layout; /* (owned) */
  double em; /* font size of the widget in px */
  GdkRGBA text;
  GdkRGBA dim;
  GdkRGBA grid;
  GdkRGBA bar;
  GdkRGBA now;
} YihuChartPen;

void yihu_chart_pen_init (YihuChartPen *self, GtkWidget *widget, GtkSnapshot *snapshot);
void yihu_chart_pen_clear (YihuChartPen *self);

/* @x_align, 0 left of @x … 1 right: which part of the text stands at @x; its middle is at @y.
 * Returns: the width. */
double yihu_chart_pen_text (YihuChartPen *self,
                            const char *text,
                            double scale,
                            gboolean bold,
                            const GdkRGBA *colour,
                            double x,
                            double y,
                            double x_align);
double yihu_chart_pen_measure (YihuChartPen *self, const char *text, double scale, gboolean bold);
void yihu_chart_pen_bar (YihuChartPen *self,
                         const GdkRGBA *colour,
                         double x,
                         double y,
                         double width,
                         double height);

/* The distance of the lines of a scale: 1, 2 or 5 times a power of ten, so that at most @lines of
 * them reach @highest. At least 1. */
gint64 yihu_chart_round_step (gint64 highest, guint lines);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (YihuChartPen, yihu_chart_pen_clear)

G_END_DECLS
