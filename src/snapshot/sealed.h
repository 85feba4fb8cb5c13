/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "domain/record.h"

/* The personal fields of one record as bytes, which sealer.h puts under a key.
 *
 * Form: 0x01, then a varint count of fields, then for each personal field in the order of the
 * kind's table (server fields are never among them) a varint length and as many bytes: text as it
 * is, integers as zigzag varint, nothing for "" and 0. A reader that knows fewer fields skips the
 * rest, one that knows more leaves them empty: fields are only ever added at the end of a table.
 * Any thread. */

G_BEGIN_DECLS

gboolean yihu_sealed_has_fields (const YihuRecordType *type);

void yihu_sealed_encode (gconstpointer record, GByteArray *array); /* appends */

/* Sets the personal fields of @record, which is under construction. CORRUPT where malformed or a
 * value is outside its field's range. */
gboolean yihu_sealed_decode (gpointer record, const guint8 *data, gsize size, GError **error);

G_END_DECLS
