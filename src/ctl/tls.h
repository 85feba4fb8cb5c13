/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The centre's own certificate authority, in one directory: ca.pem and ca.key, server.pem and
 * server.key, and NAME.pem (certificate and key together) for each client. Keys are written 0600.
 * ECDSA P-256; the authority lives ten years, the others @days from now. Waiting calls, for the
 * tool. */

G_BEGIN_DECLS

#define YIHU_TLS_DAYS 730

/* Makes the authority and the server's certificate. REJECTED where there is an authority already:
 * every console would stop believing. @hosts: (nullable): names or addresses, at least one. */
gboolean yihu_tls_init (const char *directory, const char *const *hosts, int days, GError **error);
/* The server's certificate anew; @hosts NULL: the names of the present one. */
gboolean
yihu_tls_make_server (const char *directory, const char *const *hosts, int days, GError **error);
gboolean yihu_tls_make_client (const char *directory, const char *name, int days, GError **error);
/* Prints subject, names and last day of the certificate in @file. */
gboolean yihu_tls_show (const char *file, GError **error);

G_END_DECLS
