/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A bad line between a client and a real server: a thread of its own that passes bytes on, and on
 * demand cuts a connection at an exact byte of an answer, changes one, or answers in the server's
 * place. Each GET takes one order, in the order in which they were given. */

typedef struct _CuttingProxy CuttingProxy;

CuttingProxy *cutting_proxy_new (guint to_port);
void cutting_proxy_free (CuttingProxy *self); /* waits for its thread */
const char *cutting_proxy_get_url (CuttingProxy *self);

/* Bytes count from the first of the answer's status line. */
void cutting_proxy_cut (CuttingProxy *self, gint64 at_byte);
void cutting_proxy_flip (CuttingProxy *self, gint64 at_byte);
void cutting_proxy_answer (CuttingProxy *self, const char *text); /* instead of the server */

/* What went by so far: bytes of the server's, and its statuses in order, "200 206 206 ". */
gint64 cutting_proxy_get_bytes (CuttingProxy *self);
char *cutting_proxy_dup_statuses (CuttingProxy *self);
guint cutting_proxy_get_n_orders (CuttingProxy *self); /* not yet carried out */
