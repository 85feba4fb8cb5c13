/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The keys of the copy: in a secret store and where there is none, after a log-out, after a wipe,
 * and after too long a time without the server. The server is the real one, the store is
 * fake-secrets.c on a bus of the test's own; both live in the book's main context, so a book that
 * waited for either would wait for ever. */

#define _GNU_SOURCE
#include "../client/fake-server.h"
#include "../server/fixture.h"
#include "base/error.h"
#include "book-waits.h"
#include "console/book-private.h"
#include "fake-secrets.h"

#include <glib/gstdio.h>
#include <string.h>

#define SHORT_MS 300
#define PROMPT_MS 3000
#define FOR_EVER_MS (3600 * 1000)

typedef struct
{
  Fixture server;
  char *directory;
  YihuClock *clock;
  FakeSecrets *store;
  YihuKeyRing *ring;
  YihuBook *book;
} KeysTest;

static GTestDBus *bus;
static int n_said; /* that the key lies in the file */

static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0
        && g_str_has_prefix (fields[i].value, "the key of the copy lies in its file: "))
      g_atomic_int_inc (&n_said);
  return g_log_writer_default (level, fields, n_fields, data);
}

static void
make_book (KeysTest *test)
{
  test->book = yihu_book_new (test->server.url, test->directory, test->clock);
  yihu_book_set_key_ring (test->book, test->ring);
}

static void
set_up (KeysTest *test, gconstpointer data)
{
  fixture_set_up (&test->server, NULL);
  fixture_fill (&test->server);
  test->directory = g_dir_make_tmp ("yihu-keys-XXXXXX", NULL);
  test->clock = data != NULL ? yihu_fake_clock_new (g_get_real_time ()) : yihu_clock_new ();
  test->store = fake_secrets_new (g_test_dbus_get_bus_address (bus));
  fake_secrets_show (test->store);
  test->ring = yihu_key_ring_new ();
  make_book (test);
}

static void
drop_book (KeysTest *test)
{
  yihu_book_close (test->book);
  fake_finalize (test->book);
  test->book = NULL;
}

static void
tear_down (KeysTest *test, gconstpointer data)
{
  drop_book (test);
  fake_secrets_free (test->store);
  fixture_tear_down (&test->server, NULL);
  g_object_unref (test->ring);
  g_object_unref (test->clock);
  fixture_remove_directory (test->directory);
  g_free (test->directory);
}

static void
assert_login (KeysTest *test, int code)
{
  g_autoptr (GError) error = NULL;
  gboolean good = waits_log_in (test->book, "operator", FIXTURE_PASSWORD, &error);

  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, YIHU_ERROR, code);
  g_assert_cmpint (good, ==, code < 0);
}

#define wait_state(test, expected) fake_wait (yihu_book_get_state ((test)->book) == expected)
#define wait_place(test, expected) fake_wait (yihu_book_get_key_place ((test)->book) == expected)

static void
log_in_online (KeysTest *test)
{
  assert_login (test, -1);
  wait_state (test, YIHU_BOOK_ONLINE);
}

static GBytes *
find_in_store (KeysTest *test)
{
  return fake_secrets_find (test->store, test->server.url, "operator");
}

static void
start_again_without_server (KeysTest *test, int code)
{
  if (test->book != NULL)
    drop_book (test);
  if (test->server.server != NULL)
    fixture_stop (&test->server);
  make_book (test);
  assert_login (test, code);
}

static char *
get_directory (KeysTest *test)
{
  return g_build_filename (test->directory, "account-operator", NULL);
}

/* How many of the account's files have @bytes somewhere. */
static guint
count_files_with (KeysTest *test, gconstpointer bytes, gsize size)
{
  g_autofree char *directory = get_directory (test);
  g_autoptr (GDir) files = g_dir_open (directory, 0, NULL);
  const char *name;
  guint n = 0;

  while (files != NULL && (name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);
      g_autofree char *contents = NULL;
      gsize length = 0;

      if (g_file_get_contents (path, &contents, &length, NULL))
        n += memmem (contents, length, bytes, size) != NULL;
    }
  return n;
}

static gint64
count_rows (KeysTest *test, const char *table)
{
  g_autofree char *directory = get_directory (test);
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", table);
  g_autoptr (YihuDeskFile) desk = yihu_desk_file_open (directory, NULL);
  gint64 n = -1;

  g_assert_true (yihu_database_query_int (yihu_desk_file_get_database (desk), sql, &n, NULL, ""));
  return n;
}

/* The parcel as the file has it. (transfer full) (nullable) */
static GBytes *
read_parcel (KeysTest *test)
{
  g_autofree char *directory = get_directory (test);
  g_autoptr (YihuDeskFile) desk = yihu_desk_file_open (directory, NULL);
  g_autoptr (YihuRows) rows = yihu_database_query (yihu_desk_file_get_database (desk),
                                                   "SELECT wrapped FROM login", NULL, "");

  return yihu_rows_next (rows, NULL) ? yihu_rows_get_blob (rows, 0) : NULL;
}

/* --- the secret store --- */

static void
test_store (KeysTest *test, gconstpointer data)
{
  g_autoptr (GBytes) secret = NULL;
  g_autoptr (GBytes) parcel = NULL;

  log_in_online (test);
  wait_place (test, YIHU_KEY_PLACE_STORE);
  g_assert_cmpuint (test->store->items->len, ==, 1);
  secret = find_in_store (test);
  g_assert_nonnull (secret);
  parcel = read_parcel (test);
  g_assert_cmpuint (g_bytes_get_size (parcel), ==, 0);

  start_again_without_server (test, -1);
  g_assert_cmpint (yihu_book_get_state (test->book), ==, YIHU_BOOK_OFFLINE);
  g_assert_cmpint (yihu_book_count_elders (test->book), ==, 3);
  g_assert_cmpuint (test->store->items->len, ==, 1);

  /* Without its store it stays shut, and it is the store that is named. */
  fake_secrets_hide (test->store);
  start_again_without_server (test, YIHU_ERROR_LOCKED);
  fake_secrets_show (test->store); /* a store that came back is met again */
  start_again_without_server (test, -1);
}

static void
test_logout (KeysTest *test, gconstpointer data)
{
  log_in_online (test);
  wait_place (test, YIHU_KEY_PLACE_STORE);
  yihu_book_logout (test->book);
  g_assert_cmpint (yihu_book_get_state (test->book), ==, YIHU_BOOK_CLOSED);
  fake_wait (test->store->items->len == 0);
  start_again_without_server (test, YIHU_ERROR_OFFLINE);
  g_assert_cmpint (count_rows (test, "login"), ==, 0);
}

/* Logged out while the key is on its way to the store: it must not come to lie there afterwards. */
static void
test_logout_at_once (KeysTest *test, gconstpointer data)
{
  yihu_key_ring_set_patience_ms (test->ring, FOR_EVER_MS);
  test->store->is_silent = TRUE;
  log_in_online (test);
  fake_wait (test->store->n_calls > 0);
  test->store->is_silent = FALSE;
  yihu_book_logout (test->book);
  start_again_without_server (test, YIHU_ERROR_OFFLINE);
  g_assert_cmpuint (test->store->items->len, ==, 0);
  g_assert_cmpint (count_rows (test, "login"), ==, 0);
}

static void
assert_falls_back (KeysTest *test)
{
  g_autoptr (GBytes) parcel = NULL;

  g_atomic_int_set (&n_said, 0);
  log_in_online (test); /* at once */
  wait_place (test, YIHU_KEY_PLACE_FILE);
  g_assert_cmpint (g_atomic_int_get (&n_said), ==, 1);
  g_assert_cmpuint (test->store->items->len, ==, 0);
  parcel = read_parcel (test);
  g_assert_cmpuint (g_bytes_get_size (parcel), >, 0);
  start_again_without_server (test, -1);
  g_assert_cmpint (yihu_book_get_state (test->book), ==, YIHU_BOOK_OFFLINE);
}

/* The prompt stays open whatever libsecret does about it; until it is there, several calls go to
 * and fro. */
static void
test_locked (KeysTest *test, gconstpointer data)
{
  yihu_key_ring_set_patience_ms (test->ring, PROMPT_MS);
  test->store->is_locked = TRUE;
  assert_falls_back (test);
  g_assert_cmpuint (test->store->n_prompts, >, 0);
}

static void
test_silent (KeysTest *test, gconstpointer data)
{
  yihu_key_ring_set_patience_ms (test->ring, SHORT_MS);
  test->store->is_silent = TRUE;
  assert_falls_back (test);
}

static void
test_absent (KeysTest *test, gconstpointer data)
{
  fake_secrets_hide (test->store);
  assert_falls_back (test);
}

/* The key went into the store, later the store is locked. */
static void
test_locked_later (KeysTest *test, gconstpointer data)
{
  log_in_online (test);
  wait_place (test, YIHU_KEY_PLACE_STORE);
  yihu_key_ring_set_patience_ms (test->ring, SHORT_MS);
  test->store->is_locked = TRUE;
  start_again_without_server (test, YIHU_ERROR_LOCKED);
  test->store->is_locked = FALSE;
  start_again_without_server (test, -1);
}

/* Closing does not wait for a store that says nothing, neither at the log-in nor at a start. */
static void
test_closed_meanwhile (KeysTest *test, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  log_in_online (test);
  wait_place (test, YIHU_KEY_PLACE_STORE);
  drop_book (test);
  make_book (test);
  yihu_key_ring_set_patience_ms (test->ring, FOR_EVER_MS);
  test->store->is_silent = TRUE;
  test->store->n_calls = 0;
  log_in_online (test);
  fake_wait (test->store->n_calls > 0);
  drop_book (test);

  fixture_stop (&test->server);
  make_book (test);
  test->store->n_calls = 0;
  yihu_book_login_async (test->book, "operator", FIXTURE_PASSWORD, NULL, fake_on_ready, &result);
  fake_wait (test->store->n_calls > 0);
  yihu_book_close (test->book);
  fake_wait (result != NULL);
  g_assert_false (yihu_book_login_finish (test->book, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  test->store->is_silent = FALSE;
  start_again_without_server (test, -1); /* by what lay there before */
}

/* --- wipe, log-out, lock --- */

/* One command that the server refused, and so still waits, and a draft. */
static void
leave_work (KeysTest *test)
{
  g_autoptr (YihuCommand) approve =
      yihu_command_new ("order.approve", "no-such-order", 0, g_get_real_time ());
  g_autoptr (YihuOrder) order = yihu_order_new ("no-such-order");

  order->elder = g_strdup ("e1");
  g_assert_true (waits_submit (test->book, approve, order, NULL));
  yihu_book_save_draft (test->book, "order:c2", "少放盐");
  fake_wait (yihu_book_get_undecided (test->book) == 1);
  fake_wait (g_hash_table_size (test->book->drafts) == 0);
  g_assert_cmpint (count_rows (test, "overlay"), ==, 1);
  g_assert_cmpint (count_rows (test, "draft"), ==, 1);
}

static void
wipe (KeysTest *test)
{
  g_autofree char *account = g_strdup (YIHU_RECORD (yihu_book_get_account (test->book))->id);

  yihu_hub_revoke (test->server.server->hub, NULL, account, TRUE);
  wait_state (test, YIHU_BOOK_REFUSED);
}

static void
test_wipe (KeysTest *test, gconstpointer data)
{
  g_autofree char *directory = get_directory (test);
  g_autofree char *city = g_build_filename (directory, "city.db", NULL);
  g_autoptr (GBytes) parcel = NULL;
  g_autoptr (GBytes) sealed = NULL;

  fake_secrets_hide (test->store); /* the parcel in the file, to look for */
  log_in_online (test);
  wait_place (test, YIHU_KEY_PLACE_FILE);
  leave_work (test);
  parcel = read_parcel (test);
  {
    g_autoptr (YihuDeskFile) desk = yihu_desk_file_open (directory, NULL);
    g_autoptr (YihuRows) rows = yihu_database_query (yihu_desk_file_get_database (desk),
                                                     "SELECT sealed FROM draft", NULL, "");

    g_assert_true (yihu_rows_next (rows, NULL));
    sealed = yihu_rows_get_blob (rows, 0);
  }
  g_assert_cmpuint (count_files_with (test, g_bytes_get_data (parcel, NULL),
                                      g_bytes_get_size (parcel)),
                    >, 0);
  g_assert_true (g_file_test (city, G_FILE_TEST_EXISTS));

  wipe (test);
  g_assert_error ((GError *) yihu_book_get_error (test->book), YIHU_ERROR, YIHU_ERROR_WIPE);
  g_assert_cmpint (yihu_book_get_left_sealed (test->book), ==, 1);
  g_assert_null (yihu_book_get_account (test->book));
  g_assert_false (g_file_test (city, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_files_with (test, g_bytes_get_data (parcel, NULL),
                                      g_bytes_get_size (parcel)),
                    ==, 0);
  g_assert_cmpuint (count_files_with (test, g_bytes_get_data (sealed, NULL),
                                      g_bytes_get_size (sealed)),
                    ==, 0);
  g_assert_cmpuint (count_files_with (test, "少放盐", strlen ("少放盐")), ==, 0);
  g_assert_cmpint (count_rows (test, "login"), ==, 0);
  g_assert_cmpint (count_rows (test, "overlay"), ==, 0);
  g_assert_cmpint (count_rows (test, "draft"), ==, 0);
  g_assert_cmpint (count_rows (test, "outbox"), ==, 1);
  g_assert_cmpuint (count_files_with (test, "order.approve", strlen ("order.approve")), ==, 0);

  /* The next log-in brings the key, and the command waits for its decision as before. */
  log_in_online (test);
  g_assert_cmpuint (yihu_book_get_undecided (test->book), ==, 1);
  g_assert_cmpint (yihu_book_count_elders (test->book), ==, 3);
}

static void
test_wipe_in_store (KeysTest *test, gconstpointer data)
{
  log_in_online (test);
  wait_place (test, YIHU_KEY_PLACE_STORE);
  wipe (test);
  g_assert_cmpuint (test->store->items->len, ==, 0);
  g_assert_cmpint (yihu_book_get_left_sealed (test->book), ==, 0);
  start_again_without_server (test, YIHU_ERROR_OFFLINE);
}

/* What an administrator does to the operator's account. */
static void
administer (KeysTest *test, const char *path, const char *body)
{
  g_autofree char *token = fixture_login_anew (&test->server, "admin");
  g_autoptr (Answer) answer = fixture_send (&test->server, token, "POST", path, body, -1);

  g_assert_cmpuint (answer->status, ==, 200);
}

/* Of the whole city the western county is left. */
static void
narrow (KeysTest *test)
{
  administer (test, "/v1/accounts",
              "{\"account\":{\"id\":\"operator\",\"login\":\"operator\",\"name\":\"o\",\"role\":"
              "\"operator\",\"seat\":\"01\",\"division\":210802000000}}");
}

static void
assert_withdrawn (KeysTest *test)
{
  g_autofree char *directory = get_directory (test);
  g_autofree char *city = g_build_filename (directory, "city.db", NULL);

  wait_state (test, YIHU_BOOK_REFUSED);
  g_assert_error ((GError *) yihu_book_get_error (test->book), YIHU_ERROR, YIHU_ERROR_WIPE);
  g_assert_null (yihu_book_get_account (test->book));
  g_assert_false (g_file_test (city, G_FILE_TEST_EXISTS));
  g_assert_cmpint (count_rows (test, "overlay"), ==, 0);
  g_assert_cmpint (count_rows (test, "draft"), ==, 0);
  g_assert_cmpint (count_rows (test, "outbox"), ==, 1);
}

static void
assert_only_west (KeysTest *test)
{
  g_autoptr (GPtrArray) west = NULL;
  g_autoptr (GPtrArray) east = NULL;

  g_assert_cmpint (yihu_book_count_elders (test->book), ==, 1);
  west = yihu_book_find_by_phone (test->book, "+8613800000001");
  g_assert_cmpuint (west->len, ==, 1);
  east = yihu_book_find_by_phone (test->book, "+8613800000023");
  g_assert_cmpuint (east->len, ==, 0);
}

/* The districts shrink under a connected console: its copy goes, and the next log-in has the rest
 * alone. */
static void
test_narrowed (KeysTest *test, gconstpointer data)
{
  log_in_online (test);
  leave_work (test);
  narrow (test);
  assert_withdrawn (test);
  log_in_online (test);
  assert_only_west (test);
  g_assert_cmpuint (yihu_book_get_undecided (test->book), ==, 1);
}

/* The same while the console is at work without the server: it learns it when it comes back. */
static void
test_narrowed_offline (KeysTest *test, gconstpointer data)
{
  log_in_online (test);
  wait_place (test, YIHU_KEY_PLACE_STORE);
  fixture_stop (&test->server);
  wait_state (test, YIHU_BOOK_OFFLINE);
  g_assert_true (waits_place_order (test->book, "o1", NULL));
  fixture_start (&test->server);
  narrow (test);
  while (yihu_book_get_state (test->book) != YIHU_BOOK_REFUSED)
    {
      yihu_fake_clock_advance (YIHU_FAKE_CLOCK (test->clock), 1000);
      fake_settle ();
    }
  assert_withdrawn (test);
  log_in_online (test);
  assert_only_west (test);
  fake_wait (yihu_book_get_pending (test->book) == 0);
}

/* Wiped while no console ran: the next log-in removes what lies here before anybody reads it, and
 * the one after it nothing. */
static void
test_wiped_away (KeysTest *test, gconstpointer data)
{
  g_autofree char *gone = NULL;
  g_autofree char *kept = NULL;

  log_in_online (test);
  leave_work (test);
  drop_book (test);
  administer (test, "/v1/accounts/operator/wipe", "{}");
  make_book (test);
  log_in_online (test);
  g_assert_cmpint (yihu_book_count_elders (test->book), ==, 3);
  g_assert_cmpuint (yihu_book_get_undecided (test->book), ==, 1);
  g_assert_cmpint (count_rows (test, "overlay"), ==, 0);
  gone = yihu_book_load_draft (test->book, "order:c2");
  g_assert_null (gone);
  yihu_book_save_draft (test->book, "order:c3", "多放盐");
  fake_wait (g_hash_table_size (test->book->drafts) == 0);
  drop_book (test);
  make_book (test);
  log_in_online (test);
  kept = yihu_book_load_draft (test->book, "order:c3");
  g_assert_cmpstr (kept, ==, "多放盐");
}

/* A log-out erases the keys and nothing else. */
static void
test_logout_in_file (KeysTest *test, gconstpointer data)
{
  g_autoptr (GBytes) parcel = NULL;
  g_autofree char *draft = NULL;

  fake_secrets_hide (test->store);
  log_in_online (test);
  wait_place (test, YIHU_KEY_PLACE_FILE);
  leave_work (test);
  parcel = read_parcel (test);
  yihu_book_logout (test->book);
  drop_book (test);
  g_assert_cmpuint (count_files_with (test, g_bytes_get_data (parcel, NULL),
                                      g_bytes_get_size (parcel)),
                    ==, 0);
  g_assert_cmpint (count_rows (test, "login"), ==, 0);
  make_book (test);
  log_in_online (test);
  g_assert_cmpuint (yihu_book_get_undecided (test->book), ==, 1);
  draft = yihu_book_load_draft (test->book, "order:c2");
  g_assert_cmpstr (draft, ==, "少放盐");
}

/* On a clock that stands still until it is set forward. */
static void
test_lock (KeysTest *test, gconstpointer data)
{
  YihuFakeClock *clock = YIHU_FAKE_CLOCK (test->clock);
  g_autoptr (GPtrArray) elders = NULL;

  log_in_online (test);
  wait_place (test, YIHU_KEY_PLACE_STORE);
  test->book->offline_us = 90 * G_USEC_PER_SEC;
  fixture_stop (&test->server);
  wait_state (test, YIHU_BOOK_OFFLINE);
  g_assert_true (waits_place_order (test->book, "o1", NULL));
  yihu_fake_clock_advance (clock, 60 * 1000);
  g_assert_cmpint (yihu_book_get_state (test->book), ==, YIHU_BOOK_OFFLINE);
  yihu_fake_clock_advance (clock, 60 * 1000);
  g_assert_cmpint (yihu_book_get_state (test->book), ==, YIHU_BOOK_REFUSED);
  g_assert_error ((GError *) yihu_book_get_error (test->book), YIHU_ERROR, YIHU_ERROR_TIMEOUT);
  g_assert_cmpint (yihu_book_get_left_sealed (test->book), ==, 1);
  g_assert_null (yihu_book_get_account (test->book));
  elders = yihu_book_find_by_phone (test->book, "+8613800000001");
  g_assert_cmpuint (elders->len, ==, 0);

  fixture_start (&test->server);
  log_in_online (test);
  fake_wait (yihu_book_get_pending (test->book) == 0);
}

int
main (int argc, char **argv)
{
  g_unsetenv ("SECRET_BACKEND");
  g_test_init (&argc, &argv, NULL);
  yihu_json_init ();
  g_log_set_writer_func (on_log, NULL, NULL);
  /* Without directories of services: no store of this computer is started on it. */
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
#define ADD(name, func) g_test_add ("/book-keys/" name, KeysTest, NULL, set_up, func, tear_down)
  ADD ("store", test_store);
  ADD ("logout", test_logout);
  ADD ("logout-at-once", test_logout_at_once);
  ADD ("locked", test_locked);
  ADD ("silent", test_silent);
  ADD ("absent", test_absent);
  ADD ("locked-later", test_locked_later);
  ADD ("closed-meanwhile", test_closed_meanwhile);
  ADD ("wipe", test_wipe);
  ADD ("wipe-in-store", test_wipe_in_store);
  ADD ("narrowed", test_narrowed);
  g_test_add ("/book-keys/narrowed-offline", KeysTest, "still", set_up, test_narrowed_offline,
              tear_down);
  ADD ("wiped-away", test_wiped_away);
  ADD ("logout-in-file", test_logout_in_file);
  g_test_add ("/book-keys/lock", KeysTest, "still", set_up, test_lock, tear_down);
  /* The bus ends with this process: libsecret still holds its connection where a call was left. */
  return g_test_run ();
}
