/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tile arithmetic, the cache's limit, the queue's order and cancelling. */

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "map/layers/legend-layer.h"
#include "map/layers/point-cloud.h"
#include "map/tiles/tile-cache.h"
#include "map/tiles/tile-queue.h"
#include "package-maker.h"

static const YihuGeoPoint middle = { YIHU_TEST_TOWN_LAT, YIHU_TEST_TOWN_LON };

static void
test_projection (void)
{
  YihuWorldPoint origin = yihu_world_point_from_geo ((YihuGeoPoint){ 0, 0 });
  YihuWorldPoint corner = yihu_world_point_from_geo ((YihuGeoPoint){ 85.05112878, -180 });

  g_assert_cmpfloat_with_epsilon (origin.x, 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (origin.y, 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (corner.x, 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (corner.y, 0, 1e-9);
  for (double lat = -84; lat <= 84; lat += 7)
    for (double lon = -179; lon <= 179; lon += 11)
      {
        YihuGeoPoint back =
            yihu_world_point_to_geo (yihu_world_point_from_geo ((YihuGeoPoint){ lat, lon }));

        g_assert_cmpfloat_with_epsilon (back.lat, lat, 1e-9);
        g_assert_cmpfloat_with_epsilon (back.lon, lon, 1e-9);
      }
  g_assert_cmpuint (yihu_world_to_fixed (-1), ==, 0);
  g_assert_cmpuint (yihu_world_to_fixed (0.5), ==, 2147483648u);
  g_assert_cmpuint (yihu_world_to_fixed (7), ==, G_MAXUINT32);
}

/* Tiles meet and cover the widget, at each zoom and scale factor; a mark is where the tile of its
 * place says, within half a device pixel. */
static void
test_grid (void)
{
  for (double zoom = 5; zoom <= 20; zoom += 0.37)
    for (int scale = 1; scale <= 2; scale++)
      {
        YihuMapFrame frame = yihu_map_frame (middle, zoom, 801, 603, scale);
        YihuTileGrid grid = yihu_tile_grid (&frame, zoom, 0, 18);
        YihuWorldPoint point = yihu_world_point_from_geo (middle);

        g_assert_cmpfloat (yihu_tile_grid_left (&grid, &frame, grid.x0), <=, 0);
        g_assert_cmpfloat (yihu_tile_grid_left (&grid, &frame, grid.x1 + 1), >=, 801);
        g_assert_cmpfloat (yihu_tile_grid_top (&grid, &frame, grid.y1 + 1), >=, 603);
        for (int x = grid.x0; x <= grid.x1 + 1; x++)
          {
            double left = yihu_tile_grid_left (&grid, &frame, x) * scale;

            g_assert_cmpfloat (left, ==, floor (left));
          }
        g_assert_cmpfloat_with_epsilon (yihu_map_frame_x (&frame, point), 400.5, 1.0 / scale);
        g_assert_cmpfloat_with_epsilon (yihu_map_frame_x (&frame, point),
                                        point.x * frame.scale_px - frame.left_px,
                                        0.5 / scale + 1e-6);
        g_assert_cmpuint (grid.z, <=, 18);
      }
}

static void
test_grid_at_the_rim (void)
{
  YihuMapFrame west = yihu_map_frame ((YihuGeoPoint){ 85, -180 }, 4, 800, 600, 1);
  YihuTileGrid grid = yihu_tile_grid (&west, 4, 0, 18);
  YihuMapFrame beyond = yihu_map_frame ((YihuGeoPoint){ 0, 1000 }, 10, 800, 600, 1);

  g_assert_cmpint (grid.x0, ==, 0);
  g_assert_cmpint (grid.y0, ==, 0);
  g_assert_cmpint (grid.x1, >=, 0);
  grid = yihu_tile_grid (&beyond, 10, 0, 18);
  g_assert_cmpint (grid.x1, <, grid.x0);
  grid = yihu_tile_grid (&west, 4, 6, 18); /* below the source's lowest zoom: nothing */
  g_assert_cmpint (grid.x1, <, grid.x0);
}

static void
test_ancestor (void)
{
  double part_x, part_y;
  YihuTileKey up = yihu_tile_key_ancestor ((YihuTileKey){ 12, 1037, 2051 }, 2, &part_x, &part_y);

  g_assert_cmpuint (up.z, ==, 10);
  g_assert_cmpuint (up.x, ==, 259);
  g_assert_cmpuint (up.y, ==, 512);
  g_assert_cmpfloat (part_x, ==, 0.25);
  g_assert_cmpfloat (part_y, ==, 0.75);
  up = yihu_tile_key_ancestor ((YihuTileKey){ 1, 1, 0 }, 9, &part_x, &part_y);
  g_assert_cmpuint (up.z, ==, 0);
  g_assert_cmpfloat (part_x, ==, 0.5);
}

static void
test_zoom_to_fit (void)
{
  YihuWorldPoint low = { 0.5, 0.25 };
  YihuWorldPoint high = { 0.501, 0.2503 };
  double zoom = yihu_map_zoom_to_fit (low, high, 700, 500, 17);
  double scale_px = 256 * exp2 (zoom);
  double tile_px = scale_px / exp2 (floor (zoom));

  g_assert_cmpfloat (0.001 * scale_px, <=, 700.001);
  g_assert_cmpfloat (0.001 * scale_px, >, 690);
  g_assert_cmpfloat_with_epsilon (tile_px, round (tile_px), 1e-6);
  g_assert_cmpfloat_with_epsilon (yihu_map_zoom_to_fit (low, low, 700, 500, 17), 17, 1e-9);
  g_assert_cmpfloat (yihu_map_zoom_to_fit ((YihuWorldPoint){ 0, 0 }, (YihuWorldPoint){ 1, 1 }, 90,
                                           90, 17),
                     ==, 0);
}

static void
test_scale_bar (void)
{
  g_assert_cmpfloat_with_epsilon (yihu_scale_bar_distance_m (1, 110), 100, 1e-9);
  g_assert_cmpfloat_with_epsilon (yihu_scale_bar_distance_m (2.4, 110), 200, 1e-9);
  g_assert_cmpfloat_with_epsilon (yihu_scale_bar_distance_m (8, 110), 500, 1e-9);
  for (double metres_per_px = 0.1; metres_per_px < 20000; metres_per_px *= 1.3)
    {
      double px = yihu_scale_bar_distance_m (metres_per_px, 110) / metres_per_px;

      g_assert_cmpfloat (px, <=, 110.001);
      g_assert_cmpfloat (px, >, 43.9);
    }
}

static GdkTexture *
make_texture (int side)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (side * side * 3), side * side * 3);

  return gdk_memory_texture_new (side, side, GDK_MEMORY_R8G8B8, bytes, side * 3);
}

static void
test_cache (void)
{
  gsize tile_bytes = 256 * 256 * 3;
  g_autoptr (YihuTileCache) cache = yihu_tile_cache_new (10 * tile_bytes);
  g_autoptr (GdkTexture) texture = make_texture (256);
  g_autoptr (GdkTexture) giant = make_texture (1024);
  YihuTileRequest request = { .key = { 12, 0, 0 }, .scale_px = 1e6, .device_scale = 1 };

  for (guint i = 0; i < 200; i++)
    {
      request.key.x = i;
      yihu_tile_cache_insert (cache, &request, texture, 1);
      g_assert_cmpuint (yihu_tile_cache_get_bytes (cache), <=, 10 * tile_bytes);
      g_assert_nonnull (yihu_tile_cache_find (cache, (YihuTileKey){ 12, 0, 0 }));
    }
  g_assert_cmpuint (yihu_tile_cache_get_n_tiles (cache), ==, 10);
  g_assert_null (yihu_tile_cache_find (cache, (YihuTileKey){ 12, 100, 0 })); /* not used lately */
  g_assert_nonnull (yihu_tile_cache_find (cache, (YihuTileKey){ 12, 199, 0 }));
  yihu_tile_cache_insert (cache, &request, texture, 2); /* the same place replaces */
  g_assert_cmpuint (yihu_tile_cache_get_n_tiles (cache), ==, 10);
  yihu_tile_cache_insert (cache, &request, giant, 2);
  g_assert_cmpuint (yihu_tile_cache_get_bytes (cache), <=, 10 * tile_bytes);
}

/* A source that notes in which order and in which thread it is asked, and can be held. */
#define TEST_TYPE_SOURCE (test_source_get_type ())
G_DECLARE_FINAL_TYPE (TestSource, test_source, TEST, SOURCE, GObject)

struct _TestSource
{
  GObject parent_instance;
  GMutex lock;
  GCond changed;
  gboolean held;
  guint n_inside;
  guint n_cancelled;
  GArray *order; /* of x */
  GThread *owner;
};

static GdkTexture *
test_source_draw (YihuTileSource *source,
                  const YihuTileRequest *request,
                  GCancellable *cancellable,
                  GError **error)
{
  TestSource *self = TEST_SOURCE (source);

  g_assert_true (g_thread_self () != self->owner);
  g_mutex_lock (&self->lock);
  self->n_inside++;
  g_array_append_val (self->order, request->key.x);
  g_cond_broadcast (&self->changed);
  while (self->held && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait_until (&self->changed, &self->lock, g_get_monotonic_time () + 2000);
  self->n_inside--;
  self->n_cancelled += g_cancellable_is_cancelled (cancellable);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  if (request->key.x == 13)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_FAILED, "an unlucky tile");
      return NULL;
    }
  return make_texture (16);
}

static guint
test_source_get_max_zoom (YihuTileSource *source)
{
  return 18;
}

static void
test_source_init_iface (YihuTileSourceInterface *iface)
{
  iface->draw = test_source_draw;
  iface->get_max_zoom = test_source_get_max_zoom;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestSource,
                               test_source,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (YIHU_TYPE_TILE_SOURCE,
                                                      test_source_init_iface))

static void
test_source_finalize (GObject *object)
{
  TestSource *self = TEST_SOURCE (object);

  g_array_unref (self->order);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  G_OBJECT_CLASS (test_source_parent_class)->finalize (object);
}

static void
test_source_class_init (TestSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_source_finalize;
}

static void
test_source_init (TestSource *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->order = g_array_new (FALSE, FALSE, sizeof (guint));
  self->owner = g_thread_self ();
}

typedef struct
{
  guint n_ready;
  guint n_failed;
  GThread *thread;
} Ready;

static void
on_ready (const YihuTileRequest *request, GdkTexture *texture, const GError *error, gpointer data)
{
  Ready *ready = data;

  g_assert_true ((texture == NULL) == (error != NULL));
  ready->n_ready++;
  ready->n_failed += texture == NULL;
  ready->thread = g_thread_self ();
}

static void
make_requests (YihuTileRequest *requests, guint first, guint n)
{
  for (guint i = 0; i < n; i++)
    requests[i] = (YihuTileRequest){ { 12, first + i, 0 }, 256 * 4096.0, 1 };
}

static void
wait_inside (TestSource *source, guint n)
{
  g_mutex_lock (&source->lock);
  while (source->n_inside != n)
    g_cond_wait (&source->changed, &source->lock);
  g_mutex_unlock (&source->lock);
}

static void
release (TestSource *source)
{
  g_mutex_lock (&source->lock);
  source->held = FALSE;
  g_mutex_unlock (&source->lock);
}

static void
test_queue (void)
{
  g_autoptr (TestSource) source = g_object_new (TEST_TYPE_SOURCE, NULL);
  YihuTileRequest requests[20];
  Ready ready = { 0 };
  YihuTileQueue *queue = yihu_tile_queue_new (YIHU_TILE_SOURCE (source), on_ready, &ready);

  source->held = TRUE;
  make_requests (requests, 0, 20);
  yihu_tile_queue_want (queue, requests, 20);
  wait_inside (source, 2);
  for (guint i = 0; i < 2; i++) /* the first wanted first */
    g_assert_cmpuint (g_array_index (source->order, guint, i), <=, 1);
  release (source);
  while (ready.n_ready < 20)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (ready.n_failed, ==, 1);
  g_assert_true (ready.thread == g_thread_self ());
  g_assert_cmpuint (source->order->len, ==, 20);
  yihu_tile_queue_close (queue);
}

static void
test_queue_cancels (void)
{
  g_autoptr (TestSource) source = g_object_new (TEST_TYPE_SOURCE, NULL);
  YihuTileRequest requests[10];
  Ready ready = { 0 };
  YihuTileQueue *queue = yihu_tile_queue_new (YIHU_TILE_SOURCE (source), on_ready, &ready);

  source->held = TRUE;
  make_requests (requests, 0, 10);
  yihu_tile_queue_want (queue, requests, 10);
  wait_inside (source, 2);

  /* The view has moved on: the two in work are cancelled, the other eight never begun. */
  make_requests (requests, 100, 2);
  yihu_tile_queue_want (queue, requests, 2);
  g_mutex_lock (&source->lock);
  while (source->n_cancelled < 2 || source->n_inside < 2)
    g_cond_wait (&source->changed, &source->lock);
  source->held = FALSE;
  g_mutex_unlock (&source->lock);
  while (ready.n_ready < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (source->order->len, ==, 4);
  g_assert_cmpuint (g_array_index (source->order, guint, 2), >=, 100);

  /* Asking again for what is in work does not begin it twice. */
  g_mutex_lock (&source->lock);
  source->held = TRUE;
  g_mutex_unlock (&source->lock);
  make_requests (requests, 200, 2);
  yihu_tile_queue_want (queue, requests, 2);
  wait_inside (source, 2);
  yihu_tile_queue_want (queue, requests, 2);
  release (source);
  while (ready.n_ready < 4)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (source->order->len, ==, 6);
  yihu_tile_queue_close (queue);
}

static void
test_queue_closes_in_flight (void)
{
  TestSource *source = g_object_new (TEST_TYPE_SOURCE, NULL);
  YihuTileRequest requests[4];
  Ready ready = { 0 };
  YihuTileQueue *queue = yihu_tile_queue_new (YIHU_TILE_SOURCE (source), on_ready, &ready);
  gpointer weak = source;

  source->held = TRUE;
  make_requests (requests, 0, 4);
  yihu_tile_queue_want (queue, requests, 4);
  wait_inside (source, 2);
  yihu_tile_queue_close (queue);
  g_object_add_weak_pointer (G_OBJECT (source), &weak);
  g_object_unref (source);
  while (g_atomic_pointer_get (&weak) != NULL) /* the last worker lets go of it */
    g_thread_yield ();
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (ready.n_ready, ==, 0);
}

static void
test_point_cloud (void)
{
  YihuMapFrame frame = yihu_map_frame (middle, 12, 400, 300, 1);
  YihuWorldPoint points[] = { yihu_world_point_from_geo (middle), { 0.1, 0.1 } };
  graphene_rect_t place;
  g_autoptr (GdkTexture) texture =
      yihu_point_cloud_paint (points, 2, &frame, 0x2a6fbd, 1, 2.5, &place);
  guint8 pixels[7 * 7 * 4];
  guint8 *centre = pixels + (3 * 7 + 3) * 4;

  g_assert_cmpint (gdk_texture_get_width (texture), ==, 7); /* only the one that is in view */
  g_assert_cmpfloat_with_epsilon (place.origin.x + 3, 200, 1);
  gdk_texture_download (texture, pixels, 7 * 4);
  g_assert_cmphex (centre[2] << 16 | centre[1] << 8 | centre[0], ==, 0x2a6fbd);
  g_assert_cmpint (centre[3], ==, 255);
  g_assert_null (yihu_point_cloud_paint (points + 1, 1, &frame, 0, 1, 2.5, &place));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tiles/projection", test_projection);
  g_test_add_func ("/tiles/grid", test_grid);
  g_test_add_func ("/tiles/grid-at-the-rim", test_grid_at_the_rim);
  g_test_add_func ("/tiles/ancestor", test_ancestor);
  g_test_add_func ("/tiles/zoom-to-fit", test_zoom_to_fit);
  g_test_add_func ("/tiles/scale-bar", test_scale_bar);
  g_test_add_func ("/tiles/cache", test_cache);
  g_test_add_func ("/tiles/queue", test_queue);
  g_test_add_func ("/tiles/queue-cancels", test_queue_cancels);
  g_test_add_func ("/tiles/queue-closes-in-flight", test_queue_closes_in_flight);
  g_test_add_func ("/tiles/point-cloud", test_point_cloud);
  return g_test_run ();
}
