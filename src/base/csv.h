/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* CSV after RFC 4180, UTF-8 with or without BOM, LF or CRLF; bounded line, field and column counts.
 * The reader walks a text in memory and gives one row at a time; the writer quotes where needed. */

G_BEGIN_DECLS

#define YIHU_CSV_MAX_COLUMNS 64
#define YIHU_CSV_MAX_ROW_BYTES (64 * 1024)

typedef struct _YihuCsvReader YihuCsvReader;

/* @text must outlive the reader. Fails where it is not UTF-8 (YIHU_ERROR_INVALID, says the byte
 * offset and names GB 18030 where that would decode). */
YihuCsvReader *yihu_csv_reader_new (const char *text, gsize length, GError **error);
void yihu_csv_reader_free (YihuCsvReader *self);

/* Next row. Returns: FALSE at the end (no error) or at a row that cannot be read (error set;
 * reading may go on behind it). @fields: (out) (transfer none): valid until the next call. */
gboolean
yihu_csv_reader_next (YihuCsvReader *self, char ***fields, guint *n_fields, GError **error);
guint yihu_csv_reader_get_line (YihuCsvReader *self); /* line of the row just read, from 1 */
gboolean yihu_csv_reader_is_at_end (YihuCsvReader *self);

void yihu_csv_append_row (GString *text, const char *const *fields, guint n_fields);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuCsvReader, yihu_csv_reader_free)

G_END_DECLS
