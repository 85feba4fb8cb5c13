/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The tile cache: a hash table of links into a queue whose head was used last. A tile that is
 * larger than the whole cache is not kept at all. */

#include "map/tiles/tile-cache.h"

#define BYTES_A_PIXEL 3

struct _YihuTileCache
{
  gsize max_bytes;
  gsize bytes;
  GQueue tiles; /* (element-type YihuCachedTile) (owned) */
  GHashTable *links; /* packed key -> link of tiles */
};

static gsize
tile_bytes (const YihuCachedTile *tile)
{
  return (gsize) gdk_texture_get_width (tile->texture) * gdk_texture_get_height (tile->texture)
         * BYTES_A_PIXEL;
}

static void
drop_link (YihuTileCache *self, GList *link)
{
  YihuCachedTile *tile = link->data;
  guint64 key = yihu_tile_key_pack (tile->request.key);

  self->bytes -= tile_bytes (tile);
  g_hash_table_remove (self->links, &key);
  g_queue_delete_link (&self->tiles, link);
  g_object_unref (tile->texture);
  g_free (tile);
}

YihuTileCache *
yihu_tile_cache_new (gsize max_bytes)
{
  YihuTileCache *self = g_new0 (YihuTileCache, 1);

  self->max_bytes = max_bytes;
  self->links = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_queue_init (&self->tiles);
  return self;
}

void
yihu_tile_cache_free (YihuTileCache *self)
{
  yihu_tile_cache_clear (self);
  g_hash_table_unref (self->links);
  g_free (self);
}

const YihuCachedTile *
yihu_tile_cache_find (YihuTileCache *self, YihuTileKey key)
{
  guint64 packed = yihu_tile_key_pack (key);
  GList *link = g_hash_table_lookup (self->links, &packed);

  if (link == NULL)
    return NULL;
  g_queue_unlink (&self->tiles, link);
  g_queue_push_head_link (&self->tiles, link);
  return link->data;
}

void
yihu_tile_cache_insert (YihuTileCache *self,
                        const YihuTileRequest *request,
                        GdkTexture *texture,
                        guint generation)
{
  guint64 packed = yihu_tile_key_pack (request->key);
  GList *old = g_hash_table_lookup (self->links, &packed);
  YihuCachedTile *tile = g_new (YihuCachedTile, 1);

  if (old != NULL)
    drop_link (self, old);
  *tile = (YihuCachedTile){ g_object_ref (texture), *request, generation };
  g_queue_push_head (&self->tiles, tile);
  g_hash_table_insert (self->links, g_memdup2 (&packed, sizeof packed), self->tiles.head);
  self->bytes += tile_bytes (tile);
  while (self->bytes > self->max_bytes)
    drop_link (self, self->tiles.tail);
}

void
yihu_tile_cache_clear (YihuTileCache *self)
{
  while (self->tiles.head != NULL)
    drop_link (self, self->tiles.head);
}

gsize
yihu_tile_cache_get_bytes (YihuTileCache *self)
{
  return self->bytes;
}

guint
yihu_tile_cache_get_n_tiles (YihuTileCache *self)
{
  return self->tiles.length;
}
