/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is looked at when a store is opened: pages, tables, indexes; and that a large file does not
 * hold up the start. */

#include "base/error.h"
#include "store/sqlite/self-check.h"
#include "store/sqlite/sqlite-store.h"

#include <glib/gstdio.h>
#include <string.h>

#define PATIENCE_US (60 * G_USEC_PER_SEC)

typedef struct
{
  char *directory;
  char *path;
} Fixture;

static YihuStore *
open_store (Fixture *self, GError **error)
{
  return yihu_sqlite_store_open (self->path, error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuStore) store = NULL;

  self->directory = g_dir_make_tmp ("yihu-check-XXXXXX", NULL);
  self->path = g_build_filename (self->directory, "yihu.db", NULL);
  store = open_store (self, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat (self->path, ends[i], NULL);

      g_unlink (path);
    }
  g_rmdir (self->directory);
  g_free (self->directory);
  g_free (self->path);
}

static YihuDatabase *
open_raw (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  YihuDatabase *raw = yihu_database_open (self->path, YIHU_DATABASE_DURABLE, &error);

  g_assert_no_error (error);
  return raw;
}

static void
tamper (Fixture *self, const char *sql)
{
  g_autoptr (YihuDatabase) raw = open_raw (self);
  g_autoptr (GError) error = NULL;

  yihu_database_exec (raw, sql, &error);
  g_assert_no_error (error);
}

static void
test_index (Fixture *self, gconstpointer data)
{
  g_autoptr (YihuStore) store = NULL;
  g_autoptr (YihuDatabase) raw = NULL;
  g_autoptr (GError) error = NULL;
  gint64 n = 0;

  tamper (self, "DROP INDEX call_ring; DROP INDEX idem_at");
  store = open_store (self, &error);
  g_assert_no_error (error);
  raw = open_raw (self);
  g_assert_true (yihu_database_query_int (raw,
                                          "SELECT count(*) FROM sqlite_schema WHERE name IN "
                                          "('call_ring', 'idem_at')",
                                          &n, NULL, ""));
  g_assert_cmpint (n, ==, 2);
}

static void
test_table (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  tamper (self, "DROP TABLE audit");
  g_assert_null (open_store (self, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "'audit'"));
}

/* A record's table is made by the field tables of a newer program, but not a second time: neither
 * where it is gone, nor where a program before knew other kinds. */
static void
test_record_table (Fixture *self, gconstpointer data)
{
  g_autoptr (YihuStore) store = NULL;
  g_autoptr (GError) error = NULL;

  tamper (self, "DROP TABLE service_order");
  g_assert_null (open_store (self, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "'service_order'"));
  g_clear_error (&error);
  g_assert_null (open_store (self, &error)); /* nor at the next start */
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  g_clear_error (&error);

  tamper (self, "UPDATE tenant SET kinds = replace(kinds, ' service_order ', ' ')");
  store = open_store (self, &error);
  g_assert_no_error (error);
}

#define FILL                                                                                       \
  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) "              \
  "INSERT INTO feed SELECT i, i, 0, 'call', 'a body of some length to fill pages with' FROM n"

/* Too little time is no damage; damage is, with enough time. */
static void
test_pages (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  tamper (self, FILL);
  {
    g_autoptr (YihuDatabase) raw = open_raw (self);

    g_assert_true (yihu_sqlite_check_pages (raw, 1000, &error));
    g_assert_no_error (error);
    g_assert_true (yihu_sqlite_check_pages (raw, PATIENCE_US, &error));
    g_assert_no_error (error);
  }
  g_assert_true (g_file_get_contents (self->path, &text, &length, &error));
  memset (text + length / 8192 * 4096, 0x5a, 4096);
  g_assert_true (g_file_set_contents (self->path, text, (gssize) length, &error));
  g_assert_null (open_store (self, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/store/self-check/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("index", test_index);
  ADD ("table", test_table);
  ADD ("record-table", test_record_table);
  ADD ("pages", test_pages);
  return g_test_run ();
}
