/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The legend layer. It takes no events. Texts follow the widget's font, so that large text makes
 * them large; their colours follow the map's palette, because they stand on it. */

#include "map/layers/legend-layer.h"

#include <glib/gi18n.h>
#include <math.h>

#include "map/tiles/palette.h"

#define EDGE_PX 8.0
#define BAR_MOST_PX 110.0
#define BAR_PX 3.0

struct _YihuLegendLayer
{
  YihuMapLayer parent_instance;

  char *attribution; /* (owned) */
  char *notice; /* (owned) (nullable) */
  gboolean dark;
};

G_DEFINE_FINAL_TYPE (YihuLegendLayer, yihu_legend_layer, YIHU_TYPE_MAP_LAYER)

double
yihu_scale_bar_distance_m (double metres_per_px, double most_px)
{
  double most_m = metres_per_px * most_px;
  double power = pow (10, floor (log10 (most_m)));

  return power * (most_m >= 5 * power ? 5 : most_m >= 2 * power ? 2 : 1);
}

static PangoLayout *
make_layout (YihuLegendLayer *self, const char *text, double size)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (size));
  pango_attr_list_insert (attributes, pango_attr_family_new ("Noto Sans CJK SC"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  return layout;
}

static void
append_plate (YihuLegendLayer *self, GtkSnapshot *snapshot, const graphene_rect_t *place)
{
  GskRoundedRect plate;
  GdkRGBA colour;

  yihu_map_palette_get_rgba (yihu_map_palette_get (self->dark)->halo, &colour);
  colour.alpha = 0.8f;
  gsk_rounded_rect_init_from_rect (&plate, place, 4);
  gtk_snapshot_push_rounded_clip (snapshot, &plate);
  gtk_snapshot_append_color (snapshot, &colour, place);
  gtk_snapshot_pop (snapshot);
}

static void
append_text (YihuLegendLayer *self, GtkSnapshot *snapshot, PangoLayout *layout, double x, double y)
{
  GdkRGBA colour;

  yihu_map_palette_get_rgba (yihu_map_palette_get (self->dark)->feature[YIHU_FEATURE_PLACE].text,
                             &colour);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (floor (x), floor (y)));
  gtk_snapshot_append_layout (snapshot, layout, &colour);
  gtk_snapshot_restore (snapshot);
}

/* Returns: the width that the bar takes. */
static double
append_scale (YihuLegendLayer *self, GtkSnapshot *snapshot, const YihuMapFrame *frame)
{
  double metres_per_px = yihu_map_frame_metres_per_px (frame);
  double distance_m = yihu_scale_bar_distance_m (metres_per_px, BAR_MOST_PX);
  double length = floor (distance_m / metres_per_px);
  g_autofree char *text = distance_m >= 1000 ? g_strdup_printf (_ ("%g km"), distance_m / 1000)
                                             : g_strdup_printf (_ ("%g m"), distance_m);
  g_autoptr (PangoLayout) layout = make_layout (self, text, 0.86);
  double bottom = frame->height - EDGE_PX;
  int width, height;
  GdkRGBA colour;

  pango_layout_get_pixel_size (layout, &width, &height);
  append_plate (self, snapshot,
                &GRAPHENE_RECT_INIT (EDGE_PX - 4, bottom - height - 6, MAX (length, width) + 12,
                                     height + 10));
  append_text (self, snapshot, layout, EDGE_PX + 2, bottom - height - 4);
  yihu_map_palette_get_rgba (yihu_map_palette_get (self->dark)->feature[YIHU_FEATURE_PLACE].text,
                             &colour);
  gtk_snapshot_append_color (snapshot, &colour,
                             &GRAPHENE_RECT_INIT (EDGE_PX + 2, bottom - BAR_PX, length, BAR_PX));
  return MAX (length, width) + 12;
}

static void
append_attribution (YihuLegendLayer *self,
                    GtkSnapshot *snapshot,
                    const YihuMapFrame *frame,
                    double taken)
{
  g_autoptr (PangoLayout) layout = NULL;
  double most = frame->width - taken - 3 * EDGE_PX - 10;
  double left;
  int width, height;

  if (*self->attribution == '\0' || most < 40)
    return;
  layout = make_layout (self, self->attribution, 0.8);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_get_pixel_size (layout, &width, &height);
  if (width > most)
    {
      pango_layout_set_width (layout, (int) most * PANGO_SCALE);
      width = (int) most;
    }
  left = floor (frame->width - EDGE_PX - width);
  append_plate (self, snapshot,
                &GRAPHENE_RECT_INIT (left - 4, frame->height - EDGE_PX - height + 1, width + 8,
                                     height + 3));
  append_text (self, snapshot, layout, left, frame->height - EDGE_PX - height + 2);
}

static void
append_notice (YihuLegendLayer *self, GtkSnapshot *snapshot, const YihuMapFrame *frame)
{
  g_autoptr (PangoLayout) layout = make_layout (self, self->notice, 1.0);
  int width, height;
  double left, top;

  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_width (layout, MAX (frame->width - 4 * (int) EDGE_PX, 80) * PANGO_SCALE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_get_pixel_size (layout, &width, &height);
  left = floor ((frame->width - pango_layout_get_width (layout) / PANGO_SCALE) / 2.0);
  top = floor ((frame->height - height) / 6.0); /* the middle belongs to what is shown there */
  append_plate (self, snapshot,
                &GRAPHENE_RECT_INIT (floor ((frame->width - width) / 2.0) - 12, top - 6, width + 24,
                                     height + 12));
  append_text (self, snapshot, layout, left, top);
}

static void
yihu_legend_layer_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  YihuLegendLayer *self = YIHU_LEGEND_LAYER (widget);
  YihuMapFrame frame = yihu_map_layer_get_frame (YIHU_MAP_LAYER (self), NULL);
  double taken;

  if (frame.width < 80 || frame.height < 60)
    return;
  taken = append_scale (self, snapshot, &frame);
  append_attribution (self, snapshot, &frame, taken);
  if (self->notice != NULL)
    append_notice (self, snapshot, &frame);
}

static void
yihu_legend_layer_finalize (GObject *object)
{
  YihuLegendLayer *self = YIHU_LEGEND_LAYER (object);

  g_clear_pointer (&self->attribution, g_free);
  g_clear_pointer (&self->notice, g_free);
  G_OBJECT_CLASS (yihu_legend_layer_parent_class)->finalize (object);
}

static void
yihu_legend_layer_class_init (YihuLegendLayerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_legend_layer_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = yihu_legend_layer_snapshot;
}

static void
yihu_legend_layer_init (YihuLegendLayer *self)
{
  self->attribution = g_strdup ("");
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

YihuLegendLayer *
yihu_legend_layer_new (ShumateViewport *viewport)
{
  return g_object_new (YIHU_TYPE_LEGEND_LAYER, "viewport", viewport, NULL);
}

void
yihu_legend_layer_set_attribution (YihuLegendLayer *self, const char *text)
{
  g_return_if_fail (YIHU_IS_LEGEND_LAYER (self));
  g_return_if_fail (text != NULL);

  g_free (self->attribution);
  self->attribution = g_strdup (text);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
yihu_legend_layer_set_notice (YihuLegendLayer *self, const char *text)
{
  g_return_if_fail (YIHU_IS_LEGEND_LAYER (self));

  g_free (self->notice);
  self->notice = g_strdup (text);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

const char *
yihu_legend_layer_get_notice (YihuLegendLayer *self)
{
  g_return_val_if_fail (YIHU_IS_LEGEND_LAYER (self), NULL);
  return self->notice;
}

void
yihu_legend_layer_set_dark (YihuLegendLayer *self, gboolean dark)
{
  g_return_if_fail (YIHU_IS_LEGEND_LAYER (self));

  self->dark = dark;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
