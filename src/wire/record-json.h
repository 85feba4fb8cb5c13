/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bounded-json.h"
#include "domain/record.h"

/* Records to and from JSON by their field tables: {"id":…,"version":…,"division":…, fields}. Empty
 * texts and zero numbers are left out; enums travel as nicks. */

G_BEGIN_DECLS

/* @with_server_fields: only for the server's own store and imports, never for a console. (transfer
 * full) */
json_t *yihu_record_to_json (gconstpointer record, gboolean with_server_fields);

/* Unknown members are ignored (a newer peer may send more); types, ranges, nicks are checked
 * (YIHU_ERROR_INVALID names the field). Returns: (transfer full) */
gpointer yihu_record_from_json (const YihuRecordType *type, const json_t *object, GError **error);

G_END_DECLS
