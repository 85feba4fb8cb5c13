/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Draws 24 counts of today against 24 of yesterday. It knows nothing of where they come from; it
 * redraws only when a figure changed, since the wall is told the same ones each second. */

#include "console/wall/hour-chart.h"

#include "console/format.h"
#include "console/wall/chart-pen.h"
#include "console/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

#define N YIHU_HOUR_CHART_N
#define SCALE_LINES 4

struct _YihuHourChart
{
  GtkWidget parent_instance;

  gint64 today[N];
  gint64 yesterday[N];
  int current;
};

G_DEFINE_FINAL_TYPE (YihuHourChart, yihu_hour_chart, GTK_TYPE_WIDGET)

typedef struct
{
  double left;
  double top;
  double width; /* of the plot */
  double height;
  double slot; /* width of an hour */
  gint64 step;
  gint64 highest; /* at the top of the plot */
} HourPlot;

static double
hour_plot_y (const HourPlot *plot, gint64 value)
{
  return plot->top + plot->height * (1.0 - (double) value / (double) plot->highest);
}

static void
hour_chart_measure_plot (YihuHourChart *self, YihuChartPen *pen, HourPlot *plot)
{
  gint64 highest = 0;
  g_autofree char *widest = NULL;

  for (int i = 0; i < N; i++)
    highest = MAX (highest, MAX (self->today[i], self->yesterday[i]));
  plot->step = yihu_chart_round_step (highest, SCALE_LINES);
  plot->highest = MAX (1, (highest + plot->step - 1) / plot->step) * plot->step;
  widest = yihu_format_count (plot->highest);

  plot->left = yihu_chart_pen_measure (pen, widest, 0.85, FALSE) + pen->em * 0.6;
  plot->top = pen->em * 1.1;
  plot->width = gtk_widget_get_width (pen->widget) - plot->left;
  plot->height = gtk_widget_get_height (pen->widget) - plot->top - pen->em * 1.6;
  plot->slot = plot->width / N;
}

static void
hour_chart_draw_scale (YihuChartPen *pen, const HourPlot *plot)
{
  for (gint64 value = 0; value <= plot->highest; value += plot->step)
    {
      double y = hour_plot_y (plot, value);
      g_autofree char *text = yihu_format_count (value);

      gtk_snapshot_append_color (pen->snapshot, &pen->grid,
                                 &GRAPHENE_RECT_INIT ((float) plot->left, (float) y,
                                                      (float) plot->width, 1));
      yihu_chart_pen_text (pen, text, 0.85, FALSE, &pen->dim, plot->left - pen->em * 0.4, y, 1);
    }
}

/* The figure of the running hour stands clear of the bars beside it and of yesterday's line. */
static double
hour_chart_place_figure (YihuHourChart *self, const HourPlot *plot, double em)
{
  gint64 highest = 0;

  for (int i = MAX (0, self->current - 1); i <= MIN (N - 1, self->current + 1); i++)
    highest = MAX (highest, MAX (self->today[i], self->yesterday[i]));
  return hour_plot_y (plot, highest) - em * 0.65;
}

static void
hour_chart_draw_bars (YihuHourChart *self, YihuChartPen *pen, const HourPlot *plot)
{
  for (int i = 0; i < N; i++)
    {
      gboolean now = i == self->current;
      double x = plot->left + i * plot->slot;
      double y = hour_plot_y (plot, self->today[i]);
      double middle = x + plot->slot / 2;

      if (self->today[i] > 0)
        yihu_chart_pen_bar (pen, now ? &pen->now : &pen->bar, x + plot->slot * 0.16,
                            MIN (y, plot->top + plot->height - 2), plot->slot * 0.68,
                            MAX (2, plot->top + plot->height - y));
      if (now)
        {
          g_autofree char *text = yihu_format_count (self->today[i]);
          yihu_chart_pen_text (pen, text, 0.85, TRUE, &pen->now, middle,
                               hour_chart_place_figure (self, plot, pen->em), 0.5);
        }
      if (i % 3 == 0)
        {
          /* Translators: an hour of the day under a chart, "14时". */
          g_autofree char *text = g_strdup_printf (_ ("%d h"), i);
          yihu_chart_pen_text (pen, text, 0.85, FALSE, &pen->dim, middle,
                               plot->top + plot->height + pen->em * 0.9, 0.5);
        }
    }
}

static void
hour_chart_draw_yesterday (YihuHourChart *self, YihuChartPen *pen, const HourPlot *plot)
{
  GdkRGBA colour = pen->text;
  cairo_t *cr =
      gtk_snapshot_append_cairo (pen->snapshot,
                                 &GRAPHENE_RECT_INIT ((float) plot->left, (float) plot->top - 2,
                                                      (float) plot->width,
                                                      (float) plot->height + 4));

  colour.alpha *= 0.6f;
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_set_line_width (cr, MAX (1.5, pen->em / 12));
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (int i = 0; i < N; i++)
    cairo_line_to (cr, plot->left + (i + 0.5) * plot->slot, hour_plot_y (plot, self->yesterday[i]));
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static gboolean
hour_chart_has_yesterday (YihuHourChart *self)
{
  for (int i = 0; i < N; i++)
    if (self->yesterday[i] > 0)
      return TRUE;
  return FALSE;
}

static void
yihu_hour_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  YihuHourChart *self = YIHU_HOUR_CHART (widget);
  g_auto (YihuChartPen) pen = { 0 };
  HourPlot plot;

  yihu_chart_pen_init (&pen, widget, snapshot);
  hour_chart_measure_plot (self, &pen, &plot);
  if (plot.width < pen.em * 4 || plot.height < pen.em)
    return;
  hour_chart_draw_scale (&pen, &plot);
  hour_chart_draw_bars (self, &pen, &plot);
  if (hour_chart_has_yesterday (self))
    hour_chart_draw_yesterday (self, &pen, &plot);
}

static void
hour_chart_update_label (YihuHourChart *self)
{
  g_autoptr (GString) text = g_string_new (_ ("Calls by hour"));
  g_autofree char *today = NULL;
  g_autofree char *yesterday = NULL;
  gint64 sum = 0;
  gint64 before = 0;

  for (int i = 0; i < N; i++)
    {
      g_autofree char *count = yihu_format_count (self->today[i]);

      sum += self->today[i];
      before += self->yesterday[i];
      if (self->today[i] == 0)
        continue;
      g_string_append (text, ", ");
      /* Translators: hour of the day and number of calls. */
      g_string_append_printf (text, _ ("%d h: %s"), i, count);
    }
  today = yihu_format_count (sum);
  yesterday = yihu_format_count (before);
  g_string_append (text, ". ");
  g_string_append_printf (text, _ ("Today %s, yesterday the whole day %s"), today, yesterday);
  yihu_widget_set_name (GTK_WIDGET (self), text->str);
}

static void
yihu_hour_chart_class_init (YihuHourChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = yihu_hour_chart_snapshot;
  gtk_widget_class_set_css_name (widget_class, "hourchart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
yihu_hour_chart_init (YihuHourChart *self)
{
  self->current = -1;
  hour_chart_update_label (self);
}

GtkWidget *
yihu_hour_chart_new (void)
{
  return g_object_new (YIHU_TYPE_HOUR_CHART, NULL);
}

void
yihu_hour_chart_set (YihuHourChart *self, const gint64 *today, const gint64 *yesterday, int current)
{
  gboolean changed = current != self->current;

  g_return_if_fail (YIHU_IS_HOUR_CHART (self));

  for (int i = 0; i < N; i++)
    {
      gint64 a = MAX (0, today[i]);
      gint64 b = MAX (0, yesterday[i]);

      changed = changed || a != self->today[i] || b != self->yesterday[i];
      self->today[i] = a;
      self->yesterday[i] = b;
    }
  self->current = current;
  if (!changed)
    return;
  hour_chart_update_label (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
