/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "map/layers/map-item.h"

/* The map of desk, wall and review: base from the shipped package (vector tiles drawn in worker
 * threads), point layer, live layer, over ShumateMap's gestures. Dark variant for wall and dark
 * style. Main thread. */

G_BEGIN_DECLS

#define YIHU_TYPE_MAP_VIEW (yihu_map_view_get_type ())
G_DECLARE_FINAL_TYPE (YihuMapView, yihu_map_view, YIHU, MAP_VIEW, GtkWidget)

/* Property: "locked" (boolean, notify). Signal: "item-activated" (const char *id). Keys, where it
 * has the focus: arrows, + and -, Home (follow again). */
GtkWidget *yihu_map_view_new (void);
gboolean yihu_map_view_set_basemap (YihuMapView *self,
                                    const char *path,
                                    GError **error); /* the package of GET /v1/basemap; looks at
                                                      * its head now, reads it in a worker: where
                                                      * that fails, the map says so in words */
void yihu_map_view_set_dark (YihuMapView *self, gboolean dark);

/* Points by set ("institutions", "providers", "call", "calls"…): replaces what the set had. */
void yihu_map_view_set_items (YihuMapView *self,
                              const char *set,
                              const YihuMapItem *items,
                              guint n_items);
void yihu_map_view_set_line (YihuMapView *self,
                             YihuGeoPoint from,
                             YihuGeoPoint to,
                             gboolean visible); /* dashed */

void yihu_map_view_center_on (YihuMapView *self, YihuGeoPoint point, double zoom);
void yihu_map_view_fit (YihuMapView *self, const YihuGeoPoint *points, guint n, guint margin_px);
void yihu_map_view_fit_base (YihuMapView *self); /* the whole city */
/* The view never moves by itself while the person has moved it, until this is set to FALSE again.
 */
gboolean yihu_map_view_get_locked (YihuMapView *self);
void yihu_map_view_set_locked (YihuMapView *self, gboolean locked);

G_END_DECLS
