/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The outbox: the file is the truth, the rows in memory say only what is on its way. A row leaves
 * the file after the server's answer and never before, and the server answers a repeated key with
 * the first answer, so every doubt (lost answer, lost connection, killed console) is settled by
 * sending again. Of one object only the oldest row is ever on its way; a row that needs a decision
 * stands before those behind it until somebody decides. How rows get into the file and out of it is
 * in outbox-write.c. */

#include "client/outbox-private.h"

#include "base/error.h"
#include "client/live-private.h"

#include <string.h>

#define MAX_IN_FLIGHT 32
#define RESEND_MS 10000 /* an answer that takes longer is taken for lost */
#define BUSY_RETRY_MS 2000

enum
{
  PROP_PENDING = 1,
  PROP_UNDECIDED,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

guint yihu_outbox_signals[YIHU_OUTBOX_N_SIGNALS];

G_DEFINE_FINAL_TYPE (YihuOutbox, yihu_outbox, G_TYPE_OBJECT)

void
yihu_outbox_count (YihuOutbox *self)
{
  guint undecided = 0;
  guint pending;

  for (guint i = 0; i < self->entries->len; i++)
    undecided +=
        ((YihuOutboxEntry *) g_ptr_array_index (self->entries, i))->state != YIHU_OUTBOX_WAITING;
  pending = self->entries->len - undecided;
  if (pending != self->pending)
    {
      self->pending = pending;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PENDING]);
    }
  if (undecided != self->undecided)
    {
      self->undecided = undecided;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_UNDECIDED]);
    }
}

YihuOutboxEntry *
yihu_outbox_find (YihuOutbox *self, const char *key)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      YihuOutboxEntry *entry = g_ptr_array_index (self->entries, i);

      if (strcmp (entry->key, key) == 0)
        return entry;
    }
  return NULL;
}

gint64
yihu_outbox_get_monotonic_us (YihuOutbox *self)
{
  return self->live != NULL
             ? MAX (yihu_clock_get_monotonic_us (yihu_live_get_clock (self->live)), 1)
             : 1;
}

/* --- sending --- */

static void
on_timer (gpointer data)
{
  g_autoptr (YihuOutbox) self = g_object_ref (data);
  gint64 now_us = yihu_outbox_get_monotonic_us (self);

  g_clear_pointer (&self->timer, g_source_unref);
  if (self->live == NULL)
    return;
  for (guint i = 0; i < self->entries->len; i++)
    {
      YihuOutboxEntry *entry = g_ptr_array_index (self->entries, i);

      if (entry->sent_at_us != 0 && now_us - entry->sent_at_us >= RESEND_MS * 1000)
        entry->sent_at_us = 0;
    }
  yihu_outbox_send_waiting (self);
}

static void
arm_timer (YihuOutbox *self)
{
  if (self->timer == NULL && self->pending > 0 && self->live != NULL)
    self->timer = yihu_clock_add_timer (yihu_live_get_clock (self->live), BUSY_RETRY_MS, on_timer,
                                        self, NULL);
}

static gboolean
is_live (YihuOutbox *self)
{
  YihuLiveState state;

  if (self->live == NULL)
    return FALSE;
  state = yihu_live_get_state (self->live);
  return state == YIHU_LIVE_CATCHING_UP || state == YIHU_LIVE_ONLINE;
}

/* Meanwhile somebody else may have gone, or nobody be needed any more. */
static gboolean
is_stale (YihuOutbox *self, const YihuOutboxEntry *entry)
{
  return self->now != NULL && !entry->confirmed && yihu_command_is_dispatch (entry->command)
         && self->now (self->now_data) - entry->command->at_us > YIHU_OUTBOX_STALE_US;
}

/* The oldest row of each object may go. FALSE: nothing can go at present. */
static gboolean
send_entry (YihuOutbox *self, YihuOutboxEntry *entry, gint64 now_us)
{
  if (is_stale (self, entry))
    {
      entry->state = YIHU_OUTBOX_STALE;
      return TRUE;
    }
  if (!yihu_live_send (self->live, entry->command))
    return FALSE;
  entry->sent_at_us = now_us;
  return TRUE;
}

void
yihu_outbox_send_waiting (YihuOutbox *self)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
  gint64 now_us = yihu_outbox_get_monotonic_us (self);
  guint in_flight = 0;

  if (!is_live (self))
    return;
  for (guint i = 0; i < self->entries->len; i++)
    in_flight += ((YihuOutboxEntry *) g_ptr_array_index (self->entries, i))->sent_at_us != 0;
  for (guint i = 0; i < self->entries->len && in_flight < MAX_IN_FLIGHT; i++)
    {
      YihuOutboxEntry *entry = g_ptr_array_index (self->entries, i);

      if (!g_hash_table_add (taken, entry->object) || entry->state != YIHU_OUTBOX_WAITING
          || entry->busy || entry->sent_at_us != 0 || entry->not_before_us > now_us)
        continue;
      if (!send_entry (self, entry, now_us))
        break;
      in_flight += entry->sent_at_us != 0;
    }
  yihu_outbox_count (self);
  arm_timer (self);
}

/* --- answers --- */

/* Answers that say nothing about the command itself: it is sent again. */
static gboolean
is_passing (const GError *error)
{
  static const YihuError passing[] = { YIHU_ERROR_BUSY, YIHU_ERROR_OFFLINE,      YIHU_ERROR_TIMEOUT,
                                       YIHU_ERROR_FULL, YIHU_ERROR_UNAUTHORIZED, YIHU_ERROR_WIPE };

  for (guint i = 0; i < G_N_ELEMENTS (passing); i++)
    if (g_error_matches (error, YIHU_ERROR, passing[i]))
      return TRUE;
  return FALSE;
}

/* A copy that is the operation's own; a refusal without a reason gets one. */
static YihuReply *
dup_reply (const YihuReply *reply)
{
  YihuReply *copy;

  if (reply->state == YIHU_REPLY_OK)
    return yihu_reply_new (reply->key, reply->seq, reply->record);
  if (reply->error != NULL && reply->error->domain == YIHU_ERROR)
    copy = yihu_reply_new_error (reply->key, reply->error, reply->record);
  else
    {
      g_autoptr (GError) unsaid =
          g_error_new_literal (YIHU_ERROR,
                               reply->state == YIHU_REPLY_CONFLICT ? YIHU_ERROR_CONFLICT
                                                                   : YIHU_ERROR_REJECTED,
                               reply->error != NULL ? reply->error->message : "refused");

      copy = yihu_reply_new_error (reply->key, unsaid, reply->record);
    }
  copy->state = reply->state;
  return copy;
}

static void
on_reply (YihuLive *live, YihuReply *reply, YihuOutbox *self)
{
  g_autoptr (YihuOutbox) guard = g_object_ref (self);
  YihuOutboxEntry *entry = yihu_outbox_find (self, reply->key);
  YihuOutboxOp *op;

  if (entry == NULL || entry->state != YIHU_OUTBOX_WAITING || entry->busy)
    return;
  entry->sent_at_us = 0;
  if (reply->state != YIHU_REPLY_OK && is_passing (reply->error))
    {
      entry->not_before_us = yihu_outbox_get_monotonic_us (self) + BUSY_RETRY_MS * 1000;
      yihu_outbox_send_waiting (self);
      return;
    }
  entry->busy = TRUE;
  op = yihu_outbox_op_new (reply->state == YIHU_REPLY_OK ? YIHU_OUTBOX_OP_SETTLE
                                                         : YIHU_OUTBOX_OP_REFUSE,
                           entry);
  op->reply = dup_reply (reply);
  yihu_outbox_push (self, op);
}

static void
on_live_state (YihuOutbox *self)
{
  gboolean welcomed = is_live (self);

  if (welcomed == self->welcomed)
    return;
  self->welcomed = welcomed;
  for (guint i = 0; i < self->entries->len; i++)
    ((YihuOutboxEntry *) g_ptr_array_index (self->entries, i))->sent_at_us = 0;
  yihu_outbox_send_waiting (self);
}

static void
clear_timer (YihuOutbox *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

void
yihu_outbox_set_live (YihuOutbox *self, YihuLive *live)
{
  clear_timer (self);
  if (self->live != NULL)
    g_signal_handlers_disconnect_by_data (self->live, self);
  g_set_object (&self->live, live);
  self->welcomed = FALSE;
  if (live == NULL)
    return;
  g_signal_connect_object (live, "reply", G_CALLBACK (on_reply), self, 0);
  g_signal_connect_object (live, "notify::state", G_CALLBACK (on_live_state), self,
                           G_CONNECT_SWAPPED);
  on_live_state (self);
}

void
yihu_outbox_set_now (YihuOutbox *self, YihuOutboxNow now, gpointer data)
{
  self->now = now;
  self->now_data = data;
}

/* --- object --- */

static void
yihu_outbox_dispose (GObject *object)
{
  yihu_outbox_close (YIHU_OUTBOX (object));
  G_OBJECT_CLASS (yihu_outbox_parent_class)->dispose (object);
}

static void
yihu_outbox_finalize (GObject *object)
{
  YihuOutbox *self = YIHU_OUTBOX (object);

  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->ops);
  g_clear_object (&self->thread);
  G_OBJECT_CLASS (yihu_outbox_parent_class)->finalize (object);
}

static void
yihu_outbox_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  YihuOutbox *self = YIHU_OUTBOX (object);

  if (id == PROP_PENDING)
    g_value_set_uint (value, self->pending);
  else if (id == PROP_UNDECIDED)
    g_value_set_uint (value, self->undecided);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
yihu_outbox_class_init (YihuOutboxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = yihu_outbox_dispose;
  object_class->finalize = yihu_outbox_finalize;
  object_class->get_property = yihu_outbox_get_property;

  props[PROP_PENDING] = g_param_spec_uint ("pending", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_UNDECIDED] = g_param_spec_uint ("undecided", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  yihu_outbox_signals[YIHU_OUTBOX_SIGNAL_SETTLED] =
      g_signal_new ("settled", YIHU_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
  yihu_outbox_signals[YIHU_OUTBOX_SIGNAL_REFUSED] =
      g_signal_new ("refused", YIHU_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
}

static void
yihu_outbox_init (YihuOutbox *self)
{
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_outbox_entry_free);
  self->ops = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_outbox_op_free);
}

YihuOutbox *
yihu_outbox_new_threaded (YihuDatabase *database,
                          YihuWorkerThread *thread,
                          const YihuOutboxKeeper *keeper,
                          gpointer keeper_data,
                          GError **error)
{
  g_autoptr (YihuOutbox) self = g_object_new (YIHU_TYPE_OUTBOX, NULL);

  self->file.database = database;
  if (keeper != NULL)
    self->file.keeper = *keeper;
  self->file.keeper_data = keeper_data;
  g_set_object (&self->thread, thread);
  if (!yihu_outbox_file_prepare (&self->file, error)
      || !yihu_outbox_file_read (&self->file, 0, self->entries, error))
    return NULL;
  if (self->entries->len > 0)
    self->last_n =
        ((YihuOutboxEntry *) g_ptr_array_index (self->entries, self->entries->len - 1))->n;
  yihu_outbox_count (self);
  return g_steal_pointer (&self);
}

YihuOutbox *
yihu_outbox_new (YihuDatabase *database, GError **error)
{
  return yihu_outbox_new_threaded (database, NULL, NULL, NULL, error);
}

gboolean
yihu_outbox_append (YihuOutbox *self, YihuCommand *command, GError **error)
{
  gint64 n;

  g_return_val_if_fail (self->thread == NULL, FALSE);
  return yihu_outbox_file_insert (&self->file, command, &n, error);
}

void
yihu_outbox_flush (YihuOutbox *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (self->thread == NULL);

  if (!yihu_outbox_file_read (&self->file, self->last_n, self->entries, &error))
    g_message ("cannot read the outbox: %s", error->message);
  if (self->entries->len > 0)
    self->last_n =
        MAX (self->last_n,
             ((YihuOutboxEntry *) g_ptr_array_index (self->entries, self->entries->len - 1))->n);
  yihu_outbox_count (self);
  yihu_outbox_send_waiting (self);
}

guint
yihu_outbox_get_pending (YihuOutbox *self)
{
  return self->pending;
}

guint
yihu_outbox_get_undecided (YihuOutbox *self)
{
  return self->undecided;
}

void
yihu_outbox_row_free (YihuOutboxRow *row)
{
  g_clear_pointer (&row->command, yihu_command_unref);
  g_clear_pointer (&row->current, yihu_record_unref);
  g_clear_error (&row->error);
  g_free (row->key);
  g_free (row->object);
  g_free (row);
}

GPtrArray *
yihu_outbox_list (YihuOutbox *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_outbox_row_free);

  for (guint i = 0; i < self->entries->len; i++)
    {
      const YihuOutboxEntry *entry = g_ptr_array_index (self->entries, i);
      YihuOutboxRow *row = g_new0 (YihuOutboxRow, 1);

      row->key = g_strdup (entry->key);
      row->object = g_strdup (entry->object);
      row->state = entry->state;
      row->command = entry->command != NULL ? yihu_command_ref (entry->command) : NULL;
      row->error = entry->error != NULL ? g_error_copy (entry->error) : NULL;
      row->current = entry->current != NULL ? yihu_record_ref (entry->current) : NULL;
      g_ptr_array_add (list, row);
    }
  return list;
}
