/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/kinds.h"
#include "snapshot/sealed.h"
#include "snapshot/snapshot.h"

/* What snapshot.c (the file), snapshot-rows.c (its rows), snapshot-search.c (what search reads)
 * and snapshot-numbers.c (telephone numbers) share. */

G_BEGIN_DECLS

/* One kind's table with its statement for writing. */
typedef struct
{
  const YihuRecordType *type;
  gboolean sealed; /* has a sealed column */
  guint n_plain; /* id, version, division and the plain fields */
  char *columns; /* (owned) for SELECT, with the table's name; the sealed column is the last one */
  sqlite3_stmt *put; /* (owned) (nullable) */
} YihuSnapshotTable;

struct _YihuSnapshotFile
{
  YihuDatabase *database; /* (owned) (nullable): NULL once finished */
  gboolean has_key;
  gboolean bulk; /* under construction: search indexes and extra keys come at the end */
  guint8 seal_key[YIHU_SEALED_KEY_BYTES];
  guint8 hash_key[YIHU_SEALED_KEY_BYTES];
  YihuSnapshotTable *tables; /* (array length=n_tables) (owned) */
  guint n_tables;
};

#define YIHU_SNAPSHOT_SKIP (YIHU_FIELD_PERSONAL | YIHU_FIELD_SERVER)

void yihu_snapshot_tables_init (YihuSnapshotFile *self);
void yihu_snapshot_tables_clear (YihuSnapshotFile *self);
gboolean yihu_snapshot_tables_create (YihuSnapshotFile *self, GError **error);
gboolean yihu_snapshot_tables_finish (YihuSnapshotFile *self, GError **error);
/* Binding of one row; @column is the next parameter. "" is NULL: it takes no room and stays out of
 * the partial indexes. */
void yihu_snapshot_bind_text (sqlite3_stmt *statement, int *column, const char *text);
void yihu_snapshot_bind_record (YihuSnapshotFile *self,
                                const YihuSnapshotTable *table,
                                int *column,
                                const YihuRecord *record);
gboolean yihu_snapshot_step_put (YihuSnapshotFile *self, YihuSnapshotTable *table, GError **error);

/* snapshot-search.c */
extern const char yihu_snapshot_search_tables_sql[];
extern const char yihu_snapshot_search_finish_sql[];
extern const char yihu_snapshot_search_watch_sql[];
const char *const *yihu_snapshot_search_columns (const YihuRecordType *type); /* after the fields */
void yihu_snapshot_search_bind (sqlite3_stmt *statement,
                                int *column,
                                const YihuRecord *record); /* not for elders */
gboolean yihu_snapshot_search_put_elder (YihuSnapshotFile *self,
                                         YihuSnapshotTable *table,
                                         const YihuElder *elder,
                                         GError **error);
gboolean yihu_snapshot_search_forget_elder (YihuSnapshotFile *self, const char *id, GError **error);

/* snapshot-numbers.c. @before, @after: nullable. An elder is forgotten before the row goes; kin are
 * changed after the row did. */
extern const char yihu_snapshot_numbers_tables_sql[];
extern const char yihu_snapshot_numbers_finish_sql[];
gboolean yihu_snapshot_numbers_put_elder (YihuSnapshotFile *self,
                                          gint64 n,
                                          const YihuElder *before,
                                          const YihuElder *after,
                                          GError **error);
gboolean yihu_snapshot_numbers_forget_elder (YihuSnapshotFile *self,
                                             gint64 n,
                                             const char *id,
                                             GError **error);
gboolean yihu_snapshot_numbers_read_kin (YihuSnapshotFile *self,
                                         const char *id,
                                         YihuKin **kin, /* (out) (nullable) (transfer full) */
                                         GError **error);
gboolean yihu_snapshot_numbers_change_kin (YihuSnapshotFile *self,
                                           const YihuKin *before,
                                           const YihuKin *after,
                                           GError **error);

/* 64 bits of the keyed hash; never 0. */
gint64 yihu_snapshot_hash (YihuSnapshotFile *self, const char *text);

YihuSnapshotTable *yihu_snapshot_tables_find (YihuSnapshotFile *self, const YihuRecordType *type);

G_END_DECLS
