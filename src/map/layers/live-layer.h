/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "map/layers/map-item.h"
#include "map/layers/map-layer.h"

/* What moves or connects, under the marks: the ring around the person of a call, and the dashed
 * line from helper to person. The ring breathes at most twelve times a second, only while it is on
 * the screen and animations are on; otherwise it stands still. */

G_BEGIN_DECLS

#define YIHU_TYPE_LIVE_LAYER (yihu_live_layer_get_type ())
G_DECLARE_FINAL_TYPE (YihuLiveLayer, yihu_live_layer, YIHU, LIVE_LAYER, YihuMapLayer)

YihuLiveLayer *yihu_live_layer_new (ShumateViewport *viewport);
/* Rings around elders and around whatever pulses; replaces what the set had. */
void yihu_live_layer_set_items (YihuLiveLayer *self,
                                const char *set,
                                const YihuMapItem *items,
                                guint n_items);
void yihu_live_layer_set_line (YihuLiveLayer *self,
                               YihuGeoPoint from,
                               YihuGeoPoint to,
                               gboolean visible);
void yihu_live_layer_set_dark (YihuLiveLayer *self, gboolean dark);
gboolean yihu_live_layer_is_ticking (YihuLiveLayer *self);

G_END_DECLS
