/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"

/* The book's asynchronous calls for a test, which waits in its main context for what becomes of
 * them. */

/* FALSE with error, as the book said. */
gboolean waits_log_in (YihuBook *book, const char *login, const char *password, GError **error);
gboolean waits_submit (YihuBook *book, YihuCommand *command, gpointer overlay, GError **error);

/* As a screen does it: the command, and the order as it will be, for the elder e1 of the server's
 * fixture. */
gboolean waits_place_order (YihuBook *book, const char *id, GError **error);
