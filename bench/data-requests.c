/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks one path again and again over some kept connections, each with one request on its way, and
 * prints how many answers of status 200 came.
 *
 *   data-requests PORT PATH CONNECTIONS MILLISECONDS
 */

#define _GNU_SOURCE
#include "data-socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define MAX_EVENTS 64

typedef struct
{
  int poll;
  char *request;
  guint64 n_answers;
  guint64 n_others;
} Requests;

static void
ask (Requests *self, DataSocket *socket)
{
  data_socket_send_bytes (socket, self->request, strlen (self->request));
}

static void
add (Requests *self, guint port)
{
  DataSocket *socket = data_socket_new (data_socket_connect (port), TRUE);
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = socket };

  epoll_ctl (self->poll, EPOLL_CTL_ADD, socket->fd, &event);
  ask (self, socket);
}

/* The body's length stands in the header; the header is kept until the body is there. */
static void
take (Requests *self, DataSocket *socket)
{
  const char *text;
  const char *end;
  const char *length;
  gsize total;

  if (!data_socket_fill (socket))
    g_error ("a kept connection was closed");
  g_byte_array_append (socket->in, (const guint8 *) "", 1);
  text = (const char *) socket->in->data;
  end = strstr (text, "\r\n\r\n");
  length = strcasestr (text, "content-length:");
  g_byte_array_set_size (socket->in, socket->in->len - 1);
  if (end == NULL || length == NULL)
    return;
  total = end - text + 4 + atoi (length + 15);
  if (socket->in->len < total)
    return;
  if (g_str_has_prefix (text, "HTTP/1.1 200"))
    self->n_answers++;
  else
    self->n_others++;
  data_socket_drop (socket, total);
  ask (self, socket);
}

int
main (int argc, char **argv)
{
  Requests self = { .poll = epoll_create1 (EPOLL_CLOEXEC) };
  gint64 end_us;

  if (argc != 5)
    return 64;
  self.request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", argv[2]);
  for (int i = 0; i < atoi (argv[3]); i++)
    add (&self, atoi (argv[1]));
  end_us = g_get_monotonic_time () + atoi (argv[4]) * G_GINT64_CONSTANT (1000);
  while (g_get_monotonic_time () < end_us)
    {
      struct epoll_event events[MAX_EVENTS];
      int n = epoll_wait (self.poll, events, MAX_EVENTS, 100);

      for (int i = 0; i < n; i++)
        take (&self, events[i].data.ptr);
    }
  printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", self.n_answers, self.n_others);
  g_free (self.request);
  return 0;
}
