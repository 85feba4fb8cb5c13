/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The least of WebSocket that the load programs need, without a library that would cost more than
 * what is measured: text frames on non-blocking sockets of 127.0.0.1. */

G_BEGIN_DECLS

typedef struct
{
  int fd;
  gboolean is_upgraded;
  gboolean masks; /* a client must */
  GByteArray *in; /* (owned) read, not taken yet */
  GByteArray *out; /* (owned) the kernel did not take it yet */
} DataSocket;

DataSocket *data_socket_new (int fd, gboolean masks);
void data_socket_free (DataSocket *self);
int data_socket_connect (guint port); /* waits; ends the program where nobody listens */

/* Reads what is there. FALSE: the other side has closed. */
gboolean data_socket_fill (DataSocket *self);
/* The header of a request or an answer, up to its empty line; NULL: not all of it is there. */
char *data_socket_take_header (DataSocket *self);
/* One text or control frame; FALSE: not all of it is there. (transfer none) until the next call. */
gboolean data_socket_take_frame (DataSocket *self, guint *opcode, const char **text, gsize *length);
void data_socket_drop (DataSocket *self, gsize n_bytes); /* after take_frame: what was consumed */

void data_socket_send_bytes (DataSocket *self, const void *bytes, gsize length);
void data_socket_send_text (DataSocket *self, const char *text, gsize length);
void data_socket_send_frame (DataSocket *self, guint opcode, const char *text, gsize length);

G_END_DECLS
