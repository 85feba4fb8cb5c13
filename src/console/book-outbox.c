/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a person decides: command and overlay in one transaction on the desk thread, and what the
 * server's answers mean for the overlay, in the transaction that takes the command out. Screens are
 * told after the commit, so that nothing is ever shown that a power cut could take back. */

#include "console/book-private.h"

#include "base/error.h"

#define SEAL_KIND "command"

/* --- on the desk thread --- */

static GBytes *
seal_command (const char *key, const char *text, gpointer data)
{
  return yihu_desk_file_seal (data, SEAL_KIND, key, text);
}

static char *
open_command (const char *key, GBytes *sealed, gpointer data, GError **error)
{
  return yihu_desk_file_open_sealed (data, SEAL_KIND, key, sealed, error);
}

static gboolean
settle_overlay (YihuDatabase *database, const char *key, gint64 seq, gpointer data, GError **error)
{
  return yihu_desk_file_settle_overlay (data, key, seq, error);
}

static gboolean
hold_overlay (YihuDatabase *database, const char *key, gpointer data, GError **error)
{
  return yihu_desk_file_hold_overlay (data, key, error);
}

static gboolean
drop_overlay (YihuDatabase *database, const char *key, gpointer data, GError **error)
{
  return yihu_desk_file_drop_overlay (data, key, error);
}

static gboolean
release_overlay (YihuDatabase *database,
                 const char *old_key,
                 const char *key,
                 gpointer data,
                 GError **error)
{
  return yihu_desk_file_release_overlay (data, old_key, key, error);
}

const YihuOutboxKeeper yihu_book_keeper = {
  .seal = seal_command,
  .open = open_command,
  .settled = settle_overlay,
  .refused = hold_overlay,
  .dropped = drop_overlay,
  .again = release_overlay,
};

typedef struct
{
  YihuDeskFile *keeper;
  char *key;
  YihuRecord *overlay; /* (owned) */
  gboolean replaces; /* what was there under this key */
} OverlayWork;

static OverlayWork *
overlay_work_new (YihuBook *self, YihuCommand *command, gpointer overlay, gboolean replaces)
{
  OverlayWork *work = g_new0 (OverlayWork, 1);

  work->keeper = self->keeper;
  work->key = g_strdup (command->key);
  work->overlay = yihu_record_ref (overlay);
  work->replaces = replaces;
  return work;
}

static void
overlay_work_free (gpointer data)
{
  OverlayWork *work = data;

  yihu_record_unref (work->overlay);
  g_free (work->key);
  g_free (work);
}

static gboolean
put_overlay (YihuDatabase *database, gpointer data, GError **error)
{
  OverlayWork *work = data;

  return (!work->replaces || yihu_desk_file_drop_overlay (work->keeper, work->key, error))
         && yihu_desk_file_put_overlay (work->keeper, work->key, work->overlay, error);
}

typedef struct
{
  YihuDeskFile *keeper;
  gint64 cursor;
} ReachWork;

static gboolean
reach_overlay (YihuDatabase *database, gpointer data, GError **error)
{
  ReachWork *work = data;

  return yihu_desk_file_reach_overlay (work->keeper, work->cursor, error);
}

/* --- telling --- */

/* What the overlay said of these records is no longer so, or is so again. */
static void
tell_records (YihuBook *self, GPtrArray *touched)
{
  for (guint i = 0; i < touched->len && self->desk != NULL; i++)
    {
      const YihuRecord *before = g_ptr_array_index (touched, i);
      g_autoptr (YihuRecord) now = yihu_book_get (self, before->type, before->id);

      if (now != NULL)
        yihu_book_tell_changed (self, now);
      else
        yihu_book_tell_removed (self, before->type, before->id);
    }
}

static GPtrArray *
list_touched (YihuBook *self, const char *key)
{
  if (self->desk == NULL)
    return g_ptr_array_new ();
  return yihu_desk_file_list_overlay_of (yihu_cache_get_desk (self->desk), key);
}

typedef struct
{
  YihuBook *book; /* (owned) */
  GPtrArray *touched; /* (owned) */
} Telling;

static void
on_reached (GObject *object, GAsyncResult *result, gpointer data)
{
  Telling *telling = data;
  g_autoptr (GError) error = NULL;

  if (!yihu_outbox_finish (YIHU_OUTBOX (object), result, &error))
    g_message ("cannot settle an overlay: %s", error->message);
  tell_records (telling->book, telling->touched);
  g_ptr_array_unref (telling->touched);
  g_object_unref (telling->book);
  g_free (telling);
}

/* The overlay goes when the feed has passed the answer. Where it already has, nobody else would
 * look again. */
static void
on_settled (YihuOutbox *outbox, YihuCommand *command, YihuReply *reply, YihuBook *self)
{
  ReachWork *work;
  Telling *telling;

  if (self->live == NULL || yihu_live_get_cursor (self->live) < reply->seq)
    return;
  work = g_new0 (ReachWork, 1);
  work->keeper = self->keeper;
  work->cursor = yihu_live_get_cursor (self->live);
  telling = g_new0 (Telling, 1);
  telling->book = g_object_ref (self);
  telling->touched = list_touched (self, command->key);
  yihu_outbox_append_async (outbox, NULL, reach_overlay, work, g_free, on_reached, telling);
}

static void
on_refused (YihuOutbox *outbox, YihuCommand *command, YihuReply *reply, YihuBook *self)
{
  g_autoptr (YihuBook) guard = g_object_ref (self);
  g_autoptr (GPtrArray) touched = list_touched (self, command->key);

  tell_records (self, touched);
  g_signal_emit (self, yihu_book_signals[YIHU_BOOK_SIGNAL_REFUSED], 0, command, reply->error);
}

static void
on_count (YihuOutbox *outbox, GParamSpec *pspec, YihuBook *self)
{
  yihu_book_notify (self, pspec->name);
}

static gint64
get_now (gpointer data)
{
  return yihu_book_get_now_us (data);
}

void
yihu_book_connect_outbox (YihuBook *self)
{
  yihu_outbox_set_now (self->outbox, get_now, self);
  g_signal_connect_object (self->outbox, "settled", G_CALLBACK (on_settled), self, 0);
  g_signal_connect_object (self->outbox, "refused", G_CALLBACK (on_refused), self, 0);
  g_signal_connect_object (self->outbox, "notify::pending", G_CALLBACK (on_count), self, 0);
  g_signal_connect_object (self->outbox, "notify::undecided", G_CALLBACK (on_count), self, 0);
  yihu_book_notify (self, "pending");
  yihu_book_notify (self, "undecided");
}

/* --- deciding --- */

static gboolean
fail_closed (YihuBook *self, GTask *task)
{
  if (self->is_usable && self->outbox != NULL)
    return FALSE;
  g_task_return_new_error (task, YIHU_ERROR, YIHU_ERROR_OFFLINE, "nobody is logged in");
  g_object_unref (task);
  return TRUE;
}

/* The answer of the outbox is the answer of the task; its data: the records to tell about. */
static void
on_written (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  YihuBook *self = g_task_get_source_object (task);
  GPtrArray *touched = g_task_get_task_data (task);
  GError *error = NULL;

  if (!yihu_outbox_finish (YIHU_OUTBOX (object), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  tell_records (self, touched);
  g_task_return_boolean (task, TRUE);
}

static GTask *
make_task (YihuBook *self, gpointer tag, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, NULL, callback, data);

  g_task_set_source_tag (task, tag);
  return task;
}

static void
set_touched (GTask *task, GPtrArray *touched, gpointer overlay)
{
  if (overlay != NULL)
    g_ptr_array_add (touched, yihu_record_ref (overlay));
  g_task_set_task_data (task, touched, (GDestroyNotify) g_ptr_array_unref);
}

void
yihu_book_submit_async (YihuBook *self,
                        YihuCommand *command,
                        gpointer overlay,
                        GAsyncReadyCallback callback,
                        gpointer data)
{
  g_autoptr (GPtrArray) commands = NULL;
  GTask *task;

  g_return_if_fail (YIHU_IS_BOOK (self));
  g_return_if_fail (command != NULL);

  task = make_task (self, yihu_book_submit_async, callback, data);
  if (fail_closed (self, task))
    return;
  commands = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_command_unref);
  g_ptr_array_add (commands, yihu_command_ref (command));
  set_touched (task, g_ptr_array_new_with_free_func (yihu_record_unref), overlay);
  yihu_outbox_append_async (self->outbox, commands, overlay != NULL ? put_overlay : NULL,
                            overlay != NULL ? overlay_work_new (self, command, overlay, FALSE)
                                            : NULL,
                            overlay != NULL ? overlay_work_free : NULL, on_written, task);
}

gboolean
yihu_book_submit_finish (YihuBook *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

GPtrArray *
yihu_book_list_outbox (YihuBook *self)
{
  g_return_val_if_fail (YIHU_IS_BOOK (self), NULL);

  return self->outbox != NULL ? yihu_outbox_list (self->outbox) : g_ptr_array_new ();
}

void
yihu_book_decide_async (YihuBook *self,
                        const char *key,
                        YihuOutboxDecision decision,
                        YihuCommand *instead,
                        gpointer overlay,
                        GAsyncReadyCallback callback,
                        gpointer data)
{
  gboolean replaces = instead != NULL && overlay != NULL;
  GTask *task;

  g_return_if_fail (YIHU_IS_BOOK (self));
  g_return_if_fail (key != NULL);

  task = make_task (self, yihu_book_decide_async, callback, data);
  if (fail_closed (self, task))
    return;
  set_touched (task, list_touched (self, key), replaces ? overlay : NULL);
  yihu_outbox_decide_async (self->outbox, key, decision, instead, replaces ? put_overlay : NULL,
                            replaces ? overlay_work_new (self, instead, overlay, TRUE) : NULL,
                            replaces ? overlay_work_free : NULL, on_written, task);
}

gboolean
yihu_book_decide_finish (YihuBook *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
