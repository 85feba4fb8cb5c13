/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The outbox's way to its file. What is to be written waits in @ops while a batch is being written,
 * and goes together in the next one: the order of the file is the order of the calls, and a slow
 * disk makes the batches larger and not the line longer. What a write means for the rows in memory
 * is taken over after the commit, never before. */

#include "client/outbox-private.h"

#include "base/error.h"
#include "base/identifier.h"

#include <string.h>

#define BUSY_RETRY_MS 2000

static void write_ops (YihuOutbox *self);

static YihuOutboxEntry *
find_place (YihuOutbox *self, gint64 n)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      YihuOutboxEntry *entry = g_ptr_array_index (self->entries, i);

      if (entry->n == n)
        return entry;
    }
  return NULL;
}

static void
add_entry (YihuOutbox *self, gint64 n, YihuCommand *command)
{
  YihuOutboxEntry *entry = yihu_outbox_entry_new (n, command->key, command->object);

  entry->command = yihu_command_ref (command);
  g_ptr_array_add (self->entries, entry);
  self->last_n = MAX (self->last_n, n);
}

static void
take_append (YihuOutbox *self, YihuOutboxOp *op)
{
  for (guint i = 0; op->error == NULL && i < op->places->len; i++)
    add_entry (self, g_array_index (op->places, gint64, i), g_ptr_array_index (op->commands, i));
}

/* Not done: the file keeps the row, so it is sent again and answered the same. */
static gboolean
take_failure (YihuOutbox *self, YihuOutboxOp *op, YihuOutboxEntry *entry)
{
  if (op->error == NULL)
    return FALSE;
  g_message ("the outbox could not be written: %s", op->error->message);
  if (entry != NULL)
    entry->not_before_us = yihu_outbox_get_monotonic_us (self) + BUSY_RETRY_MS * 1000;
  return TRUE;
}

static void
take_settled (YihuOutbox *self, YihuOutboxOp *op, YihuOutboxEntry *entry)
{
  g_autoptr (YihuCommand) command = NULL;

  if (take_failure (self, op, entry) || entry == NULL)
    return;
  command = yihu_command_ref (entry->command);
  g_ptr_array_remove (self->entries, entry);
  yihu_outbox_count (self);
  g_signal_emit (self, yihu_outbox_signals[YIHU_OUTBOX_SIGNAL_SETTLED], 0, command, op->reply);
}

static void
take_refused (YihuOutbox *self, YihuOutboxOp *op, YihuOutboxEntry *entry)
{
  g_autoptr (YihuCommand) command = NULL;

  if (take_failure (self, op, entry) || entry == NULL)
    return;
  command = yihu_command_ref (entry->command);
  entry->state = YIHU_OUTBOX_REFUSED;
  g_clear_error (&entry->error);
  entry->error = g_error_copy (op->reply->error);
  g_clear_pointer (&entry->current, yihu_record_unref);
  entry->current = op->reply->record != NULL ? yihu_record_ref (op->reply->record) : NULL;
  yihu_outbox_count (self);
  g_signal_emit (self, yihu_outbox_signals[YIHU_OUTBOX_SIGNAL_REFUSED], 0, command, op->reply);
}

static void
take_sent_again (YihuOutboxOp *op, YihuOutboxEntry *entry)
{
  if (op->error != NULL || entry == NULL)
    return;
  g_clear_pointer (&entry->command, yihu_command_unref);
  entry->command = yihu_command_ref (g_ptr_array_index (op->commands, 0));
  g_free (entry->key);
  entry->key = g_strdup (entry->command->key);
  entry->state = YIHU_OUTBOX_WAITING;
  entry->confirmed = TRUE;
  entry->not_before_us = 0;
  g_clear_error (&entry->error);
  g_clear_pointer (&entry->current, yihu_record_unref);
}

static void
take_op (YihuOutbox *self, YihuOutboxOp *op)
{
  YihuOutboxEntry *entry = op->n != 0 ? find_place (self, op->n) : NULL;

  if (entry != NULL)
    entry->busy = FALSE;
  switch (op->kind)
    {
    case YIHU_OUTBOX_OP_APPEND:
      take_append (self, op);
      break;
    case YIHU_OUTBOX_OP_SETTLE:
      take_settled (self, op, entry);
      break;
    case YIHU_OUTBOX_OP_REFUSE:
      take_refused (self, op, entry);
      break;
    case YIHU_OUTBOX_OP_DROP:
      if (op->error == NULL && entry != NULL)
        g_ptr_array_remove (self->entries, entry);
      break;
    case YIHU_OUTBOX_OP_SEND:
      take_sent_again (op, entry);
      break;
    default:
      g_return_if_reached ();
    }
  yihu_outbox_count (self);
  if (op->task == NULL)
    return;
  if (op->error != NULL)
    g_task_return_error (op->task, g_error_copy (op->error));
  else
    g_task_return_boolean (op->task, TRUE);
}

static void
take_batch (YihuOutbox *self)
{
  g_autoptr (GPtrArray) batch = g_steal_pointer (&self->batch);

  for (guint i = 0; i < batch->len; i++)
    take_op (self, g_ptr_array_index (batch, i));
  yihu_outbox_send_waiting (self);
}

static void
write_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  YihuOutbox *self = source;

  yihu_outbox_file_write (&self->file, data);
  g_task_return_boolean (task, TRUE);
}

static void
on_written (GObject *object, GAsyncResult *result, gpointer data)
{
  YihuOutbox *self = YIHU_OUTBOX (object);

  /* Closing has waited for it and taken it already. */
  if (self->batch != g_task_get_task_data (G_TASK (result)))
    return;
  take_batch (self);
  write_ops (self);
}

static void
write_ops (YihuOutbox *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->batch != NULL || self->ops->len == 0)
    return;
  self->batch = g_steal_pointer (&self->ops);
  self->ops = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_outbox_op_free);
  if (self->thread == NULL)
    {
      yihu_outbox_file_write (&self->file, self->batch);
      take_batch (self);
      return;
    }
  task = g_task_new (self, NULL, on_written, NULL);
  g_task_set_source_tag (task, write_ops);
  g_task_set_task_data (task, g_ptr_array_ref (self->batch), (GDestroyNotify) g_ptr_array_unref);
  yihu_worker_thread_push (self->thread, task, write_thread);
}

void
yihu_outbox_push (YihuOutbox *self, YihuOutboxOp *op)
{
  g_autoptr (YihuOutbox) guard = g_object_ref (self);

  g_ptr_array_add (self->ops, op);
  write_ops (self);
}

void
yihu_outbox_close (YihuOutbox *self)
{
  g_return_if_fail (YIHU_IS_OUTBOX (self));

  if (self->closed)
    return;
  self->closed = TRUE;
  yihu_outbox_set_live (self, NULL);
  write_ops (self);
  if (self->thread == NULL)
    return;
  yihu_worker_thread_shutdown (self->thread);
  if (self->batch != NULL)
    take_batch (self);
  /* What gathered while the last batch was on its way; the thread has ended, so it is ours. */
  while (self->ops->len > 0)
    {
      self->batch = g_steal_pointer (&self->ops);
      self->ops = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_outbox_op_free);
      yihu_outbox_file_write (&self->file, self->batch);
      take_batch (self);
    }
}

/* --- what comes from outside --- */

static GTask *
make_task (YihuOutbox *self, gpointer tag, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, NULL, callback, data);

  g_task_set_source_tag (task, tag);
  return task;
}

/* Refuses a task before anything was queued; frees what would have been its work's. */
static void
refuse_task (GTask *taken, gpointer work_data, GDestroyNotify work_free, GError *error)
{
  g_autoptr (GTask) task = taken;

  if (work_free != NULL)
    work_free (work_data);
  g_task_return_error (task, error);
}

void
yihu_outbox_append_async (YihuOutbox *self,
                          GPtrArray *commands,
                          YihuOutboxWork work,
                          gpointer work_data,
                          GDestroyNotify work_free,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
  GTask *task = make_task (self, yihu_outbox_append_async, callback, data);
  YihuOutboxOp *op;

  if (self->closed)
    {
      refuse_task (task, work_data, work_free,
                   g_error_new (YIHU_ERROR, YIHU_ERROR_OFFLINE, "the outbox is closed"));
      return;
    }
  op = yihu_outbox_op_new (YIHU_OUTBOX_OP_APPEND, NULL);
  op->commands = commands != NULL ? g_ptr_array_ref (commands) : NULL;
  op->work = work;
  op->work_data = work_data;
  op->work_free = work_free;
  op->task = task;
  yihu_outbox_push (self, op);
}

/* A refused key has had its answer; a stale one may have been taken, its answer lost: it is asked
 * under the same key again, and the server does not do it twice. */
static YihuCommand *
make_next (const YihuOutboxEntry *entry, YihuCommand *instead, GError **error)
{
  g_autoptr (json_t) json = NULL;
  YihuCommand *next;

  if (instead != NULL)
    return yihu_command_ref (instead);
  if (entry->state == YIHU_OUTBOX_STALE)
    return yihu_command_ref (entry->command);
  json = yihu_command_to_json (entry->command);
  next = yihu_command_from_json (json, error);
  if (next == NULL)
    return NULL;
  g_free (next->key);
  next->key = yihu_identifier_new ();
  return next;
}

static YihuOutboxOp *
make_decision (YihuOutbox *self,
               const char *key,
               YihuOutboxDecision decision,
               YihuCommand *instead,
               GError **error)
{
  YihuOutboxEntry *entry = yihu_outbox_find (self, key);
  YihuOutboxOp *op;
  YihuCommand *next = NULL;

  if (self->closed || entry == NULL || entry->busy || entry->state == YIHU_OUTBOX_WAITING)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND,
                   "no command with this key waits for a decision");
      return NULL;
    }
  if (decision == YIHU_OUTBOX_SEND
      && (entry->command == NULL
          || (instead != NULL && strcmp (instead->object, entry->object) != 0)))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "this command cannot be sent");
      return NULL;
    }
  if (decision == YIHU_OUTBOX_SEND && (next = make_next (entry, instead, error)) == NULL)
    return NULL;
  entry->busy = TRUE;
  op = yihu_outbox_op_new (decision == YIHU_OUTBOX_SEND ? YIHU_OUTBOX_OP_SEND : YIHU_OUTBOX_OP_DROP,
                           entry);
  if (next == NULL)
    return op;
  op->commands = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_command_unref);
  g_ptr_array_add (op->commands, next);
  return op;
}

void
yihu_outbox_decide_async (YihuOutbox *self,
                          const char *key,
                          YihuOutboxDecision decision,
                          YihuCommand *instead,
                          YihuOutboxWork work,
                          gpointer work_data,
                          GDestroyNotify work_free,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
  GTask *task = make_task (self, yihu_outbox_decide_async, callback, data);
  GError *error = NULL;
  YihuOutboxOp *op = make_decision (self, key, decision, instead, &error);

  if (op == NULL)
    {
      refuse_task (task, work_data, work_free, error);
      return;
    }
  op->work = work;
  op->work_data = work_data;
  op->work_free = work_free;
  op->task = task;
  yihu_outbox_push (self, op);
}

gboolean
yihu_outbox_finish (YihuOutbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
