/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The scripted server. It answers a repeated key with the first answer, as docs/protocol.md asks,
 * so that "applied" holds each command at most once by key: a test that sees one twice has found a
 * second key. */

#include "fake-server.h"

#include "base/bounded-json.h"
#include "base/error.h"
#include "domain/call.h"

#include <string.h>

static char *
print_error (YihuError code, const char *message)
{
  g_autoptr (json_t) json =
      json_pack ("{s:s, s:s}", "error", yihu_error_get_wire (code), "message", message);

  return yihu_json_print (json);
}

static void
respond (SoupServerMessage *message, guint status, char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text,
                                    strlen (text));
}

static void
note_request (FakeServer *self, SoupServerMessage *message)
{
  GUri *parsed = soup_server_message_get_uri (message);

  g_ptr_array_add (self->requests,
                   g_strdup_printf ("%s %s%s%s", soup_server_message_get_method (message),
                                    g_uri_get_path (parsed),
                                    g_uri_get_query (parsed) != NULL ? "?" : "",
                                    g_uri_get_query (parsed) != NULL ? g_uri_get_query (parsed)
                                                                     : ""));
}

static void
on_login (SoupServer *soup,
          SoupServerMessage *message,
          const char *path,
          GHashTable *query,
          gpointer data)
{
  FakeServer *self = data;
  g_autoptr (json_t) json = NULL;
  g_autofree char *key = g_base64_encode ((const guchar *) "0123456789abcdef0123456789abcdef", 32);

  note_request (self, message);
  if (self->login_status != 0)
    {
      respond (message, (guint) self->login_status,
               print_error (yihu_error_from_status ((guint) self->login_status), "told to"));
      return;
    }
  json = json_pack (
      "{s:s, s:{s:s, s:I, s:I, s:s, s:s, s:s, s:s}, s:{s:I, s:I}, s:i, s:I, s:I, s:i, s:s,"
      " s:{s:s, s:s, s:s}}",
      "token", "T1", "account", "id", "A1", "version", (json_int_t) 1, "division",
      (json_int_t) 210800000000, "login", "op03", "name", "陈静", "role", "operator", "seat", "03",
      "scope", "lo", (json_int_t) 210800000000, "hi", (json_int_t) 210900000000, "epoch", 3,
      "expires_at_us", (json_int_t) (FAKE_NOW_US + 1), "server_time_us", (json_int_t) FAKE_NOW_US,
      "protocol", self->login_protocol, "scope_key", key, "sip", "registrar", "sip:127.0.0.1:5060",
      "user", "03.1763743200", "password", "pw");
  g_assert_nonnull (json);
  respond (message, 200, yihu_json_print (json));
}

static json_t *
make_events (FakeServer *self, gint64 from, guint limit, gint64 *to)
{
  json_t *events = json_array ();

  *to = from;
  for (gint64 i = from; i < self->seq && json_array_size (events) < limit; i++)
    {
      json_array_append (events, g_ptr_array_index (self->feed, i));
      *to = i + 1;
    }
  return events;
}

static void
on_changes (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  FakeServer *self = data;
  gint64 since = g_ascii_strtoll (g_hash_table_lookup (query, "since"), NULL, 10);
  gint64 to;
  json_t *events;
  g_autoptr (json_t) json = NULL;

  note_request (self, message);
  if (self->resnapshot)
    {
      respond (message, 410, print_error (YIHU_ERROR_RESNAPSHOT, "too old"));
      return;
    }
  events = make_events (self, since, self->page, &to);
  json = json_pack ("{s:I, s:I, s:b, s:o}", "from", (json_int_t) since, "to", (json_int_t) to,
                    "more", to < self->seq, "ev", events);
  respond (message, 200, yihu_json_print (json));
}

static void
send_json (SoupWebsocketConnection *socket, json_t *json)
{
  g_autoptr (json_t) owned = json;
  g_autofree char *text = yihu_json_print (owned);

  if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (socket, text);
}

static void
push_to (FakeServer *self, SoupWebsocketConnection *socket, gint64 from)
{
  gint64 to;
  json_t *events = make_events (self, from, 500, &to);

  send_json (socket, json_pack ("{s:o, s:I}", "ev", events, "to", (json_int_t) to));
}

static void
take_hello (FakeServer *self, SoupWebsocketConnection *socket, const json_t *hello)
{
  gint64 cursor = json_integer_value (json_object_get (hello, "cursor"));

  if (self->no_welcome)
    return;
  send_json (socket, json_pack ("{s:{s:I, s:I}}", "welcome", "seq", (json_int_t) self->seq,
                                "time_us", (json_int_t) FAKE_NOW_US));
  if (self->behind_on_hello)
    send_json (socket, json_pack ("{s:{s:I}}", "behind", "to", (json_int_t) self->seq));
  else if (self->push_on_hello && cursor < self->seq)
    push_to (self, socket, cursor);
}

static char *
decide (FakeServer *self, const YihuCommand *command)
{
  gpointer refusal = g_hash_table_lookup (self->refusals, command->object);
  g_autoptr (YihuReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) json = NULL;

  if (refusal != NULL)
    {
      error = g_error_new (YIHU_ERROR, GPOINTER_TO_INT (refusal), "told to refuse");
      reply = yihu_reply_new_error (command->key, error, NULL);
    }
  else
    {
      g_ptr_array_add (self->applied, g_strdup_printf ("%s %s", command->object, command->name));
      reply = yihu_reply_new (command->key, ++self->seq, NULL);
      g_ptr_array_add (self->feed, json_pack ("[I, s, s, s, i]", (json_int_t) self->seq, "call",
                                              command->object, "d", 1));
    }
  json = yihu_reply_to_json (reply);
  return yihu_json_print (json);
}

static void
take_command (FakeServer *self, SoupWebsocketConnection *socket, const json_t *object)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuCommand) command = yihu_command_from_json (object, &error);
  g_autofree char *fresh = NULL;
  g_autofree char *frame = NULL;
  const char *answer;

  g_assert_no_error (error);
  self->commands_seen++;
  answer = g_hash_table_lookup (self->answers, command->key);
  if (answer == NULL)
    fresh = decide (self, command);
  frame = g_strdup_printf ("{\"done\":%s}", answer != NULL ? answer : fresh);
  /* What is only passing is not remembered. */
  if (fresh != NULL && strstr (fresh, "\"busy\"") == NULL)
    g_hash_table_insert (self->answers, g_strdup (command->key), g_steal_pointer (&fresh));

  if (self->cut_after_apply)
    {
      self->cut_after_apply = FALSE;
      fake_server_close_sockets (self, 1011);
    }
  else if (self->lose_replies > 0)
    self->lose_replies--;
  else if (self->hold_replies)
    g_ptr_array_add (self->held, g_steal_pointer (&frame));
  else if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (socket, frame);
}

static void
on_message (SoupWebsocketConnection *socket, int type, GBytes *message, FakeServer *self)
{
  gsize size;
  const char *text = g_bytes_get_data (message, &size);
  g_autoptr (GError) error = NULL;
  json_t *frame = yihu_json_parse (text, (gssize) size, 0, &error);
  const json_t *value;

  g_assert_no_error (error);
  g_ptr_array_add (self->frames, frame);
  if ((value = json_object_get (frame, "hello")) != NULL)
    take_hello (self, socket, value);
  else if ((value = json_object_get (frame, "cmd")) != NULL)
    take_command (self, socket, value);
  else if ((value = json_object_get (frame, "ping")) != NULL && !self->no_pong)
    send_json (socket, json_pack ("{s:I, s:I}", "pong", json_integer_value (value), "time_us",
                                  (json_int_t) FAKE_NOW_US));
}

static void
on_closed (SoupWebsocketConnection *socket, FakeServer *self)
{
  g_ptr_array_remove (self->sockets, socket);
}

static void
on_websocket (SoupServer *soup,
              SoupServerMessage *message,
              const char *path,
              SoupWebsocketConnection *socket,
              gpointer data)
{
  FakeServer *self = data;

  g_ptr_array_add (self->sockets, g_object_ref (socket));
  g_signal_connect (socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (socket, "closed", G_CALLBACK (on_closed), self);
}

/* Stands before the WebSocket handler, so that a handshake can be refused. */
static void
on_early (SoupServer *soup,
          SoupServerMessage *message,
          const char *path,
          GHashTable *query,
          gpointer data)
{
  FakeServer *self = data;

  note_request (self, message);
  if (self->handshake_status != 0)
    respond (message, (guint) self->handshake_status,
             print_error (yihu_error_from_status ((guint) self->handshake_status), "told to"));
}

void
fake_server_start (FakeServer *self)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  g_assert_null (self->soup);
  self->soup = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->soup, "/v1/login", on_login, self, NULL);
  soup_server_add_handler (self->soup, "/v1/changes", on_changes, self, NULL);
  soup_server_add_early_handler (self->soup, "/v1/live", on_early, self, NULL);
  soup_server_add_websocket_handler (self->soup, "/v1/live", NULL, NULL, on_websocket, self, NULL);
  soup_server_listen_local (self->soup, self->port, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->soup);
  self->port = (guint) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_free (self->url);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", self->port);
}

void
fake_server_stop (FakeServer *self)
{
  if (self->soup == NULL)
    return;
  for (guint i = 0; i < self->sockets->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->sockets, i), self);
  g_ptr_array_set_size (self->sockets, 0);
  soup_server_disconnect (self->soup);
  g_clear_object (&self->soup);
}

static void
json_free (gpointer json)
{
  json_decref (json);
}

FakeServer *
fake_server_new (void)
{
  FakeServer *self = g_new0 (FakeServer, 1);

  yihu_json_init ();
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->frames = g_ptr_array_new_with_free_func (json_free);
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->feed = g_ptr_array_new_with_free_func (json_free);
  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->applied = g_ptr_array_new_with_free_func (g_free);
  self->refusals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->held = g_ptr_array_new_with_free_func (g_free);
  self->page = 5000;
  self->login_protocol = 1;
  self->push_on_hello = TRUE;
  fake_server_start (self);
  return self;
}

void
fake_server_free (FakeServer *self)
{
  fake_server_stop (self);
  fake_settle ();
  g_ptr_array_unref (self->sockets);
  g_ptr_array_unref (self->frames);
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->feed);
  g_ptr_array_unref (self->applied);
  g_ptr_array_unref (self->held);
  g_hash_table_unref (self->answers);
  g_hash_table_unref (self->refusals);
  g_free (self->url);
  g_free (self);
}

void
fake_server_add_call (FakeServer *self, const char *id)
{
  self->seq++;
  g_ptr_array_add (self->feed,
                   json_pack ("[I, s, s, s, i, {s:s, s:i, s:s}]", (json_int_t) self->seq, "call",
                              id, "u", 1, "id", id, "version", 1, "number", "+8613879044412"));
}

void
fake_server_push (FakeServer *self, gint64 from)
{
  for (guint i = 0; i < self->sockets->len; i++)
    push_to (self, g_ptr_array_index (self->sockets, i), from);
}

void
fake_server_send (FakeServer *self, const char *text)
{
  for (guint i = 0; i < self->sockets->len; i++)
    soup_websocket_connection_send_text (g_ptr_array_index (self->sockets, i), text);
}

void
fake_server_close_sockets (FakeServer *self, gushort code)
{
  /* "closed" comes later, from the main context: the array does not change under us. */
  for (guint i = 0; i < self->sockets->len; i++)
    if (soup_websocket_connection_get_state (g_ptr_array_index (self->sockets, i))
        == SOUP_WEBSOCKET_STATE_OPEN)
      soup_websocket_connection_close (g_ptr_array_index (self->sockets, i), code, NULL);
}

void
fake_server_release_replies (FakeServer *self)
{
  self->hold_replies = FALSE;
  for (guint i = 0; i < self->held->len; i++)
    fake_server_send (self, g_ptr_array_index (self->held, i));
  g_ptr_array_set_size (self->held, 0);
}

const char *
fake_server_last_frame (FakeServer *self, const char *member)
{
  static char text[4096];

  for (guint i = self->frames->len; i > 0; i--)
    {
      const json_t *value = json_object_get (g_ptr_array_index (self->frames, i - 1), member);

      if (value != NULL)
        {
          g_autofree char *printed = json_dumps (value, JSON_ENCODE_ANY | JSON_COMPACT);

          g_strlcpy (text, printed, sizeof text);
          return text;
        }
    }
  return NULL;
}

guint
fake_server_count_requests (FakeServer *self, const char *prefix)
{
  guint n = 0;

  for (guint i = 0; i < self->requests->len; i++)
    n += g_str_has_prefix (g_ptr_array_index (self->requests, i), prefix);
  return n;
}

static gboolean
wake (gpointer data)
{
  return G_SOURCE_REMOVE;
}

/* Wakes now and then, so that a condition that no event announces is looked at. */
void
fake_iterate (void)
{
  guint source = g_timeout_add (20, wake, NULL);

  if (g_main_context_iteration (NULL, TRUE)
      && g_main_context_find_source_by_id (NULL, source) != NULL)
    g_source_remove (source);
}

void
fake_on_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_set_object ((GAsyncResult **) data, result);
}

void
fake_settle (void)
{
  gint64 quiet_since = g_get_monotonic_time ();

  while (g_get_monotonic_time () - quiet_since < 30000)
    if (g_main_context_iteration (NULL, FALSE))
      quiet_since = g_get_monotonic_time ();
}

void
fake_finalize (gpointer object)
{
  gpointer left = object;

  g_object_add_weak_pointer (object, &left);
  g_object_unref (object);
  fake_wait (g_atomic_pointer_get (&left) == NULL);
}

static void
on_logged_in (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  yihu_session_login_finish (YIHU_SESSION (object), result, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

YihuSession *
fake_log_in (FakeServer *self)
{
  YihuSession *session = yihu_session_new (self->url, "test");
  gboolean done = FALSE;

  yihu_session_login_async (session, "op03", "geheim", NULL, on_logged_in, &done);
  fake_wait (done);
  return session;
}
