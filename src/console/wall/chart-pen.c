/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Drawing for the charts of the wall. Every size follows the font size of the widget, which the
 * wall sets from the height of its window, so that a chart looks alike on each screen. Colours come
 * from the style sheet (wall_bar, wall_now); where it is absent the text colour serves. */

#include "console/wall/chart-pen.h"

#include <math.h>

static void
chart_pen_look_up (YihuChartPen *self, const char *name, GdkRGBA *colour)
{
  GtkStyleContext *style = gtk_widget_get_style_context (self->widget);

  if (!gtk_style_context_lookup_color (style, name, colour))
    *colour = self->text;
}

void
yihu_chart_pen_init (YihuChartPen *self, GtkWidget *widget, GtkSnapshot *snapshot)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  self->widget = widget;
  self->snapshot = snapshot;
  self->layout = gtk_widget_create_pango_layout (widget, NULL);
  self->em = pango_units_to_double (
      pango_font_description_get_size (pango_context_get_font_description (context)));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (self->layout, attributes);

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &self->text);
  self->dim = self->text;
  self->dim.alpha *= 0.72f;
  self->grid = self->text;
  self->grid.alpha *= 0.12f;
  chart_pen_look_up (self, "wall_bar", &self->bar);
  chart_pen_look_up (self, "wall_now", &self->now);
}

void
yihu_chart_pen_clear (YihuChartPen *self)
{
  g_clear_object (&self->layout);
}

static void
chart_pen_set (YihuChartPen *self, const char *text, double scale, gboolean bold)
{
  PangoContext *context = pango_layout_get_context (self->layout);
  g_autoptr (PangoFontDescription) font =
      pango_font_description_copy (pango_context_get_font_description (context));

  pango_font_description_set_absolute_size (font, self->em * scale * PANGO_SCALE);
  if (bold)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (self->layout, font);
  pango_layout_set_text (self->layout, text, -1);
}

double
yihu_chart_pen_measure (YihuChartPen *self, const char *text, double scale, gboolean bold)
{
  int width;

  chart_pen_set (self, text, scale, bold);
  pango_layout_get_pixel_size (self->layout, &width, NULL);
  return width;
}

double
yihu_chart_pen_text (YihuChartPen *self,
                     const char *text,
                     double scale,
                     gboolean bold,
                     const GdkRGBA *colour,
                     double x,
                     double y,
                     double x_align)
{
  int width;
  int height;

  chart_pen_set (self, text, scale, bold);
  pango_layout_get_pixel_size (self->layout, &width, &height);
  gtk_snapshot_save (self->snapshot);
  gtk_snapshot_translate (self->snapshot, &GRAPHENE_POINT_INIT ((float) round (x - width * x_align),
                                                                (float) round (y - height / 2.0)));
  gtk_snapshot_append_layout (self->snapshot, self->layout, colour);
  gtk_snapshot_restore (self->snapshot);
  return width;
}

void
yihu_chart_pen_bar (YihuChartPen *self,
                    const GdkRGBA *colour,
                    double x,
                    double y,
                    double width,
                    double height)
{
  GskRoundedRect shape;

  if (width <= 0 || height <= 0)
    return;
  gsk_rounded_rect_init_from_rect (&shape,
                                   &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width,
                                                        (float) height),
                                   (float) (self->em * 0.12));
  gtk_snapshot_push_rounded_clip (self->snapshot, &shape);
  gtk_snapshot_append_color (self->snapshot, colour, &shape.bounds);
  gtk_snapshot_pop (self->snapshot);
}

gint64
yihu_chart_round_step (gint64 highest, guint lines)
{
  gint64 step = 1;

  g_return_val_if_fail (lines > 0, 1);

  /* 1, 2, 5, 10, 20, 50… until few enough of them reach the highest value. */
  for (guint i = 0; i < 54 && step < highest / (gint64) lines + (highest % lines != 0); i++)
    step = i % 3 == 1 ? step / 2 * 5 : step * 2;
  return step;
}
