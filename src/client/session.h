/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <jansson.h>

#include "base/division-code.h"
#include "client/trust.h"
#include "domain/account.h"

/* A log-in at the server and plain requests with its token. Main-context object; network through
 * libsoup, asynchronous, every request with a deadline. Connection failures are YIHU_ERROR_OFFLINE,
 * answers of the server its own codes. */

G_BEGIN_DECLS

#define YIHU_TYPE_SESSION (yihu_session_get_type ())
G_DECLARE_FINAL_TYPE (YihuSession, yihu_session, YIHU, SESSION, GObject)

/* @base_url: "http://127.0.0.1:8080" or https. */
YihuSession *yihu_session_new (const char *base_url, const char *device);
/* Before the first request. Without it, https believes what the system believes. */
void yihu_session_set_trust (YihuSession *self, YihuTrust *trust);

void yihu_session_login_async (YihuSession *self,
                               const char *login,
                               const char *password,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data);
gboolean yihu_session_login_finish (YihuSession *self, GAsyncResult *result, GError **error);

/* The second factor for the next log-in only: six digits or a recovery code (nullable). */
void yihu_session_set_code (YihuSession *self, const char *code);

/* What came with the refusal of the last log-in, beyond its error. */
typedef struct
{
  guint retry_after_s; /* the name is locked for so long; 0: it is not */
  char *factor; /* SECOND_FACTOR: "ask", "wrong" or "enrol" (nullable) */
  char *secret; /* while enrolling: the seed as text (nullable) */
  char *uri; /* the same for a QR code (nullable) */
} YihuLoginRefusal;
const YihuLoginRefusal *yihu_session_get_refusal (YihuSession *self); /* (transfer none) */
/* The recovery codes that came with an enrolment, once; NULL otherwise. (transfer full) */
GStrv yihu_session_take_recovery (YihuSession *self);

/* Goes on with a token of an earlier log-in from the same device; nothing but requests works. */
void yihu_session_adopt_token (YihuSession *self, const char *token);
gboolean yihu_session_is_logged_in (YihuSession *self);
void yihu_session_forget (YihuSession *self); /* the token is of no use any more */
void yihu_session_logout (YihuSession *self); /* fire and forget; forgets the token */

/* What the log-in told; NULL or 0 before. (transfer none) */
const char *yihu_session_get_base_url (YihuSession *self);
const char *yihu_session_get_token (YihuSession *self);
YihuAccount *yihu_session_get_account (YihuSession *self);
YihuDivisionRange yihu_session_get_scope (YihuSession *self);
gint64 yihu_session_get_epoch (YihuSession *self);
gint64 yihu_session_get_clock_offset_us (YihuSession *self); /* server time minus ours */
GBytes *yihu_session_get_scope_key (YihuSession *self);
GBytes *yihu_session_get_desk_key (YihuSession *self); /* (nullable): an older server has none */
gint64 yihu_session_get_offline_us (YihuSession *self); /* how long the copy may do without it */
guint yihu_session_get_lock_minutes (YihuSession *self); /* 10 before a log-in */
GBytes *yihu_session_get_sip_secret (YihuSession *self);
const char *yihu_session_get_sip_registrar (YihuSession *self);
const char *yihu_session_get_sip_user (YihuSession *self);
const char *yihu_session_get_sip_password (YihuSession *self);

/* One JSON request: @path with query, @body (nullable) (transfer none). finish: (transfer full)
 * (nullable) the JSON answer. Used inside client/, city/ and ctl/; the console uses typed calls. */
void yihu_session_request_async (YihuSession *self,
                                 const char *method,
                                 const char *path,
                                 json_t *body,
                                 guint timeout_s,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data);
json_t *yihu_session_request_finish (YihuSession *self, GAsyncResult *result, GError **error);

/* The same, waiting: for tools and worker threads without a main loop. */
json_t *yihu_session_request_sync (YihuSession *self,
                                   const char *method,
                                   const char *path,
                                   json_t *body,
                                   guint timeout_s,
                                   GCancellable *cancellable,
                                   GError **error);
gboolean yihu_session_login_sync (YihuSession *self,
                                  const char *login,
                                  const char *password,
                                  GCancellable *cancellable,
                                  GError **error);

/* Sends a body of bytes (CSV, base map). finish as request_finish. */
void yihu_session_upload_async (YihuSession *self,
                                const char *method,
                                const char *path,
                                const char *content_type,
                                GBytes *body,
                                guint timeout_s,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);

/* GET @path into the new file @file (0600, synced); progress (bytes so far, total or -1) in the
 * main context. With header X-Yihu-Blake2b the content is checked (YIHU_ERROR_CORRUPT). */
typedef void (*YihuProgressFunc) (gint64 done, gint64 total, gpointer data);
void yihu_session_download_async (YihuSession *self,
                                  const char *path,
                                  const char *file,
                                  YihuProgressFunc progress,
                                  gpointer progress_data,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data);

/* The same, but only where the server's ETag differs from the one in @etag_file (nullable), which
 * is kept up to date; an unchanged file is a success. */
void yihu_session_download_changed_async (YihuSession *self,
                                          const char *path,
                                          const char *file,
                                          const char *etag_file,
                                          YihuProgressFunc progress,
                                          gpointer progress_data,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer data);
gboolean yihu_session_download_finish (YihuSession *self, GAsyncResult *result, GError **error);

/* Typed calls. */
typedef struct
{
  char *url;
  char *user;
  char *password;
  gint64 until_us;
} YihuCameraGrant;
void yihu_camera_grant_free (YihuCameraGrant *grant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuCameraGrant, yihu_camera_grant_free)

void yihu_session_grant_camera_async (YihuSession *self,
                                      const char *camera,
                                      const char *reason,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer data);
YihuCameraGrant *
yihu_session_grant_camera_finish (YihuSession *self, GAsyncResult *result, GError **error);
void yihu_session_reveal_async (YihuSession *self,
                                const char *elder,
                                const char *field,
                                const char *reason,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);
char *yihu_session_reveal_finish (YihuSession *self, GAsyncResult *result, GError **error);

G_END_DECLS
