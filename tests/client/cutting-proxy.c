/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One thread, one connection at a time in each direction's own state, poll(2). A cut is an orderly
 * end after the last byte, so that everything before it arrives. */

#include "cutting-proxy.h"

#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 16384
#define MAX_CONNECTIONS 32

typedef enum
{
  ORDER_NONE,
  ORDER_CUT,
  ORDER_FLIP,
  ORDER_ANSWER,
} OrderKind;

typedef struct
{
  OrderKind kind;
  gint64 at_byte;
  char *text;
} Order;

typedef struct
{
  int client;
  int server;
  Order order;
  gint64 passed; /* of the answer */
} Connection;

struct _CuttingProxy
{
  GSocket *listener;
  guint to_port;
  char *url;
  GThread *thread;
  int wake[2];
  GArray *connections;

  GMutex mutex; /* of what follows */
  GQueue orders;
  gint64 bytes;
  GString *statuses;
};

static int
connect_to (guint port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  struct sockaddr_storage native;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_true (g_socket_address_to_native (address, &native, sizeof native, NULL));
  g_assert_cmpint (connect (fd, (struct sockaddr *) &native, sizeof (struct sockaddr_in)), ==, 0);
  return fd;
}

static void
accept_one (CuttingProxy *self)
{
  Connection connection = { accept (g_socket_get_fd (self->listener), NULL, NULL), -1, { 0 }, 0 };

  if (connection.client < 0)
    return;
  connection.server = connect_to (self->to_port);
  g_array_append_val (self->connections, connection);
}

/* A request begins. */
static void
take_order (CuttingProxy *self, Connection *connection)
{
  Order *order;

  g_clear_pointer (&connection->order.text, g_free);
  memset (&connection->order, 0, sizeof connection->order);
  connection->passed = 0;
  g_mutex_lock (&self->mutex);
  order = g_queue_pop_head (&self->orders);
  g_mutex_unlock (&self->mutex);
  if (order != NULL)
    connection->order = *order;
  g_free (order);
}

static gboolean
pass_on (int fd, const char *data, gssize size)
{
  while (size > 0)
    {
      gssize n = send (fd, data, (gsize) size, MSG_NOSIGNAL);

      if (n <= 0)
        return FALSE;
      data += n;
      size -= n;
    }
  return TRUE;
}

static void
note (CuttingProxy *self, const char *data, gssize size)
{
  g_mutex_lock (&self->mutex);
  self->bytes += size;
  if (size >= 12 && strncmp (data, "HTTP/1.1 ", 9) == 0)
    g_string_append_printf (self->statuses, "%.3s ", data + 9);
  g_mutex_unlock (&self->mutex);
}

/* FALSE where the connection is over. */
static gboolean
from_client (CuttingProxy *self, Connection *connection)
{
  char data[CHUNK];
  gssize n = recv (connection->client, data, sizeof data, 0);

  if (n <= 0)
    return FALSE;
  if (n > 4 && strncmp (data, "GET ", 4) == 0)
    take_order (self, connection);
  if (connection->order.kind != ORDER_ANSWER)
    return pass_on (connection->server, data, n);
  pass_on (connection->client, connection->order.text, (gssize) strlen (connection->order.text));
  return FALSE;
}

static gboolean
from_server (CuttingProxy *self, Connection *connection)
{
  char data[CHUNK];
  gssize n = recv (connection->server, data, sizeof data, 0);
  gint64 at = connection->order.at_byte - connection->passed;
  gboolean here = n > 0 && at >= 0 && at < n;

  if (n <= 0)
    return FALSE;
  if (connection->order.kind == ORDER_FLIP && here)
    data[at] ^= 1;
  if (connection->order.kind == ORDER_CUT && here)
    n = (gssize) at;
  note (self, data, n);
  connection->passed += n;
  return pass_on (connection->client, data, n) && !(connection->order.kind == ORDER_CUT && here);
}

static void
end (CuttingProxy *self, guint i)
{
  Connection *connection = &g_array_index (self->connections, Connection, i);

  close (connection->client);
  close (connection->server);
  g_free (connection->order.text);
  g_array_remove_index_fast (self->connections, i);
}

static void
serve (CuttingProxy *self, const struct pollfd *ready)
{
  for (guint i = self->connections->len; i > 0; i--)
    {
      Connection *connection = &g_array_index (self->connections, Connection, i - 1);
      const struct pollfd *pair = ready + (gsize) (i - 1) * 2;

      if ((pair[0].revents != 0 && !from_client (self, connection))
          || (pair[1].revents != 0 && !from_server (self, connection)))
        end (self, i - 1);
    }
}

static gpointer
run (gpointer data)
{
  CuttingProxy *self = data;
  struct pollfd polled[2 + 2 * MAX_CONNECTIONS];

  for (;;)
    {
      guint n = self->connections->len;

      g_assert_cmpuint (n, <, MAX_CONNECTIONS);
      polled[0] = (struct pollfd){ self->wake[0], POLLIN, 0 };
      polled[1] = (struct pollfd){ g_socket_get_fd (self->listener), POLLIN, 0 };
      for (guint i = 0; i < n; i++)
        {
          const Connection *connection = &g_array_index (self->connections, Connection, i);

          polled[2 + 2 * i] = (struct pollfd){ connection->client, POLLIN, 0 };
          polled[3 + 2 * i] = (struct pollfd){ connection->server, POLLIN, 0 };
        }
      if (poll (polled, 2 + 2 * n, -1) < 0)
        continue;
      if (polled[0].revents != 0)
        break;
      serve (self, polled + 2);
      if (polled[1].revents != 0)
        accept_one (self);
    }
  while (self->connections->len > 0)
    end (self, 0);
  return NULL;
}

CuttingProxy *
cutting_proxy_new (guint to_port)
{
  CuttingProxy *self = g_new0 (CuttingProxy, 1);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GError) error = NULL;

  self->to_port = to_port;
  self->connections = g_array_new (FALSE, FALSE, sizeof (Connection));
  self->statuses = g_string_new (NULL);
  g_mutex_init (&self->mutex);
  g_queue_init (&self->orders);
  g_assert_cmpint (pipe (self->wake), ==, 0);
  self->listener =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_bind (self->listener, any, TRUE, &error));
  g_assert_true (g_socket_listen (self->listener, &error));
  local = g_socket_get_local_address (self->listener, &error);
  self->url = g_strdup_printf ("http://127.0.0.1:%u",
                               g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local)));
  self->thread = g_thread_new ("cutting-proxy", run, self);
  return self;
}

static void
order_free (gpointer data)
{
  Order *order = data;

  g_free (order->text);
  g_free (order);
}

void
cutting_proxy_free (CuttingProxy *self)
{
  g_assert_cmpint (write (self->wake[1], "", 1), ==, 1);
  g_thread_join (self->thread);
  close (self->wake[0]);
  close (self->wake[1]);
  g_object_unref (self->listener);
  g_array_unref (self->connections);
  g_queue_clear_full (&self->orders, order_free);
  g_string_free (self->statuses, TRUE);
  g_mutex_clear (&self->mutex);
  g_free (self->url);
  g_free (self);
}

const char *
cutting_proxy_get_url (CuttingProxy *self)
{
  return self->url;
}

static void
add_order (CuttingProxy *self, OrderKind kind, gint64 at_byte, const char *text)
{
  Order *order = g_new0 (Order, 1);

  order->kind = kind;
  order->at_byte = at_byte;
  order->text = g_strdup (text);
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->orders, order);
  g_mutex_unlock (&self->mutex);
}

void
cutting_proxy_cut (CuttingProxy *self, gint64 at_byte)
{
  add_order (self, ORDER_CUT, at_byte, NULL);
}

void
cutting_proxy_flip (CuttingProxy *self, gint64 at_byte)
{
  add_order (self, ORDER_FLIP, at_byte, NULL);
}

void
cutting_proxy_answer (CuttingProxy *self, const char *text)
{
  add_order (self, ORDER_ANSWER, 0, text);
}

gint64
cutting_proxy_get_bytes (CuttingProxy *self)
{
  gint64 bytes;

  g_mutex_lock (&self->mutex);
  bytes = self->bytes;
  g_mutex_unlock (&self->mutex);
  return bytes;
}

char *
cutting_proxy_dup_statuses (CuttingProxy *self)
{
  char *statuses;

  g_mutex_lock (&self->mutex);
  statuses = g_strdup (self->statuses->str);
  g_mutex_unlock (&self->mutex);
  return statuses;
}

guint
cutting_proxy_get_n_orders (CuttingProxy *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->orders.length;
  g_mutex_unlock (&self->mutex);
  return n;
}
