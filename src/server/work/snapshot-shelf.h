/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "server/work/snapshot-builder.h"

/* Ready-made files for consoles, by scope and epoch, built off the main loop, kept while they are
 * young enough, and found again after a restart. Main context. */

G_BEGIN_DECLS

#define YIHU_TYPE_SNAPSHOT_SHELF (yihu_snapshot_shelf_get_type ())
G_DECLARE_FINAL_TYPE (YihuSnapshotShelf, yihu_snapshot_shelf, YIHU, SNAPSHOT_SHELF, GObject)

/* One of the three: a file, how far its building is, or why there is none. All (transfer none). */
typedef void (*YihuSnapshotFunc) (const YihuSnapshot *snapshot,
                                  const YihuSnapshotProgress *progress,
                                  const GError *error,
                                  gpointer data);

/* Files in @directory that an earlier run left are kept where name, side file and epoch fit. */
YihuSnapshotShelf *
yihu_snapshot_shelf_new (YihuStore *store, YihuClock *clock, const char *directory, GError **error);

/* @present: the tenant as it is now. @hash: (nullable): whoever has begun to fetch the file with
 * this hash may go on with it while it is kept. Calls back at once where a file is ready, after a
 * second at the latest. */
void yihu_snapshot_shelf_request (YihuSnapshotShelf *self,
                                  YihuDivisionRange scope,
                                  const YihuTenant *present,
                                  const char *hash,
                                  YihuSnapshotFunc func,
                                  gpointer data);

/* Gives up what is being built, and tells who waits for it. */
void yihu_snapshot_shelf_shutdown (YihuSnapshotShelf *self);

G_END_DECLS
