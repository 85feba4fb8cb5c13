/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The PostgreSQL engine. In a transaction of a group nothing waits that need not: queries that were
 * fetched ahead are answered from memory, and the writes of a command are held until its savepoint
 * is released, then sent without waiting; one round trip carries them and the COMMIT.
 *
 * A savepoint costs the server two statements and a sub-transaction, so inside a group it is made
 * only where a command reads what it may just have written; otherwise going back means forgetting
 * the held writes.
 *
 * Invariants: a query sees every write before it; a failure in a group is never a decision about
 * one command (its code is FAILED or OFFLINE), because it may belong to another. */

#include "store/postgres/postgres-store.h"

#include "base/error.h"
#include "store/postgres/gather.h"
#include "store/postgres/postgres-cursor.h"
#include "store/postgres/structure.h"
#include "store/store-private.h"

#define MAX_UNSETTLED 4096
#define TIMEOUT_UNKNOWN (-1)

typedef struct
{
  YihuPgStatement *statement;
  YihuSqlValue *values; /* (owned) with their texts and bytes */
  guint n_values;
} Write;

typedef struct
{
  YihuEngine engine;

  char *address;
  gboolean is_writer;
  YihuPgConnection *connection; /* (owned) */
  YihuPgFetched *fetched; /* (owned) */
  YihuPgGather *gather; /* (owned) */
  GPtrArray *held; /* (owned) Write: of the running command of a group */
  gboolean is_in_transaction;
  gboolean is_group;
  gboolean is_prefetching;
  gboolean is_in_savepoint;
  gboolean is_savepoint_sent;
  gint64 deadline_us; /* monotonic; 0: none */
  gint64 timeout_ms; /* what the connection was told; 0: none */
} PostgresEngine;

static const YihuEngineClass postgres_engine_class;

static void
write_free (gpointer data)
{
  Write *write = data;

  for (guint i = 0; i < write->n_values; i++)
    if (write->values[i].kind == 's')
      g_free ((char *) write->values[i].text);
    else if (write->values[i].kind == 'b')
      g_clear_pointer (&write->values[i].bytes, g_bytes_unref);
  g_free (write->values);
  g_free (write);
}

static Write *
write_new (YihuPgStatement *statement, const YihuSqlValue *values, guint n_values)
{
  Write *write = g_new0 (Write, 1);

  write->statement = statement;
  write->values = g_memdup2 (values, n_values * sizeof *values);
  write->n_values = n_values;
  for (guint i = 0; i < n_values; i++)
    if (values[i].kind == 's')
      write->values[i].text = g_strdup (values[i].text);
    else if (values[i].kind == 'b' && values[i].bytes != NULL)
      g_bytes_ref (values[i].bytes);
  return write;
}

/* Connections. */

gboolean
yihu_postgres_store_is_address (const char *address)
{
  return g_str_has_prefix (address, "postgresql://") || g_str_has_prefix (address, "postgres://");
}

static YihuEngine *
engine_new (const char *address, gboolean is_writer, GError **error)
{
  g_autoptr (YihuPgConnection) connection = yihu_pg_connection_open (address, is_writer, error);
  PostgresEngine *self;

  if (connection == NULL)
    return NULL;
  self = g_new0 (PostgresEngine, 1);
  self->engine.klass = &postgres_engine_class;
  self->address = g_strdup (address);
  self->is_writer = is_writer;
  self->connection = g_steal_pointer (&connection);
  self->fetched = yihu_pg_fetched_new ();
  self->gather = yihu_pg_gather_new ();
  self->held = g_ptr_array_new_with_free_func (write_free);
  return &self->engine;
}

YihuStore *
yihu_postgres_store_open (const char *address, GError **error)
{
  YihuEngine *engine;
  YihuStore *store;

  g_return_val_if_fail (address != NULL, NULL);

  engine = engine_new (address, TRUE, error);
  store = engine != NULL ? yihu_store_new (engine, TRUE, error) : NULL;
  if (store == NULL)
    g_prefix_error (error, "open the store: ");
  return store;
}

guint
yihu_postgres_store_get_n_waits (YihuStore *store)
{
  return yihu_pg_connection_get_n_syncs (((PostgresEngine *) store->engine)->connection);
}

static void
postgres_free (YihuEngine *engine)
{
  PostgresEngine *self = (PostgresEngine *) engine;

  yihu_pg_connection_free (self->connection);
  yihu_pg_fetched_free (self->fetched);
  yihu_pg_gather_free (self->gather);
  g_ptr_array_unref (self->held);
  g_free (self->address);
  g_free (self);
}

static YihuEngine *
postgres_open_reader (YihuEngine *engine, GError **error)
{
  return engine_new (((PostgresEngine *) engine)->address, FALSE, error);
}

static void
forget_transaction (PostgresEngine *self)
{
  yihu_pg_fetched_clear (self->fetched);
  yihu_pg_gather_clear (self->gather);
  g_ptr_array_set_size (self->held, 0);
  self->is_in_transaction = FALSE;
  self->is_group = FALSE;
  self->is_in_savepoint = FALSE;
  self->is_savepoint_sent = FALSE;
}

static gboolean
postgres_reconnect (YihuEngine *engine, GError **error)
{
  PostgresEngine *self = (PostgresEngine *) engine;
  YihuPgConnection *connection;

  if (!yihu_pg_connection_is_broken (self->connection))
    return TRUE;
  forget_transaction (self);
  yihu_pg_connection_drop (self->connection); /* it may still hold the writer's lock */
  connection = yihu_pg_connection_open (self->address, self->is_writer, error);
  if (connection == NULL)
    return FALSE;
  yihu_pg_connection_free (self->connection);
  self->connection = connection;
  self->timeout_ms = 0;
  return TRUE;
}

/* Readers mend their connection where they begin; the writer is told, because it must look what
 * has been committed. */
static gboolean
ensure_connection (PostgresEngine *self, GError **error)
{
  return self->is_writer || self->is_in_transaction
         || yihu_pg_connection_is_alive (self->connection)
         || postgres_reconnect (&self->engine, error);
}

/* In a group a failure may belong to any command before. */
static gboolean
blur (PostgresEngine *self, gboolean ok, GError **error)
{
  if (!ok && self->is_group && error != NULL && *error != NULL
      && !g_error_matches (*error, YIHU_ERROR, YIHU_ERROR_OFFLINE))
    (*error)->code = YIHU_ERROR_FAILED;
  return ok;
}

static gboolean
sync_all (PostgresEngine *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean ok = yihu_pg_gather_flush (self->gather, self->connection, &local_error)
                && yihu_pg_connection_sync (self->connection, &local_error);

  yihu_pg_gather_settle (self->gather);
  if (blur (self, ok, &local_error))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Everything but what can be gathered: in its place behind that. */
static gboolean
send_one (PostgresEngine *self,
          YihuPgStatement *statement,
          const YihuSqlValue *values,
          guint n_values,
          YihuPgSlot *slot,
          GError **error)
{
  return yihu_pg_gather_flush (self->gather, self->connection, error)
         && yihu_pg_connection_send (self->connection, statement, values, n_values, slot, error);
}

static gboolean
send_write (PostgresEngine *self,
            YihuPgStatement *statement,
            const YihuSqlValue *values,
            guint n_values,
            GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (yihu_pg_gather_write (self->gather, self->connection, statement, values, n_values,
                            &local_error))
    return TRUE;
  if (local_error == NULL)
    return send_one (self, statement, values, n_values, NULL, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
send_text (PostgresEngine *self, const char *sql, GError **error)
{
  return send_one (self, yihu_pg_connection_find_statement (self->connection, sql), NULL, 0, NULL,
                   error);
}

static gboolean
run_text (PostgresEngine *self, const char *sql, GError **error)
{
  return send_text (self, sql, error) && sync_all (self, error);
}

/* Deadlines. */

static void
postgres_set_deadline (YihuEngine *engine, gint64 deadline_us)
{
  ((PostgresEngine *) engine)->deadline_us = deadline_us;
}

/* The database itself ends what takes too long. It is told whole seconds, so that it need not be
 * told again for each short job: they all begin with the same patience. */
static gboolean
obey_deadline (PostgresEngine *self, GError **error)
{
  g_autofree char *text = NULL;
  YihuSqlValue value = { .kind = 's' };
  YihuPgStatement *statement;
  gint64 left_ms = 0;

  if (self->deadline_us != 0)
    {
      left_ms = (self->deadline_us - g_get_monotonic_time ()) / 1000;
      if (left_ms <= 0)
        {
          g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_TIMEOUT, "reading takes too long");
          return FALSE;
        }
      if (left_ms > 1000)
        left_ms = (left_ms + 999) / 1000 * 1000;
    }
  if (left_ms == self->timeout_ms)
    return TRUE;
  value.text = text = g_strdup_printf ("%" G_GINT64_FORMAT, left_ms);
  statement =
      yihu_pg_connection_find_statement (self->connection,
                                         "SELECT set_config('statement_timeout', ?1, false)");
  if (!send_one (self, statement, &value, 1, NULL, error) || !sync_all (self, error))
    return FALSE;
  self->timeout_ms = left_ms;
  return TRUE;
}

static gboolean
get_ready (PostgresEngine *self, GError **error)
{
  return ensure_connection (self, error) && obey_deadline (self, error);
}

/* Transactions. */

static gboolean
postgres_begin (YihuEngine *engine, YihuEngineMode mode, GError **error)
{
  PostgresEngine *self = (PostgresEngine *) engine;

  if (!get_ready (self, error))
    return FALSE;
  forget_transaction (self);
  self->is_in_transaction = TRUE;
  self->is_group = mode == YIHU_ENGINE_WRITE_GROUP;
  if (self->is_group)
    return send_text (self, "BEGIN", error);
  return run_text (self,
                   mode == YIHU_ENGINE_READ ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                            : "BEGIN",
                   error);
}

static gboolean
send_held (PostgresEngine *self, GError **error)
{
  for (guint i = 0; i < self->held->len; i++)
    {
      Write *write = g_ptr_array_index (self->held, i);

      if (!send_write (self, write->statement, write->values, write->n_values, error))
        return FALSE;
    }
  g_ptr_array_set_size (self->held, 0);
  return yihu_pg_connection_get_n_sent (self->connection) < MAX_UNSETTLED || sync_all (self, error);
}

static gboolean
postgres_commit (YihuEngine *engine, GError **error)
{
  PostgresEngine *self = (PostgresEngine *) engine;
  g_autoptr (GError) local_error = NULL;
  gboolean ok = send_held (self, &local_error)
                && yihu_pg_gather_flush (self->gather, self->connection, &local_error)
                && yihu_pg_connection_commit (self->connection, &local_error);

  blur (self, ok, &local_error);
  if (ok)
    forget_transaction (self);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return ok;
}

static void
postgres_rollback (YihuEngine *engine)
{
  PostgresEngine *self = (PostgresEngine *) engine;
  g_autoptr (GError) error = NULL;

  if (!self->is_in_transaction)
    return;
  if (self->timeout_ms != 0)
    self->timeout_ms = TIMEOUT_UNKNOWN; /* what was set within is taken back */
  yihu_pg_gather_drop_unsent (self->gather);
  /* Whatever is still under way fails or is taken back; only its end matters here. */
  if (!yihu_pg_connection_is_broken (self->connection))
    yihu_pg_connection_sync (self->connection, NULL);
  if (!yihu_pg_connection_is_broken (self->connection) && !run_text (self, "ROLLBACK", &error))
    g_warning ("cannot roll back: %s", error->message);
  forget_transaction (self);
}

static gboolean
postgres_savepoint (YihuEngine *engine, GError **error)
{
  PostgresEngine *self = (PostgresEngine *) engine;

  self->is_in_savepoint = TRUE;
  self->is_savepoint_sent = !self->is_group;
  return self->is_group || run_text (self, "SAVEPOINT one", error);
}

static gboolean
postgres_release (YihuEngine *engine, GError **error)
{
  PostgresEngine *self = (PostgresEngine *) engine;
  gboolean is_sent = self->is_savepoint_sent;

  self->is_in_savepoint = FALSE;
  self->is_savepoint_sent = FALSE;
  if (!self->is_group)
    return run_text (self, "RELEASE SAVEPOINT one", error);
  return send_held (self, error) && (!is_sent || send_text (self, "RELEASE SAVEPOINT one", error));
}

static void
postgres_rollback_to (YihuEngine *engine)
{
  PostgresEngine *self = (PostgresEngine *) engine;
  g_autoptr (GError) error = NULL;

  g_ptr_array_set_size (self->held, 0);
  if (!self->is_savepoint_sent || yihu_pg_connection_is_broken (self->connection))
    return;
  if (!send_text (self, "ROLLBACK TO SAVEPOINT one", &error)
      || (!self->is_group && !sync_all (self, &error)))
    g_warning ("cannot go back: %s", error->message);
}

/* The write-ahead log is the database's business. */
static gboolean
postgres_checkpoint (YihuEngine *engine, GError **error)
{
  return TRUE;
}

static void
postgres_set_prefetching (YihuEngine *engine, gboolean is_prefetching)
{
  ((PostgresEngine *) engine)->is_prefetching = is_prefetching;
}

/* Statements. */

static gboolean
postgres_run (YihuEngine *engine,
              const char *sql,
              const YihuSqlValue *values,
              guint n_values,
              GError **error)
{
  PostgresEngine *self = (PostgresEngine *) engine;
  YihuPgStatement *statement;

  if (!get_ready (self, error))
    return FALSE;
  statement = yihu_pg_connection_find_statement (self->connection, sql);
  yihu_pg_fetched_forget (self->fetched, statement, values, n_values);
  if (self->is_group && self->is_in_savepoint)
    {
      g_ptr_array_add (self->held, write_new (statement, values, n_values));
      return TRUE;
    }
  if (self->is_group ? !send_write (self, statement, values, n_values, error)
                     : !send_one (self, statement, values, n_values, NULL, error))
    return FALSE;
  if (self->is_group && yihu_pg_connection_get_n_sent (self->connection) < MAX_UNSETTLED)
    return TRUE;
  return sync_all (self, error);
}

/* Before a query of a group that memory cannot answer: what this command has written goes out. */
static gboolean
send_written (PostgresEngine *self, GError **error)
{
  if (self->held->len == 0)
    return TRUE;
  if (!self->is_savepoint_sent && !send_text (self, "SAVEPOINT one", error))
    return FALSE;
  self->is_savepoint_sent = TRUE;
  return send_held (self, error);
}

static YihuCursor *
fetch_ahead (PostgresEngine *self,
             YihuPgStatement *statement,
             const YihuSqlValue *values,
             guint n_values,
             GError **error)
{
  static const YihuPgSlot none;
  YihuPgSlot *slot;

  if (!self->is_group || yihu_pg_fetched_find (self->fetched, statement, values, n_values) != NULL)
    return yihu_pg_cursor_new (&none, FALSE);
  slot = yihu_pg_fetched_add (self->fetched, statement, values, n_values);
  if (!yihu_pg_gather_lookup (self->gather, statement, values, n_values, slot)
      && !yihu_pg_connection_send (self->connection, statement, values, n_values, slot, error))
    return NULL;
  return yihu_pg_cursor_new (&none, FALSE);
}

static YihuCursor *
query_now (PostgresEngine *self,
           YihuPgStatement *statement,
           const YihuSqlValue *values,
           guint n_values,
           GError **error)
{
  YihuPgSlot slot = { 0 };

  if (!send_written (self, error) || !send_one (self, statement, values, n_values, &slot, error))
    return NULL;
  if (sync_all (self, error))
    return yihu_pg_cursor_new (&slot, TRUE);
  PQclear (slot.result);
  return NULL;
}

static YihuCursor *
query_stream (PostgresEngine *self,
              YihuPgStatement *statement,
              const YihuSqlValue *values,
              guint n_values,
              GError **error)
{
  if (!send_written (self, error) || !yihu_pg_gather_flush (self->gather, self->connection, error)
      || !yihu_pg_connection_stream (self->connection, statement, values, n_values, error))
    return NULL;
  return yihu_pg_cursor_new_stream (self->connection);
}

static YihuCursor *
postgres_query (YihuEngine *engine,
                const char *sql,
                const YihuSqlValue *values,
                guint n_values,
                gboolean is_stream,
                GError **error)
{
  PostgresEngine *self = (PostgresEngine *) engine;
  YihuPgStatement *statement;
  YihuPgSlot *slot;

  if (!get_ready (self, error))
    return NULL;
  statement = yihu_pg_connection_find_statement (self->connection, sql);
  if (self->is_prefetching)
    return fetch_ahead (self, statement, values, n_values, error);
  if (is_stream)
    return query_stream (self, statement, values, n_values, error);
  slot = yihu_pg_fetched_find (self->fetched, statement, values, n_values);
  if (slot == NULL)
    return query_now (self, statement, values, n_values, error);
  if (slot->result == NULL && !sync_all (self, error))
    return NULL;
  return yihu_pg_cursor_new (slot, FALSE);
}

static gboolean
postgres_exec (YihuEngine *engine, const char *sql, GError **error)
{
  return yihu_pg_connection_exec (((PostgresEngine *) engine)->connection, sql, error);
}

static const YihuEngineClass postgres_engine_class = {
  .words = yihu_pg_words,
  .free = postgres_free,
  .open_reader = postgres_open_reader,
  .reconnect = postgres_reconnect,
  .begin = postgres_begin,
  .commit = postgres_commit,
  .rollback = postgres_rollback,
  .savepoint = postgres_savepoint,
  .release = postgres_release,
  .rollback_to = postgres_rollback_to,
  .checkpoint = postgres_checkpoint,
  .set_prefetching = postgres_set_prefetching,
  .set_deadline = postgres_set_deadline,
  .run = postgres_run,
  .query = postgres_query,
  .exec = postgres_exec,
  .get_version = yihu_pg_get_version,
  .set_version = yihu_pg_set_version,
  .list_tables = yihu_pg_list_tables,
  .list_columns = yihu_pg_list_columns,
};
