/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Getting in and being thrown out: lock-out with growing delay, the second factor from enrolment to
 * recovery code, sessions bound to a device and ended by an administrator, quotas of reveals. */

#include "fixture.h"

#include "base/error.h"
#include "base/totp.h"
#include "server/http/tokens.h"

#include <string.h>

#define FAKE_CLOCK GINT_TO_POINTER (1)

static void
set_up_with_factor (Fixture *self, gconstpointer data)
{
  self->asks_second_factor = TRUE;
  fixture_set_up (self, FAKE_CLOCK);
}

static void
pass_s (Fixture *self, gint64 seconds)
{
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), seconds * 1000);
}

static Answer *
try_login (Fixture *self, const char *login, const char *password, const char *code)
{
  g_autoptr (json_t) body = json_pack ("{s:s, s:s, s:s, s:i, s:s*}", "login", login, "password",
                                       password, "device", "test", "protocol", 1, "code", code);
  g_autofree char *text = json_dumps (body, 0);

  return fixture_send (self, NULL, "POST", "/v1/login", text, -1);
}

static void
fail_times (Fixture *self, const char *login, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (Answer) answer = try_login (self, login, "wrong", NULL);

      assert_error (answer, YIHU_ERROR_UNAUTHORIZED);
      if (i + 1 < n)
        g_assert_null (json_object_get (answer->json, "retry_after_s"));
      else
        g_assert_cmpint (answer_get_int (answer, "retry_after_s"), >, 0);
    }
}

static void
assert_locked (Fixture *self, const char *login, gint64 seconds)
{
  g_autoptr (Answer) answer = try_login (self, login, FIXTURE_PASSWORD, NULL);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, seconds);

  assert_error (answer, YIHU_ERROR_TRIES);
  g_assert_cmpuint (answer->status, ==, 429);
  g_assert_cmpint (answer_get_int (answer, "retry_after_s"), ==, seconds);
  g_assert_cmpstr (soup_message_headers_get_one (
                       soup_message_get_response_headers (answer->message), "Retry-After"),
                   ==, text);
}

/* Known and unknown names alike. */
static void
test_lockout (Fixture *self, gconstpointer data)
{
  static const gint64 minutes[] = { 1, 2, 4, 8, 15, 15 };
  static const char *const names[] = { "admin", "nobody" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (guint j = 0; j < (i == 0 ? G_N_ELEMENTS (minutes) : 1); j++)
      {
        fail_times (self, names[i], 5);
        assert_locked (self, names[i], 60 * minutes[j]);
        pass_s (self, 60 * minutes[j] - 1);
        assert_locked (self, names[i], 1);
        pass_s (self, 1);
      }
}

static void
test_lockout_ends (Fixture *self, gconstpointer data)
{
  g_autoptr (Answer) good = NULL;
  g_autoptr (Answer) better = NULL;

  fail_times (self, "admin", 5);
  pass_s (self, 60);
  good = try_login (self, "admin", FIXTURE_PASSWORD, NULL);
  g_assert_cmpuint (good->status, ==, 200);
  fail_times (self, "admin", 5);
  assert_locked (self, "admin", 60); /* the right password made it begin anew */
  pass_s (self, 3600);
  better = try_login (self, "admin", FIXTURE_PASSWORD, NULL);
  g_assert_cmpuint (better->status, ==, 200);
}

typedef struct
{
  guint n_pending;
  guint n_locked;
} Storm;

static void
on_storm_answer (GObject *object, GAsyncResult *result, gpointer data)
{
  Storm *storm = data;
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (object), result);
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (object), result, NULL);

  g_assert_nonnull (body);
  storm->n_locked += soup_message_get_status (message) == 429;
  storm->n_pending--;
}

static gboolean
is_storm_over (gpointer data)
{
  return ((Storm *) data)->n_pending == 0;
}

/* Many at once are no way round: no more than five passwords are tried. */
static void
test_storm (Fixture *self, gconstpointer data)
{
  g_autofree char *url = g_strconcat (self->url, "/v1/login", NULL);
  Storm storm = { 60, 0 };

  for (guint i = 0; i < 60; i++)
    {
      g_autoptr (SoupMessage) message = soup_message_new ("POST", url);
      g_autofree char *text =
          g_strdup_printf ("{\"login\":\"admin\",\"password\":\"guess %u\"}", i);
      g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

      soup_message_set_request_body_from_bytes (message, "application/json", body);
      soup_session_send_and_read_async (self->soup, message, G_PRIORITY_DEFAULT, NULL,
                                        on_storm_answer, &storm);
    }
  fixture_spin (is_storm_over, &storm);
  g_assert_cmpuint (storm.n_locked, ==, 55);
}

/* --- second factor --- */

static GBytes *
begin_enrolment (Fixture *self, const char *login)
{
  g_autoptr (Answer) first = try_login (self, login, FIXTURE_PASSWORD, NULL);
  g_autoptr (Answer) again = try_login (self, login, FIXTURE_PASSWORD, NULL);
  GBytes *seed;

  assert_error (first, YIHU_ERROR_SECOND_FACTOR);
  g_assert_cmpuint (first->status, ==, 401);
  g_assert_cmpstr (answer_get_text (first, "factor"), ==, "enrol");
  g_assert_null (json_object_get (first->json, "token"));
  g_assert_cmpstr (answer_get_text (first, "secret"), ==, answer_get_text (again, "secret"));
  g_assert_nonnull (strstr (answer_get_text (first, "uri"), answer_get_text (first, "secret")));
  seed = yihu_base32_decode (answer_get_text (first, "secret"));
  g_assert_cmpuint (g_bytes_get_size (seed), ==, YIHU_TOTP_SEED_BYTES);
  return seed;
}

static char *
code_at (Fixture *self, GBytes *seed)
{
  return yihu_totp_make_code (seed, yihu_clock_get_now_us (self->clock));
}

static void
assert_factor (Fixture *self, const char *code, const char *factor)
{
  g_autoptr (Answer) answer = try_login (self, "admin", FIXTURE_PASSWORD, code);

  assert_error (answer, YIHU_ERROR_SECOND_FACTOR);
  g_assert_cmpstr (answer_get_text (answer, "factor"), ==, factor);
  g_assert_null (json_object_get (answer->json, "token"));
}

static void
test_factor (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) seed = begin_enrolment (self, "admin");
  g_autofree char *code = code_at (self, seed);
  g_autofree char *next = NULL;
  g_autoptr (Answer) enrolled = NULL;
  g_autoptr (Answer) later = NULL;
  g_autoptr (Answer) recovered = NULL;
  json_t *codes;
  const char *recovery;

  assert_factor (self, "000000", "wrong");
  enrolled = try_login (self, "admin", FIXTURE_PASSWORD, code);
  g_assert_cmpuint (enrolled->status, ==, 200);
  codes = json_object_get (enrolled->json, "recovery");
  g_assert_cmpuint (json_array_size (codes), ==, 10);

  assert_factor (self, NULL, "ask"); /* the seed is not shown any more */
  assert_factor (self, code, "wrong"); /* each code once */
  pass_s (self, 30);
  next = code_at (self, seed);
  later = try_login (self, "admin", FIXTURE_PASSWORD, next);
  g_assert_cmpuint (later->status, ==, 200);
  g_assert_null (json_object_get (later->json, "recovery"));

  recovery = json_string_value (json_array_get (codes, 3));
  recovered = try_login (self, "admin", FIXTURE_PASSWORD, recovery);
  g_assert_cmpuint (recovered->status, ==, 200);
  assert_factor (self, recovery, "wrong"); /* once as well */
}

/* Wrong codes lock as wrong passwords do; a right password in between does not help. */
static void
test_factor_lockout (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) seed = begin_enrolment (self, "admin");

  for (guint i = 0; i < 5; i++)
    {
      assert_factor (self, "000000", "wrong");
      if (i < 4)
        assert_factor (self, NULL, "enrol");
    }
  assert_locked (self, "admin", 60);
}

static gboolean
contains (const char *text, gsize length, gconstpointer part, gsize part_length)
{
  for (gsize i = 0; i + part_length <= length; i++)
    if (memcmp (text + i, part, part_length) == 0)
      return TRUE;
  return FALSE;
}

/* The seed is nowhere in the store as it is, and of no use without the server's key. */
static void
test_factor_sealed (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) seed = begin_enrolment (self, "admin");
  g_autofree char *secret = yihu_base32_encode (seed);
  g_autofree char *store = g_build_filename (self->directory, "yihu.db", NULL);
  g_autofree char *key = g_build_filename (self->directory, "seal.key", NULL);
  g_autofree char *text = NULL;
  gsize length = 0;

  fixture_stop (self);
  g_assert_true (g_file_get_contents (store, &text, &length, NULL));
  g_assert_false (contains (text, length, secret, strlen (secret)));
  g_assert_false (contains (text, length, g_bytes_get_data (seed, NULL), g_bytes_get_size (seed)));
  g_assert_true (g_file_set_contents (key, "another key of thirty-two bytes.", 32, NULL));
  fixture_start (self);
  assert_factor (self, NULL, "lost");
}

/* --- sessions --- */

static json_t *
list_sessions (Fixture *self, const char *token)
{
  g_autoptr (Answer) answer = fixture_send (self, token, "GET", "/v1/sessions", NULL, -1);

  g_assert_cmpuint (answer->status, ==, 200);
  return json_incref (json_object_get (answer->json, "sessions"));
}

static char *
find_session (json_t *sessions, const char *login)
{
  json_t *row;
  gsize i;

  json_array_foreach (
      sessions, i,
      row) if (g_str_equal (json_string_value (json_object_get (row, "login")),
                            login)) return g_strdup_printf ("/v1/sessions/%s/revoke",
                                                            json_string_value (
                                                                json_object_get (row, "id")));
  return NULL;
}

static guint
post (Fixture *self, const char *token, const char *path)
{
  g_autoptr (Answer) answer = fixture_send (self, token, "POST", path, "{}", -1);

  return answer->status;
}

static guint
get (Fixture *self, const char *token, const char *path)
{
  g_autoptr (Answer) answer = fixture_send (self, token, "GET", path, NULL, -1);

  return answer->status;
}

static void
test_sessions (Fixture *self, gconstpointer data)
{
  g_autofree char *admin = NULL;
  g_autofree char *operator= NULL;
  g_autofree char *county = NULL;
  g_autoptr (json_t) all = NULL;
  g_autoptr (json_t) own = NULL;
  g_autofree char *of_county = NULL;
  g_autofree char *of_operator = NULL;
  g_autoptr (Live) live = NULL;

  fixture_fill (self);
  admin = fixture_login (self, "admin");
  operator= fixture_login (self, "operator");
  county = fixture_login (self, "county");
  all = list_sessions (self, admin);
  own = list_sessions (self, operator);
  g_assert_cmpuint (json_array_size (all), >=, 8);
  g_assert_cmpuint (json_array_size (own), ==, 1);
  of_county = find_session (all, "county");
  of_operator = find_session (own, "operator");

  g_assert_cmpuint (post (self, operator, of_county), ==, 404); /* not the own one */
  live = live_open (self, county);
  live_send (live,
             json_pack ("{s:{s:i, s:i, s:i}}", "hello", "cursor", 0, "epoch", 1, "protocol", 1));
  json_decref (live_next (live, "welcome"));
  g_assert_cmpuint (post (self, admin, of_county), ==, 200);
  live_wait_closed (live);
  g_assert_cmpuint (get (self, county, "/v1/sessions"), ==, 401);
  g_assert_cmpuint (post (self, operator, of_operator), ==, 200);
  g_assert_cmpuint (get (self, operator, "/v1/sessions"), ==, 401);
}

/* Whatever is done to an account by an administrator, its token is of no use the next moment. */
static void
test_deeds (Fixture *self, gconstpointer data)
{
  static const char *const deeds[] = { "revoke", "wipe", "reset-factor" };
  g_autofree char *admin = NULL;

  fixture_fill (self);
  admin = fixture_login (self, "admin");
  for (guint i = 0; i < G_N_ELEMENTS (deeds); i++)
    {
      g_autofree char *token = fixture_login_anew (self, "operator");
      g_autofree char *path = g_strdup_printf ("/v1/accounts/operator/%s", deeds[i]);
      g_autoptr (Live) live = live_open (self, token);

      live_send (live, json_pack ("{s:{s:i, s:i, s:i}}", "hello", "cursor", 0, "epoch", 1,
                                  "protocol", 1));
      json_decref (live_next (live, "welcome"));
      g_assert_cmpuint (post (self, admin, path), ==, 200);
      if (g_str_equal (deeds[i], "wipe"))
        json_decref (live_next (live, "wipe"));
      live_wait_closed (live);
      g_assert_cmpuint (get (self, token, "/v1/sessions"), ==, 401);
    }
  g_assert_cmpuint (post (self, admin, "/v1/accounts/nobody/revoke"), ==, 404);
}

/* A console that was not there when it was wiped learns it at its next log-in. */
static void
test_wiped_later (Fixture *self, gconstpointer data)
{
  g_autofree char *admin = NULL;
  g_autoptr (Answer) answer = NULL;
  json_t *account;

  fixture_fill (self);
  admin = fixture_login (self, "admin");
  g_assert_cmpuint (post (self, admin, "/v1/accounts/operator/wipe"), ==, 200);
  answer = try_login (self, "operator", FIXTURE_PASSWORD, NULL);
  account = json_object_get (answer->json, "account");
  g_assert_cmpint (json_integer_value (json_object_get (account, "wiped_at_us")), >, 0);
}

static gint64
get_wiped_at_us (Fixture *self, const char *login)
{
  g_autoptr (Answer) answer = try_login (self, login, FIXTURE_PASSWORD, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  return json_integer_value (
      json_object_get (json_object_get (answer->json, "account"), "wiped_at_us"));
}

/* Fewer districts or another role: what consoles of the account hold is not all theirs any more.
 * More districts: it stays. */
static void
test_narrowed (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *rest;
    gboolean is_less;
  } steps[] = { { "\"role\":\"operator\",\"division\":210802000000", TRUE },
                { "\"role\":\"operator\",\"division\":210802000000", FALSE },
                { "\"role\":\"operator\",\"division\":210800000000", FALSE },
                { "\"role\":\"reviewer\",\"division\":210800000000", TRUE } };
  g_autofree char *admin = NULL;
  gint64 before = 0;

  fixture_fill (self);
  admin = fixture_login (self, "admin");
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *body = g_strdup_printf (
          "{\"account\":{\"id\":\"operator\",\"login\":\"operator\",\"name\":\"o\","
          "\"seat\":\"01\",%s}}",
          steps[i].rest);
      g_autoptr (Answer) answer = fixture_send (self, admin, "POST", "/v1/accounts", body, -1);
      gint64 wiped_at_us;

      g_assert_cmpuint (answer->status, ==, 200);
      wiped_at_us = get_wiped_at_us (self, "operator");
      g_assert_cmpint (wiped_at_us > before, ==, steps[i].is_less);
      before = wiped_at_us;
    }
}

static void
test_disabled (Fixture *self, gconstpointer data)
{
  g_autofree char *admin = NULL;
  g_autofree char *token = NULL;
  g_autoptr (Answer) put = NULL;
  g_autoptr (Answer) right = NULL;
  g_autoptr (Answer) wrong = NULL;

  fixture_fill (self);
  admin = fixture_login (self, "admin");
  token = fixture_login (self, "operator");
  put = fixture_send (self, admin, "POST", "/v1/accounts",
                      "{\"account\":{\"id\":\"operator\",\"login\":\"operator\",\"name\":\"x\","
                      "\"division\":210800000000,\"disabled\":1}}",
                      -1);
  g_assert_cmpuint (put->status, ==, 200);
  g_assert_cmpuint (get (self, token, "/v1/sessions"), ==, 401);
  right = try_login (self, "operator", FIXTURE_PASSWORD, NULL);
  wrong = try_login (self, "operator", "wrong", NULL);
  assert_error (right, YIHU_ERROR_DISABLED);
  assert_error (wrong, YIHU_ERROR_UNAUTHORIZED); /* who does not know the password learns nothing */
}

static void
on_result (GObject *object, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
is_there (gpointer result)
{
  return *(GAsyncResult **) result != NULL;
}

/* Returns: (transfer full): its status stands in it once @result is there */
static SoupMessage *
start (Fixture *self, const char *token, const char *path, const char *text, GAsyncResult **result)
{
  g_autofree char *url = g_strconcat (self->url, path, NULL);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  SoupMessage *message = soup_message_new ("POST", url);

  soup_message_set_request_body_from_bytes (message, "application/json", body);
  if (token != NULL)
    fixture_authorize (self, message, token);
  soup_session_send_and_read_async (self->soup, message, G_PRIORITY_DEFAULT, NULL, on_result,
                                    result);
  return message;
}

typedef struct
{
  YihuWriter *writer;
  guint n;
} Queue;

static gboolean
is_queued (gpointer data)
{
  Queue *queue = data;
  YihuWriterFigures figures;

  yihu_writer_get_figures (queue->writer, &figures);
  return figures.n_waiting >= queue->n;
}

/* The account is closed after its password was read and before its session begins. */
static void
test_closed_meanwhile (Fixture *self, gconstpointer data)
{
  static const char *const closing =
      "{\"account\":{\"id\":\"operator\",\"login\":\"operator\",\"name\":\"x\","
      "\"division\":210800000000,\"disabled\":1}}";
  static const char *const opening =
      "{\"login\":\"operator\",\"password\":\"" FIXTURE_PASSWORD "\",\"device\":\"test\"}";
  g_autofree char *admin = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (SoupMessage) close = NULL;
  g_autoptr (SoupMessage) open = NULL;
  Queue queue = { NULL, 1 };

  fixture_fill (self);
  admin = fixture_login (self, "admin");
  queue.writer = self->server->writer;
  yihu_writer_hold (queue.writer);
  close = start (self, admin, "/v1/accounts", closing, &closed);
  fixture_spin (is_queued, &queue);
  open = start (self, NULL, "/v1/login", opening, &opened);
  queue.n = 2;
  fixture_spin (is_queued, &queue);
  yihu_writer_release (queue.writer);
  fixture_spin (is_there, &closed);
  fixture_spin (is_there, &opened);
  g_assert_cmpuint (soup_message_get_status (close), ==, 200);
  g_assert_cmpuint (soup_message_get_status (open), ==, 409);
  g_assert_cmpuint (yihu_tokens_count (self->server->tokens, "operator",
                                       yihu_clock_get_now_us (self->clock)),
                    ==, 0);
}

static void
test_device (Fixture *self, gconstpointer data)
{
  g_autofree char *token = fixture_login (self, "admin");

  g_assert_cmpuint (get (self, token, "/v1/sessions"), ==, 200);
  self->device = "elsewhere";
  g_assert_cmpuint (get (self, token, "/v1/sessions"), ==, 401);
  self->device = "";
  g_assert_cmpuint (get (self, token, "/v1/sessions"), ==, 401);
  self->device = NULL;
  g_assert_cmpuint (get (self, token, "/v1/sessions"), ==, 200);
}

/* --- quota --- */

static Answer *
reveal (Fixture *self, const char *token, const char *field)
{
  g_autofree char *body =
      g_strdup_printf ("{\"elder\":\"e1\",\"field\":\"%s\",\"reason\":\"test\"}", field);

  return fixture_send (self, token, "POST", "/v1/reveal", body, -1);
}

static void
set_up_with_quota (Fixture *self, gconstpointer data)
{
  self->reveals_per_hour = 3;
  self->reveals_per_day = 5;
  fixture_set_up (self, FAKE_CLOCK);
}

static void
assert_reveals (Fixture *self, const char *token, guint n_allowed)
{
  for (guint i = 0; i <= n_allowed; i++)
    {
      g_autoptr (Answer) answer = reveal (self, token, i % 2 ? "history" : "card");

      g_assert_cmpuint (answer->status, ==, i < n_allowed ? 200 : 429);
      if (i == n_allowed)
        assert_error (answer, YIHU_ERROR_QUOTA);
    }
}

static guint
count_audit (Fixture *self, const char *what)
{
  g_autofree char *auditor = fixture_login_anew (self, "auditor");
  g_autoptr (Answer) answer = fixture_send (self, auditor, "GET", "/v1/audit?limit=1000", NULL, -1);
  json_t *row;
  gsize i;
  guint n = 0;

  json_array_foreach (json_object_get (answer->json, "audit"), i, row) n +=
      g_str_has_prefix (json_string_value (json_object_get (row, "what")), what);
  return n;
}

static void
test_quota (Fixture *self, gconstpointer data)
{
  g_autofree char *operator= NULL;
  g_autofree char *county = NULL;
  g_autoptr (Answer) other = NULL;

  fixture_fill (self);
  operator= fixture_login_anew (self, "operator");
  county = fixture_login_anew (self, "county");
  assert_reveals (self, operator, 3);
  other = reveal (self, county, "id_card"); /* another account's */
  g_assert_cmpuint (other->status, ==, 200);
  fixture_stop (self);
  fixture_start (self); /* a restart gives nothing back */
  assert_reveals (self, operator, 0);
  pass_s (self, 3601);
  assert_reveals (self, operator, 2); /* the day's */
  g_assert_cmpuint (count_audit (self, "reveal."), ==, 6);
  g_assert_cmpuint (count_audit (self, "quota.reveal"), ==, 3);
}

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
#define ADD(name, set_up, func, data)                                                              \
  g_test_add ("/server/accounts/" name, Fixture, data, set_up, func, fixture_tear_down)
  ADD ("lockout", fixture_set_up, test_lockout, FAKE_CLOCK);
  ADD ("lockout-ends", fixture_set_up, test_lockout_ends, FAKE_CLOCK);
  ADD ("storm", fixture_set_up, test_storm, FAKE_CLOCK);
  ADD ("factor", set_up_with_factor, test_factor, NULL);
  ADD ("factor-lockout", set_up_with_factor, test_factor_lockout, NULL);
  ADD ("factor-sealed", set_up_with_factor, test_factor_sealed, NULL);
  ADD ("sessions", fixture_set_up, test_sessions, NULL);
  ADD ("deeds", fixture_set_up, test_deeds, NULL);
  ADD ("narrowed", fixture_set_up, test_narrowed, NULL);
  ADD ("wiped-later", fixture_set_up, test_wiped_later, NULL);
  ADD ("disabled", fixture_set_up, test_disabled, NULL);
  ADD ("closed-meanwhile", fixture_set_up, test_closed_meanwhile, NULL);
  ADD ("device", fixture_set_up, test_device, NULL);
  ADD ("quota", set_up_with_quota, test_quota, FAKE_CLOCK);
  return g_test_run ();
}
