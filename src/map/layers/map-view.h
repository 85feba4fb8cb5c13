/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "base/geo-point.h"

/* The map of desk, wall and review: base from the shipped package (vector tiles drawn in worker
 * threads), point layer, live layer, over ShumateMap's gestures. Dark variant for wall and dark
 * style. Main thread. */

G_BEGIN_DECLS

#define YIHU_TYPE_MAP_VIEW (yihu_map_view_get_type ())
G_DECLARE_FINAL_TYPE (YihuMapView, yihu_map_view, YIHU, MAP_VIEW, GtkWidget)

typedef enum
{
  YIHU_MAP_ELDER, /* orange triangle, ringed: the person of the call */
  YIHU_MAP_HOME, /* filled circle: address in review */
  YIHU_MAP_CHECK_IN, /* triangle: where staff checked in */
  YIHU_MAP_PROVIDER, /* amber diamond */
  YIHU_MAP_INSTITUTION, /* green square */
  YIHU_MAP_CENTRE, /* small green square */
  YIHU_MAP_HOSPITAL, /* red cross on white */
  YIHU_MAP_CALL, /* blue dot: a call of today */
} YihuMapMark;

typedef struct
{
  YihuMapMark mark;
  YihuGeoPoint point;
  char *id; /* (nullable) */
  char *label; /* (nullable): shown at close zoom and on hover */
  gboolean pulse; /* only while animations are on */
} YihuMapItem;

/* Signal: "item-activated" (const char *id). */
GtkWidget *yihu_map_view_new (void);
gboolean yihu_map_view_set_basemap (YihuMapView *self,
                                    const char *path,
                                    GError **error); /* the package of GET /v1/basemap */
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
