/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The tile layer. snapshot() is the only place where tiles are looked up and asked for. While the
 * zoom is moving, stale tiles are stretched and only empty places are filled, at the plain scale of
 * the level; once it has come to rest, each tile is drawn again for exactly its scale. A tile that
 * the source failed to draw is not asked for again before the source or the scale changes. */

#include "map/layers/tile-layer.h"

#include <math.h>

#include "map/tiles/tile-cache.h"
#include "map/tiles/tile-queue.h"

#define CACHE_BYTES (128 * 1024 * 1024)
#define REST_MS 140 /* without a change of zoom: the gesture is over */
#define MAX_ANCESTORS 4

struct _YihuTileLayer
{
  YihuMapLayer parent_instance;

  YihuTileSource *source; /* (owned) (nullable) */
  YihuTileQueue *queue; /* (owned) (nullable): of the source */
  YihuTileCache *cache; /* (owned) */
  GHashTable *failed; /* packed key -> itself */
  guint generation; /* counts the sources; older tiles are stale */
  GdkRGBA ground;
  double drawn_scale_px; /* of the last frame, 0 before the first */
  guint rest_id; /* timer */
  gboolean complete; /* the last frame */
};

typedef struct
{
  YihuTileLayer *layer;
  GtkSnapshot *snapshot;
  YihuMapFrame frame;
  YihuTileGrid grid;
  gboolean moving;
  GArray *requests; /* (element-type Wanted) */
} Pass;

typedef struct
{
  YihuTileRequest request;
  double distance;
} Wanted;

G_DEFINE_FINAL_TYPE (YihuTileLayer, yihu_tile_layer, YIHU_TYPE_MAP_LAYER)

static void
append_part (GtkSnapshot *snapshot,
             GdkTexture *texture,
             const graphene_rect_t *place,
             double part_x,
             double part_y,
             double parts)
{
  float width = place->size.width * parts;
  float height = place->size.height * parts;

  gtk_snapshot_push_clip (snapshot, place);
  gtk_snapshot_append_texture (snapshot, texture,
                               &GRAPHENE_RECT_INIT (place->origin.x - part_x * width,
                                                    place->origin.y - part_y * height, width,
                                                    height));
  gtk_snapshot_pop (snapshot);
}

static gboolean
append_ancestor (Pass *pass, YihuTileKey key, const graphene_rect_t *place)
{
  for (guint up = 1; up <= MIN (MAX_ANCESTORS, key.z); up++)
    {
      double part_x, part_y;
      YihuTileKey ancestor = yihu_tile_key_ancestor (key, up, &part_x, &part_y);
      const YihuCachedTile *tile = yihu_tile_cache_find (pass->layer->cache, ancestor);

      if (tile == NULL)
        continue;
      append_part (pass->snapshot, tile->texture, place, part_x, part_y, exp2 (up));
      return TRUE;
    }
  return FALSE;
}

/* After zooming out the four tiles below are still there. */
static void
append_children (Pass *pass, YihuTileKey key, const graphene_rect_t *place)
{
  for (guint i = 0; i < 4; i++)
    {
      YihuTileKey child = { key.z + 1, key.x * 2 + (i & 1), key.y * 2 + (i >> 1) };
      const YihuCachedTile *tile = yihu_tile_cache_find (pass->layer->cache, child);
      float width = place->size.width / 2;
      float height = place->size.height / 2;

      if (tile != NULL)
        gtk_snapshot_append_texture (pass->snapshot, tile->texture,
                                     &GRAPHENE_RECT_INIT (place->origin.x + (i & 1) * width,
                                                          place->origin.y + (i >> 1) * height,
                                                          width, height));
    }
}

static void
want (Pass *pass, YihuTileKey key, const graphene_rect_t *place, gboolean missing)
{
  guint64 packed = yihu_tile_key_pack (key);
  graphene_point_t centre;
  Wanted wanted = { .request = { .key = key, .device_scale = pass->frame.device_scale } };

  if (pass->layer->queue == NULL || g_hash_table_contains (pass->layer->failed, &packed))
    return;
  pass->layer->complete = FALSE;
  if (pass->moving && !missing)
    return;
  wanted.request.scale_px =
      pass->moving ? YIHU_TILE_BASE_PX * exp2 (pass->grid.z) : pass->frame.scale_px;
  graphene_rect_get_center (place, &centre);
  wanted.distance = hypot (centre.x - pass->frame.width / 2.0, centre.y - pass->frame.height / 2.0);
  g_array_append_val (pass->requests, wanted);
}

static void
append_tile (Pass *pass, int x, int y)
{
  YihuTileKey key = { pass->grid.z, x, y };
  double left = yihu_tile_grid_left (&pass->grid, &pass->frame, x);
  double top = yihu_tile_grid_top (&pass->grid, &pass->frame, y);
  graphene_rect_t place =
      GRAPHENE_RECT_INIT (left, top, yihu_tile_grid_left (&pass->grid, &pass->frame, x + 1) - left,
                          yihu_tile_grid_top (&pass->grid, &pass->frame, y + 1) - top);
  const YihuCachedTile *tile = yihu_tile_cache_find (pass->layer->cache, key);

  if (tile == NULL)
    {
      if (!append_ancestor (pass, key, &place))
        append_children (pass, key, &place);
      want (pass, key, &place, TRUE);
      return;
    }
  if (tile->request.scale_px != pass->frame.scale_px
      || tile->request.device_scale != pass->frame.device_scale
      || tile->generation != pass->layer->generation)
    want (pass, key, &place, FALSE);
  gtk_snapshot_append_texture (pass->snapshot, tile->texture, &place);
}

static int
compare_wanted (gconstpointer a, gconstpointer b)
{
  double left = ((const Wanted *) a)->distance;
  double right = ((const Wanted *) b)->distance;

  return left < right ? -1 : left > right;
}

static void
ask (Pass *pass)
{
  g_autofree YihuTileRequest *requests = g_new (YihuTileRequest, pass->requests->len);

  if (pass->layer->queue == NULL)
    return;
  g_array_sort (pass->requests, compare_wanted);
  for (guint i = 0; i < pass->requests->len; i++)
    requests[i] = g_array_index (pass->requests, Wanted, i).request;
  yihu_tile_queue_want (pass->layer->queue, requests, pass->requests->len);
}

static gboolean
on_rest (gpointer data)
{
  YihuTileLayer *self = data;

  self->rest_id = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

/* Whether the zoom differs from the frame before; sees to a frame after it has come to rest. */
static gboolean
note_scale (YihuTileLayer *self, double scale_px)
{
  gboolean changed = self->drawn_scale_px != 0 && self->drawn_scale_px != scale_px;

  self->drawn_scale_px = scale_px;
  if (changed)
    {
      g_hash_table_remove_all (self->failed);
      g_clear_handle_id (&self->rest_id, g_source_remove);
      self->rest_id = g_timeout_add (REST_MS, on_rest, self);
    }
  return self->rest_id != 0;
}

static void
yihu_tile_layer_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  YihuTileLayer *self = YIHU_TILE_LAYER (widget);
  g_autoptr (GArray) requests = g_array_new (FALSE, FALSE, sizeof (Wanted));
  Pass pass = { .layer = self, .snapshot = snapshot, .requests = requests };
  double zoom;

  pass.frame = yihu_map_layer_get_frame (YIHU_MAP_LAYER (self), &zoom);
  gtk_snapshot_append_color (snapshot, &self->ground,
                             &GRAPHENE_RECT_INIT (0, 0, pass.frame.width, pass.frame.height));
  if (self->source == NULL)
    return;
  self->complete = TRUE;
  pass.moving = note_scale (self, pass.frame.scale_px);
  pass.grid = yihu_tile_grid (&pass.frame, zoom, 0, yihu_tile_source_get_max_zoom (self->source));
  for (int y = pass.grid.y0; y <= pass.grid.y1; y++)
    for (int x = pass.grid.x0; x <= pass.grid.x1; x++)
      append_tile (&pass, x, y);
  ask (&pass);
}

static void
on_tile_ready (const YihuTileRequest *request,
               GdkTexture *texture,
               const GError *error,
               gpointer data)
{
  YihuTileLayer *self = data;

  if (texture != NULL)
    {
      yihu_tile_cache_insert (self->cache, request, texture, self->generation);
    }
  else
    {
      guint64 packed = yihu_tile_key_pack (request->key);

      g_info ("map tile %u/%u/%u: %s", request->key.z, request->key.x, request->key.y,
              error->message);
      g_hash_table_add (self->failed, g_memdup2 (&packed, sizeof packed));
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* A hidden map asks for nothing. */
static void
yihu_tile_layer_unmap (GtkWidget *widget)
{
  YihuTileLayer *self = YIHU_TILE_LAYER (widget);

  if (self->queue != NULL)
    yihu_tile_queue_want (self->queue, NULL, 0);
  GTK_WIDGET_CLASS (yihu_tile_layer_parent_class)->unmap (widget);
}

static void
yihu_tile_layer_dispose (GObject *object)
{
  YihuTileLayer *self = YIHU_TILE_LAYER (object);

  g_clear_handle_id (&self->rest_id, g_source_remove);
  g_clear_pointer (&self->queue, yihu_tile_queue_close);
  g_clear_object (&self->source);
  G_OBJECT_CLASS (yihu_tile_layer_parent_class)->dispose (object);
}

static void
yihu_tile_layer_finalize (GObject *object)
{
  YihuTileLayer *self = YIHU_TILE_LAYER (object);

  g_clear_pointer (&self->cache, yihu_tile_cache_free);
  g_clear_pointer (&self->failed, g_hash_table_unref);
  G_OBJECT_CLASS (yihu_tile_layer_parent_class)->finalize (object);
}

static void
yihu_tile_layer_class_init (YihuTileLayerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_tile_layer_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_tile_layer_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = yihu_tile_layer_snapshot;
  GTK_WIDGET_CLASS (klass)->unmap = yihu_tile_layer_unmap;
}

static void
yihu_tile_layer_init (YihuTileLayer *self)
{
  self->cache = yihu_tile_cache_new (CACHE_BYTES);
  self->failed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

YihuTileLayer *
yihu_tile_layer_new (ShumateViewport *viewport)
{
  return g_object_new (YIHU_TYPE_TILE_LAYER, "viewport", viewport, NULL);
}

void
yihu_tile_layer_set_source (YihuTileLayer *self, YihuTileSource *source)
{
  g_return_if_fail (YIHU_IS_TILE_LAYER (self));

  g_clear_pointer (&self->queue, yihu_tile_queue_close);
  g_set_object (&self->source, source);
  g_hash_table_remove_all (self->failed);
  self->generation++;
  self->complete = FALSE;
  if (source != NULL)
    self->queue = yihu_tile_queue_new (source, on_tile_ready, self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
yihu_tile_layer_set_ground (YihuTileLayer *self, const GdkRGBA *ground)
{
  g_return_if_fail (YIHU_IS_TILE_LAYER (self));

  self->ground = *ground;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
yihu_tile_layer_is_complete (YihuTileLayer *self)
{
  g_return_val_if_fail (YIHU_IS_TILE_LAYER (self), FALSE);
  return self->complete;
}
