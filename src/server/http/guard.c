/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A table of sockets with their deadlines, swept once a second. "request-started" comes at accept
 * and again after each answer on the same connection, so a socket that is new in the table has just
 * connected and owes its headers, and a known one is idle. All signals are the server's own:
 * handlers of each message would cost more than the rest of an answer.
 *
 * libsoup keeps a connection that its client closed while idle; shutting it down at the deadline
 * lets go of it. */

#include "server/http/guard.h"

#include "base/error.h"
#include "server/http/rate-limit.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>

#define MAX_CONNECTIONS 8192 /* of all addresses */
#define OTHER_FILES 256 /* store, snapshots, … */
#define BURST_SECONDS 10
#define TOKEN_PER_S 100
#define HEADERS_US (10 * G_USEC_PER_SEC)
#define BODY_US (30 * G_USEC_PER_SEC)
#define BODY_BYTES_PER_S (256 * 1024) /* slower than this is not a client of ours */
#define IDLE_US (75 * G_USEC_PER_SEC)
#define CLOSING_US (2 * G_USEC_PER_SEC)
#define SWEEP_MS 1000

typedef struct
{
  GSocket *socket; /* (owned) */
  char *address;
  gint64 deadline_us; /* monotonic; 0: none */
  gboolean is_released; /* a WebSocket: others look after it */
} Connection;

struct _YihuGuard
{
  GObject parent_instance;

  YihuClock *clock; /* (owned) */
  guint max_connections; /* of one address */
  guint max_all;
  GHashTable *connections; /* (owned) Connection by GSocket */
  GHashTable *counts; /* (owned) guint by address */
  YihuRateLimit *addresses; /* (owned) (nullable) no limit */
  YihuRateLimit *tokens; /* (owned) (nullable) */
  guint64 n_refused; /* requests: too many */
  guint64 n_cut; /* connections: too many, or too late */
  GSource *timer; /* (owned) */
};

G_DEFINE_FINAL_TYPE (YihuGuard, yihu_guard, G_TYPE_OBJECT)

static void
connection_free (gpointer data)
{
  Connection *connection = data;

  g_object_unref (connection->socket);
  g_free (connection->address);
  g_free (connection);
}

static guint
get_count (YihuGuard *self, const char *address)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, address));
}

static void
change_count (YihuGuard *self, const char *address, int by)
{
  guint count = get_count (self, address) + by;

  if (count == 0)
    g_hash_table_remove (self->counts, address);
  else
    g_hash_table_insert (self->counts, g_strdup (address), GUINT_TO_POINTER (count));
}

static Connection *
find_connection (YihuGuard *self, SoupServerMessage *message)
{
  GSocket *socket = soup_server_message_get_socket (message);

  return socket != NULL ? g_hash_table_lookup (self->connections, socket) : NULL;
}

static void
set_deadline (YihuGuard *self, SoupServerMessage *message, gint64 patience_us)
{
  Connection *connection = find_connection (self, message);

  if (connection != NULL && !connection->is_released)
    connection->deadline_us =
        patience_us > 0 ? yihu_clock_get_monotonic_us (self->clock) + patience_us : 0;
}

void
yihu_guard_note_headers (YihuGuard *self, SoupServerMessage *message)
{
  goffset length =
      soup_message_headers_get_content_length (soup_server_message_get_request_headers (message));

  set_deadline (self, message, BODY_US + length / BODY_BYTES_PER_S * G_USEC_PER_SEC);
}

/* libsoup writes headers and body apart: two packets, of which each wakes the other side. */
static void
hold_packets (SoupServerMessage *message, gboolean is_held)
{
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket != NULL)
    g_socket_set_option (socket, IPPROTO_TCP, TCP_CORK, is_held, NULL);
}

void
yihu_guard_note_body (YihuGuard *self, SoupServerMessage *message)
{
  set_deadline (self, message, 0);
  hold_packets (message, TRUE);
}

/* libsoup leaves a connection that it told to close to the client. */
static void
on_request_finished (SoupServer *server, SoupServerMessage *message, YihuGuard *self)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  gboolean is_last = soup_message_headers_header_contains (headers, "Connection", "close");

  hold_packets (message, FALSE);
  set_deadline (self, message, is_last ? CLOSING_US : IDLE_US);
}

static void
add_connection (YihuGuard *self, SoupServerMessage *message, GSocket *socket)
{
  const char *host = soup_server_message_get_remote_host (message);
  const char *address = host != NULL ? host : "";
  Connection *connection;

  if (get_count (self, address) >= self->max_connections
      || g_hash_table_size (self->connections) >= self->max_all)
    {
      self->n_cut++;
      g_socket_shutdown (socket, TRUE, TRUE, NULL);
      return;
    }
  connection = g_new0 (Connection, 1);
  connection->socket = g_object_ref (socket);
  connection->address = g_strdup (address);
  connection->deadline_us = yihu_clock_get_monotonic_us (self->clock) + HEADERS_US;
  g_hash_table_insert (self->connections, socket, connection);
  change_count (self, address, 1);
}

static void
on_request_started (SoupServer *server, SoupServerMessage *message, YihuGuard *self)
{
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket == NULL)
    return;
  if (g_hash_table_contains (self->connections, socket))
    set_deadline (self, message, IDLE_US);
  else
    add_connection (self, message, socket);
}

/* TRUE where the connection is to be forgotten. */
static gboolean
sweep_connection (gpointer key, gpointer value, gpointer data)
{
  YihuGuard *self = data;
  Connection *connection = value;

  if (!g_socket_is_closed (connection->socket))
    {
      if (connection->deadline_us == 0
          || connection->deadline_us > yihu_clock_get_monotonic_us (self->clock))
        return FALSE;
      self->n_cut++;
      g_socket_shutdown (connection->socket, TRUE, TRUE, NULL);
    }
  change_count (self, connection->address, -1);
  return TRUE;
}

static void
on_sweep (gpointer data)
{
  YihuGuard *self = data;

  g_source_unref (self->timer);
  self->timer = yihu_clock_add_timer (self->clock, SWEEP_MS, on_sweep, self, NULL);
  g_hash_table_foreach_remove (self->connections, sweep_connection, self);
  if (self->addresses != NULL)
    {
      yihu_rate_limit_sweep (self->addresses);
      yihu_rate_limit_sweep (self->tokens);
    }
}

/* Beyond the process's files no connection could be accepted, and libsoup would spin. */
static guint
count_files (void)
{
  struct rlimit limit = { 0 };

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return MAX_CONNECTIONS;
  return limit.rlim_cur > 2 * OTHER_FILES
             ? (guint) MIN (limit.rlim_cur - OTHER_FILES, MAX_CONNECTIONS)
             : OTHER_FILES;
}

YihuGuard *
yihu_guard_new (SoupServer *server, YihuClock *clock, guint max_connections, guint requests_per_s)
{
  YihuGuard *self = g_object_new (YIHU_TYPE_GUARD, NULL);

  self->max_all = count_files ();
  if (requests_per_s > 0)
    {
      self->addresses = yihu_rate_limit_new (clock, requests_per_s, requests_per_s * BURST_SECONDS);
      self->tokens = yihu_rate_limit_new (clock, TOKEN_PER_S, TOKEN_PER_S * BURST_SECONDS);
    }
  self->clock = g_object_ref (clock);
  self->max_connections = max_connections;
  self->timer = yihu_clock_add_timer (clock, SWEEP_MS, on_sweep, self, NULL);
  g_signal_connect_object (server, "request-started", G_CALLBACK (on_request_started), self, 0);
  g_signal_connect_object (server, "request-finished", G_CALLBACK (on_request_finished), self, 0);
  return self;
}

void
yihu_guard_close_all (YihuGuard *self)
{
  GHashTableIter iter;
  gpointer socket;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &socket, NULL))
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

static void
yihu_guard_finalize (GObject *object)
{
  YihuGuard *self = YIHU_GUARD (object);

  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_object_unref (self->clock);
  g_hash_table_unref (self->connections);
  g_hash_table_unref (self->counts);
  g_clear_pointer (&self->addresses, yihu_rate_limit_free);
  g_clear_pointer (&self->tokens, yihu_rate_limit_free);
  G_OBJECT_CLASS (yihu_guard_parent_class)->finalize (object);
}

static void
yihu_guard_class_init (YihuGuardClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_guard_finalize;
}

static void
yihu_guard_init (YihuGuard *self)
{
  self->connections = g_hash_table_new_full (NULL, NULL, NULL, connection_free);
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Requests. The token counts before it is looked up; a wrong one has its bucket as well. */

gboolean
yihu_guard_allow (YihuGuard *self, SoupServerMessage *message, GError **error)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *token = soup_message_headers_get_one (headers, "Authorization");
  const Connection *connection = find_connection (self, message);
  char name[16];
  char seconds[16];
  guint wait_s;

  if (self->addresses == NULL)
    return TRUE;
  wait_s = yihu_rate_limit_take (self->addresses, connection != NULL ? connection->address : "");
  if (wait_s == 0 && token != NULL)
    {
      g_snprintf (name, sizeof name, "%08x", g_str_hash (token));
      wait_s = yihu_rate_limit_take (self->tokens, name);
    }
  if (wait_s == 0)
    return TRUE;
  g_snprintf (seconds, sizeof seconds, "%u", wait_s);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Retry-After",
                                seconds);
  self->n_refused++;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_BUSY, "too many requests, try again in %u s", wait_s);
  return FALSE;
}

/* Bodies. */

typedef struct
{
  gsize n_bytes;
  gsize max_bytes;
} BodyCount;

static void
refuse_more (SoupServerMessage *message)
{
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                "close");
}

static void
on_got_chunk (SoupServerMessage *message, GBytes *chunk, BodyCount *count)
{
  gboolean was_within = count->n_bytes <= count->max_bytes;

  count->n_bytes += g_bytes_get_size (chunk);
  if (count->n_bytes <= count->max_bytes || !was_within)
    return;
  refuse_more (message);
  soup_message_body_truncate (soup_server_message_get_request_body (message));
  g_socket_close (soup_server_message_get_socket (message), NULL);
}

/* libsoup would read a negative length as it stands; the connection is taken away from it. */
gboolean
yihu_guard_drop_malformed (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autoptr (GIOStream) stream = NULL;

  if (soup_message_headers_get_encoding (headers) != SOUP_ENCODING_CONTENT_LENGTH
      || soup_message_headers_get_content_length (headers) >= 0)
    return FALSE;
  stream = soup_server_message_steal_connection (message);
  if (stream != NULL)
    g_io_stream_close (stream, NULL, NULL);
  return TRUE;
}

static void
free_count (gpointer data, GClosure *closure)
{
  g_free (data);
}

gboolean
yihu_guard_limit_body (YihuGuard *self, SoupServerMessage *message, gsize max_bytes)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupEncoding encoding = soup_message_headers_get_encoding (headers);
  BodyCount *count;

  if (encoding == SOUP_ENCODING_NONE)
    return TRUE;
  if (encoding == SOUP_ENCODING_CONTENT_LENGTH)
    {
      if (soup_message_headers_get_content_length (headers) <= (goffset) max_bytes)
        return TRUE;
      refuse_more (message);
      return FALSE;
    }
  count = g_new0 (BodyCount, 1);
  count->max_bytes = max_bytes;
  g_signal_connect_data (message, "got-chunk", G_CALLBACK (on_got_chunk), count, free_count, 0);
  return TRUE;
}

void
yihu_guard_release (YihuGuard *self, SoupServerMessage *message)
{
  Connection *connection = find_connection (self, message);

  if (connection == NULL)
    return;
  connection->deadline_us = 0;
  connection->is_released = TRUE;
}

guint
yihu_guard_get_size (YihuGuard *self)
{
  return g_hash_table_size (self->connections);
}

void
yihu_guard_get_counts (YihuGuard *self, guint64 *refused, guint64 *cut)
{
  *refused = self->n_refused;
  *cut = self->n_cut;
}
