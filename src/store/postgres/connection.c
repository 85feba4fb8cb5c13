/* SPDX-License-Identifier: GPL-3.0-or-later */

/* libpq in pipeline mode. Invariant: between two calls the pipeline is either empty or holds what
 * @sent lists, in that order; a sync empties it, whatever happened.
 *
 * Sending never blocks: libpq keeps what the kernel does not take, and each wait both writes and
 * reads, so that two full buffers cannot stand against each other. A wait without any sign of life
 * for STALL_MS ends the connection: a dead network gives no error by itself. */

#include "store/postgres/connection.h"

#include "base/error.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define STALL_MS 30000
#define MAX_PREPARED 512
#define OID_BYTEA 17
#define OID_INT8 20
#define OID_TEXT 25
#define OID_TEXT_ARRAY 1009
#define OID_INT8_ARRAY 1016

/* Any constant will do; locks are counted by database. */
#define WRITER_LOCK "8243001"

/* The writer finds rows by keys only. A prepared statement keeps its plan, and one that was made
 * while its table was empty would read the whole table when that has grown. */
#define WRITER_SETTINGS "SET enable_seqscan = off; SET jit = off"
#define READER_SETTINGS "SET default_transaction_read_only = on; SET jit = off"

typedef struct
{
  YihuPgStatement *prepares; /* (nullable) (not owned) */
  YihuPgSlot *slot; /* (nullable) (not owned) */
  gboolean is_commit;
} Sent;

struct _YihuPgConnection
{
  PGconn *conn; /* (owned) */
  GHashTable *statements; /* (owned) text to YihuPgStatement */
  GArray *sent; /* (owned) Sent */
  guint n_syncs; /* atomic */
  gboolean is_broken;
  gboolean is_warned; /* the server doubted something since the last look */
  gboolean is_streaming;
};

/* Errors. */

static gboolean
fail_offline (YihuPgConnection *self, const char *attempt, GError **error)
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
  if (is_class (state, "54"))
    return YIHU_ERROR_TOO_LARGE;
  return YIHU_ERROR_FAILED;
}

/* Only the primary line: details quote values, which may be personal. */
static gboolean
fail_result (YihuPgConnection *self, PGresult *result, GError **error)
{
  const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
  const char *line = PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);

  if (state == NULL || PQstatus (self->conn) == CONNECTION_BAD || is_gone (state))
    return fail_offline (self, line != NULL ? line : "speak with the database", error);
  g_set_error (error, YIHU_ERROR, find_code (state), "database: %s (%s)",
               is_class (state, "22") ? "a value is not allowed" : line, state);
  return FALSE;
}

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
    return fail_offline (self, "read", error);
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
        return fail_offline (self, "write", error);
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

#define MAX_VALUES 128

typedef struct
{
  Oid types[MAX_VALUES];
  const char *values[MAX_VALUES];
  int lengths[MAX_VALUES];
  int formats[MAX_VALUES];
  gint64 numbers[MAX_VALUES];
} Parameters;

static Oid
find_bytes_type (char kind)
{
  return kind == 'I' ? OID_INT8_ARRAY : kind == 'S' ? OID_TEXT_ARRAY : OID_BYTEA;
}

static void
fill_parameters (Parameters *parameters, const YihuSqlValue *values, guint n_values)
{
  for (guint i = 0; i < n_values; i++)
    {
      gsize size = 0;

      parameters->formats[i] = 1;
      switch (values[i].kind)
        {
        case 'i':
          parameters->types[i] = OID_INT8;
          parameters->numbers[i] = GINT64_TO_BE (values[i].number);
          parameters->values[i] = (const char *) &parameters->numbers[i];
          parameters->lengths[i] = sizeof (gint64);
          break;
        case 's':
          parameters->types[i] = OID_TEXT;
          parameters->values[i] = values[i].text;
          parameters->lengths[i] = values[i].text != NULL ? (int) strlen (values[i].text) : 0;
          break;
        default:
          parameters->types[i] = find_bytes_type (values[i].kind);
          parameters->values[i] =
              values[i].bytes != NULL ? g_bytes_get_data (values[i].bytes, &size) : NULL;
          if (values[i].bytes != NULL && parameters->values[i] == NULL)
            parameters->values[i] = ""; /* empty, not NULL */
          parameters->lengths[i] = (int) size;
        }
    }
}

static void
note_sent (YihuPgConnection *self, YihuPgStatement *prepares, YihuPgSlot *slot)
{
  Sent sent = { prepares, slot, FALSE };

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
  Parameters parameters;

  g_return_val_if_fail (n_values <= MAX_VALUES && !self->is_streaming, FALSE);

  if (self->is_broken)
    return fail_offline (self, "send", error);
  fill_parameters (&parameters, values, n_values);
  if (statement->preparing == YIHU_PG_NEW)
    {
      if (!PQsendPrepare (self->conn, statement->name, statement->text, (int) n_values,
                          parameters.types))
        return fail_offline (self, "send", error);
      statement->preparing = YIHU_PG_SENT;
      note_sent (self, statement, NULL);
    }
  if (!PQsendQueryPrepared (self->conn, statement->name, (int) n_values, parameters.values,
                            parameters.lengths, parameters.formats, 1))
    return fail_offline (self, "send", error);
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
settle (YihuPgConnection *self, const Sent *sent, PGresult *result, GError **error)
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
    fail_result (self, result, error);
  PQclear (result);
  return ok;
}

/* The results of one statement, then the NULL that closes them. */
static gboolean
collect_one (YihuPgConnection *self, const Sent *sent, GError **error)
{
  g_autoptr (PGresult) result = NULL;
  PGresult *end = NULL;
  gboolean ok;

  if (!take_result (self, &result, error))
    return FALSE;
  if (result == NULL)
    return fail_offline (self, "read", error);
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
    return fail_offline (self, "wait", error);
  if (self->sent->len == 0)
    return TRUE;
  g_atomic_int_inc (&self->n_syncs);
  if (!PQpipelineSync (self->conn))
    return fail_offline (self, "send", error);
  for (guint i = 0; i < self->sent->len && !self->is_broken; i++)
    if (!collect_one (self, &g_array_index (self->sent, Sent, i), first == NULL ? &first : NULL))
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
  g_array_index (self->sent, Sent, self->sent->len - 1).is_commit = TRUE;
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
  Parameters parameters;

  g_return_val_if_fail (n_values <= MAX_VALUES && !self->is_streaming, FALSE);

  fill_parameters (&parameters, values, n_values);
  if (statement->preparing == YIHU_PG_NEW)
    {
      if (!self->is_broken
          && !PQsendPrepare (self->conn, statement->name, statement->text, (int) n_values,
                             parameters.types))
        return fail_offline (self, "send", error);
      note_sent (self, statement, NULL);
    }
  if (!yihu_pg_connection_sync (self, error))
    return FALSE;
  if (!PQsendQueryPrepared (self->conn, statement->name, (int) n_values, parameters.values,
                            parameters.lengths, parameters.formats, 1)
      || !PQsetSingleRowMode (self->conn) || !PQpipelineSync (self->conn))
    return fail_offline (self, "send", error);
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
    fail_result (self, result, error);
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

/* Opening. */

gboolean
yihu_pg_connection_exec (YihuPgConnection *self, const char *sql, GError **error)
{
  g_autoptr (PGresult) result = NULL;
  gboolean ok;

  if (!yihu_pg_connection_sync (self, error))
    return FALSE;
  if (!PQexitPipelineMode (self->conn))
    return fail_offline (self, "leave the pipeline", error);
  result = PQexec (self->conn, sql);
  ok = is_good (PQresultStatus (result)) || fail_result (self, result, error);
  if (!PQenterPipelineMode (self->conn) && ok)
    return fail_offline (self, "enter the pipeline", error);
  return ok;
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
    return fail_result (self, result, error);
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
  self->sent = g_array_new (FALSE, FALSE, sizeof (Sent));
  self->conn = connect_to (uri);
  PQsetNoticeReceiver (self->conn, on_notice, self);
  if (PQstatus (self->conn) != CONNECTION_OK)
    {
      fail_offline (self, "connect", error);
      return NULL;
    }
  if (is_writer && (!check_durable (self, error) || !take_lock (self, error)))
    return NULL;
  PQclear (PQexec (self->conn, is_writer ? WRITER_SETTINGS : READER_SETTINGS));
  if (PQsetnonblocking (self->conn, 1) != 0 || !PQenterPipelineMode (self->conn))
    {
      fail_offline (self, "enter the pipeline", error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

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
