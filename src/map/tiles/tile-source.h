/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

#include "map/tiles/projection.h"

/* Whatever makes tiles: today the vector painter of the shipped package, later pictures from a file
 * or over HTTP. A source is asked by worker threads, several at once; it never sees a widget. */

G_BEGIN_DECLS

typedef struct
{
  YihuTileKey key;
  double scale_px; /* logical pixels of the world's side: says how large the tile is */
  int device_scale;
} YihuTileRequest;

#define YIHU_TYPE_TILE_SOURCE (yihu_tile_source_get_type ())
G_DECLARE_INTERFACE (YihuTileSource, yihu_tile_source, YIHU, TILE_SOURCE, GObject)

struct _YihuTileSourceInterface
{
  GTypeInterface parent_interface;

  GdkTexture *(*draw) (YihuTileSource *self,
                       const YihuTileRequest *request,
                       GCancellable *cancellable,
                       GError **error);
  guint (*get_max_zoom) (YihuTileSource *self);
};

/* Blocks: never on the main thread. Returns: (transfer full): opaque, of exactly the size that the
 * tile has on the screen, in device pixels. */
GdkTexture *yihu_tile_source_draw (YihuTileSource *self,
                                   const YihuTileRequest *request,
                                   GCancellable *cancellable,
                                   GError **error);
guint yihu_tile_source_get_max_zoom (YihuTileSource *self);

/* Corner and size of the tile in device pixels of the world. */
void yihu_tile_request_get_area (const YihuTileRequest *request,
                                 double *left,
                                 double *top,
                                 int *width,
                                 int *height);

G_END_DECLS
