/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "map/layers/map-item.h"
#include "map/layers/map-layer.h"

/* The marks on the map, by set, and which of them lies under the pointer. */

G_BEGIN_DECLS

#define YIHU_TYPE_POINT_LAYER (yihu_point_layer_get_type ())
G_DECLARE_FINAL_TYPE (YihuPointLayer, yihu_point_layer, YIHU, POINT_LAYER, YihuMapLayer)

YihuPointLayer *yihu_point_layer_new (ShumateViewport *viewport);
void yihu_point_layer_set_items (YihuPointLayer *self,
                                 const char *set,
                                 const YihuMapItem *items,
                                 guint n_items);
void yihu_point_layer_set_dark (YihuPointLayer *self, gboolean dark);
guint yihu_point_layer_get_n_items (YihuPointLayer *self);

/* The item drawn uppermost at this place of the widget, as it was last drawn. Returns: (transfer
 * none) (nullable): its id; "" for one without id. */
const char *yihu_point_layer_pick (YihuPointLayer *self, double x, double y);
/* Shows the label of the item there. Returns: whether there is one. */
gboolean yihu_point_layer_set_pointer (YihuPointLayer *self, gboolean inside, double x, double y);

G_END_DECLS
