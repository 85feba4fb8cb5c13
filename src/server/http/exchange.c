/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Answering. Invariant: a message is unpaused at most once and never after it has finished; an
 * answer to a client that has gone is dropped silently. */

#include "server/http/exchange.h"

#include "base/error.h"
#include "base/number.h"

#include <string.h>

static void
on_finished (SoupServerMessage *message, YihuExchange *self)
{
  self->is_finished = TRUE;
  g_signal_handlers_disconnect_by_func (message, on_finished, self);
}

static void
closure_unref (gpointer data, GClosure *closure)
{
  yihu_exchange_unref (data);
}

YihuExchange *
yihu_exchange_new (YihuServer *server, SoupServerMessage *message, GHashTable *query)
{
  YihuExchange *self = g_rc_box_new0 (YihuExchange);

  self->server = g_object_ref (server);
  self->message = g_object_ref (message);
  self->query = query != NULL ? g_hash_table_ref (query) : NULL;
  server->n_exchanges++;
  return self;
}

YihuExchange *
yihu_exchange_ref (YihuExchange *self)
{
  return g_rc_box_acquire (self);
}

static void
exchange_clear (gpointer data)
{
  YihuExchange *self = data;

  self->server->n_exchanges--;
  g_object_unref (self->server);
  g_object_unref (self->message);
  g_clear_pointer (&self->actor, yihu_actor_unref);
  g_clear_pointer (&self->query, g_hash_table_unref);
  g_free (self->token_hash);
  g_free (self->object);
}

void
yihu_exchange_unref (YihuExchange *self)
{
  g_rc_box_release_full (self, exchange_clear);
}

YihuExchange *
yihu_exchange_pause (YihuExchange *self)
{
  if (!self->is_paused)
    {
      soup_server_message_pause (self->message);
      g_signal_connect_data (self->message, "finished", G_CALLBACK (on_finished),
                             yihu_exchange_ref (self), closure_unref, 0);
    }
  self->is_paused = TRUE;
  return yihu_exchange_ref (self);
}

static gboolean
begin_answer (YihuExchange *self, guint status)
{
  g_return_val_if_fail (!self->is_answered, FALSE);

  self->is_answered = TRUE;
  if (self->is_finished)
    return FALSE;
  soup_server_message_set_status (self->message, status, NULL);
  return TRUE;
}

static void
end_answer (YihuExchange *self)
{
  if (self->is_paused)
    soup_server_message_unpause (self->message);
  self->is_paused = FALSE;
}

void
yihu_exchange_answer_text (YihuExchange *self, guint status, char *body)
{
  g_autofree char *text = body;
  gsize length = strlen (text);

  if (!begin_answer (self, status))
    return;
  soup_server_message_set_response (self->message, "application/json", SOUP_MEMORY_TAKE,
                                    g_steal_pointer (&text), length);
  end_answer (self);
}

void
yihu_exchange_answer (YihuExchange *self, guint status, json_t *body)
{
  g_autoptr (json_t) owned = body;

  yihu_exchange_answer_text (self, status, yihu_json_print (owned));
}

void
yihu_exchange_answer_bytes (YihuExchange *self, const char *content_type, GBytes *body)
{
  if (!begin_answer (self, SOUP_STATUS_OK))
    return;
  soup_message_headers_set_content_type (soup_server_message_get_response_headers (self->message),
                                         content_type, NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (self->message), body);
  end_answer (self);
}

void
yihu_exchange_answer_range (YihuExchange *self,
                            const char *content_type,
                            GBytes *body,
                            const YihuByteRange *range)
{
  static const guint statuses[] = {
    [YIHU_BYTE_RANGE_WHOLE] = SOUP_STATUS_OK,
    [YIHU_BYTE_RANGE_PART] = SOUP_STATUS_PARTIAL_CONTENT,
    [YIHU_BYTE_RANGE_OUTSIDE] = SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE,
  };
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);
  g_autoptr (GBytes) part = NULL;

  if (!begin_answer (self, statuses[range->kind]))
    return;
  /* Else libsoup would cut the body itself, from a copy. */
  soup_message_headers_remove (soup_server_message_get_request_headers (self->message), "Range");
  soup_message_headers_replace (headers, "Accept-Ranges", "bytes");
  if (range->kind == YIHU_BYTE_RANGE_PART)
    {
      part = g_bytes_new_from_bytes (body, (gsize) range->from, (gsize) (range->to - range->from));
      soup_message_headers_set_content_range (headers, range->from, range->to - 1,
                                              (goffset) g_bytes_get_size (body));
    }
  else if (range->kind == YIHU_BYTE_RANGE_OUTSIDE)
    {
      g_autofree char *text = g_strdup_printf ("bytes */%" G_GSIZE_FORMAT, g_bytes_get_size (body));

      soup_message_headers_replace (headers, "Content-Range", text);
    }
  if (range->kind != YIHU_BYTE_RANGE_OUTSIDE)
    {
      soup_message_headers_set_content_type (headers, content_type, NULL);
      soup_message_body_append_bytes (soup_server_message_get_response_body (self->message),
                                      part != NULL ? part : body);
    }
  end_answer (self);
}

static char *
print_error (const GError *error, guint *status)
{
  YihuError code = error->domain == YIHU_ERROR ? error->code : YIHU_ERROR_FAILED;
  g_autoptr (json_t) body =
      json_pack ("{s:s, s:s}", "error", yihu_error_get_wire (code), "message", error->message);

  *status = yihu_error_get_status (code);
  if (body == NULL) /* a message that is not UTF-8 */
    return g_strdup_printf ("{\"error\":\"%s\",\"message\":\"\"}", yihu_error_get_wire (code));
  return yihu_json_print (body);
}

void
yihu_exchange_answer_error (YihuExchange *self, const GError *error)
{
  guint status = 0;
  char *text = print_error (error, &status);

  yihu_exchange_answer_text (self, status, text);
}

void
yihu_exchange_answer_refusal (YihuExchange *self, const GError *error, json_t *more)
{
  g_autoptr (json_t) body = more;
  gint64 wait_s = json_integer_value (json_object_get (body, "retry_after_s"));
  YihuError code = error->domain == YIHU_ERROR ? error->code : YIHU_ERROR_FAILED;

  json_object_set_new (body, "error", json_string (yihu_error_get_wire (code)));
  json_object_set_new (body, "message", json_string (error->message));
  if (wait_s > 0 && !self->is_finished)
    {
      g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, wait_s);

      soup_message_headers_replace (soup_server_message_get_response_headers (self->message),
                                    "Retry-After", text);
    }
  yihu_exchange_answer_text (self, yihu_error_get_status (code), yihu_json_print (body));
}

void
yihu_http_set_error (SoupServerMessage *message, const GError *error)
{
  guint status = 0;
  char *text = print_error (error, &status);

  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text,
                                    strlen (text));
}

GBytes *
yihu_exchange_get_body (YihuExchange *self)
{
  return soup_message_body_flatten (soup_server_message_get_request_body (self->message));
}

json_t *
yihu_exchange_read_json (YihuExchange *self)
{
  g_autoptr (GBytes) body = yihu_exchange_get_body (self);
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  const char *text = g_bytes_get_data (body, &length);
  json_t *json = yihu_json_parse (text != NULL ? text : "", length, 0, &error);

  if (json == NULL)
    yihu_exchange_answer_error (self, error);
  return json;
}

const char *
yihu_exchange_query_text (YihuExchange *self, const char *name)
{
  return self->query != NULL ? g_hash_table_lookup (self->query, name) : NULL;
}

gboolean
yihu_exchange_query_int (YihuExchange *self,
                         const char *name,
                         gint64 lowest,
                         gint64 highest,
                         gint64 *value,
                         GError **error)
{
  const char *text = yihu_exchange_query_text (self, name);

  if (text == NULL || yihu_number_parse (text, lowest, highest, value))
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
               "parameter '%s': must be a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
               name, lowest, highest);
  return FALSE;
}
