/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The server's own key: the file seal.key of the data directory, 32 bytes, readable for the
 * server only. It is not in the store, so that who gets hold of the store or of a backup of it does
 * not get what is sealed under it (second factors). Back it up separately; without it, they are
 * enrolled anew. */

G_BEGIN_DECLS

/* Made where there is none; CORRUPT where the file is not a key. (transfer full) */
GBytes *yihu_server_key_ensure (const char *data_dir, GError **error);

G_END_DECLS
