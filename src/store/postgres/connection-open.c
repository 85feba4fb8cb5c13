/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How a connection is made: whom it asks, how soon it gives up, which settings it works with, and
 * what the writer demands before its first statement: that a commit is durable, and that no other
 * server writes. All of it is plain libpq, before the pipeline begins; it waits. */

#include "base/error.h"
#include "store/postgres/connection-private.h"

/* Any constant will do; locks are counted by database. */
#define WRITER_LOCK "8243001"

/* The writer finds rows by keys only. A prepared statement keeps its plan, and one that was made
 * while its table was empty would read the whole table when that has grown. */
#define WRITER_SETTINGS "SET enable_seqscan = off; SET jit = off"
#define READER_SETTINGS "SET default_transaction_read_only = on; SET jit = off"

static void
on_notice (void *data, const PGresult *result)
{
  YihuPgConnection *self = data;
  const char *severity = PQresultErrorField (result, PG_DIAG_SEVERITY_NONLOCALIZED);

  if (g_strcmp0 (severity, "WARNING") != 0)
    return;
  self->is_warned = TRUE;
  g_warning ("database: %s", PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY));
}

static gboolean
setting_is (YihuPgConnection *self, const char *name, const char *value)
{
  g_autofree char *sql = g_strdup_printf ("SHOW %s", name);
  g_autoptr (PGresult) result = PQexec (self->conn, sql);

  return PQresultStatus (result) == PGRES_TUPLES_OK
         && g_strcmp0 (PQgetvalue (result, 0, 0), value) == 0;
}

/* Acknowledged means on disk, here too. */
static gboolean
check_durable (YihuPgConnection *self, GError **error)
{
  static const char *const names[] = { "fsync", "full_page_writes" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (!setting_is (self, names[i], "on"))
      {
        g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED,
                     "the database does not keep what it acknowledges (%s is not on)", names[i]);
        return FALSE;
      }
  if (setting_is (self, "synchronous_commit", "off"))
    PQclear (PQexec (self->conn, "SET synchronous_commit = on"));
  if (!setting_is (self, "synchronous_commit", "off"))
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_REJECTED,
                       "the database does not sync at each commit (synchronous_commit is off)");
  return FALSE;
}

/* The lock goes with the connection. A server that was killed has let it go within moments. */
static gboolean
take_lock (YihuPgConnection *self, GError **error)
{
  g_autoptr (PGresult) result = NULL;
  const char *state;

  PQclear (PQexec (self->conn, "SET lock_timeout = '3s'"));
  result = PQexec (self->conn, "SELECT pg_advisory_lock(" WRITER_LOCK ")");
  PQclear (PQexec (self->conn, "RESET lock_timeout"));
  if (PQresultStatus (result) == PGRES_TUPLES_OK)
    return TRUE;
  state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
  if (g_strcmp0 (state, "55P03") != 0)
    return yihu_pg_connection_fail_result (self, result, error);
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_REJECTED,
                       "another server is writing into this database");
  return FALSE;
}

static PGconn *
connect_to (const char *uri)
{
  /* What stands before the address may be changed by it, what stands after may not. */
  static const char *const names[] = { "connect_timeout",
                                       "keepalives_idle",
                                       "keepalives_interval",
                                       "keepalives_count",
                                       "tcp_user_timeout",
                                       "application_name",
                                       "dbname",
                                       "client_encoding",
                                       "target_session_attrs",
                                       NULL };
  const char *const values[] = { "5",           "10", "5",    "3",          "15000",
                                 "yihu-server", uri,  "UTF8", "read-write", NULL };

  return PQconnectdbParams (names, values, 1);
}

YihuPgConnection *
yihu_pg_connection_open (const char *uri, gboolean is_writer, GError **error)
{
  g_autoptr (YihuPgConnection) self = g_new0 (YihuPgConnection, 1);

  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                            (GDestroyNotify) yihu_pg_statement_free);
  self->sent = g_array_new (FALSE, FALSE, sizeof (YihuPgSent));
  self->conn = connect_to (uri);
  PQsetNoticeReceiver (self->conn, on_notice, self);
  if (PQstatus (self->conn) != CONNECTION_OK)
    {
      yihu_pg_connection_fail_offline (self, "connect", error);
      return NULL;
    }
  if (is_writer && (!check_durable (self, error) || !take_lock (self, error)))
    return NULL;
  PQclear (PQexec (self->conn, is_writer ? WRITER_SETTINGS : READER_SETTINGS));
  if (PQsetnonblocking (self->conn, 1) != 0 || !PQenterPipelineMode (self->conn))
    {
      yihu_pg_connection_fail_offline (self, "enter the pipeline", error);
      return NULL;
    }
  return g_steal_pointer (&self);
}
