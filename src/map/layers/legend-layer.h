/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "map/layers/map-layer.h"

/* The words on the map: scale bar, attribution of the base, and a notice where there is no base. */

G_BEGIN_DECLS

#define YIHU_TYPE_LEGEND_LAYER (yihu_legend_layer_get_type ())
G_DECLARE_FINAL_TYPE (YihuLegendLayer, yihu_legend_layer, YIHU, LEGEND_LAYER, YihuMapLayer)

YihuLegendLayer *yihu_legend_layer_new (ShumateViewport *viewport);
void yihu_legend_layer_set_attribution (YihuLegendLayer *self, const char *text);
void yihu_legend_layer_set_notice (YihuLegendLayer *self, const char *text); /* (nullable) */
const char *yihu_legend_layer_get_notice (YihuLegendLayer *self); /* (nullable) */
void yihu_legend_layer_set_dark (YihuLegendLayer *self, gboolean dark);

/* The longest round distance (1, 2 or 5 times a power of ten) that is at most @most_px long. */
double yihu_scale_bar_distance_m (double metres_per_px, double most_px);

G_END_DECLS
