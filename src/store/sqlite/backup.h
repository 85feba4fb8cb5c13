/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/audit-verify.h"

/* Copies of a store that is in use, the proof that a copy is good, and the way back. Waiting; on a
 * thread or in a tool, with connections of their own: writers go on meanwhile. PostgreSQL is backed
 * up by its own means. */

G_BEGIN_DECLS

/* In the server's data directory. */
#define YIHU_STORE_FILE "yihu.db"
#define YIHU_ANCHOR_FILE "anchors.txt"
#define YIHU_BACKUP_NOTE "last-backup"

typedef struct
{
  gint64 at_us; /* when it was made */
  gint64 bytes;
  gint64 seq; /* the newest event in it */
  gint64 n_rows; /* in all tables */
  gint64 n_audit;
} YihuBackupFacts;

/* @done, @total: bytes, about. From the calling thread. */
typedef void (*YihuBackupProgressFunc) (gint64 done, gint64 total, gpointer data);

/* Copies the store @path to the new file @target (0600), checks the copy as
 * yihu_sqlite_backup_check(), compares it with the store, and only then gives it its name.
 * REJECTED where @target is there already, FULL, CORRUPT, G_IO_ERROR_CANCELLED. @anchors:
 * (nullable)
 */
gboolean yihu_sqlite_backup (const char *path,
                             const char *target,
                             gint64 now_us,
                             const GArray *anchors,
                             YihuBackupProgressFunc progress,
                             gpointer data,
                             GCancellable *cancellable,
                             YihuBackupFacts *facts,
                             GError **error);

/* Pages, audit chain, anchors; fills @facts but for the time. CORRUPT says what is wrong. */
gboolean yihu_sqlite_backup_check (const char *file,
                                   const GArray *anchors,
                                   GCancellable *cancellable,
                                   YihuBackupFacts *facts,
                                   GError **error);

/* Makes @path out of the good backup @file: a new epoch, so that every console takes a new
 * snapshot; no log-ins left; a row in the audit, whose number and hash go to @anchor. REJECTED
 * where @path is there already. Nobody may use @path meanwhile: hold the directory's lock. */
gboolean yihu_sqlite_restore (const char *file,
                              const char *path,
                              gint64 now_us,
                              YihuAnchor *anchor,
                              YihuBackupFacts *facts,
                              GError **error);

/* "yihu-backup 1 TIME NAME BYTES SEQ ROWS AUDIT": what the last good backup was, in a small file
 * beside the store. */
gboolean yihu_backup_note_write (const char *path,
                                 const char *name,
                                 const YihuBackupFacts *facts,
                                 GError **error);
/* FALSE: there is none, or none that can be read. */
gboolean yihu_backup_note_read (const char *path, YihuBackupFacts *facts);

G_END_DECLS
