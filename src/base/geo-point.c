/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Distances and datums. The shift between WGS-84 and GCJ-02 is a smooth polynomial with sines; it
 * is computed exactly for each point, and inverted by fixed-point steps (error below 0.1 mm).
 * docs/datum.md has the formulae, their sources and the vectors of the tests. */

#include "base/geo-point.h"

#include <math.h>

#define EARTH_RADIUS_M 6371008.8
#define RADIANS (G_PI / 180)

/* The ellipsoid in whose terms the GCJ-02 shift is defined (Krasovsky 1940). */
#define ELLIPSOID_AXIS_M 6378245.0
#define ELLIPSOID_E2 0.00669342162296594323

#define N_INVERSE_STEPS 3

YihuGeoPoint
yihu_geo_point_from_e7 (gint64 lat_e7, gint64 lon_e7)
{
  return (YihuGeoPoint){ (double) lat_e7 / 1e7, (double) lon_e7 / 1e7 };
}

gint64
yihu_geo_e7 (double degrees)
{
  return llround (degrees * 1e7);
}

gboolean
yihu_geo_point_is_set (YihuGeoPoint point)
{
  return point.lat != 0 || point.lon != 0;
}

double
yihu_geo_point_distance_m (YihuGeoPoint a, YihuGeoPoint b)
{
  double half_lat = sin ((b.lat - a.lat) * RADIANS / 2);
  double half_lon = sin ((b.lon - a.lon) * RADIANS / 2);
  double h =
      half_lat * half_lat + cos (a.lat * RADIANS) * cos (b.lat * RADIANS) * half_lon * half_lon;

  return 2 * EARTH_RADIUS_M * asin (sqrt (CLAMP (h, 0, 1)));
}

/* Outside of China there is no shift. The box is coarse: it is the one in common use. */
static gboolean
is_shifted (YihuGeoPoint point)
{
  return point.lon >= 72.004 && point.lon <= 137.835 && point.lat >= 0.829 && point.lat <= 55.827;
}

static double
wave (double amplitude, double angle)
{
  return amplitude * sin (angle * G_PI);
}

/* The shift at @point, in degrees. */
static YihuGeoPoint
gcj02_shift (YihuGeoPoint point)
{
  double x = point.lon - 105;
  double y = point.lat - 35;
  double root = sqrt (fabs (x));
  double ripple = (wave (20, 6 * x) + wave (20, 2 * x)) * 2 / 3;
  double north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
                   + (wave (20, y) + wave (40, y / 3)) * 2 / 3
                   + (wave (160, y / 12) + wave (320, y / 30)) * 2 / 3;
  double east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
                  + (wave (20, x) + wave (40, x / 3)) * 2 / 3
                  + (wave (150, x / 12) + wave (300, x / 30)) * 2 / 3;
  double sine = sin (point.lat * RADIANS);
  double m = 1 - ELLIPSOID_E2 * sine * sine;
  double meridian_m = ELLIPSOID_AXIS_M * (1 - ELLIPSOID_E2) / (m * sqrt (m));
  double parallel_m = ELLIPSOID_AXIS_M * cos (point.lat * RADIANS) / sqrt (m);

  return (YihuGeoPoint){ north_m / meridian_m / RADIANS, east_m / parallel_m / RADIANS };
}

static YihuGeoPoint
gcj02_from_wgs84 (YihuGeoPoint wgs84)
{
  YihuGeoPoint shift;

  if (!is_shifted (wgs84))
    return wgs84;
  shift = gcj02_shift (wgs84);
  return (YihuGeoPoint){ wgs84.lat + shift.lat, wgs84.lon + shift.lon };
}

static YihuGeoPoint
wgs84_from_gcj02 (YihuGeoPoint gcj02)
{
  YihuGeoPoint wgs84 = gcj02;

  if (!is_shifted (gcj02))
    return gcj02;
  for (guint i = 0; i < N_INVERSE_STEPS; i++)
    {
      YihuGeoPoint shift = gcj02_shift (wgs84);

      wgs84 = (YihuGeoPoint){ gcj02.lat - shift.lat, gcj02.lon - shift.lon };
    }
  return wgs84;
}

#define BD09_LAT 0.006
#define BD09_LON 0.0065
#define BD09_TURN (3000 * RADIANS)

static YihuGeoPoint
bd09_from_gcj02 (YihuGeoPoint gcj02)
{
  double radius = hypot (gcj02.lon, gcj02.lat) + 0.00002 * sin (gcj02.lat * BD09_TURN);
  double angle = atan2 (gcj02.lat, gcj02.lon) + 0.000003 * cos (gcj02.lon * BD09_TURN);

  return (YihuGeoPoint){ radius * sin (angle) + BD09_LAT, radius * cos (angle) + BD09_LON };
}

static YihuGeoPoint
gcj02_from_bd09 (YihuGeoPoint bd09)
{
  YihuGeoPoint gcj02 = { bd09.lat - BD09_LAT, bd09.lon - BD09_LON };

  for (guint i = 0; i < N_INVERSE_STEPS; i++)
    {
      YihuGeoPoint there = bd09_from_gcj02 (gcj02);

      gcj02 = (YihuGeoPoint){ gcj02.lat + bd09.lat - there.lat, gcj02.lon + bd09.lon - there.lon };
    }
  return gcj02;
}

YihuGeoPoint
yihu_geo_point_to_datum (YihuGeoPoint wgs84, YihuDatum datum)
{
  switch (datum)
    {
    case YIHU_DATUM_WGS84:
      return wgs84;
    case YIHU_DATUM_GCJ02:
      return gcj02_from_wgs84 (wgs84);
    case YIHU_DATUM_BD09:
      return is_shifted (wgs84) ? bd09_from_gcj02 (gcj02_from_wgs84 (wgs84)) : wgs84;
    default:
      g_return_val_if_reached (wgs84);
    }
}

YihuGeoPoint
yihu_geo_point_from_datum (YihuGeoPoint point, YihuDatum datum)
{
  switch (datum)
    {
    case YIHU_DATUM_WGS84:
      return point;
    case YIHU_DATUM_GCJ02:
      return wgs84_from_gcj02 (point);
    case YIHU_DATUM_BD09:
      return is_shifted (point) ? wgs84_from_gcj02 (gcj02_from_bd09 (point)) : point;
    default:
      g_return_val_if_reached (point);
    }
}
