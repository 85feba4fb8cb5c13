/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/geo-point.h"
#include "city/polygon.h"
#include "city/random.h"

/* From the flat plane, where shapes are cells with straight sides, to the map: one smooth,
 * one-to-one bending of the whole plane (noise of three wavelengths), then degrees. Because every
 * shape, road and house goes through the same bending, borders still meet and what lay inside stays
 * inside. */

G_BEGIN_DECLS

#define YIHU_CITY_LAT0 40.40
#define YIHU_CITY_LON0 122.20
#define YIHU_CITY_WEST_M (-50000.0) /* the sheet of the map on the plane */
#define YIHU_CITY_EAST_M 74000.0
#define YIHU_CITY_SOUTH_M (-62000.0)
#define YIHU_CITY_NORTH_M 62000.0

typedef struct
{
  guint64 seed;
} YihuGround;

YihuGround yihu_ground_new (guint64 seed);
double yihu_ground_noise (const YihuGround *self, guint channel, double x, double y); /* -1..1 */
YihuPoint yihu_ground_bend (const YihuGround *self, YihuPoint p);
YihuGeoPoint yihu_ground_to_geo (const YihuGround *self, YihuPoint p); /* bent, in degrees */
YihuGeoPoint yihu_ground_plain_to_geo (YihuPoint p); /* the sheet's corners: not bent */

/* A line with a fractal wobble: @roughness is the sideways step of a middle point as a share of the
 * length of its edge. (transfer full) */
GArray *
yihu_ground_rough_line (const GArray *line, double roughness, double step_m, YihuRandom *random);

/* A roundish ring around @centre. (transfer full) */
GArray *yihu_ground_blob (YihuPoint centre, double radius_m, guint corners, YihuRandom *random);

G_END_DECLS
