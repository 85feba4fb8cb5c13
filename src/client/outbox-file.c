/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The outbox's table. What a row says (the command, the server's refusal) is sealed where the owner
 * seals; key and object stay readable, because order and blame hang on them. A row that cannot be
 * read is still a row: somebody decided it once, and somebody has to decide what becomes of it. */

#include "client/outbox-private.h"

#include "base/error.h"

#include <string.h>

const char *const yihu_outbox_schema =
    "CREATE TABLE IF NOT EXISTS outbox (n INTEGER PRIMARY KEY AUTOINCREMENT,"
    " key TEXT NOT NULL UNIQUE, object TEXT NOT NULL, command TEXT NOT NULL,"
    " refused INTEGER NOT NULL DEFAULT 0, error TEXT, message TEXT)";

/* Columns that came later; a file that was begun before gets them here. */
static const struct
{
  const char *name;
  const char *type;
} later_columns[] = {
  { "sealed", "BLOB" }, /* the command, where the owner seals; command is '' then */
  { "answer", "BLOB" }, /* the server's refusal, sealed likewise */
  { "confirmed", "INTEGER NOT NULL DEFAULT 0" },
};

YihuOutboxEntry *
yihu_outbox_entry_new (gint64 n, const char *key, const char *object)
{
  YihuOutboxEntry *entry = g_new0 (YihuOutboxEntry, 1);

  entry->n = n;
  entry->key = g_strdup (key);
  entry->object = g_strdup (object);
  return entry;
}

void
yihu_outbox_entry_free (YihuOutboxEntry *entry)
{
  g_clear_pointer (&entry->command, yihu_command_unref);
  g_clear_pointer (&entry->current, yihu_record_unref);
  g_clear_error (&entry->error);
  g_free (entry->key);
  g_free (entry->object);
  g_free (entry);
}

YihuOutboxOp *
yihu_outbox_op_new (YihuOutboxOpKind kind, const YihuOutboxEntry *entry)
{
  YihuOutboxOp *op = g_new0 (YihuOutboxOp, 1);

  op->kind = kind;
  op->n = entry != NULL ? entry->n : 0;
  op->key = entry != NULL ? g_strdup (entry->key) : NULL;
  op->places = g_array_new (FALSE, FALSE, sizeof (gint64));
  return op;
}

void
yihu_outbox_op_free (YihuOutboxOp *op)
{
  if (op->work_free != NULL)
    op->work_free (op->work_data);
  g_clear_pointer (&op->commands, g_ptr_array_unref);
  g_clear_pointer (&op->reply, yihu_reply_free);
  g_clear_object (&op->task);
  g_clear_error (&op->error);
  g_array_unref (op->places);
  g_free (op->key);
  g_free (op);
}

/* --- sealing --- */

static char *
print (json_t *taken)
{
  g_autoptr (json_t) json = taken;

  return yihu_json_print (json);
}

/* NULL with @error: the owner has no key. */
static GBytes *
seal (YihuOutboxFile *file, const char *key, const char *text, GError **error)
{
  GBytes *sealed = file->keeper.seal != NULL ? file->keeper.seal (key, text, file->keeper_data)
                                             : g_bytes_new (text, strlen (text));

  if (sealed == NULL)
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_LOCKED, "there is no key to seal a command with");
  return sealed;
}

static char *
unseal (YihuOutboxFile *file, const char *key, GBytes *sealed, GError **error)
{
  if (file->keeper.open != NULL)
    return file->keeper.open (key, sealed, file->keeper_data, error);
  return g_strndup (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
}

/* --- reading --- */

static json_t *
read_json (YihuOutboxFile *file, const char *key, GBytes *sealed, GError **error)
{
  g_autofree char *text = unseal (file, key, sealed, error);

  return text != NULL ? yihu_json_parse (text, -1, 0, error) : NULL;
}

static YihuCommand *
read_command (YihuOutboxFile *file, YihuRows *rows, const char *key, GError **error)
{
  g_autoptr (GBytes) sealed = yihu_rows_get_blob (rows, 4);
  g_autoptr (json_t) json = NULL;

  if (sealed != NULL && g_bytes_get_size (sealed) > 0)
    json = read_json (file, key, sealed, error);
  else
    json = yihu_json_parse (yihu_rows_get_text (rows, 3), -1, 0, error);
  return json != NULL ? yihu_command_from_json (json, error) : NULL;
}

static void
read_answer (YihuOutboxFile *file, YihuRows *rows, YihuOutboxEntry *entry)
{
  g_autoptr (GBytes) sealed = yihu_rows_get_blob (rows, 7);
  const char *code = yihu_rows_get_text (rows, 6);
  g_autoptr (json_t) json = NULL;
  g_autoptr (YihuReply) reply = NULL;

  if (sealed != NULL && g_bytes_get_size (sealed) > 0)
    json = read_json (file, entry->key, sealed, NULL);
  if (json != NULL)
    reply = yihu_reply_from_json (json, NULL);
  if (reply != NULL && reply->record != NULL)
    entry->current = yihu_record_ref (reply->record);
  entry->error =
      g_error_new_literal (YIHU_ERROR,
                           code != NULL ? (gint) yihu_error_from_wire (code) : YIHU_ERROR_REJECTED,
                           reply != NULL && reply->error != NULL ? reply->error->message
                                                                 : "refused");
}

static YihuOutboxEntry *
read_entry (YihuOutboxFile *file, YihuRows *rows)
{
  YihuOutboxEntry *entry =
      yihu_outbox_entry_new (yihu_rows_get_int (rows, 0), yihu_rows_get_text (rows, 1),
                             yihu_rows_get_text (rows, 2));

  entry->confirmed = yihu_rows_get_int (rows, 8) != 0;
  entry->command = read_command (file, rows, entry->key, &entry->error);
  if (entry->command == NULL)
    entry->state = YIHU_OUTBOX_UNREADABLE;
  else if (yihu_rows_get_int (rows, 5) != 0)
    {
      entry->state = YIHU_OUTBOX_REFUSED;
      read_answer (file, rows, entry);
    }
  return entry;
}

gboolean
yihu_outbox_file_read (YihuOutboxFile *file, gint64 last_n, GPtrArray *entries, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (file->database,
                           "SELECT n, key, object, command, sealed, refused, error, answer,"
                           " confirmed FROM outbox WHERE n > ?1 ORDER BY n",
                           error, "i", last_n);

  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &local))
    g_ptr_array_add (entries, read_entry (file, rows));
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* What a program before sealing left. The refusal goes into the sealed answer, as it does today. */
static gboolean
seal_row (YihuOutboxFile *file, gint64 n, GError **error)
{
  g_autoptr (YihuRows) rows =
      yihu_database_query (file->database,
                           "SELECT key, command, refused, error, message FROM outbox WHERE n = ?1",
                           error, "i", n);
  g_autofree char *key = NULL;
  g_autofree char *answer = NULL;
  g_autoptr (GBytes) command = NULL;
  g_autoptr (GBytes) sealed_answer = NULL;

  if (rows == NULL || !yihu_rows_next (rows, error))
    return FALSE;
  key = g_strdup (yihu_rows_get_text (rows, 0));
  command = seal (file, key, yihu_rows_get_text (rows, 1), error);
  if (command == NULL)
    return FALSE;
  if (yihu_rows_get_int (rows, 2) != 0)
    {
      const char *message = yihu_rows_get_text (rows, 4);
      g_autoptr (GError) refusal =
          g_error_new_literal (YIHU_ERROR,
                               (gint) yihu_error_from_wire (yihu_rows_get_text (rows, 3)),
                               message != NULL ? message : "refused");
      g_autoptr (YihuReply) reply = yihu_reply_new_error (key, refusal, NULL);

      answer = print (yihu_reply_to_json (reply));
      sealed_answer = seal (file, key, answer, error);
    }
  else
    sealed_answer = g_bytes_new (NULL, 0);
  g_clear_pointer (&rows, yihu_rows_free);
  return sealed_answer != NULL
         && yihu_database_run (file->database,
                               "UPDATE outbox SET command = '', message = NULL, sealed = ?2,"
                               " answer = ?3 WHERE n = ?1",
                               error, "ibb", n, command, sealed_answer);
}

static gboolean
seal_plain (YihuOutboxFile *file, GError **error)
{
  gint64 n = 0;

  for (;;)
    {
      if (!yihu_database_query_int (file->database, "SELECT min(n) FROM outbox WHERE command <> ''",
                                    &n, error, ""))
        return FALSE;
      if (n == 0)
        return TRUE;
      if (!seal_row (file, n, error))
        return FALSE;
    }
}

gboolean
yihu_outbox_file_prepare (YihuOutboxFile *file, GError **error)
{
  if (!yihu_database_exec (file->database, yihu_outbox_schema, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (later_columns); i++)
    {
      g_autofree char *sql = g_strdup_printf ("ALTER TABLE outbox ADD COLUMN %s %s",
                                              later_columns[i].name, later_columns[i].type);
      gint64 present = 0;

      if (!yihu_database_query_int (
              file->database, "SELECT count(*) FROM pragma_table_info('outbox') WHERE name = ?1",
              &present, error, "s", later_columns[i].name)
          || (present == 0 && !yihu_database_exec (file->database, sql, error)))
        return FALSE;
    }
  if (file->keeper.seal == NULL)
    return TRUE;
  if (!yihu_database_begin (file->database, error))
    return FALSE;
  if (seal_plain (file, error) && yihu_database_commit (file->database, error))
    return TRUE;
  yihu_database_rollback (file->database);
  return FALSE;
}

/* --- writing --- */

gboolean
yihu_outbox_file_insert (YihuOutboxFile *file, YihuCommand *command, gint64 *n, GError **error)
{
  g_autofree char *text = print (yihu_command_to_json (command));
  g_autoptr (GBytes) sealed =
      file->keeper.seal != NULL ? seal (file, command->key, text, error) : g_bytes_new (NULL, 0);

  if (sealed == NULL
      || !yihu_database_run (file->database,
                             "INSERT INTO outbox (key, object, command, sealed)"
                             " VALUES (?1, ?2, ?3, ?4)",
                             error, "sssb", command->key, command->object,
                             file->keeper.seal != NULL ? "" : text, sealed))
    return FALSE;
  *n = sqlite3_last_insert_rowid (yihu_database_get (file->database));
  return TRUE;
}

static gboolean
append (YihuOutboxFile *file, YihuOutboxOp *op, GError **error)
{
  gint64 n;

  g_array_set_size (op->places, 0);
  for (guint i = 0; op->commands != NULL && i < op->commands->len; i++)
    {
      if (!yihu_outbox_file_insert (file, g_ptr_array_index (op->commands, i), &n, error))
        return FALSE;
      g_array_append_val (op->places, n);
    }
  return TRUE;
}

static gboolean
delete_row (YihuOutboxFile *file, gint64 n, GError **error)
{
  return yihu_database_run (file->database, "DELETE FROM outbox WHERE n = ?1", error, "i", n);
}

static gboolean
refuse (YihuOutboxFile *file, YihuOutboxOp *op, GError **error)
{
  g_autofree char *text = print (yihu_reply_to_json (op->reply));
  g_autoptr (GBytes) answer = seal (file, op->key, text, error);

  return answer != NULL
         && yihu_database_run (
             file->database, "UPDATE outbox SET refused = 1, error = ?2, answer = ?3 WHERE n = ?1",
             error, "isb", op->n, yihu_error_get_wire ((YihuError) op->reply->error->code), answer)
         && (file->keeper.refused == NULL
             || file->keeper.refused (file->database, op->key, file->keeper_data, error));
}

static gboolean
send_again (YihuOutboxFile *file, YihuOutboxOp *op, GError **error)
{
  YihuCommand *command = g_ptr_array_index (op->commands, 0);
  g_autofree char *text = print (yihu_command_to_json (command));
  g_autoptr (GBytes) sealed =
      file->keeper.seal != NULL ? seal (file, command->key, text, error) : g_bytes_new (NULL, 0);

  return sealed != NULL
         && yihu_database_run (file->database,
                               "UPDATE outbox SET key = ?2, command = ?3, sealed = ?4, refused = 0,"
                               " error = NULL, message = NULL, answer = NULL, confirmed = 1"
                               " WHERE n = ?1",
                               error, "issb", op->n, command->key,
                               file->keeper.seal != NULL ? "" : text, sealed)
         && (file->keeper.again == NULL
             || file->keeper.again (file->database, op->key, command->key, file->keeper_data,
                                    error));
}

static gboolean
run_op (YihuOutboxFile *file, YihuOutboxOp *op, GError **error)
{
  switch (op->kind)
    {
    case YIHU_OUTBOX_OP_APPEND:
      return append (file, op, error);
    case YIHU_OUTBOX_OP_SETTLE:
      return delete_row (file, op->n, error)
             && (file->keeper.settled == NULL
                 || file->keeper.settled (file->database, op->key, op->reply->seq,
                                          file->keeper_data, error));
    case YIHU_OUTBOX_OP_REFUSE:
      return refuse (file, op, error);
    case YIHU_OUTBOX_OP_DROP:
      return delete_row (file, op->n, error)
             && (file->keeper.dropped == NULL
                 || file->keeper.dropped (file->database, op->key, file->keeper_data, error));
    case YIHU_OUTBOX_OP_SEND:
      return send_again (file, op, error);
    default:
      g_return_val_if_reached (FALSE);
    }
}

/* One that fails takes back only what it did itself, as long as the transaction stands. */
static gboolean
run_ops (YihuOutboxFile *file, GPtrArray *ops, GError **error)
{
  for (guint i = 0; i < ops->len; i++)
    {
      YihuOutboxOp *op = g_ptr_array_index (ops, i);

      if (!yihu_database_savepoint (file->database, "op", error))
        return FALSE;
      if (run_op (file, op, &op->error)
          && (op->work == NULL || op->work (file->database, op->work_data, &op->error)))
        {
          if (!yihu_database_release (file->database, "op", error))
            return FALSE;
          continue;
        }
      if (sqlite3_get_autocommit (yihu_database_get (file->database)))
        {
          g_propagate_error (error, g_error_copy (op->error));
          return FALSE;
        }
      yihu_database_rollback_to (file->database, "op");
    }
  return TRUE;
}

void
yihu_outbox_file_write (YihuOutboxFile *file, GPtrArray *ops)
{
  g_autoptr (GError) error = NULL;

  if (yihu_database_begin (file->database, &error) && run_ops (file, ops, &error)
      && yihu_database_commit (file->database, &error))
    return;
  yihu_database_rollback (file->database);
  for (guint i = 0; i < ops->len; i++)
    {
      YihuOutboxOp *op = g_ptr_array_index (ops, i);

      if (op->error == NULL)
        op->error = g_error_copy (error);
    }
}
