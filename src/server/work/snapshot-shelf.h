/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "store/store.h"

/* Ready-made files for consoles, one a scope and epoch, built off the main loop and kept while they
 * are young enough. Main context. */

G_BEGIN_DECLS

#define YIHU_TYPE_SNAPSHOT_SHELF (yihu_snapshot_shelf_get_type ())
G_DECLARE_FINAL_TYPE (YihuSnapshotShelf, yihu_snapshot_shelf, YIHU, SNAPSHOT_SHELF, GObject)

typedef struct
{
  YihuDivisionRange scope;
  gint64 epoch;
  gint64 seq;
  char *path;
  char *hash; /* hex BLAKE2b-256 of the file */
} YihuSnapshot;

/* @snapshot is (transfer none); NULL with @error. */
typedef void (*YihuSnapshotFunc) (const YihuSnapshot *snapshot, const GError *error, gpointer data);

/* @directory is emptied of what an earlier run left. */
YihuSnapshotShelf *
yihu_snapshot_shelf_new (YihuStore *store, YihuClock *clock, const char *directory, GError **error);

/* @present: the tenant as it is now. Calls back at once where a file is ready. */
void yihu_snapshot_shelf_request (YihuSnapshotShelf *self,
                                  YihuDivisionRange scope,
                                  const YihuTenant *present,
                                  YihuSnapshotFunc func,
                                  gpointer data);
void yihu_snapshot_shelf_shutdown (YihuSnapshotShelf *self);

G_END_DECLS
