/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How a request travels: one message out, a bounded body back, a deadline over the whole of it.
 * Asynchronous requests run in the caller's context on the session's pool; waiting ones make a pool
 * of their own, because a pool belongs to one thread. */

#include "client/session-private.h"

#include "base/bounded-json.h"
#include "base/error.h"

#include <string.h>

#define REFUSAL "yihu-refusal"
#define CHUNK_BYTES (64 * 1024)
#define MAX_CONNECTIONS 64

typedef struct
{
  SoupMessage *message; /* (owned) */
  GInputStream *stream; /* (owned) (nullable) */
  GByteArray *body; /* (owned) */
  GCancellable *inner; /* (owned): cancelled by the caller or by the deadline */
  GCancellable *outer; /* (owned) (nullable) */
  gulong outer_handler;
  GSource *deadline; /* (owned) (nullable) */
  gboolean timed_out;
} Request;

SoupSession *
yihu_session_new_soup (YihuSession *self, guint timeout_s)
{
  SoupSession *soup =
      soup_session_new_with_options ("user-agent", "yihu/" YIHU_VERSION, "max-conns",
                                     MAX_CONNECTIONS, "max-conns-per-host", MAX_CONNECTIONS,
                                     "timeout", timeout_s, "idle-timeout", 60, NULL);

  yihu_trust_prepare_session (yihu_session_get_trust (self), soup);
  return soup;
}

static void
request_free (gpointer data)
{
  Request *request = data;

  if (request->deadline != NULL)
    {
      g_source_destroy (request->deadline);
      g_source_unref (request->deadline);
    }
  if (request->outer_handler != 0)
    g_cancellable_disconnect (request->outer, request->outer_handler);
  g_clear_object (&request->outer);
  g_clear_object (&request->inner);
  g_clear_object (&request->stream);
  g_clear_object (&request->message);
  g_byte_array_unref (request->body);
  g_free (request);
}

void
yihu_session_propagate_transport (SoupMessage *message,
                                  GError **error,
                                  GError *problem,
                                  gboolean timed_out,
                                  const char *attempt)
{
  YihuError code = YIHU_ERROR_OFFLINE;

  if (!timed_out && message != NULL && yihu_trust_explain (message, problem, error))
    {
      g_error_free (problem);
      return;
    }
  if (timed_out || g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    code = YIHU_ERROR_TIMEOUT;
  else if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED)
           || problem->domain == YIHU_ERROR)
    {
      g_propagate_error (error, problem);
      return;
    }
  g_set_error (error, YIHU_ERROR, code, "%s: %s", attempt,
               timed_out ? "no answer in time" : problem->message);
  g_error_free (problem);
}

static void
set_answer_error (guint status, const json_t *answer, GError **error)
{
  const char *wire = NULL;
  const char *message = NULL;
  YihuError code = yihu_error_from_status (status);

  if (answer != NULL && json_is_object (answer))
    {
      yihu_json_read_text (answer, "error", FALSE, 64, &wire, NULL);
      yihu_json_read_text (answer, "message", FALSE, 4096, &message, NULL);
    }
  if (wire != NULL)
    code = yihu_error_from_wire (wire);
  g_set_error (error, YIHU_ERROR, code, "%s (status %u)",
               message != NULL ? message : "the server refused", status);
}

json_t *
yihu_session_parse_answer (SoupMessage *message,
                           const char *data,
                           gsize size,
                           json_t **refusal,
                           GError **error)
{
  guint status = soup_message_get_status (message);
  gboolean good = SOUP_STATUS_IS_SUCCESSFUL (status);
  g_autoptr (json_t) answer = NULL;

  if (size > 0)
    answer = yihu_json_parse (data, (gssize) size, YIHU_SESSION_MAX_ANSWER, good ? error : NULL);
  if (good)
    return g_steal_pointer (&answer);
  set_answer_error (status, answer, error);
  if (refusal != NULL)
    *refusal = g_steal_pointer (&answer);
  return NULL;
}

static gboolean
append_chunk (GByteArray *body, gconstpointer data, gsize size, GError **error)
{
  if (size > YIHU_SESSION_MAX_ANSWER - body->len)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_TOO_LARGE, "the server's answer has no end");
      return FALSE;
    }
  g_byte_array_append (body, data, size);
  return TRUE;
}

static void
return_problem (GTask *task, GError *problem)
{
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  yihu_session_propagate_transport (request->message, &error, problem, request->timed_out,
                                    soup_message_get_method (request->message));
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
return_answer (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  json_t *refusal = NULL;
  json_t *answer = yihu_session_parse_answer (request->message, (const char *) request->body->data,
                                              request->body->len, &refusal, &error);

  if (refusal != NULL)
    g_object_set_data_full (G_OBJECT (task), REFUSAL, refusal, (GDestroyNotify) json_decref);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, answer, (GDestroyNotify) json_decref);
}

static void
on_chunk_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) chunk =
      g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, &error);

  if (chunk == NULL
      || !append_chunk (request->body, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk),
                        &error))
    {
      return_problem (task, g_steal_pointer (&error));
      return;
    }
  if (g_bytes_get_size (chunk) == 0)
    {
      return_answer (task);
      return;
    }
  g_input_stream_read_bytes_async (request->stream, CHUNK_BYTES, G_PRIORITY_DEFAULT, request->inner,
                                   on_chunk_ready, g_steal_pointer (&task));
}

static void
on_sent (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  request->stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (request->stream == NULL)
    {
      return_problem (task, g_steal_pointer (&error));
      return;
    }
  g_input_stream_read_bytes_async (request->stream, CHUNK_BYTES, G_PRIORITY_DEFAULT, request->inner,
                                   on_chunk_ready, g_steal_pointer (&task));
}

static gboolean
on_deadline (gpointer data)
{
  Request *request = data;

  request->timed_out = TRUE;
  g_cancellable_cancel (request->inner);
  return G_SOURCE_REMOVE;
}

static void
on_outer_cancelled (GCancellable *outer, gpointer data)
{
  g_cancellable_cancel (data);
}

static void
send (YihuSession *self, GTask *task, SoupMessage *message, guint timeout_s)
{
  Request *request = g_new0 (Request, 1);
  GCancellable *outer = g_task_get_cancellable (task);

  request->message = message;
  request->body = g_byte_array_new ();
  request->inner = g_cancellable_new ();
  request->deadline = g_timeout_source_new_seconds (MAX (timeout_s, 1));
  g_source_set_callback (request->deadline, on_deadline, request, NULL);
  g_source_attach (request->deadline, g_task_get_context (task));
  g_task_set_task_data (task, request, request_free);
  if (outer != NULL)
    {
      request->outer = g_object_ref (outer);
      request->outer_handler =
          g_cancellable_connect (outer, G_CALLBACK (on_outer_cancelled),
                                 g_object_ref (request->inner), g_object_unref);
    }
  soup_session_send_async (yihu_session_get_soup (self), message, G_PRIORITY_DEFAULT,
                           request->inner, on_sent, task);
}

static void
set_json_body (SoupMessage *message, json_t *body)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (body == NULL)
    return;
  text = yihu_json_print (body);
  bytes = g_bytes_new (text, strlen (text));
  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
}

void
yihu_session_request_async (YihuSession *self,
                            const char *method,
                            const char *path,
                            json_t *body,
                            guint timeout_s,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);
  g_autoptr (GError) error = NULL;
  SoupMessage *message = yihu_session_new_message (self, method, path, &error);

  g_task_set_source_tag (task, yihu_session_request_async);
  if (message == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
      return;
    }
  set_json_body (message, body);
  send (self, task, message, timeout_s);
}

const json_t *
yihu_session_peek_refusal (GAsyncResult *result)
{
  return g_object_get_data (G_OBJECT (result), REFUSAL);
}

json_t *
yihu_session_request_finish (YihuSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
yihu_session_upload_async (YihuSession *self,
                           const char *method,
                           const char *path,
                           const char *content_type,
                           GBytes *body,
                           guint timeout_s,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);
  g_autoptr (GError) error = NULL;
  SoupMessage *message = yihu_session_new_message (self, method, path, &error);

  g_task_set_source_tag (task, yihu_session_upload_async);
  if (message == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
      return;
    }
  soup_message_set_request_body_from_bytes (message, content_type, body);
  send (self, task, message, timeout_s);
}

/* --- waiting --- */

static gboolean
read_all (GInputStream *stream,
          GByteArray *body,
          gint64 until_us,
          GCancellable *cancellable,
          GError **error)
{
  g_autofree char *buffer = g_malloc (CHUNK_BYTES);

  for (;;)
    {
      gssize n = g_input_stream_read (stream, buffer, CHUNK_BYTES, cancellable, error);

      if (n <= 0)
        return n == 0;
      if (!append_chunk (body, buffer, (gsize) n, error))
        return FALSE;
      if (g_get_monotonic_time () > until_us)
        {
          g_set_error (error, YIHU_ERROR, YIHU_ERROR_TIMEOUT, "no answer in time");
          return FALSE;
        }
    }
}

json_t *
yihu_session_ask_sync (YihuSession *self,
                       const char *method,
                       const char *path,
                       json_t *body,
                       guint timeout_s,
                       GCancellable *cancellable,
                       json_t **refusal,
                       GError **error)
{
  g_autoptr (SoupMessage) message = yihu_session_new_message (self, method, path, error);
  g_autoptr (SoupSession) soup = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GError *problem = NULL;
  gint64 until_us = g_get_monotonic_time () + (gint64) timeout_s * G_USEC_PER_SEC;

  if (message == NULL)
    return NULL;
  soup = yihu_session_new_soup (self, timeout_s);
  set_json_body (message, body);
  stream = soup_session_send (soup, message, cancellable, &problem);
  if (stream == NULL || !read_all (stream, bytes, until_us, cancellable, &problem))
    {
      yihu_session_propagate_transport (message, error, problem, FALSE, method);
      return NULL;
    }
  return yihu_session_parse_answer (message, (const char *) bytes->data, bytes->len, refusal,
                                    error);
}

json_t *
yihu_session_request_sync (YihuSession *self,
                           const char *method,
                           const char *path,
                           json_t *body,
                           guint timeout_s,
                           GCancellable *cancellable,
                           GError **error)
{
  return yihu_session_ask_sync (self, method, path, body, timeout_s, cancellable, NULL, error);
}
