/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Log-in and upload for tools: turns the session's asynchronous calls into waiting ones. Knows
 * nothing of what is sent. */

#include "ctl/link.h"

#include "base/error.h"

#include <unistd.h>

#define UPLOAD_TIMEOUT_S 600

gboolean
yihu_ctl_log_in (YihuSession *session, const char *login, GError **error)
{
  const char *password = g_getenv ("YIHU_PASSWORD");

  if (password == NULL && isatty (STDIN_FILENO))
    password = getpass ("Password: ");
  if (password == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED,
                   "no password: set YIHU_PASSWORD or start this on a terminal");
      return FALSE;
    }
  return yihu_session_login_sync (session, login, password, NULL, error);
}

typedef struct
{
  GMainLoop *loop;
  json_t *answer;
  GError *error;
} Upload;

static void
on_upload_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  Upload *upload = data;

  upload->answer = yihu_session_request_finish (YIHU_SESSION (source), result, &upload->error);
  g_main_loop_quit (upload->loop);
}

json_t *
yihu_ctl_upload (YihuSession *session,
                 const char *method,
                 const char *path,
                 const char *content_type,
                 GBytes *body,
                 GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Upload upload = { loop, NULL, NULL };

  yihu_session_upload_async (session, method, path, content_type, body, UPLOAD_TIMEOUT_S, NULL,
                             on_upload_ready, &upload);
  g_main_loop_run (loop);
  if (upload.error != NULL)
    g_propagate_error (error, upload.error);
  return upload.answer;
}
