/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Fetching a snapshot from the real server over a line that breaks: at random bytes (the seed is
 * printed), with a byte changed, with answers that fit nothing. The file is the server's or none.
 */

#include "../server/fixture.h"
#include "base/error.h"
#include "client/snapshot-fetch.h"
#include "cutting-proxy.h"
#include "fake-server.h"
#include "wire/protocol.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_ELDERS 6000
#define N_CUTS 12
#define N_ROUNDS 1
#define MAX_HEAD 2048
#define FIRST_CUT 4096 /* behind the head of the first answer */

typedef struct
{
  Fixture server;
  CuttingProxy *proxy;
  YihuSession *session;
  char *directory;
  char *file;
  char *plain; /* what it should be */
  gsize size;
  gboolean was_second;
} Test;

typedef struct
{
  gboolean done;
  GError *error;
} Outcome;

static void
on_logged_in (GObject *object, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  yihu_session_login_finish (YIHU_SESSION (object), result, &outcome->error);
  outcome->done = TRUE;
}

static YihuSession *
log_in (const char *url)
{
  YihuSession *session = yihu_session_new (url, "test");
  Outcome outcome = { 0 };

  yihu_session_login_async (session, "operator", FIXTURE_PASSWORD, NULL, on_logged_in, &outcome);
  fake_wait (outcome.done);
  g_assert_no_error (outcome.error);
  return session;
}

static void
on_progress (const YihuFetchProgress *progress, gpointer data)
{
  Test *test = data;

  g_assert_true (progress->total == 0 || progress->done <= progress->total);
  test->was_second |= progress->is_second;
}

static void
on_fetched (GObject *object, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  yihu_session_fetch_snapshot_finish (YIHU_SESSION (object), result, &outcome->error);
  outcome->done = TRUE;
}

/* (transfer full) (nullable) */
static GError *
fetch (Test *test, YihuSession *session)
{
  Outcome outcome = { 0 };

  g_unlink (test->file);
  test->was_second = FALSE;
  yihu_session_fetch_snapshot_async (session, YIHU_SNAPSHOT_SCHEMA, test->file, on_progress, test,
                                     NULL, on_fetched, &outcome);
  fake_wait (outcome.done);
  fake_settle (); /* what progress is still to be told */
  return outcome.error;
}

/* Names, numbers and addresses that are long enough for a file of many packets. */
static void
add_elders (Test *test)
{
  g_autofree char *admin = fixture_login (&test->server, "admin");
  g_autoptr (GString) csv = g_string_new ("id,division,name,sex,birth,phone,address\n");

  for (guint i = 0; i < N_ELDERS; i++)
    g_string_append_printf (csv, "x%u,210802001001,王小%u,female,19400101,139%08u,%u街%08x号\n", i,
                            i, i, i % 40, g_test_rand_int ());
  fixture_import (&test->server, admin, "elder", csv->str);
}

static void
set_up (Test *test, gconstpointer data)
{
  g_autoptr (YihuSession) direct = NULL;
  g_autoptr (GError) error = NULL;

  yihu_json_init ();
  fixture_set_up (&test->server, NULL);
  fixture_fill (&test->server);
  add_elders (test);
  test->directory = g_dir_make_tmp ("yihu-fetch-XXXXXX", NULL);
  test->file = g_build_filename (test->directory, "city.new", NULL);
  direct = log_in (test->server.url);
  error = fetch (test, direct);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (test->file, &test->plain, &test->size, &error));
  test->proxy = cutting_proxy_new (test->server.port);
  test->session = log_in (cutting_proxy_get_url (test->proxy));
}

static void
tear_down (Test *test, gconstpointer data)
{
  fake_finalize (test->session);
  cutting_proxy_free (test->proxy);
  fixture_tear_down (&test->server, NULL);
  fixture_remove_directory (test->directory);
  g_free (test->directory);
  g_free (test->file);
  g_free (test->plain);
}

static void
assert_fetched (Test *test, const GError *error)
{
  g_autofree char *plain = NULL;
  gsize size;

  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (test->file, &plain, &size, NULL));
  g_assert_cmpmem (plain, size, test->plain, test->size);
  g_assert_cmpuint (cutting_proxy_get_n_orders (test->proxy), ==, 0);
}

static void
assert_nothing_left (Test *test)
{
  g_autoptr (GDir) directory = g_dir_open (test->directory, 0, NULL);

  g_assert_cmpstr (g_dir_read_name (directory), ==, NULL);
}

/* What a whole undisturbed answer takes, head and all. */
static gint64
measure (Test *test)
{
  gint64 before = cutting_proxy_get_bytes (test->proxy);
  g_autoptr (GError) error = fetch (test, test->session);

  assert_fetched (test, error);
  return cutting_proxy_get_bytes (test->proxy) - before;
}

static void
test_cut_anywhere (Test *test, gconstpointer data)
{
  gint64 whole = measure (test);

  g_assert_cmpint (whole, >, 20 * FIRST_CUT);
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      g_autofree char *earlier = cutting_proxy_dup_statuses (test->proxy);
      gint64 before = cutting_proxy_get_bytes (test->proxy);
      g_autofree char *statuses = NULL;
      g_autoptr (GError) error = NULL;

      cutting_proxy_cut (test->proxy, FIRST_CUT);
      for (guint i = 1; i < N_CUTS; i++)
        cutting_proxy_cut (test->proxy, g_test_rand_int_range (0, (gint32) (whole / N_CUTS)));
      error = fetch (test, test->session);
      assert_fetched (test, error);

      /* The first answer is the whole, each later one the rest; nothing came twice. */
      statuses = cutting_proxy_dup_statuses (test->proxy);
      g_assert_true (g_str_has_prefix (statuses + strlen (earlier), "200 206 "));
      g_assert_null (strstr (statuses + strlen (earlier) + 4, "200"));
      g_assert_cmpint (cutting_proxy_get_bytes (test->proxy) - before, <,
                       whole + (N_CUTS + 1) * MAX_HEAD);
      g_assert_false (test->was_second);
    }
}

static void
test_wrong_byte (Test *test, gconstpointer data)
{
  gint64 whole = measure (test);
  g_autofree char *earlier = cutting_proxy_dup_statuses (test->proxy);
  g_autofree char *once = NULL;
  g_autofree char *twice = NULL;
  g_autoptr (GError) error = NULL;

  /* One wrong byte: the file is fetched once more. */
  cutting_proxy_flip (test->proxy, g_test_rand_int_range (MAX_HEAD, (gint32) whole));
  error = fetch (test, test->session);
  assert_fetched (test, error);
  g_assert_true (test->was_second);
  once = cutting_proxy_dup_statuses (test->proxy);
  g_assert_cmpstr (once + strlen (earlier), ==, "200 200 ");

  /* And again: no third time, and a clear end. */
  cutting_proxy_flip (test->proxy, g_test_rand_int_range (MAX_HEAD, (gint32) whole));
  cutting_proxy_flip (test->proxy, g_test_rand_int_range (MAX_HEAD, (gint32) whole));
  error = fetch (test, test->session);
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  twice = cutting_proxy_dup_statuses (test->proxy);
  g_assert_cmpstr (twice + strlen (once), ==, "200 200 ");
  assert_nothing_left (test);
}

/* Answers to the request for the rest that are not the rest. */
static void
test_wrong_rest (Test *test, gconstpointer data)
{
  static const char *const answers[] = {
    "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */10\r\nContent-Length: 0\r\n\r\n",
    ("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-9/10\r\nContent-Length: 10\r\n\r\n"
     "0123456789"),
    "HTTP/1.1 206 Partial Content\r\nContent-Length: 10\r\n\r\n0123456789",
  };

  measure (test);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *earlier = cutting_proxy_dup_statuses (test->proxy);
      g_autofree char *statuses = NULL;
      g_autoptr (GError) error = NULL;

      cutting_proxy_cut (test->proxy, FIRST_CUT);
      cutting_proxy_answer (test->proxy, answers[i]);
      error = fetch (test, test->session);
      assert_fetched (test, error);
      g_assert_true (test->was_second);
      statuses = cutting_proxy_dup_statuses (test->proxy);
      g_assert_cmpstr (statuses + strlen (earlier), ==, "200 200 "); /* without ours */
    }
}

#define ADD(name, func) g_test_add ("/snapshot-fetch/" name, Test, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("cut-anywhere", test_cut_anywhere);
  ADD ("wrong-byte", test_wrong_byte);
  ADD ("wrong-rest", test_wrong_rest);
  return g_test_run ();
}
