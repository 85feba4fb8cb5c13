/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The plan's shapes, bent, in degrees, as rows of the package. The same plan gives the same bytes:
 * rows go in in one order into a new file, and nothing in the file tells the time. */

#include "city/base-map-writer.h"

#include "base/error.h"
#include "sql/database.h"

#include <glib/gstdio.h>
#include <math.h>

#define STEP_M 180.0 /* of the points along a bent edge */

static const char schema[] =
    "PRAGMA application_id = 0x59484d50;"
    "PRAGMA user_version = 1;"
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE feature (id INTEGER PRIMARY KEY, class TEXT NOT NULL, name TEXT, code INTEGER,"
    " min_zoom INTEGER NOT NULL, lat0 INTEGER NOT NULL, lon0 INTEGER NOT NULL,"
    " lat1 INTEGER NOT NULL, lon1 INTEGER NOT NULL, geometry BLOB NOT NULL);";

typedef struct
{
  gint32 lat0, lon0, lat1, lon1;
} YihuBox;

static YihuBox
sheet_box (void)
{
  YihuGeoPoint low = yihu_ground_plain_to_geo ((YihuPoint){ YIHU_CITY_WEST_M, YIHU_CITY_SOUTH_M });
  YihuGeoPoint high = yihu_ground_plain_to_geo ((YihuPoint){ YIHU_CITY_EAST_M, YIHU_CITY_NORTH_M });

  return (YihuBox){ (gint32) yihu_geo_e7 (low.lat), (gint32) yihu_geo_e7 (low.lon),
                    (gint32) yihu_geo_e7 (high.lat), (gint32) yihu_geo_e7 (high.lon) };
}

static GBytes *
encode_shape (YihuPlan *plan, const YihuShape *shape, YihuBox *box)
{
  YihuBox sheet = sheet_box ();
  g_autoptr (YihuLine) fine = shape->is_plain
                                  ? g_array_copy (shape->line)
                                  : yihu_line_subdivide (shape->line, shape->is_closed, STEP_M);
  gint32 *numbers = g_new (gint32, 2 * fine->len);

  *box = (YihuBox){ G_MAXINT32, G_MAXINT32, G_MININT32, G_MININT32 };
  for (guint i = 0; i < fine->len; i++)
    {
      YihuPoint p = yihu_line_get (fine, i);
      YihuGeoPoint geo =
          shape->is_plain ? yihu_ground_plain_to_geo (p) : yihu_plan_to_geo (plan, p);
      gint32 lat = (gint32) CLAMP (yihu_geo_e7 (geo.lat), sheet.lat0, sheet.lat1);
      gint32 lon = (gint32) CLAMP (yihu_geo_e7 (geo.lon), sheet.lon0, sheet.lon1);

      numbers[2 * i] = GINT32_TO_LE (lat);
      numbers[2 * i + 1] = GINT32_TO_LE (lon);
      *box = (YihuBox){ MIN (box->lat0, lat), MIN (box->lon0, lon), MAX (box->lat1, lat),
                        MAX (box->lon1, lon) };
    }
  return g_bytes_new_take (numbers, 2 * fine->len * sizeof (gint32));
}

static gboolean
write_shape (YihuDatabase *database, YihuPlan *plan, guint index, GError **error)
{
  const YihuShape *shape = yihu_plan_get_shape (plan, index);
  YihuBox box;
  g_autoptr (GBytes) geometry = encode_shape (plan, shape, &box);

  return yihu_database_run (
      database,
      "INSERT INTO feature (id, class, name, code, min_zoom, lat0, lon0, lat1, lon1, geometry)"
      " VALUES (?1, ?2, ?3, nullif (?4, 0), ?5, ?6, ?7, ?8, ?9, ?10)",
      error, "issiiiiiib", (gint64) index + 1, shape->kind, shape->name, shape->code,
      (gint64) shape->min_zoom, (gint64) box.lat0, (gint64) box.lon0, (gint64) box.lat1,
      (gint64) box.lon1, geometry);
}

static gboolean
write_meta (YihuDatabase *database, GError **error)
{
  YihuBox sheet = sheet_box ();
  g_autofree char *bounds =
      g_strdup_printf ("%d,%d,%d,%d", sheet.lat0, sheet.lon0, sheet.lat1, sheet.lon1);
  const char *const rows[][2] = {
    { "datum", "wgs84" },
    { "attribution", "演示城市 示意图，非测绘数据" },
    { "bounds", bounds },
    { "made_for", "yihu" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (!yihu_database_run (database, "INSERT INTO meta (name, value) VALUES (?1, ?2)", error, "ss",
                            rows[i][0], rows[i][1]))
      return FALSE;
  return TRUE;
}

gboolean
yihu_base_map_write (YihuPlan *plan, const char *path, GError **error)
{
  g_autoptr (YihuDatabase) database = NULL;

  g_unlink (path);
  database = yihu_database_open (path, YIHU_DATABASE_BULK, error);
  if (database == NULL || !yihu_database_exec (database, schema, error)
      || !yihu_database_begin (database, error) || !write_meta (database, error))
    return FALSE;
  for (guint i = 0; i < yihu_plan_get_n_shapes (plan); i++)
    if (!write_shape (database, plan, i, error))
      return FALSE;
  return yihu_database_exec (database, "CREATE INDEX feature_by_zoom ON feature (min_zoom, lat0);",
                             error)
         && yihu_database_commit (database, error);
}
