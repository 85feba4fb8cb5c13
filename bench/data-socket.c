/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Frames are never fragmented here, which holds for the server as for the relay; a frame of another
 * kind ends the program. The mask of a client is four zeros: allowed, and costs nothing. */

#define _GNU_SOURCE
#include "data-socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES (64 * 1024)

DataSocket *
data_socket_new (int fd, gboolean masks)
{
  DataSocket *self = g_new0 (DataSocket, 1);
  int one = 1;

  fcntl (fd, F_SETFL, O_NONBLOCK);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  self->fd = fd;
  self->masks = masks;
  self->in = g_byte_array_new ();
  self->out = g_byte_array_new ();
  return self;
}

void
data_socket_free (DataSocket *self)
{
  close (self->fd);
  g_byte_array_unref (self->in);
  g_byte_array_unref (self->out);
  g_free (self);
}

int
data_socket_connect (guint port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("connect: %s", g_strerror (errno));
  return fd;
}

gboolean
data_socket_fill (DataSocket *self)
{
  static guint8 buffer[READ_BYTES];
  gssize n;

  while ((n = recv (self->fd, buffer, sizeof buffer, 0)) > 0)
    {
      g_byte_array_append (self->in, buffer, n);
      if (n < (gssize) sizeof buffer)
        return TRUE;
    }
  return n < 0 && (errno == EAGAIN || errno == EINTR);
}

void
data_socket_drop (DataSocket *self, gsize n_bytes)
{
  if (n_bytes == self->in->len)
    g_byte_array_set_size (self->in, 0);
  else if (n_bytes > 0)
    g_byte_array_remove_range (self->in, 0, n_bytes);
}

char *
data_socket_take_header (DataSocket *self)
{
  const guint8 *end = memmem (self->in->data, self->in->len, "\r\n\r\n", 4);
  char *text;
  gsize length;

  if (end == NULL)
    return NULL;
  length = end - self->in->data + 4;
  text = g_strndup ((const char *) self->in->data, length);
  data_socket_drop (self, length);
  return text;
}

/* Takes from the front, so the caller drops it when it is done with the text. */
gboolean
data_socket_take_frame (DataSocket *self, guint *opcode, const char **text, gsize *length)
{
  const guint8 *data = self->in->data;
  gsize header = 2;

  if (self->in->len < header)
    return FALSE;
  if ((data[0] & 0x80) == 0 || (data[0] & 0x0f) == 0)
    g_error ("a frame in pieces");
  *length = data[1] & 0x7f;
  if (*length == 126)
    header = 4;
  else if (*length == 127)
    header = 10;
  if (self->in->len < header)
    return FALSE;
  if (header > 2)
    *length = 0;
  for (gsize i = 2; i < header; i++)
    *length = *length << 8 | data[i];
  if (data[1] & 0x80)
    header += 4; /* only our own clients mask, with zeros */
  if (self->in->len < header + *length)
    return FALSE;
  *opcode = data[0] & 0x0f;
  *text = (const char *) data + header;
  return TRUE;
}

void
data_socket_send_bytes (DataSocket *self, const void *bytes, gsize length)
{
  gssize n = 0;

  if (self->out->len > 0)
    {
      n = send (self->fd, self->out->data, self->out->len, MSG_NOSIGNAL);
      if (n > 0)
        g_byte_array_remove_range (self->out, 0, n);
      n = 0;
    }
  if (self->out->len == 0 && length > 0)
    n = send (self->fd, bytes, length, MSG_NOSIGNAL);
  if (n < (gssize) length)
    g_byte_array_append (self->out, (const guint8 *) bytes + MAX (n, 0), length - MAX (n, 0));
}

void
data_socket_send_frame (DataSocket *self, guint opcode, const char *text, gsize length)
{
  g_autofree guint8 *frame = g_malloc (length + 14);
  guint8 mask_bit = self->masks ? 0x80 : 0;
  gsize header = 2;

  g_assert (length < 65536);
  frame[0] = 0x80 | opcode;
  frame[1] = mask_bit | (length < 126 ? length : 126);
  if (length >= 126)
    {
      frame[header++] = length >> 8;
      frame[header++] = length & 0xff;
    }
  if (self->masks)
    {
      memset (frame + header, 0, 4);
      header += 4;
    }
  memcpy (frame + header, text, length);
  data_socket_send_bytes (self, frame, header + length);
}

void
data_socket_send_text (DataSocket *self, const char *text, gsize length)
{
  data_socket_send_frame (self, 1, text, length);
}
