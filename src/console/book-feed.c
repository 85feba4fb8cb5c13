/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The feed on its way: from the live connection to the writer thread, one batch one transaction,
 * and back to the main thread, where the cursor moves on and the screens are told. Telling is
 * sliced, so that a large batch never holds up the main loop.
 *
 * A batch that could not be applied stops the feed: what the connection delivers behind it belongs
 * to the same generation and is thrown away, and a new generation begins at the file's cursor. So
 * the cursor never passes over a hole. */

#include "console/book-private.h"

#include "base/error.h"
#include "base/mark.h"
#include "domain/kinds.h"

#define SLICE_US 1500
#define KEEP_SYNCED_US (15 * G_USEC_PER_SEC)

typedef struct
{
  GPtrArray *events; /* (owned) */
  gint64 to;
  guint generation;
  gint64 synced_at_us; /* 0: leave */
  gboolean counts; /* elders came or went */
  gint64 n_elders;
} Batch;

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_ptr_array_unref (batch->events);
  g_free (batch);
}

static gboolean
apply (YihuBook *self, Batch *batch, GError **error)
{
  if (self->failed_generation == batch->generation)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_BUSY, "an earlier batch is missing");
      return FALSE;
    }
  if (!yihu_cache_apply (self->writer, batch->events, batch->to, error))
    {
      self->failed_generation = batch->generation;
      return FALSE;
    }
  if (batch->counts)
    batch->n_elders = yihu_cache_count_elders (self->writer);
  return batch->synced_at_us == 0
         || yihu_cache_set_synced_at_us (self->writer, batch->synced_at_us, error);
}

static void
apply_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (apply (source, data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* --- telling --- */

/* What a screen reads is the city with the overlay; where there is none, that is the event's own
 * record. */
static void
tell_event (YihuBook *self, const YihuEvent *event, gboolean overlaid)
{
  g_autoptr (YihuRecord) record = NULL;

  if (event->type == &yihu_account_type)
    return;
  if (overlaid)
    record = yihu_book_get (self, event->type, event->id);
  else if (event->op == YIHU_EVENT_UPSERT)
    record = yihu_record_ref (event->record);
  if (record != NULL)
    yihu_book_tell_changed (self, record);
  else
    yihu_book_tell_removed (self, event->type, event->id);
}

static gboolean
tell_slice (YihuBook *self)
{
  gint64 until_us = g_get_monotonic_time () + SLICE_US;
  gboolean overlaid = yihu_desk_file_count_overlay (yihu_cache_get_desk (self->desk)) > 0;
  GPtrArray *events;

  while ((events = g_queue_peek_head (self->untold)) != NULL)
    {
      if (self->told >= events->len)
        {
          g_ptr_array_unref (g_queue_pop_head (self->untold));
          self->told = 0;
          continue;
        }
      tell_event (self, g_ptr_array_index (events, self->told++), overlaid);
      if (self->desk == NULL)
        return G_SOURCE_REMOVE; /* a screen closed the book */
      if (g_get_monotonic_time () > until_us)
        return G_SOURCE_CONTINUE;
    }
  return G_SOURCE_REMOVE;
}

static gboolean
on_tell (gpointer data)
{
  g_autoptr (YihuBook) self = g_object_ref (data);

  if (tell_slice (self))
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->tell_source, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
tell (YihuBook *self, GPtrArray *events)
{
  g_queue_push_tail (self->untold, g_ptr_array_ref (events));
  if (self->tell_source != NULL || !tell_slice (self))
    return;
  self->tell_source = g_idle_source_new ();
  g_source_set_priority (self->tell_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->tell_source, on_tell, self, NULL);
  g_source_attach (self->tell_source, g_main_context_get_thread_default ());
}

static void
put_on_shelf (YihuBook *self, GPtrArray *events)
{
  for (guint i = 0; i < events->len; i++)
    {
      const YihuEvent *event = g_ptr_array_index (events, i);

      if (event->type == &yihu_call_type)
        yihu_mark ("book.event.call", event->id);
      if (!yihu_book_shelf_holds (self->shelf, event->type))
        continue;
      if (event->op == YIHU_EVENT_UPSERT && event->record != NULL)
        yihu_book_shelf_put (self->shelf, event->record);
      else
        yihu_book_shelf_remove (self->shelf, event->type, event->id);
    }
}

/* --- the feed --- */

static void
on_batch_failed (YihuBook *self, Batch *batch, GError *error)
{
  if (batch->generation != self->generation)
    {
      g_error_free (error);
      return;
    }
  g_message ("the feed could not be written: %s", error->message);
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_CORRUPT)
      || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND))
    self->needs_snapshot = TRUE;
  self->generation++;
  yihu_live_stop (self->live);
  yihu_book_take_error (self, error);
  yihu_book_come_back_later (self);
}

static void
on_applied (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (YihuBook) self = g_object_ref (YIHU_BOOK (object));
  Batch *batch = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_error_free (error);
      else
        on_batch_failed (self, batch, error);
      return;
    }
  if (g_cancellable_is_cancelled (self->cancellable) || self->desk == NULL)
    return;
  if (batch->counts)
    self->n_elders = batch->n_elders;
  if (batch->synced_at_us != 0)
    self->synced_kept_us = batch->synced_at_us;
  put_on_shelf (self, batch->events);
  if (batch->generation == self->generation)
    yihu_live_set_cursor (self->live, batch->to);
  if (yihu_live_get_state (self->live) == YIHU_LIVE_ONLINE)
    yihu_book_set_synced_at_us (self, yihu_book_get_now_us (self));
  tell (self, batch->events);
}

static gboolean
has_elders (GPtrArray *events)
{
  for (guint i = 0; i < events->len; i++)
    if (((YihuEvent *) g_ptr_array_index (events, i))->type == &yihu_elder_type)
      return TRUE;
  return FALSE;
}

static void
on_events (YihuLive *live, GPtrArray *events, gint64 to, YihuBook *self)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_applied, NULL);
  Batch *batch = g_new0 (Batch, 1);
  gint64 now_us = yihu_book_get_now_us (self);

  batch->events = g_ptr_array_ref (events);
  batch->to = to;
  batch->generation = self->generation;
  batch->counts = has_elders (events);
  if (self->state == YIHU_BOOK_ONLINE && now_us - self->synced_kept_us > KEEP_SYNCED_US)
    batch->synced_at_us = now_us;
  g_task_set_source_tag (task, on_events);
  g_task_set_task_data (task, batch, batch_free);
  yihu_worker_thread_push (self->writer_thread, task, apply_thread);
}

static void
on_resnapshot (YihuLive *live, YihuBook *self)
{
  self->needs_snapshot = TRUE;
  /* A first time at once; a server that says so again and again is asked less and less often. */
  if (self->attempt++ == 0)
    yihu_book_go_live (self);
  else
    yihu_book_come_back_later (self);
}

/* --- synchrony --- */

gint64
yihu_book_get_heard_at_us (YihuBook *self)
{
  gint64 silent_us;

  if (self->live == NULL)
    return self->synced_at_us;
  silent_us = yihu_clock_get_monotonic_us (self->clock) - yihu_live_get_heard_at_us (self->live);
  return MAX (self->synced_at_us, yihu_book_get_now_us (self) - silent_us);
}

static void
keep_synced_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  YihuBook *self = source;
  gint64 *at_us = data;
  g_autoptr (GError) error = NULL;

  if (!yihu_cache_set_synced_at_us (self->writer, *at_us, &error))
    g_info ("cannot keep the age of the data: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

static void
keep_synced (YihuBook *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);

  self->synced_kept_us = self->synced_at_us;
  g_task_set_source_tag (task, keep_synced);
  g_task_set_task_data (task, g_memdup2 (&self->synced_at_us, sizeof (gint64)), g_free);
  yihu_worker_thread_push (self->writer_thread, task, keep_synced_thread);
}

static void
on_live_state (YihuLive *live, GParamSpec *pspec, YihuBook *self)
{
  g_autoptr (YihuBook) guard = g_object_ref (self);
  YihuLiveState state = yihu_live_get_state (live);
  const GError *error = yihu_live_get_error (live);

  if (self->state == YIHU_BOOK_ONLINE && state != YIHU_LIVE_ONLINE)
    {
      yihu_book_set_synced_at_us (self, yihu_book_get_heard_at_us (self));
      keep_synced (self);
    }
  if (state == YIHU_LIVE_ONLINE)
    {
      self->attempt = 0;
      yihu_book_take_error (self, NULL);
      yihu_book_set_synced_at_us (self, yihu_book_get_now_us (self));
    }
  else if (error != NULL)
    yihu_book_take_error (self, g_error_copy (error));

  if (state == YIHU_LIVE_REFUSED)
    {
      if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_WIPE))
        {
          yihu_book_wipe (self, g_error_copy (error));
          return;
        }
      /* The token may only have run out: the server decides again about the password. */
      if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED))
        {
          yihu_session_forget (self->session);
          yihu_book_come_back_later (self);
        }
      else
        self->is_refused = TRUE;
    }
  yihu_book_update_state (self);
}

static void
on_time (YihuLive *live, gint64 time_us, YihuBook *self)
{
  yihu_book_set_server_time (self, time_us, time_us);
}

static void
on_latency (YihuLive *live, GParamSpec *pspec, YihuBook *self)
{
  yihu_book_notify (self, "latency-ms");
}

static void
on_figures (YihuLive *live, const YihuFigures *figures, YihuBook *self)
{
  g_signal_emit (self, yihu_book_signals[YIHU_BOOK_SIGNAL_FIGURES], 0, figures);
}

void
yihu_book_connect_live (YihuBook *self)
{
  self->live = yihu_live_new (self->session, self->clock);
  g_signal_connect_object (self->live, "events", G_CALLBACK (on_events), self, 0);
  g_signal_connect_object (self->live, "resnapshot", G_CALLBACK (on_resnapshot), self, 0);
  g_signal_connect_object (self->live, "time", G_CALLBACK (on_time), self, 0);
  g_signal_connect_object (self->live, "figures", G_CALLBACK (on_figures), self, 0);
  g_signal_connect_object (self->live, "notify::state", G_CALLBACK (on_live_state), self, 0);
  g_signal_connect_object (self->live, "notify::latency-ms", G_CALLBACK (on_latency), self, 0);
  yihu_live_watch_figures (self->live, self->watch_figures);
  yihu_outbox_set_live (self->outbox, self->live);
}

void
yihu_book_forget_feed (YihuBook *self)
{
  if (self->tell_source != NULL)
    g_source_destroy (self->tell_source);
  g_clear_pointer (&self->tell_source, g_source_unref);
  g_queue_clear_full (self->untold, (GDestroyNotify) g_ptr_array_unref);
  self->told = 0;
  self->generation++;
}
