/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/outbox.h"

/* What the files of the outbox share: outbox.c has the rows in memory and what is on its way,
 * outbox-write.c what is being written, outbox-file.c the file itself. A write is described by an
 * operation, which is made and answered in the outbox's context and touches nothing of it in
 * between. */

G_BEGIN_DECLS

typedef struct
{
  gint64 n; /* place in the file */
  char *key; /* (owned) */
  char *object; /* (owned) */
  YihuCommand *command; /* (owned) (nullable): cannot be read */
  YihuOutboxState state;
  gboolean confirmed; /* sent however old it is */
  GError *error; /* (owned) (nullable) */
  YihuRecord *current; /* (owned) (nullable) */
  gboolean busy; /* a write about it is on its way */
  gint64 sent_at_us; /* monotonic; 0: not on its way */
  gint64 not_before_us; /* monotonic: the server was busy */
} YihuOutboxEntry;

YihuOutboxEntry *yihu_outbox_entry_new (gint64 n, const char *key, const char *object);
void yihu_outbox_entry_free (YihuOutboxEntry *entry);

/* The file and who seals it. Used by one thread at a time. */
typedef struct
{
  YihuDatabase *database;
  YihuOutboxKeeper keeper;
  gpointer keeper_data;
} YihuOutboxFile;

typedef enum
{
  YIHU_OUTBOX_OP_APPEND,
  YIHU_OUTBOX_OP_SETTLE,
  YIHU_OUTBOX_OP_REFUSE,
  YIHU_OUTBOX_OP_DROP,
  YIHU_OUTBOX_OP_SEND,
} YihuOutboxOpKind;

typedef struct
{
  YihuOutboxOpKind kind;
  gint64 n; /* of the row; APPEND: none */
  char *key; /* (owned) (nullable): of the row as it was */
  GPtrArray *commands; /* (owned) (nullable): YihuCommand; APPEND those, SEND the one that goes */
  YihuReply *reply; /* (owned) (nullable): SETTLE, REFUSE */
  YihuOutboxWork work; /* (nullable) */
  gpointer work_data;
  GDestroyNotify work_free;
  GTask *task; /* (owned) (nullable): whoever waits */
  GArray *places; /* (owned) gint64: where the appended commands went */
  GError *error; /* (owned) (nullable): it was not done */
} YihuOutboxOp;

YihuOutboxOp *yihu_outbox_op_new (YihuOutboxOpKind kind, const YihuOutboxEntry *entry);
void yihu_outbox_op_free (YihuOutboxOp *op);

/* All operations of @ops in one transaction; each that could not be done has its error, and the
 * others hold. */
void yihu_outbox_file_write (YihuOutboxFile *file, GPtrArray *ops);
gboolean yihu_outbox_file_prepare (YihuOutboxFile *file, GError **error);
gboolean
yihu_outbox_file_insert (YihuOutboxFile *file, YihuCommand *command, gint64 *n, GError **error);
/* Appends the rows behind @last_n to @entries. */
gboolean
yihu_outbox_file_read (YihuOutboxFile *file, gint64 last_n, GPtrArray *entries, GError **error);

struct _YihuOutbox
{
  GObject parent_instance;

  YihuOutboxFile file;
  YihuWorkerThread *thread; /* (owned) (nullable) */
  YihuLive *live; /* (owned) (nullable) */
  GPtrArray *entries; /* YihuOutboxEntry, oldest first */
  GPtrArray *ops; /* (owned) YihuOutboxOp that wait to be written */
  GPtrArray *batch; /* (owned) (nullable): being written */
  YihuOutboxNow now; /* (nullable) */
  gpointer now_data;
  gint64 last_n; /* newest row that is known; without a thread only */
  guint pending;
  guint undecided;
  gboolean welcomed; /* the live connection took commands when we last looked */
  gboolean closed;
  GSource *timer; /* (owned) (nullable): looks for lost answers */
};

enum
{
  YIHU_OUTBOX_SIGNAL_SETTLED,
  YIHU_OUTBOX_SIGNAL_REFUSED,
  YIHU_OUTBOX_N_SIGNALS,
};
extern guint yihu_outbox_signals[YIHU_OUTBOX_N_SIGNALS];

/* outbox.c */
void yihu_outbox_count (YihuOutbox *self);
YihuOutboxEntry *yihu_outbox_find (YihuOutbox *self, const char *key);
gint64 yihu_outbox_get_monotonic_us (YihuOutbox *self);
void yihu_outbox_send_waiting (YihuOutbox *self);

/* outbox-write.c: takes @op */
void yihu_outbox_push (YihuOutbox *self, YihuOutboxOp *op);

G_END_DECLS
