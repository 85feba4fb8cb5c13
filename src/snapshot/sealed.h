/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "domain/record.h"

/* The sealed column: personal fields of one record as bytes, and those bytes under a key.
 *
 * Plain form: 0x01, then a varint count of fields, then for each personal field in the order of the
 * kind's table (server fields are never among them) a varint length and as many bytes: text as it
 * is, integers as zigzag varint, nothing for "" and 0. A reader that knows fewer fields skips the
 * rest, one that knows more leaves them empty: fields are only ever added at the end of a table.
 *
 * Sealed form: 24 bytes random nonce, XChaCha20-Poly1305 of the plain form; kind and id are the
 * additional data, so a blob moved to another row does not open. Any thread. */

G_BEGIN_DECLS

#define YIHU_SEALED_KEY_BYTES 32

gboolean yihu_sealed_has_fields (const YihuRecordType *type);

GByteArray *yihu_sealed_encode (gconstpointer record); /* (transfer full) */

/* Sets the personal fields of @record, which is under construction. CORRUPT where malformed or a
 * value is outside its field's range. */
gboolean yihu_sealed_decode (gpointer record, const guint8 *data, gsize size, GError **error);

GByteArray *yihu_sealed_seal (const guint8 *key,
                              const char *kind,
                              const char *id,
                              const guint8 *plain,
                              gsize size); /* (transfer full) */

/* CORRUPT where it was tampered with, belongs to another row or to another key. (transfer full) */
GByteArray *yihu_sealed_open (const guint8 *key,
                              const char *kind,
                              const char *id,
                              const guint8 *sealed,
                              gsize size,
                              GError **error);

G_END_DECLS
