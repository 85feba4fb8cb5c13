/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The common base of the map's layers. The viewport has no single "changed" signal; each of its
 * notifications only queues a draw, which GTK folds into one a frame, and the work is done in
 * snapshot(): no layer can therefore be drawn over a stale one. */

#include "map/layers/map-layer.h"

G_DEFINE_ABSTRACT_TYPE (YihuMapLayer, yihu_map_layer, SHUMATE_TYPE_LAYER)

YihuMapFrame
yihu_map_layer_get_frame (YihuMapLayer *self, double *zoom)
{
  GtkWidget *widget = GTK_WIDGET (self);
  ShumateViewport *viewport = shumate_layer_get_viewport (SHUMATE_LAYER (self));
  ShumateLocation *location = SHUMATE_LOCATION (viewport);
  YihuGeoPoint centre = { shumate_location_get_latitude (location),
                          shumate_location_get_longitude (location) };
  double level = shumate_viewport_get_zoom_level (viewport);

  if (zoom != NULL)
    *zoom = level;
  return yihu_map_frame (centre, level, gtk_widget_get_width (widget),
                         gtk_widget_get_height (widget), gtk_widget_get_scale_factor (widget));
}

static void
yihu_map_layer_constructed (GObject *object)
{
  YihuMapLayer *self = YIHU_MAP_LAYER (object);

  G_OBJECT_CLASS (yihu_map_layer_parent_class)->constructed (object);
  g_signal_connect_object (shumate_layer_get_viewport (SHUMATE_LAYER (self)), "notify",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (gtk_widget_queue_draw), NULL);
}

static void
yihu_map_layer_class_init (YihuMapLayerClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = yihu_map_layer_constructed;
}

static void
yihu_map_layer_init (YihuMapLayer *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
