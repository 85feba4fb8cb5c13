/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A finished file as it is served: zstd frames one behind the other, each of YIHU_PACKING_FRAME
 * bytes of the file (the last one less), and the BLAKE2b-256 of the result. Frames stand alone, so
 * that a console may go on at any of them. Any thread. */

G_BEGIN_DECLS

#define YIHU_PACKING_FRAME (4 * 1024 * 1024)

/* @done: counts the bytes read, for who watches from another thread. @hash: (out): hex. The result
 * is synced. */
gboolean yihu_snapshot_pack (const char *path,
                             const char *packed_path,
                             gint64 *done,
                             char **hash,
                             GError **error);

/* Hex BLAKE2b-256 of a file. */
char *yihu_snapshot_hash_packed (const char *path, GError **error);

G_END_DECLS
