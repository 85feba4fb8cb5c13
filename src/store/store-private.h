/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/engine.h"
#include "store/store.h"

/* What the files of the store share: the engine's connection, and statements with their parameters
 * by format as in sql/database.h ('i', 's', 'b').
 *
 * The common subset: upsert by ON CONFLICT with excluded.x and table.x written out, BIGINT, LIMIT,
 * UNION, window functions, WITH, RETURNING. Not: rowid, max(a, b), instr, date functions, LIKE
 * (folds case in one of them), FOR UPDATE; every parameter must stand where its type is plain. */

G_BEGIN_DECLS

struct _YihuStore
{
  GObject parent_instance;

  YihuEngine *engine; /* (owned) */
  GHashTable *texts; /* (owned) SQL by type and purpose */
  gboolean is_prefetching;
  gint64 last_audit; /* newest row of the chain in this transaction; -1: not read yet */
  char *last_hash; /* (owned) (nullable) */
  GHashTable *counters; /* (owned) name to gint64 *: numbers taken in this transaction */
  gint64 kept_audit; /* the same at the savepoint */
  char *kept_hash;
};

/* Takes @engine. Migrates, for the writer's connection. Returns: (transfer full) */
YihuStore *yihu_store_new (YihuEngine *engine, gboolean is_writer, GError **error);

gboolean yihu_store_run (YihuStore *self, const char *sql, GError **error, const char *format, ...);
YihuCursor *
yihu_store_query (YihuStore *self, const char *sql, GError **error, const char *format, ...);
/* For many rows: no other statement until the cursor is freed. */
YihuCursor *
yihu_store_stream (YihuStore *self, const char *sql, GError **error, const char *format, ...);
gboolean yihu_store_query_int (YihuStore *self,
                               const char *sql,
                               gint64 *value,
                               GError **error,
                               const char *format,
                               ...); /* first column of the first row; NOT_FOUND */
/* What a loop over a cursor left behind: TRUE without @problem (transfer full). */
gboolean yihu_store_end_rows (GError *problem, GError **error);

/* Texts that depend on the kind, made once a connection. */
typedef char *(*YihuStoreTextFunc) (const YihuRecordType *type);
const char *yihu_store_find_text (YihuStore *self,
                                  const char *purpose,
                                  const YihuRecordType *type,
                                  YihuStoreTextFunc make);
gpointer yihu_cursor_get_record (YihuCursor *self, const YihuRecordType *type);
/* The chain's newest row, asked for once a transaction. */
gboolean yihu_store_load_last_audit (YihuStore *self, GError **error);

gboolean yihu_store_migrate (YihuEngine *engine, GError **error);

/* Rows that a range may see: parameters ?1 lo, ?2 hi. */
#define YIHU_SQL_IN_RANGE "(division = 0 OR (division >= ?1 AND division < ?2))"

G_END_DECLS
