/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Records in tables: every kind there and back, with and without skipped fields; the texts of SQL;
 * upsert by id; words of SQL as column names. */

#include "base/error.h"
#include "domain/kinds.h"
#include "sql/database.h"

#include <string.h>

static YihuDatabase *
open_memory (void)
{
  g_autoptr (GError) error = NULL;
  YihuDatabase *database = yihu_database_open (":memory:", YIHU_DATABASE_DURABLE, &error);

  g_assert_no_error (error);
  return database;
}

static void
create_table (YihuDatabase *database, const YihuRecordType *type, YihuFieldFlags skip)
{
  g_autofree char *sql = yihu_record_sql_create (type, skip);
  g_autoptr (GError) error = NULL;

  yihu_database_exec (database, sql, &error);
  g_assert_no_error (error);
}

static void
put (YihuDatabase *database, gconstpointer record, YihuFieldFlags skip)
{
  g_autoptr (GError) error = NULL;

  yihu_database_put_record (database, record, skip, &error);
  g_assert_no_error (error);
}

static gpointer
make_full (const YihuRecordType *type, const char *id)
{
  YihuRecord *record = yihu_record_new (type, id);

  record->version = 3;
  record->division = G_GINT64_CONSTANT (210802001003);
  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].kind == YIHU_FIELD_TEXT)
      yihu_record_set_text (record, &type->fields[i], "it's \"王\"");
    else
      yihu_record_set_int (record, &type->fields[i],
                           type->fields[i].kind == YIHU_FIELD_ENUM ? 1 : type->fields[i].highest);
  return record;
}

static void
test_round_trip (gconstpointer data)
{
  const YihuRecordType *type = data;
  g_autoptr (YihuDatabase) database = open_memory ();
  g_autoptr (YihuRecord) full = make_full (type, "full");
  g_autoptr (YihuRecord) empty = yihu_record_new (type, "empty");
  g_autoptr (YihuRecord) found = NULL;
  g_autoptr (YihuRecord) found_empty = NULL;
  g_autoptr (GError) error = NULL;

  create_table (database, type, 0);
  put (database, full, 0);
  put (database, empty, 0);
  found = yihu_database_get_record (database, type, "full", 0, &error);
  g_assert_true (yihu_record_equal (full, found));
  found_empty = yihu_database_get_record (database, type, "empty", 0, &error);
  g_assert_true (yihu_record_equal (empty, found_empty));
  g_assert_null (yihu_database_get_record (database, type, "none", 0, &error));
  g_assert_no_error (error);
}

static void
test_skipped_fields (gconstpointer data)
{
  const YihuRecordType *type = data;
  static const YihuFieldFlags skips[] = { YIHU_FIELD_SERVER, YIHU_FIELD_PERSONAL,
                                          YIHU_FIELD_SERVER | YIHU_FIELD_PERSONAL };

  for (guint i = 0; i < G_N_ELEMENTS (skips); i++)
    {
      g_autoptr (YihuDatabase) database = open_memory ();
      g_autoptr (YihuRecord) full = make_full (type, "full");
      g_autoptr (YihuRecord) found = NULL;

      create_table (database, type, skips[i]);
      put (database, full, skips[i]);
      found = yihu_database_get_record (database, type, "full", skips[i], NULL);
      for (guint j = 0; j < type->n_fields; j++)
        {
          const YihuField *field = &type->fields[j];
          gboolean is_skipped = (field->flags & skips[i]) != 0;

          if (field->kind == YIHU_FIELD_TEXT)
            g_assert_cmpstr (yihu_record_get_text (found, field), ==,
                             is_skipped ? "" : yihu_record_get_text (full, field));
          else
            g_assert_cmpint (yihu_record_get_int (found, field), ==,
                             is_skipped ? 0 : yihu_record_get_int (full, field));
        }
    }
}

static void
test_upsert (void)
{
  g_autoptr (YihuDatabase) database = open_memory ();
  g_autoptr (YihuSeat) seat = yihu_seat_new ("03");
  g_autoptr (YihuSeat) changed = NULL;
  g_autoptr (YihuSeat) found = NULL;
  gint64 n_rows = 0;

  create_table (database, &yihu_seat_type, 0);
  seat->record.version = 1;
  seat->state = YIHU_SEAT_READY;
  put (database, seat, 0);
  changed = yihu_record_dup (seat);
  changed->record.version = 2;
  changed->record.division = G_GINT64_CONSTANT (210802000000);
  changed->state = YIHU_SEAT_BUSY;
  yihu_record_take (changed->call, g_strdup ("c1"));
  put (database, changed, 0);
  found = yihu_database_get_record (database, &yihu_seat_type, "03", 0, NULL);
  g_assert_true (yihu_record_equal (found, changed));
  g_assert_true (
      yihu_database_query_int (database, "SELECT count(*) FROM seat", &n_rows, NULL, ""));
  g_assert_cmpint (n_rows, ==, 1);
}

static void
test_texts (void)
{
  g_autofree char *create = yihu_record_sql_create (&yihu_camera_type, YIHU_FIELD_SERVER);
  g_autofree char *columns = yihu_record_sql_columns (&yihu_price_type, 0, "p.");
  g_autofree char *plain = yihu_record_sql_columns (&yihu_order_step_type, 0, NULL);

  g_assert_cmpstr (create, ==,
                   "CREATE TABLE \"camera\" (\"id\" TEXT NOT NULL PRIMARY KEY, "
                   "\"version\" BIGINT NOT NULL, \"division\" BIGINT NOT NULL, "
                   "\"institution\" TEXT NOT NULL DEFAULT '', \"name\" TEXT NOT NULL DEFAULT '')");
  g_assert_cmpstr (columns, ==,
                   "p.\"id\", p.\"version\", p.\"division\", p.\"provider\", p.\"item\", "
                   "p.\"price_fen\", p.\"subsidy_fen\"");
  g_assert_nonnull (strstr (plain, ", \"from\", \"to\", "));
}

static void
test_enums_stand_as_words (void)
{
  g_autoptr (YihuDatabase) database = open_memory ();
  g_autoptr (YihuOrder) order = yihu_order_new ("o");
  g_autoptr (YihuOrder) found = NULL;
  g_autoptr (YihuRows) rows = NULL;

  create_table (database, &yihu_order_type, 0);
  order->state = YIHU_ORDER_RETURNED;
  put (database, order, 0);
  rows = yihu_database_query (database, "SELECT state FROM service_order", NULL, "");
  g_assert_true (yihu_rows_next (rows, NULL));
  g_assert_cmpstr (yihu_rows_get_text (rows, 0), ==, "returned");
  g_clear_pointer (&rows, yihu_rows_free);

  /* A word of a newer version reads as the first value. */
  g_assert_true (yihu_database_exec (database, "UPDATE service_order SET state = 'new'", NULL));
  found = yihu_database_get_record (database, &yihu_order_type, "o", 0, NULL);
  g_assert_cmpint (found->state, ==, YIHU_ORDER_PLACED);
}

static void
test_record_behind_other_columns (void)
{
  g_autoptr (YihuDatabase) database = open_memory ();
  g_autoptr (YihuRecord) full = make_full (&yihu_kin_type, "k");
  g_autoptr (YihuRecord) found = NULL;
  g_autofree char *columns = yihu_record_sql_columns (&yihu_kin_type, 0, "k.");
  g_autofree char *sql = g_strdup_printf ("SELECT 7, 'x', %s FROM kin AS k", columns);
  g_autoptr (YihuRows) rows = NULL;

  create_table (database, &yihu_kin_type, 0);
  put (database, full, 0);
  rows = yihu_database_query (database, sql, NULL, "");
  g_assert_true (yihu_rows_next (rows, NULL));
  found = yihu_rows_get_record (rows, &yihu_kin_type, 0, 2);
  g_assert_true (yihu_record_equal (full, found));
}

static void
test_missing_table (void)
{
  g_autoptr (YihuDatabase) database = open_memory ();
  g_autoptr (YihuSeat) seat = yihu_seat_new ("03");
  g_autoptr (GError) error = NULL;

  g_assert_false (yihu_database_put_record (database, seat, 0, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_null (yihu_database_get_record (database, &yihu_seat_type, "03", 0, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FAILED);
}

static void
add_for_all (const char *name, GTestDataFunc function)
{
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/sql/database-record/%s/%s", name, yihu_record_types[i]->name);

      g_test_add_data_func (path, yihu_record_types[i], function);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_all ("round-trip", test_round_trip);
  add_for_all ("skipped", test_skipped_fields);
  g_test_add_func ("/sql/database-record/upsert", test_upsert);
  g_test_add_func ("/sql/database-record/texts", test_texts);
  g_test_add_func ("/sql/database-record/enums", test_enums_stand_as_words);
  g_test_add_func ("/sql/database-record/columns", test_record_behind_other_columns);
  g_test_add_func ("/sql/database-record/missing", test_missing_table);
  return g_test_run ();
}
