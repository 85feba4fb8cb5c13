/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The control of data.catchup: the rows of the feed behind a number, read by SQLite alone, each
 * body copied once. Prints how many, and how long it took in microseconds.
 *
 *   data-rows yihu.db SINCE
 */

#include <glib.h>
#include <sqlite3.h>
#include <stdio.h>

static sqlite3_stmt *
open_rows (const char *path, gint64 since)
{
  sqlite3 *database = NULL;
  sqlite3_stmt *rows = NULL;

  if (sqlite3_open_v2 (path, &database, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK
      || sqlite3_exec (database, "PRAGMA query_only=1", NULL, NULL, NULL) != SQLITE_OK
      || sqlite3_prepare_v2 (
             database, "SELECT seq, division, kind, body FROM feed WHERE seq > ?1 ORDER BY seq", -1,
             &rows, NULL)
             != SQLITE_OK)
    g_error ("open: %s", sqlite3_errmsg (database));
  sqlite3_bind_int64 (rows, 1, since);
  return rows;
}

int
main (int argc, char **argv)
{
  g_autoptr (GString) text = g_string_sized_new (64 * 1024 * 1024);
  guint n_rows = 0;
  sqlite3_stmt *rows;
  gint64 begin_us;

  if (argc != 3)
    return 64;
  begin_us = g_get_monotonic_time ();
  rows = open_rows (argv[1], g_ascii_strtoll (argv[2], NULL, 10));
  while (sqlite3_step (rows) == SQLITE_ROW)
    {
      n_rows += sqlite3_column_int64 (rows, 0) > 0 && sqlite3_column_int64 (rows, 1) >= 0;
      g_string_append_len (text, (const char *) sqlite3_column_text (rows, 3),
                           sqlite3_column_bytes (rows, 3));
    }
  printf ("%u %" G_GINT64_FORMAT " %" G_GSIZE_FORMAT "\n", n_rows,
          g_get_monotonic_time () - begin_us, text->len);
  sqlite3_finalize (rows);
  return 0;
}
