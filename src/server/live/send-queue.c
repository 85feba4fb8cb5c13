/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks the kernel once in a while, since it is a system call: what was given since the last look
 * may be unread on top of what was found then. */

#include "server/live/send-queue.h"

#include <linux/tcp.h> /* not netinet/tcp.h, whose tcp_info ends before tcpi_bytes_acked */
#include <netinet/in.h>
#include <sys/socket.h>

#define LOOK_EVERY (128 * 1024)

/* Bytes that the other side's kernel has acknowledged. */
static gboolean
get_taken (YihuSendQueue *self, guint64 *n_taken)
{
  struct tcp_info info = { 0 };
  socklen_t length = sizeof info;

  if (getsockopt (g_socket_get_fd (self->socket), IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
    return FALSE;
  *n_taken = info.tcpi_bytes_acked;
  return TRUE;
}

void
yihu_send_queue_init (YihuSendQueue *self, GSocket *socket)
{
  *self = (YihuSendQueue){ .socket = g_object_ref (socket) };
  get_taken (self, &self->n_before); /* where it is gone already, the next look says so */
}

void
yihu_send_queue_clear (YihuSendQueue *self)
{
  g_clear_object (&self->socket);
}

gboolean
yihu_send_queue_add (YihuSendQueue *self, gsize n_bytes)
{
  guint64 n_taken = 0;

  self->n_given += n_bytes;
  if (self->n_given - self->n_looked < LOOK_EVERY)
    return TRUE;
  self->n_looked = self->n_given;
  if (!get_taken (self, &n_taken))
    return FALSE;
  if (n_taken > self->n_before + self->n_given) /* headers of frames and TLS add up */
    self->n_before = n_taken - self->n_given;
  return self->n_before + self->n_given - n_taken <= YIHU_SEND_QUEUE_MAX - LOOK_EVERY;
}
