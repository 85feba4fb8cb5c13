/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The way of a snapshot over the network, as one synchronous flow in a thread: ask, wait while it
 * is built, receive, go on after a break, check. A break costs a try; tries in vain are counted
 * from the last byte that came, so a slow and broken line gets there in the end, and a dead one
 * ends in OFFLINE. Bytes that are not those announced are thrown away, once: a second time ends in
 * CORRUPT instead of a loop. */

#include "client/snapshot-fetch.h"

#include "base/bounded-json.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "client/session-private.h"
#include "client/snapshot-unpacker.h"
#include "wire/protocol.h"

#include <string.h>

#define CHUNK_BYTES (256 * 1024)
#define SILENCE_S 30
#define MAX_TRIES 6 /* without a byte */
#define FIRST_PAUSE_MS 200
#define LONGEST_PAUSE_MS 5000
#define POLL_MS 250
#define TELL_US (50 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  YihuSession *session;
  int schema;
  char *file;
  GBytes *key; /* (owned) */
  gint64 epoch; /* of the file that came */
  YihuFetchProgressFunc func; /* (nullable) */
  gpointer data;
  YihuFetchProgress progress;
  gint64 told_at_us;

  SoupSession *soup; /* (owned) */
  YihuSnapshotUnpacker *unpacker; /* (owned) (nullable) */
  guint tries;
} Fetch;

typedef enum
{
  STEP_DONE, /* the file stands */
  STEP_BUILDING,
  STEP_BROKEN, /* try again with what is missing */
  STEP_WRONG, /* try again from the beginning */
  STEP_FAILED,
} Step;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  g_free (fetch->file);
  g_clear_pointer (&fetch->key, g_bytes_unref);
  g_clear_object (&fetch->soup);
  g_clear_pointer (&fetch->unpacker, yihu_snapshot_unpacker_free);
  g_free (fetch);
}

/* --- progress --- */

typedef struct
{
  YihuFetchProgress progress;
  YihuFetchProgressFunc func;
  gpointer data;
  GCancellable *cancellable; /* (owned) (nullable) */
} Telling;

static gboolean
on_tell (gpointer data)
{
  Telling *telling = data;

  if (!g_cancellable_is_cancelled (telling->cancellable))
    telling->func (&telling->progress, telling->data);
  return G_SOURCE_REMOVE;
}

static void
telling_free (gpointer data)
{
  Telling *telling = data;

  g_clear_object (&telling->cancellable);
  g_free (telling);
}

static void
tell (GTask *task, YihuFetchStage stage, gint64 done, gint64 total)
{
  Fetch *fetch = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  gint64 now_us = g_get_monotonic_time ();
  g_autoptr (GSource) source = NULL;
  Telling *telling;

  if (fetch->func == NULL
      || (stage == fetch->progress.stage && now_us - fetch->told_at_us < TELL_US && done < total))
    return;
  fetch->told_at_us = now_us;
  fetch->progress.stage = stage;
  fetch->progress.done = done;
  fetch->progress.total = total;
  telling = g_new0 (Telling, 1);
  telling->progress = fetch->progress;
  telling->func = fetch->func;
  telling->data = fetch->data;
  telling->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_tell, telling, telling_free);
  g_source_attach (source, g_task_get_context (task));
}

/* --- one request --- */

static gint64
get_number (SoupMessage *message, const char *name)
{
  const char *text =
      soup_message_headers_get_one (soup_message_get_response_headers (message), name);
  gint64 value = 0;

  return yihu_number_parse (text, 0, G_MAXINT64, &value) ? value : 0;
}

static void
read_label (SoupMessage *message, YihuSnapshotLabel *label)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *hash = soup_message_headers_get_one (headers, "X-Yihu-Blake2b");

  memset (label, 0, sizeof *label);
  g_strlcpy (label->hash, hash != NULL ? hash : "", sizeof label->hash);
  label->plain_bytes = get_number (message, "X-Yihu-Plain-Bytes");
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH)
    label->bytes = soup_message_headers_get_content_length (headers);
}

static SoupMessage *
make_message (Fetch *fetch, GError **error)
{
  g_autofree char *path = g_strdup_printf (YIHU_PROTOCOL_PATH "/snapshot?schema=%d", fetch->schema);
  SoupMessage *message = yihu_session_new_message (fetch->session, "GET", path, error);
  gint64 offset = yihu_snapshot_unpacker_get_offset (fetch->unpacker);
  SoupMessageHeaders *headers;

  if (message == NULL || offset == 0)
    return message;
  headers = soup_message_get_request_headers (message);
  soup_message_headers_set_range (headers, offset, -1);
  {
    g_autofree char *tag =
        g_strdup_printf ("\"%s\"", yihu_snapshot_unpacker_get_label (fetch->unpacker)->hash);

    soup_message_headers_replace (headers, "If-Range", tag);
  }
  return message;
}

/* The rest of the very file that we have the beginning of? */
static gboolean
is_the_rest (Fetch *fetch, SoupMessage *message)
{
  const YihuSnapshotLabel *label = yihu_snapshot_unpacker_get_label (fetch->unpacker);
  YihuSnapshotLabel now;
  goffset start = -1;
  goffset end;
  goffset total = -1;

  read_label (message, &now);
  return soup_message_headers_get_content_range (soup_message_get_response_headers (message),
                                                 &start, &end, &total)
         && start == yihu_snapshot_unpacker_get_offset (fetch->unpacker) && total == label->bytes
         && strcmp (now.hash, label->hash) == 0;
}

static Step
judge (const GError *error)
{
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_CORRUPT))
    return STEP_WRONG;
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_OFFLINE)
      || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_TIMEOUT)
      || g_error_matches (error, YIHU_ERROR, YIHU_ERROR_BUSY))
    return STEP_BROKEN;
  return STEP_FAILED;
}

/* Takes @problem. @message: (nullable): while it is being sent, its certificate may be why. */
static Step
judge_transport (SoupMessage *message, GError *problem, GError **error)
{
  g_autoptr (GError) local = NULL;
  Step step;

  yihu_session_propagate_transport (message, &local, problem, FALSE, "fetch the snapshot");
  step = judge (local);
  g_propagate_error (error, g_steal_pointer (&local));
  return step;
}

static Step
finish (GTask *task, GError **error)
{
  Fetch *fetch = g_task_get_task_data (task);
  gint64 offset = yihu_snapshot_unpacker_get_offset (fetch->unpacker);
  g_autoptr (GError) local = NULL;
  Step step;

  tell (task, YIHU_FETCH_CHECKING, offset, offset);
  if (yihu_snapshot_unpacker_finish (fetch->unpacker, &local))
    return STEP_DONE;
  step = judge (local);
  g_propagate_error (error, g_steal_pointer (&local));
  return step;
}

static Step
receive (GTask *task, GInputStream *stream, GCancellable *cancellable, GError **error)
{
  Fetch *fetch = g_task_get_task_data (task);
  gint64 total = yihu_snapshot_unpacker_get_label (fetch->unpacker)->bytes;
  g_autofree guint8 *buffer = g_malloc (CHUNK_BYTES);
  GError *problem = NULL;
  gssize n;

  while ((n = g_input_stream_read (stream, buffer, CHUNK_BYTES, cancellable, &problem)) > 0)
    {
      if (!yihu_snapshot_unpacker_feed (fetch->unpacker, buffer, (gsize) n, &problem))
        return judge_transport (NULL, problem, error);
      fetch->tries = 0;
      tell (task, YIHU_FETCH_RECEIVING, yihu_snapshot_unpacker_get_offset (fetch->unpacker), total);
    }
  if (problem != NULL)
    return judge_transport (NULL, problem, error);
  if (yihu_snapshot_unpacker_get_offset (fetch->unpacker) == total)
    return finish (task, error);
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_OFFLINE, "a snapshot broke off");
  return STEP_BROKEN;
}

/* The whole file, from its beginning. */
static Step
receive_whole (GTask *task,
               SoupMessage *message,
               GInputStream *stream,
               GCancellable *cancellable,
               GError **error)
{
  Fetch *fetch = g_task_get_task_data (task);
  YihuSnapshotLabel label;

  read_label (message, &label);
  if (!yihu_snapshot_unpacker_begin (fetch->unpacker, &label, error))
    return STEP_FAILED;
  return receive (task, stream, cancellable, error);
}

static json_t *
read_answer (SoupMessage *message, GInputStream *stream, GError **error)
{
  char text[4096];
  gsize n = 0;

  if (!g_input_stream_read_all (stream, text, sizeof text, &n, NULL, NULL))
    n = 0;
  return yihu_session_parse_answer (message, text, n, NULL, error);
}

static Step
hear_building (GTask *task, SoupMessage *message, GInputStream *stream)
{
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr (json_t) answer = read_answer (message, stream, NULL);
  gint64 done = 0;
  gint64 total = 0;

  if (answer != NULL && json_is_object (answer))
    {
      yihu_json_read_int (answer, "done", FALSE, 0, G_MAXINT64, &done, NULL);
      yihu_json_read_int (answer, "total", FALSE, 0, G_MAXINT64, &total, NULL);
    }
  fetch->tries = 0;
  tell (task, YIHU_FETCH_BUILDING, done, total);
  return STEP_BUILDING;
}

static Step
hear_refusal (SoupMessage *message, GInputStream *stream, GError **error)
{
  g_autoptr (GError) local = NULL;
  json_t *answer = read_answer (message, stream, &local);
  Step step = judge (local);

  g_clear_pointer (&answer, json_decref);
  g_propagate_error (error, g_steal_pointer (&local));
  return step;
}

static Step
ask (GTask *task, GCancellable *cancellable, GError **error)
{
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr (SoupMessage) message = make_message (fetch, error);
  g_autoptr (GInputStream) stream = NULL;
  GError *problem = NULL;

  if (message == NULL)
    return STEP_FAILED;
  stream = soup_session_send (fetch->soup, message, cancellable, &problem);
  if (stream == NULL)
    return judge_transport (message, problem, error);
  fetch->epoch = get_number (message, "X-Yihu-Epoch");
  switch (soup_message_get_status (message))
    {
    case SOUP_STATUS_OK:
      return receive_whole (task, message, stream, cancellable, error);
    case SOUP_STATUS_PARTIAL_CONTENT:
      if (is_the_rest (fetch, message))
        return receive (task, stream, cancellable, error);
      break;
    case SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE:
      break;
    case SOUP_STATUS_ACCEPTED:
      return hear_building (task, message, stream);
    default:
      return hear_refusal (message, stream, error);
    }
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "another part of a snapshot came");
  return STEP_WRONG;
}

/* --- the flow --- */

/* FALSE where it was cancelled meanwhile. */
static gboolean
wait_ms (guint ms, GCancellable *cancellable, GError **error)
{
  GPollFD poll;

  if (g_cancellable_make_pollfd (cancellable, &poll))
    {
      g_poll (&poll, 1, (int) ms);
      g_cancellable_release_fd (cancellable);
    }
  else
    g_usleep ((gulong) ms * 1000);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
keep_part (Fetch *fetch)
{
  g_autoptr (GError) error = NULL;

  if (!yihu_snapshot_unpacker_keep (fetch->unpacker, &error))
    g_info ("a part of the snapshot could not be kept: %s", error->message);
}

/* After a break: how long until the next try, or not at all. */
static gboolean
go_on (GTask *task, const GError *error, GCancellable *cancellable, GError **cancelled)
{
  Fetch *fetch = g_task_get_task_data (task);

  if (fetch->tries == 0)
    keep_part (fetch);
  if (fetch->tries >= MAX_TRIES)
    return FALSE;
  g_info ("the snapshot broke off: %s", error->message);
  tell (task, YIHU_FETCH_ASKING, 0, 0);
  return wait_ms (yihu_clock_back_off_ms (fetch->tries++, FIRST_PAUSE_MS, LONGEST_PAUSE_MS),
                  cancellable, cancelled);
}

/* A wrong one: thrown away, and the first time another is fetched. */
static gboolean
begin_again (Fetch *fetch, const GError *error, GError **problem)
{
  yihu_snapshot_unpacker_discard (fetch->unpacker);
  if (fetch->progress.is_second)
    return FALSE;
  g_message ("a snapshot was thrown away and is fetched again: %s", error->message);
  fetch->progress.is_second = TRUE;
  g_clear_pointer (&fetch->unpacker, yihu_snapshot_unpacker_free);
  fetch->unpacker = yihu_snapshot_unpacker_new (fetch->file, fetch->key, problem);
  return fetch->unpacker != NULL;
}

/* An earlier fetch that was given up may need a moment to let go of the file. */
static gboolean
open_unpacker (Fetch *fetch, GCancellable *cancellable, GError **error)
{
  for (guint i = 0;; i++)
    {
      g_autoptr (GError) local = NULL;

      fetch->unpacker = yihu_snapshot_unpacker_new (fetch->file, fetch->key, &local);
      if (fetch->unpacker != NULL)
        return TRUE;
      if (i < MAX_TRIES && g_error_matches (local, YIHU_ERROR, YIHU_ERROR_BUSY)
          && wait_ms (yihu_clock_back_off_ms (i, FIRST_PAUSE_MS, LONGEST_PAUSE_MS), cancellable,
                      error))
        continue;
      if (!g_cancellable_is_cancelled (cancellable))
        g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
}

static gboolean
run (GTask *task, GCancellable *cancellable, GError **error)
{
  Fetch *fetch = g_task_get_task_data (task);

  fetch->soup = yihu_session_new_soup (fetch->session, SILENCE_S);
  if (!open_unpacker (fetch, cancellable, error))
    return FALSE;
  for (;;)
    {
      g_autoptr (GError) local = NULL;
      GError *problem = NULL;
      gboolean more = FALSE;

      switch (ask (task, cancellable, &local))
        {
        case STEP_DONE:
          return TRUE;
        case STEP_BUILDING:
          more = wait_ms (POLL_MS, cancellable, &problem);
          break;
        case STEP_BROKEN:
          more = go_on (task, local, cancellable, &problem);
          break;
        case STEP_WRONG:
          more = begin_again (fetch, local, &problem);
          break;
        case STEP_FAILED:
          keep_part (fetch);
          break;
        }
      if (more)
        continue;
      g_propagate_error (error, problem != NULL ? problem : g_steal_pointer (&local));
      return FALSE;
    }
}

static void
fetch_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Fetch *fetch = data;
  GError *error = NULL;
  gboolean done = run (task, cancellable, &error);

  g_clear_pointer (&fetch->unpacker, yihu_snapshot_unpacker_free); /* which waits for the disk */
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
yihu_session_fetch_snapshot_async (YihuSession *self,
                                   int schema,
                                   const char *file,
                                   YihuFetchProgressFunc progress,
                                   gpointer progress_data,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  GBytes *key = yihu_session_get_scope_key (self);
  Fetch *fetch;

  g_task_set_source_tag (task, yihu_session_fetch_snapshot_async);
  if (key == NULL)
    {
      g_task_return_new_error (task, YIHU_ERROR, YIHU_ERROR_FORBIDDEN,
                               "this account has no register to read");
      return;
    }
  fetch = g_new0 (Fetch, 1);
  fetch->session = self; /* the task holds it */
  fetch->schema = schema;
  fetch->file = g_strdup (file);
  fetch->key = g_bytes_ref (key);
  fetch->func = progress;
  fetch->data = progress_data;
  g_task_set_task_data (task, fetch, fetch_free);
  g_task_run_in_thread (task, fetch_thread);
}

gboolean
yihu_session_fetch_snapshot_finish (YihuSession *self, GAsyncResult *result, GError **error)
{
  Fetch *fetch;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  fetch = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  /* A snapshot of a newer epoch than that of the log-in: from now on this one counts. */
  if (fetch->epoch > 0)
    yihu_session_set_epoch (self, fetch->epoch);
  return TRUE;
}
