/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Draws a ranking. It sorts what it is given and knows nothing of services. */

#include "console/wall/ranked-bars.h"

#include "console/format.h"
#include "console/wall/chart-pen.h"

#include <glib/gi18n.h>

#define ROW_EM 1.45 /* least height of a row */

typedef struct
{
  char *name; /* (owned) */
  gint64 count;
  guint order; /* as given: decides between equals */
} RankedBar;

struct _YihuRankedBars
{
  GtkWidget parent_instance;

  GArray *bars; /* (owned) RankedBar, largest first */
};

G_DEFINE_FINAL_TYPE (YihuRankedBars, yihu_ranked_bars, GTK_TYPE_WIDGET)

static void
ranked_bar_clear (gpointer data)
{
  RankedBar *bar = data;

  g_free (bar->name);
}

static int
ranked_bar_compare (gconstpointer a, gconstpointer b)
{
  const RankedBar *left = a;
  const RankedBar *right = b;

  if (left->count != right->count)
    return left->count < right->count ? 1 : -1;
  return left->order < right->order ? -1 : 1;
}

static void
yihu_ranked_bars_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  YihuRankedBars *self = YIHU_RANKED_BARS (widget);
  g_auto (YihuChartPen) pen = { 0 };
  double width = gtk_widget_get_width (widget);
  double height = gtk_widget_get_height (widget);
  double name_width = 0;
  double count_width = 0;
  guint n;

  yihu_chart_pen_init (&pen, widget, snapshot);
  n = MIN (self->bars->len, MAX (1, (guint) (height / (pen.em * ROW_EM))));
  if (n == 0)
    {
      yihu_chart_pen_text (&pen, _ ("None yet today"), 1, FALSE, &pen.dim, width / 2, height / 2,
                           0.5);
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      const RankedBar *bar = &g_array_index (self->bars, RankedBar, i);
      g_autofree char *count = yihu_format_count (bar->count);

      name_width = MAX (name_width, yihu_chart_pen_measure (&pen, bar->name, 1, FALSE));
      count_width = MAX (count_width, yihu_chart_pen_measure (&pen, count, 1, TRUE));
    }
  for (guint i = 0; i < n; i++)
    {
      const RankedBar *bar = &g_array_index (self->bars, RankedBar, i);
      const RankedBar *first = &g_array_index (self->bars, RankedBar, 0);
      g_autofree char *count = yihu_format_count (bar->count);
      double row = height / MAX (n, 5);
      double middle = row * (i + 0.5);
      double left = name_width + pen.em * 0.6;
      double room = MAX (4, width - left - count_width - pen.em * 0.6);
      double length = MAX (3, room * ((double) bar->count / (double) first->count));

      yihu_chart_pen_text (&pen, bar->name, 1, FALSE, &pen.text, name_width, middle, 1);
      yihu_chart_pen_bar (&pen, &pen.bar, left, middle - pen.em * 0.36, length, pen.em * 0.72);
      yihu_chart_pen_text (&pen, count, 1, TRUE, &pen.text, left + length + pen.em * 0.4, middle,
                           0);
    }
}

static void
ranked_bars_update_label (YihuRankedBars *self)
{
  g_autoptr (GString) text = g_string_new (_ ("Orders placed today by category"));

  for (guint i = 0; i < self->bars->len; i++)
    {
      const RankedBar *bar = &g_array_index (self->bars, RankedBar, i);
      g_string_append_printf (text, "%s%s %" G_GINT64_FORMAT, i == 0 ? ": " : ", ", bar->name,
                              bar->count);
    }
  if (self->bars->len == 0)
    g_string_append_printf (text, ": %s", _ ("None yet today"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text->str,
                                  -1);
}

static void
yihu_ranked_bars_finalize (GObject *object)
{
  YihuRankedBars *self = YIHU_RANKED_BARS (object);

  g_array_unref (self->bars);
  G_OBJECT_CLASS (yihu_ranked_bars_parent_class)->finalize (object);
}

static void
yihu_ranked_bars_class_init (YihuRankedBarsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = yihu_ranked_bars_finalize;
  widget_class->snapshot = yihu_ranked_bars_snapshot;
  gtk_widget_class_set_css_name (widget_class, "rankedbars");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
yihu_ranked_bars_init (YihuRankedBars *self)
{
  self->bars = g_array_new (FALSE, FALSE, sizeof (RankedBar));
  g_array_set_clear_func (self->bars, ranked_bar_clear);
  ranked_bars_update_label (self);
}

GtkWidget *
yihu_ranked_bars_new (void)
{
  return g_object_new (YIHU_TYPE_RANKED_BARS, NULL);
}

void
yihu_ranked_bars_set (YihuRankedBars *self, const char *const *names, const gint64 *counts, guint n)
{
  g_return_if_fail (YIHU_IS_RANKED_BARS (self));

  g_array_set_size (self->bars, 0);
  for (guint i = 0; i < n; i++)
    {
      RankedBar bar = { NULL, counts[i], i };

      if (counts[i] <= 0)
        continue;
      bar.name = g_strdup (names[i]);
      g_array_append_val (self->bars, bar);
    }
  g_array_sort (self->bars, ranked_bar_compare);
  ranked_bars_update_label (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
yihu_ranked_bars_get_n (YihuRankedBars *self)
{
  return self->bars->len;
}

const char *
yihu_ranked_bars_get_name (YihuRankedBars *self, guint rank)
{
  g_return_val_if_fail (rank < self->bars->len, NULL);

  return g_array_index (self->bars, RankedBar, rank).name;
}
