/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

#include <libsoup/soup.h>

/* The certificate at the server's door: read from files, read again when it was renewed, and how
 * long it is good for. With a client authority, who has no certificate of it stays outside. Main
 * context. */

G_BEGIN_DECLS

typedef struct _YihuDoorTls YihuDoorTls;

/* Sets what GnuTLS offers to TLS 1.2 and newer. In main, before anything else of GIO's TLS: it is
 * read once, at the first use. */
void yihu_door_tls_init (void);

/* Both files PEM; @client_ca: (nullable). INVALID with the file's name where one cannot be used. */
YihuDoorTls *yihu_door_tls_new (SoupServer *soup,
                                const char *certificate_file,
                                const char *key_file,
                                const char *client_ca_file,
                                GError **error);
void yihu_door_tls_free (YihuDoorTls *self);

/* Reads the files again, for the connections to come; on error the present certificate stays. */
gboolean yihu_door_tls_reload (YihuDoorTls *self, GError **error);
gint64 yihu_door_tls_get_expires_at_us (YihuDoorTls *self);

G_END_DECLS
