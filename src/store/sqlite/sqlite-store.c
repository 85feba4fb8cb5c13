/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The connection of the SQLite engine: opening with all refusals that keep acknowledged data safe,
 * transactions, tenant. Records, journal, accounts and facts are in the files beside it. */

#include "store/sqlite/private.h"

#include "base/error.h"

#include <sys/vfs.h>

#define WRITER_CACHE_KIB "65536"
#define READER_CACHE_KIB "16384"

static void yihu_sqlite_store_iface_init (YihuStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (YihuSqliteStore,
                               yihu_sqlite_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (YIHU_TYPE_STORE,
                                                      yihu_sqlite_store_iface_init))

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

static gboolean
check_file (YihuDatabase *database, GError **error)
{
  g_autoptr (YihuRows) rows = yihu_database_query (database, "PRAGMA quick_check(1)", error, "");

  if (rows == NULL || !yihu_rows_next (rows, error))
    return FALSE;
  if (g_strcmp0 (yihu_rows_get_text (rows, 0), "ok") == 0)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "the store '%s' is damaged: %s",
               yihu_database_get_path (database), yihu_rows_get_text (rows, 0));
  return FALSE;
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

YihuStore *
yihu_sqlite_store_open (const char *path, GError **error)
{
  g_autoptr (YihuSqliteStore) self = NULL;
  g_autoptr (YihuDatabase) database = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  if (!refuse_network (path, error))
    return NULL;
  database = yihu_database_open (path, YIHU_DATABASE_DURABLE, error);
  if (database == NULL || !check_durable (database, error) || !check_file (database, error)
      || !yihu_sqlite_schema_migrate (database, error)
      || !yihu_database_exec (
          database, "PRAGMA wal_autocheckpoint=2000; PRAGMA cache_size=-" WRITER_CACHE_KIB, error))
    {
      g_prefix_error (error, "open the store: ");
      return NULL;
    }
  self = g_object_new (YIHU_TYPE_SQLITE_STORE, NULL);
  self->database = g_steal_pointer (&database);
  return YIHU_STORE (g_steal_pointer (&self));
}

void
yihu_sqlite_store_limit_pages (YihuSqliteStore *self, guint n_pages)
{
  g_autofree char *sql =
      g_strdup_printf ("PRAGMA max_page_count=%u", n_pages > 0 ? n_pages : 1073741823);

  yihu_database_exec (self->database, sql, NULL);
}

static YihuStore *
sqlite_store_open_reader (YihuStore *store, GError **error)
{
  YihuSqliteStore *self = YIHU_SQLITE_STORE (store);
  g_autoptr (YihuSqliteStore) reader = NULL;
  g_autoptr (YihuDatabase) database = NULL;

  database =
      yihu_database_open (yihu_database_get_path (self->database), YIHU_DATABASE_READER, error);
  if (database == NULL
      || !yihu_database_exec (
          database, "PRAGMA cache_size=-" READER_CACHE_KIB "; PRAGMA mmap_size=1073741824", error))
    return NULL;
  reader = g_object_new (YIHU_TYPE_SQLITE_STORE, NULL);
  reader->database = g_steal_pointer (&database);
  return YIHU_STORE (g_steal_pointer (&reader));
}

static gboolean
sqlite_store_begin (YihuStore *store, gboolean for_writing, GError **error)
{
  YihuSqliteStore *self = YIHU_SQLITE_STORE (store);

  if (for_writing)
    return yihu_database_begin (self->database, error);
  return yihu_database_exec (self->database, "BEGIN", error);
}

static gboolean
sqlite_store_commit (YihuStore *store, GError **error)
{
  return yihu_database_commit (YIHU_SQLITE_STORE (store)->database, error);
}

/* A full disk may have ended the transaction already; then there is nothing to do. */
static void
sqlite_store_rollback (YihuStore *store)
{
  YihuSqliteStore *self = YIHU_SQLITE_STORE (store);

  if (!sqlite3_get_autocommit (yihu_database_get (self->database)))
    yihu_database_rollback (self->database);
}

static gboolean
sqlite_store_savepoint (YihuStore *store, GError **error)
{
  return yihu_database_savepoint (YIHU_SQLITE_STORE (store)->database, "one", error);
}

static gboolean
sqlite_store_release (YihuStore *store, GError **error)
{
  return yihu_database_release (YIHU_SQLITE_STORE (store)->database, "one", error);
}

/* The connection's own function also ends the savepoint; ours stays until its release. */
static void
sqlite_store_rollback_to (YihuStore *store)
{
  YihuSqliteStore *self = YIHU_SQLITE_STORE (store);
  g_autoptr (GError) error = NULL;

  if (sqlite3_get_autocommit (yihu_database_get (self->database)))
    return;
  yihu_database_rollback_to (self->database, "one");
  if (!yihu_database_savepoint (self->database, "one", &error))
    g_warning ("%s", error->message);
}

static gboolean
sqlite_store_checkpoint (YihuStore *store, GError **error)
{
  return yihu_database_exec (YIHU_SQLITE_STORE (store)->database, "PRAGMA wal_checkpoint(TRUNCATE)",
                             error);
}

static gboolean
sqlite_store_get_tenant (YihuStore *store, YihuTenant *tenant, GError **error)
{
  g_autoptr (YihuRows) rows =
      yihu_database_query (YIHU_SQLITE_STORE (store)->database,
                           "SELECT seq, epoch, floor FROM tenant", error, "");

  if (rows == NULL || !yihu_rows_next (rows, error))
    return FALSE;
  tenant->seq = yihu_rows_get_int (rows, 0);
  tenant->epoch = yihu_rows_get_int (rows, 1);
  tenant->floor = yihu_rows_get_int (rows, 2);
  return TRUE;
}

static gboolean
sqlite_store_put_tenant (YihuStore *store, const YihuTenant *tenant, GError **error)
{
  return yihu_database_run (YIHU_SQLITE_STORE (store)->database,
                            "UPDATE tenant SET seq = ?1, epoch = ?2, floor = ?3", error, "iii",
                            tenant->seq, tenant->epoch, tenant->floor);
}

static void
yihu_sqlite_store_finalize (GObject *object)
{
  YihuSqliteStore *self = YIHU_SQLITE_STORE (object);

  g_clear_pointer (&self->database, yihu_database_close);
  g_clear_pointer (&self->texts, g_hash_table_unref);
  G_OBJECT_CLASS (yihu_sqlite_store_parent_class)->finalize (object);
}

static void
yihu_sqlite_store_class_init (YihuSqliteStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_sqlite_store_finalize;
}

static void
yihu_sqlite_store_init (YihuSqliteStore *self)
{
  self->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
yihu_sqlite_store_iface_init (YihuStoreInterface *iface)
{
  iface->open_reader = sqlite_store_open_reader;
  iface->begin = sqlite_store_begin;
  iface->commit = sqlite_store_commit;
  iface->rollback = sqlite_store_rollback;
  iface->savepoint = sqlite_store_savepoint;
  iface->release = sqlite_store_release;
  iface->rollback_to = sqlite_store_rollback_to;
  iface->checkpoint = sqlite_store_checkpoint;
  iface->get_tenant = sqlite_store_get_tenant;
  iface->put_tenant = sqlite_store_put_tenant;
  yihu_sqlite_records_fill (iface);
  yihu_sqlite_journal_fill (iface);
  yihu_sqlite_accounts_fill (iface);
  yihu_sqlite_facts_fill (iface);
}
