/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Web Mercator, frames and tile grids. Invariant: each place of the widget belongs to exactly one
 * tile, because a tile's right edge is by definition its neighbour's left edge, and both lie on
 * whole device pixels. */

#include "map/tiles/projection.h"

#include <math.h>

#define HIGHEST_LATITUDE 85.05112878
#define EARTH_CIRCUMFERENCE_M 40075016.686

YihuWorldPoint
yihu_world_point_from_geo (YihuGeoPoint point)
{
  double lat = CLAMP (point.lat, -HIGHEST_LATITUDE, HIGHEST_LATITUDE);
  double sine = sin (lat * G_PI / 180);

  return (YihuWorldPoint){ point.lon / 360 + 0.5,
                           0.5 - 0.25 * log ((1 + sine) / (1 - sine)) / G_PI };
}

YihuGeoPoint
yihu_world_point_to_geo (YihuWorldPoint point)
{
  return (YihuGeoPoint){ .lat = atan (sinh (G_PI * (1 - 2 * point.y))) * 180 / G_PI,
                         .lon = (point.x - 0.5) * 360 };
}

guint32
yihu_world_to_fixed (double coordinate)
{
  double scaled = coordinate * 4294967296.0;

  return scaled <= 0 ? 0 : scaled >= 4294967295.0 ? G_MAXUINT32 : (guint32) scaled;
}

static double
round_to_device (double value, int device_scale)
{
  return floor (value * device_scale + 0.5) / device_scale;
}

YihuMapFrame
yihu_map_frame (YihuGeoPoint centre, double zoom, int width, int height, int device_scale)
{
  YihuWorldPoint middle = yihu_world_point_from_geo (centre);
  double scale_px = YIHU_TILE_BASE_PX * exp2 (zoom);

  return (YihuMapFrame){
    .scale_px = scale_px,
    .left_px = round_to_device (middle.x * scale_px - width / 2.0, device_scale),
    .top_px = round_to_device (middle.y * scale_px - height / 2.0, device_scale),
    .width = width,
    .height = height,
    .device_scale = device_scale,
  };
}

double
yihu_map_frame_x (const YihuMapFrame *frame, YihuWorldPoint point)
{
  return round_to_device (point.x * frame->scale_px, frame->device_scale) - frame->left_px;
}

double
yihu_map_frame_y (const YihuMapFrame *frame, YihuWorldPoint point)
{
  return round_to_device (point.y * frame->scale_px, frame->device_scale) - frame->top_px;
}

double
yihu_map_frame_metres_per_px (const YihuMapFrame *frame)
{
  double middle = (frame->top_px + frame->height / 2.0) / frame->scale_px;
  YihuGeoPoint centre = yihu_world_point_to_geo ((YihuWorldPoint){ 0.5, middle });

  return EARTH_CIRCUMFERENCE_M * cos (centre.lat * G_PI / 180) / frame->scale_px;
}

YihuTileGrid
yihu_tile_grid (const YihuMapFrame *frame, double zoom, guint min_zoom, guint max_zoom)
{
  double level = CLAMP (floor (zoom), 0, (double) max_zoom);
  int last = (int) exp2 (level) - 1;
  double tile_px = frame->scale_px / exp2 (level);
  YihuTileGrid grid = { .z = (guint) level, .tile_px = tile_px, .x1 = -1, .y1 = -1 };

  if (zoom < min_zoom || frame->width <= 0 || frame->height <= 0)
    return grid;
  if (frame->left_px + frame->width <= 0 || frame->top_px + frame->height <= 0
      || frame->left_px >= frame->scale_px || frame->top_px >= frame->scale_px)
    return grid;
  grid.x0 = (int) CLAMP (floor (frame->left_px / tile_px), 0, last);
  grid.y0 = (int) CLAMP (floor (frame->top_px / tile_px), 0, last);
  grid.x1 = (int) CLAMP (floor ((frame->left_px + frame->width) / tile_px), 0, last);
  grid.y1 = (int) CLAMP (floor ((frame->top_px + frame->height) / tile_px), 0, last);
  return grid;
}

double
yihu_tile_grid_left (const YihuTileGrid *grid, const YihuMapFrame *frame, int x)
{
  return round_to_device (x * grid->tile_px, frame->device_scale) - frame->left_px;
}

double
yihu_tile_grid_top (const YihuTileGrid *grid, const YihuMapFrame *frame, int y)
{
  return round_to_device (y * grid->tile_px, frame->device_scale) - frame->top_px;
}

guint64
yihu_tile_key_pack (YihuTileKey key)
{
  return (guint64) key.z << 56 | (guint64) key.x << 28 | key.y;
}

YihuTileKey
yihu_tile_key_ancestor (YihuTileKey key, guint levels, double *part_x, double *part_y)
{
  guint up = MIN (levels, key.z);
  YihuTileKey ancestor = { key.z - up, key.x >> up, key.y >> up };
  double side = exp2 (up);

  *part_x = (key.x - ((guint64) ancestor.x << up)) / side;
  *part_y = (key.y - ((guint64) ancestor.y << up)) / side;
  return ancestor;
}

double
yihu_map_zoom_to_fit (YihuWorldPoint low,
                      YihuWorldPoint high,
                      int width,
                      int height,
                      double highest_zoom)
{
  double scale_x = fabs (high.x - low.x) > 0 ? width / fabs (high.x - low.x) : INFINITY;
  double scale_y = fabs (high.y - low.y) > 0 ? height / fabs (high.y - low.y) : INFINITY;
  double scale = MIN (MIN (scale_x, scale_y), YIHU_TILE_BASE_PX * exp2 (highest_zoom));
  double level;

  if (width <= 0 || height <= 0 || scale < YIHU_TILE_BASE_PX)
    return 0;
  level = floor (log2 (scale / YIHU_TILE_BASE_PX));
  return log2 (floor (scale / exp2 (level)) / YIHU_TILE_BASE_PX) + level;
}
