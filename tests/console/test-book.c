/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The book against the real server: log-in, snapshot, feed, changes, and all that must survive the
 * server going away, the console being killed and its files being damaged. The server runs in this
 * process on real time, the book in the same main context. */

#include "../client/fake-server.h"
#include "../server/fixture.h"
#include "../server/full-disk.h"
#include "base/error.h"
#include "book-waits.h"
#include "console/book-private.h"
#include "wire/protocol.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  Fixture server;
  char *directory;
  YihuClock *clock;
  YihuBook *book;
  GString *changed; /* "call:c1 " for each record-changed */
  guint n_resets;
  GString *refused; /* names of commands */
} BookTest;

static void
on_changed (YihuBook *book, YihuRecord *record, BookTest *test)
{
  g_string_append_printf (test->changed, "%s:%s ", record->type->name, record->id);
}

static void
on_reset (YihuBook *book, BookTest *test)
{
  test->n_resets++;
}

static void
on_refused (YihuBook *book, YihuCommand *command, const GError *error, BookTest *test)
{
  g_assert_nonnull (error);
  g_string_append_printf (test->refused, "%s ", command->name);
}

static void
make_book (BookTest *test)
{
  test->book = yihu_book_new (test->server.url, test->directory, test->clock);
  g_signal_connect (test->book, "record-changed", G_CALLBACK (on_changed), test);
  g_signal_connect (test->book, "reset", G_CALLBACK (on_reset), test);
  g_signal_connect (test->book, "refused", G_CALLBACK (on_refused), test);
}

static void
set_up (BookTest *test, gconstpointer data)
{
  yihu_json_init ();
  fixture_set_up (&test->server, NULL);
  fixture_fill (&test->server);
  test->directory = g_dir_make_tmp ("yihu-book-XXXXXX", NULL);
  test->clock = yihu_clock_new ();
  test->changed = g_string_new (NULL);
  test->refused = g_string_new (NULL);
  make_book (test);
}

static void
drop_book (BookTest *test)
{
  yihu_book_close (test->book);
  fake_finalize (test->book);
}

static void
tear_down (BookTest *test, gconstpointer data)
{
  drop_book (test);
  fixture_tear_down (&test->server, NULL);
  g_object_unref (test->clock);
  fixture_remove_directory (test->directory);
  g_free (test->directory);
  g_string_free (test->changed, TRUE);
  g_string_free (test->refused, TRUE);
}

static void
assert_login_fails (BookTest *test, const char *login, const char *password, YihuError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (waits_log_in (test->book, login, password, &error));
  g_assert_error (error, YIHU_ERROR, (int) code);
}

static void
log_in (BookTest *test)
{
  g_autoptr (GError) error = NULL;

  waits_log_in (test->book, "operator", FIXTURE_PASSWORD, &error);
  g_assert_no_error (error);
}

#define wait_state(test, expected) fake_wait (yihu_book_get_state ((test)->book) == expected)

static void
log_in_online (BookTest *test)
{
  log_in (test);
  wait_state (test, YIHU_BOOK_ONLINE);
}

static void
stop_server (BookTest *test)
{
  fixture_stop (&test->server);
  wait_state (test, YIHU_BOOK_OFFLINE);
}

static void
assert_found (BookTest *test, const char *number, const char *id)
{
  g_autoptr (GPtrArray) elders = yihu_book_find_by_phone (test->book, number);

  g_assert_cmpuint (elders->len, ==, id != NULL ? 1 : 0);
  if (id != NULL)
    g_assert_cmpstr (YIHU_RECORD (g_ptr_array_index (elders, 0))->id, ==, id);
}

static GPtrArray *
list_orders (BookTest *test, const char *elder)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *list;

  yihu_book_list_orders_async (test->book, 0, elder, 100, NULL, fake_on_ready, &result);
  fake_wait (result != NULL);
  list = yihu_book_list_orders_finish (test->book, result, &error);
  g_assert_no_error (error);
  return list;
}

static void
decide (BookTest *test,
        const char *key,
        YihuOutboxDecision decision,
        YihuCommand *instead,
        gpointer overlay)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  yihu_book_decide_async (test->book, key, decision, instead, overlay, fake_on_ready, &result);
  fake_wait (result != NULL);
  yihu_book_decide_finish (test->book, result, &error);
  g_assert_no_error (error);
}

static gint64
count_overlay (BookTest *test)
{
  return yihu_desk_file_count_overlay (yihu_cache_get_desk (test->book->desk));
}

/* Orders that the server has, by the eyes of the provider. */
static guint
count_server_orders (BookTest *test)
{
  g_autofree char *token = fixture_login (&test->server, "provider");
  g_autoptr (Answer) answer =
      fixture_send (&test->server, token, "GET", "/v1/orders?provider=p1&state=placed", NULL, 0);

  g_assert_cmpuint (answer->status, ==, 200);
  return (guint) json_array_size (json_object_get (answer->json, "orders"));
}

static char *
get_order_number (BookTest *test, const char *id)
{
  g_autoptr (YihuOrder) order = yihu_book_get (test->book, &yihu_order_type, id);

  return g_strdup (order != NULL && order->number != NULL ? order->number : "");
}

static void
test_first_login (BookTest *test, gconstpointer data)
{
  g_autoptr (GPtrArray) providers = NULL;
  g_autoptr (GPtrArray) kin = NULL;
  g_autoptr (YihuElder) elder = NULL;

  g_assert_cmpint (yihu_book_get_state (test->book), ==, YIHU_BOOK_CLOSED);
  log_in (test);
  g_assert_cmpint (yihu_book_count_elders (test->book), ==, 3);
  g_assert_cmpstr (yihu_book_get_account (test->book)->seat, ==, "01");
  g_assert_cmpint (yihu_book_get_scope (test->book).lo, ==, 210800000000);
  g_assert_nonnull (yihu_session_get_sip_user (yihu_book_get_session (test->book)));
  assert_found (test, "+8613800000001", "e1");
  assert_found (test, "+8613900000001", "e1"); /* of kin */
  assert_found (test, "+8613900000999", NULL);
  elder = yihu_book_get (test->book, &yihu_elder_type, "e1");
  g_assert_cmpstr (elder->name, ==, "王秀英");
  g_assert_null (elder->history);
  providers = yihu_book_list_all (test->book, &yihu_provider_type);
  g_assert_cmpuint (providers->len, ==, 2);
  kin = yihu_book_list_kin (test->book, "e1");
  g_assert_cmpuint (kin->len, ==, 1);
  g_assert_cmpstr (yihu_book_get_division_name (test->book, 210802001000), ==, "Weststreet");
  g_assert_cmpstr (yihu_book_get_division_name (test->book, 7), ==, "");
  wait_state (test, YIHU_BOOK_ONLINE);
  g_assert_cmpint (ABS (yihu_book_get_now_us (test->book)
                        - yihu_book_get_synced_at_us (test->book)),
                   <, 60 * G_USEC_PER_SEC);

  /* Again: what is there fits, no second snapshot. */
  drop_book (test);
  make_book (test);
  log_in_online (test);
  g_assert_cmpuint (test->n_resets, ==, 0);
}

static void
test_refused_logins (BookTest *test, gconstpointer data)
{
  assert_login_fails (test, "operator", "wrong", YIHU_ERROR_UNAUTHORIZED);
  g_assert_cmpint (yihu_book_get_state (test->book), ==, YIHU_BOOK_CLOSED);
  fixture_stop (&test->server);
  assert_login_fails (test, "operator", FIXTURE_PASSWORD, YIHU_ERROR_OFFLINE);
  g_assert_cmpint (yihu_book_get_state (test->book), ==, YIHU_BOOK_CLOSED);
}

static void
test_newer_server (void)
{
  FakeServer *server = fake_server_new ();
  g_autofree char *directory = g_dir_make_tmp ("yihu-book-XXXXXX", NULL);
  g_autoptr (YihuClock) clock = yihu_clock_new ();
  YihuBook *book = yihu_book_new (server->url, directory, clock);
  g_autoptr (GError) error = NULL;

  server->login_protocol = 2;
  g_assert_false (waits_log_in (book, "op03", "x", &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_VERSION);
  g_assert_cmpint (yihu_book_get_state (book), ==, YIHU_BOOK_REFUSED);
  g_assert_error ((GError *) yihu_book_get_error (book), YIHU_ERROR, YIHU_ERROR_VERSION);
  g_object_unref (book);
  fake_server_free (server);
  fixture_remove_directory (directory);
}

static void
command (BookTest *test, const char *token, YihuCommand *command)
{
  g_autoptr (Answer) answer = fixture_command (&test->server, token, command);

  g_assert_cmpuint (answer->status, ==, 200);
}

static void
test_feed (BookTest *test, gconstpointer data)
{
  g_autofree char *token = fixture_login (&test->server, "switchboard");
  g_autoptr (YihuCommand) begin = fixture_new_call ("c1", "+8613800000001");
  g_autoptr (YihuCommand) seat = yihu_command_new ("seat.set", "01", 0, g_get_real_time ());
  g_autoptr (YihuCall) call = NULL;
  g_autoptr (GPtrArray) seats = NULL;

  log_in_online (test);
  command (test, token, begin);
  fake_wait (strstr (test->changed->str, "call:c1") != NULL);
  call = yihu_book_get (test->book, &yihu_call_type, "c1");
  g_assert_cmpstr (call->number, ==, "+8613800000001");
  g_assert_cmpstr (call->elder, ==, "e1");

  yihu_command_set_text (seat, "state", "ready");
  command (test, token, seat);
  fake_wait (strstr (test->changed->str, "seat:01") != NULL);
  seats = yihu_book_list_all (test->book, &yihu_seat_type);
  g_assert_cmpuint (seats->len, ==, 1);
  g_assert_cmpint (((YihuSeat *) g_ptr_array_index (seats, 0))->state, ==, YIHU_SEAT_READY);
}

static void
test_submit (BookTest *test, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GPtrArray) orders = NULL;

  log_in_online (test);
  g_assert_true (waits_place_order (test->book, "o1", NULL));
  /* At once, before the server knows. */
  g_assert_nonnull (strstr (test->changed->str, "service_order:o1"));
  g_assert_cmpuint (yihu_book_get_pending (test->book), ==, 1);
  before = get_order_number (test, "o1");
  g_assert_cmpstr (before, ==, "");
  fake_wait (yihu_book_get_pending (test->book) == 0);
  fake_wait (count_overlay (test) == 0);
  after = get_order_number (test, "o1");
  g_assert_cmpstr (after, !=, "");
  orders = list_orders (test, "e1");
  g_assert_cmpuint (orders->len, ==, 1);
  g_assert_cmpuint (count_server_orders (test), ==, 1);
}

static void
test_refused (BookTest *test, gconstpointer data)
{
  g_autoptr (YihuCommand) finish = NULL;
  g_autoptr (YihuOrder) wished = NULL;
  g_autoptr (YihuOrder) real = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  YihuOutboxRow *row;

  log_in_online (test);
  g_assert_true (waits_place_order (test->book, "o1", NULL));
  fake_wait (yihu_book_get_pending (test->book) == 0 && count_overlay (test) == 0);
  finish = yihu_command_new ("order.approve", "o1", 0, g_get_real_time ());
  wished = yihu_book_get (test->book, &yihu_order_type, "o1");
  {
    g_autoptr (YihuOrder) changed = yihu_record_dup (wished);

    changed->state = YIHU_ORDER_APPROVED;
    g_assert_true (waits_submit (test->book, finish, changed, NULL));
  }
  fake_wait (yihu_book_get_undecided (test->book) == 1);
  g_assert_cmpstr (test->refused->str, ==, "order.approve ");
  /* The screen shows what is so again. */
  real = yihu_book_get (test->book, &yihu_order_type, "o1");
  g_assert_cmpint (real->state, ==, YIHU_ORDER_PLACED);
  fake_wait (count_overlay (test) == 0);

  /* Sent again it shows again, until the server has said no again. */
  g_string_set_size (test->refused, 0);
  stop_server (test);
  {
    g_autoptr (YihuOrder) hoped = NULL;

    decide (test, finish->key, YIHU_OUTBOX_SEND, NULL, NULL);
    hoped = yihu_book_get (test->book, &yihu_order_type, "o1");
    g_assert_cmpint (hoped->state, ==, YIHU_ORDER_APPROVED);
  }
  fixture_start (&test->server);
  fake_wait (yihu_book_get_undecided (test->book) == 1);
  g_assert_cmpstr (test->refused->str, ==, "order.approve ");
  rows = yihu_book_list_outbox (test->book);
  row = g_ptr_array_index (rows, 0);
  g_assert_cmpstr (row->key, !=, finish->key);
  decide (test, row->key, YIHU_OUTBOX_DROP, NULL, NULL);
  g_assert_cmpuint (yihu_book_get_undecided (test->book), ==, 0);
}

static void
test_server_away (BookTest *test, gconstpointer data)
{
  g_autoptr (GPtrArray) orders = NULL;
  g_autoptr (GPtrArray) after = NULL;

  log_in_online (test);
  stop_server (test);
  g_assert_error ((GError *) yihu_book_get_error (test->book), YIHU_ERROR, YIHU_ERROR_OFFLINE);
  assert_found (test, "+8613800000001", "e1");
  g_assert_true (waits_place_order (test->book, "o1", NULL));
  g_assert_true (waits_place_order (test->book, "o2", NULL));
  g_assert_cmpuint (yihu_book_get_pending (test->book), ==, 2);
  orders = list_orders (test, "e1");
  g_assert_cmpuint (orders->len, ==, 2);

  fixture_start (&test->server);
  wait_state (test, YIHU_BOOK_ONLINE);
  fake_wait (yihu_book_get_pending (test->book) == 0);
  g_assert_cmpuint (count_server_orders (test), ==, 2);
  fake_wait (count_overlay (test) == 0);
  after = list_orders (test, "e1");
  g_assert_cmpuint (after->len, ==, 2);
}

static void
test_start_without_server (BookTest *test, gconstpointer data)
{
  g_autoptr (YihuElder) elder = NULL;
  gint64 synced_at_us;

  log_in_online (test);
  fake_wait (yihu_book_get_key_place (test->book) == YIHU_KEY_PLACE_FILE);
  drop_book (test);
  fixture_stop (&test->server);
  make_book (test);
  assert_login_fails (test, "operator", "wrong", YIHU_ERROR_UNAUTHORIZED);
  assert_login_fails (test, "county", FIXTURE_PASSWORD, YIHU_ERROR_OFFLINE);
  log_in (test);
  g_assert_cmpint (yihu_book_get_state (test->book), ==, YIHU_BOOK_OFFLINE);
  g_assert_cmpstr (yihu_book_get_account (test->book)->seat, ==, "01");
  g_assert_cmpint (yihu_book_get_scope (test->book).hi, ==, 210900000000);
  synced_at_us = yihu_book_get_synced_at_us (test->book);
  g_assert_cmpint (synced_at_us, >, 0);
  elder = yihu_book_get (test->book, &yihu_elder_type, "e2");
  g_assert_cmpstr (elder->name, ==, "李大山");
  g_assert_true (waits_place_order (test->book, "o1", NULL));

  fixture_start (&test->server);
  wait_state (test, YIHU_BOOK_ONLINE);
  fake_wait (yihu_book_get_pending (test->book) == 0);
  g_assert_cmpint (yihu_book_get_synced_at_us (test->book), >, synced_at_us);
  g_assert_cmpuint (count_server_orders (test), ==, 1);
}

static void
assert_draft (BookTest *test, const char *name, const char *expected)
{
  g_autofree char *text = yihu_book_load_draft (test->book, name);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_drafts (BookTest *test, gconstpointer data)
{
  log_in (test);
  yihu_book_save_draft (test->book, "order:c1", "少");
  yihu_book_save_draft (test->book, "order:c1", "少放盐");
  assert_draft (test, "order:c1", "少放盐"); /* before it is written */
  fake_wait (g_hash_table_size (test->book->drafts) == 0);
  assert_draft (test, "order:c1", "少放盐");
  yihu_book_save_draft (test->book, "note:e1", "门禁坏了");
  drop_book (test); /* at once */
  make_book (test);
  log_in (test);
  assert_draft (test, "order:c1", "少放盐");
  assert_draft (test, "note:e1", "门禁坏了");
  yihu_book_save_draft (test->book, "note:e1", NULL);
  assert_draft (test, "note:e1", NULL);
  fake_wait (g_hash_table_size (test->book->drafts) == 0);
  assert_draft (test, "note:e1", NULL);
}

static char *
get_city_path (BookTest *test)
{
  return g_build_filename (test->directory, "account-operator", "city.db", NULL);
}

static void
test_damaged_between_starts (BookTest *test, gconstpointer data)
{
  g_autofree char *city = get_city_path (test);

  log_in_online (test);
  stop_server (test);
  g_assert_true (waits_place_order (test->book, "o1", NULL));
  yihu_book_save_draft (test->book, "order:c1", "少放盐");
  drop_book (test);
  g_assert_true (g_file_set_contents (city, "damaged by a bad disk, nothing left", -1, NULL));
  make_book (test);
  assert_login_fails (test, "operator", FIXTURE_PASSWORD, YIHU_ERROR_OFFLINE);
  fixture_start (&test->server);
  log_in_online (test);
  assert_found (test, "+8613800000001", "e1");
  assert_draft (test, "order:c1", "少放盐");
  fake_wait (yihu_book_get_pending (test->book) == 0);
  g_assert_cmpuint (count_server_orders (test), ==, 1);
}

/* Between two starts. */
static void
change_city (BookTest *test, const char *sql)
{
  g_autofree char *city = get_city_path (test);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuDatabase) database = NULL;

  log_in_online (test);
  drop_book (test);
  database = yihu_database_open (city, YIHU_DATABASE_CACHE, &error);
  g_assert_no_error (error);
  g_assert_true (yihu_database_exec (database, sql, &error));
  make_book (test);
}

/* The server was set back to an older state: one snapshot, and peace. */
static void
test_cursor_of_the_future (BookTest *test, gconstpointer data)
{
  change_city (test, "UPDATE meta SET value = 1000000 WHERE name = 'seq'");
  log_in (test);
  fake_wait (test->n_resets == 1);
  wait_state (test, YIHU_BOOK_ONLINE);
  g_assert_cmpint (yihu_cache_get_cursor (test->book->desk), <, 1000000);
  assert_found (test, "+8613800000001", "e1");
  g_assert_true (waits_place_order (test->book, "o1", NULL));
  fake_wait (yihu_book_get_pending (test->book) == 0);
  fake_settle ();
  g_assert_cmpuint (test->n_resets, ==, 1);
  g_assert_null (yihu_book_get_fetch (test->book));
}

/* Of a newer program, or of an older one: of no use, and fetched again. */
static void
test_other_schema (BookTest *test, gconstpointer data)
{
  g_autofree char *city = get_city_path (test);
  gint64 schema = 0;

  change_city (test, "PRAGMA user_version=1000");
  log_in_online (test);
  assert_found (test, "+8613800000001", "e1");
  {
    g_autoptr (YihuDatabase) database = yihu_database_open (city, YIHU_DATABASE_READER, NULL);

    g_assert_true (yihu_database_query_int (database, "PRAGMA user_version", &schema, NULL, ""));
  }
  g_assert_cmpint (schema, ==, YIHU_SNAPSHOT_SCHEMA);
}

static void
test_damaged_while_running (BookTest *test, gconstpointer data)
{
  g_autofree char *city = get_city_path (test);

  log_in_online (test);
  g_assert_true (waits_place_order (test->book, "o1", NULL));
  {
    g_autoptr (YihuDatabase) database = yihu_database_open (city, YIHU_DATABASE_CACHE, NULL);

    g_assert_true (yihu_database_exec (database, "UPDATE elder SET sealed = x'00'", NULL));
  }
  assert_found (test, "+8613800000001", NULL); /* cannot be read, and says so by fetching anew */
  fake_wait (test->n_resets == 1);
  assert_found (test, "+8613800000001", "e1");
  wait_state (test, YIHU_BOOK_ONLINE);
  fake_wait (yihu_book_get_pending (test->book) == 0);
  g_assert_cmpuint (count_server_orders (test), ==, 1);
}

static void
test_disk_full (BookTest *test, gconstpointer data)
{
  YihuDatabase *desk;
  gint64 pages = 0;
  guint kept = 0;
  g_autofree char *limit = NULL;
  g_autoptr (GError) error = NULL;

  log_in_online (test);
  stop_server (test);
  /* The thread to which it belongs has nothing to do now. */
  desk = yihu_desk_file_get_database (test->book->keeper);
  g_assert_true (yihu_database_query_int (desk, "PRAGMA page_count", &pages, NULL, ""));
  limit = g_strdup_printf ("PRAGMA max_page_count=%" G_GINT64_FORMAT, pages + 2);
  g_assert_true (yihu_database_exec (desk, limit, NULL));
  for (guint i = 0; error == NULL; i++)
    {
      g_autofree char *id = g_strdup_printf ("o%u", i);

      g_assert_cmpuint (i, <, 500);
      kept += waits_place_order (test->book, id, &error);
    }
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FULL);
  g_assert_cmpuint (yihu_book_get_pending (test->book), ==, kept);
  g_assert_cmpint (count_overlay (test), ==, kept);

  /* Room again: the form still has its text and is sent once more. */
  g_assert_true (yihu_database_exec (desk, "PRAGMA max_page_count=1000000", NULL));
  g_assert_true (waits_place_order (test->book, "last", NULL));
  fixture_start (&test->server);
  fake_wait (yihu_book_get_pending (test->book) == 0);
  g_assert_cmpuint (count_server_orders (test), ==, kept + 1);
}

/* What the feed brings cannot be kept: the book says so, and goes on where it was. */
static void
test_feed_disk_full (BookTest *test, gconstpointer data)
{
  g_autofree char *token = fixture_login (&test->server, "switchboard");
  g_autoptr (YihuCommand) begin = fixture_new_call ("c1", "+8613800000001");

  log_in_online (test);
  g_assert_false (yihu_book_is_disk_full (test->book));
  full_disk_begin (test->directory);
  command (test, token, begin);
  fake_wait (yihu_book_is_disk_full (test->book));
  full_disk_end ();
  fake_wait (strstr (test->changed->str, "call:c1 ") != NULL);
  wait_state (test, YIHU_BOOK_ONLINE);
  g_assert_false (yihu_book_is_disk_full (test->book));
}

static void
test_token_ends (BookTest *test, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autoptr (Answer) answer = NULL;

  log_in_online (test);
  token = g_strdup (yihu_session_get_token (yihu_book_get_session (test->book)));
  test->server.device = g_get_host_name (); /* the token is the book's */
  answer = fixture_send (&test->server, token, "POST", "/v1/logout", NULL, 0);
  fake_wait (yihu_book_get_state (test->book) != YIHU_BOOK_ONLINE);
  /* The password is still good: the book comes back by itself. */
  wait_state (test, YIHU_BOOK_ONLINE);
  g_assert_cmpstr (yihu_session_get_token (yihu_book_get_session (test->book)), !=, token);
}

static void
test_search (BookTest *test, gconstpointer data)
{
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuSearchResult) found = NULL;

  log_in (test);
  yihu_book_search_async (test->book, "wxy", 20, NULL, fake_on_ready, &answer);
  yihu_book_search_async (test->book, "w", 20, cancellable, fake_on_ready, &cancelled);
  g_cancellable_cancel (cancellable);
  fake_wait (answer != NULL && cancelled != NULL);
  found = yihu_book_search_finish (test->book, answer, NULL);
  g_assert_cmpuint (found->hits->len, ==, 1);
  g_assert_null (yihu_book_search_finish (test->book, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_closed (BookTest *test, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) cancelled = NULL;
  g_autoptr (GPtrArray) orders = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  assert_found (test, "+8613800000001", NULL);
  g_assert_false (waits_place_order (test->book, "o1", &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_OFFLINE);
  orders = list_orders (test, NULL);
  g_assert_cmpuint (orders->len, ==, 0);

  /* Closing while the log-in is on its way. */
  yihu_book_login_async (test->book, "operator", FIXTURE_PASSWORD, NULL, fake_on_ready, &result);
  yihu_book_close (test->book);
  fake_wait (result != NULL);
  g_assert_false (yihu_book_login_finish (test->book, result, &cancelled));
  g_assert_error (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  log_in_online (test);
}

/* What is still being written is not waited for, and is there at the next log-in. Here it cannot be
 * written before the book has been closed: a close that waits would wait for ever, or lose it. */
static void
test_close_waits_for_nothing (BookTest *test, gconstpointer data)
{
  g_autofree char *path = g_build_filename (test->directory, "account-operator", "desk.db", NULL);
  g_autoptr (GError) error = NULL;
  YihuDatabase *other;

  log_in_online (test);
  other = yihu_database_open (path, YIHU_DATABASE_CACHE, &error);
  g_assert_no_error (error);
  g_assert_true (yihu_database_begin (other, &error));
  yihu_book_save_draft (test->book, "order:c1", "少放盐");
  yihu_book_close (test->book);
  yihu_database_rollback (other);
  yihu_database_close (other);
  log_in_online (test);
  assert_draft (test, "order:c1", "少放盐");
}

/* The console of the next test: logs in, waits until the server is away, makes an order and types,
 * says so, and stays. */
static int
run_child (const char *url, const char *directory)
{
  BookTest test = { 0 };
  char line[16];

  yihu_json_init ();
  test.server.url = (char *) url;
  test.directory = (char *) directory;
  test.clock = yihu_clock_new ();
  test.changed = g_string_new (NULL);
  test.refused = g_string_new (NULL);
  make_book (&test);
  log_in_online (&test);
  g_assert_cmpint (write (STDOUT_FILENO, "online\n", 7), ==, 7);
  wait_state (&test, YIHU_BOOK_OFFLINE);
  g_assert_true (waits_place_order (test.book, "o1", NULL));
  yihu_book_save_draft (test.book, "order:c2", "少放盐");
  fake_wait (g_hash_table_size (test.book->drafts) == 0);
  g_assert_cmpint (write (STDOUT_FILENO, "done\n", 5), ==, 5);
  return read (STDIN_FILENO, line, sizeof line) >= 0;
}

static void
on_line (GObject *object, GAsyncResult *result, gpointer data)
{
  *(char **) data =
      g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (object), result, NULL, NULL);
  g_assert_nonnull (*(char **) data);
}

static void
expect_line (GDataInputStream *lines, const char *expected)
{
  g_autofree char *line = NULL;

  g_data_input_stream_read_line_async (lines, 0, NULL, on_line, &line);
  fake_wait (line != NULL);
  g_assert_cmpstr (line, ==, expected);
}

static void
test_killed (BookTest *test, gconstpointer data)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { self, "--child", test->server.url, test->directory, NULL };
  g_autoptr (GSubprocess) child =
      g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDIN_PIPE,
                         NULL);
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));

  expect_line (lines, "online");
  fixture_stop (&test->server);
  expect_line (lines, "done");
  g_subprocess_send_signal (child, SIGKILL);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));

  fixture_start (&test->server);
  log_in (test);
  assert_draft (test, "order:c2", "少放盐");
  wait_state (test, YIHU_BOOK_ONLINE);
  fake_wait (yihu_book_get_pending (test->book) == 0);
  g_assert_cmpuint (count_server_orders (test), ==, 1);
}

#define ADD(name, func) g_test_add ("/book/" name, BookTest, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "--child") == 0)
    return run_child (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  yihu_json_init ();
  ADD ("first-login", test_first_login);
  ADD ("refused-logins", test_refused_logins);
  g_test_add_func ("/book/newer-server", test_newer_server);
  ADD ("feed", test_feed);
  ADD ("submit", test_submit);
  ADD ("refused", test_refused);
  ADD ("server-away", test_server_away);
  ADD ("start-without-server", test_start_without_server);
  ADD ("drafts", test_drafts);
  ADD ("damaged-between-starts", test_damaged_between_starts);
  ADD ("cursor-of-the-future", test_cursor_of_the_future);
  ADD ("other-schema", test_other_schema);
  ADD ("damaged-while-running", test_damaged_while_running);
  ADD ("disk-full", test_disk_full);
  ADD ("feed-disk-full", test_feed_disk_full);
  ADD ("token-ends", test_token_ends);
  ADD ("search", test_search);
  ADD ("closed", test_closed);
  ADD ("close-waits-for-nothing", test_close_waits_for_nothing);
  ADD ("killed", test_killed);
  return g_test_run ();
}
