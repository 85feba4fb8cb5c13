/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The reader of base map packages: what a good one holds, which rows of a bad one are left out, and
 * that no file, however made, is taken for one that it is not. */

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "map/tiles/base-package.h"
#include "map/tiles/borders.h"
#include "map/tiles/projection.h"
#include "package-maker.h"

typedef struct
{
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->path = g_build_filename (g_get_tmp_dir (), "yihu-test-package-XXXXXX", NULL);
  g_close (g_mkstemp (fixture->path), NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_free (fixture->path);
}

static const YihuGeoPoint square[] = { { 40, 122 }, { 40, 123 }, { 41, 123 }, { 41, 122 } };

static YihuBasePackage *
load (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  YihuBasePackage *package = yihu_base_package_load (fixture->path, NULL, &error);

  g_assert_no_error (error);
  return package;
}

static void
assert_refused (Fixture *fixture, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (yihu_base_package_load (fixture->path, NULL, &error));
  g_assert_error (error, YIHU_ERROR, code);
}

static void
test_good (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuBasePackage) package = NULL;
  const YihuMapFeature *features;
  YihuGeoPoint low, high;
  guint n;

  yihu_test_package_make_town (fixture->path);
  package = load (fixture);
  g_assert_cmpuint (yihu_base_package_get_n_skipped (package), ==, 0);
  g_assert_cmpstr (yihu_base_package_get_attribution (package), ==, "示意底图 · 非测绘成果");
  features = yihu_base_package_get_features (package, YIHU_FEATURE_PLACE, &n);
  g_assert_cmpuint (n, ==, 8);
  g_assert_cmpstr (features[0].name, ==, "颐和市");
  g_assert_cmpuint (features[0].min_zoom, ==, 6);
  g_assert_false (features[0].closed);
  features = yihu_base_package_get_features (package, YIHU_FEATURE_DISTRICT, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_true (features[0].closed);
  g_assert_cmpuint (features[0].n_vertices, ==, 4);
  g_assert_cmpuint (features[0].anchor.x, >, features[0].low.x);
  g_assert_cmpuint (features[0].anchor.x, <, features[0].high.x);
  g_assert_true (yihu_base_package_get_bounds (package, &low, &high));
  g_assert_cmpfloat (low.lat, <, YIHU_TEST_TOWN_LAT);
  g_assert_cmpfloat (high.lat, >, YIHU_TEST_TOWN_LAT);
}

static void
test_damaged_rows (Fixture *fixture, gconstpointer data)
{
  sqlite3 *db = yihu_test_package_create (fixture->path);
  g_autoptr (YihuBasePackage) package = NULL;
  g_autofree char *long_name = g_strnfill (500, 'x');
  g_autofree guint8 *huge = g_malloc0 (8 * (YIHU_GEOMETRY_MAX_POINTS + 1));
  YihuGeoPoint off_globe[] = { { 40, 122 }, { 95, 122 }, { 41, 123 } };
  guint n;

  yihu_test_package_add (db, "land", "good", 0, square, 4);
  yihu_test_package_add (db, "castle", NULL, 0, square, 4); /* 1 */
  yihu_test_package_add (db, "land", NULL, 0, square, 2); /* 2 */
  yihu_test_package_add (db, "road-major", NULL, 0, square, 1); /* 3 */
  yihu_test_package_add (db, "land", NULL, 21, square, 4); /* 4 */
  yihu_test_package_add (db, "land", NULL, -1, square, 4); /* 5 */
  yihu_test_package_add (db, "land", long_name, 0, square, 4); /* 6 */
  yihu_test_package_add (db, "land", "\xff\xfe", 0, square, 4); /* 7 */
  yihu_test_package_add (db, "land", NULL, 0, off_globe, 3); /* 8 */
  yihu_test_package_add_blob (db, "land", NULL, 0, "1234567", 7); /* 9 */
  yihu_test_package_add_blob (db, "land", NULL, 0, "", 0); /* 10 */
  yihu_test_package_add_blob (db, "land", NULL, 0, huge,
                              8 * (YIHU_GEOMETRY_MAX_POINTS + 1)); /* 11 */
  yihu_test_package_add (db, "place", "also good", 0, square, 1);
  yihu_test_package_finish (db);

  package = load (fixture);
  g_assert_cmpuint (yihu_base_package_get_n_skipped (package), ==, 11);
  yihu_base_package_get_features (package, YIHU_FEATURE_LAND, &n);
  g_assert_cmpuint (n, ==, 1);
  yihu_base_package_get_features (package, YIHU_FEATURE_PLACE, &n);
  g_assert_cmpuint (n, ==, 1);
}

static void
alter (Fixture *fixture, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  FILE *file;

  g_assert_null (yihu_base_package_load ("/nonexistent/base", NULL, &error));
  g_assert_nonnull (error);

  g_assert_true (g_file_set_contents (fixture->path, "", 0, NULL));
  assert_refused (fixture, YIHU_ERROR_CORRUPT);
  g_assert_true (g_file_set_contents (fixture->path, "SQLite format 3", 16, NULL));
  assert_refused (fixture, YIHU_ERROR_CORRUPT);

  yihu_test_package_make_town (fixture->path);
  alter (fixture, "PRAGMA user_version = 2");
  assert_refused (fixture, YIHU_ERROR_VERSION);
  alter (fixture, "PRAGMA user_version = 1; PRAGMA application_id = 7");
  assert_refused (fixture, YIHU_ERROR_CORRUPT);
  alter (fixture, "PRAGMA application_id = 0x59484d50; UPDATE meta SET value = 'gcj02' WHERE name"
                  " = 'datum'");
  assert_refused (fixture, YIHU_ERROR_VERSION);

  yihu_test_package_make_town (fixture->path);
  alter (fixture, "ALTER TABLE feature RENAME TO old; CREATE VIEW feature AS SELECT * FROM old");
  assert_refused (fixture, YIHU_ERROR_CORRUPT);

  yihu_test_package_make_town (fixture->path);
  file = fopen (fixture->path, "r+b");
  g_assert_cmpint (ftruncate (fileno (file), YIHU_BASE_PACKAGE_MAX_BYTES + 1), ==, 0);
  fclose (file);
  assert_refused (fixture, YIHU_ERROR_TOO_LARGE);
}

/* Bytes turned over at random anywhere: an error or a package, never a crash. */
static void
test_random_damage (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;
  gsize length;

  yihu_test_package_make_town (fixture->path);
  g_assert_true (g_file_get_contents (fixture->path, &text, &length, NULL));
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *copy = g_memdup2 (text, length);
      g_autoptr (YihuBasePackage) package = NULL;

      for (guint k = 0; k < 40; k++)
        copy[g_test_rand_int_range (100, (gint32) length)] = (char) g_test_rand_int ();
      g_assert_true (g_file_set_contents (fixture->path, copy, (gssize) length, NULL));
      package = yihu_base_package_load (fixture->path, NULL, NULL);
    }
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  yihu_test_package_make_town (fixture->path);
  g_cancellable_cancel (cancellable);
  g_assert_null (yihu_base_package_load (fixture->path, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
count_vertices (const YihuMapVertex *vertices, guint n, gpointer data)
{
  *(guint *) data += n - 1; /* edges */
}

static void
test_shared_borders (void)
{
  YihuMapVertex left[] = { { 0, 0 }, { 10, 0 }, { 10, 10 }, { 0, 10 } };
  YihuMapVertex right[] = { { 10, 10 }, { 10, 0 }, { 20, 0 }, { 20, 10 } };
  g_autoptr (YihuBorderSet) set = yihu_border_set_new ();
  guint n = 0;

  yihu_border_set_add_ring (set, left, 4, count_vertices, &n);
  g_assert_cmpuint (n, ==, 4);
  yihu_border_set_add_ring (set, right, 4, count_vertices, &n);
  g_assert_cmpuint (n, ==, 7); /* the shared edge once */
  yihu_border_set_add_ring (set, right, 4, count_vertices, &n);
  g_assert_cmpuint (n, ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/package/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("good", test_good);
  ADD ("damaged-rows", test_damaged_rows);
  ADD ("refused", test_refused);
  ADD ("random-damage", test_random_damage);
  ADD ("cancel", test_cancel);
  g_test_add_func ("/package/shared-borders", test_shared_borders);
  return g_test_run ();
}
