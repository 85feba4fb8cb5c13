/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/kinds.h"
#include "sql/database.h"

/* desk.db, the durable half of the console's directory: overlay, drafts, the kept log-in, and the
 * outbox (whose table belongs to client/). What a person typed is sealed with the desk key
 * (XChaCha20-Poly1305, random nonce, kind and id as additional data); ids, kinds and the names of
 * drafts stay readable. Nothing that is sealed can be read or written before the key is set
 * (YIHU_ERROR_LOCKED).
 *
 * One object belongs to one thread; each thread opens its own. */

G_BEGIN_DECLS

#define YIHU_DESK_KEY_BYTES 32

typedef struct _YihuDeskFile YihuDeskFile;

/* Makes the directory (0700) and the file. A damaged file is kept as desk.db.damaged and a new one
 * begun. */
YihuDeskFile *yihu_desk_file_open (const char *directory, GError **error);
YihuDeskFile *yihu_desk_file_open_reader (YihuDeskFile *self, GError **error); /* keys go along */
void yihu_desk_file_close (YihuDeskFile *self);
YihuDatabase *yihu_desk_file_get_database (YihuDeskFile *self);

/* @key: from the log-in; NULL with an older server: one that follows from @scope_key, with which
 * also what was sealed in that time is opened. */
void yihu_desk_file_set_keys (YihuDeskFile *self, GBytes *key, GBytes *scope_key);
GBytes *yihu_desk_file_get_key (YihuDeskFile *self); /* (transfer none) (nullable) */

/* (transfer full); NULL: no key is set. */
GBytes *
yihu_desk_file_seal (YihuDeskFile *self, const char *kind, const char *id, const char *text);
char *yihu_desk_file_open_sealed (YihuDeskFile *self,
                                  const char *kind,
                                  const char *id,
                                  GBytes *sealed,
                                  GError **error); /* LOCKED, CORRUPT */

/* Seals what a program before sealing left in plain, and leaves no trace of it in file or log. For
 * the start, after the outbox has sealed its own rows, while nobody else has the file open. */
gboolean yihu_desk_file_seal_plain (YihuDeskFile *self, GError **error);

/* Overlay: what a command will have made true, until the reply's seq is reached. Written in the
 * transaction of the outbox row. */
gboolean yihu_desk_file_put_overlay (YihuDeskFile *self,
                                     const char *command_key,
                                     gconstpointer record,
                                     GError **error);
/* It goes when the cursor has reached @seq; see yihu_desk_file_reach_overlay(). */
gboolean yihu_desk_file_settle_overlay (YihuDeskFile *self,
                                        const char *command_key,
                                        gint64 seq,
                                        GError **error);
gboolean yihu_desk_file_reach_overlay (YihuDeskFile *self, gint64 cursor, GError **error);

/* A refused command: its overlay no longer counts, but comes back when it is sent again. */
gboolean yihu_desk_file_hold_overlay (YihuDeskFile *self, const char *command_key, GError **error);
gboolean yihu_desk_file_release_overlay (YihuDeskFile *self,
                                         const char *command_key,
                                         const char *new_key,
                                         GError **error);
gboolean yihu_desk_file_drop_overlay (YihuDeskFile *self, const char *command_key, GError **error);

/* Drops what no command in @keys (NULL-terminated) and no awaited seq holds up any more. */
gboolean yihu_desk_file_sweep_overlay (YihuDeskFile *self,
                                       const char *const *keys,
                                       gint64 cursor,
                                       GError **error);
gint64 yihu_desk_file_count_overlay (YihuDeskFile *self); /* that count */

/* (transfer full); held ones too. */
GPtrArray *yihu_desk_file_list_overlay_of (YihuDeskFile *self, const char *command_key);
/* Those of a kind that count, one an id, the latest; oldest first. (transfer full) */
GPtrArray *
yihu_desk_file_list_overlay (YihuDeskFile *self, const YihuRecordType *type, GError **error);
/* NULL without error: none. (transfer full) */
gpointer yihu_desk_file_get_overlay (YihuDeskFile *self,
                                     const YihuRecordType *type,
                                     const char *id,
                                     GError **error);

/* Drafts: text in a form, kept within a second, found again after a crash. @name: "order:CALLID".
 */
gboolean yihu_desk_file_save_draft (YihuDeskFile *self,
                                    const char *name,
                                    const char *text,
                                    GError **error); /* NULL or "" removes */
char *yihu_desk_file_load_draft (YihuDeskFile *self,
                                 const char *name); /* (transfer full) (nullable) */

/* Everything but the outbox's rows goes, without a trace; what is not yet sent stays sealed, and
 * the key is forgotten. @unsent: (out): how many commands stay. */
gboolean yihu_desk_file_wipe (YihuDeskFile *self, gint64 *unsent, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuDeskFile, yihu_desk_file_close)

G_END_DECLS
