/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/worker-thread.h"
#include "client/live.h"
#include "sql/database.h"

/* Commands that have been decided but not yet answered: kept in a durable file, sent in order per
 * object, parallel across objects, each until the server has answered it. A command that needs a
 * decision blocks only its object until somebody decides. Survives SIGKILL and power loss.
 *
 * All functions in the context that made it. Where it was given a thread, the file is written
 * there, what gathers meanwhile in one transaction, and the context never waits; the database then
 * belongs to that thread from the making to yihu_outbox_close(). Without a thread every write is
 * done before the function returns. */

G_BEGIN_DECLS

#define YIHU_TYPE_OUTBOX (yihu_outbox_get_type ())
G_DECLARE_FINAL_TYPE (YihuOutbox, yihu_outbox, YIHU, OUTBOX, GObject)

extern const char *const yihu_outbox_schema; /* CREATE TABLE IF NOT EXISTS outbox … */

/* What the owner adds to the file. Every member may be NULL; called where the file is written, the
 * last four inside the transaction. */
typedef struct
{
  /* Sealing of what a row says; without it the text is kept as it is. */
  GBytes *(*seal) (const char *key, const char *text, gpointer data);
  char *(*open) (const char *key, GBytes *sealed, gpointer data, GError **error);
  gboolean (*settled) (YihuDatabase *database,
                       const char *key,
                       gint64 seq,
                       gpointer data,
                       GError **error);
  gboolean (*refused) (YihuDatabase *database, const char *key, gpointer data, GError **error);
  gboolean (*dropped) (YihuDatabase *database, const char *key, gpointer data, GError **error);
  gboolean (*again) (YihuDatabase *database,
                     const char *old_key,
                     const char *key,
                     gpointer data,
                     GError **error);
} YihuOutboxKeeper;

/* A write of the owner in the same transaction as the commands it belongs to. */
typedef gboolean (*YihuOutboxWork) (YihuDatabase *database, gpointer data, GError **error);

/* Reads the file: in a thread that may wait. @database (not owned) outlives the outbox. @thread:
 * (nullable) not owned, but shut down by yihu_outbox_close().
 *
 * Signals: "settled" (YihuCommand *command, YihuReply *reply): answered ok, and gone from the file;
 *          "refused" (YihuCommand *command, YihuReply *reply): needs a decision.
 * Properties: "pending" (uint, notify): not answered; "undecided" (uint, notify): need a decision.
 */
YihuOutbox *yihu_outbox_new (YihuDatabase *database, GError **error);
YihuOutbox *yihu_outbox_new_threaded (YihuDatabase *database,
                                      YihuWorkerThread *thread,
                                      const YihuOutboxKeeper *keeper,
                                      gpointer keeper_data,
                                      GError **error);
void yihu_outbox_set_live (YihuOutbox *self,
                           YihuLive *live); /* (nullable); sends what waits when online */

/* With a clock of the server's time, commands that send somebody on their way
 * (yihu_command_is_dispatch()) and are older than YIHU_OUTBOX_STALE_US are not sent before somebody
 * has confirmed them. */
#define YIHU_OUTBOX_STALE_US (8 * G_TIME_SPAN_HOUR)
typedef gint64 (*YihuOutboxNow) (gpointer data);
void yihu_outbox_set_now (YihuOutbox *self, YihuOutboxNow now, gpointer data);

/* Writes what is queued, waits for it, and answers everybody who waited; nothing may be added
 * afterwards. */
void yihu_outbox_close (YihuOutbox *self);

/* Writes the commands (YihuCommand; nullable: none) and what @work adds in one transaction; they go
 * out after the commit. The answer comes after it too: TRUE means on disk. */
void yihu_outbox_append_async (YihuOutbox *self,
                               GPtrArray *commands,
                               YihuOutboxWork work,
                               gpointer work_data,
                               GDestroyNotify work_free,
                               GAsyncReadyCallback callback,
                               gpointer data);

typedef enum
{
  YIHU_OUTBOX_DROP, /* it is not to happen */
  YIHU_OUTBOX_SEND, /* send it (again): a refused one under a new key, a stale one as it is */
} YihuOutboxDecision;

/* A decision on a row that needs one. @instead: (nullable) with SEND, another command for the same
 * object in the place of the old one; @work as above, after the keeper's own. NOT_FOUND where no
 * such row needs a decision. */
void yihu_outbox_decide_async (YihuOutbox *self,
                               const char *key,
                               YihuOutboxDecision decision,
                               YihuCommand *instead,
                               YihuOutboxWork work,
                               gpointer work_data,
                               GDestroyNotify work_free,
                               GAsyncReadyCallback callback,
                               gpointer data);
gboolean yihu_outbox_finish (YihuOutbox *self, GAsyncResult *result, GError **error);

/* Without a thread only: inside a transaction of the caller if one is open. Nothing is sent before
 * yihu_outbox_flush(), which the caller calls after its commit. */
gboolean yihu_outbox_append (YihuOutbox *self, YihuCommand *command, GError **error);
void yihu_outbox_flush (YihuOutbox *self);

guint yihu_outbox_get_pending (YihuOutbox *self);
guint yihu_outbox_get_undecided (YihuOutbox *self);

typedef enum
{
  YIHU_OUTBOX_WAITING,
  YIHU_OUTBOX_REFUSED, /* by the server: see error and current */
  YIHU_OUTBOX_STALE, /* too old to be sent without a word */
  YIHU_OUTBOX_UNREADABLE, /* the file has it, this program cannot read it: it can only be dropped */
} YihuOutboxState;

typedef struct
{
  char *key;
  char *object;
  YihuOutboxState state;
  YihuCommand *command; /* (nullable): UNREADABLE */
  GError *error; /* (nullable) */
  YihuRecord *current; /* (nullable): the row as the server had it when it refused */
} YihuOutboxRow;
void yihu_outbox_row_free (YihuOutboxRow *row);
GPtrArray *yihu_outbox_list (YihuOutbox *self); /* YihuOutboxRow, oldest first (transfer full) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuOutboxRow, yihu_outbox_row_free)

G_END_DECLS
