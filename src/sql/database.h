/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

#include "domain/record.h"

/* A thin wrapper of one SQLite connection: house pragmas, cached prepared statements, transactions,
 * versioned migrations, and records bound and read by their field tables. One connection belongs to
 * one thread at a time. SQLITE_FULL becomes YIHU_ERROR_FULL, SQLITE_CORRUPT and NOTADB become
 * YIHU_ERROR_CORRUPT. */

G_BEGIN_DECLS

typedef struct _YihuDatabase YihuDatabase;

typedef enum
{
  YIHU_DATABASE_DURABLE, /* WAL, synchronous=FULL (read back), foreign_keys=ON: acknowledged means
                            on disk */
  YIHU_DATABASE_CACHE, /* WAL, synchronous=NORMAL: can be rebuilt; what is deleted is overwritten */
  YIHU_DATABASE_READER, /* query_only=1 */
  YIHU_DATABASE_BULK, /* journal_mode=OFF, synchronous=OFF: a file under construction */
} YihuDatabaseMode;

/* Files are made with mode 0600. Returns: (transfer full) */
YihuDatabase *yihu_database_open (const char *path, YihuDatabaseMode mode, GError **error);
void yihu_database_close (YihuDatabase *self);
sqlite3 *yihu_database_get (YihuDatabase *self);
/* Statements that still run at this monotonic time are ended with YIHU_ERROR_TIMEOUT; 0: none. */
void yihu_database_set_deadline (YihuDatabase *self, gint64 deadline_us);
const char *yihu_database_get_path (YihuDatabase *self);

/* From now on identifiers (base/identifier.h) stand as 16 bytes in this connection's file: a text
 * parameter that is one is bound so, and such a column reads as its text. Queries stay as they are,
 * as long as their texts name no identifier themselves. */
void yihu_database_set_packed_ids (YihuDatabase *self, gboolean packed);

/* For who steps statements of the connection by itself: the last failure as YIHU_ERROR. Returns:
 * FALSE. */
gboolean yihu_database_set_error (YihuDatabase *self, const char *attempt, GError **error);
gboolean yihu_database_exec (YihuDatabase *self, const char *sql, GError **error);

/* Runs @migrations[user_version…] each in its transaction and counts PRAGMA user_version up. A file
 * of a newer version is YIHU_ERROR_VERSION. */
gboolean
yihu_database_migrate (YihuDatabase *self, const char *const *migrations, guint n, GError **error);

gboolean yihu_database_begin (YihuDatabase *self, GError **error); /* BEGIN IMMEDIATE */
gboolean yihu_database_commit (YihuDatabase *self, GError **error);
void yihu_database_rollback (YihuDatabase *self);
gboolean yihu_database_savepoint (YihuDatabase *self, const char *name, GError **error);
gboolean yihu_database_release (YihuDatabase *self, const char *name, GError **error);
void yihu_database_rollback_to (YihuDatabase *self, const char *name);

/* Statements: prepared once per text and kept; parameters by position. @format: one character per
 * parameter: 'i' gint64, 's' const char * (NULL = NULL), 'b' GBytes *, 'd' double. Text and blobs
 * are copied.
 *
 *   g_autoptr (YihuRows) rows = yihu_database_query (db, "SELECT a FROM t WHERE b = ?1", &error,
 * "s", b); while (yihu_rows_next (rows, &error)) … yihu_rows_get_int (rows, 0) …
 */
typedef struct _YihuRows YihuRows;

/* One parameter, for who has the values in an array: 'i', 's' or 'b' as in a format. */
typedef struct
{
  char kind;
  union
  {
    gint64 number;
    const char *text; /* (nullable) */
    GBytes *bytes; /* (nullable) */
  };
} YihuSqlValue;

gboolean yihu_database_run_values (YihuDatabase *self,
                                   const char *sql,
                                   const YihuSqlValue *values,
                                   guint n_values,
                                   GError **error);
YihuRows *yihu_database_query_values (YihuDatabase *self,
                                      const char *sql,
                                      const YihuSqlValue *values,
                                      guint n_values,
                                      GError **error);

gboolean
yihu_database_run (YihuDatabase *self, const char *sql, GError **error, const char *format, ...);
YihuRows *
yihu_database_query (YihuDatabase *self, const char *sql, GError **error, const char *format, ...);
gboolean yihu_database_query_int (YihuDatabase *self,
                                  const char *sql,
                                  gint64 *value,
                                  GError **error,
                                  const char *format,
                                  ...); /* first column of the first row; NOT_FOUND */
gint64 yihu_database_get_changes (YihuDatabase *self);

gboolean yihu_rows_next (YihuRows *self, GError **error); /* FALSE at the end without error */
gint64 yihu_rows_get_int (YihuRows *self, guint column);
const char *yihu_rows_get_text (YihuRows *self,
                                guint column); /* (transfer none) until next(); NULL for NULL */
GBytes *yihu_rows_get_blob (YihuRows *self, guint column); /* (transfer full) */
void yihu_rows_free (YihuRows *self);

/* Records. Columns are id, version, division and the fields (column names are quoted), in the order
 * of the table. @skip: fields with any of these flags have no column here. */
char *yihu_record_sql_create (const YihuRecordType *type,
                              YihuFieldFlags skip); /* "CREATE TABLE …" */
char *yihu_record_sql_columns (const YihuRecordType *type, YihuFieldFlags skip, const char *prefix);
/* The texts of upsert and of reading by id, with the parameters ?1 … in the order of the columns.
 */
char *yihu_record_sql_put (const YihuRecordType *type, YihuFieldFlags skip);
char *yihu_record_sql_get (const YihuRecordType *type, YihuFieldFlags skip);
/* Fills @values (room for 3 + n_fields) with what belongs to the record; returns how many. */
guint yihu_record_sql_values (gconstpointer record, YihuFieldFlags skip, YihuSqlValue *values);
gboolean yihu_database_put_record (YihuDatabase *self,
                                   gconstpointer record,
                                   YihuFieldFlags skip,
                                   GError **error); /* upsert by id */
gpointer yihu_database_get_record (YihuDatabase *self,
                                   const YihuRecordType *type,
                                   const char *id,
                                   YihuFieldFlags skip,
                                   GError **error); /* NULL without error: none */
/* Reads a record from the columns of yihu_record_sql_columns(), beginning at @first_column. */
gpointer yihu_rows_get_record (YihuRows *self,
                               const YihuRecordType *type,
                               YihuFieldFlags skip,
                               guint first_column);
/* The same for rows of any other origin. */
gpointer yihu_record_read_columns (const YihuRecordType *type,
                                   YihuFieldFlags skip,
                                   guint first_column,
                                   gint64 (*get_int) (gpointer rows, guint column),
                                   const char *(*get_text) (gpointer rows, guint column),
                                   gpointer rows);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuDatabase, yihu_database_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuRows, yihu_rows_free)

G_END_DECLS
