/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/* Building one snapshot: reading the scope's rows in one transaction, sealing them into a file,
 * packing it. Blocks; for a thread of its own. */

G_BEGIN_DECLS

/* A packed file and what it holds: exactly the register at @seq. */
typedef struct
{
  YihuDivisionRange scope;
  gint64 epoch;
  gint64 seq;
  gint64 made_at_us;
  gint64 n_rows;
  gint64 plain_bytes; /* of the file that a console unpacks */
  gint64 bytes; /* as served */
  char *path;
  char *hash; /* hex BLAKE2b-256 of the packed file */
} YihuSnapshot;

void yihu_snapshot_free (YihuSnapshot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuSnapshot, yihu_snapshot_free)

typedef enum
{
  YIHU_SNAPSHOT_WAITING,
  YIHU_SNAPSHOT_ROWS,
  YIHU_SNAPSHOT_INDEXES,
  YIHU_SNAPSHOT_PACKING,
} YihuSnapshotStage;

/* Written by the builder's thread, read by another: each member alone is always a good value. */
typedef struct
{
  int stage;
  gint64 done; /* rows, or bytes while packing */
  gint64 total; /* 0: not known */
} YihuSnapshotProgress;

/* @store: a reading connection outside a transaction. Returns: (transfer full): the file stands in
 * @directory under its name (yihu_snapshot_make_name()). */
YihuSnapshot *yihu_snapshot_build (YihuStore *store,
                                   const char *directory,
                                   YihuDivisionRange scope,
                                   gint64 now_us,
                                   YihuSnapshotProgress *progress,
                                   GCancellable *cancellable,
                                   GError **error);

/* "snapshot-{schema}-{lo}-{hi}-{epoch}-{seq}.db.zst" and back. parse: FALSE for any other name. */
char *yihu_snapshot_make_name (const YihuSnapshot *self);
gboolean yihu_snapshot_parse_name (const char *name, YihuSnapshot *self, int *schema);

G_END_DECLS
