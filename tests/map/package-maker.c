/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The invented town: about 16 by 12 km, always the same. */

#include "package-maker.h"

#include <glib/gstdio.h>
#include <math.h>

#define DEGREE 1e7

static void
exec (sqlite3 *db, const char *sql)
{
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

sqlite3 *
yihu_test_package_create (const char *path)
{
  sqlite3 *db = NULL;

  g_unlink (path);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  exec (db,
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
        "PRAGMA application_id = 0x59484d50; PRAGMA user_version = 1;"
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
        "CREATE TABLE feature (id INTEGER PRIMARY KEY, class TEXT NOT NULL, name TEXT,"
        " code INTEGER, min_zoom INTEGER NOT NULL, lat0 INTEGER NOT NULL,"
        " lon0 INTEGER NOT NULL, lat1 INTEGER NOT NULL, lon1 INTEGER NOT NULL,"
        " geometry BLOB NOT NULL);"
        "BEGIN;"
        "INSERT INTO meta VALUES ('datum', 'wgs84'), ('attribution', '示意底图 · 非测绘成果');");
  return db;
}

void
yihu_test_package_add_blob (sqlite3 *db,
                            const char *class,
                            const char *name,
                            int min_zoom,
                            gconstpointer blob,
                            gsize size)
{
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (
      sqlite3_prepare_v2 (db,
                          "INSERT INTO feature (class, name, min_zoom, lat0, lon0, lat1, lon1,"
                          " geometry) VALUES (?1, ?2, ?3, 0, 0, 0, 0, ?4)",
                          -1, &statement, NULL),
      ==, SQLITE_OK);
  sqlite3_bind_text (statement, 1, class, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (statement, 2, name, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int (statement, 3, min_zoom);
  sqlite3_bind_blob64 (statement, 4, blob, size, SQLITE_TRANSIENT);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_DONE);
  sqlite3_finalize (statement);
}

void
yihu_test_package_add (sqlite3 *db,
                       const char *class,
                       const char *name,
                       int min_zoom,
                       const YihuGeoPoint *points,
                       guint n_points)
{
  g_autofree gint32 *blob = g_new (gint32, 2 * n_points);

  for (guint i = 0; i < n_points; i++)
    {
      blob[2 * i] = GINT32_TO_LE ((gint32) round (points[i].lat * DEGREE));
      blob[2 * i + 1] = GINT32_TO_LE ((gint32) round (points[i].lon * DEGREE));
    }
  yihu_test_package_add_blob (db, class, name, min_zoom, blob, 8 * (gsize) n_points);
}

void
yihu_test_package_finish (sqlite3 *db)
{
  exec (db, "COMMIT; CREATE INDEX feature_by_zoom ON feature (min_zoom, lat0);");
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

/* Kilometres east and north of the middle. */
static YihuGeoPoint
at (double east, double north)
{
  return (YihuGeoPoint){ YIHU_TEST_TOWN_LAT + north / 111.2,
                         YIHU_TEST_TOWN_LON + east / (111.2 * cos (0.7096)) };
}

static void
add_box (sqlite3 *db,
         const char *class,
         const char *name,
         int zoom,
         double e,
         double n,
         double w,
         double h)
{
  YihuGeoPoint ring[] = { at (e, n), at (e + w, n + 0.05), at (e + w + 0.04, n + h),
                          at (e, n + h) };

  yihu_test_package_add (db, class, name, zoom, ring, G_N_ELEMENTS (ring));
}

static void
add_coast (sqlite3 *db)
{
  YihuGeoPoint ring[48];
  guint n = 0;

  for (int i = 0; i <= 40; i++) /* a bent coast in the west */
    ring[n++] = at (-7.2 + 0.7 * sin (i * 0.45) + 0.3 * sin (i * 1.3), 7.5 - i * 0.375);
  ring[n++] = at (10, -7.5);
  ring[n++] = at (10, 7.5);
  yihu_test_package_add (db, "land", NULL, 0, ring, n);
}

static void
add_river (sqlite3 *db)
{
  YihuGeoPoint band[82];

  for (int i = 0; i <= 40; i++)
    {
      double east = -7.5 + i * 0.44;
      double north = -2.4 + 1.1 * sin (i * 0.16) + 0.25 * sin (i * 0.5);

      band[i] = at (east, north + 0.17);
      band[81 - i] = at (east, north - 0.17);
    }
  yihu_test_package_add (db, "water", "辽水", 8, band, G_N_ELEMENTS (band));
}

static void
add_street (sqlite3 *db,
            const char *class,
            const char *name,
            int zoom,
            double at_km,
            gboolean north)
{
  YihuGeoPoint line[31];

  for (int i = 0; i <= 30; i++)
    {
      double along = -6.0 + i * (north ? 0.4 : 0.5);
      double across = at_km + 0.05 * sin (i * 0.4 + at_km) + along * 0.012;

      line[i] = north ? at (across, along) : at (along, across);
    }
  yihu_test_package_add (db, class, name, zoom, line, G_N_ELEMENTS (line));
}

static void
add_streets (sqlite3 *db)
{
  static const char *const major_ew[] = { "渤海大街", "市府路", "学府路", "青花大街" };
  static const char *const major_ns[] = { "滨海路", "新联大街", "盼盼路", "金牛山大街" };

  for (int i = 0; i < 4; i++)
    {
      add_street (db, "road-major", major_ew[i], 8, -4.5 + 3 * i, FALSE);
      add_street (db, "road-major", major_ns[i], 8, -4.6 + 3.3 * i, TRUE);
    }
  for (int i = 0; i < 26; i++)
    {
      g_autofree char *ew = g_strdup_printf ("永安%d巷", i + 1);
      g_autofree char *ns = g_strdup_printf ("建设%d街", i + 1);

      add_street (db, "road-minor", i % 2 ? ew : NULL, 12, -5.6 + 0.43 * i, FALSE);
      add_street (db, "road-minor", i % 2 ? ns : NULL, 12, -5.7 + 0.47 * i, TRUE);
    }
}

static void
add_names (sqlite3 *db)
{
  static const struct
  {
    const char *name;
    double east, north;
    int zoom;
  } places[] = { { "颐和市", 0.4, 0.7, 6 },   { "望海镇", -5, 3.2, 9 },
                 { "青山镇", 6.4, 4.5, 9 },   { "河东社区", 2.5, -1.2, 12 },
                 { "南园社区", 1.3, -4, 12 }, { "北苑社区", 2, 3.4, 12 },
                 { "西井社区", -3.2, 1, 12 }, { "东升社区", 5.2, 1, 12 } };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      YihuGeoPoint point = at (places[i].east, places[i].north);

      yihu_test_package_add (db, "place", places[i].name, places[i].zoom, &point, 1);
    }
}

void
yihu_test_package_make_town (const char *path)
{
  sqlite3 *db = yihu_test_package_create (path);
  YihuGeoPoint rail[] = { at (-5, 7.4), at (-1, 5.2), at (3.4, 4.9), at (6, 1), at (9.8, -2) };

  add_coast (db);
  add_river (db);
  for (int i = 0; i < 14; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s公园", i % 3 == 0 ? "镜湖" : "人民");

      add_box (db, "park", name, 10, -5 + (i * 37 % 97) / 8.0, -5 + (i * 53 % 89) / 9.0,
               0.5 + i % 3 * 0.25, 0.35 + i % 4 * 0.15);
    }
  add_box (db, "district", "站前区", 6, -6.2, -1, 7, 7.5);
  add_box (db, "district", "西市区", 6, 0.8, -1, 8, 7.5);
  add_box (db, "district", "老边区", 6, -6.2, -7, 15, 6);
  add_box (db, "street", "建设街道", 11, -6.2, -1, 3.2, 4);
  add_box (db, "street", "八田地街道", 11, -3, -1, 3.8, 4);
  add_streets (db);
  yihu_test_package_add (db, "rail", NULL, 8, rail, G_N_ELEMENTS (rail));
  add_names (db);
  yihu_test_package_finish (db);
}
