/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The view follower. It tells its own movements from a person's by a flag around them: there is no
 * animation of the program's, so that every notification outside of the flag is a gesture's. */

#include "map/layers/view-follower.h"

#include <math.h>

#define HIGHEST_FIT_ZOOM 17.0
#define BASE_MARGIN_PX 12

typedef enum
{
  TARGET_BASE, /* all of the base map */
  TARGET_PLACE,
  TARGET_POINTS,
} TargetKind;

typedef struct
{
  double lat;
  double lon;
  double zoom;
} View;

typedef struct
{
  YihuWorldPoint low;
  YihuWorldPoint high;
} Box;

struct _YihuViewFollower
{
  GObject parent_instance;

  ShumateMap *map; /* (unowned): its view owns both */
  ShumateViewport *viewport; /* (owned) */
  int width;
  int height;

  TargetKind target;
  View place; /* TARGET_PLACE */
  Box points; /* TARGET_POINTS */
  guint margin_px;
  Box base; /* TARGET_BASE */
  gboolean has_base;

  gboolean locked;
  gboolean moving; /* by the program */
  gboolean has_earlier;
  View earlier; /* what the person looked at before the view followed again */
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (YihuViewFollower, yihu_view_follower, G_TYPE_OBJECT)

static View
get_view (YihuViewFollower *self)
{
  ShumateLocation *location = SHUMATE_LOCATION (self->viewport);

  return (View){ shumate_location_get_latitude (location),
                 shumate_location_get_longitude (location),
                 shumate_viewport_get_zoom_level (self->viewport) };
}

static void
show_view (YihuViewFollower *self, View view)
{
  self->moving = TRUE;
  shumate_map_stop_go_to (self->map);
  shumate_viewport_set_zoom_level (self->viewport, view.zoom);
  shumate_location_set_location (SHUMATE_LOCATION (self->viewport), view.lat, view.lon);
  self->moving = FALSE;
}

static void
show_box (YihuViewFollower *self, Box box, guint margin_px)
{
  double zoom =
      yihu_map_zoom_to_fit (box.low, box.high, MAX (self->width - 2 * (int) margin_px, 1),
                            MAX (self->height - 2 * (int) margin_px, 1), HIGHEST_FIT_ZOOM);
  YihuGeoPoint centre = yihu_world_point_to_geo (
      (YihuWorldPoint){ (box.low.x + box.high.x) / 2, (box.low.y + box.high.y) / 2 });

  if (self->width > 0 && self->height > 0)
    show_view (self, (View){ centre.lat, centre.lon, MAX (zoom, YIHU_MAP_LOWEST_ZOOM) });
}

static void
follow (YihuViewFollower *self)
{
  if (self->locked)
    return;
  switch (self->target)
    {
    case TARGET_BASE:
      if (self->has_base)
        show_box (self, self->base, BASE_MARGIN_PX);
      break;
    case TARGET_PLACE:
      show_view (self, self->place);
      break;
    case TARGET_POINTS:
      show_box (self, self->points, self->margin_px);
      break;
    }
}

static void
on_viewport_moved (ShumateViewport *viewport, GParamSpec *pspec, YihuViewFollower *self)
{
  if (shumate_viewport_get_rotation (viewport) != 0)
    {
      /* North is up: our tiles and marks know no rotation. */
      shumate_viewport_set_rotation (viewport, 0);
      return;
    }
  if (!self->moving)
    yihu_view_follower_set_locked (self, TRUE);
}

static void
yihu_view_follower_finalize (GObject *object)
{
  g_clear_object (&YIHU_VIEW_FOLLOWER (object)->viewport);
  G_OBJECT_CLASS (yihu_view_follower_parent_class)->finalize (object);
}

static void
yihu_view_follower_class_init (YihuViewFollowerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_view_follower_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
yihu_view_follower_init (YihuViewFollower *self)
{
}

YihuViewFollower *
yihu_view_follower_new (ShumateMap *map)
{
  YihuViewFollower *self = g_object_new (YIHU_TYPE_VIEW_FOLLOWER, NULL);

  self->map = map;
  self->viewport = g_object_ref (shumate_map_get_viewport (map));
  g_signal_connect_object (self->viewport, "notify", G_CALLBACK (on_viewport_moved), self, 0);
  return self;
}

void
yihu_view_follower_set_size (YihuViewFollower *self, int width, int height)
{
  g_return_if_fail (YIHU_IS_VIEW_FOLLOWER (self));

  self->width = width;
  self->height = height;
  follow (self);
}

void
yihu_view_follower_set_base (YihuViewFollower *self, YihuGeoPoint low, YihuGeoPoint high)
{
  g_return_if_fail (YIHU_IS_VIEW_FOLLOWER (self));

  self->base = (Box){ yihu_world_point_from_geo (low), yihu_world_point_from_geo (high) };
  self->has_base = TRUE;
  if (self->target == TARGET_BASE)
    follow (self);
}

void
yihu_view_follower_show_place (YihuViewFollower *self, YihuGeoPoint point, double zoom)
{
  g_return_if_fail (YIHU_IS_VIEW_FOLLOWER (self));

  self->target = TARGET_PLACE;
  self->place =
      (View){ point.lat, point.lon, CLAMP (zoom, YIHU_MAP_LOWEST_ZOOM, YIHU_MAP_MAX_ZOOM) };
  follow (self);
}

void
yihu_view_follower_show_points (YihuViewFollower *self,
                                const YihuGeoPoint *points,
                                guint n,
                                guint margin_px)
{
  Box *box;

  g_return_if_fail (YIHU_IS_VIEW_FOLLOWER (self));
  g_return_if_fail (n > 0);

  box = &self->points;
  box->low = box->high = yihu_world_point_from_geo (points[0]);
  for (guint i = 1; i < n; i++)
    {
      YihuWorldPoint point = yihu_world_point_from_geo (points[i]);

      box->low = (YihuWorldPoint){ MIN (box->low.x, point.x), MIN (box->low.y, point.y) };
      box->high = (YihuWorldPoint){ MAX (box->high.x, point.x), MAX (box->high.y, point.y) };
    }
  self->target = TARGET_POINTS;
  self->margin_px = margin_px;
  follow (self);
}

void
yihu_view_follower_show_base (YihuViewFollower *self)
{
  g_return_if_fail (YIHU_IS_VIEW_FOLLOWER (self));

  self->target = TARGET_BASE;
  follow (self);
}

gboolean
yihu_view_follower_is_locked (YihuViewFollower *self)
{
  g_return_val_if_fail (YIHU_IS_VIEW_FOLLOWER (self), FALSE);
  return self->locked;
}

gboolean
yihu_view_follower_has_earlier (YihuViewFollower *self)
{
  g_return_val_if_fail (YIHU_IS_VIEW_FOLLOWER (self), FALSE);
  return self->has_earlier;
}

void
yihu_view_follower_set_locked (YihuViewFollower *self, gboolean locked)
{
  g_return_if_fail (YIHU_IS_VIEW_FOLLOWER (self));

  if (self->locked == locked)
    return;
  self->locked = locked;
  self->has_earlier = FALSE;
  follow (self);
  g_signal_emit (self, changed_signal, 0);
}

void
yihu_view_follower_let_follow (YihuViewFollower *self)
{
  View earlier;
  gboolean was_locked;

  g_return_if_fail (YIHU_IS_VIEW_FOLLOWER (self));

  earlier = get_view (self);
  was_locked = self->locked;
  yihu_view_follower_set_locked (self, FALSE);
  follow (self);
  if (!was_locked)
    return;
  self->earlier = earlier;
  self->has_earlier = TRUE;
  g_signal_emit (self, changed_signal, 0);
}

void
yihu_view_follower_press (YihuViewFollower *self)
{
  g_return_if_fail (YIHU_IS_VIEW_FOLLOWER (self));

  if (self->locked)
    {
      yihu_view_follower_let_follow (self);
      return;
    }
  if (self->has_earlier)
    show_view (self, self->earlier);
  yihu_view_follower_set_locked (self, TRUE);
}

void
yihu_view_follower_pan (YihuViewFollower *self, int dx_px, int dy_px)
{
  View view;
  double scale_px;
  YihuWorldPoint centre;
  YihuGeoPoint moved;

  g_return_if_fail (YIHU_IS_VIEW_FOLLOWER (self));

  view = get_view (self);
  scale_px = YIHU_TILE_BASE_PX * exp2 (view.zoom);
  centre = yihu_world_point_from_geo ((YihuGeoPoint){ view.lat, view.lon });
  centre.x = CLAMP (centre.x + dx_px / scale_px, 0, 1);
  centre.y = CLAMP (centre.y + dy_px / scale_px, 0, 1);
  moved = yihu_world_point_to_geo (centre);
  shumate_map_stop_go_to (self->map);
  shumate_location_set_location (SHUMATE_LOCATION (self->viewport), moved.lat, moved.lon);
}

void
yihu_view_follower_zoom (YihuViewFollower *self, int step)
{
  double zoom;

  g_return_if_fail (YIHU_IS_VIEW_FOLLOWER (self));

  zoom = shumate_viewport_get_zoom_level (self->viewport);
  zoom = step > 0 ? floor (zoom + 1) : ceil (zoom - 1);
  shumate_map_stop_go_to (self->map);
  shumate_viewport_set_zoom_level (self->viewport,
                                   CLAMP (zoom, YIHU_MAP_LOWEST_ZOOM, YIHU_MAP_MAX_ZOOM));
}
