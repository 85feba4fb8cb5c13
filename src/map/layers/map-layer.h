/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <shumate/shumate.h>

#include "map/tiles/projection.h"

/* What the layers of the map have in common: they are drawn anew when the viewport moves (and only
 * then), and all of them compute with the same frame. Derived classes fill snapshot(). */

G_BEGIN_DECLS

#define YIHU_TYPE_MAP_LAYER (yihu_map_layer_get_type ())
G_DECLARE_DERIVABLE_TYPE (YihuMapLayer, yihu_map_layer, YIHU, MAP_LAYER, ShumateLayer)

struct _YihuMapLayerClass
{
  ShumateLayerClass parent_class;
};

YihuMapFrame yihu_map_layer_get_frame (YihuMapLayer *self, double *zoom); /* @zoom: (nullable) */

G_END_DECLS
