/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/work/writer.h"

/* Accounts on the writer. Each function pushes one job; @done comes in the main context. Hashing of
 * passwords is not here: it is slow and has its own threads (http/password-pool). */

G_BEGIN_DECLS

/* Creates or replaces an account; ends its sessions. @password_hash: NULL keeps the old one. */
void yihu_accounts_put (YihuWriter *writer,
                        YihuActor *actor, /* (nullable): the first account of a store */
                        YihuAccount *account,
                        const char *password_hash,
                        YihuWriterDoneFunc done,
                        gpointer data);

typedef enum
{
  YIHU_ACCOUNT_REVOKE, /* ends its sessions */
  YIHU_ACCOUNT_WIPE, /* also: its consoles remove their copies, now or at the next log-in */
  YIHU_ACCOUNT_RESET_FACTOR, /* ends its sessions; the next log-in enrols a second factor */
  YIHU_ACCOUNT_UNLOCK, /* only written down here: the lock-out is in memory */
} YihuAccountDeed;

/* @account: (nullable): as it was; NULL with @error. (transfer none) */
typedef void (*YihuAccountDeedFunc) (YihuAccount *account, const GError *error, gpointer data);
void yihu_accounts_do (YihuWriter *writer,
                       YihuActor *actor,
                       const char *account,
                       YihuAccountDeed deed,
                       YihuAccountDeedFunc done,
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
