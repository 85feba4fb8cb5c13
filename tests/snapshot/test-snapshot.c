/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The console's file: every kind goes in and comes out, nothing personal stands in it readable, and
 * a file of another key, another schema or with damage is told apart. */

#define _GNU_SOURCE /* memmem() */
#include "base/error.h"
#include "domain/kinds.h"
#include "snapshot/snapshot.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *directory;
  char *path;
  GBytes *key;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  guint8 key[YIHU_SNAPSHOT_KEY_BYTES];

  memset (key, 7, sizeof key);
  fixture->directory = g_dir_make_tmp ("yihu-snapshot-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->directory, "city.db", NULL);
  fixture->key = g_bytes_new (key, sizeof key);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *file = g_strconcat (fixture->path, suffixes[i], NULL);

      g_unlink (file);
    }
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_bytes_unref (fixture->key);
  g_free (fixture->path);
  g_free (fixture->directory);
}

static YihuSnapshotFile *
create (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  YihuSnapshotFile *file = yihu_snapshot_file_create (fixture->path, fixture->key, &error);

  g_assert_no_error (error);
  return file;
}

static void
finish (YihuSnapshotFile *file)
{
  g_autoptr (GError) error = NULL;

  yihu_snapshot_file_finish (file, 210800000000, 210900000000, 3, 41, 1700000000000000, &error);
  g_assert_no_error (error);
  yihu_snapshot_file_close (file);
}

static YihuSnapshotFile *
open_with (Fixture *fixture, YihuDatabaseMode mode)
{
  g_autoptr (GError) error = NULL;
  YihuSnapshotFile *file = yihu_snapshot_file_open (fixture->path, fixture->key, mode, &error);

  g_assert_no_error (error);
  return file;
}

static void
put (YihuSnapshotFile *file, gconstpointer record)
{
  g_autoptr (GError) error = NULL;

  yihu_snapshot_file_put (file, record, &error);
  g_assert_no_error (error);
}

static gpointer
try_read (YihuSnapshotFile *file, const YihuRecordType *type, const char *id, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT 1, %s FROM %s WHERE id = ?1",
                                          yihu_snapshot_file_columns (file, type), type->name);
  g_autoptr (YihuRows) rows =
      yihu_database_query (yihu_snapshot_file_get_database (file), sql, error, "s", id);

  g_assert_nonnull (rows);
  return yihu_rows_next (rows, error) ? yihu_snapshot_file_read (file, type, rows, 1, error) : NULL;
}

static gpointer
read_record (YihuSnapshotFile *file, const YihuRecordType *type, const char *id)
{
  g_autoptr (GError) error = NULL;
  gpointer record = try_read (file, type, id, &error);

  g_assert_no_error (error);
  return record;
}

static gint64
query (YihuSnapshotFile *file, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value = -1;

  yihu_database_query_int (yihu_snapshot_file_get_database (file), sql, &value, &error, "");
  g_assert_no_error (error);
  return value;
}

/* Every field has a value of its own, so that two swapped columns show. Server fields stay empty:
 * they must not come back. */
static gpointer
make_full (const YihuRecordType *type)
{
  YihuRecord *record = yihu_record_new (type, "id-1");

  record->version = 5;
  record->division = 210804001002;
  for (guint i = 0; i < type->n_fields; i++)
    {
      const YihuField *field = &type->fields[i];

      if (field->flags & YIHU_FIELD_SERVER)
        continue;
      if (field->kind == YIHU_FIELD_TEXT)
        {
          g_autofree char *text = g_strdup_printf ("%u值%s", i, field->name);
          const char *end = text + MIN (strlen (text), (gsize) field->highest);

          while (!g_utf8_validate (text, end - text, NULL))
            end--;
          text[end - text] = '\0';
          yihu_record_set_text (record, field, text);
        }
      else if (field->kind == YIHU_FIELD_ENUM)
        yihu_record_set_int (record, field, g_strv_length ((char **) field->nicks) - 1);
      else
        yihu_record_set_int (record, field, MIN (field->lowest + 11 + i, field->highest));
    }
  return record;
}

static void
test_every_kind (Fixture *fixture, gconstpointer data)
{
  YihuSnapshotFile *file = create (fixture);

  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      g_autoptr (YihuRecord) record = make_full (yihu_record_types[i]);

      put (file, record);
    }
  finish (file);

  file = open_with (fixture, YIHU_DATABASE_READER);
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      g_autoptr (YihuRecord) record = make_full (yihu_record_types[i]);
      g_autoptr (YihuRecord) found = NULL;

      if (yihu_record_types[i] == &yihu_account_type)
        continue;
      found = read_record (file, yihu_record_types[i], "id-1");
      g_assert_true (yihu_record_equal (found, record));
    }
  g_assert_cmpint (yihu_snapshot_file_get_meta (file, "lo"), ==, 210800000000);
  g_assert_cmpint (yihu_snapshot_file_get_meta (file, "hi"), ==, 210900000000);
  g_assert_cmpint (yihu_snapshot_file_get_meta (file, "epoch"), ==, 3);
  g_assert_cmpint (yihu_snapshot_file_get_meta (file, "seq"), ==, 41);
  g_assert_cmpint (yihu_snapshot_file_get_meta (file, "made_at_us"), ==, 1700000000000000);
  yihu_snapshot_file_close (file);
}

static void
test_server_fields (Fixture *fixture, gconstpointer data)
{
  YihuSnapshotFile *file = create (fixture);
  g_autoptr (YihuElder) elder = yihu_elder_new ("E1");
  g_autoptr (YihuCamera) camera = yihu_camera_new ("C1");
  g_autoptr (YihuElder) found = NULL;
  g_autoptr (YihuCamera) found_camera = NULL;

  elder->name = g_strdup ("王秀英");
  elder->id_card = g_strdup ("210804194203040022");
  camera->institution = g_strdup ("I1");
  camera->name = g_strdup ("大厅");
  camera->address = g_strdup ("rtsp://127.0.0.1/1");
  camera->password = g_strdup ("geheim");
  put (file, elder);
  put (file, camera);
  finish (file);
  file = open_with (fixture, YIHU_DATABASE_READER);
  found = read_record (file, &yihu_elder_type, "E1");
  found_camera = read_record (file, &yihu_camera_type, "C1");
  g_assert_null (found->id_card);
  g_assert_null (found_camera->address);
  g_assert_null (found_camera->password);
  g_assert_cmpstr (found_camera->name, ==, "大厅");
  yihu_snapshot_file_close (file);
}

static void
assert_absent (Fixture *fixture, const char *text)
{
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (fixture->path, &bytes, &size, NULL));
  g_assert_null (memmem (bytes, size, text, strlen (text)));
}

static void
test_nothing_personal_is_readable (Fixture *fixture, gconstpointer data)
{
  YihuSnapshotFile *file = create (fixture);
  g_autoptr (YihuElder) elder = yihu_elder_new ("E1");
  g_autoptr (YihuKin) kin = yihu_kin_new ("K1");
  g_autoptr (YihuCall) call = yihu_call_new ("A1");
  g_autoptr (YihuNote) note = yihu_note_new ("N1");
  g_autoptr (YihuOrder) order = yihu_order_new ("O1");

  elder->name = g_strdup ("王秀英");
  elder->phone = g_strdup ("+8613879044412");
  elder->phone2 = g_strdup ("+864172817331");
  elder->address = g_strdup ("红旗街道12号");
  elder->conditions = g_strdup ("高血压");
  elder->lat_e7 = 402664810;
  kin->elder = g_strdup ("E1");
  kin->name = g_strdup ("李建国");
  kin->phone = g_strdup ("+8613912345678");
  call->number = g_strdup ("+8613879044412");
  call->note = g_strdup ("要送餐");
  note->text = g_strdup ("门禁坏了");
  order->elder = g_strdup ("E1");
  order->note = g_strdup ("少放盐");
  put (file, elder);
  put (file, kin);
  put (file, call);
  put (file, note);
  put (file, order);
  finish (file);

  static const char *const secrets[] = { "王秀英",      "秀英",        "李建国",   "13879044412",
                                         "21444097831", "2817331",     "1337182",  "红旗街道",
                                         "13912345678", "87654321931", "高血压",   "要送餐",
                                         "门禁坏了",    "少放盐",      "402664810" };
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    assert_absent (fixture, secrets[i]);
}

static void
assert_refused (Fixture *fixture, GBytes *key, YihuError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (yihu_snapshot_file_open (fixture->path, key, YIHU_DATABASE_READER, &error));
  g_assert_error (error, YIHU_ERROR, (int) code);
}

static void
test_wrong_files (Fixture *fixture, gconstpointer data)
{
  YihuSnapshotFile *file = create (fixture);
  guint8 other[YIHU_SNAPSHOT_KEY_BYTES] = { 1, 2, 3 };
  g_autoptr (GBytes) other_key = g_bytes_new (other, sizeof other);
  g_autoptr (GBytes) short_key = g_bytes_new (other, 31);

  yihu_snapshot_file_close (file);
  assert_refused (fixture, fixture->key, YIHU_ERROR_CORRUPT); /* not finished */

  finish (create (fixture));
  assert_refused (fixture, other_key, YIHU_ERROR_UNAUTHORIZED);
  assert_refused (fixture, short_key, YIHU_ERROR_INVALID);

  file = open_with (fixture, YIHU_DATABASE_CACHE);
  g_assert_true (
      yihu_database_exec (yihu_snapshot_file_get_database (file), "PRAGMA user_version=99", NULL));
  yihu_snapshot_file_close (file);
  assert_refused (fixture, fixture->key, YIHU_ERROR_VERSION);

  g_assert_true (
      g_file_set_contents (fixture->path, "not a database, but long enough to look", -1, NULL));
  assert_refused (fixture, fixture->key, YIHU_ERROR_CORRUPT);
  g_unlink (fixture->path);
  assert_refused (fixture, fixture->key, YIHU_ERROR_NOT_FOUND);
}

static void
test_without_key (Fixture *fixture, gconstpointer data)
{
  YihuSnapshotFile *file = create (fixture);
  g_autoptr (YihuElder) elder = yihu_elder_new ("E1");
  g_autoptr (YihuProvider) provider = yihu_provider_new ("P1");
  g_autoptr (YihuProvider) found = NULL;
  g_autoptr (GError) error = NULL;

  elder->name = g_strdup ("王秀英");
  provider->name = g_strdup ("爱心助餐");
  put (file, elder);
  put (file, provider);
  finish (file);
  file = yihu_snapshot_file_open (fixture->path, NULL, YIHU_DATABASE_CACHE, &error);
  g_assert_no_error (error);
  found = read_record (file, &yihu_provider_type, "P1");
  g_assert_cmpstr (found->name, ==, "爱心助餐");
  g_assert_null (try_read (file, &yihu_elder_type, "E1", &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED);
  g_clear_error (&error);
  g_assert_false (yihu_snapshot_file_put (file, elder, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED);
  yihu_snapshot_file_close (file);
}

static void
test_tampered (Fixture *fixture, gconstpointer data)
{
  YihuSnapshotFile *file = create (fixture);
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= 2; i++)
    {
      g_autofree char *id = g_strdup_printf ("E%u", i);
      g_autoptr (YihuElder) elder = yihu_elder_new (id);

      elder->name = g_strdup_printf ("王秀%u", i);
      put (file, elder);
    }
  finish (file);
  file = open_with (fixture, YIHU_DATABASE_CACHE);
  g_assert_true (yihu_database_exec (
      yihu_snapshot_file_get_database (file),
      "UPDATE elder SET sealed = (SELECT sealed FROM elder WHERE id = 'E2') WHERE id = 'E1'",
      NULL));
  g_assert_null (try_read (file, &yihu_elder_type, "E1", &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_true (yihu_database_exec (yihu_snapshot_file_get_database (file),
                                     "UPDATE elder SET sealed = x'00' WHERE id = 'E2'", NULL));
  g_assert_null (try_read (file, &yihu_elder_type, "E2", &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_true (yihu_database_exec (yihu_snapshot_file_get_database (file),
                                     "UPDATE elder SET sealed = NULL WHERE id = 'E2'", NULL));
  g_assert_null (try_read (file, &yihu_elder_type, "E2", &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  yihu_snapshot_file_close (file);
}

static void
put_elder (YihuSnapshotFile *file, gint64 version, const char *name, const char *phone)
{
  g_autoptr (YihuElder) elder = yihu_elder_new ("E1");

  elder->record.version = version;
  elder->name = g_strdup (name);
  elder->phone = g_strdup (phone);
  put (file, elder);
}

static gint64
count_phone (YihuSnapshotFile *file, const char *table, const char *phone)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s WHERE key = %" G_GINT64_FORMAT,
                                          table, yihu_snapshot_file_number_key (file, phone));

  return query (file, sql);
}

static void
check_updates (YihuSnapshotFile *file, const char *numbers)
{
  g_autoptr (YihuElder) found = NULL;

  put_elder (file, 3, "单秀英", "+8613800000001");
  put_elder (file, 2, "王五", "+8613800000002"); /* late and older: skipped */
  found = read_record (file, &yihu_elder_type, "E1");
  g_assert_cmpstr (found->name, ==, "单秀英");
  g_assert_cmpint (count_phone (file, numbers, "+8613800000001"), ==, 1);
  g_assert_cmpint (count_phone (file, numbers, "+8613800000002"), ==, 0);

  put_elder (file, 4, "仇兰", "+8613800000003");
  g_assert_cmpint (count_phone (file, numbers, "+8613800000001"), ==, 0);
  g_assert_cmpint (count_phone (file, numbers, "+8613800000003"), ==, 1);
  g_assert_cmpint (count_phone (file, numbers, "+8613800000003,801"), ==, 1);
  put_elder (file, 4, "仇兰", "+8613800000003"); /* again: harmless */
  g_assert_cmpint (query (file, "SELECT count(*) FROM elder"), ==, 1);
}

static gint64
count_key (YihuSnapshotFile *file, const char *key)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM elder_key WHERE key = '%s'", key);

  return query (file, sql);
}

static void
test_updates (Fixture *fixture, gconstpointer data)
{
  YihuSnapshotFile *file = create (fixture);
  g_autoptr (GError) error = NULL;

  put_elder (file, 1, "王五", "+8613800000009");
  finish (file);
  file = open_with (fixture, YIHU_DATABASE_CACHE);
  check_updates (file, "number_key");
  g_assert_cmpint (count_phone (file, "number_key", "+8613800000009"), ==, 0);
  g_assert_cmpint (count_key (file, "choulan"), ==, 1);
  g_assert_cmpint (count_key (file, "danxiuying"), ==, 0);
  put_elder (file, 5, "解兰", NULL);
  g_assert_cmpint (count_key (file, "choulan"), ==, 0);
  g_assert_cmpint (count_key (file, "jielan"), ==, 1);
  g_assert_cmpint (yihu_snapshot_file_get_meta (file, "elders"), ==, 1);
  g_assert_true (yihu_snapshot_file_remove (file, &yihu_elder_type, "E1", &error));
  g_assert_cmpint (yihu_snapshot_file_get_meta (file, "elders"), ==, 0);
  g_assert_cmpint (query (file, "SELECT count(*) FROM elder_key"), ==, 0);
  check_updates (file, "number_key");
  g_assert_cmpint (query (file, "SELECT count(*) FROM elder_key WHERE key LIKE 'dan%'"), ==, 0);
  g_assert_true (yihu_snapshot_file_remove (file, &yihu_elder_type, "nobody", &error));
  g_assert_cmpint (yihu_snapshot_file_get_meta (file, "elders"), ==, 1);
  g_assert_no_error (error);
  yihu_snapshot_file_close (file);
}

static void
test_twice (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuSnapshotFile) file = create (fixture);
  g_autoptr (GError) error = NULL;

  put_elder (file, 1, "王五", "+8613800000009");
  put_elder (file, 2, "王五", "+8613800000009");
  g_assert_false (yihu_snapshot_file_finish (file, 0, 1, 1, 1, 1, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CONFLICT);
}

static gint64
count_address (YihuSnapshotFile *file, const char *part)
{
  g_autofree char *sql =
      g_strdup_printf ("SELECT count(*) FROM elder_address WHERE elder_address MATCH '\"%s\"'",
                       part);

  return query (file, sql);
}

static void
put_at (YihuSnapshotFile *file, gint64 version, const char *address)
{
  g_autoptr (YihuElder) elder = yihu_elder_new ("E1");

  elder->record.version = version;
  elder->name = g_strdup ("单秀英");
  elder->address = g_strdup (address);
  put (file, elder);
}

static void
test_address (Fixture *fixture, gconstpointer data)
{
  YihuSnapshotFile *file = create (fixture);

  put_at (file, 1, "站前区 建丰街道 12 号");
  finish (file);
  file = open_with (fixture, YIHU_DATABASE_CACHE);
  g_assert_cmpint (count_address (file, "前区建"), ==, 1);
  put_at (file, 2, "站前区 建设街道 12 号");
  g_assert_cmpint (count_address (file, "建丰街"), ==, 0);
  g_assert_cmpint (count_address (file, "建设街"), ==, 1);
  g_assert_cmpint (count_address (file, "站前区"), ==, 1);
  put_at (file, 1, "站前区 建丰街道 12 号"); /* older: nothing changes */
  g_assert_cmpint (count_address (file, "建丰街"), ==, 0);
  put_at (file, 3, NULL);
  g_assert_cmpint (count_address (file, "站前区"), ==, 0);
  put_at (file, 4, "站前区 建丰街道 12 号");
  g_assert_true (yihu_snapshot_file_remove (file, &yihu_elder_type, "E1", NULL));
  g_assert_cmpint (count_address (file, "建丰街"), ==, 0);
  g_assert_cmpint (query (file, "SELECT count(*) FROM elder_key"), ==, 0);
  yihu_snapshot_file_close (file);
}

static void
put_order (YihuSnapshotFile *file, gint64 version, const char *elder, YihuOrderState state)
{
  g_autoptr (YihuOrder) order = yihu_order_new ("O1");

  order->record.version = version;
  order->elder = g_strdup (elder);
  order->item = g_strdup ("I1");
  order->provider = g_strdup ("P1");
  order->state = state;
  put (file, order);
}

static void
put_call (YihuSnapshotFile *file, gint64 version, const char *elder, YihuCallState state)
{
  g_autoptr (YihuCall) call = yihu_call_new ("C1");

  call->record.version = version;
  call->elder = g_strdup (elder);
  call->state = state;
  call->ring_at_us = 1000;
  put (file, call);
}

static gint64
query_case (YihuSnapshotFile *file, const char *column, const char *elder)
{
  g_autofree char *sql = g_strdup_printf ("SELECT coalesce(max(c.%s), -1) FROM elder_case AS c"
                                          " JOIN elder ON elder.n = c.elder WHERE elder.id = '%s'",
                                          column, elder);

  return query (file, sql);
}

static void
put_named (YihuSnapshotFile *file, const char *id, gint64 version, const char *name)
{
  g_autoptr (YihuElder) elder = yihu_elder_new (id);

  elder->record.version = version;
  elder->name = g_strdup (name);
  put (file, elder);
}

/* Who has something open, while the feed goes on. */
static void
test_cases (Fixture *fixture, gconstpointer data)
{
  YihuSnapshotFile *file = create (fixture);

  put_named (file, "E1", 1, "单秀英");
  put_named (file, "E2", 1, "王秀英");
  put_order (file, 1, "E3", YIHU_ORDER_PLACED); /* came before its elder */
  finish (file);
  file = open_with (fixture, YIHU_DATABASE_CACHE);
  put_order (file, 2, "E1", YIHU_ORDER_ACCEPTED);
  g_assert_cmpint (query_case (file, "open", "E1"), ==, 1);
  g_assert_cmpint (query_case (file, "open", "E2"), ==, -1);
  put_call (file, 1, "E2", YIHU_CALL_TALKING);
  g_assert_cmpint (query_case (file, "open", "E2"), ==, 1);
  g_assert_cmpint (query_case (file, "contact_at_us", "E2"), ==, 1000);
  put_call (file, 2, "E1", YIHU_CALL_TALKING); /* it was somebody else */
  g_assert_cmpint (query_case (file, "open", "E1"), ==, 2);
  g_assert_cmpint (query_case (file, "open", "E2"), ==, 0);
  put_call (file, 3, "E1", YIHU_CALL_CLOSED);
  put_order (file, 3, "E1", YIHU_ORDER_FINISHED);
  g_assert_cmpint (query_case (file, "open", "E1"), ==, 0);
  g_assert_cmpint (query_case (file, "contact_at_us", "E1"), ==, 1000);
  put_order (file, 4, "E1", YIHU_ORDER_RETURNED);
  put_named (file, "E1", 2, "仇兰");
  g_assert_cmpint (
      query (file, "SELECT count(*) FROM elder_case WHERE pinyin = 'qiulan' AND initials = 'ql'"),
      ==, 1);
  put_order (file, 5, "E4", YIHU_ORDER_PLACED);
  g_assert_cmpint (query_case (file, "open", "E1"), ==, 0);
  put_named (file, "E4", 1, "解兰");
  g_assert_cmpint (query_case (file, "open", "E4"), ==, 1);
  g_assert_true (yihu_snapshot_file_remove (file, &yihu_order_type, "O1", NULL));
  g_assert_cmpint (query_case (file, "open", "E4"), ==, 0);
  g_assert_true (yihu_snapshot_file_remove (file, &yihu_elder_type, "E4", NULL));
  g_assert_cmpint (query (file, "SELECT count(*) FROM elder_case"), ==, 2);
  yihu_snapshot_file_close (file);
}

/* The ID number itself never gets in; its tail does. */
static void
test_id_tail (Fixture *fixture, gconstpointer data)
{
  YihuSnapshotFile *file = create (fixture);
  g_autoptr (YihuElder) elder = yihu_elder_new ("E1");

  elder->name = g_strdup ("王秀英");
  elder->id_card = g_strdup ("21080419420304002X");
  put (file, elder);
  finish (file);
  assert_absent (fixture, "21080419420304002X");
  assert_absent (fixture, "x20040302491");
  file = open_with (fixture, YIHU_DATABASE_READER);
  g_assert_cmpint (query (file, "SELECT count(*) FROM elder WHERE id_tail_r = 'x20040'"), ==, 1);
  yihu_snapshot_file_close (file);
}

static void
put_kin (YihuSnapshotFile *file,
         const char *id,
         gint64 version,
         const char *elder,
         const char *phone)
{
  g_autoptr (YihuKin) kin = yihu_kin_new (id);

  kin->record.version = version;
  kin->elder = g_strdup (elder);
  kin->name = g_strdup ("李强");
  kin->phone = g_strdup (phone);
  put (file, kin);
}

#define SON "+8613900000001"
#define OWN "+8613800000001"

/* Ids of the kin whose number it is, "own" for the elder's, in order. */
static void
assert_owners (YihuSnapshotFile *file, const char *phone, const char *owners)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT coalesce(group_concat(id, ' '), '') FROM (SELECT CASE kin WHEN 0 THEN"
      " 'own' ELSE (SELECT id FROM kin WHERE n = number_key.kin) END AS id"
      " FROM number_key WHERE key = %" G_GINT64_FORMAT " ORDER BY id)",
      yihu_snapshot_file_number_key (file, phone));
  g_autoptr (YihuRows) rows =
      yihu_database_query (yihu_snapshot_file_get_database (file), sql, NULL, "");

  g_assert_true (yihu_rows_next (rows, NULL));
  g_assert_cmpstr (yihu_rows_get_text (rows, 0), ==, owners);
}

/* A number is found as long as anybody has it, whoever came first. */
static void
test_numbers (Fixture *fixture, gconstpointer data)
{
  YihuSnapshotFile *file = create (fixture);

  put_kin (file, "K1", 1, "E1", SON); /* before its elder */
  put_elder (file, 1, "单秀英", OWN);
  finish (file);
  file = open_with (fixture, YIHU_DATABASE_CACHE);
  assert_owners (file, SON, "K1");
  assert_owners (file, OWN, "own");
  put_kin (file, "K2", 1, "E1", SON);
  assert_owners (file, SON, "K1 K2");
  put_kin (file, "K1", 2, "E1", "+8613900000002");
  assert_owners (file, SON, "K2");
  put_kin (file, "K2", 2, "E1", OWN);
  assert_owners (file, SON, "");
  assert_owners (file, OWN, "K2 own");
  put_elder (file, 2, "单秀英", NULL);
  assert_owners (file, OWN, "K2");
  g_assert_true (yihu_snapshot_file_remove (file, &yihu_kin_type, "K2", NULL));
  assert_owners (file, OWN, "");
  put_kin (file, "K1", 1, "E1", SON); /* older: nothing changes */
  assert_owners (file, SON, "");
  put_kin (file, "K3", 1, "E2", SON); /* its elder is in another district still */
  assert_owners (file, SON, "");
  put_named (file, "E2", 1, "王秀英");
  assert_owners (file, SON, "K3");
  put_kin (file, "K3", 2, "E1", SON); /* moves to the other elder */
  g_assert_true (yihu_snapshot_file_remove (file, &yihu_elder_type, "E2", NULL));
  assert_owners (file, SON, "K3");
  g_assert_true (yihu_snapshot_file_remove (file, &yihu_elder_type, "E1", NULL));
  g_assert_cmpint (query (file, "SELECT count(*) FROM number_key"), ==, 0);
  yihu_snapshot_file_close (file);
}

static void
test_tails (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *number;
    const char *reversed;
    gboolean is_in;
  } rows[] = {
    { OWN, "1", TRUE },       { OWN, "100", TRUE },      { OWN, "100000", TRUE },
    { OWN, "101", FALSE },    { OWN, "2", FALSE },       { "+8613800999999", "9999", TRUE },
    { "12349", "943", TRUE }, { "12349", "944", FALSE }, { "12349", "94321", TRUE },
  };
  YihuSnapshotFile *file = create (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 key = yihu_snapshot_file_number_key (file, rows[i].number);
      gint64 from;
      gint64 to;

      yihu_snapshot_file_tail_range (rows[i].reversed, &from, &to);
      g_assert_cmpint (key >= from && key < to, ==, rows[i].is_in);
    }
  g_assert_cmpint (yihu_snapshot_file_number_key (file, ""), ==, -1);
  g_assert_cmpint (yihu_snapshot_file_number_key (file, NULL), ==, -1);
  yihu_snapshot_file_close (file);
}

static void
test_cursor (Fixture *fixture, gconstpointer data)
{
  YihuSnapshotFile *file;

  finish (create (fixture));
  file = open_with (fixture, YIHU_DATABASE_CACHE);
  g_assert_true (yihu_snapshot_file_set_cursor (file, 77, NULL));
  yihu_snapshot_file_close (file);
  file = open_with (fixture, YIHU_DATABASE_READER);
  g_assert_cmpint (yihu_snapshot_file_get_meta (file, "seq"), ==, 77);
  g_assert_cmpint (yihu_snapshot_file_get_meta (file, "nothing"), ==, 0);
  yihu_snapshot_file_close (file);
}

/* One byte in the head of a page that is not looked at when the file is opened. */
static void
test_damaged_inside (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gint64 page;
  gint64 page_bytes;
  gsize size;
  YihuSnapshotFile *file = create (fixture);
  g_autoptr (YihuRecord) elder = make_full (&yihu_elder_type);

  put (file, elder);
  finish (file);
  g_assert_true (yihu_snapshot_file_check (fixture->path, &error));
  g_assert_no_error (error);
  file = open_with (fixture, YIHU_DATABASE_READER);
  page_bytes = query (file, "PRAGMA page_size");
  page = query (file, "SELECT rootpage FROM sqlite_schema WHERE name = 'elder_id'");
  yihu_snapshot_file_close (file);
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &size, NULL));
  bytes[(page - 1) * page_bytes] ^= 1;
  g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) size, NULL));
  yihu_snapshot_file_close (open_with (fixture, YIHU_DATABASE_READER));
  g_assert_false (yihu_snapshot_file_check (fixture->path, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
}

#define ADD(name, func) g_test_add ("/snapshot/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("every-kind", test_every_kind);
  ADD ("server-fields", test_server_fields);
  ADD ("nothing-personal-is-readable", test_nothing_personal_is_readable);
  ADD ("wrong-files", test_wrong_files);
  ADD ("without-key", test_without_key);
  ADD ("tampered", test_tampered);
  ADD ("updates", test_updates);
  ADD ("twice", test_twice);
  ADD ("address", test_address);
  ADD ("cases", test_cases);
  ADD ("id-tail", test_id_tail);
  ADD ("numbers", test_numbers);
  ADD ("tails", test_tails);
  ADD ("cursor", test_cursor);
  ADD ("damaged-inside", test_damaged_inside);
  return g_test_run ();
}
