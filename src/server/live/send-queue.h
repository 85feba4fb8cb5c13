/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Bounds what one live connection leaves unread in our memory: libsoup's queue has neither a bound
 * nor a measure, and what a client says that it has read need not be so. The kernel knows what the
 * other side has taken (TCP_INFO). Counts only what is handed to it, uncompressed. Main context. */

G_BEGIN_DECLS

#define YIHU_SEND_QUEUE_MAX (1408 * 1024) /* bytes: a window of events, and answers */

typedef struct
{
  GSocket *socket; /* (owned) of TCP */
  guint64 n_given; /* bytes, since the connection began */
  guint64 n_looked; /* of these, when the kernel was asked last */
  guint64 n_before; /* that the kernel counts beyond ours: handshake, headers, TLS */
  gint64 n_ahead; /* bytes heard beyond those taken, when nothing waited to be sent last */
} YihuSendQueue;

void yihu_send_queue_init (YihuSendQueue *self, GSocket *socket);
void yihu_send_queue_clear (YihuSendQueue *self);
/* Before each @n_bytes that are sent. FALSE: the client has left more than YIHU_SEND_QUEUE_MAX
 * unread, or its socket is no more; send nothing and close. Bytes of TLS count as read: over TLS
 * the bound is twice as wide at worst. */
gboolean yihu_send_queue_add (YihuSendQueue *self, gsize n_bytes);
/* Once a second. FALSE: the client went on talking while it left unread what is there, or its
 * socket is no more; close. Each WebSocket ping is answered by libsoup, and nobody tells us. */
gboolean yihu_send_queue_check (YihuSendQueue *self);

G_END_DECLS
