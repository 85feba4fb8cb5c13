/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What travels over a connection, by libpq in pipeline mode; how one is made stands in
 * connection-open.c. Invariant: between two calls the pipeline is either empty or holds what
 * @sent lists, in that order; a sync empties it, whatever happened.
 *
 * Sending never blocks: libpq keeps what the kernel does not take, and each wait both writes and
 * reads, so that two full buffers cannot stand against each other. A wait without any sign of life
 * for STALL_MS ends the connection: a dead network gives no error by itself. */

#include "store/postgres/connection.h"

#include "base/error.h"
#include "store/postgres/connection-private.h"
#include "store/postgres/parameters.h"

#include <errno.h>
#include <poll.h>

#define STALL_MS 30000
#define MAX_PREPARED 512

/* Errors. */

gboolean
yihu_pg_connection_fail_offline (YihuPgConnection *self, const char *attempt, GError **error)
{
  g_autofree char *message = g_strdelimit (g_strdup (PQerrorMessage (self->conn)), "\n", ' ');

  self->is_broken = TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_OFFLINE, "%s: the database is out of reach: %s",
               attempt, g_strstrip (message));
  return FALSE;
}

static gboolean
is_class (const char *state, const char *prefix)
{
  return g_str_has_prefix (state, prefix);
}

/* Shutting down, recovering, or no longer the primary: another connection may find the new one. */
static gboolean
is_gone (const char *state)
{
  return is_class (state, "08") || is_class (state, "57P0") || is_class (state, "25006");
}

static YihuError
find_code (const char *state)
{
  if (is_class (state, "23"))
    return YIHU_ERROR_CONFLICT;
  if (is_class (state, "53100") || is_class (state, "53200"))
    return YIHU_ERROR_FULL;
  if (is_class (state, "XX001") || is_class (state, "XX002"))
    return YIHU_ERROR_CORRUPT;
  if (is_class (state, "40") || is_class (state, "55P03") || is_class (state, "53"))
    return YIHU_ERROR_BUSY;
  if (is_class (state, "57014"))
    return YIHU_ERROR_TIMEOUT;
  if (is_class (state, "54"))
    return YIHU_ERROR_TOO_LARGE;
  return YIHU_ERROR_FAILED;
}

/* Only the primary line: details quote values, which may be personal. */
gboolean
yihu_pg_connection_fail_result (YihuPgConnection *self, PGresult *result, GError **error)
{
  const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
  const char *line = PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);

  if (state == NULL || PQstatus (self->conn) == CONNECTION_BAD || is_gone (state))
    return yihu_pg_connection_fail_offline (self, line != NULL ? line : "speak with the database",
                                            error);
  g_set_error (error, YIHU_ERROR, find_code (state), "database: %s (%s)",
               is_class (state, "22") ? "a value is not allowed" : line, state);
  return FALSE;
}

/* Waiting. */

static gboolean
wait_for_socket (YihuPgConnection *self, gboolean for_writing, GError **error)
{
  struct pollfd waiting = { PQsocket (self->conn), POLLIN | (for_writing ? POLLOUT : 0), 0 };
  int n;

  do
    n = poll (&waiting, 1, STALL_MS);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    {
      self->is_broken = TRUE;
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_OFFLINE, "the database does not answer");
      return FALSE;
    }
  if ((waiting.revents & (POLLIN | POLLHUP | POLLERR)) && !PQconsumeInput (self->conn))
    return yihu_pg_connection_fail_offline (self, "read", error);
  return TRUE;
}

/* @result: (out) (nullable): NULL closes each statement's results. */
static gboolean
take_result (YihuPgConnection *self, PGresult **result, GError **error)
{
  for (;;)
    {
      int unsent = PQflush (self->conn);

      if (unsent < 0)
        return yihu_pg_connection_fail_offline (self, "write", error);
      if (!PQisBusy (self->conn))
        {
          *result = PQgetResult (self->conn);
          return TRUE;
        }
      if (!wait_for_socket (self, unsent > 0, error))
        return FALSE;
    }
}

/* Statements. */

YihuPgStatement *
yihu_pg_connection_find_statement (YihuPgConnection *self, const char *sql)
{
  YihuPgStatement *statement = g_hash_table_lookup (self->statements, sql);

  if (statement != NULL)
    return statement;
  statement = yihu_pg_statement_new (sql, g_hash_table_size (self->statements));
  g_hash_table_insert (self->statements, statement->sql, statement);
  if (g_hash_table_size (self->statements) == MAX_PREPARED)
    g_warning ("there are very many different statements; the last: %.80s", sql);
  return statement;
}

static void
note_sent (YihuPgConnection *self, YihuPgStatement *prepares, YihuPgSlot *slot)
{
  YihuPgSent sent = { prepares, slot, FALSE };

  g_array_append_val (self->sent, sent);
}

gboolean
yihu_pg_connection_send (YihuPgConnection *self,
                         YihuPgStatement *statement,
                         const YihuSqlValue *values,
                         guint n_values,
                         YihuPgSlot *slot,
                         GError **error)
{
  YihuPgParameters parameters;

  g_return_val_if_fail (n_values <= YIHU_PG_MAX_VALUES && !self->is_streaming, FALSE);

  if (self->is_broken)
    return yihu_pg_connection_fail_offline (self, "send", error);
  yihu_pg_parameters_fill (&parameters, values, n_values);
  if (statement->preparing == YIHU_PG_NEW)
    {
      if (!PQsendPrepare (self->conn, statement->name, statement->text, (int) n_values,
                          parameters.types))
        return yihu_pg_connection_fail_offline (self, "send", error);
      statement->preparing = YIHU_PG_SENT;
      note_sent (self, statement, NULL);
    }
  if (!PQsendQueryPrepared (self->conn, statement->name, (int) n_values, parameters.values,
                            parameters.lengths, parameters.formats, 1))
    return yihu_pg_connection_fail_offline (self, "send", error);
  note_sent (self, NULL, slot);
  return TRUE;
}

guint
yihu_pg_connection_get_n_sent (YihuPgConnection *self)
{
  return self->sent->len;
}

guint
yihu_pg_connection_get_n_syncs (YihuPgConnection *self)
{
  return (guint) g_atomic_int_get (&self->n_syncs);
}

static gboolean
is_good (ExecStatusType status)
{
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* A COMMIT in a failed transaction answers ROLLBACK and is no error for PostgreSQL; one that the
 * server warned about may not have reached the standby. */
static gboolean
check_commit (YihuPgConnection *self, PGresult *result, GError **error)
{
  if (g_strcmp0 (PQcmdStatus (result), "COMMIT") != 0)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_FAILED,
                           "database: the transaction had failed before");
      return FALSE;
    }
  if (!self->is_warned)
    return TRUE;
  self->is_broken = TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_OFFLINE,
                       "the database does not vouch for the commit");
  return FALSE;
}

static gboolean
settle (YihuPgConnection *self, const YihuPgSent *sent, PGresult *result, GError **error)
{
  ExecStatusType status = PQresultStatus (result);
  gboolean ok = is_good (status);

  if (sent->prepares != NULL)
    sent->prepares->preparing = ok ? YIHU_PG_READY : YIHU_PG_NEW;
  if (sent->slot != NULL && ok)
    {
      *sent->slot = (YihuPgSlot){ result, 0, PQntuples (result), FALSE };
      return TRUE;
    }
  if (ok && sent->is_commit)
    ok = check_commit (self, result, error);
  else if (status == PGRES_FATAL_ERROR)
    yihu_pg_connection_fail_result (self, result, error);
  PQclear (result);
  return ok;
}

/* The results of one statement, then the NULL that closes them. */
static gboolean
collect_one (YihuPgConnection *self, const YihuPgSent *sent, GError **error)
{
  g_autoptr (PGresult) result = NULL;
  PGresult *end = NULL;
  gboolean ok;

  if (!take_result (self, &result, error))
    return FALSE;
  if (result == NULL)
    return yihu_pg_connection_fail_offline (self, "read", error);
  ok = settle (self, sent, g_steal_pointer (&result), error);
  if (self->is_broken)
    return FALSE;
  if (!take_result (self, &end, ok ? error : NULL))
    return FALSE;
  PQclear (end);
  return ok;
}

gboolean
yihu_pg_connection_sync (YihuPgConnection *self, GError **error)
{
  g_autoptr (GError) first = NULL;
  g_autoptr (PGresult) mark = NULL;
  gboolean ok = TRUE;

  if (self->is_broken)
    return yihu_pg_connection_fail_offline (self, "wait", error);
  if (self->sent->len == 0)
    return TRUE;
  g_atomic_int_inc (&self->n_syncs);
  if (!PQpipelineSync (self->conn))
    return yihu_pg_connection_fail_offline (self, "send", error);
  for (guint i = 0; i < self->sent->len && !self->is_broken; i++)
    if (!collect_one (self, &g_array_index (self->sent, YihuPgSent, i),
                      first == NULL ? &first : NULL))
      ok = FALSE;
  g_array_set_size (self->sent, 0);
  if (!self->is_broken && !take_result (self, &mark, first == NULL ? &first : NULL))
    ok = FALSE;
  if (ok)
    return TRUE;
  if (first == NULL)
    g_set_error_literal (&first, YIHU_ERROR, YIHU_ERROR_FAILED,
                         "database: a statement was skipped");
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

gboolean
yihu_pg_connection_commit (YihuPgConnection *self, GError **error)
{
  self->is_warned = FALSE;
  if (!yihu_pg_connection_send (self, yihu_pg_connection_find_statement (self, "COMMIT"), NULL, 0,
                                NULL, error))
    return FALSE;
  g_array_index (self->sent, YihuPgSent, self->sent->len - 1).is_commit = TRUE;
  return yihu_pg_connection_sync (self, error);
}

/* Streams. */

gboolean
yihu_pg_connection_stream (YihuPgConnection *self,
                           YihuPgStatement *statement,
                           const YihuSqlValue *values,
                           guint n_values,
                           GError **error)
{
  YihuPgParameters parameters;

  g_return_val_if_fail (n_values <= YIHU_PG_MAX_VALUES && !self->is_streaming, FALSE);

  yihu_pg_parameters_fill (&parameters, values, n_values);
  if (statement->preparing == YIHU_PG_NEW)
    {
      if (!self->is_broken
          && !PQsendPrepare (self->conn, statement->name, statement->text, (int) n_values,
                             parameters.types))
        return yihu_pg_connection_fail_offline (self, "send", error);
      note_sent (self, statement, NULL);
    }
  if (!yihu_pg_connection_sync (self, error))
    return FALSE;
  if (!PQsendQueryPrepared (self->conn, statement->name, (int) n_values, parameters.values,
                            parameters.lengths, parameters.formats, 1)
      || !PQsetSingleRowMode (self->conn) || !PQpipelineSync (self->conn))
    return yihu_pg_connection_fail_offline (self, "send", error);
  self->is_streaming = TRUE;
  return TRUE;
}

PGresult *
yihu_pg_connection_stream_next (YihuPgConnection *self, GError **error)
{
  g_autoptr (PGresult) result = NULL;

  if (!take_result (self, &result, error) || result == NULL)
    return NULL;
  if (PQresultStatus (result) == PGRES_SINGLE_TUPLE)
    return g_steal_pointer (&result);
  if (PQresultStatus (result) != PGRES_TUPLES_OK)
    yihu_pg_connection_fail_result (self, result, error);
  return NULL;
}

static void
cancel (YihuPgConnection *self)
{
  PGcancel *handle = PQgetCancel (self->conn);
  char message[256];

  if (handle != NULL)
    PQcancel (handle, message, sizeof message);
  PQfreeCancel (handle);
}

/* Reads on to the pipeline's mark; who stops early does not want the rest sent. */
void
yihu_pg_connection_stream_end (YihuPgConnection *self)
{
  gboolean is_cancelled = FALSE;
  gboolean is_end = FALSE;

  while (!is_end && !self->is_broken)
    {
      g_autoptr (PGresult) result = NULL;
      ExecStatusType status;

      if (!take_result (self, &result, NULL))
        break;
      status = result != NULL ? PQresultStatus (result) : PGRES_EMPTY_QUERY;
      is_end = status == PGRES_PIPELINE_SYNC;
      if (status == PGRES_SINGLE_TUPLE && !is_cancelled)
        {
          cancel (self);
          is_cancelled = TRUE;
        }
    }
  self->is_streaming = FALSE;
}

/* Outside the pipeline. */

gboolean
yihu_pg_connection_exec (YihuPgConnection *self, const char *sql, GError **error)
{
  g_autoptr (PGresult) result = NULL;
  gboolean ok;

  if (!yihu_pg_connection_sync (self, error))
    return FALSE;
  if (!PQexitPipelineMode (self->conn))
    return yihu_pg_connection_fail_offline (self, "leave the pipeline", error);
  result = PQexec (self->conn, sql);
  ok = is_good (PQresultStatus (result)) || yihu_pg_connection_fail_result (self, result, error);
  if (!PQenterPipelineMode (self->conn) && ok)
    return yihu_pg_connection_fail_offline (self, "enter the pipeline", error);
  return ok;
}

/* The end. */

gboolean
yihu_pg_connection_is_broken (YihuPgConnection *self)
{
  return self->is_broken || PQstatus (self->conn) == CONNECTION_BAD;
}

gboolean
yihu_pg_connection_is_alive (YihuPgConnection *self)
{
  /* First the server's last words, then the end behind them. */
  for (guint i = 0; i < 2 && !self->is_broken && !self->is_streaming; i++)
    self->is_broken = !PQconsumeInput (self->conn);
  return !yihu_pg_connection_is_broken (self);
}

void
yihu_pg_connection_drop (YihuPgConnection *self)
{
  g_clear_pointer (&self->conn, PQfinish);
  self->is_broken = TRUE;
}

void
yihu_pg_connection_free (YihuPgConnection *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->conn, PQfinish);
  g_hash_table_unref (self->statements);
  g_array_unref (self->sent);
  g_free (self);
}
