/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A store that moves: from a file into a database and back everything is the same; a target with
 * anything in it, and a source whose audit was touched, are refused with nothing written. */

#include "base/error.h"
#include "cluster.h"
#include "store/audit-verify.h"
#include "store/postgres/postgres-store.h"
#include "store/sqlite/sqlite-store.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#define EVERYWHERE ((YihuDivisionRange){ 0, G_MAXINT64 })
#define N_ROWS 6000 /* more than the pipeline takes without a look at the answers */

typedef struct
{
  Cluster *cluster;
  char *directory;
  char *file;
  char *back;
  YihuStore *source;
  YihuStore *target;
} Fixture;

static void
fill (YihuStore *store)
{
  YihuTenant tenant = { N_ROWS, 3, 7 };
  g_autoptr (GBytes) secret = g_bytes_new ("\0\1\2", 3);

  g_assert_true (yihu_store_begin (store, TRUE, NULL));
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      const YihuRecordType *type = yihu_record_types[i];
      g_autoptr (YihuRecord) record = yihu_record_new (type, "some-id");

      record->version = 1 + i;
      for (guint j = 0; j < type->n_fields; j++)
        if (type->fields[j].kind == YIHU_FIELD_TEXT)
          yihu_record_set_text (record, &type->fields[j], "'值\"");
        else
          yihu_record_set_int (record, &type->fields[j], 1);
      g_assert_true (yihu_store_put_record (store, record, NULL));
    }
  for (gint64 i = 1; i <= N_ROWS; i++)
    {
      YihuFeedRow row = { i, i, 0, "note", "{\"值\":1}" };
      YihuAuditRow audit = { .at_us = i, .account = "a", .what = "note.add", .reason = "因为" };

      g_assert_true (yihu_store_append_feed (store, &row, NULL));
      g_assert_true (i > 50 || yihu_store_append_audit (store, &audit, NULL));
    }
  g_assert_true (yihu_store_put_secret (store, "key", secret, NULL));
  g_assert_true (yihu_store_put_password (store, "some-id", "hash", NULL));
  g_assert_true (yihu_store_put_tenant (store, &tenant, NULL));
  g_assert_true (yihu_store_commit (store, NULL));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;

  self->cluster = cluster_new ();
  self->directory = g_dir_make_tmp ("yihu-copy-XXXXXX", NULL);
  self->file = g_build_filename (self->directory, "from.db", NULL);
  self->back = g_build_filename (self->directory, "back.db", NULL);
  self->source = yihu_sqlite_store_open (self->file, &error);
  g_assert_no_error (error);
  address = cluster_make_database (self->cluster, "copy", NULL);
  self->target = yihu_postgres_store_open (address, &error);
  g_assert_no_error (error);
  fill (self->source);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GDir) directory = g_dir_open (self->directory, 0, NULL);
  const char *name;

  g_object_unref (self->source);
  g_object_unref (self->target);
  cluster_free (self->cluster);
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->directory, name, NULL);

      g_unlink (path);
    }
  g_rmdir (self->directory);
  g_free (self->directory);
  g_free (self->file);
  g_free (self->back);
}

static void
on_table (const char *table, gint64 n_rows, gpointer data)
{
  *(gint64 *) data += n_rows;
}

static gboolean
count_feed (const YihuFeedRow *row, gpointer data)
{
  g_assert_cmpstr (row->body, ==, "{\"值\":1}");
  (*(guint *) data)++;
  return TRUE;
}

static void
assert_same (YihuStore *a, YihuStore *b)
{
  YihuTenant tenant = { 0 };
  g_autofree char *hash = NULL;
  g_autoptr (GBytes) secret = NULL;
  guint n_feed = 0;
  YihuAuditVerdict verdict;

  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      g_autoptr (YihuRecord) left =
          yihu_store_get_record (a, yihu_record_types[i], "some-id", NULL);
      g_autoptr (YihuRecord) right =
          yihu_store_get_record (b, yihu_record_types[i], "some-id", NULL);

      g_assert_true (yihu_record_equal (left, right));
    }
  g_assert_true (yihu_store_get_tenant (b, &tenant, NULL));
  g_assert_cmpint (tenant.seq, ==, N_ROWS);
  g_assert_cmpint (tenant.epoch, ==, 3);
  g_assert_cmpint (tenant.floor, ==, 7);
  g_assert_true (yihu_store_each_feed (b, 0, N_ROWS, count_feed, &n_feed, NULL));
  g_assert_cmpuint (n_feed, ==, N_ROWS);
  g_assert_true (yihu_store_verify_audit (b, NULL, NULL, &verdict, NULL));
  g_assert_cmpint (verdict.walk.bad, ==, 0);
  g_assert_true (yihu_store_get_secret (b, "key", &secret, NULL));
  g_assert_cmpmem (g_bytes_get_data (secret, NULL), g_bytes_get_size (secret), "\0\1\2", 3);
  g_assert_true (yihu_store_get_password (b, "some-id", &hash, NULL));
  g_assert_cmpstr (hash, ==, "hash");
}

static void
test_there_and_back (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuStore) back = yihu_sqlite_store_open (self->back, &error);
  gint64 there = 0;
  gint64 again = 0;

  yihu_store_copy (self->source, self->target, on_table, &there, &error);
  g_assert_no_error (error);
  assert_same (self->source, self->target);
  yihu_store_copy (self->target, back, on_table, &again, &error);
  g_assert_no_error (error);
  assert_same (self->source, back);
  g_assert_cmpint (there, ==, again);
  g_assert_cmpint (there, >, N_ROWS + 50 + (gint64) yihu_n_record_types);

  g_assert_false (yihu_store_copy (self->source, self->target, on_table, &again, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED);
}

static void
test_touched_audit (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  YihuTenant tenant = { 0 };
  sqlite3 *raw = NULL;
  gint64 count = 0;

  g_assert_cmpint (sqlite3_open (self->file, &raw), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (raw, "UPDATE audit SET account = 'b' WHERE number = 9", NULL, NULL,
                                 NULL),
                   ==, SQLITE_OK);
  sqlite3_close (raw);
  g_assert_false (yihu_store_copy (self->source, self->target, on_table, &count, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  g_assert_true (yihu_store_get_tenant (self->target, &tenant, NULL));
  g_assert_cmpint (tenant.seq, ==, 0);
  g_assert_true (
      yihu_store_count_records (self->target, &yihu_elder_type, EVERYWHERE, &count, NULL));
  g_assert_cmpint (count, ==, 0);
}

#define ADD(name, func) g_test_add ("/store/copy/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("there-and-back", test_there_and_back);
  ADD ("touched-audit", test_touched_audit);
  return g_test_run ();
}
