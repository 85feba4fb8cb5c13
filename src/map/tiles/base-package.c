/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reader of the base map package. The file is somebody else's: it is opened read-only and
 * immutable, with an untrusted schema, a bound on the length of a value, and a budget of SQLite
 * steps, so that a crafted file can neither run code, nor fill memory, nor hang the worker. It uses
 * sqlite3 directly because the house pragmas of sql/ are for files of our own. */

#include "map/tiles/base-package.h"

#include <sqlite3.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "map/tiles/anchor.h"
#include "map/tiles/borders.h"
#include "map/tiles/outskirts.h"
#include "map/tiles/projection.h"

#define APPLICATION_ID 0x59484d50
#define SUPPORTED_VERSION 1
#define HEADER_BYTES 100
#define MAX_NAME_BYTES 96
#define MAX_META_BYTES 1024
#define STEPS_A_CALL 20000
#define MAX_CALLS 20000 /* of the progress handler: some seconds of work */

struct _YihuBasePackage
{
  gatomicrefcount ref_count; /* tiles are drawn in several threads */
  GArray *features[YIHU_N_FEATURE_CLASSES]; /* (element-type YihuMapFeature) (owned) */
  GArray *borders[YIHU_N_FEATURE_CLASSES]; /* (element-type YihuMapFeature) (owned) */
  GArray *vertices; /* (element-type YihuMapVertex) (owned) */
  GArray *border_vertices; /* (element-type YihuMapVertex) (owned) */
  GStringChunk *names;
  char *attribution; /* (owned) */
  YihuGeoPoint low;
  YihuGeoPoint high;
  gboolean has_bounds;
  guint n_skipped;
};

typedef struct
{
  GCancellable *cancellable; /* (nullable) */
  guint calls;
} Budget;

static const struct
{
  const char *word;
  guint least_vertices;
  gboolean area;
} classes[YIHU_N_FEATURE_CLASSES] = {
  [YIHU_FEATURE_LAND] = { "land", 3, TRUE },
  [YIHU_FEATURE_PARK] = { "park", 3, TRUE },
  [YIHU_FEATURE_WATER] = { "water", 3, TRUE },
  [YIHU_FEATURE_RIVER] = { "river", 2, FALSE },
  [YIHU_FEATURE_STREET] = { "street", 3, TRUE },
  [YIHU_FEATURE_DISTRICT] = { "district", 3, TRUE },
  [YIHU_FEATURE_RAIL] = { "rail", 2, FALSE },
  [YIHU_FEATURE_ROAD_MINOR] = { "road-minor", 2, FALSE },
  [YIHU_FEATURE_ROAD_MAJOR] = { "road-major", 2, FALSE },
  [YIHU_FEATURE_PLACE] = { "place", 1, FALSE },
};

gboolean
yihu_feature_class_is_area (YihuFeatureClass class)
{
  return classes[class].area;
}

static guint32
read_big_endian (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

gboolean
yihu_base_package_check (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autoptr (GFileInfo) info = NULL;
  guint8 head[HEADER_BYTES];
  gsize n = 0;

  if (stream == NULL)
    return FALSE;
  info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, error);
  if (info == NULL
      || !g_input_stream_read_all (G_INPUT_STREAM (stream), head, sizeof head, &n, NULL, error))
    return FALSE;
  if (g_file_info_get_size (info) > YIHU_BASE_PACKAGE_MAX_BYTES)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_TOO_LARGE, "base map: over 64 MiB");
      return FALSE;
    }
  if (n < sizeof head || memcmp (head, "SQLite format 3", 16) != 0
      || read_big_endian (head + 68) != APPLICATION_ID)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "not a base map package");
      return FALSE;
    }
  if (read_big_endian (head + 60) != SUPPORTED_VERSION)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_VERSION, "base map: version %u is not known",
                   read_big_endian (head + 60));
      return FALSE;
    }
  return TRUE;
}

static int
on_progress (void *data)
{
  Budget *budget = data;

  return ++budget->calls > MAX_CALLS || g_cancellable_is_cancelled (budget->cancellable);
}

static sqlite3 *
open_untrusted (const char *path, Budget *budget, GError **error)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, error);
  g_autofree char *immutable = uri != NULL ? g_strconcat (uri, "?immutable=1", NULL) : NULL;
  sqlite3 *db = NULL;

  if (uri == NULL)
    return NULL;
  if (sqlite3_open_v2 (immutable, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                       NULL)
      != SQLITE_OK)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "opening the base map: %s",
                   sqlite3_errmsg (db));
      sqlite3_close (db);
      return NULL;
    }
  sqlite3_limit (db, SQLITE_LIMIT_LENGTH, 8 * YIHU_GEOMETRY_MAX_POINTS + 4096);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_progress_handler (db, STEPS_A_CALL, on_progress, budget);
  return db;
}

static sqlite3_stmt *
prepare (sqlite3 *db, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK)
    return statement;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "reading the base map: %s",
               sqlite3_errmsg (db));
  return NULL;
}

/* The end of a walk: FALSE, with error, where it was not the ordinary one. */
static gboolean
finish_walk (sqlite3 *db, int result, Budget *budget, GError **error)
{
  if (result == SQLITE_DONE)
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (budget->cancellable, error))
    return FALSE;
  if (budget->calls > MAX_CALLS)
    g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_TOO_LARGE,
                         "reading the base map takes too long");
  else
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "reading the base map: %s",
                 sqlite3_errmsg (db));
  return FALSE;
}

/* Views and virtual tables could compute anything; the package has two plain tables. */
static gboolean
check_schema (sqlite3 *db, GError **error)
{
  sqlite3_stmt *statement =
      prepare (db,
               "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
               " AND name IN ('meta', 'feature')",
               error);
  gboolean good;

  if (statement == NULL)
    return FALSE;
  good = sqlite3_step (statement) == SQLITE_ROW && sqlite3_column_int (statement, 0) == 2;
  sqlite3_finalize (statement);
  if (!good)
    g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_CORRUPT,
                         "the base map has not the expected tables");
  return good;
}

static gboolean
is_on_globe (gint64 lat_e7, gint64 lon_e7)
{
  return ABS (lat_e7) <= 900000000 && ABS (lon_e7) <= 1800000000;
}

static void
take_bounds (YihuBasePackage *self, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", 5);
  gint64 value[4];

  if (g_strv_length (parts) != 4)
    return;
  for (guint i = 0; i < 4; i++)
    if (!yihu_number_parse (g_strstrip (parts[i]), -1800000000, 1800000000, &value[i]))
      return;
  if (!is_on_globe (value[0], value[1]) || !is_on_globe (value[2], value[3]))
    return;
  self->low = (YihuGeoPoint){ MIN (value[0], value[2]) / 1e7, MIN (value[1], value[3]) / 1e7 };
  self->high = (YihuGeoPoint){ MAX (value[0], value[2]) / 1e7, MAX (value[1], value[3]) / 1e7 };
  self->has_bounds = TRUE;
}

static const char *
column_text (sqlite3_stmt *statement, int column, int max_bytes)
{
  const char *text;

  if (sqlite3_column_type (statement, column) != SQLITE_TEXT)
    return NULL;
  text = (const char *) sqlite3_column_text (statement, column);
  if (text == NULL || sqlite3_column_bytes (statement, column) > max_bytes
      || !g_utf8_validate (text, -1, NULL))
    return NULL;
  return text;
}

static gboolean
read_meta (YihuBasePackage *self, sqlite3 *db, Budget *budget, GError **error)
{
  sqlite3_stmt *statement = prepare (db, "SELECT name, value FROM meta LIMIT 100", error);
  gboolean good = TRUE;
  int result;

  if (statement == NULL)
    return FALSE;
  while ((result = sqlite3_step (statement)) == SQLITE_ROW)
    {
      const char *name = column_text (statement, 0, MAX_META_BYTES);
      const char *value = column_text (statement, 1, MAX_META_BYTES);

      if (name == NULL || value == NULL)
        self->n_skipped++;
      else if (g_str_equal (name, "attribution"))
        {
          g_free (self->attribution);
          self->attribution = g_strdup (value);
        }
      else if (g_str_equal (name, "bounds"))
        take_bounds (self, value);
      else if (g_str_equal (name, "datum") && !g_str_equal (value, "wgs84"))
        good = FALSE;
    }
  if (!good)
    g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_VERSION,
                         "base map: a datum other than wgs84");
  good = good && finish_walk (db, result, budget, error);
  sqlite3_finalize (statement);
  return good;
}

static int
find_class (const char *word)
{
  for (int i = 0; i < YIHU_N_FEATURE_CLASSES; i++)
    if (g_strcmp0 (word, classes[i].word) == 0)
      return i;
  return -1;
}

static void
measure (YihuMapFeature *feature, const YihuMapVertex *vertices, guint n)
{
  feature->n_vertices = n;
  feature->low = feature->high = vertices[0];
  for (guint i = 1; i < n; i++)
    {
      feature->low.x = MIN (feature->low.x, vertices[i].x);
      feature->low.y = MIN (feature->low.y, vertices[i].y);
      feature->high.x = MAX (feature->high.x, vertices[i].x);
      feature->high.y = MAX (feature->high.y, vertices[i].y);
    }
  feature->anchor = feature->closed ? yihu_ring_anchor (vertices, n) : vertices[n / 2];
}

/* One row; FALSE where it is damaged. The vertices array may still move, so that a feature notes
 * the index of its first vertex in the pointer; load() turns it into the address. */
static gboolean
read_feature (YihuBasePackage *self, sqlite3_stmt *statement)
{
  int class = find_class (column_text (statement, 0, MAX_META_BYTES));
  const char *name = column_text (statement, 1, MAX_NAME_BYTES);
  gint64 min_zoom = sqlite3_column_int64 (statement, 2);
  guint first = self->vertices->len;
  YihuMapFeature feature = { .min_zoom = (guint) min_zoom };

  if (class < 0 || min_zoom < 0 || min_zoom > YIHU_MAP_MAX_ZOOM
      || (name == NULL && sqlite3_column_type (statement, 1) != SQLITE_NULL)
      || sqlite3_column_type (statement, 3) != SQLITE_BLOB
      || !yihu_geometry_decode (sqlite3_column_blob (statement, 3),
                                sqlite3_column_bytes (statement, 3), classes[class].least_vertices,
                                self->vertices))
    return FALSE;

  feature.class = class;
  feature.closed = classes[class].area;
  feature.name =
      name != NULL && *name != '\0' ? g_string_chunk_insert_const (self->names, name) : NULL;
  feature.vertices = GUINT_TO_POINTER (first);
  measure (&feature, &g_array_index (self->vertices, YihuMapVertex, first),
           self->vertices->len - first);
  g_array_append_val (self->features[class], feature);
  return TRUE;
}

static gboolean
read_features (YihuBasePackage *self, sqlite3 *db, Budget *budget, GError **error)
{
  sqlite3_stmt *statement =
      prepare (db, "SELECT class, name, min_zoom, geometry FROM feature ORDER BY id", error);
  guint n = 0;
  gboolean good;
  int result;

  if (statement == NULL)
    return FALSE;
  while ((result = sqlite3_step (statement)) == SQLITE_ROW && n++ < YIHU_BASE_PACKAGE_MAX_FEATURES)
    if (!read_feature (self, statement))
      self->n_skipped++;
  if (result == SQLITE_ROW)
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_TOO_LARGE, "base map: over %d features",
                 YIHU_BASE_PACKAGE_MAX_FEATURES);
  good = result != SQLITE_ROW && finish_walk (db, result, budget, error);
  sqlite3_finalize (statement);
  return good;
}

/* Turns the index of the first vertex into its address: the array does not move any more. */
static void
point_to_vertices (GArray *features, GArray *vertices)
{
  for (guint i = 0; i < features->len; i++)
    {
      YihuMapFeature *feature = &g_array_index (features, YihuMapFeature, i);

      feature->vertices =
          &g_array_index (vertices, YihuMapVertex, GPOINTER_TO_UINT (feature->vertices));
    }
}

static void
find_bounds (YihuBasePackage *self)
{
  YihuMapVertex low = { G_MAXUINT32, G_MAXUINT32 };
  YihuMapVertex high = { 0, 0 };

  for (guint i = 0; i < self->vertices->len; i++)
    {
      YihuMapVertex vertex = g_array_index (self->vertices, YihuMapVertex, i);

      low = (YihuMapVertex){ MIN (low.x, vertex.x), MIN (low.y, vertex.y) };
      high = (YihuMapVertex){ MAX (high.x, vertex.x), MAX (high.y, vertex.y) };
    }
  if (self->vertices->len == 0)
    return;
  self->low =
      yihu_world_point_to_geo ((YihuWorldPoint){ low.x / 4294967296.0, high.y / 4294967296.0 });
  self->high =
      yihu_world_point_to_geo ((YihuWorldPoint){ high.x / 4294967296.0, low.y / 4294967296.0 });
  self->has_bounds = TRUE;
}

static void
extend_outskirts (YihuBasePackage *self)
{
  static const YihuFeatureClass ground[] = { YIHU_FEATURE_LAND, YIHU_FEATURE_WATER };
  YihuWorldPoint south_west = yihu_world_point_from_geo (self->low);
  YihuWorldPoint north_east = yihu_world_point_from_geo (self->high);
  YihuMapVertex low = { yihu_world_to_fixed (south_west.x), yihu_world_to_fixed (north_east.y) };
  YihuMapVertex high = { yihu_world_to_fixed (north_east.x), yihu_world_to_fixed (south_west.y) };

  for (guint k = 0; k < G_N_ELEMENTS (ground); k++)
    for (guint i = 0; i < self->features[ground[k]]->len; i++)
      {
        YihuMapFeature *feature = &g_array_index (self->features[ground[k]], YihuMapFeature, i);
        YihuMapVertex anchor = feature->anchor;

        yihu_outskirts_extend ((YihuMapVertex *) feature->vertices, feature->n_vertices, low, high);
        measure (feature, feature->vertices, feature->n_vertices);
        feature->anchor = anchor;
      }
}

typedef struct
{
  YihuBasePackage *package;
  const YihuMapFeature *area;
} BorderOf;

static void
add_border (const YihuMapVertex *vertices, guint n, gpointer data)
{
  BorderOf *of = data;
  YihuBasePackage *self = of->package;
  YihuMapFeature border = *of->area;

  border.closed = FALSE;
  border.vertices = GUINT_TO_POINTER (self->border_vertices->len);
  g_array_append_vals (self->border_vertices, vertices, n);
  measure (&border, vertices, n);
  g_array_append_val (self->borders[border.class], border);
}

static void
collect_borders (YihuBasePackage *self)
{
  static const YihuFeatureClass bordered[] = { YIHU_FEATURE_DISTRICT, YIHU_FEATURE_STREET };
  g_autoptr (YihuBorderSet) set = yihu_border_set_new ();

  for (guint k = 0; k < G_N_ELEMENTS (bordered); k++)
    for (guint i = 0; i < self->features[bordered[k]]->len; i++)
      {
        YihuMapFeature *area = &g_array_index (self->features[bordered[k]], YihuMapFeature, i);
        BorderOf of = { self, area };

        yihu_border_set_add_ring (set, area->vertices, area->n_vertices, add_border, &of);
      }
}

static void
settle (YihuBasePackage *self)
{
  for (guint class = 0; class < YIHU_N_FEATURE_CLASSES; class ++)
    point_to_vertices (self->features[class], self->vertices);
  if (!self->has_bounds)
    find_bounds (self);
  if (self->has_bounds)
    extend_outskirts (self);
  collect_borders (self);
  for (guint class = 0; class < YIHU_N_FEATURE_CLASSES; class ++)
    point_to_vertices (self->borders[class], self->border_vertices);
}

static YihuBasePackage *
base_package_new (void)
{
  YihuBasePackage *self = g_new0 (YihuBasePackage, 1);

  g_atomic_ref_count_init (&self->ref_count);
  for (guint i = 0; i < YIHU_N_FEATURE_CLASSES; i++)
    {
      self->features[i] = g_array_new (FALSE, FALSE, sizeof (YihuMapFeature));
      self->borders[i] = g_array_new (FALSE, FALSE, sizeof (YihuMapFeature));
    }
  self->vertices = g_array_new (FALSE, FALSE, sizeof (YihuMapVertex));
  self->border_vertices = g_array_new (FALSE, FALSE, sizeof (YihuMapVertex));
  self->names = g_string_chunk_new (4096);
  self->attribution = g_strdup ("");
  return self;
}

YihuBasePackage *
yihu_base_package_load (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (YihuBasePackage) self = base_package_new ();
  Budget budget = { .cancellable = cancellable };
  sqlite3 *db;
  gboolean good;

  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !yihu_base_package_check (path, error))
    return NULL;
  db = open_untrusted (path, &budget, error);
  if (db == NULL)
    return NULL;
  good = check_schema (db, error) && read_meta (self, db, &budget, error)
         && read_features (self, db, &budget, error);
  sqlite3_close (db);
  if (!good)
    return NULL;
  settle (self);
  return g_steal_pointer (&self);
}

YihuBasePackage *
yihu_base_package_ref (YihuBasePackage *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
yihu_base_package_unref (YihuBasePackage *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < YIHU_N_FEATURE_CLASSES; i++)
    {
      g_array_unref (self->features[i]);
      g_array_unref (self->borders[i]);
    }
  g_array_unref (self->border_vertices);
  g_array_unref (self->vertices);
  g_string_chunk_free (self->names);
  g_free (self->attribution);
  g_free (self);
}

const YihuMapFeature *
yihu_base_package_get_features (YihuBasePackage *self, YihuFeatureClass class, guint *n_features)
{
  *n_features = self->features[class]->len;
  return (const YihuMapFeature *) (gpointer) self->features[class]->data;
}

const YihuMapFeature *
yihu_base_package_get_borders (YihuBasePackage *self, YihuFeatureClass class, guint *n_borders)
{
  *n_borders = self->borders[class]->len;
  return (const YihuMapFeature *) (gpointer) self->borders[class]->data;
}

guint
yihu_base_package_get_n_skipped (YihuBasePackage *self)
{
  return self->n_skipped;
}

const char *
yihu_base_package_get_attribution (YihuBasePackage *self)
{
  return self->attribution;
}

gboolean
yihu_base_package_get_bounds (YihuBasePackage *self, YihuGeoPoint *low, YihuGeoPoint *high)
{
  *low = self->low;
  *high = self->high;
  return self->has_bounds;
}
