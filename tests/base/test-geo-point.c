/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Datums against vectors that were computed independently, the inverse over all of China, distances
 * that are known. */

#include "base/geo-point.h"

#include <math.h>

#define METRE (180 / (G_PI * 6371008.8)) /* of latitude, in degrees */

static void
test_gcj02_vectors (void)
{
  static const struct
  {
    YihuGeoPoint wgs84;
    YihuGeoPoint gcj02;
  } vectors[] = {
    { { 40.667, 122.235 }, { 40.6685657, 122.2401721 } },
    { { 34.62, 112.45 }, { 34.6189827, 112.4562606 } },
    { { 39.909, 116.397 }, { 39.9104034, 116.4032435 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      YihuGeoPoint there = yihu_geo_point_to_datum (vectors[i].wgs84, YIHU_DATUM_GCJ02);

      g_assert_cmpfloat_with_epsilon (there.lat, vectors[i].gcj02.lat, 6e-8);
      g_assert_cmpfloat_with_epsilon (there.lon, vectors[i].gcj02.lon, 6e-8);
    }
}

static void
assert_round_trip (YihuGeoPoint point, YihuDatum datum)
{
  YihuGeoPoint there = yihu_geo_point_to_datum (point, datum);
  YihuGeoPoint back = yihu_geo_point_from_datum (there, datum);

  g_assert_cmpfloat (yihu_geo_point_distance_m (point, back), <, 0.001);
}

static void
test_inverse_on_a_grid (void)
{
  for (double lat = 18; lat <= 54; lat += 0.75)
    for (double lon = 73.5; lon <= 135; lon += 0.75)
      {
        YihuGeoPoint point = { lat + 0.123, lon + 0.321 };
        double shift_m =
            yihu_geo_point_distance_m (point, yihu_geo_point_to_datum (point, YIHU_DATUM_GCJ02));

        assert_round_trip (point, YIHU_DATUM_WGS84);
        assert_round_trip (point, YIHU_DATUM_GCJ02);
        assert_round_trip (point, YIHU_DATUM_BD09);
        g_assert_cmpfloat (shift_m, >, 20);
        g_assert_cmpfloat (shift_m, <, 1500);
      }
}

/* In Yingkou BD-09 lies about 990 m east and 822 m north of WGS-84. */
static void
test_bd09 (void)
{
  YihuGeoPoint point = { 40.667, 122.235 };
  YihuGeoPoint there = yihu_geo_point_to_datum (point, YIHU_DATUM_BD09);
  double north_m = (there.lat - point.lat) / METRE;
  double east_m = (there.lon - point.lon) / METRE * cos (point.lat * G_PI / 180);

  g_assert_cmpfloat_with_epsilon (north_m, 822, 15);
  g_assert_cmpfloat_with_epsilon (east_m, 990, 15);
}

static void
test_identity_abroad (void)
{
  YihuGeoPoint paris = { 48.85, 2.35 };

  for (YihuDatum datum = YIHU_DATUM_WGS84; datum <= YIHU_DATUM_BD09; datum++)
    {
      YihuGeoPoint there = yihu_geo_point_to_datum (paris, datum);
      YihuGeoPoint back = yihu_geo_point_from_datum (paris, datum);

      g_assert_cmpfloat (there.lat, ==, paris.lat);
      g_assert_cmpfloat (there.lon, ==, paris.lon);
      g_assert_cmpfloat (back.lat, ==, paris.lat);
      g_assert_cmpfloat (back.lon, ==, paris.lon);
    }
}

static void
test_distance (void)
{
  YihuGeoPoint pole = { 90, 0 };
  YihuGeoPoint other_pole = { -90, 77 };
  YihuGeoPoint origin = { 0, 0 };
  YihuGeoPoint quarter = { 0, 90 };
  YihuGeoPoint west = { 0, 179.5 };
  YihuGeoPoint east = { 0, -179.5 };
  YihuGeoPoint near = { 100 * METRE, 0 };

  g_assert_cmpfloat_with_epsilon (yihu_geo_point_distance_m (pole, other_pole), G_PI * 6371008.8,
                                  0.001);
  g_assert_cmpfloat_with_epsilon (yihu_geo_point_distance_m (origin, quarter), G_PI * 6371008.8 / 2,
                                  0.001);
  g_assert_cmpfloat_with_epsilon (yihu_geo_point_distance_m (west, east), 1 / METRE, 0.001);
  g_assert_cmpfloat_with_epsilon (yihu_geo_point_distance_m (origin, near), 100, 1e-6);
  g_assert_cmpfloat (yihu_geo_point_distance_m (near, near), ==, 0);
}

static void
test_e7 (void)
{
  YihuGeoPoint point = yihu_geo_point_from_e7 (406670000, -1222350001);

  g_assert_cmpfloat (point.lat, ==, 40.667);
  g_assert_cmpint (yihu_geo_e7 (point.lat), ==, 406670000);
  g_assert_cmpint (yihu_geo_e7 (point.lon), ==, -1222350001);
  g_assert_cmpint (yihu_geo_e7 (0.00000005), ==, 1);
  g_assert_cmpint (yihu_geo_e7 (-0.00000005), ==, -1);
  g_assert_true (yihu_geo_point_is_set (point));
  g_assert_true (yihu_geo_point_is_set (yihu_geo_point_from_e7 (0, 1)));
  g_assert_false (yihu_geo_point_is_set (yihu_geo_point_from_e7 (0, 0)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/geo-point/gcj02", test_gcj02_vectors);
  g_test_add_func ("/base/geo-point/inverse", test_inverse_on_a_grid);
  g_test_add_func ("/base/geo-point/bd09", test_bd09);
  g_test_add_func ("/base/geo-point/abroad", test_identity_abroad);
  g_test_add_func ("/base/geo-point/distance", test_distance);
  g_test_add_func ("/base/geo-point/e7", test_e7);
  return g_test_run ();
}
