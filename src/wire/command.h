/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bounded-json.h"
#include "domain/record.h"

/* A wish to change something: a name ("order.create"), an idempotency key made when the button was
 * pressed, the kind and id of its object, arguments, the version it was based on, and when.
 * docs/protocol.md lists names and arguments. Immutable, reference-counted. */

G_BEGIN_DECLS

typedef struct
{
  char *key; /* UUIDv7 */
  char *name; /* "order.create" */
  char *object; /* id of the record it is about: order of execution is kept per object */
  gint64 base; /* version of the record that the person saw; 0: none */
  gint64 at_us;
  json_t *args; /* (owned) an object */
} YihuCommand;

YihuCommand *yihu_command_new (const char *name, const char *object, gint64 base, gint64 at_us);
YihuCommand *yihu_command_ref (YihuCommand *self);
void yihu_command_unref (YihuCommand *self);

/* Arguments, while it is being made. */
void yihu_command_set_text (YihuCommand *self, const char *name, const char *value);
void yihu_command_set_int (YihuCommand *self, const char *name, gint64 value);
void yihu_command_set_record (YihuCommand *self, const char *name, gconstpointer record);

/* Returns: (transfer full) (nullable): NULL where the argument is absent or no such record. */
gpointer
yihu_command_get_record (const YihuCommand *self, const char *name, const YihuRecordType *type);

/* (nullable): NULL where @name is no text. */
const char *yihu_command_get_text (const YihuCommand *self, const char *name);

json_t *yihu_command_to_json (const YihuCommand *self);
YihuCommand *yihu_command_from_json (const json_t *object, GError **error);
char *yihu_command_dup_hash (
    const YihuCommand *self); /* BLAKE2b-256 hex of name, object, base, args, keys sorted */

/* Whether it sends somebody on their way or calls them back: such a command must not take effect
 * hours later as if nothing had happened meanwhile. Notes, cards and the closing of calls may. */
gboolean yihu_command_is_dispatch (const YihuCommand *self);

typedef enum
{
  YIHU_REPLY_OK, /* "ok": done, or was already so */
  YIHU_REPLY_REJECTED, /* "rejected": @error says why, @record is the current row */
  YIHU_REPLY_CONFLICT, /* "conflict" */
} YihuReplyState;

/* The server's answer to one command:
 * {"key","seq","state","error","message","record":["kind",{…}]}. A repeated command gets the first
 * answer again, with "again":true. */
typedef struct
{
  char *key;
  gint64 seq; /* the overlay may go when the cursor has reached this */
  YihuReplyState state;
  gboolean again;
  GError *error; /* (nullable) YIHU_ERROR */
  YihuRecord *record; /* (nullable) */
} YihuReply;

YihuReply *
yihu_reply_new (const char *key, gint64 seq, gpointer record); /* OK; takes a reference */
YihuReply *yihu_reply_new_error (const char *key, const GError *error, gpointer record);
void yihu_reply_free (YihuReply *self);
json_t *yihu_reply_to_json (const YihuReply *self);
YihuReply *yihu_reply_from_json (const json_t *object, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuCommand, yihu_command_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuReply, yihu_reply_free)

G_END_DECLS
