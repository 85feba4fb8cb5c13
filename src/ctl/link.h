/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/session.h"

/* Waiting calls of a tool over the session: the tool has nothing else to do meanwhile. */

G_BEGIN_DECLS

/* Logs in over @session, or goes on with the token that `yihu-ctl login` kept. The password comes
 * from YIHU_PASSWORD, the second factor from YIHU_CODE, else they are asked for on the terminal. */
gboolean yihu_ctl_log_in (YihuSession *session, const char *login, GError **error);
/* Keeps the token for further commands: a file of the user's runtime directory, 0600, good until it
 * expires, or until log_out() @for_good. */
gboolean yihu_ctl_keep_token (YihuSession *session, const char *login, GError **error);
/* Not @for_good: a kept token stays. */
gboolean
yihu_ctl_log_out (YihuSession *session, const char *login, gboolean for_good, GError **error);

/* Sends a body and waits for the JSON answer. (transfer full) */
json_t *yihu_ctl_upload (YihuSession *session,
                         const char *method,
                         const char *path,
                         const char *content_type,
                         GBytes *body,
                         GError **error);

G_END_DECLS
