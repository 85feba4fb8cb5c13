/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The typed calls: requests whose answers a screen understands without JSON. Each is one request of
 * session-request.c and the reading of its answer. */

#include "client/session.h"

#include "base/bounded-json.h"
#include "wire/protocol.h"

#define CALL_TIMEOUT_S 15

void
yihu_camera_grant_free (YihuCameraGrant *grant)
{
  if (grant == NULL)
    return;
  g_free (grant->url);
  g_free (grant->user);
  g_free (grant->password);
  g_free (grant);
}

void
yihu_session_grant_camera_async (YihuSession *self,
                                 const char *camera,
                                 const char *reason,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data)
{
  g_autofree char *id = g_uri_escape_string (camera, NULL, FALSE);
  g_autofree char *path = g_strdup_printf (YIHU_PROTOCOL_PATH "/cameras/%s/grant", id);
  g_autoptr (json_t) body = json_pack ("{s:s}", "reason", reason);

  yihu_session_request_async (self, "POST", path, body, CALL_TIMEOUT_S, cancellable, callback,
                              data);
}

YihuCameraGrant *
yihu_session_grant_camera_finish (YihuSession *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (json_t) answer = yihu_session_request_finish (self, result, &local);
  g_autoptr (YihuCameraGrant) grant = g_new0 (YihuCameraGrant, 1);
  const char *url = NULL;
  const char *user = NULL;
  const char *password = NULL;

  if (local == NULL && yihu_json_read_text (answer, "url", TRUE, 512, &url, &local)
      && yihu_json_read_text (answer, "user", FALSE, 128, &user, &local)
      && yihu_json_read_text (answer, "password", FALSE, 128, &password, &local)
      && yihu_json_read_int (answer, "until_us", FALSE, 0, G_MAXINT64, &grant->until_us, &local))
    {
      grant->url = g_strdup (url);
      grant->user = g_strdup (user != NULL ? user : "");
      grant->password = g_strdup (password != NULL ? password : "");
      return g_steal_pointer (&grant);
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

void
yihu_session_reveal_async (YihuSession *self,
                           const char *elder,
                           const char *field,
                           const char *reason,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  g_autoptr (json_t) body =
      json_pack ("{s:s, s:s, s:s}", "elder", elder, "field", field, "reason", reason);

  yihu_session_request_async (self, "POST", YIHU_PROTOCOL_PATH "/reveal", body, CALL_TIMEOUT_S,
                              cancellable, callback, data);
}

char *
yihu_session_reveal_finish (YihuSession *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (json_t) answer = yihu_session_request_finish (self, result, &local);
  const char *value = NULL;

  if (local == NULL && yihu_json_read_text (answer, "value", TRUE, 64 * 1024, &value, &local))
    return g_strdup (value);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}
