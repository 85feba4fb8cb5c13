/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/live.h"
#include "sql/database.h"

/* Commands that have been decided but not yet answered: kept in a durable file, sent in order per
 * object, parallel across objects, each until the server has answered it. A refused command blocks
 * only its object until somebody decides. Survives SIGKILL and power loss. Main context; writes are
 * short transactions on @database, which belongs to the owner (the console's desk file, or one of
 * its own). */

G_BEGIN_DECLS

#define YIHU_TYPE_OUTBOX (yihu_outbox_get_type ())
G_DECLARE_FINAL_TYPE (YihuOutbox, yihu_outbox, YIHU, OUTBOX, GObject)

extern const char *const yihu_outbox_schema; /* CREATE TABLE IF NOT EXISTS outbox … */

/* Signals: "settled" (YihuCommand *command, YihuReply *reply): answered ok, and gone from the file;
 *          "refused" (YihuCommand *command, YihuReply *reply): needs a decision.
 * Properties: "pending" (uint, notify): not answered; "undecided" (uint, notify): refused. */
YihuOutbox *yihu_outbox_new (YihuDatabase *database, GError **error);
void yihu_outbox_set_live (YihuOutbox *self,
                           YihuLive *live); /* (nullable); sends what waits when online */

/* Writes the command; inside a transaction of the caller if one is open. Nothing is sent before
 * yihu_outbox_flush(), which the caller calls after its commit. */
gboolean yihu_outbox_append (YihuOutbox *self, YihuCommand *command, GError **error);
void yihu_outbox_flush (YihuOutbox *self);

guint yihu_outbox_get_pending (YihuOutbox *self);
guint yihu_outbox_get_undecided (YihuOutbox *self);

typedef struct
{
  YihuCommand *command;
  gboolean refused;
  GError *error; /* (nullable) */
} YihuOutboxRow;
GPtrArray *yihu_outbox_list (YihuOutbox *self); /* YihuOutboxRow, oldest first (transfer full) */

/* Decision on a refused command: drop it, or send it again under a new key. */
gboolean yihu_outbox_drop (YihuOutbox *self, const char *key, GError **error);
gboolean yihu_outbox_retry (YihuOutbox *self, const char *key, GError **error);

G_END_DECLS
