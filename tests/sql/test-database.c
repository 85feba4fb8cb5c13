/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The connection: modes, statements, transactions, migrations, damaged and full files. */

#include "base/error.h"
#include "sql/database.h"

#include <glib/gstdio.h>

typedef struct
{
  char *directory;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("yihu-sql-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->directory, "a.db", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->directory, name, NULL);
      g_unlink (path);
    }
  g_rmdir (fixture->directory);
  g_free (fixture->directory);
  g_free (fixture->path);
}

static YihuDatabase *
open_database (Fixture *fixture, YihuDatabaseMode mode)
{
  g_autoptr (GError) error = NULL;
  YihuDatabase *database = yihu_database_open (fixture->path, mode, &error);

  g_assert_no_error (error);
  return database;
}

static void
exec (YihuDatabase *database, const char *sql)
{
  g_autoptr (GError) error = NULL;

  yihu_database_exec (database, sql, &error);
  g_assert_no_error (error);
}

static gint64
query_int (YihuDatabase *database, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value = -1;

  yihu_database_query_int (database, sql, &value, &error, "");
  g_assert_no_error (error);
  return value;
}

static void
test_nested_use_of_one_text (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_DURABLE);
  guint n_pairs = 0;

  exec (database, "CREATE TABLE t (a BIGINT); INSERT INTO t VALUES (1), (2), (3)");
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (YihuRows) outer = yihu_database_query (database, "SELECT a FROM t", NULL, "");

      while (yihu_rows_next (outer, NULL))
        {
          g_autoptr (YihuRows) inner = yihu_database_query (database, "SELECT a FROM t", NULL, "");

          while (yihu_rows_next (inner, NULL))
            n_pairs++;
        }
    }
  g_assert_cmpuint (n_pairs, ==, 18);
  g_assert_cmpint (query_int (database, "SELECT count(*) FROM t"), ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/sql/database/nested", test_nested_use_of_one_text);
  return g_test_run ();
}
