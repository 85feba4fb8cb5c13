/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/work/writer.h"

/* Accounts and their sessions on the writer, and what people may see beyond the feed with a logged
 * reason. Each function pushes one job; @done comes in the main context. Hashing of passwords is
 * not here: it is slow and has its own threads (http/password-pool). */

G_BEGIN_DECLS

/* Creates or replaces an account; ends its sessions. @password_hash: NULL keeps the old one. */
void yihu_accounts_put (YihuWriter *writer,
                        YihuActor *actor, /* (nullable): the first account of a store */
                        YihuAccount *account,
                        const char *password_hash,
                        YihuWriterDoneFunc done,
                        gpointer data);

/* The keys of a console, each made when it is first asked for. (transfer none), NULL with @error.
 * @scope_key: under which personal fields of the actor's districts are sealed.
 * @desk_key: under which a console seals what this account has decided and not yet sent: the same
 * for an account for ever, so that neither a new password nor a wipe makes it unreadable. */
typedef void (*YihuSessionDoneFunc) (GBytes *scope_key,
                                     GBytes *desk_key,
                                     const GError *error,
                                     gpointer data);
void yihu_accounts_put_session (YihuWriter *writer,
                                YihuActor *actor,
                                const char *token_hash,
                                gint64 expires_at_us,
                                YihuSessionDoneFunc done,
                                gpointer data);
char *yihu_scope_key_name (YihuDivisionRange scope); /* of the secret in the store */
void yihu_accounts_delete_session (YihuWriter *writer,
                                   YihuActor *actor,
                                   const char *token_hash,
                                   YihuWriterDoneFunc done,
                                   gpointer data);

/* An audit row of its own: "login.refused", "basemap.put". */
void yihu_accounts_note (YihuWriter *writer,
                         YihuActor *actor,
                         const char *what,
                         const char *object,
                         const char *reason,
                         YihuWriterDoneFunc done,
                         gpointer data);

G_END_DECLS
