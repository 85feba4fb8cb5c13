/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>

#include "map/tiles/base-package.h"

/* From a feature's vertices to a cairo path of one tile: projected, thinned to what a pixel can
 * show, and clipped to the tile and a margin, because cairo's fixed-point numbers overflow on
 * shapes that are much larger than the tile. Any thread. */

G_BEGIN_DECLS

typedef struct
{
  double scale_px; /* of the whole world's side */
  double left_px; /* of the tile's corner, in world pixels */
  double top_px;
  double width_px;
  double height_px;
} YihuTileView;

gboolean
yihu_tile_view_touches (const YihuTileView *view, const YihuMapFeature *feature, double margin_px);
/* Adds the feature's ring as one closed sub-path, clipped; fill it. */
void yihu_tile_view_add_area (const YihuTileView *view, const YihuMapFeature *feature, cairo_t *cr);
/* Strokes the feature's line (a ring is closed). Dashes begin at the feature's first vertex, so
 * that they run on from tile to tile. */
void yihu_tile_view_stroke (const YihuTileView *view,
                            const YihuMapFeature *feature,
                            cairo_t *cr,
                            double width_px,
                            const double *dash_px); /* (nullable): two lengths */

/* Shortens the segment to what lies within the box (low x, low y, high x, high y); FALSE where
 * nothing does. @from, @to: x and y. */
gboolean yihu_clip_segment (const double box[4], double from[2], double to[2]);

G_END_DECLS
