/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Pairs of keys as two small files: PATH (0600) has the secret half, PATH.pub the public one, each
 * a line of a word and hex, "yihu-anchor-key-1 …" and "yihu-anchor-public-1 …" for the kind
 * "anchor". Waiting; any thread. */

G_BEGIN_DECLS

/* REJECTED where one of the files is there. */
gboolean yihu_key_file_create (const char *path,
                               const char *kind,
                               const guint8 *secret_key,
                               gsize secret_size,
                               const guint8 *public_key,
                               gsize public_size,
                               GError **error);

/* Either of the two: @has_secret says which, and only that key is set. INVALID where it is none. */
gboolean yihu_key_file_load (const char *path,
                             const char *kind,
                             guint8 *secret_key,
                             gsize secret_size,
                             guint8 *public_key,
                             gsize public_size,
                             gboolean *has_secret,
                             GError **error);

/* Exactly @size bytes in small hex digits. */
gboolean yihu_key_read_hex (const char *text, guint8 *bytes, gsize size);

G_END_DECLS
