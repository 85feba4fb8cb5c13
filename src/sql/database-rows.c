/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Statements: prepared once and kept, their parameters bound by a format or from values, their rows
 * read one by one.
 *
 * Invariant of the statement cache: a cached statement is either idle (reset, no bindings) or lent
 * to exactly one YihuRows. A second use of the same text while it is lent prepares a second
 * statement, which lives as long as its rows. */

#include "base/error.h"
#include "base/identifier.h"
#include "sql/database-private.h"

#include <stdarg.h>

#define MAX_CACHED_STATEMENTS 256

struct _YihuRows
{
  YihuDatabase *database;
  sqlite3_stmt *statement; /* owned by the cache where @cached is set, else by the rows */
  YihuStatement *cached; /* (nullable) */
  char (*identifiers)[YIHU_IDENTIFIER_LENGTH + 1]; /* (owned) (nullable): a column each, unpacked */
};

void
yihu_statement_free (YihuStatement *self)
{
  sqlite3_finalize (self->statement);
  g_free (self);
}

static YihuRows *
prepare (YihuDatabase *self, const char *sql, GError **error)
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
  g_autoptr (YihuRows) rows = prepare (self, sql, error);
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
  g_autoptr (YihuRows) rows = prepare (self, sql, error);

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

/* Steps to the end and says whether that worked. */
static gboolean
run_to_end (YihuRows *self, GError **error)
{
  int result;

  do
    result = sqlite3_step (self->statement);
  while (result == SQLITE_ROW);
  return result == SQLITE_DONE
         || yihu_database_set_error (self->database, sqlite3_sql (self->statement), error);
}

gboolean
yihu_database_run_values (YihuDatabase *self,
                          const char *sql,
                          const YihuSqlValue *values,
                          guint n_values,
                          GError **error)
{
  g_autoptr (YihuRows) rows = prepare_values (self, sql, values, n_values, SQLITE_STATIC, error);

  return rows != NULL && run_to_end (rows, error);
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
  return rows != NULL && run_to_end (rows, error);
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
