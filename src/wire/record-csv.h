/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/csv.h"
#include "domain/record.h"

/* Records to and from CSV by their field tables: what yihu-ctl import reads, yihu-city writes and
 * docs/import.md describes. Header names are field names plus "id" and "division"; order is free,
 * missing optional columns are empty, unknown columns are an error. Positions stand as decimal
 * degrees in columns "lat" and "lon", dates as yyyy-mm-dd or yyyymmdd, enums as nicks. */

G_BEGIN_DECLS

typedef struct _YihuRecordCsv YihuRecordCsv;

/* @area_code: default for telephone numbers. @today: yyyymmdd, for birth days and ID numbers.
 * YIHU_ERROR_INVALID names a missing required, unknown or repeated column. (transfer full) */
YihuRecordCsv *yihu_record_csv_new (const YihuRecordType *type,
                                    const char *const *header,
                                    guint n_columns,
                                    const char *area_code,
                                    int today,
                                    GError **error);
void yihu_record_csv_free (YihuRecordCsv *self);

/* One row to one validated record; normalises telephone numbers, checks dates (exists, not in the
 * future, age
 * <= 130), ID number, enums, ranges. YIHU_ERROR_INVALID "field 'birth': …" without personal
 * content. (transfer full) */
gpointer yihu_record_csv_parse (YihuRecordCsv *self,
                                const char *const *cells,
                                guint n_cells,
                                GError **error);

void yihu_record_csv_append_header (const YihuRecordType *type, GString *text);
void yihu_record_csv_append (gconstpointer record, GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuRecordCsv, yihu_record_csv_free)

G_END_DECLS
