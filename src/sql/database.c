/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The connection: opening with the house pragmas, errors, transactions and migrations. Knows
 * nothing of any table; statements and their rows are database-rows.c's. */

#include "sql/database.h"

#include "base/error.h"
#include "sql/database-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 5000
#define STEPS_A_LOOK 20000 /* of SQLite's machine: some tenths of a millisecond */

static YihuError
error_code (int result)
{
  switch (result & 0xff)
    {
    case SQLITE_FULL:
      return YIHU_ERROR_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return YIHU_ERROR_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return YIHU_ERROR_BUSY;
    case SQLITE_CONSTRAINT:
      return YIHU_ERROR_CONFLICT;
    case SQLITE_INTERRUPT:
      return YIHU_ERROR_TIMEOUT;
    case SQLITE_TOOBIG:
      return YIHU_ERROR_TOO_LARGE;
    default:
      return YIHU_ERROR_FAILED;
    }
}

/* The text of the statement is ours and carries no values; SQLite's message names columns, never
 * contents. */
gboolean
yihu_database_set_error (YihuDatabase *self, const char *attempt, GError **error)
{
  int result = sqlite3_extended_errcode (self->sqlite);

  g_set_error (error, YIHU_ERROR, error_code (result), "%.120s: %s (%d)", attempt,
               sqlite3_errmsg (self->sqlite), result);
  return FALSE;
}

static gboolean
pragma_is (YihuDatabase *self, const char *pragma, const char *expected, GError **error)
{
  g_autoptr (YihuRows) rows = yihu_database_query (self, pragma, error, "");
  g_autoptr (GError) problem = NULL;
  const char *answer;

  if (rows == NULL)
    return FALSE;
  answer = yihu_rows_next (rows, &problem) ? yihu_rows_get_text (rows, 0) : "silent";
  if (problem == NULL && g_ascii_strcasecmp (answer, expected) == 0)
    return TRUE;
  if (problem == NULL)
    g_set_error (&problem, YIHU_ERROR, YIHU_ERROR_FAILED, "%s is %s, not %s", pragma, answer,
                 expected);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
set_up_wal (YihuDatabase *self, GError **error)
{
  const char *expected = strcmp (self->path, ":memory:") == 0 ? "memory" : "wal";

  return pragma_is (self, "PRAGMA journal_mode=WAL", expected, error);
}

static gboolean
set_up_mode (YihuDatabase *self, YihuDatabaseMode mode, GError **error)
{
  switch (mode)
    {
    case YIHU_DATABASE_DURABLE:
      return set_up_wal (self, error)
             && yihu_database_exec (self, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON", error)
             && pragma_is (self, "PRAGMA synchronous", "2", error)
             && pragma_is (self, "PRAGMA foreign_keys", "1", error);
    case YIHU_DATABASE_CACHE:
      return set_up_wal (self, error)
             && yihu_database_exec (self,
                                    "PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                                    "PRAGMA secure_delete=ON",
                                    error);
    case YIHU_DATABASE_READER:
      return yihu_database_exec (self, "PRAGMA query_only=1", error);
    case YIHU_DATABASE_BULK:
      return yihu_database_exec (self, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", error);
    default:
      g_return_val_if_reached (FALSE);
    }
}

/* SQLite would make the file readable for the group; -wal and -shm take over the mode. Never opens
 * a file that is there: closing it again would drop every lock that this process holds on it (POSIX
 * locks belong to the process), and another program could then remove the log under an open
 * connection. */
static gboolean
make_private_file (const char *path, GError **error)
{
  int file = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (file < 0 && errno == EEXIST)
    return TRUE;
  if (file < 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "open a database file: %s",
                   g_strerror (errno));
      return FALSE;
    }
  return g_close (file, error);
}

static gboolean
open_file (YihuDatabase *self, YihuDatabaseMode mode, GError **error)
{
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;

  if (mode != YIHU_DATABASE_READER && strcmp (self->path, ":memory:") != 0
      && !make_private_file (self->path, error))
    return FALSE;
  if (sqlite3_open_v2 (self->path, &self->sqlite, flags, NULL) != SQLITE_OK)
    return yihu_database_set_error (self, "open a database", error);
  sqlite3_extended_result_codes (self->sqlite, 1);
  sqlite3_busy_timeout (self->sqlite, BUSY_TIMEOUT_MS);

  /* The count makes SQLite read the header, so that a file of another kind is refused here. */
  return yihu_database_exec (self, "PRAGMA trusted_schema=OFF", error)
         && yihu_database_exec (self, "SELECT count(*) FROM sqlite_schema", error)
         && set_up_mode (self, mode, error);
}

YihuDatabase *
yihu_database_open (const char *path, YihuDatabaseMode mode, GError **error)
{
  g_autoptr (YihuDatabase) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_new0 (YihuDatabase, 1);
  self->path = g_strdup (path);
  self->statements =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) yihu_statement_free);
  self->record_texts = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_record_texts_free);
  if (!open_file (self, mode, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
yihu_database_close (YihuDatabase *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->statements);
  g_ptr_array_unref (self->record_texts);
  if (sqlite3_close (self->sqlite) != SQLITE_OK)
    g_critical ("a database was closed while rows of it were alive");
  g_free (self->path);
  g_free (self);
}

static int
on_progress (void *data)
{
  YihuDatabase *self = data;

  return g_get_monotonic_time () > self->deadline_us;
}

void
yihu_database_set_deadline (YihuDatabase *self, gint64 deadline_us)
{
  self->deadline_us = deadline_us;
  sqlite3_progress_handler (self->sqlite, STEPS_A_LOOK, deadline_us > 0 ? on_progress : NULL, self);
}

sqlite3 *
yihu_database_get (YihuDatabase *self)
{
  return self->sqlite;
}

const char *
yihu_database_get_path (YihuDatabase *self)
{
  return self->path;
}

void
yihu_database_set_packed_ids (YihuDatabase *self, gboolean packed)
{
  self->packed_ids = packed;
}

gboolean
yihu_database_exec (YihuDatabase *self, const char *sql, GError **error)
{
  if (sqlite3_exec (self->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  return yihu_database_set_error (self, sql, error);
}

/* --- transactions and migrations --- */

gboolean
yihu_database_begin (YihuDatabase *self, GError **error)
{
  return yihu_database_run (self, "BEGIN IMMEDIATE", error, "");
}

gboolean
yihu_database_commit (YihuDatabase *self, GError **error)
{
  return yihu_database_run (self, "COMMIT", error, "");
}

/* Some failures (disk full) have already rolled back: then there is nothing left to do. */
void
yihu_database_rollback (YihuDatabase *self)
{
  g_autoptr (GError) error = NULL;

  if (!sqlite3_get_autocommit (self->sqlite) && !yihu_database_run (self, "ROLLBACK", &error, ""))
    g_warning ("cannot roll back: %s", error->message);
}

static gboolean
savepoint_exec (YihuDatabase *self, const char *verb, const char *name, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("%s \"%s\"", verb, name);

  return yihu_database_run (self, sql, error, "");
}

gboolean
yihu_database_savepoint (YihuDatabase *self, const char *name, GError **error)
{
  return savepoint_exec (self, "SAVEPOINT", name, error);
}

gboolean
yihu_database_release (YihuDatabase *self, const char *name, GError **error)
{
  return savepoint_exec (self, "RELEASE", name, error);
}

/* Undoes what came after the savepoint and removes it. */
void
yihu_database_rollback_to (YihuDatabase *self, const char *name)
{
  g_autoptr (GError) error = NULL;

  if (sqlite3_get_autocommit (self->sqlite))
    return;
  if (!savepoint_exec (self, "ROLLBACK TO", name, &error)
      || !savepoint_exec (self, "RELEASE", name, &error))
    g_warning ("cannot roll back: %s", error->message);
}

static gboolean
migrate_one (YihuDatabase *self, const char *migration, guint to_version, GError **error)
{
  g_autofree char *pragma = g_strdup_printf ("PRAGMA user_version=%u", to_version);

  if (!yihu_database_begin (self, error))
    return FALSE;
  if (yihu_database_exec (self, migration, error) && yihu_database_exec (self, pragma, error)
      && yihu_database_commit (self, error))
    return TRUE;
  g_prefix_error (error, "migration to version %u: ", to_version);
  yihu_database_rollback (self);
  return FALSE;
}

gboolean
yihu_database_migrate (YihuDatabase *self, const char *const *migrations, guint n, GError **error)
{
  gint64 version;

  if (!yihu_database_query_int (self, "PRAGMA user_version", &version, error, ""))
    return FALSE;
  if (version > n)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_VERSION,
                   "the file has version %" G_GINT64_FORMAT ", this program knows %u", version, n);
      return FALSE;
    }
  for (guint i = (guint) version; i < n; i++)
    if (!migrate_one (self, migrations[i], i + 1, error))
      return FALSE;
  return TRUE;
}
