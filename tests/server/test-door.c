/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The door: who may come in by which route, and what happens to requests that are broken, too
 * large, too old or too many. Who may do what stands in test-rights.c. */

#include "fixture.h"

#include "base/error.h"
#include "server/http/routes.h"

#include <string.h>

static Answer *
ask (Fixture *self, const char *token, const YihuRoute *route)
{
  g_auto (GStrv) parts = g_strsplit (route->path, "*", 2);
  g_autofree char *path =
      parts[1] != NULL ? g_strconcat (parts[0], "x", parts[1], NULL) : g_strdup (route->path);
  gboolean has_body = !g_str_equal (route->method, "GET");

  return fixture_send (self, token, route->method, path, has_body ? "{}" : NULL, -1);
}

static void
test_no_token (Fixture *self, gconstpointer data)
{
  static const char *const tokens[] = { NULL, "", "x",
                                        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
  guint n_routes = 0;
  const YihuRoute *routes = yihu_routes_get_all (&n_routes);

  for (guint i = 0; i < n_routes; i++)
    for (guint j = 0; j < G_N_ELEMENTS (tokens); j++)
      {
        g_autoptr (Answer) answer = NULL;

        if (routes[i].capability == YIHU_CAPABILITY_PUBLIC)
          continue;
        answer = ask (self, tokens[j], &routes[i]);
        assert_error (answer, YIHU_ERROR_UNAUTHORIZED);
        g_assert_cmpuint (answer->status, ==, 401);
      }
}

static void
test_unknown (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *method;
    const char *path;
    guint status;
  } cases[] = {
    { "GET", "/", 404 },
    { "GET", "/v1", 404 },
    { "GET", "/v1/health/more", 404 },
    { "GET", "/v2/health", 404 },
    { "POST", "/v1/cameras//grant", 404 },
    { "POST", "/v1/cameras/a/b/grant", 404 },
    { "DELETE", "/v1/health", 405 },
    { "GET", "/v1/login", 405 },
    { "POST", "/v1/basemap", 405 },
    { "GET", "/v1/health", 200 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Answer) answer =
          fixture_send (self, NULL, cases[i].method, cases[i].path, NULL, 0);

      g_assert_cmpuint (answer->status, ==, cases[i].status);
      g_assert_nonnull (answer->json);
    }
}

static Answer *
try_login (Fixture *self, const char *login, const char *password, int protocol)
{
  g_autofree char *body =
      g_strdup_printf ("{\"login\":\"%s\",\"password\":\"%s\",\"device\":\"d\",\"protocol\":%d}",
                       login, password, protocol);

  return fixture_send (self, NULL, "POST", "/v1/login", body, -1);
}

static void
test_login (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *login;
    const char *password;
    int protocol;
    YihuError code;
  } cases[] = {
    { "admin", "wrong", 1, YIHU_ERROR_UNAUTHORIZED },
    { "nobody", FIXTURE_PASSWORD, 1, YIHU_ERROR_UNAUTHORIZED },
    { "", "", 1, YIHU_ERROR_UNAUTHORIZED },
    { "admin", FIXTURE_PASSWORD, 2, YIHU_ERROR_VERSION },
    { "admin", FIXTURE_PASSWORD, 1, YIHU_N_ERRORS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Answer) answer =
          try_login (self, cases[i].login, cases[i].password, cases[i].protocol);

      if (cases[i].code == YIHU_N_ERRORS)
        g_assert_cmpuint (answer->status, ==, 200);
      else
        g_assert_cmpuint (answer->status, ==, yihu_error_get_status (cases[i].code));
      if (cases[i].code != YIHU_N_ERRORS)
        assert_error (answer, cases[i].code);
    }
}

static void
test_login_answer (Fixture *self, gconstpointer data)
{
  g_autoptr (Answer) operator= NULL;
  g_autoptr (Answer) switchboard = NULL;
  g_autoptr (Answer) county = NULL;
  const json_t *sip;

  fixture_fill (self);
  operator= try_login (self, "operator", FIXTURE_PASSWORD, 1);
  sip = json_object_get (operator->json, "sip");
  g_assert_true (g_str_has_prefix (json_string_value (json_object_get (sip, "user")), "01."));
  g_assert_cmpstr (json_string_value (json_object_get (sip, "registrar")), ==,
                   "sip:127.0.0.1:5060");
  g_assert_null (json_object_get (operator->json, "sip_secret"));
  g_assert_cmpint (json_integer_value (
                       json_object_get (json_object_get (operator->json, "scope"), "hi")),
                   ==, 210900000000);

  switchboard = try_login (self, "switchboard", FIXTURE_PASSWORD, 1);
  g_assert_cmpuint (strlen (answer_get_text (switchboard, "sip_secret")), ==, 44);
  g_assert_null (json_object_get (switchboard->json, "sip"));
  county = try_login (self, "county", FIXTURE_PASSWORD, 1);
  g_assert_cmpstr (answer_get_text (county, "scope_key"), !=,
                   answer_get_text (operator, "scope_key"));
}

/* Five wrong passwords, then a minute of silence for this name only. */
static void
test_login_storm (Fixture *self, gconstpointer data)
{
  g_autoptr (Answer) blocked = NULL;
  g_autoptr (Answer) other = NULL;
  g_autoptr (Answer) later = NULL;

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (Answer) answer = try_login (self, "admin", "wrong", 1);

      assert_error (answer, YIHU_ERROR_UNAUTHORIZED);
    }
  blocked = try_login (self, "admin", FIXTURE_PASSWORD, 1);
  assert_error (blocked, YIHU_ERROR_TRIES);
  other = try_login (self, "somebody", "wrong", 1);
  assert_error (other, YIHU_ERROR_UNAUTHORIZED);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), 61 * 1000);
  later = try_login (self, "admin", FIXTURE_PASSWORD, 1);
  g_assert_cmpuint (later->status, ==, 200);
}

static void
assert_token (Fixture *self, const char *token, gboolean is_good)
{
  g_autoptr (Answer) answer = fixture_send (self, token, "GET", "/v1/audit", NULL, 0);

  g_assert_cmpuint (answer->status, ==, is_good ? 200 : 401);
}

static void
test_token_life (Fixture *self, gconstpointer data)
{
  g_autofree char *token = fixture_login (self, "admin");
  g_autofree char *second = fixture_login_anew (self, "admin");
  g_autoptr (Answer) logout = NULL;

  assert_token (self, token, TRUE);
  fixture_stop (self);
  fixture_start (self);
  assert_token (self, token, TRUE); /* a restart logs nobody out */
  logout = fixture_send (self, second, "POST", "/v1/logout", "{}", -1);
  g_assert_cmpuint (logout->status, ==, 200);
  assert_token (self, second, FALSE);
  assert_token (self, token, TRUE);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), 12 * 3600 * 1000);
  assert_token (self, token, FALSE);
}

/* Replacing an account ends its sessions; a disabled one cannot log in. */
static void
test_accounts (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *body;
    YihuError code;
  } bad[] = {
    { "{}", YIHU_ERROR_INVALID },
    { "{\"account\":{\"id\":\"n\",\"login\":\"n\",\"name\":\"n\",\"role\":\"operator\"},"
      "\"password\":\"short\"}",
      YIHU_ERROR_INVALID },
    { "{\"account\":{\"id\":\"n\",\"login\":\"n\",\"name\":\"n\",\"role\":\"king\"},"
      "\"password\":\"long enough\"}",
      YIHU_ERROR_INVALID },
    { "{\"account\":{\"id\":\"n\",\"login\":\"n\",\"name\":\"n\",\"role\":\"operator\"}}",
      YIHU_ERROR_INVALID },
    { "{\"account\":{\"id\":\"n\",\"login\":\"operator\",\"name\":\"n\",\"role\":\"operator\"},"
      "\"password\":\"long enough\"}",
      YIHU_ERROR_CONFLICT },
    { "{\"account\":{\"id\":\"n\",\"login\":\"n\",\"name\":\"n\",\"role\":\"provider\","
      "\"provider\":\"p9\"},\"password\":\"long enough\"}",
      YIHU_ERROR_INVALID },
  };
  g_autofree char *admin = NULL;
  g_autofree char *desk = NULL;
  g_autoptr (Answer) disable = NULL;
  g_autoptr (Answer) refused = NULL;
  g_autoptr (Answer) dead = NULL;

  fixture_fill (self);
  admin = fixture_login (self, "admin");
  desk = fixture_login (self, "operator");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (Answer) answer =
          fixture_send (self, admin, "POST", "/v1/accounts", bad[i].body, -1);

      assert_error (answer, bad[i].code);
    }
  disable = fixture_send (self, admin, "POST", "/v1/accounts",
                          "{\"account\":{\"id\":\"operator\",\"login\":\"operator\",\"name\":\"x\","
                          "\"role\":\"operator\",\"disabled\":1}}",
                          -1);
  g_assert_cmpuint (disable->status, ==, 200);
  dead = fixture_send (self, desk, "GET", "/v1/changes?since=0", NULL, 0);
  assert_error (dead, YIHU_ERROR_UNAUTHORIZED);
  refused = try_login (self, "operator", FIXTURE_PASSWORD, 1);
  assert_error (refused, YIHU_ERROR_DISABLED);
}

static char *
repeat (const char *part, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (text, part);
  return g_string_free (text, FALSE);
}

static void
assert_body (Fixture *self, const char *token, const char *body, gssize length, YihuError code)
{
  g_autoptr (Answer) answer = fixture_send (self, token, "POST", "/v1/command", body, length);

  assert_error (answer, code);
  g_assert_cmpuint (answer->status, ==, yihu_error_get_status (code));
}

static void
test_broken_bodies (Fixture *self, gconstpointer data)
{
  g_autofree char *token = fixture_login (self, "admin");
  g_autofree char *deep = repeat ("[", 100000);
  g_autofree char *large = repeat ("xxxxxxxxxx", 105000);

  assert_body (self, token, "", 0, YIHU_ERROR_INVALID);
  assert_body (self, token, "{", -1, YIHU_ERROR_INVALID);
  assert_body (self, token, "[]", -1, YIHU_ERROR_INVALID);
  assert_body (self, token, "null", -1, YIHU_ERROR_INVALID);
  assert_body (self, token, "{}", -1, YIHU_ERROR_INVALID);
  assert_body (self, token, "{\"key\":1}", -1, YIHU_ERROR_INVALID);
  assert_body (self, token, "{\"a\":1,\"a\":2}", -1, YIHU_ERROR_INVALID);
  assert_body (self, token, "{\"a\":\"\xff\xfe\"}", -1, YIHU_ERROR_INVALID);
  assert_body (self, token, "{\"a\":\0}", 7, YIHU_ERROR_INVALID);
  assert_body (self, token, deep, -1, YIHU_ERROR_INVALID);
  assert_body (self, token, large, -1, YIHU_ERROR_TOO_LARGE);
  {
    g_autoptr (Answer) answer = fixture_command_text (self, token, "elder.fly", "x", NULL);

    assert_error (answer, YIHU_ERROR_UNKNOWN);
  }
}

/* Raw connections, for what no proper client sends. */

typedef struct
{
  Fixture *fixture;
  GSocketConnection *connection;
  guint expected; /* connections that the guard should know */
  GString *text;
  gboolean is_closed;
} Raw;

static Raw *
raw_open (Fixture *fixture)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  Raw *raw = g_new0 (Raw, 1);

  raw->fixture = fixture;
  raw->text = g_string_new (NULL);
  raw->connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", yihu_server_get_port (fixture->server),
                                       NULL, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (g_socket_connection_get_socket (raw->connection), FALSE);
  return raw;
}

static void
raw_free (Raw *raw)
{
  g_object_unref (raw->connection);
  g_string_free (raw->text, TRUE);
  g_free (raw);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Raw, raw_free)

/* FALSE where the other side has cut the connection. */
static gboolean
raw_write (Raw *raw, const char *text)
{
  gsize length = strlen (text);
  gsize done = 0;

  while (done < length)
    {
      gssize n = g_socket_send (g_socket_connection_get_socket (raw->connection), text + done,
                                length - done, NULL, NULL);

      if (n < 0
          && g_socket_condition_check (g_socket_connection_get_socket (raw->connection),
                                       G_IO_ERR | G_IO_HUP))
        return FALSE;
      if (n > 0)
        done += n;
      else
        g_main_context_iteration (NULL, FALSE);
    }
  return TRUE;
}

static gboolean
raw_is_closed (gpointer data)
{
  Raw *raw = data;
  char buffer[4096];
  g_autoptr (GError) error = NULL;
  gssize n = g_socket_receive (g_socket_connection_get_socket (raw->connection), buffer,
                               sizeof buffer, NULL, &error);

  if (n > 0)
    g_string_append_len (raw->text, buffer, n);
  return n == 0 || (n < 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
}

static gboolean
guard_knows (gpointer data)
{
  Raw *raw = data;

  return yihu_guard_get_size (raw->fixture->server->guard) == raw->expected;
}

/* A wake-up so that conditions outside the main loop are looked at again. */
static gboolean
on_wake (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
raw_is_answered (gpointer data)
{
  Raw *raw = data;

  return raw_is_closed (raw) || strstr (raw->text->str, "\r\n\r\n") != NULL;
}

static void
wait_answered (Raw *raw)
{
  guint wake = g_timeout_add (2, on_wake, NULL);

  fixture_spin (raw_is_answered, raw);
  g_source_remove (wake);
}

static void
wait_closed (Raw *raw)
{
  guint wake = g_timeout_add (2, on_wake, NULL);

  fixture_spin (raw_is_closed, raw);
  g_source_remove (wake);
}

static void
wait_known (Raw *raw, guint expected)
{
  guint wake = g_timeout_add (2, on_wake, NULL);

  raw->expected = expected;
  fixture_spin (guard_knows, raw);
  g_source_remove (wake);
}

/* Silent, half a header, half a body, idle after an answer: each is cut at its deadline. */
static void
test_deadlines (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = {
    "",
    "GET /v1/hea",
    "POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
    "GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (Raw) raw = raw_open (self);

      g_assert_true (raw_write (raw, texts[i]));
      wait_known (raw, 1);
      for (guint j = 0; j < 50; j++)
        g_main_context_iteration (NULL, FALSE);
      yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), 78 * 1000);
      wait_closed (raw);
      wait_known (raw, 0);
    }
}

static void
test_chunked_flood (Fixture *self, gconstpointer data)
{
  g_autofree char *chunk = repeat ("yyyyyyyyyyyyyyyy", 4096);
  g_autofree char *framed = g_strdup_printf ("%zx\r\n%s\r\n", strlen (chunk), chunk);
  g_autoptr (Raw) raw = raw_open (self);
  gboolean is_open = TRUE;

  g_assert_true (
      raw_write (raw, "POST /v1/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
  for (guint i = 0; is_open && i < 1000; i++) /* 64 MiB; the limit is 64 KiB */
    is_open = raw_write (raw, framed);
  g_assert_false (is_open);
}

/* A page in somebody's browser, whatever token it has got hold of. */
static void
test_origin (Fixture *self, gconstpointer data)
{
  g_autoptr (Raw) raw = raw_open (self);

  g_assert_true (raw_write (raw, "GET /v1/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                                 "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                 "Origin: http://127.0.0.1\r\n\r\n"));
  wait_answered (raw);
  g_assert_true (g_str_has_prefix (raw->text->str, "HTTP/1.1 403"));
}

/* Each bucket fills again; who waits as long as the answer says is served. */
static void
test_too_many (Fixture *self, gconstpointer data)
{
  guint n_served = 0;
  guint status = 200;

  for (guint i = 0; i < 6000 && status == 200; i++)
    {
      g_autoptr (Answer) answer = fixture_send (self, NULL, "GET", "/v1/health", NULL, 0);

      status = answer->status;
      n_served += status == 200;
      if (status == 429)
        {
          assert_error (answer, YIHU_ERROR_BUSY);
          g_assert_cmpstr (soup_message_headers_get_one (
                               soup_message_get_response_headers (answer->message), "Retry-After"),
                           ==, "1");
        }
    }
  g_assert_cmpuint (status, ==, 429);
  g_assert_cmpuint (n_served, >=, 4900); /* 200 consoles behind one address that come back */
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), 1000);
  for (guint i = 0; i < 500; i++)
    {
      g_autoptr (Answer) answer = fixture_send (self, NULL, "GET", "/v1/health", NULL, 0);

      g_assert_cmpuint (answer->status, ==, 200);
    }
}

/* While 300 connections never finish their headers others are served, and the 300 are cut. */
static void
test_half_open (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) ends = g_ptr_array_new_with_free_func ((GDestroyNotify) raw_free);
  g_autoptr (Answer) answer = NULL;

  for (guint i = 0; i < 300; i++)
    {
      g_ptr_array_add (ends, raw_open (self));
      if (i % 2 == 0)
        raw_write (g_ptr_array_index (ends, i), "GET /v1/health HTTP/1.1\r\nX-Slow: ");
    }
  wait_known (g_ptr_array_index (ends, 0), 300);
  answer = fixture_send (self, NULL, "GET", "/v1/health", NULL, 0);
  g_assert_cmpuint (answer->status, ==, 200);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), 12 * 1000);
  for (guint i = 0; i < ends->len; i++)
    wait_closed (g_ptr_array_index (ends, i));
}

static gboolean
degraded_is (const Answer *answer, const char *expected)
{
  const json_t *list = json_object_get (answer->json, "degraded");
  g_autoptr (GString) words = g_string_new (NULL);

  for (gsize i = 0; i < json_array_size (list); i++)
    g_string_append_printf (words, "%s ", json_string_value (json_array_get (list, i)));
  return strstr (words->str, "writer") != NULL ? g_str_equal (expected, "writer")
                                               : g_str_equal (expected, "");
}

/* A writer that hangs in a transaction is told, and is no secret for a load balancer. */
static void
test_health (Fixture *self, gconstpointer data)
{
  g_autoptr (Answer) well = fixture_send (self, NULL, "GET", "/v1/health", NULL, 0);
  g_autoptr (Answer) stuck = NULL;
  g_autoptr (Answer) again = NULL;

  g_assert_cmpuint (well->status, ==, 200);
  g_assert_true (degraded_is (well, ""));
  g_assert_cmpstr (answer_get_text (well, "tenant"), ==, "test");
  yihu_writer_hold (self->server->writer);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), 6 * 1000);
  stuck = fixture_send (self, NULL, "GET", "/v1/health", NULL, 0);
  g_assert_cmpuint (stuck->status, ==, 503);
  g_assert_true (json_is_false (json_object_get (stuck->json, "ok")));
  g_assert_true (degraded_is (stuck, "writer"));
  yihu_writer_release (self->server->writer);
  do
    {
      g_clear_pointer (&again, answer_free);
      again = fixture_send (self, NULL, "GET", "/v1/health", NULL, 0);
    }
  while (again->status == 503);
  g_assert_true (degraded_is (again, ""));
}

static void
assert_metric (const Answer *answer, const char *name, const char *value)
{
  g_autofree char *text =
      g_strndup (g_bytes_get_data (answer->body, NULL), g_bytes_get_size (answer->body));
  g_autofree char *line = g_strdup_printf ("\nyihu_%s %s\n", name, value);

  if (strstr (text, line) == NULL)
    g_error ("no %s in %s", line, text);
}

/* Through a proxy on this machine. */
static void
assert_forwarded (Fixture *self, const char *token, const char *status)
{
  g_autoptr (Raw) raw = raw_open (self);
  g_autofree char *expected = g_strdup_printf ("HTTP/1.1 %s", status);
  g_autofree char *text =
      g_strdup_printf ("GET /v1/metrics HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.0.0.9\r\n"
                       "%s%s%s\r\n",
                       token != NULL ? "Authorization: Bearer " : "", token != NULL ? token : "",
                       token != NULL ? "\r\nX-Yihu-Device: test\r\n" : "");

  g_assert_true (raw_write (raw, text));
  wait_answered (raw);
  g_assert_true (g_str_has_prefix (raw->text->str, expected));
}

/* For a monitor on this machine; from elsewhere for administrators and auditors. */
static void
test_metrics (Fixture *self, gconstpointer data)
{
  g_autofree char *desk = NULL;
  g_autofree char *auditor = NULL;
  g_autofree char *seq = NULL;
  g_autoptr (Answer) local = NULL;

  fixture_fill (self);
  desk = fixture_login (self, "operator");
  auditor = fixture_login (self, "auditor");
  seq = g_strdup_printf ("%" G_GINT64_FORMAT, yihu_hub_get_tenant (self->server->hub)->seq);
  local = fixture_send (self, NULL, "GET", "/v1/metrics", NULL, 0);
  g_assert_cmpuint (local->status, ==, 200);
  assert_metric (local, "up", "1");
  assert_metric (local, "feed_seq", seq);
  assert_metric (local, "live_connections", "0");
  assert_forwarded (self, NULL, "401");
  assert_forwarded (self, desk, "403");
  assert_forwarded (self, auditor, "200");
}

static void
test_garbage (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = {
    "\r\n\r\n\r\n\r\n",
    "GET\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "GET /v1/health HTTP/9.9\r\n\r\n",
    "POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n{}",
    "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n{}",
    "POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
    "POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2x\r\n\r\n{}",
    "POST /v1/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "GET /%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET http://[::1/ HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /v1/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
  };
  g_autoptr (Answer) alive = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (Raw) raw = raw_open (self);

      g_assert_true (raw_write (raw, texts[i]));
      g_socket_shutdown (g_socket_connection_get_socket (raw->connection), FALSE, TRUE, NULL);
      wait_answered (raw);
    }
  alive = fixture_send (self, NULL, "GET", "/v1/health", NULL, 0);
  g_assert_cmpuint (alive->status, ==, 200);
}

#define ADD(name, func, fake)                                                                      \
  g_test_add ("/server/door/" name, Fixture, fake, fixture_set_up, func, fixture_tear_down)
#define FAKE_CLOCK ((gpointer) 1)

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  ADD ("no-token", test_no_token, NULL);
  ADD ("unknown", test_unknown, NULL);
  ADD ("login", test_login, NULL);
  ADD ("login-answer", test_login_answer, NULL);
  ADD ("login-storm", test_login_storm, FAKE_CLOCK);
  ADD ("token-life", test_token_life, FAKE_CLOCK);
  ADD ("accounts", test_accounts, NULL);
  ADD ("broken-bodies", test_broken_bodies, NULL);
  ADD ("deadlines", test_deadlines, FAKE_CLOCK);
  ADD ("chunked-flood", test_chunked_flood, NULL);
  ADD ("health", test_health, FAKE_CLOCK);
  ADD ("metrics", test_metrics, NULL);
  ADD ("origin", test_origin, NULL);
  ADD ("too-many", test_too_many, FAKE_CLOCK);
  ADD ("half-open", test_half_open, FAKE_CLOCK);
  ADD ("garbage", test_garbage, NULL);
  return g_test_run ();
}
