/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/geo-point.h"

/* Web Mercator and the arithmetic of tiles. The world is the square [0,1) x [0,1), x to the east,
 * y to the south. A frame is what one drawn picture of the map shows; all layers of the map compute
 * with the same frame, whose origin lies on a whole device pixel, so that tiles meet without seams
 * and marks sit where the tiles say. Pure functions, any thread. */

G_BEGIN_DECLS

#define YIHU_TILE_BASE_PX 256
#define YIHU_MAP_MAX_ZOOM 20

typedef struct
{
  double x;
  double y;
} YihuWorldPoint;

typedef struct
{
  guint z;
  guint x;
  guint y;
} YihuTileKey;

typedef struct
{
  double scale_px; /* logical pixels of the whole world's side: 256 * 2^zoom */
  double left_px; /* of the widget's left edge, in world pixels, on a whole device pixel */
  double top_px;
  int width; /* of the widget, logical pixels */
  int height;
  int device_scale;
} YihuMapFrame;

typedef struct
{
  guint z;
  double tile_px; /* side of one tile in logical pixels, 256 to 512 (more where overzoomed) */
  int x0, y0, x1, y1; /* visible tiles, inclusive; x1 < x0 where none is visible */
} YihuTileGrid;

YihuWorldPoint yihu_world_point_from_geo (YihuGeoPoint point);
YihuGeoPoint yihu_world_point_to_geo (YihuWorldPoint point);
/* The fixed-point form of the package reader: the world's side is 2^32. */
guint32 yihu_world_to_fixed (double coordinate);

YihuMapFrame
yihu_map_frame (YihuGeoPoint centre, double zoom, int width, int height, int device_scale);
double yihu_map_frame_x (const YihuMapFrame *frame, YihuWorldPoint point); /* whole device pixel */
double yihu_map_frame_y (const YihuMapFrame *frame, YihuWorldPoint point);
double yihu_map_frame_metres_per_px (const YihuMapFrame *frame);

YihuTileGrid
yihu_tile_grid (const YihuMapFrame *frame, double zoom, guint min_zoom, guint max_zoom);
/* Left edge of tile column @x (of row @y): the right edge is the left edge of @x + 1. */
double yihu_tile_grid_left (const YihuTileGrid *grid, const YihuMapFrame *frame, int x);
double yihu_tile_grid_top (const YihuTileGrid *grid, const YihuMapFrame *frame, int y);

guint64 yihu_tile_key_pack (YihuTileKey key);
/* The ancestor @levels up and the part of it that @key covers (0..1). */
YihuTileKey yihu_tile_key_ancestor (YihuTileKey key, guint levels, double *part_x, double *part_y);

/* The zoom at which the box of both points fits a widget, on a scale where a tile has a whole
 * number of pixels (no resampling). */
double yihu_map_zoom_to_fit (YihuWorldPoint low,
                             YihuWorldPoint high,
                             int width,
                             int height,
                             double highest_zoom);

G_END_DECLS
