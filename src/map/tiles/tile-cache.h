/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "map/tiles/tile-source.h"

/* Tiles that were drawn, least recently used ones dropped so that the textures never hold more than
 * a given number of bytes. One tile a key: a tile of the same place in another scale replaces it.
 * One thread. */

G_BEGIN_DECLS

typedef struct _YihuTileCache YihuTileCache;

typedef struct
{
  GdkTexture *texture;
  YihuTileRequest request; /* for which it was drawn */
  guint generation; /* of the source, see the layer */
} YihuCachedTile;

YihuTileCache *yihu_tile_cache_new (gsize max_bytes);
void yihu_tile_cache_free (YihuTileCache *self);
/* Marks the tile as used. Returns: (transfer none) (nullable): valid until the next insert. */
const YihuCachedTile *yihu_tile_cache_find (YihuTileCache *self, YihuTileKey key);
void yihu_tile_cache_insert (YihuTileCache *self,
                             const YihuTileRequest *request,
                             GdkTexture *texture,
                             guint generation);
void yihu_tile_cache_clear (YihuTileCache *self);
gsize yihu_tile_cache_get_bytes (YihuTileCache *self);
guint yihu_tile_cache_get_n_tiles (YihuTileCache *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuTileCache, yihu_tile_cache_free)

G_END_DECLS
