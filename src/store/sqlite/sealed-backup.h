/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sealed-file.h"
#include "store/sqlite/backup.h"

/* Backups as they are kept: sealed for a key where there is one, else as backup.h makes them.
 * Waiting; on a thread or in a tool. */

G_BEGIN_DECLS

/* As yihu_sqlite_backup(). @key: (nullable): then the checked copy, which lies beside the store
 * meanwhile, is sealed into @target, and that is read back. */
gboolean yihu_backup_make (const char *path,
                           const char *target,
                           const YihuSealKey *key,
                           gint64 now_us,
                           const GArray *anchors,
                           YihuBackupProgressFunc progress,
                           gpointer data,
                           GCancellable *cancellable,
                           YihuBackupFacts *facts,
                           GError **error);

/* As yihu_sqlite_restore(), of either kind. @key: (nullable): REJECTED where one is needed. */
gboolean yihu_backup_restore (const char *file,
                              const char *path,
                              const YihuSealKey *key,
                              gint64 now_us,
                              YihuAnchor *anchor,
                              YihuBackupFacts *facts,
                              GError **error);

G_END_DECLS
