/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "snapshot/sealed.h"
#include "snapshot/snapshot.h"

/* What snapshot.c (the file) and snapshot-rows.c (its rows) share. */

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
YihuSnapshotTable *yihu_snapshot_tables_find (YihuSnapshotFile *self, const YihuRecordType *type);

G_END_DECLS
