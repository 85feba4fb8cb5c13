/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The SQLite engine: opening with all refusals that keep acknowledged data safe, transactions,
 * statements. Knows no table. */

#include "store/sqlite/sqlite-store.h"

#include "base/error.h"
#include "store/sqlite/self-check.h"
#include "store/store-private.h"

#include <sys/vfs.h>

#define CHECK_US (5 * G_USEC_PER_SEC)
#define WRITER_CACHE_KIB "65536"
#define READER_CACHE_KIB "16384"

typedef struct
{
  YihuEngine engine;

  YihuDatabase *database; /* (owned) */
} SqliteEngine;

typedef struct
{
  YihuCursor cursor;

  YihuRows *rows; /* (owned) */
} SqliteCursor;

static const YihuEngineClass sqlite_engine_class;

/* Locks and syncs of network file systems do not hold what the journal needs. */
static gboolean
refuse_network (const char *path, GError **error)
{
  static const guint32 magics[] = { 0x6969 /* NFS */, 0x517b /* SMB */, 0xff534d42 /* CIFS */,
                                    0xfe534d42 /* SMB2 */ };
  g_autofree char *directory = g_path_get_dirname (path);
  struct statfs info;

  if (statfs (directory, &info) != 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "look at the data directory '%s': %s",
                   directory, g_strerror (errno));
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (magics); i++)
    if ((guint32) info.f_type == magics[i])
      {
        g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED,
                     "the data directory '%s' is on a network file system, which cannot keep "
                     "acknowledged data safe; choose a local disk",
                     directory);
        return FALSE;
      }
  return TRUE;
}

/* Acknowledged means on disk: ask the connection itself, whatever opened it. */
static gboolean
check_durable (YihuDatabase *database, GError **error)
{
  gint64 level = 0;

  if (!yihu_database_query_int (database, "PRAGMA synchronous", &level, error, ""))
    return FALSE;
  if (level >= 2)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED,
               "the store does not sync at each commit (synchronous=%" G_GINT64_FORMAT ")", level);
  return FALSE;
}

/* What syncing costs can only be told by not doing it; see bench/data/full.py and tests/power. */
static gboolean
weaken_for_tests (YihuDatabase *database, GError **error)
{
  if (g_strcmp0 (g_getenv ("YIHU_TEST_SYNCHRONOUS"), "NORMAL") != 0)
    return TRUE;
  g_printerr ("YIHU_TEST_SYNCHRONOUS: a power cut will lose what was acknowledged\n");
  return yihu_database_exec (database, "PRAGMA synchronous=NORMAL", error);
}

static YihuEngine *
engine_new (YihuDatabase *database)
{
  SqliteEngine *self = g_new0 (SqliteEngine, 1);

  self->engine.klass = &sqlite_engine_class;
  self->database = database;
  return &self->engine;
}

static YihuDatabase *
get_database (YihuEngine *engine)
{
  return ((SqliteEngine *) engine)->database;
}

/* Against a store that was made this moment, in memory. */
static gboolean
check_structure (YihuDatabase *database, GError **error)
{
  g_autoptr (YihuDatabase) memory = yihu_database_open (":memory:", YIHU_DATABASE_BULK, error);
  g_autoptr (YihuStore) model = NULL;

  if (memory == NULL)
    return FALSE;
  model = yihu_store_new (engine_new (g_steal_pointer (&memory)), TRUE, error);
  return model != NULL
         && yihu_sqlite_check_structure (database, get_database (model->engine), error);
}

YihuStore *
yihu_sqlite_store_open (const char *path, GError **error)
{
  g_autoptr (YihuDatabase) database = NULL;
  g_autoptr (YihuStore) store = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  if (!refuse_network (path, error))
    return NULL;
  database = yihu_database_open (path, YIHU_DATABASE_DURABLE, error);
  if (database != NULL && check_durable (database, error)
      && yihu_sqlite_check_pages (database, CHECK_US, error) && weaken_for_tests (database, error)
      && yihu_database_exec (database,
                             "PRAGMA wal_autocheckpoint=2000; PRAGMA cache_size=-" WRITER_CACHE_KIB,
                             error))
    store = yihu_store_new (engine_new (g_steal_pointer (&database)), TRUE, error);
  if (store != NULL && !check_structure (get_database (store->engine), error))
    g_clear_object (&store);
  if (store == NULL)
    g_prefix_error (error, "open the store: ");
  return g_steal_pointer (&store);
}

YihuStore *
yihu_sqlite_store_open_copy (const char *path, GError **error)
{
  g_autoptr (YihuDatabase) database = yihu_database_open (path, YIHU_DATABASE_READER, error);

  return database != NULL ? yihu_store_new (engine_new (g_steal_pointer (&database)), FALSE, error)
                          : NULL;
}

void
yihu_sqlite_store_limit_pages (YihuStore *store, guint n_pages)
{
  g_autofree char *sql =
      g_strdup_printf ("PRAGMA max_page_count=%u", n_pages > 0 ? n_pages : 1073741823);

  yihu_database_exec (get_database (store->engine), sql, NULL);
}

static void
sqlite_free (YihuEngine *engine)
{
  yihu_database_close (get_database (engine));
  g_free (engine);
}

static YihuEngine *
sqlite_open_reader (YihuEngine *engine, GError **error)
{
  g_autoptr (YihuDatabase) database =
      yihu_database_open (yihu_database_get_path (get_database (engine)), YIHU_DATABASE_READER,
                          error);

  if (database == NULL
      || !yihu_database_exec (
          database, "PRAGMA cache_size=-" READER_CACHE_KIB "; PRAGMA mmap_size=1073741824", error))
    return NULL;
  return engine_new (g_steal_pointer (&database));
}

/* A file does not go away. */
static gboolean
sqlite_reconnect (YihuEngine *engine, GError **error)
{
  return TRUE;
}

static void
sqlite_set_deadline (YihuEngine *engine, gint64 deadline_us)
{
  yihu_database_set_deadline (get_database (engine), deadline_us);
}

/* Transactions. */

static gboolean
sqlite_begin (YihuEngine *engine, YihuEngineMode mode, GError **error)
{
  if (mode == YIHU_ENGINE_READ)
    return yihu_database_exec (get_database (engine), "BEGIN", error);
  return yihu_database_begin (get_database (engine), error);
}

static gboolean
sqlite_commit (YihuEngine *engine, GError **error)
{
  return yihu_database_commit (get_database (engine), error);
}

static void
sqlite_rollback (YihuEngine *engine)
{
  yihu_database_rollback (get_database (engine));
}

static gboolean
sqlite_savepoint (YihuEngine *engine, GError **error)
{
  return yihu_database_savepoint (get_database (engine), "one", error);
}

static gboolean
sqlite_release (YihuEngine *engine, GError **error)
{
  return yihu_database_release (get_database (engine), "one", error);
}

/* The connection's own function also ends the savepoint; ours stays until its release. A full disk
 * may have ended the transaction already; then there is nothing to do. */
static void
sqlite_rollback_to (YihuEngine *engine)
{
  YihuDatabase *database = get_database (engine);
  g_autoptr (GError) error = NULL;

  if (sqlite3_get_autocommit (yihu_database_get (database)))
    return;
  yihu_database_rollback_to (database, "one");
  if (!yihu_database_savepoint (database, "one", &error))
    g_warning ("%s", error->message);
}

static gboolean
sqlite_checkpoint (YihuEngine *engine, GError **error)
{
  return yihu_database_exec (get_database (engine), "PRAGMA wal_checkpoint(TRUNCATE)", error);
}

/* Statements. */

static gboolean
cursor_next (YihuCursor *cursor, GError **error)
{
  SqliteCursor *self = (SqliteCursor *) cursor;

  return yihu_rows_next (self->rows, error);
}

static gint64
cursor_get_int (YihuCursor *cursor, guint column)
{
  return yihu_rows_get_int (((SqliteCursor *) cursor)->rows, column);
}

static const char *
cursor_get_text (YihuCursor *cursor, guint column)
{
  return yihu_rows_get_text (((SqliteCursor *) cursor)->rows, column);
}

static GBytes *
cursor_get_blob (YihuCursor *cursor, guint column)
{
  return yihu_rows_get_blob (((SqliteCursor *) cursor)->rows, column);
}

static void
cursor_free (YihuCursor *cursor)
{
  yihu_rows_free (((SqliteCursor *) cursor)->rows);
  g_free (cursor);
}

static const YihuCursorClass sqlite_cursor_class = { cursor_next, cursor_get_int, cursor_get_text,
                                                     cursor_get_blob, cursor_free };

static gboolean
sqlite_run (YihuEngine *engine,
            const char *sql,
            const YihuSqlValue *values,
            guint n_values,
            GError **error)
{
  return yihu_database_run_values (get_database (engine), sql, values, n_values, error);
}

static YihuCursor *
sqlite_query (YihuEngine *engine,
              const char *sql,
              const YihuSqlValue *values,
              guint n_values,
              gboolean is_stream,
              GError **error)
{
  YihuRows *rows = yihu_database_query_values (get_database (engine), sql, values, n_values, error);
  SqliteCursor *cursor;

  if (rows == NULL)
    return NULL;
  cursor = g_new0 (SqliteCursor, 1);
  cursor->cursor.klass = &sqlite_cursor_class;
  cursor->rows = rows;
  return &cursor->cursor;
}

/* The structure. */

static gboolean
sqlite_exec (YihuEngine *engine, const char *sql, GError **error)
{
  return yihu_database_exec (get_database (engine), sql, error);
}

static gboolean
sqlite_get_version (YihuEngine *engine, gint64 *version, GError **error)
{
  return yihu_database_query_int (get_database (engine), "PRAGMA user_version", version, error, "");
}

static gboolean
sqlite_set_version (YihuEngine *engine, gint64 version, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA user_version=%" G_GINT64_FORMAT, version);

  return yihu_database_exec (get_database (engine), sql, error);
}

static GPtrArray *
sqlite_list_tables (YihuEngine *engine, GError **error)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (get_database (engine),
                           "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
                           "'sqlite_%' ORDER BY name",
                           error, "");

  if (rows == NULL)
    return NULL;
  while (yihu_rows_next (rows, &local_error))
    g_ptr_array_add (tables, g_strdup (yihu_rows_get_text (rows, 0)));
  if (local_error == NULL)
    return g_steal_pointer (&tables);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static GHashTable *
sqlite_list_columns (YihuEngine *engine, const char *table, GError **error)
{
  g_autoptr (GHashTable) columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (get_database (engine), "SELECT name, type FROM pragma_table_info(?1)",
                           error, "s", table);

  if (rows == NULL)
    return NULL;
  while (yihu_rows_next (rows, &local_error))
    {
      const char *type = yihu_rows_get_text (rows, 1);
      const char *kind = g_str_equal (type, "TEXT") ? "s" : g_str_equal (type, "BLOB") ? "b" : "i";

      g_hash_table_insert (columns, g_strdup (yihu_rows_get_text (rows, 0)), (char *) kind);
    }
  if (local_error == NULL)
    return g_steal_pointer (&columns);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static const YihuEngineWord sqlite_words[] = {
  { "{rowkey}", "INTEGER PRIMARY KEY" }, { "{text}", "TEXT" }, { "{blob}", "BLOB" },
  { "{keyed}", "WITHOUT ROWID" },        { "{hot}", "" },      { NULL, NULL },
};

static const YihuEngineClass sqlite_engine_class = {
  .words = sqlite_words,
  .free = sqlite_free,
  .open_reader = sqlite_open_reader,
  .reconnect = sqlite_reconnect,
  .set_deadline = sqlite_set_deadline,
  .begin = sqlite_begin,
  .commit = sqlite_commit,
  .rollback = sqlite_rollback,
  .savepoint = sqlite_savepoint,
  .release = sqlite_release,
  .rollback_to = sqlite_rollback_to,
  .checkpoint = sqlite_checkpoint,
  .run = sqlite_run,
  .query = sqlite_query,
  .exec = sqlite_exec,
  .get_version = sqlite_get_version,
  .set_version = sqlite_set_version,
  .list_tables = sqlite_list_tables,
  .list_columns = sqlite_list_columns,
};
