/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The vector tile painter: that neighbouring tiles agree about what crosses their border, names
 * above all. */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "map/tiles/label-painter.h"
#include "map/tiles/vector-source.h"
#include "package-maker.h"

static const YihuGeoPoint middle = { YIHU_TEST_TOWN_LAT, YIHU_TEST_TOWN_LON };

static char *
make_town (void)
{
  char *path = g_build_filename (g_get_tmp_dir (), "yihu-test-tiles-XXXXXX", NULL);

  g_close (g_mkstemp (path), NULL);
  yihu_test_package_make_town (path);
  return path;
}

static guint8 *
draw_tile (YihuTileSource *source, const YihuTileRequest *request, int *width, int *height)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = yihu_tile_source_draw (source, request, NULL, &error);
  guint8 *pixels;

  g_assert_no_error (error);
  *width = gdk_texture_get_width (texture);
  *height = gdk_texture_get_height (texture);
  pixels = g_malloc ((gsize) *width * *height * 4);
  gdk_texture_download (texture, pixels, (gsize) *width * 4);
  return pixels;
}

static YihuTileKey
key_at (YihuGeoPoint point, guint z)
{
  YihuWorldPoint world = yihu_world_point_from_geo (point);

  return (YihuTileKey){ z, (guint) (world.x * exp2 (z)), (guint) (world.y * exp2 (z)) };
}

/* Two neighbours against one picture of both: a tile of twice the size, drawn as if it were one.
 * Lines, areas and labels must run on over the border as if there were none. */
static void
test_neighbours_agree (void)
{
  g_autofree char *path = make_town ();
  g_autoptr (YihuBasePackage) package = yihu_base_package_load (path, NULL, NULL);
  g_autoptr (YihuTileSource) source = yihu_vector_source_new (package, FALSE);
  static const double zooms[] = { 12, 13.2, 14.71, 16 };

  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      YihuTileRequest request = { key_at (middle, (guint) zooms[i]), 256 * exp2 (zooms[i]), 1 };
      YihuTileRequest right = request;
      int width, height, right_width, right_height;
      g_autofree guint8 *a = draw_tile (source, &request, &width, &height);
      g_autofree guint8 *b = NULL;
      guint differing = 0;

      right.key.x++;
      b = draw_tile (source, &right, &right_width, &right_height);
      g_assert_cmpint (height, ==, right_height);
      for (int y = 0; y < height; y++)
        for (int c = 0; c < 3; c++)
          {
            int last = a[(y * width + width - 1) * 4 + c];
            int first = b[y * right_width * 4 + c];

            if (ABS (last - first) > 150)
              differing++;
          }
      g_assert_cmpuint (differing, <, (guint) height / 10);
    }
  g_unlink (path);
}

/* The plan itself: the same for two makings, no two labels over each other, and each label in every
 * tile that its box touches gives the same pixels on both sides of a border. */
static void
test_label_plan (void)
{
  g_autofree char *path = make_town ();
  g_autoptr (YihuBasePackage) package = yihu_base_package_load (path, NULL, NULL);
  PangoContext *context = yihu_label_context_new ();

  for (guint zoom = 9; zoom <= 17; zoom++)
    {
      double scale_px = 256 * exp2 (zoom);
      g_autoptr (YihuLabelPlan) first =
          yihu_label_plan_new (package, context, zoom, scale_px, NULL);
      g_autoptr (YihuLabelPlan) second =
          yihu_label_plan_new (package, context, zoom, scale_px, NULL);
      guint n, m;
      const YihuLabel *labels = yihu_label_plan_get_labels (first, &n);
      const YihuLabel *again = yihu_label_plan_get_labels (second, &m);

      g_assert_cmpuint (n, ==, m);
      g_assert_cmpuint (n, >=, 3);
      for (guint i = 0; i < n; i++)
        {
          g_assert_cmpstr (labels[i].text, ==, again[i].text);
          g_assert_cmpfloat (labels[i].x, ==, again[i].x);
          g_assert_cmpfloat (labels[i].y, ==, again[i].y);
          g_assert_cmpfloat (labels[i].angle, ==, again[i].angle);
          for (guint k = 0; k < i; k++)
            g_assert_true (labels[i].left >= labels[k].right || labels[k].left >= labels[i].right
                           || labels[i].top >= labels[k].bottom
                           || labels[k].top >= labels[i].bottom);
        }
    }
  g_object_unref (context);
  g_unlink (path);
}

static guint8 *
paint_label_tile (const YihuLabel *label, PangoContext *context, double left, double top, int side)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, side, side);
  cairo_t *cr = cairo_create (surface);
  guint8 *pixels;

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  yihu_label_paint (label, cr, context, yihu_map_palette_get (FALSE), left, top);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  pixels = g_memdup2 (cairo_image_surface_get_data (surface), (gsize) side * side * 4);
  cairo_surface_destroy (surface);
  return pixels;
}

/* The right part of a label as the right tile draws it is what the left tile would have drawn. */
static void
test_label_over_border (void)
{
  g_autofree char *path = make_town ();
  g_autoptr (YihuBasePackage) package = yihu_base_package_load (path, NULL, NULL);
  PangoContext *context = yihu_label_context_new ();
  g_autoptr (YihuLabelPlan) plan =
      yihu_label_plan_new (package, context, 14, 256 * exp2 (14), NULL);
  guint n;
  const YihuLabel *labels = yihu_label_plan_get_labels (plan, &n);

  for (guint i = 0; i < MIN (n, 25); i++)
    {
      double border = floor (labels[i].x);
      double top = floor (labels[i].y) - 64;
      g_autofree guint8 *left = paint_label_tile (&labels[i], context, border - 64, top, 128);
      g_autofree guint8 *right = paint_label_tile (&labels[i], context, border, top, 128);

      for (int y = 0; y < 128; y++)
        for (int x = 0; x < 64 * 4; x++)
          g_assert_cmpint (ABS (left[y * 512 + 256 + x] - right[y * 512 + x]), <=, 24);
    }
  g_object_unref (context);
  g_unlink (path);
}

/* How many pixels of the tile the names change within the label's box. */
static guint
count_name_pixels (YihuTileSource *named,
                   YihuTileSource *nameless,
                   const YihuLabel *label,
                   YihuTileRequest request)
{
  int width, height;
  g_autofree guint8 *with = draw_tile (named, &request, &width, &height);
  g_autofree guint8 *without = draw_tile (nameless, &request, &width, &height);
  guint n = 0;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        double world_x = request.key.x * 256.0 + x;
        double world_y = request.key.y * 256.0 + y;

        if (world_x >= label->left && world_x < label->right && world_y >= label->top
            && world_y < label->bottom)
          n += memcmp (with + (y * width + x) * 4, without + (y * width + x) * 4, 4) != 0;
      }
  return n;
}

/* A label that crosses the border of two tiles stands in both. */
static void
test_label_in_both_tiles (void)
{
  g_autofree char *path = make_town ();
  g_autoptr (YihuBasePackage) package = yihu_base_package_load (path, NULL, NULL);
  g_autoptr (YihuTileSource) named = yihu_vector_source_new (package, FALSE);
  g_autoptr (YihuBasePackage) bare = NULL;
  g_autoptr (YihuTileSource) nameless = NULL;
  PangoContext *context = yihu_label_context_new ();
  sqlite3 *db = NULL;
  guint n_crossing = 0;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, "UPDATE feature SET name = NULL", NULL, NULL, NULL);
  sqlite3_close (db);
  bare = yihu_base_package_load (path, NULL, NULL);
  nameless = yihu_vector_source_new (bare, FALSE);

  for (guint zoom = 13; zoom <= 16; zoom++)
    {
      double scale_px = 256 * exp2 (zoom);
      g_autoptr (YihuLabelPlan) plan = yihu_label_plan_new (package, context, zoom, scale_px, NULL);
      guint n;
      const YihuLabel *labels = yihu_label_plan_get_labels (plan, &n);

      for (guint i = 0; i < n; i++)
        {
          double border = floor (labels[i].right / 256) * 256;
          YihuTileRequest request = { { zoom, (guint) (border / 256), (guint) (labels[i].y / 256) },
                                      scale_px,
                                      1 };

          if (border - labels[i].left < 12 || labels[i].right - border < 12 || n_crossing >= 12)
            continue;
          n_crossing++;
          g_assert_cmpuint (count_name_pixels (named, nameless, &labels[i], request), >, 10);
          request.key.x--;
          g_assert_cmpuint (count_name_pixels (named, nameless, &labels[i], request), >, 10);
        }
    }
  g_assert_cmpuint (n_crossing, ==, 12);
  g_object_unref (context);
  g_unlink (path);
}

static void
test_tile_sizes (void)
{
  g_autofree char *path = make_town ();
  g_autoptr (YihuBasePackage) package = yihu_base_package_load (path, NULL, NULL);
  g_autoptr (YihuTileSource) source = yihu_vector_source_new (package, TRUE);
  g_autoptr (GError) error = NULL;
  YihuTileRequest request = { key_at (middle, 13), 256 * exp2 (13.37), 2 };
  double left, top;
  int width, height, drawn_width, drawn_height;
  g_autofree guint8 *pixels = NULL;

  yihu_tile_request_get_area (&request, &left, &top, &width, &height);
  pixels = draw_tile (source, &request, &drawn_width, &drawn_height);
  g_assert_cmpint (drawn_width, ==, width);
  g_assert_cmpint (drawn_height, ==, height);
  request.scale_px = 256 * exp2 (30);
  g_assert_null (yihu_tile_source_draw (source, &request, NULL, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vector/neighbours-agree", test_neighbours_agree);
  g_test_add_func ("/vector/label-plan", test_label_plan);
  g_test_add_func ("/vector/label-over-border", test_label_over_border);
  g_test_add_func ("/vector/label-in-both-tiles", test_label_in_both_tiles);
  g_test_add_func ("/vector/tile-sizes", test_tile_sizes);
  return g_test_run ();
}
