/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Bytes under a key, in little room: what a file's dictionary can shorten is packed by zstd first,
 * and a row that is written once under its number needs no nonce of its own.
 *
 * Sealed form: one byte of flags (1: packed, 2: numbered, 0x10 always), 24 bytes of random nonce
 * unless numbered, XChaCha20-Poly1305 of the plain or packed form. Flags, kind and id are the
 * additional data, so a blob that was moved to another row does not open. Packed form: a zstd frame
 * without its four magic bytes, checksum and dictionary number.
 *
 * A numbered nonce is kind and number: the key must belong to one file, and a number be used once
 * with it. The dictionary holds pieces of the register: it is personal data itself.
 *
 * One thread at a time. */

G_BEGIN_DECLS

#define YIHU_SEALER_KEY_BYTES 32
#define YIHU_SEALER_MAX_PLAIN (64 * 1024)

typedef struct _YihuSealer YihuSealer;

YihuSealer *yihu_sealer_new (const guint8 *key);
void yihu_sealer_free (YihuSealer *self);

/* What is sealed from now on is packed with it, and what was can be opened. CORRUPT where it is no
 * dictionary. */
gboolean yihu_sealer_set_dictionary (YihuSealer *self, GBytes *dictionary, GError **error);

/* @number: 0 for a random nonce. Returns: (transfer none) until the next call */
const guint8 *yihu_sealer_seal (YihuSealer *self,
                                const char *kind,
                                const char *id,
                                gint64 number,
                                const guint8 *plain,
                                gsize size,
                                gsize *sealed_size);

/* CORRUPT where it was tampered with, belongs to another row or to another key. Returns: (transfer
 * none) until the next call */
const guint8 *yihu_sealer_open (YihuSealer *self,
                                const char *kind,
                                const char *id,
                                gint64 number,
                                const guint8 *sealed,
                                gsize size,
                                gsize *plain_size,
                                GError **error);

/* The second half of opening, for who has the plain or packed form already (fuzzing). */
const guint8 *yihu_sealer_unpack (YihuSealer *self,
                                  const guint8 *packed,
                                  gsize size,
                                  gsize *plain_size); /* NULL: malformed */

/* A dictionary from samples, @bytes of them with @sizes; NULL where they are too few or too much
 * alike to be worth one. Takes about a second for 4 MB. */
GBytes *yihu_sealer_train (const guint8 *bytes, const gsize *sizes, guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuSealer, yihu_sealer_free)

G_END_DECLS
