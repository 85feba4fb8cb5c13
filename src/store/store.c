/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The connection behind the store: transactions, statements and the tenant. Records, journal,
 * accounts and facts are in the files beside it, each text of SQL once for all engines. */

#include "store/store-private.h"

#include "base/error.h"
#include "store/postgres/postgres-store.h"
#include "store/sqlite/sqlite-store.h"

#include <stdarg.h>

#define MAX_PARAMETERS 32

G_DEFINE_FINAL_TYPE (YihuStore, yihu_store, G_TYPE_OBJECT)

void
yihu_idem_clear (YihuIdem *idem)
{
  g_clear_pointer (&idem->account, g_free);
  g_clear_pointer (&idem->body_hash, g_free);
  g_clear_pointer (&idem->reply, g_free);
}

YihuStore *
yihu_store_new (YihuEngine *engine, gboolean is_writer, GError **error)
{
  g_autoptr (YihuStore) self = g_object_new (YIHU_TYPE_STORE, NULL);

  self->engine = engine;
  if (is_writer && !yihu_store_migrate (engine, error))
    return NULL;
  return g_steal_pointer (&self);
}

YihuStore *
yihu_store_open (const char *address, GError **error)
{
  g_return_val_if_fail (address != NULL, NULL);

  return yihu_postgres_store_is_address (address) ? yihu_postgres_store_open (address, error)
                                                  : yihu_sqlite_store_open (address, error);
}

YihuStore *
yihu_store_open_reader (YihuStore *self, GError **error)
{
  YihuEngine *engine;

  g_return_val_if_fail (YIHU_IS_STORE (self), NULL);

  engine = self->engine->klass->open_reader (self->engine, error);
  return engine != NULL ? yihu_store_new (engine, FALSE, error) : NULL;
}

/* What is known of the running transaction only. */
static void
forget_transaction (YihuStore *self)
{
  self->last_audit = -1;
  g_clear_pointer (&self->last_hash, g_free);
  g_hash_table_remove_all (self->counters);
}

gboolean
yihu_store_reconnect (YihuStore *self, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);

  forget_transaction (self);
  return self->engine->klass->reconnect (self->engine, error);
}

void
yihu_store_set_deadline (YihuStore *self, gint64 deadline_us)
{
  g_return_if_fail (YIHU_IS_STORE (self));

  if (self->engine->klass->set_deadline != NULL)
    self->engine->klass->set_deadline (self->engine, deadline_us);
}

/* Transactions. */

static gboolean
begin (YihuStore *self, YihuEngineMode mode, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);

  forget_transaction (self);
  return self->engine->klass->begin (self->engine, mode, error);
}

gboolean
yihu_store_begin (YihuStore *self, gboolean for_writing, GError **error)
{
  return begin (self, for_writing ? YIHU_ENGINE_WRITE : YIHU_ENGINE_READ, error);
}

gboolean
yihu_store_begin_group (YihuStore *self, GError **error)
{
  return begin (self, YIHU_ENGINE_WRITE_GROUP, error);
}

gboolean
yihu_store_commit (YihuStore *self, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return self->engine->klass->commit (self->engine, error);
}

void
yihu_store_rollback (YihuStore *self)
{
  g_return_if_fail (YIHU_IS_STORE (self));
  self->engine->klass->rollback (self->engine);
}

gboolean
yihu_store_savepoint (YihuStore *self, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);

  self->kept_audit = self->last_audit;
  g_free (self->kept_hash);
  self->kept_hash = g_strdup (self->last_hash);
  return self->engine->klass->savepoint (self->engine, error);
}

gboolean
yihu_store_release (YihuStore *self, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return self->engine->klass->release (self->engine, error);
}

void
yihu_store_rollback_to (YihuStore *self)
{
  g_return_if_fail (YIHU_IS_STORE (self));

  self->last_audit = self->kept_audit;
  g_free (self->last_hash);
  self->last_hash = g_strdup (self->kept_hash);
  g_hash_table_remove_all (self->counters);
  self->engine->klass->rollback_to (self->engine);
}

gboolean
yihu_store_checkpoint (YihuStore *self, GError **error)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);
  return self->engine->klass->checkpoint (self->engine, error);
}

/* Nearly every batch ends with an audit row, so the end of the chain is always asked for. */
gboolean
yihu_store_begin_prefetch (YihuStore *self)
{
  g_return_val_if_fail (YIHU_IS_STORE (self), FALSE);

  if (self->engine->klass->set_prefetching == NULL)
    return FALSE;
  self->is_prefetching = TRUE;
  self->engine->klass->set_prefetching (self->engine, TRUE);
  yihu_store_load_last_audit (self, NULL);
  return TRUE;
}

void
yihu_store_end_prefetch (YihuStore *self)
{
  self->is_prefetching = FALSE;
  self->engine->klass->set_prefetching (self->engine, FALSE);
}

/* Statements. */

static guint
collect (YihuSqlValue *values, const char *format, va_list arguments)
{
  guint n = 0;

  for (; format[n] != '\0'; n++)
    {
      g_return_val_if_fail (n < MAX_PARAMETERS, 0);
      values[n].kind = format[n];
      if (format[n] == 'i')
        values[n].number = va_arg (arguments, gint64);
      else if (format[n] == 's')
        values[n].text = va_arg (arguments, const char *);
      else
        values[n].bytes = va_arg (arguments, GBytes *);
    }
  return n;
}

gboolean
yihu_store_run (YihuStore *self, const char *sql, GError **error, const char *format, ...)
{
  YihuSqlValue values[MAX_PARAMETERS];
  va_list arguments;
  guint n_values;

  va_start (arguments, format);
  n_values = collect (values, format, arguments);
  va_end (arguments);
  return self->is_prefetching
         || self->engine->klass->run (self->engine, sql, values, n_values, error);
}

static YihuCursor *
query (YihuStore *self,
       const char *sql,
       gboolean is_stream,
       GError **error,
       const char *format,
       va_list arguments)
{
  YihuSqlValue values[MAX_PARAMETERS];
  guint n_values = collect (values, format, arguments);

  return self->engine->klass->query (self->engine, sql, values, n_values, is_stream, error);
}

YihuCursor *
yihu_store_query (YihuStore *self, const char *sql, GError **error, const char *format, ...)
{
  YihuCursor *rows;
  va_list arguments;

  va_start (arguments, format);
  rows = query (self, sql, FALSE, error, format, arguments);
  va_end (arguments);
  return rows;
}

YihuCursor *
yihu_store_stream (YihuStore *self, const char *sql, GError **error, const char *format, ...)
{
  YihuCursor *rows;
  va_list arguments;

  va_start (arguments, format);
  rows = query (self, sql, TRUE, error, format, arguments);
  va_end (arguments);
  return rows;
}

gboolean
yihu_store_query_int (YihuStore *self,
                      const char *sql,
                      gint64 *value,
                      GError **error,
                      const char *format,
                      ...)
{
  g_autoptr (YihuCursor) rows = NULL;
  g_autoptr (GError) problem = NULL;
  va_list arguments;

  va_start (arguments, format);
  rows = query (self, sql, FALSE, error, format, arguments);
  va_end (arguments);
  if (rows == NULL)
    return FALSE;
  if (yihu_cursor_next (rows, &problem))
    {
      *value = yihu_cursor_get_int (rows, 0);
      return TRUE;
    }
  if (problem == NULL)
    g_set_error (&problem, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "%.120s: no row", sql);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

gboolean
yihu_store_end_rows (GError *problem, GError **error)
{
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, problem);
  return FALSE;
}

const char *
yihu_store_find_text (YihuStore *self,
                      const char *purpose,
                      const YihuRecordType *type,
                      YihuStoreTextFunc make)
{
  g_autofree char *key = g_strconcat (purpose, type->name, NULL);
  char *text = g_hash_table_lookup (self->texts, key);

  if (text != NULL)
    return text;
  text = make (type);
  g_hash_table_insert (self->texts, g_steal_pointer (&key), text);
  return text;
}

/* The tenant. */

gboolean
yihu_store_get_tenant (YihuStore *self, YihuTenant *tenant, GError **error)
{
  g_autoptr (YihuCursor) rows =
      yihu_store_query (self, "SELECT seq, epoch, floor FROM tenant", error, "");

  if (rows == NULL || !yihu_cursor_next (rows, error))
    return FALSE;
  tenant->seq = yihu_cursor_get_int (rows, 0);
  tenant->epoch = yihu_cursor_get_int (rows, 1);
  tenant->floor = yihu_cursor_get_int (rows, 2);
  return TRUE;
}

gboolean
yihu_store_put_tenant (YihuStore *self, const YihuTenant *tenant, GError **error)
{
  return yihu_store_run (self, "UPDATE tenant SET seq = ?1, epoch = ?2, floor = ?3", error, "iii",
                         tenant->seq, tenant->epoch, tenant->floor);
}

static void
yihu_store_finalize (GObject *object)
{
  YihuStore *self = YIHU_STORE (object);

  g_clear_pointer (&self->engine, yihu_engine_free);
  g_clear_pointer (&self->texts, g_hash_table_unref);
  g_clear_pointer (&self->counters, g_hash_table_unref);
  g_free (self->last_hash);
  g_free (self->kept_hash);
  G_OBJECT_CLASS (yihu_store_parent_class)->finalize (object);
}

static void
yihu_store_class_init (YihuStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_store_finalize;
}

static void
yihu_store_init (YihuStore *self)
{
  self->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->counters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->last_audit = -1;
  self->kept_audit = -1;
}
