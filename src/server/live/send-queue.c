/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks the kernel once in a while, since it is a system call: what was given since the last look
 * may be unread on top of what was found then. */

#include "server/live/send-queue.h"

#include <linux/tcp.h> /* not netinet/tcp.h, whose tcp_info ends before tcpi_bytes_acked */
#include <netinet/in.h>
#include <sys/socket.h>

#define LOOK_EVERY (128 * 1024)
#define MAX_UNANSWERED (48 * 1024) /* bytes; eight thousand pings without a payload */

static gboolean
get_info (YihuSendQueue *self, struct tcp_info *info)
{
  socklen_t length = sizeof *info;

  return getsockopt (g_socket_get_fd (self->socket), IPPROTO_TCP, TCP_INFO, info, &length) == 0;
}

/* By how much more was heard than taken. An answer to a ping is no longer than the ping, so what
 * lies unread of answers has at least been heard since. */
static gint64
get_ahead (const struct tcp_info *info)
{
  return (gint64) (info->tcpi_bytes_received - info->tcpi_bytes_acked);
}

void
yihu_send_queue_init (YihuSendQueue *self, GSocket *socket)
{
  struct tcp_info info = { 0 };

  *self = (YihuSendQueue){ .socket = g_object_ref (socket) };
  get_info (self, &info); /* where it is gone already, the next look says so */
  self->n_before = info.tcpi_bytes_acked;
  self->n_ahead = get_ahead (&info);
}

void
yihu_send_queue_clear (YihuSendQueue *self)
{
  g_clear_object (&self->socket);
}

gboolean
yihu_send_queue_add (YihuSendQueue *self, gsize n_bytes)
{
  struct tcp_info info = { 0 };
  guint64 n_taken;

  self->n_given += n_bytes;
  if (self->n_given - self->n_looked < LOOK_EVERY)
    return TRUE;
  self->n_looked = self->n_given;
  if (!get_info (self, &info))
    return FALSE;
  n_taken = info.tcpi_bytes_acked; /* by the other side's kernel */
  if (n_taken > self->n_before + self->n_given) /* headers of frames and TLS add up */
    self->n_before = n_taken - self->n_given;
  return self->n_before + self->n_given - n_taken <= YIHU_SEND_QUEUE_MAX - LOOK_EVERY;
}

gboolean
yihu_send_queue_check (YihuSendQueue *self)
{
  struct tcp_info info = { 0 };

  if (!get_info (self, &info))
    return FALSE;
  if (info.tcpi_notsent_bytes == 0)
    self->n_ahead = get_ahead (&info);
  return get_ahead (&info) - self->n_ahead <= MAX_UNANSWERED;
}
