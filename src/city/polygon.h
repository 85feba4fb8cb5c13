/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Points, closed rings and open lines on the city's flat plane, in metres east and north of its
 * origin, before the plane is bent and turned into degrees (city/ground.h). */

G_BEGIN_DECLS

typedef struct
{
  double x; /* metres east */
  double y; /* metres north */
} YihuPoint;

/* Where a convex cell meets others: points with @nx x + @ny y <= @limit are inside. */
typedef struct
{
  double nx;
  double ny;
  double limit;
} YihuHalfPlane;

/* A line or ring: GArray of YihuPoint. */
GArray *yihu_line_new (void);
void yihu_line_append (GArray *line, double x, double y);
#define yihu_line_get(line, i) (g_array_index (line, YihuPoint, i))

double yihu_point_distance (YihuPoint a, YihuPoint b);
double yihu_point_distance_to_segment (YihuPoint p, YihuPoint a, YihuPoint b);
double yihu_line_distance (const GArray *line, gboolean closed, YihuPoint p); /* to its edges */
gboolean yihu_line_is_within (const GArray *line, gboolean closed, YihuPoint p, double distance_m);

/* Points nearer to @a than to @b, where distances count as |p - a|^2 - @weight_a. */
YihuHalfPlane yihu_half_plane_between (YihuPoint a, double weight_a, YihuPoint b, double weight_b);

double yihu_ring_area (const GArray *ring); /* positive */
YihuPoint yihu_ring_centroid (const GArray *ring);
gboolean yihu_ring_contains (const GArray *ring, YihuPoint p);
GArray *yihu_ring_clip (const GArray *ring, YihuHalfPlane plane); /* (transfer full) */

/* Copies with points added so that no edge is longer than @step_m. (transfer full) */
GArray *yihu_line_subdivide (const GArray *line, gboolean closed, double step_m);

/* Rounds corners of an open line (Chaikin), @rounds times. (transfer full) */
GArray *yihu_line_smooth (const GArray *line, guint rounds);

typedef GArray YihuLine;
static inline void
yihu_line_free (YihuLine *line)
{
  g_array_unref (line);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuLine, yihu_line_free)

G_END_DECLS
