/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Projection, thinning and clipping of features. Thinning looks at world pixels, not at tile
 * pixels, and runs from the feature's first vertex: two neighbouring tiles therefore keep the same
 * vertices, and a line meets itself at their border. */

#include "map/tiles/feature-path.h"

#include <math.h>

#define WORLD_SIDE 4294967296.0
#define CLIP_MARGIN_PX 24.0
#define THIN_PX 0.5

typedef struct
{
  double x;
  double y;
} Spot;

typedef struct
{
  double low_x, low_y, high_x, high_y;
} Box;

static Spot
project (const YihuTileView *view, YihuMapVertex vertex)
{
  double factor = view->scale_px / WORLD_SIDE;

  return (Spot){ vertex.x * factor - view->left_px, vertex.y * factor - view->top_px };
}

gboolean
yihu_tile_view_touches (const YihuTileView *view, const YihuMapFeature *feature, double margin_px)
{
  Spot low = project (view, feature->low);
  Spot high = project (view, feature->high);

  return high.x >= -margin_px && high.y >= -margin_px && low.x <= view->width_px + margin_px
         && low.y <= view->height_px + margin_px;
}

/* The vertices that matter at this scale, projected. */
static GArray *
thin (const YihuTileView *view, const YihuMapFeature *feature)
{
  GArray *spots = g_array_sized_new (FALSE, FALSE, sizeof (Spot), feature->n_vertices);
  double step = THIN_PX * WORLD_SIDE / view->scale_px;
  YihuMapVertex kept = feature->vertices[0];

  for (guint i = 0; i < feature->n_vertices; i++)
    {
      YihuMapVertex vertex = feature->vertices[i];
      Spot spot;

      if (i > 0 && i + 1 < feature->n_vertices && fabs ((double) vertex.x - kept.x) < step
          && fabs ((double) vertex.y - kept.y) < step)
        continue;
      kept = vertex;
      spot = project (view, vertex);
      g_array_append_val (spots, spot);
    }
  return spots;
}

/* One pass of Sutherland and Hodgman: keeps what lies on the inner side of one edge. */
typedef enum
{
  EDGE_LEFT,
  EDGE_RIGHT,
  EDGE_TOP,
  EDGE_BOTTOM,
  N_EDGES,
} Edge;

static double
depth (const Box *box, Edge edge, Spot spot)
{
  switch (edge)
    {
    case EDGE_LEFT:
      return spot.x - box->low_x;
    case EDGE_RIGHT:
      return box->high_x - spot.x;
    case EDGE_TOP:
      return spot.y - box->low_y;
    default:
      return box->high_y - spot.y;
    }
}

static GArray *
clip_ring (GArray *ring, const Box *box, Edge edge)
{
  GArray *kept = g_array_sized_new (FALSE, FALSE, sizeof (Spot), ring->len + 8);

  for (guint i = 0; i < ring->len; i++)
    {
      Spot a = g_array_index (ring, Spot, i);
      Spot b = g_array_index (ring, Spot, (i + 1) % ring->len);
      double depth_a = depth (box, edge, a);
      double depth_b = depth (box, edge, b);

      if (depth_a >= 0)
        g_array_append_val (kept, a);
      if ((depth_a >= 0) != (depth_b >= 0))
        {
          double t = depth_a / (depth_a - depth_b);
          Spot cut = { a.x + t * (b.x - a.x), a.y + t * (b.y - a.y) };

          g_array_append_val (kept, cut);
        }
    }
  g_array_unref (ring);
  return kept;
}

static Box
clip_box (const YihuTileView *view, double margin_px)
{
  return (Box){ -margin_px, -margin_px, view->width_px + margin_px, view->height_px + margin_px };
}

void
yihu_tile_view_add_area (const YihuTileView *view, const YihuMapFeature *feature, cairo_t *cr)
{
  g_autoptr (GArray) ring = thin (view, feature);
  Box box = clip_box (view, CLIP_MARGIN_PX);

  for (Edge edge = 0; edge < N_EDGES && ring->len > 0; edge++)
    ring = clip_ring (ring, &box, edge);
  for (guint i = 0; i < ring->len; i++)
    {
      Spot spot = g_array_index (ring, Spot, i);

      cairo_line_to (cr, spot.x, spot.y);
    }
  if (ring->len > 0)
    cairo_close_path (cr);
  cairo_new_sub_path (cr);
}

/* Liang and Barsky: the part t0..t1 of a segment that lies in the box; FALSE where none does. */
static gboolean
clip_segment (const Box *box, Spot a, Spot b, double *t0, double *t1)
{
  *t0 = 0;
  *t1 = 1;
  for (Edge edge = 0; edge < N_EDGES; edge++)
    {
      double depth_a = depth (box, edge, a);
      double depth_b = depth (box, edge, b);

      if (depth_a < 0 && depth_b < 0)
        return FALSE;
      if (depth_a < 0)
        *t0 = MAX (*t0, depth_a / (depth_a - depth_b));
      else if (depth_b < 0)
        *t1 = MIN (*t1, depth_a / (depth_a - depth_b));
    }
  return *t0 < *t1;
}

static Spot
between (Spot a, Spot b, double t)
{
  return (Spot){ a.x + t * (b.x - a.x), a.y + t * (b.y - a.y) };
}

/* Ends the run that the path holds; its dashes continue from @begun_px along the feature. */
static void
finish_run (cairo_t *cr, double begun_px, const double *dash_px)
{
  if (dash_px != NULL)
    cairo_set_dash (cr, dash_px, 2, fmod (begun_px, dash_px[0] + dash_px[1]));
  cairo_stroke (cr);
}

void
yihu_tile_view_stroke (const YihuTileView *view,
                       const YihuMapFeature *feature,
                       cairo_t *cr,
                       double width_px,
                       const double *dash_px)
{
  g_autoptr (GArray) spots = thin (view, feature);
  Box box = clip_box (view, CLIP_MARGIN_PX + width_px);
  guint ring = feature->closed ? 1 : 0;
  gboolean running = FALSE;
  double along_px = 0;
  double begun_px = 0;

  cairo_set_line_width (cr, width_px);
  cairo_new_path (cr);
  for (guint i = 0; i + 1 < spots->len + ring; i++)
    {
      Spot a = g_array_index (spots, Spot, i);
      Spot b = g_array_index (spots, Spot, (i + 1) % spots->len);
      double length_px = hypot (b.x - a.x, b.y - a.y);
      double t0, t1;
      gboolean inside = clip_segment (&box, a, b, &t0, &t1);
      Spot from = between (a, b, inside ? t0 : 0);
      Spot to = between (a, b, inside ? t1 : 0);

      if (running && (!inside || t0 > 0))
        {
          finish_run (cr, begun_px, dash_px);
          running = FALSE;
        }
      if (inside && !running)
        {
          cairo_move_to (cr, from.x, from.y);
          begun_px = along_px + t0 * length_px;
          running = TRUE;
        }
      if (inside)
        cairo_line_to (cr, to.x, to.y);
      along_px += length_px;
    }
  if (running)
    finish_run (cr, begun_px, dash_px);
  cairo_set_dash (cr, NULL, 0, 0);
}

gboolean
yihu_clip_segment (const double box[4], double from[2], double to[2])
{
  Box area = { box[0], box[1], box[2], box[3] };
  Spot a = { from[0], from[1] };
  Spot b = { to[0], to[1] };
  double t0, t1;

  if (!clip_segment (&area, a, b, &t0, &t1))
    return FALSE;
  from[0] = between (a, b, t0).x;
  from[1] = between (a, b, t0).y;
  to[0] = between (a, b, t1).x;
  to[1] = between (a, b, t1).y;
  return TRUE;
}
