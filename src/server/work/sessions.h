/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/work/second-factor.h"
#include "server/work/writer.h"

/* Log-ins on the writer: a session begins when the second factor, where one is asked, was right,
 * and ends by log-out, by an administrator, or with a change of the account. Each function pushes
 * one job; @done comes in the main context. */

G_BEGIN_DECLS

typedef struct
{
  const char *token_hash;
  gint64 expires_at_us;
  GBytes *factor_key; /* (nullable): NULL where no second factor is asked */
  const char *code; /* (nullable): what came as second factor */
} YihuSessionAsk;

/* The keys of a console, each made when it is first asked for; NULL where no session began.
 * @scope_key: under which personal fields of the actor's districts are sealed.
 * @desk_key: under which a console seals what this account has decided and not yet sent: the same
 * for an account for ever, so that neither a new password nor a wipe makes it unreadable. */
typedef struct
{
  GBytes *scope_key; /* (owned) (nullable) */
  GBytes *desk_key; /* (owned) (nullable) */
  YihuFactorResult factor;
  gboolean has_begun;
} YihuSessionAnswer;

/* @answer: (nullable): NULL with @error. (transfer none) */
typedef void (*YihuSessionDoneFunc) (const YihuSessionAnswer *answer,
                                     const GError *error,
                                     gpointer data);

void yihu_sessions_begin (YihuWriter *writer,
                          YihuActor *actor,
                          const YihuSessionAsk *ask,
                          YihuSessionDoneFunc done,
                          gpointer data);
/* The session with @token_hash; NULL: all of @account. @what: for the audit. */
void yihu_sessions_end (YihuWriter *writer,
                        YihuActor *actor,
                        const char *token_hash,
                        const char *account,
                        const char *what,
                        YihuWriterDoneFunc done,
                        gpointer data);

char *yihu_scope_key_name (YihuDivisionRange scope); /* of the secret in the store */

G_END_DECLS
