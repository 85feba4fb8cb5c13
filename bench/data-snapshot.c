/* SPDX-License-Identifier: GPL-3.0-or-later */

/* data-snapshot fetch URL DIRECTORY LOGIN: the console's way to a city (book-files.c) from a real
 * server, without its windows: log-in, snapshot, check, exchange. Password from YIHU_PASSWORD.
 * Prints "wall_us cpu_us fetch_us check_us install_us elders idle_kb peak_kb idle_anon_kb
 * peak_anon_kb", the CPU being that of this process, memory looked at every 2 ms from the log-in
 * on: the whole resident set and the part of it that no file stands behind.
 *
 * data-snapshot rows FILE ENCODED and data-snapshot insert ENCODED FILE: the control of
 * data.snapshot.cpu. The first writes the rows of all plain tables of a city as a stream of binary
 * values, sealed as they are; the second decodes that stream, inserts row by row in one transaction
 * into tables of the same make, makes the same indexes, and prints "rows cpu_us wall_us". It is
 * less than a console would have to do: nothing is sealed, hashed or checked, no trigger runs, and
 * the index of addresses is left out. */

#include "cache/cache.h"
#include "client/session.h"
#include "client/snapshot-fetch.h"
#include "wire/protocol.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define LOOK_US 2000
#define MAX_COLUMNS 64
#define MAX_VALUE (1024 * 1024)
#define PLAIN_TABLES                                                                               \
  " FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"                               \
  " AND tbl_name NOT LIKE 'elder\\_address%' ESCAPE '\\' AND type = "

static gint64
get_cpu_us (void)
{
  struct rusage used;

  getrusage (RUSAGE_SELF, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * G_USEC_PER_SEC + used.ru_utime.tv_usec
         + used.ru_stime.tv_usec;
}

static void
check (gboolean done, const GError *error)
{
  if (!done)
    g_error ("%s", error != NULL ? error->message : "it cannot be measured");
}

/* --- memory --- */

typedef struct
{
  glong all_kb;
  glong anon_kb;
} Memory;

typedef struct
{
  Memory peak;
  int ended;
} Watch;

static Memory
get_memory (void)
{
  g_autofree char *text = NULL;
  Memory memory = { 0 };
  const char *line;

  check (g_file_get_contents ("/proc/self/status", &text, NULL, NULL), NULL);
  line = strstr (text, "VmRSS:");
  memory.all_kb = line != NULL ? strtol (line + strlen ("VmRSS:"), NULL, 10) : 0;
  line = strstr (text, "RssAnon:");
  memory.anon_kb = line != NULL ? strtol (line + strlen ("RssAnon:"), NULL, 10) : 0;
  return memory;
}

static gpointer
watch_memory (gpointer data)
{
  Watch *watch = data;

  while (!__atomic_load_n (&watch->ended, __ATOMIC_RELAXED))
    {
      Memory memory = get_memory ();

      watch->peak.all_kb = MAX (watch->peak.all_kb, memory.all_kb);
      watch->peak.anon_kb = MAX (watch->peak.anon_kb, memory.anon_kb);
      g_usleep (LOOK_US);
    }
  return NULL;
}

/* --- the console's way --- */

typedef struct
{
  GMainLoop *loop;
  GError *error;
} Fetching;

static void
on_progress (const YihuFetchProgress *progress, gpointer data)
{
}

static void
on_fetched (GObject *object, GAsyncResult *result, gpointer data)
{
  Fetching *fetching = data;

  yihu_session_fetch_snapshot_finish (YIHU_SESSION (object), result, &fetching->error);
  g_main_loop_quit (fetching->loop);
}

static void
fetch_file (YihuSession *session, const char *file)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Fetching fetching = { loop, NULL };

  yihu_session_fetch_snapshot_async (session, YIHU_SNAPSHOT_SCHEMA, file, on_progress, NULL, NULL,
                                     on_fetched, &fetching);
  g_main_loop_run (loop);
  check (fetching.error == NULL, fetching.error);
}

static int
fetch (const char *url, const char *directory, const char *login)
{
  g_autoptr (YihuSession) session = yihu_session_new (url, "bench");
  g_autofree char *file = g_build_filename (directory, "city.new", NULL);
  GError *error = NULL;
  Watch watch = { 0 };
  Memory idle;
  YihuCache *cache;
  GBytes *key;
  GThread *watcher;
  gint64 cpu_us, times[4];

  check (yihu_session_login_sync (session, login, g_getenv ("YIHU_PASSWORD"), NULL, &error), error);
  key = yihu_session_get_scope_key (session);
  cache = yihu_cache_open (directory, key, &error);
  check (cache != NULL && !yihu_cache_has_city (cache), error);
  idle = get_memory ();
  watcher = g_thread_new ("watch", watch_memory, &watch);
  cpu_us = get_cpu_us ();
  times[0] = g_get_monotonic_time ();
  fetch_file (session, file);
  times[1] = g_get_monotonic_time ();
  check (yihu_cache_check_snapshot (file, key, &error), error);
  times[2] = g_get_monotonic_time ();
  check (yihu_cache_install_snapshot (cache, file, key, &error), error);
  times[3] = g_get_monotonic_time ();
  cpu_us = get_cpu_us () - cpu_us;
  __atomic_store_n (&watch.ended, 1, __ATOMIC_RELAXED);
  g_thread_join (watcher);
  printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
          " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %ld %ld %ld %ld\n",
          times[3] - times[0], cpu_us, times[1] - times[0], times[2] - times[1],
          times[3] - times[2], yihu_cache_count_elders (cache), idle.all_kb, watch.peak.all_kb,
          idle.anon_kb, watch.peak.anon_kb);
  yihu_cache_close (cache);
  return 0;
}

/* --- row by row --- */

static YihuDatabase *
open_city (const char *file, YihuDatabaseMode mode)
{
  GError *error = NULL;
  YihuDatabase *database = yihu_database_open (file, mode, &error);

  check (database != NULL, error);
  return database;
}

static void
write_all (FILE *file, gconstpointer data, gsize size)
{
  check (size == 0 || fwrite (data, 1, size, file) == size, NULL);
}

static void
read_all (FILE *file, gpointer data, gsize size)
{
  check (size == 0 || fread (data, 1, size, file) == size, NULL);
}

static void
write_text (FILE *file, const char *text)
{
  gint32 size = text != NULL ? (gint32) strlen (text) : 0;

  write_all (file, &size, sizeof size);
  write_all (file, text, (gsize) size);
}

static char *
read_text (FILE *file)
{
  gint32 size;
  char *text;

  read_all (file, &size, sizeof size);
  check (size >= 0 && size <= MAX_VALUE, NULL);
  text = g_malloc0 ((gsize) size + 1);
  read_all (file, text, (gsize) size);
  return text;
}

/* One byte of type, then eight of a number or four of length and the bytes. */
static void
write_value (FILE *file, sqlite3_stmt *row, int column)
{
  guint8 type = (guint8) sqlite3_column_type (row, column);
  gint64 number = sqlite3_column_int64 (row, column);
  gint32 size = sqlite3_column_bytes (row, column);

  write_all (file, &type, 1);
  if (type == SQLITE_INTEGER)
    write_all (file, &number, sizeof number);
  else if (type != SQLITE_NULL)
    {
      write_all (file, &size, sizeof size);
      write_all (file, sqlite3_column_blob (row, column), (gsize) size);
    }
}

static void
bind_value (FILE *file, sqlite3_stmt *row, int column, guint8 *room)
{
  guint8 type;
  gint64 number;
  gint32 size;

  read_all (file, &type, 1);
  if (type == SQLITE_NULL)
    sqlite3_bind_null (row, column);
  else if (type == SQLITE_INTEGER)
    {
      read_all (file, &number, sizeof number);
      sqlite3_bind_int64 (row, column, number);
    }
  else
    {
      read_all (file, &size, sizeof size);
      check (size >= 0 && size <= MAX_VALUE, NULL);
      read_all (file, room, (gsize) size);
      if (type == SQLITE_TEXT)
        sqlite3_bind_text (row, column, (const char *) room, size, SQLITE_STATIC);
      else
        sqlite3_bind_blob (row, column, room, size, SQLITE_STATIC);
    }
}

static sqlite3_stmt *
prepare (YihuDatabase *database, const char *sql)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (yihu_database_get (database), sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (yihu_database_get (database)));
  return statement;
}

static void
encode_table (YihuDatabase *city, const char *name, const char *make, FILE *file)
{
  g_autofree char *sql = g_strdup_printf ("SELECT * FROM %s", name);
  sqlite3_stmt *row = prepare (city, sql);
  gint32 n_columns = sqlite3_column_count (row);
  guint8 more = 1;

  write_text (file, name);
  write_text (file, make);
  write_all (file, &n_columns, sizeof n_columns);
  while (sqlite3_step (row) == SQLITE_ROW)
    {
      write_all (file, &more, 1);
      for (int i = 0; i < n_columns; i++)
        write_value (file, row, i);
    }
  more = 0;
  write_all (file, &more, 1);
  sqlite3_finalize (row);
}

static int
encode (const char *from, const char *to)
{
  YihuDatabase *city = open_city (from, YIHU_DATABASE_READER);
  FILE *file = g_fopen (to, "w");
  sqlite3_stmt *part = prepare (city, "SELECT name, sql" PLAIN_TABLES "'table'");

  check (file != NULL, NULL);
  while (sqlite3_step (part) == SQLITE_ROW)
    encode_table (city, (const char *) sqlite3_column_text (part, 0),
                  (const char *) sqlite3_column_text (part, 1), file);
  write_text (file, "");
  sqlite3_finalize (part);
  part = prepare (city, "SELECT sql" PLAIN_TABLES "'index' AND sql IS NOT NULL");
  while (sqlite3_step (part) == SQLITE_ROW)
    write_text (file, (const char *) sqlite3_column_text (part, 0));
  write_text (file, "");
  sqlite3_finalize (part);
  check (fclose (file) == 0, NULL);
  yihu_database_close (city);
  return 0;
}

static gint64
insert_rows (YihuDatabase *city, const char *name, int n_columns, FILE *file)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  guint8 *rooms[MAX_COLUMNS];
  sqlite3_stmt *row;
  gint64 n_rows = 0;
  guint8 more;

  check (n_columns > 0 && n_columns <= MAX_COLUMNS, NULL);
  g_string_printf (sql, "INSERT INTO %s VALUES (?", name);
  for (int i = 0; i < n_columns; i++)
    {
      g_string_append (sql, i > 0 ? ", ?" : "");
      rooms[i] = g_malloc (MAX_VALUE);
    }
  g_string_append (sql, ")");
  row = prepare (city, sql->str);
  for (read_all (file, &more, 1); more; read_all (file, &more, 1), n_rows++)
    {
      for (int i = 0; i < n_columns; i++)
        bind_value (file, row, i + 1, rooms[i]);
      check (sqlite3_step (row) == SQLITE_DONE, NULL);
      sqlite3_reset (row);
    }
  sqlite3_finalize (row);
  for (int i = 0; i < n_columns; i++)
    g_free (rooms[i]);
  return n_rows;
}

static int
insert (const char *from, const char *to)
{
  FILE *file = g_fopen (from, "r");
  YihuDatabase *city;
  GError *error = NULL;
  gint64 n_rows = 0;
  gint64 begin_us, cpu_us;

  g_unlink (to);
  begin_us = g_get_monotonic_time ();
  cpu_us = get_cpu_us ();
  city = open_city (to, YIHU_DATABASE_BULK);
  check (file != NULL && yihu_database_begin (city, &error), error);
  for (;;)
    {
      g_autofree char *name = read_text (file);
      g_autofree char *make = *name != '\0' ? read_text (file) : NULL;
      gint32 n_columns;

      if (make == NULL)
        break;
      check (yihu_database_exec (city, make, &error), error);
      read_all (file, &n_columns, sizeof n_columns);
      n_rows += insert_rows (city, name, n_columns, file);
    }
  for (;;)
    {
      g_autofree char *make = read_text (file);

      if (*make == '\0')
        break;
      check (yihu_database_exec (city, make, &error), error);
    }
  check (yihu_database_commit (city, &error), error);
  yihu_database_close (city);
  fclose (file);
  printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", n_rows,
          get_cpu_us () - cpu_us, g_get_monotonic_time () - begin_us);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 5 && strcmp (argv[1], "fetch") == 0)
    return fetch (argv[2], argv[3], argv[4]);
  if (argc == 4 && strcmp (argv[1], "rows") == 0)
    return encode (argv[2], argv[3]);
  if (argc == 4 && strcmp (argv[1], "insert") == 0)
    return insert (argv[2], argv[3]);
  return 64;
}
