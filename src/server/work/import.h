/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/work/readers.h"
#include "server/work/writer.h"

/* One piece of a CSV file into the register: docs/import.md. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_IMPORT_ROWS, /* each row by itself */
  YIHU_IMPORT_ALL, /* one bad row refuses the piece */
  YIHU_IMPORT_CHECK, /* says what is wrong with it, and writes nothing */
} YihuImportMode;

typedef struct
{
  const YihuRecordType *type;
  YihuImportMode mode;
  gboolean quiet; /* no feed entries: a new epoch instead, so consoles take a new snapshot */
  gint64 first_line; /* number, in the whole file, of the first line behind the header */
  const char *area_code; /* for telephone numbers without one */
  int today; /* yyyymmdd */
} YihuImportOptions;

typedef struct
{
  gint64 accepted; /* CHECK: would be */
  GPtrArray *refused; /* (owned) YihuImportRefusal, the first hundred */
  gint64 more_refused;
} YihuImportReport;

typedef struct
{
  gint64 line;
  char *message;
} YihuImportRefusal;

/* @report is (transfer none); NULL with @error where nothing could be read or written. A piece in
 * which rows were accepted before an outage may be sent again. */
typedef void (*YihuImportDoneFunc) (const YihuImportReport *report,
                                    const GError *error,
                                    gpointer data);

gboolean yihu_import_allows_kind (const YihuRecordType *type);
void yihu_import_start (YihuReaders *readers,
                        YihuWriter *writer,
                        YihuActor *actor,
                        const YihuImportOptions *options,
                        GBytes *text,
                        YihuImportDoneFunc done,
                        gpointer data);

G_END_DECLS
