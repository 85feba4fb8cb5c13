/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The control of data.feed: a relay that knows nothing. Each command is appended to a file, synced,
 * put into one event and written at once to every connection, without store, filter, window or
 * batch. What it costs is what kernel, disk and frames cost; what the server costs more is ours.
 *
 *   data-relay FILE     prints its port, runs until its standard input ends
 */

#define _GNU_SOURCE
#include "data-socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_EVENTS 64

typedef struct
{
  int listener;
  int file;
  int poll;
  gint64 seq;
  GPtrArray *sockets; /* DataSocket */
} Relay;

static const char upgrade[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\n\r\n";

static void
watch (Relay *self, int fd, gpointer data)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = data };

  epoll_ctl (self->poll, EPOLL_CTL_ADD, fd, &event);
}

static void
open_listener (Relay *self)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  self->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind (self->listener, (struct sockaddr *) &address, sizeof address) != 0
      || listen (self->listener, 512) != 0
      || getsockname (self->listener, (struct sockaddr *) &address, &length) != 0)
    g_error ("the relay cannot listen");
  printf ("%u\n", ntohs (address.sin_port));
  fflush (stdout);
  watch (self, self->listener, NULL);
}

/* "object" of the command is the id of the event. */
static void
relay (Relay *self, const char *text, gsize length)
{
  const char *object = memmem (text, length, "\"object\":\"", 10);
  const char *name = memmem (text, length, "\"name\":\"call", 12);
  const char *end = object != NULL ? strchr (object + 10, '"') : NULL;
  g_autofree char *event = NULL;

  if (end == NULL)
    return;
  if (write (self->file, text, length) != (gssize) length || fdatasync (self->file) != 0)
    g_error ("the relay cannot write");
  self->seq++;
  event = g_strdup_printf ("{\"ev\":[[%" G_GINT64_FORMAT
                           ",\"%s\",\"%.*s\",\"u\",1,%.*s]],\"to\":%" G_GINT64_FORMAT "}",
                           self->seq, name != NULL ? "call" : "note", (int) (end - object - 10),
                           object + 10, (int) length, text, self->seq);
  for (guint i = 0; i < self->sockets->len; i++)
    data_socket_send_text (g_ptr_array_index (self->sockets, i), event, strlen (event));
}

static void
take (Relay *self, DataSocket *socket)
{
  const char *text;
  gsize length;
  guint opcode;

  if (!socket->is_upgraded)
    {
      g_autofree char *header = data_socket_take_header (socket);

      if (header == NULL)
        return;
      socket->is_upgraded = TRUE;
      data_socket_send_bytes (socket, upgrade, strlen (upgrade));
    }
  while (data_socket_take_frame (socket, &opcode, &text, &length))
    {
      g_autofree char *copy = g_strndup (text, length);

      if (strstr (copy, "\"hello\"") != NULL)
        {
          g_autofree char *welcome =
              g_strdup_printf ("{\"welcome\":{\"seq\":%" G_GINT64_FORMAT "}}", self->seq);

          data_socket_send_text (socket, welcome, strlen (welcome));
        }
      else if (strstr (copy, "\"cmd\"") != NULL)
        relay (self, copy, length);
      data_socket_drop (socket, text - (const char *) socket->in->data + length);
    }
}

/* FALSE when standard input has ended. */
static gboolean
run_once (Relay *self)
{
  struct epoll_event events[MAX_EVENTS];
  int n = epoll_wait (self->poll, events, MAX_EVENTS, -1);

  for (int i = 0; i < n; i++)
    {
      DataSocket *socket = events[i].data.ptr;

      if ((gpointer) socket == (gpointer) self)
        return FALSE;
      if (socket == NULL)
        {
          DataSocket *added = data_socket_new (accept (self->listener, NULL, NULL), FALSE);

          g_ptr_array_add (self->sockets, added);
          watch (self, added->fd, added);
        }
      else if (data_socket_fill (socket))
        take (self, socket);
      else
        g_ptr_array_remove_fast (self->sockets, socket);
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  Relay self = { .poll = epoll_create1 (EPOLL_CLOEXEC) };

  if (argc != 2)
    return 64;
  self.file = open (argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  self.sockets = g_ptr_array_new_with_free_func ((GDestroyNotify) data_socket_free);
  open_listener (&self);
  watch (&self, STDIN_FILENO, &self);
  while (run_once (&self))
    ;
  g_ptr_array_unref (self.sockets);
  return 0;
}
