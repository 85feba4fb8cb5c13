/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Label anchors of polygons. All crossings of the ring with the horizontal line through the
 * centroid are sorted; inside is between the odd and the even ones. */

#include "map/tiles/anchor.h"

static double
centroid_y (const YihuMapVertex *ring, guint n)
{
  double area = 0;
  double moment = 0;
  double x0 = ring[0].x;
  double y0 = ring[0].y;

  for (guint i = 0; i < n; i++)
    {
      const YihuMapVertex *next = &ring[(i + 1) % n];
      double ax = ring[i].x - x0;
      double ay = ring[i].y - y0;
      double bx = next->x - x0;
      double by = next->y - y0;
      double cross = ax * by - bx * ay;

      area += cross;
      moment += (ay + by) * cross;
    }
  return area != 0 ? y0 + moment / (3 * area) : y0;
}

static int
compare_double (gconstpointer a, gconstpointer b)
{
  double left = *(const double *) a;
  double right = *(const double *) b;

  return left < right ? -1 : left > right;
}

YihuMapVertex
yihu_ring_anchor (const YihuMapVertex *ring, guint n)
{
  g_autoptr (GArray) crossings = g_array_new (FALSE, FALSE, sizeof (double));
  double y = centroid_y (ring, n) + 0.5; /* never exactly on a vertex */
  double best_width = -1;
  YihuMapVertex best = ring[0];

  for (guint i = 0; i < n; i++)
    {
      const YihuMapVertex *a = &ring[i];
      const YihuMapVertex *b = &ring[(i + 1) % n];

      if ((a->y < y) != (b->y < y))
        {
          double x = a->x + (y - a->y) / ((double) b->y - a->y) * ((double) b->x - a->x);

          g_array_append_val (crossings, x);
        }
    }
  g_array_sort (crossings, compare_double);
  for (guint i = 0; i + 1 < crossings->len; i += 2)
    {
      double left = g_array_index (crossings, double, i);
      double right = g_array_index (crossings, double, i + 1);

      if (right - left <= best_width)
        continue;
      best_width = right - left;
      best = (YihuMapVertex){ (guint32) ((left + right) / 2), (guint32) y };
    }
  return best;
}
