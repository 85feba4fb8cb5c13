/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "map/layers/map-layer.h"
#include "map/tiles/tile-source.h"

/* The base of the map: draws the visible tiles of a source out of a cache and asks workers for the
 * ones that are missing. Never waits, never decodes. */

G_BEGIN_DECLS

#define YIHU_TYPE_TILE_LAYER (yihu_tile_layer_get_type ())
G_DECLARE_FINAL_TYPE (YihuTileLayer, yihu_tile_layer, YIHU, TILE_LAYER, YihuMapLayer)

YihuTileLayer *yihu_tile_layer_new (ShumateViewport *viewport);
/* @source: (nullable): only the ground is drawn. What the old source drew stays until the new one
 * has drawn the same place. */
void yihu_tile_layer_set_source (YihuTileLayer *self, YihuTileSource *source);
void yihu_tile_layer_set_ground (YihuTileLayer *self, const GdkRGBA *ground);
/* Whether the last frame showed every visible tile as it should be, drawn for exactly its scale. */
gboolean yihu_tile_layer_is_complete (YihuTileLayer *self);

G_END_DECLS
