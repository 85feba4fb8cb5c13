/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What database.c, database-rows.c and database-record.c share; nobody else includes it. */

#include "sql/database.h"

G_BEGIN_DECLS

typedef struct
{
  sqlite3_stmt *statement; /* (owned) */
  gboolean is_lent;
} YihuStatement;

void yihu_statement_free (YihuStatement *self);

/* The texts for one record type with one set of skipped fields, made once a connection. */
typedef struct
{
  const YihuRecordType *type;
  YihuFieldFlags skip;
  char *put;
  char *get;
} YihuRecordTexts;

void yihu_record_texts_free (YihuRecordTexts *self);

struct _YihuDatabase
{
  sqlite3 *sqlite;
  char *path;
  gboolean packed_ids;
  GHashTable *statements; /* (element-type utf8 YihuStatement) (owned) */
  GPtrArray *record_texts; /* (element-type YihuRecordTexts) (owned) */
  gint64 deadline_us; /* monotonic; 0: none */
};

G_END_DECLS
