/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The connection: modes, statements, transactions, migrations, damaged and full files. */

#include "base/error.h"
#include "sql/database.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

static char *
query_text (YihuDatabase *database, const char *sql)
{
  g_autoptr (YihuRows) rows = yihu_database_query (database, sql, NULL, "");

  g_assert_true (yihu_rows_next (rows, NULL));
  return g_strdup (yihu_rows_get_text (rows, 0));
}

/* --- opening --- */

static void
test_modes (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    YihuDatabaseMode mode;
    const char *journal;
    gint64 synchronous;
    gint64 foreign_keys;
  } modes[] = { { YIHU_DATABASE_BULK, "off", 0, 0 },
                { YIHU_DATABASE_DURABLE, "wal", 2, 1 },
                { YIHU_DATABASE_CACHE, "wal", 1, 1 },
                { YIHU_DATABASE_READER, "wal", 2, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autoptr (YihuDatabase) database = open_database (fixture, modes[i].mode);
      g_autofree char *journal = query_text (database, "PRAGMA journal_mode");

      g_assert_cmpstr (journal, ==, modes[i].journal);
      g_assert_cmpint (query_int (database, "PRAGMA synchronous"), ==, modes[i].synchronous);
      g_assert_cmpint (query_int (database, "PRAGMA foreign_keys"), ==, modes[i].foreign_keys);
      g_assert_cmpint (query_int (database, "PRAGMA trusted_schema"), ==, 0);
      g_assert_cmpstr (yihu_database_get_path (database), ==, fixture->path);
      g_assert_nonnull (yihu_database_get (database));
      if (modes[i].mode == YIHU_DATABASE_BULK)
        exec (database, "CREATE TABLE t (a BIGINT)");
    }
}

static void
test_reader_cannot_write (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) writer = open_database (fixture, YIHU_DATABASE_DURABLE);
  g_autoptr (YihuDatabase) reader = NULL;
  g_autoptr (GError) error = NULL;

  exec (writer, "CREATE TABLE t (a BIGINT)");
  reader = open_database (fixture, YIHU_DATABASE_READER);
  g_assert_false (yihu_database_exec (reader, "INSERT INTO t VALUES (1)", &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FAILED);
  g_assert_cmpint (query_int (reader, "SELECT count(*) FROM t"), ==, 0);
}

static void
test_reader_makes_no_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (yihu_database_open (fixture->path, YIHU_DATABASE_READER, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FAILED);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_files_are_private (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_DURABLE);
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  exec (database, "CREATE TABLE t (a BIGINT)");
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (fixture->path, suffixes[i], NULL);
      GStatBuf status;

      g_assert_cmpint (g_stat (path, &status), ==, 0);
      g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
    }
}

static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "none", "a.db", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (yihu_database_open (path, YIHU_DATABASE_DURABLE, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FAILED);
}

static void
test_file_of_another_kind (Fixture *fixture, gconstpointer data)
{
  g_autofree char *garbage = g_strnfill (8192, 'x');

  g_assert_true (g_file_set_contents (fixture->path, garbage, -1, NULL));
  for (int mode = YIHU_DATABASE_DURABLE; mode <= YIHU_DATABASE_BULK; mode++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (yihu_database_open (fixture->path, (YihuDatabaseMode) mode, &error));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
    }
}

static void
test_damaged_pages (Fixture *fixture, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize size;
  g_autoptr (YihuDatabase) damaged = NULL;
  g_autoptr (GError) error = NULL;

  {
    g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_BULK);

    exec (database, "CREATE TABLE t (a TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT "
                    "i + 1 FROM n WHERE i < 2000) INSERT INTO t SELECT 'row ' || i FROM n");
  }
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &size, NULL));
  memset (bytes + 4096, 0xa5, size - 4096);
  g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) size, NULL));

  damaged = open_database (fixture, YIHU_DATABASE_READER);
  g_assert_false (yihu_database_exec (damaged, "SELECT * FROM t", &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
}

/* The page limit stands for a full disk: SQLite reports both alike. */
static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_DURABLE);
  g_autoptr (GError) error = NULL;

  exec (database, "CREATE TABLE t (a BLOB); PRAGMA max_page_count = 10");
  g_assert_true (yihu_database_begin (database, &error));
  g_assert_false (
      yihu_database_run (database, "INSERT INTO t VALUES (zeroblob(200000))", &error, ""));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FULL);
  yihu_database_rollback (database);
  g_assert_cmpint (query_int (database, "SELECT count(*) FROM t"), ==, 0);
}

/* --- statements --- */

static void
test_parameters_and_columns (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_DURABLE);
  g_autoptr (GBytes) bytes = g_bytes_new ("\0\1\2", 3);
  g_autoptr (GBytes) no_bytes = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) found = NULL;
  g_autoptr (GBytes) empty = NULL;
  g_autoptr (YihuRows) rows = NULL;
  g_autoptr (GError) error = NULL;

  rows = yihu_database_query (database, "SELECT ?1, ?2, ?3, ?4, ?5, ?6, typeof(?4), typeof(?6)",
                              &error, "isbdsb", G_MAXINT64, "王", bytes, 0.5, NULL, no_bytes);
  g_assert_no_error (error);
  g_assert_true (yihu_rows_next (rows, &error));
  g_assert_cmpint (yihu_rows_get_int (rows, 0), ==, G_MAXINT64);
  g_assert_cmpstr (yihu_rows_get_text (rows, 1), ==, "王");
  found = yihu_rows_get_blob (rows, 2);
  g_assert_true (g_bytes_equal (found, bytes));
  g_assert_cmpstr (yihu_rows_get_text (rows, 3), ==, "0.5");
  g_assert_null (yihu_rows_get_text (rows, 4));
  empty = yihu_rows_get_blob (rows, 5);
  g_assert_cmpuint (g_bytes_get_size (empty), ==, 0);
  g_assert_cmpstr (yihu_rows_get_text (rows, 6), ==, "real");
  g_assert_cmpstr (yihu_rows_get_text (rows, 7), ==, "blob");
  g_assert_false (yihu_rows_next (rows, &error));
  g_assert_no_error (error);
}

/* A statement that comes back to the cache has forgotten its values and its place. */
static void
test_statements_start_clean (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_DURABLE);
  const char *sql = "SELECT ?1 UNION ALL SELECT ?2";

  for (guint round = 0; round < 3; round++)
    {
      g_autoptr (YihuRows) rows = yihu_database_query (database, sql, NULL, "ss", "a", "b");
      g_autoptr (YihuRows) fewer = NULL;

      g_assert_true (yihu_rows_next (rows, NULL));
      g_assert_cmpstr (yihu_rows_get_text (rows, 0), ==, "a");
      yihu_rows_free (g_steal_pointer (&rows)); /* in the middle */

      fewer = yihu_database_query (database, sql, NULL, "s", "c");
      g_assert_true (yihu_rows_next (fewer, NULL));
      g_assert_cmpstr (yihu_rows_get_text (fewer, 0), ==, "c");
      g_assert_true (yihu_rows_next (fewer, NULL));
      g_assert_null (yihu_rows_get_text (fewer, 0));
    }
}

static void
test_many_texts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_DURABLE);

  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < 1000; i++)
      {
        g_autofree char *sql = g_strdup_printf ("SELECT %u", i);

        g_assert_cmpint (query_int (database, sql), ==, i);
      }
}

static void
test_statements_survive_a_change_of_schema (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_DURABLE);

  exec (database, "CREATE TABLE t (a BIGINT); INSERT INTO t VALUES (7)");
  g_assert_cmpint (query_int (database, "SELECT a FROM t"), ==, 7);
  exec (database, "ALTER TABLE t ADD COLUMN b TEXT; CREATE INDEX i ON t (a)");
  g_assert_cmpint (query_int (database, "SELECT a FROM t"), ==, 7);
}

static void
test_query_int (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_DURABLE);
  g_autoptr (GError) error = NULL;
  gint64 value = 5;

  exec (database, "CREATE TABLE t (a BIGINT); INSERT INTO t VALUES (7), (8)");
  g_assert_true (yihu_database_query_int (database, "SELECT a FROM t WHERE a > ?1", &value, &error,
                                          "i", G_GINT64_CONSTANT (7)));
  g_assert_cmpint (value, ==, 8);
  g_assert_false (yihu_database_query_int (database, "SELECT a FROM t WHERE a > ?1", &value, &error,
                                           "i", G_GINT64_CONSTANT (8)));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND);
  g_assert_cmpint (value, ==, 8);
}

static void
test_faulty_sql (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_DURABLE);
  g_autoptr (GError) error = NULL;
  gint64 value;

  g_assert_false (yihu_database_exec (database, "SELEKT", &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_null (yihu_database_query (database, "SELECT a FROM none", &error, ""));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (yihu_database_run (database, "INSERT INTO none VALUES (1)", &error, ""));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (yihu_database_query_int (database, "SELECT a FROM none", &value, &error, ""));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (yihu_database_run (database, "SELECT ?1", &error, "ss", "a", "b"));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FAILED);
}

/* The values, which may be personal, stand in no message. */
static void
test_constraints (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_DURABLE);
  g_autoptr (GError) error = NULL;

  exec (database, "CREATE TABLE t (a TEXT PRIMARY KEY)");
  g_assert_true (yihu_database_run (database, "INSERT INTO t VALUES (?1)", &error, "s", "王秀英"));
  g_assert_cmpint (yihu_database_get_changes (database), ==, 1);
  g_assert_false (yihu_database_run (database, "INSERT INTO t VALUES (?1)", &error, "s", "王秀英"));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CONFLICT);
  g_assert_null (strstr (error->message, "王秀英"));
}

/* --- transactions --- */

static void
test_transactions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_DURABLE);

  exec (database, "CREATE TABLE t (a BIGINT)");
  g_assert_true (yihu_database_begin (database, NULL));
  exec (database, "INSERT INTO t VALUES (1)");
  yihu_database_rollback (database);
  yihu_database_rollback (database); /* nothing to do */
  g_assert_cmpint (query_int (database, "SELECT count(*) FROM t"), ==, 0);

  g_assert_true (yihu_database_begin (database, NULL));
  exec (database, "INSERT INTO t VALUES (1)");
  g_assert_true (yihu_database_commit (database, NULL));
  g_assert_cmpint (query_int (database, "SELECT count(*) FROM t"), ==, 1);
  g_assert_false (yihu_database_commit (database, NULL));
}

static void
test_savepoints (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_DURABLE);

  exec (database, "CREATE TABLE t (a BIGINT)");
  g_assert_true (yihu_database_begin (database, NULL));
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (yihu_database_savepoint (database, "command", NULL));
      g_assert_true (
          yihu_database_run (database, "INSERT INTO t VALUES (?1)", NULL, "i", (gint64) (1 << i)));
      if (i == 1)
        yihu_database_rollback_to (database, "command");
      else
        g_assert_true (yihu_database_release (database, "command", NULL));
    }
  g_assert_true (yihu_database_commit (database, NULL));
  g_assert_cmpint (query_int (database, "SELECT sum(a) FROM t"), ==, 5);
  g_assert_false (yihu_database_release (database, "command", NULL));
  yihu_database_rollback_to (database, "command"); /* nothing to do */
}

static void
test_second_writer_is_told_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) first = open_database (fixture, YIHU_DATABASE_DURABLE);
  g_autoptr (YihuDatabase) second = open_database (fixture, YIHU_DATABASE_DURABLE);
  g_autoptr (GError) error = NULL;

  sqlite3_busy_timeout (yihu_database_get (second), 0);
  g_assert_true (yihu_database_begin (first, NULL));
  g_assert_false (yihu_database_begin (second, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_BUSY);
  g_assert_true (yihu_database_commit (first, NULL));
  g_assert_true (yihu_database_begin (second, NULL));
  yihu_database_rollback (second);
}

/* --- migrations --- */

static const char *const migrations[] = { "CREATE TABLE t (a BIGINT); INSERT INTO t VALUES (1)",
                                          "ALTER TABLE t ADD COLUMN b TEXT",
                                          "UPDATE t SET b = 'x'; INSERT INTO none VALUES (1)",
                                          "CREATE TABLE later (a BIGINT)" };

static void
test_migrations (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_DURABLE);
  g_autoptr (GError) error = NULL;

  g_assert_true (yihu_database_migrate (database, migrations, 1, &error));
  g_assert_cmpint (query_int (database, "PRAGMA user_version"), ==, 1);
  g_assert_true (yihu_database_migrate (database, migrations, 1, &error));
  g_assert_cmpint (query_int (database, "SELECT count(*) FROM t"), ==, 1);

  /* The third fails: the second stays, the third leaves nothing, the fourth is not tried. */
  g_assert_false (yihu_database_migrate (database, migrations, 4, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FAILED);
  g_assert_true (g_str_has_prefix (error->message, "migration to version 3: "));
  g_assert_cmpint (query_int (database, "PRAGMA user_version"), ==, 2);
  g_assert_cmpint (query_int (database, "SELECT count(*) FROM t WHERE b IS NULL"), ==, 1);
  g_assert_cmpint (query_int (database, "SELECT count(*) FROM sqlite_schema WHERE name = 'later'"),
                   ==, 0);
}

static void
test_newer_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = open_database (fixture, YIHU_DATABASE_DURABLE);
  g_autoptr (GError) error = NULL;

  exec (database, "PRAGMA user_version = 3");
  g_assert_false (yihu_database_migrate (database, migrations, 2, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_VERSION);
}

/* A statement that would never end is ended; the connection goes on. */
static void
test_deadline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) database = yihu_database_open (":memory:", YIHU_DATABASE_CACHE, NULL);
  static const char endless[] = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                                " SELECT count(*) FROM n";
  g_autoptr (GError) error = NULL;
  gint64 value = 0;

  yihu_database_set_deadline (database, g_get_monotonic_time () + 1000);
  g_assert_false (yihu_database_query_int (database, endless, &value, &error, ""));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_TIMEOUT);
  yihu_database_set_deadline (database, 0);
  g_assert_true (yihu_database_query_int (database, "SELECT 7", &value, NULL, ""));
  g_assert_cmpint (value, ==, 7);
}

static void
test_in_memory (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuDatabase) database =
      yihu_database_open (":memory:", YIHU_DATABASE_DURABLE, &error);

  g_assert_no_error (error);
  g_assert_cmpint (query_int (database, "SELECT 1"), ==, 1);
}

/* Another program asks whether anybody holds SQLite's shared lock on the file. */
static gboolean
is_locked_for_others (const char *path)
{
  struct flock lock = { .l_type = F_WRLCK,
                        .l_whence = SEEK_SET,
                        .l_start = 0x40000002, /* SHARED_FIRST of SQLite's lock bytes */
                        .l_len = 510 };
  int status = 0;
  pid_t child = fork ();

  if (child == 0)
    {
      int file = open (path, O_RDWR | O_CLOEXEC);

      _exit (file >= 0 && fcntl (file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 1 : 0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status) == 1;
}

/* POSIX locks belong to the process: opening and closing the file beside SQLite would drop them,
 * and another program could remove the log under the first connection. */
static void
test_second_connection_keeps_the_locks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuDatabase) first = open_database (fixture, YIHU_DATABASE_DURABLE);
  g_autoptr (YihuDatabase) second = NULL;

  exec (first, "CREATE TABLE t (x)");
  g_assert_true (is_locked_for_others (fixture->path));
  second = open_database (fixture, YIHU_DATABASE_DURABLE);
  g_assert_true (is_locked_for_others (fixture->path));
  g_clear_pointer (&second, yihu_database_close);
  g_assert_true (is_locked_for_others (fixture->path));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/sql/database/modes", test_modes);
  ADD ("/sql/database/reader", test_reader_cannot_write);
  ADD ("/sql/database/reader-makes-no-file", test_reader_makes_no_file);
  ADD ("/sql/database/private", test_files_are_private);
  ADD ("/sql/database/no-folder", test_no_folder);
  ADD ("/sql/database/other-kind", test_file_of_another_kind);
  ADD ("/sql/database/damaged", test_damaged_pages);
  ADD ("/sql/database/full", test_full_disk);
  ADD ("/sql/database/in-memory", test_in_memory);
  ADD ("/sql/database/parameters", test_parameters_and_columns);
  ADD ("/sql/database/clean", test_statements_start_clean);
  ADD ("/sql/database/nested", test_nested_use_of_one_text);
  ADD ("/sql/database/many-texts", test_many_texts);
  ADD ("/sql/database/schema", test_statements_survive_a_change_of_schema);
  ADD ("/sql/database/query-int", test_query_int);
  ADD ("/sql/database/faulty", test_faulty_sql);
  ADD ("/sql/database/constraints", test_constraints);
  ADD ("/sql/database/transactions", test_transactions);
  ADD ("/sql/database/savepoints", test_savepoints);
  ADD ("/sql/database/busy", test_second_writer_is_told_busy);
  ADD ("/sql/database/migrations", test_migrations);
  ADD ("/sql/database/deadline", test_deadline);
  ADD ("/sql/database/newer", test_newer_file);
  ADD ("/sql/database/keeps-locks", test_second_connection_keeps_the_locks);
  return g_test_run ();
}
