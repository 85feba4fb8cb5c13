/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/kinds.h"
#include "snapshot/sealed.h"
#include "snapshot/sealer.h"
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
  char *columns; /* (owned) for SELECT, with the table's name; then the sealed column and n */
  sqlite3_stmt *put; /* (owned) (nullable) */
  sqlite3_stmt *add; /* (owned) (nullable): under construction, a row that is not there yet */
  gint64 last_n; /* under construction: of the row added last */
} YihuSnapshotTable;

struct _YihuSnapshotFile
{
  YihuDatabase *database; /* (owned) (nullable): NULL once finished */
  gboolean has_key;
  gboolean bulk; /* under construction: search indexes and extra keys come at the end */
  guint8 seal_key[YIHU_SEALER_KEY_BYTES];
  guint8 hash_key[YIHU_SEALER_KEY_BYTES];
  YihuSealer *sealer; /* (owned) (nullable): with the file's own key */
  GByteArray *plain; /* personal fields on their way to the sealer */
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

/* Under construction: adds a row under the next number, which is its nonce as well and is never
 * used again. @search_data goes to yihu_snapshot_search_bind(). @n: (out): the number. */
gboolean yihu_snapshot_add_row (YihuSnapshotFile *self,
                                YihuSnapshotTable *table,
                                gconstpointer record,
                                gconstpointer search_data,
                                gint64 *n,
                                GError **error);
/* Adds or replaces a row, unless a newer one is there. */
gboolean yihu_snapshot_put_row (YihuSnapshotFile *self,
                                YihuSnapshotTable *table,
                                gconstpointer record,
                                gconstpointer search_data,
                                GError **error);

/* snapshot-search.c */
extern const char yihu_snapshot_search_tables_sql[];
extern const char yihu_snapshot_search_finish_sql[];
extern const char yihu_snapshot_search_watch_sql[];
const char *const *yihu_snapshot_search_columns (const YihuRecordType *type); /* after the fields */
void yihu_snapshot_search_bind (YihuSnapshotFile *self,
                                sqlite3_stmt *statement,
                                int *column,
                                const YihuRecord *record,
                                gconstpointer data); /* of an elder: its YihuPinyin */
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
                                             const YihuElder *elder,
                                             GError **error);
gboolean yihu_snapshot_numbers_read_kin (YihuSnapshotFile *self,
                                         const char *id,
                                         gint64 *n, /* (out): 0 where there is none */
                                         YihuKin **kin, /* (out) (nullable) (transfer full) */
                                         GError **error);
gboolean yihu_snapshot_numbers_add_kin (YihuSnapshotFile *self,
                                        gint64 n,
                                        const YihuKin *kin,
                                        GError **error); /* under construction */
gboolean yihu_snapshot_numbers_change_kin (YihuSnapshotFile *self,
                                           gint64 n,
                                           const YihuKin *before,
                                           const YihuKin *after,
                                           GError **error);

/* 64 bits of the keyed hash; never 0. */
gint64 yihu_snapshot_hash (YihuSnapshotFile *self, const char *text);

G_END_DECLS
