/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/session.h"

/* What yihu-ctl does with accounts and their sessions. Each prints what came out. */

G_BEGIN_DECLS

gboolean yihu_ctl_list_accounts (YihuSession *session, GError **error);
/* Changes one account as it stands at the server: @verb "disable", "enable", "role" (@value: the
 * role), "division" (@value: a code), "password" (@value: the new one). INVALID, NOT_FOUND. */
gboolean yihu_ctl_change_account (YihuSession *session,
                                  const char *login,
                                  const char *verb,
                                  const char *value,
                                  GError **error);
/* @verb: "revoke", "wipe", "reset-factor", "unlock" */
gboolean
yihu_ctl_do_to_account (YihuSession *session, const char *login, const char *verb, GError **error);
gboolean yihu_ctl_list_sessions (YihuSession *session, GError **error);
gboolean yihu_ctl_revoke_session (YihuSession *session, const char *id, GError **error);

G_END_DECLS
