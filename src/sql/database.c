/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The connection: opening with the house pragmas, errors, prepared statements, transactions and
 * migrations. Knows nothing of any table.
 *
 * Invariant of the statement cache: a cached statement is either idle (reset, no bindings) or lent
 * to exactly one YihuRows. A second use of the same text while it is lent prepares a second
 * statement, which lives as long as its rows. */

#include "sql/database.h"

#include "base/error.h"
#include "base/identifier.h"
#include "sql/database-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 5000
#define MAX_CACHED_STATEMENTS 256
#define STEPS_A_LOOK 20000 /* of SQLite's machine: some tenths of a millisecond */

struct _YihuRows
{
  YihuDatabase *database;
  sqlite3_stmt *statement; /* owned by the cache where @cached is set, else by the rows */
  YihuStatement *cached; /* (nullable) */
  char (*identifiers)[YIHU_IDENTIFIER_LENGTH + 1]; /* (owned) (nullable): a column each, unpacked */
};

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

static void
statement_free (YihuStatement *statement)
{
  sqlite3_finalize (statement->statement);
  g_free (statement);
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
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) statement_free);
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

/* --- statements --- */

YihuRows *
yihu_database_prepare (YihuDatabase *self, const char *sql, GError **error)
{
  YihuStatement *cached = g_hash_table_lookup (self->statements, sql);
  sqlite3_stmt *statement = NULL;
  YihuRows *rows;

  if (cached == NULL || cached->is_lent)
    {
      if (sqlite3_prepare_v3 (self->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL)
          != SQLITE_OK)
        {
          yihu_database_set_error (self, sql, error);
          return NULL;
        }
      if (cached == NULL && g_hash_table_size (self->statements) < MAX_CACHED_STATEMENTS)
        {
          cached = g_new0 (YihuStatement, 1);
          cached->statement = statement;
          g_hash_table_insert (self->statements, g_strdup (sql), cached);
        }
      else
        cached = NULL;
    }

  rows = g_new0 (YihuRows, 1);
  rows->database = self;
  rows->cached = cached;
  rows->statement = cached != NULL ? cached->statement : statement;
  if (cached != NULL)
    cached->is_lent = TRUE;
  return rows;
}

void
yihu_rows_free (YihuRows *self)
{
  if (self == NULL)
    return;
  if (self->cached != NULL)
    {
      sqlite3_reset (self->statement);
      sqlite3_clear_bindings (self->statement);
      self->cached->is_lent = FALSE;
    }
  else
    sqlite3_finalize (self->statement);
  g_free (self->identifiers);
  g_free (self);
}

static int
bind_blob (sqlite3_stmt *statement, int position, GBytes *bytes)
{
  gsize size;
  gconstpointer data;

  if (bytes == NULL)
    return sqlite3_bind_null (statement, position);
  data = g_bytes_get_data (bytes, &size);
  if (size == 0)
    return sqlite3_bind_zeroblob (statement, position, 0);
  return sqlite3_bind_blob64 (statement, position, data, size, SQLITE_TRANSIENT);
}

static int
bind_text (YihuDatabase *self, sqlite3_stmt *statement, int position, const char *text)
{
  guint8 bytes[YIHU_IDENTIFIER_BYTES];

  if (self->packed_ids && yihu_identifier_pack (text, bytes))
    return sqlite3_bind_blob (statement, position, bytes, sizeof bytes, SQLITE_TRANSIENT);
  return sqlite3_bind_text (statement, position, text, -1, SQLITE_TRANSIENT);
}

static YihuRows *
prepare_and_bind (YihuDatabase *self,
                  const char *sql,
                  const char *format,
                  va_list arguments,
                  GError **error)
{
  g_autoptr (YihuRows) rows = yihu_database_prepare (self, sql, error);
  int result = SQLITE_OK;

  if (rows == NULL)
    return NULL;
  for (int i = 0; format[i] != '\0' && result == SQLITE_OK; i++)
    switch (format[i])
      {
      case 'i':
        result = sqlite3_bind_int64 (rows->statement, i + 1, va_arg (arguments, gint64));
        break;
      case 's':
        result = bind_text (self, rows->statement, i + 1, va_arg (arguments, const char *));
        break;
      case 'b':
        result = bind_blob (rows->statement, i + 1, va_arg (arguments, GBytes *));
        break;
      case 'd':
        result = sqlite3_bind_double (rows->statement, i + 1, va_arg (arguments, double));
        break;
      default:
        g_return_val_if_reached (NULL);
      }
  if (result == SQLITE_OK)
    return g_steal_pointer (&rows);
  yihu_database_set_error (self, sql, error);
  return NULL;
}

/* Where the rows outlive the values, texts and blobs are copied. */
static int
bind_value (sqlite3_stmt *statement,
            int position,
            const YihuSqlValue *value,
            sqlite3_destructor_type keep)
{
  switch (value->kind)
    {
    case 'i':
      return sqlite3_bind_int64 (statement, position, value->number);
    case 's':
      return sqlite3_bind_text (statement, position, value->text, -1, keep);
    case 'b':
      return bind_blob (statement, position, value->bytes);
    default:
      g_return_val_if_reached (SQLITE_MISUSE);
    }
}

static YihuRows *
prepare_values (YihuDatabase *self,
                const char *sql,
                const YihuSqlValue *values,
                guint n_values,
                sqlite3_destructor_type keep,
                GError **error)
{
  g_autoptr (YihuRows) rows = yihu_database_prepare (self, sql, error);

  if (rows == NULL)
    return NULL;
  for (guint i = 0; i < n_values; i++)
    if (bind_value (rows->statement, (int) i + 1, &values[i], keep) != SQLITE_OK)
      {
        yihu_database_set_error (self, sql, error);
        return NULL;
      }
  return g_steal_pointer (&rows);
}

gboolean
yihu_database_run_values (YihuDatabase *self,
                          const char *sql,
                          const YihuSqlValue *values,
                          guint n_values,
                          GError **error)
{
  g_autoptr (YihuRows) rows = prepare_values (self, sql, values, n_values, SQLITE_STATIC, error);

  return rows != NULL && yihu_rows_run (rows, error);
}

YihuRows *
yihu_database_query_values (YihuDatabase *self,
                            const char *sql,
                            const YihuSqlValue *values,
                            guint n_values,
                            GError **error)
{
  return prepare_values (self, sql, values, n_values, SQLITE_TRANSIENT, error);
}

gboolean
yihu_database_run (YihuDatabase *self, const char *sql, GError **error, const char *format, ...)
{
  g_autoptr (YihuRows) rows = NULL;
  va_list arguments;

  va_start (arguments, format);
  rows = prepare_and_bind (self, sql, format, arguments, error);
  va_end (arguments);
  return rows != NULL && yihu_rows_run (rows, error);
}

YihuRows *
yihu_database_query (YihuDatabase *self, const char *sql, GError **error, const char *format, ...)
{
  YihuRows *rows;
  va_list arguments;

  va_start (arguments, format);
  rows = prepare_and_bind (self, sql, format, arguments, error);
  va_end (arguments);
  return rows;
}

gboolean
yihu_database_query_int (YihuDatabase *self,
                         const char *sql,
                         gint64 *value,
                         GError **error,
                         const char *format,
                         ...)
{
  g_autoptr (YihuRows) rows = NULL;
  g_autoptr (GError) problem = NULL;
  va_list arguments;

  va_start (arguments, format);
  rows = prepare_and_bind (self, sql, format, arguments, error);
  va_end (arguments);
  if (rows == NULL)
    return FALSE;
  if (yihu_rows_next (rows, &problem))
    {
      *value = yihu_rows_get_int (rows, 0);
      return TRUE;
    }
  if (problem == NULL)
    g_set_error (&problem, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "%.120s: no row", sql);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

gint64
yihu_database_get_changes (YihuDatabase *self)
{
  return sqlite3_changes64 (self->sqlite);
}

/* --- rows --- */

gboolean
yihu_rows_next (YihuRows *self, GError **error)
{
  int result = sqlite3_step (self->statement);

  if (result == SQLITE_ROW)
    return TRUE;
  if (result != SQLITE_DONE)
    yihu_database_set_error (self->database, sqlite3_sql (self->statement), error);
  return FALSE;
}

/* Steps to the end and says whether that worked. */
gboolean
yihu_rows_run (YihuRows *self, GError **error)
{
  int result;

  do
    result = sqlite3_step (self->statement);
  while (result == SQLITE_ROW);
  return result == SQLITE_DONE
         || yihu_database_set_error (self->database, sqlite3_sql (self->statement), error);
}

gint64
yihu_rows_get_int (YihuRows *self, guint column)
{
  return sqlite3_column_int64 (self->statement, (int) column);
}

static const char *
get_identifier (YihuRows *self, guint column)
{
  const guint8 *bytes = sqlite3_column_blob (self->statement, (int) column);

  if (self->identifiers == NULL)
    self->identifiers =
        g_malloc_n ((gsize) sqlite3_column_count (self->statement), sizeof *self->identifiers);
  yihu_identifier_unpack (bytes, self->identifiers[column]);
  return self->identifiers[column];
}

const char *
yihu_rows_get_text (YihuRows *self, guint column)
{
  if (self->database->packed_ids
      && sqlite3_column_type (self->statement, (int) column) == SQLITE_BLOB
      && sqlite3_column_bytes (self->statement, (int) column) == YIHU_IDENTIFIER_BYTES)
    return get_identifier (self, column);
  return (const char *) sqlite3_column_text (self->statement, (int) column);
}

GBytes *
yihu_rows_get_blob (YihuRows *self, guint column)
{
  gconstpointer data = sqlite3_column_blob (self->statement, (int) column);

  return g_bytes_new (data, (gsize) sqlite3_column_bytes (self->statement, (int) column));
}
