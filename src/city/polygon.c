/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Plane geometry of rings and lines: area, containment, clipping by half-planes (Sutherland and
 * Hodgman), subdivision. Clipping a ring that is not convex may leave edges that run back along the
 * clip line; they enclose no area and do no harm to containment or filling. */

#include "city/polygon.h"

#include <math.h>

GArray *
yihu_line_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (YihuPoint));
}

void
yihu_line_append (GArray *line, double x, double y)
{
  YihuPoint p = { x, y };

  g_array_append_val (line, p);
}

double
yihu_point_distance (YihuPoint a, YihuPoint b)
{
  double dx = a.x - b.x;
  double dy = a.y - b.y;

  return sqrt (dx * dx + dy * dy);
}

double
yihu_point_distance_to_segment (YihuPoint p, YihuPoint a, YihuPoint b)
{
  double dx = b.x - a.x;
  double dy = b.y - a.y;
  double length2 = dx * dx + dy * dy;
  double t = length2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0;
  YihuPoint nearest;

  t = CLAMP (t, 0, 1);
  nearest = (YihuPoint){ a.x + t * dx, a.y + t * dy };
  return yihu_point_distance (p, nearest);
}

double
yihu_line_distance (const GArray *line, gboolean closed, YihuPoint p)
{
  double best = HUGE_VAL;

  for (guint i = 0; i + (closed ? 0 : 1) < line->len; i++)
    {
      YihuPoint a = yihu_line_get (line, i);
      YihuPoint b = yihu_line_get (line, (i + 1) % line->len);

      best = MIN (best, yihu_point_distance_to_segment (p, a, b));
    }
  return best;
}

/* As the distance, but an edge that is far off in x or y costs two comparisons. */
gboolean
yihu_line_is_within (const GArray *line, gboolean closed, YihuPoint p, double distance_m)
{
  for (guint i = 0; i + (closed ? 0 : 1) < line->len; i++)
    {
      YihuPoint a = yihu_line_get (line, i);
      YihuPoint b = yihu_line_get (line, i + 1 < line->len ? i + 1 : 0);

      if ((a.x - p.x > distance_m && b.x - p.x > distance_m)
          || (p.x - a.x > distance_m && p.x - b.x > distance_m)
          || (a.y - p.y > distance_m && b.y - p.y > distance_m)
          || (p.y - a.y > distance_m && p.y - b.y > distance_m))
        continue;
      if (yihu_point_distance_to_segment (p, a, b) < distance_m)
        return TRUE;
    }
  return FALSE;
}

YihuHalfPlane
yihu_half_plane_between (YihuPoint a, double weight_a, YihuPoint b, double weight_b)
{
  YihuHalfPlane plane;

  plane.nx = 2 * (b.x - a.x);
  plane.ny = 2 * (b.y - a.y);
  plane.limit = b.x * b.x + b.y * b.y - a.x * a.x - a.y * a.y + weight_a - weight_b;
  return plane;
}

static double
signed_area (const GArray *ring)
{
  double sum = 0;

  for (guint i = 0; i < ring->len; i++)
    {
      YihuPoint a = yihu_line_get (ring, i);
      YihuPoint b = yihu_line_get (ring, (i + 1) % ring->len);

      sum += a.x * b.y - b.x * a.y;
    }
  return sum / 2;
}

double
yihu_ring_area (const GArray *ring)
{
  return fabs (signed_area (ring));
}

YihuPoint
yihu_ring_centroid (const GArray *ring)
{
  double area = signed_area (ring);
  YihuPoint centre = { 0, 0 };

  g_return_val_if_fail (ring->len > 0, centre);
  if (fabs (area) < 1)
    return yihu_line_get (ring, 0);
  for (guint i = 0; i < ring->len; i++)
    {
      YihuPoint a = yihu_line_get (ring, i);
      YihuPoint b = yihu_line_get (ring, (i + 1) % ring->len);
      double cross = a.x * b.y - b.x * a.y;

      centre.x += (a.x + b.x) * cross;
      centre.y += (a.y + b.y) * cross;
    }
  centre.x /= 6 * area;
  centre.y /= 6 * area;
  return centre;
}

gboolean
yihu_ring_contains (const GArray *ring, YihuPoint p)
{
  gboolean inside = FALSE;

  for (guint i = 0, j = ring->len - 1; i < ring->len; j = i++)
    {
      YihuPoint a = yihu_line_get (ring, i);
      YihuPoint b = yihu_line_get (ring, j);

      if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x)
        inside = !inside;
    }
  return inside;
}

GArray *
yihu_ring_clip (const GArray *ring, YihuHalfPlane plane)
{
  GArray *clipped = yihu_line_new ();

  for (guint i = 0; i < ring->len; i++)
    {
      YihuPoint a = yihu_line_get (ring, i);
      YihuPoint b = yihu_line_get (ring, (i + 1) % ring->len);
      double depth_a = plane.limit - plane.nx * a.x - plane.ny * a.y;
      double depth_b = plane.limit - plane.nx * b.x - plane.ny * b.y;

      if (depth_a >= 0)
        g_array_append_val (clipped, a);
      if ((depth_a >= 0) != (depth_b >= 0))
        {
          double t = depth_a / (depth_a - depth_b);

          yihu_line_append (clipped, a.x + t * (b.x - a.x), a.y + t * (b.y - a.y));
        }
    }
  return clipped;
}

GArray *
yihu_line_subdivide (const GArray *line, gboolean closed, double step_m)
{
  GArray *fine = yihu_line_new ();

  for (guint i = 0; i < line->len; i++)
    {
      YihuPoint a = yihu_line_get (line, i);
      YihuPoint b = yihu_line_get (line, (i + 1) % line->len);
      int pieces = (int) ceil (yihu_point_distance (a, b) / step_m);

      g_array_append_val (fine, a);
      if (i + 1 == line->len && !closed)
        break;
      for (int k = 1; k < pieces; k++)
        yihu_line_append (fine, a.x + (b.x - a.x) * k / pieces, a.y + (b.y - a.y) * k / pieces);
    }
  return fine;
}

static GArray *
smooth_once (const GArray *line)
{
  GArray *smooth = yihu_line_new ();

  yihu_line_append (smooth, yihu_line_get (line, 0).x, yihu_line_get (line, 0).y);
  for (guint i = 0; i + 1 < line->len; i++)
    {
      YihuPoint a = yihu_line_get (line, i);
      YihuPoint b = yihu_line_get (line, i + 1);

      yihu_line_append (smooth, 0.75 * a.x + 0.25 * b.x, 0.75 * a.y + 0.25 * b.y);
      yihu_line_append (smooth, 0.25 * a.x + 0.75 * b.x, 0.25 * a.y + 0.75 * b.y);
    }
  yihu_line_append (smooth, yihu_line_get (line, line->len - 1).x,
                    yihu_line_get (line, line->len - 1).y);
  return smooth;
}

GArray *
yihu_line_smooth (const GArray *line, guint rounds)
{
  GArray *smooth = g_array_copy ((GArray *) line);

  for (guint i = 0; i < rounds && smooth->len > 2; i++)
    {
      GArray *next = smooth_once (smooth);

      g_array_unref (smooth);
      smooth = next;
    }
  return smooth;
}
