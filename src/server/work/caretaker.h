/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "server/work/readers.h"

/* What nobody should have to remember: an anchor of the audit each day, a checked backup each
 * night, and a look at disk, clock and certificate each minute. Works on readers' threads and one
 * of its own; its answers are for health and metrics. Main context. */

G_BEGIN_DECLS

#define YIHU_TYPE_CARETAKER (yihu_caretaker_get_type ())
G_DECLARE_FINAL_TYPE (YihuCaretaker, yihu_caretaker, YIHU, CARETAKER, GObject)

typedef struct
{
  const char *data_dir;
  const char *store_path; /* (nullable): of an SQLite store; without it, no backups of ours */
  const char *anchor_key; /* (nullable): file of a key that signs anchors */
  const char *backup_dir; /* (nullable): no nightly backups without */
  const char *backup_key; /* (nullable): file of the public half of a key that seals them */
  guint backup_hour; /* local time, 0 to 23 */
  guint backup_keep; /* how many stay */
} YihuCaretakerConfig;

typedef struct
{
  gint64 looked_at_us; /* 0: not yet */
  gint64 anchor_at_us; /* the newest; 0: none */
  gint64 first_anchor_at_us; /* since when this centre is at work */
  gint64 backup_at_us; /* the last good one, whoever made it; 0: none */
  gint64 backup_bytes;
  gint64 disk_free_bytes; /* where the data directory is; -1: not known */
  gint64
      clock_behind_us; /* the newest entry is this much younger than our clock says; 0: all well */
  gboolean backup_failed; /* the last try */
  gboolean anchor_failed;
} YihuCondition;

/* Both keys are read at once: INVALID where one is none. */
YihuCaretaker *yihu_caretaker_new (const YihuCaretakerConfig *config,
                                   YihuReaders *readers,
                                   YihuClock *clock,
                                   GError **error);
/* Ends a backup that is under way; nothing half done keeps a name. Before the readers' shutdown. */
void yihu_caretaker_stop (YihuCaretaker *self);

const YihuCondition *yihu_caretaker_get_condition (YihuCaretaker *self);
/* "disk", "anchor", "backup", "certificate", "clock": what an administrator has to look at.
 * @certificate_expires_at_us: 0: none. (transfer full) */
GStrv yihu_caretaker_list_neglected (YihuCaretaker *self, gint64 certificate_expires_at_us);

G_END_DECLS
