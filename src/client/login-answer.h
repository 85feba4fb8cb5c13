/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/session.h"

/* What the server says to a log-in: the account with its keys and limits, or why not. Used by
 * session.c only. */

G_BEGIN_DECLS

#define YIHU_LOGIN_LOCK_MINUTES 10 /* where the server says nothing */

typedef struct
{
  char *token;
  YihuAccount *account;
  YihuDivisionRange scope;
  gint64 epoch;
  gint64 server_time_us; /* 0: the server does not tell */
  gint64 offline_us; /* how long the copy may do without the server */
  gint64 lock_minutes;
  GBytes *scope_key; /* (nullable): not every role gets one, as the next two */
  GBytes *desk_key; /* (nullable) */
  GBytes *sip_secret; /* (nullable) */
  char *sip_registrar; /* (nullable): no telephone, as the next two */
  char *sip_user; /* (nullable) */
  char *sip_password; /* (nullable) */
  GStrv recovery; /* (nullable): codes that come with an enrolment */
} YihuLoginAnswer;

/* @self: all zeros before, and again where the answer is not good. YIHU_ERROR_VERSION: the server
 * speaks a newer protocol. */
gboolean yihu_login_answer_read (YihuLoginAnswer *self, const json_t *answer, GError **error);
void yihu_login_answer_clear (YihuLoginAnswer *self);

/* @body: (nullable): what came with the refusal; anything in it may be missing. */
void yihu_login_refusal_read (YihuLoginRefusal *self, const json_t *body);
void yihu_login_refusal_clear (YihuLoginRefusal *self);

G_END_DECLS
