/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The geometry blob of a base map feature, and what is computed from it: anchor and clipped path.
 */

#include <stdint.h>

#include "map/tiles/anchor.h"
#include "map/tiles/feature-path.h"
#include "map/tiles/outskirts.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
draw (const YihuMapVertex *vertices, guint n)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 64, 64);
  cairo_t *cr = cairo_create (surface);
  YihuMapFeature feature = { .class = YIHU_FEATURE_DISTRICT,
                             .vertices = vertices,
                             .n_vertices = n,
                             .low = { 0, 0 },
                             .high = { G_MAXUINT32, G_MAXUINT32 },
                             .closed = TRUE };
  YihuTileView view = { .scale_px = 256.0 * (1 << 18),
                        .left_px = vertices[0].x / 4294967296.0 * 256.0 * (1 << 18) - 32,
                        .top_px = vertices[0].y / 4294967296.0 * 256.0 * (1 << 18) - 32,
                        .width_px = 64,
                        .height_px = 64 };
  const double dashes[] = { 5, 3 };

  yihu_tile_view_add_area (&view, &feature, cr);
  cairo_fill (cr);
  yihu_tile_view_stroke (&view, &feature, cr, 2, dashes);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GArray) vertices = g_array_new (FALSE, FALSE, sizeof (YihuMapVertex));
  YihuMapVertex *first;

  if (!yihu_geometry_decode (data, size, 3, vertices))
    {
      g_assert_cmpuint (vertices->len, ==, 0);
      return 0;
    }
  first = &g_array_index (vertices, YihuMapVertex, 0);
  yihu_ring_anchor (first, vertices->len);
  if (vertices->len <= 200)
    draw (first, vertices->len);
  yihu_outskirts_extend (first, vertices->len, first[0], first[1]);
  return 0;
}
