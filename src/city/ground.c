/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Gradient-free value noise on a lattice hashed by SplitMix64, smoothed by a quintic, and what is
 * made of it. The slopes of the three wavelengths add up to less than one, so that the bending
 * never folds the plane over. */

#include "city/ground.h"

#include <math.h>

#define METRES_PER_DEGREE_LAT 111040.0
#define METRES_PER_DEGREE_LON 84860.0 /* at 40.4 N */

static const struct
{
  double wavelength_m;
  double amplitude_m;
} waves[] = { { 15000, 1500 }, { 5000, 420 }, { 1700, 75 } };

YihuGround
yihu_ground_new (guint64 seed)
{
  YihuGround self = { yihu_random_mix (seed ^ 0x67726f756e64) };

  return self;
}

static double
lattice (const YihuGround *self, guint channel, gint64 ix, gint64 iy)
{
  guint64 hash = yihu_random_mix (self->seed ^ channel);

  hash = yihu_random_mix (hash ^ (guint64) ix);
  hash = yihu_random_mix (hash ^ (guint64) iy);
  return (double) (hash >> 11) / 4503599627370496.0 - 1.0;
}

static double
ease (double t)
{
  return t * t * t * (t * (t * 6 - 15) + 10);
}

double
yihu_ground_noise (const YihuGround *self, guint channel, double x, double y)
{
  double fx = floor (x);
  double fy = floor (y);
  double u = ease (x - fx);
  double v = ease (y - fy);
  gint64 ix = (gint64) fx;
  gint64 iy = (gint64) fy;
  double south =
      lattice (self, channel, ix, iy) * (1 - u) + lattice (self, channel, ix + 1, iy) * u;
  double north =
      lattice (self, channel, ix, iy + 1) * (1 - u) + lattice (self, channel, ix + 1, iy + 1) * u;

  return south * (1 - v) + north * v;
}

YihuPoint
yihu_ground_bend (const YihuGround *self, YihuPoint p)
{
  YihuPoint bent = p;

  for (guint i = 0; i < G_N_ELEMENTS (waves); i++)
    {
      double x = p.x / waves[i].wavelength_m;
      double y = p.y / waves[i].wavelength_m;

      bent.x += waves[i].amplitude_m * yihu_ground_noise (self, 2 * i, x, y);
      bent.y += waves[i].amplitude_m * yihu_ground_noise (self, 2 * i + 1, x, y);
    }
  return bent;
}

YihuGeoPoint
yihu_ground_plain_to_geo (YihuPoint p)
{
  YihuGeoPoint geo = { YIHU_CITY_LAT0 + p.y / METRES_PER_DEGREE_LAT,
                       YIHU_CITY_LON0 + p.x / METRES_PER_DEGREE_LON };

  return geo;
}

YihuGeoPoint
yihu_ground_to_geo (const YihuGround *self, YihuPoint p)
{
  return yihu_ground_plain_to_geo (yihu_ground_bend (self, p));
}

static void
rough_edge (GArray *line,
            YihuPoint a,
            YihuPoint b,
            double roughness,
            double step_m,
            YihuRandom *random)
{
  double length = yihu_point_distance (a, b);
  double aside = roughness * yihu_random_range (random, -1, 1);
  YihuPoint middle;

  if (length <= step_m)
    {
      g_array_append_val (line, b);
      return;
    }
  middle.x = (a.x + b.x) / 2 - aside * (b.y - a.y);
  middle.y = (a.y + b.y) / 2 + aside * (b.x - a.x);
  rough_edge (line, a, middle, roughness, step_m, random);
  rough_edge (line, middle, b, roughness, step_m, random);
}

GArray *
yihu_ground_rough_line (const GArray *line, double roughness, double step_m, YihuRandom *random)
{
  GArray *rough = yihu_line_new ();

  g_array_append_val (rough, yihu_line_get (line, 0));
  for (guint i = 0; i + 1 < line->len; i++)
    rough_edge (rough, yihu_line_get (line, i), yihu_line_get (line, i + 1), roughness, step_m,
                random);
  return rough;
}

/* Chaikin's corner cutting on a ring. */
static GArray *
round_ring (const GArray *ring)
{
  GArray *round = yihu_line_new ();

  for (guint i = 0; i < ring->len; i++)
    {
      YihuPoint a = yihu_line_get (ring, i);
      YihuPoint b = yihu_line_get (ring, (i + 1) % ring->len);

      yihu_line_append (round, 0.75 * a.x + 0.25 * b.x, 0.75 * a.y + 0.25 * b.y);
      yihu_line_append (round, 0.25 * a.x + 0.75 * b.x, 0.25 * a.y + 0.75 * b.y);
    }
  return round;
}

GArray *
yihu_ground_blob (YihuPoint centre, double radius_m, guint corners, YihuRandom *random)
{
  double squeeze = yihu_random_range (random, 0.55, 1);
  double turn = yihu_random_range (random, 0, G_PI);
  g_autoptr (YihuLine) ring = yihu_line_new ();
  g_autoptr (YihuLine) once = NULL;

  for (guint i = 0; i < corners; i++)
    {
      double angle = 2 * G_PI * i / corners;
      double radius = radius_m * yihu_random_range (random, 0.78, 1.0);
      double u = radius * cos (angle);
      double v = radius * squeeze * sin (angle);

      yihu_line_append (ring, centre.x + u * cos (turn) - v * sin (turn),
                        centre.y + u * sin (turn) + v * cos (turn));
    }
  once = round_ring (ring);
  return round_ring (once);
}
