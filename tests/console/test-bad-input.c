/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What an operator sees when something is refused or broken: the real application and desk on a
 * display, over the real server in this process. Each test says the sentence that the person reads,
 * and that nothing typed or decided is lost. */

#include "../client/fake-server.h"
#include "../video/camera-server.h"
#include "base/error.h"
#include "client/live-private.h"
#include "console/book-private.h"
#include "console/desk/order-card.h"
#include "console/desk/order-form.h"
#include "console/desk/video-panel.h"
#include "console/login-window.h"
#include "real-desk.h"
#include "sql/database.h"
#include "video/video-tile.h"
#include "widget-tree.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <string.h>

#define OTHER_PASSWORD "another good password"
#define TEXT "老人要订一份午饭，少盐。"
#define ORDER_STATES "/v1/orders?provider=p1&state=placed,accepted"

/* --- looking and doing --- */

static YihuDeskWindow *
get_desk (RealDesk *desk)
{
  return (YihuDeskWindow *) real_desk_get_window (desk, YIHU_TYPE_DESK_WINDOW);
}

static gboolean
shows (RealDesk *desk, GType type, const char *words)
{
  GtkWidget *window = real_desk_get_window (desk, type);

  return window != NULL && tree_find (window, words) != NULL;
}

#define desk_shows(desk, words) shows (desk, YIHU_TYPE_DESK_WINDOW, words)
#define login_shows(desk, words) shows (desk, YIHU_TYPE_LOGIN_WINDOW, words)

static void
press (RealDesk *desk, GType type, const char *label)
{
  GtkWidget *found;
  GtkWidget *button;

  fake_wait (shows (desk, type, label));
  found = tree_find (real_desk_get_window (desk, type), label);
  button = gtk_widget_get_ancestor (found, GTK_TYPE_BUTTON);
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

static void
act (RealDesk *desk, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (get_desk (desk)), action, NULL));
}

static GtkTextView *
get_note (RealDesk *desk)
{
  return GTK_TEXT_VIEW (
      gtk_widget_get_template_child (get_desk (desk)->form, YIHU_TYPE_ORDER_FORM, "note"));
}

static void
assert_note (RealDesk *desk, const char *expected)
{
  g_autofree char *note = yihu_order_form_dup_note (YIHU_ORDER_FORM (get_desk (desk)->form));

  g_assert_cmpstr (note, ==, expected);
}

/* An order for the elder e1 is begun, and the operator is in the middle of the sentence. */
static void
type_order (RealDesk *desk)
{
  g_autoptr (YihuElder) elder = yihu_book_get (desk->book, &yihu_elder_type, "e1");

  g_assert_nonnull (elder);
  yihu_desk_window_show_elder (get_desk (desk), elder);
  act (desk, "win.order");
  gtk_widget_grab_focus (GTK_WIDGET (get_note (desk)));
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (get_note (desk)), TEXT, -1);
}

static void
log_in_by_hand (RealDesk *desk, const char *login, const char *password)
{
  GtkWidget *window = real_desk_get_window (desk, YIHU_TYPE_LOGIN_WINDOW);
  GObject *login_entry = gtk_widget_get_template_child (window, YIHU_TYPE_LOGIN_WINDOW, "login");
  GObject *password_entry =
      gtk_widget_get_template_child (window, YIHU_TYPE_LOGIN_WINDOW, "password");
  GObject *submit = gtk_widget_get_template_child (window, YIHU_TYPE_LOGIN_WINDOW, "submit");

  gtk_editable_set_text (GTK_EDITABLE (login_entry), login);
  gtk_editable_set_text (GTK_EDITABLE (password_entry), password);
  g_signal_emit_by_name (submit, "clicked");
}

/* Saves, and waits for what the disk says to it. */
static void
save (RealDesk *desk)
{
  act (desk, "win.save");
  fake_wait (gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (get_note (desk))) == 0
             || desk_shows (desk, "The disk is full"));
  tree_settle ();
}

/* Orders that the server has, by the eyes of the provider. */
static guint
count_orders (RealDesk *desk)
{
  g_autofree char *token = fixture_login (&desk->server, "provider");
  g_autoptr (Answer) answer = fixture_send (&desk->server, token, "GET", ORDER_STATES, NULL, 0);

  g_assert_cmpuint (answer->status, ==, 200);
  return (guint) json_array_size (json_object_get (answer->json, "orders"));
}

/* The administrator gives the operator another password, which ends every session of his. */
static void
change_password (RealDesk *desk)
{
  g_autofree char *token = fixture_login (&desk->server, "admin");
  g_autoptr (Answer) answer = fixture_send (
      &desk->server, token, "POST", "/v1/accounts",
      "{\"account\":{\"id\":\"operator\",\"login\":\"operator\",\"name\":\"operator\","
      "\"role\":\"operator\",\"division\":210800000000,\"seat\":\"01\"},"
      "\"password\":\"" OTHER_PASSWORD "\"}",
      -1);

  g_assert_cmpuint (answer->status, ==, 200);
}

/* What happened at the centre while it was away from this desk. */
static void
change_store (RealDesk *desk, const char *sql)
{
  g_autofree char *path = g_build_filename (desk->server.directory, "yihu.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuDatabase) store = yihu_database_open (path, YIHU_DATABASE_DURABLE, &error);

  g_assert_no_error (error);
  yihu_database_exec (store, sql, &error);
  g_assert_no_error (error);
}

/* --- tests --- */

static void
test_wrong_password (RealDesk *desk, gconstpointer data)
{
  GtkWidget *window;

  real_desk_start (desk, "wrong");
  fake_wait (login_shows (desk, "Account or password is wrong."));
  tree_shoot ("wrong-password");
  window = real_desk_get_window (desk, YIHU_TYPE_LOGIN_WINDOW);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (
                       gtk_widget_get_template_child (window, YIHU_TYPE_LOGIN_WINDOW, "login"))),
                   ==, "operator");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (
                       gtk_widget_get_template_child (window, YIHU_TYPE_LOGIN_WINDOW, "password"))),
                   ==, "");
  log_in_by_hand (desk, "operator", FIXTURE_PASSWORD);
  fake_wait (get_desk (desk) != NULL);
  g_assert_null (real_desk_get_window (desk, YIHU_TYPE_LOGIN_WINDOW));
}

/* A token that ran out with the old password still good: the desk comes back without a word. */
static void
test_expired_token (RealDesk *desk, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autoptr (Answer) answer = NULL;

  real_desk_start_online (desk);
  type_order (desk);
  token = g_strdup (yihu_session_get_token (yihu_book_get_session (desk->book)));
  desk->server.device = g_get_host_name (); /* the token is the console's */
  answer = fixture_send (&desk->server, token, "POST", "/v1/logout", NULL, 0);
  g_assert_cmpuint (answer->status, ==, 200);
  desk->server.device = NULL;
  fake_wait (yihu_book_get_state (desk->book) != YIHU_BOOK_ONLINE);
  fake_wait (yihu_book_get_state (desk->book) == YIHU_BOOK_ONLINE);
  g_assert_null (real_desk_get_window (desk, YIHU_TYPE_LOGIN_WINDOW));
  assert_note (desk, TEXT);
}

/* With another password it cannot: the operator goes on typing, logs in when it suits, and neither
 * a slip of the password nor another account touches what is on the desk. */
static void
test_ended_session (RealDesk *desk, gconstpointer data)
{
  g_autoptr (GPtrArray) found = NULL;

  real_desk_start_online (desk);
  type_order (desk);
  change_password (desk);
  fake_wait (yihu_book_get_state (desk->book) == YIHU_BOOK_REFUSED);
  fake_wait (desk_shows (desk, "Log in again"));
  g_assert_null (real_desk_get_window (desk, YIHU_TYPE_LOGIN_WINDOW)); /* somebody types */
  tree_shoot ("ended-session");
  press (desk, YIHU_TYPE_DESK_WINDOW, "Log in again");
  fake_wait (login_shows (desk, "The centre has ended this session."));
  tree_shoot ("ended-session-login");

  log_in_by_hand (desk, "operator", "a slip");
  fake_wait (login_shows (desk, "Account or password is wrong."));
  found = yihu_book_find_by_phone (desk->book, "+8613800000001");
  g_assert_cmpuint (found->len, ==, 1); /* a call that rings now has its card */
  log_in_by_hand (desk, "county", FIXTURE_PASSWORD);
  fake_wait (login_shows (desk, "The open screen belongs to somebody else."));

  log_in_by_hand (desk, "operator", OTHER_PASSWORD);
  fake_wait (yihu_book_get_state (desk->book) == YIHU_BOOK_ONLINE);
  g_assert_null (real_desk_get_window (desk, YIHU_TYPE_LOGIN_WINDOW));
  g_assert_false (desk_shows (desk, "Log in again"));
  assert_note (desk, TEXT);
  save (desk);
  fake_wait (yihu_book_get_pending (desk->book) == 0);
  g_assert_cmpuint (count_orders (desk), ==, 1);
}

/* Nobody types: the window with the reason comes by itself. */
static void
test_ended_session_idle (RealDesk *desk, gconstpointer data)
{
  real_desk_start_online (desk);
  gtk_window_set_focus (GTK_WINDOW (get_desk (desk)), NULL);
  change_password (desk);
  fake_wait (login_shows (desk, "The centre has ended this session."));
}

static void
open_refused (RealDesk *desk)
{
  fake_wait (yihu_book_get_undecided (desk->book) == 1);
  fake_wait (desk_shows (desk, "Refused"));
  for (guint i = 0;; i++)
    {
      g_autoptr (YihuTodo) row =
          g_list_model_get_item (yihu_todo_model_get_list (get_desk (desk)->todo), i);

      g_assert_nonnull (row);
      if (yihu_todo_get_kind (row) != YIHU_TODO_REFUSED)
        continue;
      yihu_desk_window_show_todo (get_desk (desk), row);
      break;
    }
  fake_wait (desk_shows (desk, "Refused: decide"));
}

/* The provider was suspended while this desk could not hear of it. */
static void
place_refused_order (RealDesk *desk)
{
  real_desk_start_online (desk);
  fixture_stop (&desk->server);
  fake_wait (yihu_book_get_state (desk->book) == YIHU_BOOK_OFFLINE);
  change_store (desk, "UPDATE provider SET status = 'suspended' WHERE id = 'p1'");
  type_order (desk);
  save (desk);
  g_assert_cmpuint (yihu_book_get_pending (desk->book), ==, 1);
  fixture_start (&desk->server);
  open_refused (desk);
}

static void
test_refused_order_sent_again (RealDesk *desk, gconstpointer data)
{
  place_refused_order (desk);
  g_assert_true (desk_shows (desk, "The centre does not take this order"));
  g_assert_true (desk_shows (desk, "王秀英 · Lunch · Good meals"));
  g_assert_true (desk_shows (desk, TEXT));
  tree_shoot ("refused-order");
  g_assert_cmpuint (count_orders (desk), ==, 0);

  /* Again, and it is refused again. */
  press (desk, YIHU_TYPE_DESK_WINDOW, "Send again");
  fake_wait (yihu_book_get_undecided (desk->book) == 0);
  open_refused (desk);

  /* The provider works again. */
  fixture_stop (&desk->server);
  change_store (desk, "UPDATE provider SET status = 'active' WHERE id = 'p1'");
  fixture_start (&desk->server);
  fake_wait (yihu_book_get_state (desk->book) == YIHU_BOOK_ONLINE);
  press (desk, YIHU_TYPE_DESK_WINDOW, "Send again");
  fake_wait (yihu_book_get_undecided (desk->book) == 0 && yihu_book_get_pending (desk->book) == 0);
  g_assert_cmpuint (count_orders (desk), ==, 1);
  fake_wait (!desk_shows (desk, "Refused: decide"));
}

static void
test_refused_order_dropped (RealDesk *desk, gconstpointer data)
{
  place_refused_order (desk);
  press (desk, YIHU_TYPE_DESK_WINDOW, "Drop it");
  fake_wait (yihu_book_get_undecided (desk->book) == 0);
  fake_wait (!desk_shows (desk, "! Refused"));
  fake_wait (!desk_shows (desk, TEXT)); /* neither in the card nor in the history */
  g_assert_cmpuint (yihu_book_get_pending (desk->book), ==, 0);
  g_assert_cmpuint (count_orders (desk), ==, 0);
}

/* The copy of the city is rubbish: fetched anew, while the draft and what waits stay. */
static void
test_damaged_copy (RealDesk *desk, gconstpointer data)
{
  g_autofree char *city = g_build_filename (desk->directory, "account-operator", "city.db", NULL);
  g_autofree char *noise = g_strnfill (100000, 'x');

  real_desk_start_online (desk);
  fixture_stop (&desk->server);
  fake_wait (yihu_book_get_state (desk->book) == YIHU_BOOK_OFFLINE);
  type_order (desk);
  save (desk);
  type_order (desk);
  tree_settle ();
  real_desk_stop (desk);
  g_assert_true (g_file_set_contents (city, noise, 100000, NULL));

  fixture_start (&desk->server);
  real_desk_start_online (desk);
  fake_wait (desk_shows (desk, "3 elders here"));
  fake_wait (yihu_book_get_pending (desk->book) == 0);
  g_assert_cmpuint (count_orders (desk), ==, 1);
  assert_note (desk, TEXT);
  tree_shoot ("damaged-copy");
}

/* The disk of this desk is full: said, and the text stays until there is room. */
static void
test_full_disk (RealDesk *desk, gconstpointer data)
{
  YihuDatabase *file;
  g_autofree char *limit = NULL;
  gint64 pages = 0;
  guint n_kept = 0;

  real_desk_start_online (desk);
  fixture_stop (&desk->server);
  fake_wait (yihu_book_get_state (desk->book) == YIHU_BOOK_OFFLINE);
  file = yihu_desk_file_get_database (desk->book->keeper); /* idle now */
  g_assert_true (yihu_database_query_int (file, "PRAGMA page_count", &pages, NULL, ""));
  limit = g_strdup_printf ("PRAGMA max_page_count=%" G_GINT64_FORMAT, pages + 1);
  g_assert_true (yihu_database_exec (file, limit, NULL));
  for (type_order (desk); !desk_shows (desk, "The disk is full"); type_order (desk))
    {
      g_assert_cmpuint (n_kept, <, 100);
      save (desk);
      if (!desk_shows (desk, "The disk is full"))
        n_kept++;
      else
        break;
    }
  assert_note (desk, TEXT);
  tree_shoot ("full-disk");
  g_assert_cmpuint (yihu_book_get_pending (desk->book), ==, n_kept);

  g_assert_true (yihu_database_exec (file, "PRAGMA max_page_count=1000000", NULL));
  act (desk, "win.save");
  fake_wait (yihu_book_get_pending (desk->book) == n_kept + 1);
  tree_settle ();
  assert_note (desk, "");
}

/* --- cameras --- */

static void
point_camera_to (RealDesk *desk, const char *url)
{
  g_autofree char *sql = g_strdup_printf ("UPDATE institution SET lat_e7 = 406700000, "
                                          "lon_e7 = 1222300000 WHERE id = 'h1';"
                                          "UPDATE camera SET address = '%s' WHERE id = 'c1'",
                                          url);

  fixture_stop (&desk->server);
  change_store (desk, sql);
  fixture_start (&desk->server);
  real_desk_start_online (desk);
}

static void
watch (RealDesk *desk)
{
  YihuGeoPoint here = yihu_geo_point_from_e7 (406710000, 1222310000);

  yihu_video_panel_watch (YIHU_VIDEO_PANEL (get_desk (desk)->video), here, "call-1");
}

static gboolean
tile_says (RealDesk *desk, const char *words)
{
  GtkWidget *tile = tree_find_type (get_desk (desk)->video, YIHU_TYPE_VIDEO_TILE);

  g_autofree char *label = g_strdup_printf ("House · Hall, %s", words);
  g_autofree char *other =
      gtk_test_accessible_check_property (GTK_ACCESSIBLE (tile), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                          label);

  return other == NULL; /* it says what the tile says instead */
}

static gint64
count_grants (RealDesk *desk)
{
  g_autofree char *path = g_build_filename (desk->server.directory, "yihu.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuDatabase) store = yihu_database_open (path, YIHU_DATABASE_DURABLE, &error);
  gint64 n = -1;

  g_assert_no_error (error);
  yihu_database_query_int (store, "SELECT count(*) FROM audit WHERE what = 'camera.grant'", &n,
                           &error, "");
  g_assert_no_error (error);
  return n;
}

static void
test_camera_refuses (RealDesk *desk, gconstpointer data)
{
  g_autoptr (CameraServer) camera = camera_server_new (0, TRUE);
  g_autofree char *url = camera_server_get_url (camera, "/hall");
  YihuVideoPanel *panel;

  point_camera_to (desk, url);
  panel = YIHU_VIDEO_PANEL (get_desk (desk)->video);
  watch (desk);
  fake_wait (tile_says (desk, "Camera refused"));
  g_assert_cmpint (count_grants (desk), ==, 1);
  yihu_video_panel_beat (panel, yihu_book_get_now_us (desk->book));
  tree_settle ();
  g_assert_cmpint (count_grants (desk), ==, 1); /* not with every beat */
  yihu_video_panel_beat (panel, yihu_book_get_now_us (desk->book) + 60 * G_USEC_PER_SEC);
  fake_wait (count_grants (desk) == 2); /* a new one, not the refused one again */
}

static void
test_camera_is_silent (RealDesk *desk, gconstpointer data)
{
  g_autoptr (DumbServer) camera = dumb_server_new ();
  g_autofree char *url = dumb_server_get_url (camera);

  point_camera_to (desk, url);
  watch (desk);
  fake_wait (tile_says (desk, "Connecting"));
  fake_wait (tile_says (desk, "No connection, trying again"));
  tree_shoot ("silent-camera");
  yihu_video_panel_stop (YIHU_VIDEO_PANEL (get_desk (desk)->video));
}

/* A server that speaks a newer protocol, at the log-in and over an open desk. */
static void
test_newer_server (RealDesk *desk, gconstpointer data)
{
  FakeServer *newer = fake_server_new ();
  g_autofree char *real = g_steal_pointer (&desk->server.url);

  newer->login_protocol = 2;
  desk->server.url = g_strdup (newer->url);
  real_desk_start (desk, FIXTURE_PASSWORD);
  fake_wait (login_shows (desk, "The server is newer than this desk."));
  tree_shoot ("newer-server");
  real_desk_stop (desk);
  fake_server_free (newer);
  g_free (desk->server.url);
  desk->server.url = g_steal_pointer (&real);
}

/* The centre was updated while this desk is open. */
static void
test_newer_server_over_desk (RealDesk *desk, gconstpointer data)
{
  real_desk_start_online (desk);
  type_order (desk);
  gtk_window_set_focus (GTK_WINDOW (get_desk (desk)), NULL);
  yihu_live_refuse (desk->book->live,
                    g_error_new (YIHU_ERROR, YIHU_ERROR_VERSION, "the server is newer"));
  fake_wait (login_shows (desk, "The server is newer than this desk."));
  assert_note (desk, TEXT);
}

int
main (int argc, char **argv)
{
#define ADD(name, func)                                                                            \
  g_test_add ("/bad-input/" name, RealDesk, NULL, real_desk_set_up, func, real_desk_tear_down)
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  gst_init (NULL, NULL);
  yihu_json_init ();
  yihu_console_register_resources ();
  ADD ("wrong-password", test_wrong_password);
  ADD ("expired-token", test_expired_token);
  ADD ("ended-session", test_ended_session);
  ADD ("ended-session-idle", test_ended_session_idle);
  ADD ("refused-order-sent-again", test_refused_order_sent_again);
  ADD ("refused-order-dropped", test_refused_order_dropped);
  ADD ("damaged-copy", test_damaged_copy);
  ADD ("full-disk", test_full_disk);
  ADD ("camera-refuses", test_camera_refuses);
  ADD ("camera-is-silent", test_camera_is_silent);
  ADD ("newer-server", test_newer_server);
  ADD ("newer-server-over-desk", test_newer_server_over_desk);
  return g_test_run ();
}
