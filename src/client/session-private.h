/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "client/session.h"

/* What the files of the client share: the connection pool, messages with the token, and the way
 * from an answer or a failure to an error of the house. */

G_BEGIN_DECLS

#define YIHU_SESSION_MAX_ANSWER (16 * 1024 * 1024) /* a page of the feed has at most 5,000 rows */

SoupSession *yihu_session_get_soup (YihuSession *self);
YihuTrust *yihu_session_get_trust (YihuSession *self); /* (nullable) */
SoupSession *yihu_session_new_soup (YihuSession *self, guint timeout_s); /* (transfer full) */

/* The server has begun a new epoch (a snapshot or a frame of the feed told so). */
void yihu_session_set_epoch (YihuSession *self, gint64 epoch);

/* (transfer full) (nullable): NULL with error where the URL is malformed. Any thread. */
SoupMessage *
yihu_session_new_message (YihuSession *self, const char *method, const char *path, GError **error);

/* The JSON of a whole answer, or the error that it carries; then @refusal (nullable) (out)
 * (transfer full) is the body that carried it. (transfer full) (nullable): NULL without error where
 * a good answer is empty. */
json_t *yihu_session_parse_answer (SoupMessage *message,
                                   const char *data,
                                   gsize size,
                                   json_t **refusal,
                                   GError **error);
/* The same of a request that has been refused. (transfer none) (nullable) */
const json_t *yihu_session_peek_refusal (GAsyncResult *result);
json_t *yihu_session_ask_sync (YihuSession *self,
                               const char *method,
                               const char *path,
                               json_t *body,
                               guint timeout_s,
                               GCancellable *cancellable,
                               json_t **refusal,
                               GError **error);

/* A failure of the transport becomes OFFLINE, or TIMEOUT where a deadline passed, or CERT_* where
 * the server's certificate or ours was not good (@message: (nullable): no certificate in play);
 * G_IO_ERROR_CANCELLED by the caller stays. Takes
 * @problem. */
void yihu_session_propagate_transport (SoupMessage *message,
                                       GError **error,
                                       GError *problem,
                                       gboolean timed_out,
                                       const char *attempt);

G_END_DECLS
