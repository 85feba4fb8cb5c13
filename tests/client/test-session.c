/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Logging in and plain requests: what is read from answers, and how each way of failing is told.
 * The server runs in a thread of its own, so that waiting requests are tested too. */

#include "base/error.h"
#include "client/session.h"
#include "fake-server.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define PATIENT_S 60

typedef struct
{
  FakeServer *server; /* in the thread */
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  YihuSession *session;
  char *directory;
  GAsyncQueue *ready;
} Fixture;

static void
answer (SoupServerMessage *message, guint status, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, text,
                                    strlen (text));
}

static void
answer_file (SoupServerMessage *message, const char *path)
{
  static const char content[] = "the register of a whole city";
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *known =
      soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                    "If-None-Match");
  guint8 hash[32];
  char hex[65];

  if (g_strcmp0 (known, "\"e1\"") == 0)
    {
      soup_server_message_set_status (message, 304, NULL);
      return;
    }
  crypto_generichash (hash, sizeof hash, (const guint8 *) content, strlen (content), NULL, 0);
  if (strstr (path, "wrong") != NULL)
    hash[0] ^= 1;
  sodium_bin2hex (hex, sizeof hex, hash, sizeof hash);
  soup_message_headers_replace (headers, "X-Yihu-Blake2b", hex);
  soup_message_headers_replace (headers, "ETag", "\"e1\"");
  answer (message, 200, content);
}

static void
answer_echo (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autoptr (GBytes) body =
      soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_autoptr (json_t) json =
      json_pack ("{s:s, s:s?, s:s?}", "body", text, "token",
                 soup_message_headers_get_one (headers, "Authorization"), "type",
                 soup_message_headers_get_one (headers, "Content-Type"));
  g_autofree char *printed = yihu_json_print (json);

  answer (message, 200, printed);
}

static void
on_request (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  if (strcmp (path, "/v1/echo") == 0)
    answer_echo (message);
  else if (strcmp (path, "/v1/empty") == 0)
    answer (message, 200, "");
  else if (strcmp (path, "/v1/malformed") == 0)
    answer (message, 200, "{\"a\":");
  else if (strcmp (path, "/v1/busy") == 0)
    answer (message, 429, "{\"error\":\"busy\",\"message\":\"later\"}");
  else if (strcmp (path, "/v1/rejected") == 0)
    answer (message, 409, "{\"error\":\"rejected\",\"message\":\"no\"}");
  else if (strcmp (path, "/v1/proxy") == 0)
    answer (message, 503, "<html>bad gateway</html>");
  else if (strcmp (path, "/v1/silent") == 0)
    soup_server_message_pause (message);
  else if (strcmp (path, "/v1/endless") == 0)
    {
      g_autofree char *text = g_strnfill (17 * 1024 * 1024, ' ');

      answer (message, 200, text);
    }
  else if (strcmp (path, "/v1/cameras/C%201/grant") == 0
           || strcmp (path, "/v1/cameras/C 1/grant") == 0)
    answer (message, 200, "{\"url\":\"rtsp://127.0.0.1/c1\",\"user\":\"u\",\"until_us\":5}");
  else if (strcmp (path, "/v1/reveal") == 0)
    answer (message, 200, "{\"value\":\"210804194203040022\"}");
  else if (g_str_has_prefix (path, "/v1/file"))
    answer_file (message, path);
  else
    answer (message, 404, "{\"error\":\"not-found\",\"message\":\"no such route\"}");
}

static gpointer
serve (gpointer data)
{
  Fixture *fixture = data;

  g_main_context_push_thread_default (fixture->context);
  fixture->server = fake_server_new ();
  soup_server_add_handler (fixture->server->soup, "/", on_request, fixture, NULL);
  g_async_queue_push (fixture->ready, fixture);
  g_main_loop_run (fixture->loop);
  fake_server_stop (fixture->server);
  g_main_context_pop_thread_default (fixture->context);
  return NULL;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  yihu_json_init ();
  fixture->directory = g_dir_make_tmp ("yihu-session-XXXXXX", NULL);
  fixture->context = g_main_context_new ();
  fixture->loop = g_main_loop_new (fixture->context, FALSE);
  fixture->ready = g_async_queue_new ();
  fixture->thread = g_thread_new ("server", serve, fixture);
  g_async_queue_pop (fixture->ready);
  fixture->session = yihu_session_new (fixture->server->url, "test");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fake_settle ();
  fake_finalize (fixture->session);
  g_main_loop_quit (fixture->loop);
  g_thread_join (fixture->thread);
  fake_server_free (fixture->server);
  g_main_loop_unref (fixture->loop);
  g_main_context_unref (fixture->context);
  g_async_queue_unref (fixture->ready);
  g_rmdir (fixture->directory);
  g_free (fixture->directory);
}

typedef struct
{
  gboolean done;
  gboolean good;
  json_t *json;
  GError *error;
} Outcome;

static void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->json, json_decref);
  g_clear_error (&outcome->error);
  outcome->done = FALSE;
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
on_answer (GObject *object, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->json = yihu_session_request_finish (YIHU_SESSION (object), result, &outcome->error);
  outcome->done = TRUE;
}

static void
on_login (GObject *object, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->good = yihu_session_login_finish (YIHU_SESSION (object), result, &outcome->error);
  outcome->done = TRUE;
}

static void
on_download (GObject *object, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->good = yihu_session_download_finish (YIHU_SESSION (object), result, &outcome->error);
  outcome->done = TRUE;
}

static void
log_in (Fixture *fixture, Outcome *outcome)
{
  outcome_clear (outcome);
  yihu_session_login_async (fixture->session, "op03", "geheim", NULL, on_login, outcome);
  fake_wait (outcome->done);
}

static void
ask (Fixture *fixture,
     const char *method,
     const char *path,
     json_t *body,
     guint timeout_s,
     Outcome *outcome)
{
  outcome_clear (outcome);
  yihu_session_request_async (fixture->session, method, path, body, timeout_s, NULL, on_answer,
                              outcome);
  fake_wait (outcome->done);
}

static void
test_login (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  gint64 offset_us;

  g_assert_false (yihu_session_is_logged_in (fixture->session));
  log_in (fixture, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_true (yihu_session_is_logged_in (fixture->session));
  g_assert_cmpstr (yihu_session_get_account (fixture->session)->seat, ==, "03");
  g_assert_cmpint (yihu_session_get_scope (fixture->session).lo, ==, 210800000000);
  g_assert_cmpint (yihu_session_get_scope (fixture->session).hi, ==, 210900000000);
  g_assert_cmpint (yihu_session_get_epoch (fixture->session), ==, 3);
  g_assert_cmpuint (g_bytes_get_size (yihu_session_get_scope_key (fixture->session)), ==, 32);
  g_assert_null (yihu_session_get_sip_secret (fixture->session));
  g_assert_cmpstr (yihu_session_get_sip_user (fixture->session), ==, "03.1763743200");
  offset_us = yihu_session_get_clock_offset_us (fixture->session);
  g_assert_cmpint (ABS (g_get_real_time () + offset_us - FAKE_NOW_US), <,
                   PATIENT_S * G_USEC_PER_SEC);
  yihu_session_logout (fixture->session);
  g_assert_false (yihu_session_is_logged_in (fixture->session));
  g_assert_null (yihu_session_get_token (fixture->session));
}

static void
test_login_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    int status;
    int protocol;
    YihuError code;
  } cases[] = {
    { 401, 1, YIHU_ERROR_UNAUTHORIZED },
    { 426, 1, YIHU_ERROR_VERSION },
    { 429, 1, YIHU_ERROR_BUSY },
    { 0, 2, YIHU_ERROR_VERSION },
  };
  g_auto (Outcome) outcome = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fixture->server->login_status = cases[i].status;
      fixture->server->login_protocol = cases[i].protocol;
      log_in (fixture, &outcome);
      g_assert_error (outcome.error, YIHU_ERROR, (int) cases[i].code);
      g_assert_false (yihu_session_is_logged_in (fixture->session));
      g_assert_null (yihu_session_get_token (fixture->session));
    }
}

static void
test_requests (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (json_t) body = json_pack ("{s:s}", "名", "值");

  log_in (fixture, &outcome);
  ask (fixture, "POST", "/v1/echo", body, PATIENT_S, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (json_string_value (json_object_get (outcome.json, "body")), ==,
                   "{\"名\":\"值\"}");
  g_assert_cmpstr (json_string_value (json_object_get (outcome.json, "token")), ==, "Bearer T1");
  ask (fixture, "GET", "/v1/empty", NULL, PATIENT_S, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_null (outcome.json);
}

static const struct
{
  const char *path;
  YihuError code;
} failures[] = {
  { "/v1/malformed", YIHU_ERROR_INVALID }, { "/v1/busy", YIHU_ERROR_BUSY },
  { "/v1/rejected", YIHU_ERROR_REJECTED }, { "/v1/proxy", YIHU_ERROR_OFFLINE },
  { "/v1/nothing", YIHU_ERROR_NOT_FOUND }, { "/v1/endless", YIHU_ERROR_TOO_LARGE },
  { "/v1/silent", YIHU_ERROR_TIMEOUT },
};

static void
test_failures (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      /* Only the silent one may run out of time, however busy the machine is. */
      guint timeout_s = failures[i].code == YIHU_ERROR_TIMEOUT ? 1 : PATIENT_S;
      g_autoptr (GError) error = NULL;

      ask (fixture, "GET", failures[i].path, NULL, timeout_s, &outcome);
      g_assert_error (outcome.error, YIHU_ERROR, (int) failures[i].code);
      g_assert_null (outcome.json);
      g_assert_null (yihu_session_request_sync (fixture->session, "GET", failures[i].path, NULL,
                                                timeout_s, NULL, &error));
      g_assert_error (error, YIHU_ERROR, (int) failures[i].code);
    }
}

static void
test_nobody_there (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autoptr (YihuSession) session = NULL;
  g_autoptr (YihuSession) malformed = yihu_session_new ("not a url", "test");
  g_autoptr (GError) error = NULL;

  g_socket_listener_close (listener);
  session = yihu_session_new (url, "test");
  g_assert_false (yihu_session_login_sync (session, "a", "b", NULL, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_OFFLINE);
  g_clear_error (&error);
  g_assert_false (yihu_session_login_sync (malformed, "a", "b", NULL, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  yihu_session_request_async (fixture->session, "GET", "/v1/silent", NULL, 60, cancellable,
                              on_answer, &outcome);
  fake_settle ();
  g_assert_false (outcome.done);
  g_cancellable_cancel (cancellable);
  fake_wait (outcome.done);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_sync (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) body = json_pack ("{s:i}", "a", 1);
  g_autoptr (json_t) json = NULL;

  g_assert_true (yihu_session_login_sync (fixture->session, "op03", "geheim", NULL, &error));
  g_assert_no_error (error);
  json = yihu_session_request_sync (fixture->session, "POST", "/v1/echo", body, PATIENT_S, NULL,
                                    &error);
  g_assert_no_error (error);
  g_assert_cmpstr (json_string_value (json_object_get (json, "token")), ==, "Bearer T1");
}

static void
test_upload (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("id,name\n1,王\n", strlen ("id,name\n1,王\n"));

  yihu_session_upload_async (fixture->session, "POST", "/v1/echo", "text/csv", bytes, PATIENT_S,
                             NULL, on_answer, &outcome);
  fake_wait (outcome.done);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (json_string_value (json_object_get (outcome.json, "type")), ==, "text/csv");
  g_assert_cmpstr (json_string_value (json_object_get (outcome.json, "body")), ==,
                   "id,name\n1,王\n");
}

static void
on_progress (gint64 done, gint64 total, gpointer data)
{
  g_assert_cmpint (total, ==, (gint64) strlen ("the register of a whole city"));
  g_assert_cmpint (done, <=, total);
  *(gint64 *) data = done;
}

static void
test_download (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *file = g_build_filename (fixture->directory, "f", NULL);
  g_autofree char *etag = g_build_filename (fixture->directory, "f.etag", NULL);
  g_autofree char *content = NULL;
  gint64 progress = 0;
  GStatBuf before;
  GStatBuf after;

  yihu_session_download_changed_async (fixture->session, "/v1/file", file, etag, on_progress,
                                       &progress, NULL, on_download, &outcome);
  fake_wait (outcome.done);
  g_assert_no_error (outcome.error);
  g_assert_true (g_file_get_contents (file, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "the register of a whole city");
  g_assert_cmpint (progress, ==, (gint64) strlen (content));
  g_assert_cmpint (g_stat (file, &before), ==, 0);
  g_assert_cmpint (before.st_mode & 0777, ==, 0600);

  /* Unchanged: left as it is. */
  outcome_clear (&outcome);
  yihu_session_download_changed_async (fixture->session, "/v1/file", file, etag, NULL, NULL, NULL,
                                       on_download, &outcome);
  fake_wait (outcome.done);
  g_assert_no_error (outcome.error);
  g_assert_cmpint (g_stat (file, &after), ==, 0);
  g_assert_cmpint (after.st_ino, ==, before.st_ino);
  g_unlink (file);
  g_unlink (etag);
}

static void
assert_download_fails (Fixture *fixture, const char *path, const char *file, YihuError code)
{
  g_auto (Outcome) outcome = { 0 };

  yihu_session_download_async (fixture->session, path, file, NULL, NULL, NULL, on_download,
                               &outcome);
  fake_wait (outcome.done);
  g_assert_error (outcome.error, YIHU_ERROR, (int) code);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
}

static void
test_download_fails (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->directory, "f", NULL);
  g_autofree char *nowhere = g_build_filename (fixture->directory, "no", "f", NULL);

  assert_download_fails (fixture, "/v1/file-wrong", file, YIHU_ERROR_CORRUPT);
  assert_download_fails (fixture, "/v1/nothing", file, YIHU_ERROR_NOT_FOUND);
  assert_download_fails (fixture, "/v1/file", nowhere, YIHU_ERROR_FAILED);
}

static void
on_grant (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuCameraGrant) grant =
      yihu_session_grant_camera_finish (YIHU_SESSION (object), result, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (grant->url, ==, "rtsp://127.0.0.1/c1");
  g_assert_cmpstr (grant->password, ==, "");
  g_assert_cmpint (grant->until_us, ==, 5);
  *(gboolean *) data = TRUE;
}

static void
on_reveal (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *value = yihu_session_reveal_finish (YIHU_SESSION (object), result, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (value, ==, "210804194203040022");
  *(gboolean *) data = TRUE;
}

static void
test_typed_calls (Fixture *fixture, gconstpointer data)
{
  gboolean done = FALSE;

  yihu_session_grant_camera_async (fixture->session, "C 1", "call", NULL, on_grant, &done);
  fake_wait (done);
  done = FALSE;
  yihu_session_reveal_async (fixture->session, "E1", "id_card", "hospital", NULL, on_reveal, &done);
  fake_wait (done);
}

#define ADD(name, func) g_test_add ("/session/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("login", test_login);
  ADD ("login-refused", test_login_refused);
  ADD ("requests", test_requests);
  ADD ("failures", test_failures);
  g_test_add_func ("/session/nobody-there", test_nobody_there);
  ADD ("cancelled", test_cancelled);
  ADD ("sync", test_sync);
  ADD ("upload", test_upload);
  ADD ("download", test_download);
  ADD ("download-fails", test_download_fails);
  ADD ("typed-calls", test_typed_calls);
  return g_test_run ();
}
