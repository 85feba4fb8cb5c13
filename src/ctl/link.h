/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/session.h"

/* Waiting calls of a tool over the session: the tool has nothing else to do meanwhile. */

G_BEGIN_DECLS

/* Logs in over @session; the password comes from YIHU_PASSWORD, else it is asked for on the
 * terminal. (transfer full) */
gboolean yihu_ctl_log_in (YihuSession *session, const char *login, GError **error);

/* Sends a body and waits for the JSON answer. (transfer full) */
json_t *yihu_ctl_upload (YihuSession *session,
                         const char *method,
                         const char *path,
                         const char *content_type,
                         GBytes *body,
                         GError **error);

G_END_DECLS
