/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A file sealed for one pair of keys, for backups that leave the house: the public half seals and
 * may lie on the server, only the secret half opens, and lies elsewhere.
 *
 *   "yihu-sealed 1\n"   which form
 *   8 bytes             name of the pair: BLAKE2b of the public key
 *   80 bytes            the file's own key, sealed for the public key (crypto_box_seal)
 *   24 bytes            head of the stream (secretstream, XChaCha20-Poly1305)
 *   chunks              64 KiB each and 17 bytes; the last is shorter or not, and marked as the
 * last
 *
 * All that stands before the chunks is authenticated with the first. A file that is cut, changed at
 * any bit, or lengthened does not open. Waiting; any thread. */

G_BEGIN_DECLS

typedef struct
{
  guint8 public_key[32];
  guint8 secret_key[32];
  gboolean has_secret;
} YihuSealKey;

/* Makes @path (0600, the secret) and @path.pub. REJECTED where one is there already. */
gboolean yihu_seal_key_create (const char *path, GError **error);
/* Either of the two files. */
gboolean yihu_seal_key_load (const char *path, YihuSealKey *key, GError **error);

gboolean yihu_sealed_file_is (const char *path);

/* Seals @from into the new file @to (0600, synced), reads it back and compares; only then it gets
 * its name. REJECTED where @to is there, FULL, G_IO_ERROR_CANCELLED. */
gboolean yihu_sealed_file_make (const char *from,
                                const char *to,
                                const YihuSealKey *key,
                                GCancellable *cancellable,
                                GError **error);

/* Opens @from into the new file @to (0600, synced; nullable: only looks whether it would open).
 * REJECTED for another pair, without a secret half, or where @to is there; INVALID where it is no
 * sealed file; CORRUPT where it was cut or changed: then @to is not there. */
gboolean yihu_sealed_file_open (const char *from,
                                const char *to,
                                const YihuSealKey *key,
                                GCancellable *cancellable,
                                GError **error);

G_END_DECLS
