/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The two palettes of the base map and its widths by zoom. The base is quiet on purpose: whatever
 * an operator must see (a person, a provider, an alarm) lies on top of it and is stronger. */

#include "map/tiles/palette.h"

#include <math.h>

static const YihuMapPalette light = {
  .sea = 0xb5d3e7,
  .halo = 0xf8f6f1,
  .feature = {
    [YIHU_FEATURE_LAND] = { 0xf1efe9, 0xd8d3c8, 0x6f675a },
    [YIHU_FEATURE_PARK] = { 0xdce8d2, 0xcfdfc3, 0x46703a },
    [YIHU_FEATURE_WATER] = { 0xb5d3e7, 0xa3c5dc, 0x2f678f },
    [YIHU_FEATURE_RIVER] = { 0xb5d3e7, 0xa3c5dc, 0x2f678f },
    [YIHU_FEATURE_STREET] = { 0xf1efe9, 0xcdbfd0, 0x6d6175 },
    [YIHU_FEATURE_DISTRICT] = { 0xf1efe9, 0xa58bb4, 0x54406a },
    [YIHU_FEATURE_RAIL] = { 0xbdb8ae, 0xbdb8ae, 0x6f675a },
    [YIHU_FEATURE_ROAD_MINOR] = { 0xffffff, 0xe0dcd2, 0x6f675a },
    [YIHU_FEATURE_ROAD_MAJOR] = { 0xfbe7b5, 0xe3cc94, 0x6b5520 },
    [YIHU_FEATURE_PLACE] = { 0x6f675a, 0x6f675a, 0x4d473d },
  },
};

static const YihuMapPalette dark = {
  .sea = 0x16344f,
  .halo = 0x0e1822,
  .feature = {
    [YIHU_FEATURE_LAND] = { 0x101b27, 0x24384c, 0x8fa3b6 },
    [YIHU_FEATURE_PARK] = { 0x13261f, 0x1a3329, 0x6fa387 },
    [YIHU_FEATURE_WATER] = { 0x16344f, 0x1d4266, 0x78b0df },
    [YIHU_FEATURE_RIVER] = { 0x16344f, 0x1d4266, 0x78b0df },
    [YIHU_FEATURE_STREET] = { 0x101b27, 0x34405a, 0x96a0c0 },
    [YIHU_FEATURE_DISTRICT] = { 0x101b27, 0x5f6d94, 0xb9c3e0 },
    [YIHU_FEATURE_RAIL] = { 0x35414e, 0x35414e, 0x8fa3b6 },
    [YIHU_FEATURE_ROAD_MINOR] = { 0x223244, 0x18242f, 0x8fa3b6 },
    [YIHU_FEATURE_ROAD_MAJOR] = { 0x33475c, 0x24384b, 0xa9bacd },
    [YIHU_FEATURE_PLACE] = { 0x8fa3b6, 0x8fa3b6, 0xb4c4d3 },
  },
};

/* Widths double roughly every two levels below street scale and grow faster above it. Between two
 * levels the width is interpolated, so that it does not jump while zooming. */
#define FIRST_WIDTH_ZOOM 8
#define N_WIDTHS 11

static const double major_px[N_WIDTHS] = { 0.8, 1.0, 1.4, 2.0, 2.8, 4.0, 5.5, 7.5, 11, 16, 22 };
static const double minor_px[N_WIDTHS] = { 0, 0, 0.5, 0.8, 1.2, 2.0, 3.2, 5.0, 8.0, 12, 17 };
static const double river_px[N_WIDTHS] = { 1.2, 1.6, 2.2, 3.2, 4.8, 7.0, 10, 14, 20, 28, 38 };
static const double rail_px[N_WIDTHS] = { 0.6, 0.7, 0.9, 1.1, 1.4, 1.7, 2.0, 2.4, 3.0, 3.6, 4.0 };

static double
width_at (const double *widths, double zoom)
{
  double at = CLAMP (zoom - FIRST_WIDTH_ZOOM, 0, N_WIDTHS - 1);
  int level = MIN ((int) at, N_WIDTHS - 2);

  return widths[level] + (at - level) * (widths[level + 1] - widths[level]);
}

const YihuMapPalette *
yihu_map_palette_get (gboolean dark_variant)
{
  return dark_variant ? &dark : &light;
}

void
yihu_map_palette_get_rgba (guint32 colour, GdkRGBA *rgba)
{
  *rgba = (GdkRGBA){ .red = ((colour >> 16) & 0xff) / 255.0f,
                     .green = ((colour >> 8) & 0xff) / 255.0f,
                     .blue = (colour & 0xff) / 255.0f,
                     .alpha = 1 };
}

YihuLineStyle
yihu_line_style (YihuFeatureClass class, double zoom)
{
  double width;

  switch (class)
    {
    case YIHU_FEATURE_ROAD_MAJOR:
      width = width_at (major_px, zoom);
      return (YihuLineStyle){ width, zoom >= 11 ? 1.6 : 0, YIHU_LINE_SOLID, { 0, 0 } };
    case YIHU_FEATURE_ROAD_MINOR:
      width = width_at (minor_px, zoom);
      return (YihuLineStyle){ width, zoom >= 14 ? 1.4 : 0, YIHU_LINE_SOLID, { 0, 0 } };
    case YIHU_FEATURE_RIVER:
      return (YihuLineStyle){ width_at (river_px, zoom), 0, YIHU_LINE_SOLID, { 0, 0 } };
    case YIHU_FEATURE_RAIL:
      return (YihuLineStyle){ width_at (rail_px, zoom), 0, YIHU_LINE_DASHED, { 9, 4 } };
    case YIHU_FEATURE_DISTRICT:
      return (YihuLineStyle){ zoom >= 11 ? 1.6 : 1.2, 0, YIHU_LINE_DASHED, { 8, 3 } };
    case YIHU_FEATURE_STREET:
      return (YihuLineStyle){ zoom >= 11 ? 1.0 : 0.7, 0, YIHU_LINE_DASHED, { 3, 3 } };
    case YIHU_FEATURE_LAND:
    case YIHU_FEATURE_WATER:
      return (YihuLineStyle){ 1.0, 0, YIHU_LINE_SOLID, { 0, 0 } };
    default:
      return (YihuLineStyle){ 0, 0, YIHU_LINE_NONE, { 0, 0 } };
    }
}

YihuLabelStyle
yihu_label_style (YihuFeatureClass class)
{
  switch (class)
    {
    case YIHU_FEATURE_DISTRICT:
      return (YihuLabelStyle){ 16, TRUE, 0, 12, 0 };
    case YIHU_FEATURE_STREET:
      return (YihuLabelStyle){ 13, FALSE, 0, 15, 2 };
    case YIHU_FEATURE_PLACE:
      return (YihuLabelStyle){ 13, FALSE, 0, 20, 1 };
    case YIHU_FEATURE_WATER:
    case YIHU_FEATURE_RIVER:
      return (YihuLabelStyle){ 12, FALSE, 9, 20, 3 };
    case YIHU_FEATURE_ROAD_MAJOR:
      return (YihuLabelStyle){ 12, FALSE, 12, 20, 4 };
    case YIHU_FEATURE_PARK:
      return (YihuLabelStyle){ 12, FALSE, 13, 20, 5 };
    case YIHU_FEATURE_ROAD_MINOR:
      return (YihuLabelStyle){ 11, FALSE, 15, 20, 6 };
    default:
      return (YihuLabelStyle){ 11, FALSE, 21, 0, 7 };
    }
}
