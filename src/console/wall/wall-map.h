/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"
#include "map/layers/map-view.h"

/* Keeps the wall's map: institutions, the calls of today as dots, emergencies that are going on.
 * Dots stand for a neighbourhood, not for a door. */

G_BEGIN_DECLS

#define YIHU_TYPE_WALL_MAP (yihu_wall_map_get_type ())
G_DECLARE_FINAL_TYPE (YihuWallMap, yihu_wall_map, YIHU, WALL_MAP, GObject)

YihuWallMap *yihu_wall_map_new (YihuBook *book, YihuMapView *view);

void yihu_wall_map_reset (YihuWallMap *self); /* institutions again, no calls */
void yihu_wall_map_fit (YihuWallMap *self); /* shows where people live, unlocks the view */
void yihu_wall_map_put_call (YihuWallMap *self, const YihuCall *call);
/* Once a beat: takes the base map once it is there, shows what changed. */
void yihu_wall_map_tick (YihuWallMap *self);
guint yihu_wall_map_count_calls (YihuWallMap *self);

/* To the middle of a cell of about 300 m. Pure. */
YihuGeoPoint yihu_wall_map_blur (YihuGeoPoint point);

G_END_DECLS
