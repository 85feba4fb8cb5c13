/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The files of a city, read back as the import reads them: same seed same bytes, another seed
 * another city; every row parses; people stand on the ground of their own street and not in water;
 * numbers, identity cards and prices keep their rules; the base map keeps within its bounds. */

#include "base/division-code.h"
#include "base/person-id.h"
#include "city/catalogue.h"
#include "city/make.h"
#include "city/polygon.h"
#include "domain/division.h"
#include "sql/database.h"
#include "wire/record-csv.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_ELDERS 2000

static const char *const files[] = { "division.csv", "provider.csv",    "service_item.csv",
                                     "price.csv",    "institution.csv", "camera.csv",
                                     "elder.csv",    "kin.csv",         "accounts.csv",
                                     "callers.csv",  "basemap.db",      "made.txt" };

static char *directory; /* the city of seed 5 */

static char *
make_city (guint64 seed)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("yihu-city-XXXXXX", &error);
  YihuMakeOptions options = { .n_elders = N_ELDERS,
                              .seed = seed,
                              .as_of = YIHU_CITY_AS_OF,
                              .rtsp_port = 8554,
                              .has_demo_passwords = TRUE,
                              .directory = path };

  g_assert_no_error (error);
  yihu_make_city (&options, &error);
  g_assert_no_error (error);
  return path;
}

static char *
read_file (const char *city, const char *name, gsize *length)
{
  g_autofree char *path = g_build_filename (city, name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, length, &error);
  g_assert_no_error (error);
  return text;
}

static char *
hash_file (const char *city, const char *name)
{
  gsize length;
  g_autofree char *text = read_file (city, name, &length);

  g_assert_cmpuint (length, >, 0);
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, length);
}

static void
remove_city (char *city)
{
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (city, files[i], NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (city), ==, 0);
  g_free (city);
}

static void
test_same_seed (void)
{
  char *again = make_city (5);
  char *other = make_city (6);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *hash = hash_file (directory, files[i]);
      g_autofree char *hash_again = hash_file (again, files[i]);
      g_autofree char *hash_other = hash_file (other, files[i]);

      g_assert_cmpstr (hash, ==, hash_again);
      if (i > 0) /* the divisions are real */
        g_assert_cmpstr (hash, !=, hash_other);
    }
  remove_city (again);
  remove_city (other);
}

/* Every row of @name as a record; the parser is that of the import. */
static GPtrArray *
read_records (const YihuRecordType *type)
{
  g_autofree char *name = g_strconcat (type->name, ".csv", NULL);
  gsize length;
  g_autofree char *text = read_file (directory, name, &length);
  GPtrArray *records = g_ptr_array_new_with_free_func (yihu_record_unref);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuCsvReader) reader = yihu_csv_reader_new (text, length, &error);
  g_autoptr (YihuRecordCsv) parser = NULL;
  char **cells;
  guint n;

  g_assert_no_error (error);
  g_assert_true (yihu_csv_reader_next (reader, &cells, &n, &error));
  parser =
      yihu_record_csv_new (type, (const char *const *) cells, n, "0417", YIHU_CITY_AS_OF, &error);
  g_assert_no_error (error);
  while (yihu_csv_reader_next (reader, &cells, &n, &error))
    {
      gpointer record = yihu_record_csv_parse (parser, (const char *const *) cells, n, &error);

      g_assert_no_error (error);
      g_ptr_array_add (records, record);
    }
  g_assert_no_error (error);
  return records;
}

/* --- the map --- */

typedef struct
{
  gint64 code;
  GArray *ring; /* x = longitude, y = latitude, in E7 */
} Shape;

static void
clear_shape (gpointer data)
{
  g_array_unref (((Shape *) data)->ring);
}

static YihuDatabase *
open_map (void)
{
  g_autofree char *path = g_build_filename (directory, "basemap.db", NULL);
  g_autoptr (GError) error = NULL;
  YihuDatabase *map = yihu_database_open (path, YIHU_DATABASE_READER, &error);

  g_assert_no_error (error);
  return map;
}

static GArray *
read_shapes (YihuDatabase *map, const char *kind)
{
  GArray *shapes = g_array_new (FALSE, FALSE, sizeof (Shape));
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (map, "SELECT code, geometry FROM feature WHERE class = ?1", &error, "s",
                           kind);

  g_array_set_clear_func (shapes, clear_shape);
  g_assert_no_error (error);
  while (yihu_rows_next (rows, &error))
    {
      Shape shape = { yihu_rows_get_int (rows, 0), yihu_line_new () };
      g_autoptr (GBytes) bytes = yihu_rows_get_blob (rows, 1);
      gsize size;
      const gint32 *numbers = g_bytes_get_data (bytes, &size);

      for (gsize i = 0; i + 1 < size / sizeof (gint32); i += 2)
        yihu_line_append (shape.ring, GINT32_FROM_LE (numbers[i + 1]), GINT32_FROM_LE (numbers[i]));
      g_array_append_val (shapes, shape);
    }
  g_assert_no_error (error);
  return shapes;
}

static void
check_ground (GArray *streets,
              GArray *land,
              GArray *water,
              gint64 division,
              gint64 lat_e7,
              gint64 lon_e7)
{
  YihuPoint p = { (double) lon_e7, (double) lat_e7 };
  gint64 street = division / 1000 * 1000;
  gboolean found = FALSE;

  for (guint i = 0; i < streets->len && !found; i++)
    {
      Shape *shape = &g_array_index (streets, Shape, i);

      found = (street == 0 || shape->code == street) && yihu_ring_contains (shape->ring, p);
    }
  g_assert_true (found);
  g_assert_true (yihu_ring_contains (g_array_index (land, Shape, 0).ring, p));
  for (guint i = 0; i < water->len; i++)
    g_assert_false (yihu_ring_contains (g_array_index (water, Shape, i).ring, p));
}

static void
test_ground (void)
{
  g_autoptr (YihuDatabase) map = open_map ();
  g_autoptr (GArray) streets = read_shapes (map, "street");
  g_autoptr (GArray) land = read_shapes (map, "land");
  g_autoptr (GArray) water = read_shapes (map, "water");
  g_autoptr (GPtrArray) elders = read_records (&yihu_elder_type);
  g_autoptr (GPtrArray) institutions = read_records (&yihu_institution_type);
  g_autoptr (GPtrArray) providers = read_records (&yihu_provider_type);

  g_assert_cmpuint (streets->len, ==, 70);
  g_assert_cmpuint (land->len, ==, 1);
  g_assert_cmpuint (water->len, >, 3);
  g_assert_cmpuint (elders->len, ==, N_ELDERS);
  for (guint i = 0; i < elders->len; i++)
    {
      const YihuElder *elder = g_ptr_array_index (elders, i);

      check_ground (streets, land, water, elder->record.division, elder->lat_e7, elder->lon_e7);
    }
  for (guint i = 0; i < institutions->len; i++)
    {
      const YihuInstitution *place = g_ptr_array_index (institutions, i);

      check_ground (streets, land, water, place->record.division, place->lat_e7, place->lon_e7);
    }
  for (guint i = 0; i < providers->len; i++)
    {
      const YihuProvider *place = g_ptr_array_index (providers, i);

      check_ground (streets, land, water, place->record.division, place->lat_e7, place->lon_e7);
    }
}

static gint64
query_int (YihuDatabase *map, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value = -1;

  yihu_database_query_int (map, sql, &value, &error, "");
  g_assert_no_error (error);
  return value;
}

static void
test_map_bounds (void)
{
  g_autoptr (YihuDatabase) map = open_map ();
  gsize length;
  g_autofree char *bytes = read_file (directory, "basemap.db", &length);

  g_assert_true (g_str_has_prefix (bytes, "SQLite format 3"));
  g_assert_cmpuint (length, <, 20 * 1024 * 1024);
  g_assert_cmphex ((guint64) query_int (map, "PRAGMA application_id"), ==, 0x59484d50);
  g_assert_cmpint (query_int (map, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (query_int (map, "SELECT count(*) FROM feature"), <, 100000);
  g_assert_cmpint (query_int (map,
                              "SELECT count(DISTINCT code) FROM feature WHERE class='district'"),
                   ==, 6);
  g_assert_cmpint (query_int (map, "SELECT count(*) FROM feature WHERE lat0 < 397000000 OR lat1 > "
                                   "411000000 OR lon0 < 1213000000 OR lon1 > 1232000000"),
                   ==, 0);
  g_assert_cmpint (query_int (map,
                              "SELECT count(*) FROM feature WHERE length(geometry) % 8 <> 0 OR "
                              "length(geometry) = 0 OR length(geometry) > 800000"),
                   ==, 0);
  g_assert_cmpint (query_int (map,
                              "SELECT count(*) FROM feature WHERE class NOT IN ('land','water',"
                              "'river','park','district','street','road-major','road-minor',"
                              "'rail','place')"),
                   ==, 0);
  g_assert_cmpint (query_int (map, "SELECT count(*) FROM feature WHERE class='road-minor'"), >,
                   3000);
  g_assert_cmpint (
      query_int (
          map, "SELECT count(*) FROM meta WHERE name='attribution' AND value LIKE '%非测绘数据%'"),
      ==, 1);
}

/* --- people --- */

static void
count_number (GHashTable *counts, const char *number)
{
  gpointer before;

  if (number == NULL || *number == '\0')
    return;
  before = g_hash_table_lookup (counts, number);
  g_hash_table_insert (counts, (gpointer) number, GUINT_TO_POINTER (GPOINTER_TO_UINT (before) + 1));
}

static void
test_people (void)
{
  g_autoptr (GPtrArray) elders = read_records (&yihu_elder_type);
  g_autoptr (GHashTable) cards = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer count;
  guint shared = 0;
  guint women = 0;

  for (guint i = 0; i < elders->len; i++)
    {
      const YihuElder *elder = g_ptr_array_index (elders, i);
      int age = yihu_date_get_age ((int) elder->birth, YIHU_CITY_AS_OF);
      g_autofree char *clean = NULL;

      g_assert_cmpint (age, >=, 60);
      g_assert_cmpint (age, <=, 104);
      g_assert_cmpint (g_utf8_strlen (elder->name, -1), >=, 2);
      g_assert_cmpint (g_utf8_strlen (elder->name, -1), <=, 4);
      g_assert_cmpint (yihu_person_id_check (elder->id_card, YIHU_CITY_AS_OF, &clean), ==,
                       YIHU_PERSON_ID_VALID);
      g_assert_cmpint (yihu_person_id_get_birth (clean), ==, elder->birth);
      g_assert_cmpint (yihu_person_id_is_male (clean), ==, elder->sex == YIHU_SEX_MALE);
      g_assert_true (g_hash_table_add (cards, elder->id_card));
      g_assert_true (g_hash_table_add (ids, elder->record.id));
      g_assert_nonnull (elder->address);
      count_number (numbers, elder->phone);
      if (g_strcmp0 (elder->phone, elder->phone2) != 0)
        count_number (numbers, elder->phone2);
      women += elder->sex == YIHU_SEX_FEMALE;
    }
  g_hash_table_iter_init (&iter, numbers);
  while (g_hash_table_iter_next (&iter, NULL, &count))
    {
      g_assert_cmpuint (GPOINTER_TO_UINT (count), <=, 2);
      shared += GPOINTER_TO_UINT (count) == 2;
    }
  g_assert_cmpuint (shared, >, N_ELDERS / 20);
  g_assert_cmpuint (women, >, N_ELDERS * 45 / 100);
  g_assert_cmpuint (women, <, N_ELDERS * 62 / 100);
}

static GHashTable *
ids_of (GPtrArray *records)
{
  GHashTable *ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < records->len; i++)
    g_assert_true (g_hash_table_add (ids, ((YihuRecord *) g_ptr_array_index (records, i))->id));
  return ids;
}

static void
test_references (void)
{
  g_autoptr (GPtrArray) elders = read_records (&yihu_elder_type);
  g_autoptr (GPtrArray) kin = read_records (&yihu_kin_type);
  g_autoptr (GPtrArray) institutions = read_records (&yihu_institution_type);
  g_autoptr (GPtrArray) cameras = read_records (&yihu_camera_type);
  g_autoptr (GPtrArray) divisions = read_records (&yihu_division_type);
  g_autoptr (GHashTable) elder_ids = ids_of (elders);
  g_autoptr (GHashTable) institution_ids = ids_of (institutions);
  g_autoptr (GHashTable) kin_ids = ids_of (kin);
  guint homes = 0;
  guint centres = 0;

  g_assert_cmpuint (divisions->len, ==, 926);
  g_assert_cmpuint (g_hash_table_size (kin_ids), >, N_ELDERS);
  for (guint i = 0; i < kin->len; i++)
    g_assert_true (
        g_hash_table_contains (elder_ids, ((YihuKin *) g_ptr_array_index (kin, i))->elder));
  for (guint i = 0; i < cameras->len; i++)
    {
      const YihuCamera *camera = g_ptr_array_index (cameras, i);

      g_assert_true (g_hash_table_contains (institution_ids, camera->institution));
      g_assert_true (g_str_has_prefix (camera->address, "rtsp://127.0.0.1:8554/"));
      g_assert_nonnull (strstr (camera->address, camera->record.id));
    }
  for (guint i = 0; i < institutions->len; i++)
    {
      const YihuInstitution *place = g_ptr_array_index (institutions, i);

      homes += place->type == YIHU_INSTITUTION_INSTITUTION;
      centres += place->type == YIHU_INSTITUTION_COMMUNITY_CENTRE;
    }
  g_assert_cmpuint (homes, ==, YIHU_CITY_INSTITUTIONS);
  g_assert_cmpuint (centres, ==, YIHU_CITY_CENTRES);
}

/* In each district each category has an offer. */
static void
test_prices (void)
{
  g_autoptr (GPtrArray) providers = read_records (&yihu_provider_type);
  g_autoptr (GPtrArray) items = read_records (&yihu_service_item_type);
  g_autoptr (GPtrArray) prices = read_records (&yihu_price_type);
  g_autoptr (GPtrArray) divisions = read_records (&yihu_division_type);
  g_autoptr (GHashTable) provider_ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) item_ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) offers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < providers->len; i++)
    g_hash_table_insert (provider_ids, ((YihuRecord *) g_ptr_array_index (providers, i))->id,
                         g_ptr_array_index (providers, i));
  for (guint i = 0; i < items->len; i++)
    g_hash_table_insert (item_ids, ((YihuRecord *) g_ptr_array_index (items, i))->id,
                         g_ptr_array_index (items, i));
  g_assert_cmpuint (providers->len, >=, 43);
  g_assert_cmpuint (providers->len, <=, 60);
  g_assert_cmpuint (prices->len, >=, 416);
  for (guint i = 0; i < prices->len; i++)
    {
      const YihuPrice *price = g_ptr_array_index (prices, i);
      const YihuProvider *provider = g_hash_table_lookup (provider_ids, price->provider);
      const YihuServiceItem *item = g_hash_table_lookup (item_ids, price->item);

      g_assert_nonnull (provider);
      g_assert_nonnull (item);
      g_assert_cmpint (price->subsidy_fen, <=, price->price_fen);
      for (guint k = 0; k < divisions->len; k++)
        {
          const YihuDivision *division = g_ptr_array_index (divisions, k);

          if (division->level == YIHU_DIVISION_LEVEL_COUNTY
              && g_str_has_prefix (provider->address, division->name))
            g_hash_table_add (offers, g_strdup_printf ("%s/%" G_GINT64_FORMAT, division->record.id,
                                                       item->category));
        }
    }
  g_assert_cmpuint (g_hash_table_size (offers), ==, 6 * 12);
}

static void
test_passwords (void)
{
  g_autofree char *text = read_file (directory, "accounts.csv", NULL);

  g_assert_nonnull (strstr (text, ",op03,张敏,operator,03,,0,demo-op03\n"));
  g_assert_nonnull (strstr (text, ",switchboard,,,0,demo-voice\n"));
  g_assert_nonnull (strstr (text, ",rev210802,"));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  directory = make_city (5);
  g_test_add_func ("/city/make/same-seed", test_same_seed);
  g_test_add_func ("/city/make/ground", test_ground);
  g_test_add_func ("/city/make/map-bounds", test_map_bounds);
  g_test_add_func ("/city/make/people", test_people);
  g_test_add_func ("/city/make/references", test_references);
  g_test_add_func ("/city/make/prices", test_prices);
  g_test_add_func ("/city/make/passwords", test_passwords);
  result = g_test_run ();
  remove_city (directory);
  return result;
}
