/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Log-in and upload for tools: turns the session's asynchronous calls into waiting ones. Knows
 * nothing of what is sent. */

#include "ctl/link.h"

#include "base/bounded-json.h"
#include "base/error.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define UPLOAD_TIMEOUT_S 600
#define TIMEOUT_S 60

/* --- the token of `yihu-ctl login` --- */

static char *
make_token_path (const char *url, const char *login)
{
  g_autofree char *name = g_strconcat (url, "\n", login, NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);
  g_autofree char *file = g_strdup_printf ("yihu-ctl-%.16s.token", hash);

  return g_build_filename (g_get_user_runtime_dir (), file, NULL);
}

/* TRUE where a kept token is still good. */
static gboolean
go_on (YihuSession *session, const char *path)
{
  g_autofree char *token = NULL;
  g_autoptr (json_t) answer = NULL;

  if (!g_file_get_contents (path, &token, NULL, NULL))
    return FALSE;
  yihu_session_adopt_token (session, token);
  answer = yihu_session_request_sync (session, "GET", "/v1/sessions", NULL, TIMEOUT_S, NULL, NULL);
  if (answer != NULL)
    return TRUE;
  yihu_session_forget (session);
  return FALSE;
}

gboolean
yihu_ctl_keep_token (YihuSession *session, const char *login, GError **error)
{
  g_autofree char *path = make_token_path (yihu_session_get_base_url (session), login);

  return g_file_set_contents_full (path, yihu_session_get_token (session), -1,
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

gboolean
yihu_ctl_log_out (YihuSession *session, const char *login, gboolean for_good, GError **error)
{
  g_autofree char *path = make_token_path (yihu_session_get_base_url (session), login);
  g_autoptr (json_t) answer = NULL;

  if (!for_good && g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_unlink (path);
  answer = yihu_session_request_sync (session, "POST", "/v1/logout", NULL, TIMEOUT_S, NULL, error);
  return answer != NULL;
}

/* --- log-in --- */

static char *
ask_code (void)
{
  const char *given = g_getenv ("YIHU_CODE");
  const char *typed = NULL;

  if (given == NULL && isatty (STDIN_FILENO))
    typed = getpass ("Code of the second factor: ");
  return g_strdup (given != NULL ? given : typed);
}

/* The seed goes to the terminal of who has just shown the password, and nowhere else. */
static void
show_seed (const YihuLoginRefusal *refusal)
{
  g_printerr ("This account shows a second factor. Put this secret into an authenticator:\n"
              "  %s\n  %s\n",
              refusal->secret, refusal->uri);
}

static void
show_recovery (YihuSession *session)
{
  g_auto (GStrv) codes = yihu_session_take_recovery (session);

  if (codes == NULL)
    return;
  g_printerr ("Recovery codes, each good once; they are not shown again:\n");
  for (guint i = 0; codes[i] != NULL; i++)
    g_printerr ("  %s\n", codes[i]);
}

static gboolean
pass_factor (YihuSession *session, const char *login, const char *password, GError **error)
{
  const YihuLoginRefusal *refusal = yihu_session_get_refusal (session);
  g_autofree char *code = NULL;

  if (refusal->secret != NULL)
    show_seed (refusal);
  code = ask_code ();
  if (code == NULL)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_SECOND_FACTOR,
                           "a second factor is asked: run `yihu-ctl login` on a terminal first, or "
                           "set YIHU_CODE");
      return FALSE;
    }
  yihu_session_set_code (session, code);
  if (!yihu_session_login_sync (session, login, password, NULL, error))
    return FALSE;
  show_recovery (session);
  return TRUE;
}

static gboolean
log_in (YihuSession *session, const char *login, const char *password, GError **error)
{
  const YihuLoginRefusal *refusal = yihu_session_get_refusal (session);
  g_autoptr (GError) local_error = NULL;

  if (yihu_session_login_sync (session, login, password, NULL, &local_error))
    return TRUE;
  if (g_error_matches (local_error, YIHU_ERROR, YIHU_ERROR_SECOND_FACTOR)
      && g_strcmp0 (refusal->factor, "lost") != 0)
    return pass_factor (session, login, password, error);
  if (refusal->retry_after_s > 0)
    g_prefix_error (&local_error, "locked for %u s: ", refusal->retry_after_s);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
yihu_ctl_log_in (YihuSession *session, const char *login, GError **error)
{
  g_autofree char *path = make_token_path (yihu_session_get_base_url (session), login);
  const char *password = g_getenv ("YIHU_PASSWORD");

  if (go_on (session, path))
    return TRUE;
  if (password == NULL && isatty (STDIN_FILENO))
    password = getpass ("Password: ");
  if (password == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED,
                   "no password: set YIHU_PASSWORD or start this on a terminal");
      return FALSE;
    }
  return log_in (session, login, password, error);
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
