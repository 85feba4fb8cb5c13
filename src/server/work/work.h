/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "server/work/actor.h"
#include "server/work/feed-event.h"
#include "store/store.h"
#include "wire/command.h"

/* The writer's desk: what a use case works with, in the writer's thread and inside its transaction.
 * Every change of a record goes through yihu_work_save(), which numbers it for the feed. */

G_BEGIN_DECLS

typedef struct
{
  YihuStore *store; /* (owned) */
  YihuClock *clock; /* (owned) */
  char *area_code;
  YihuTenant tenant; /* as it will be after the commit */
  GPtrArray *events; /* (owned) YihuFeedEvent of this transaction */
  YihuTenant undo_tenant; /* as at the savepoint */
  guint undo_events;
} YihuWork;

YihuWork *yihu_work_new (YihuStore *store, YihuClock *clock, const char *area_code);
void yihu_work_free (YihuWork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuWork, yihu_work_free)

gint64 yihu_work_get_now_us (YihuWork *self);
/* When it was done: the command's own time, unless that lies in the future or is older than an
 * outbox may live. */
gint64 yihu_work_get_act_us (YihuWork *self, const YihuCommand *command);

/* NOT_FOUND where there is none. (transfer full) */
gpointer
yihu_work_load (YihuWork *self, const YihuRecordType *type, const char *id, GError **error);

/* Stores @record as the successor of @old (nullable): gives it its version, checks it, writes its
 * feed entry, and a revocation to those who could see @old only. */
gboolean yihu_work_save (YihuWork *self,
                         gpointer record,
                         gconstpointer old,
                         gboolean in_feed,
                         GError **error);
gboolean yihu_work_audit (YihuWork *self,
                          const YihuActor *actor,
                          const char *what,
                          const char *object,
                          const char *reason,
                          GError **error);

/* A new epoch: every console must take a new snapshot. */
void yihu_work_bump_epoch (YihuWork *self);

/* Back to the savepoint at which the running job began. */
gboolean yihu_work_mark (YihuWork *self, GError **error);
void yihu_work_undo (YihuWork *self);

G_END_DECLS
