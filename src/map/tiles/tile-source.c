/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The interface of tile sources, and the rounding that they share with the frame: a tile begins and
 * ends where yihu_tile_grid_left() and _top() put it. */

#include "map/tiles/tile-source.h"

#include <math.h>

G_DEFINE_INTERFACE (YihuTileSource, yihu_tile_source, G_TYPE_OBJECT)

static void
yihu_tile_source_default_init (YihuTileSourceInterface *iface)
{
}

GdkTexture *
yihu_tile_source_draw (YihuTileSource *self,
                       const YihuTileRequest *request,
                       GCancellable *cancellable,
                       GError **error)
{
  g_return_val_if_fail (YIHU_IS_TILE_SOURCE (self), NULL);
  return YIHU_TILE_SOURCE_GET_IFACE (self)->draw (self, request, cancellable, error);
}

guint
yihu_tile_source_get_max_zoom (YihuTileSource *self)
{
  g_return_val_if_fail (YIHU_IS_TILE_SOURCE (self), 0);
  return YIHU_TILE_SOURCE_GET_IFACE (self)->get_max_zoom (self);
}

void
yihu_tile_request_get_area (const YihuTileRequest *request,
                            double *left,
                            double *top,
                            int *width,
                            int *height)
{
  double tile = request->scale_px / exp2 (request->key.z) * request->device_scale;

  *left = floor (request->key.x * tile + 0.5);
  *top = floor (request->key.y * tile + 0.5);
  *width = (int) (floor ((request->key.x + 1) * tile + 0.5) - *left);
  *height = (int) (floor ((request->key.y + 1) * tile + 0.5) - *top);
}
