/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The live connection against a scripted server: cursor and acknowledgement, pages, what ends it
 * for a while and what ends it for good. Time stands still and is moved by hand. */

#include "base/error.h"
#include "client/live.h"
#include "domain/call.h"
#include "fake-server.h"

#include <string.h>

typedef struct
{
  FakeServer *server;
  YihuSession *session;
  YihuClock *clock;
  YihuLive *live;
  GString *got; /* ids of the events that came */
  gint64 to;
  guint n_resnapshots;
  guint n_figures;
  guint n_wipes;
  gboolean applies; /* moves the cursor as soon as events come */
} Fixture;

static void
on_events (YihuLive *live, GPtrArray *events, gint64 to, Fixture *fixture)
{
  for (guint i = 0; i < events->len; i++)
    g_string_append_printf (fixture->got, "%s%s", fixture->got->len > 0 ? " " : "",
                            ((YihuEvent *) g_ptr_array_index (events, i))->id);
  fixture->to = to;
  if (fixture->applies)
    yihu_live_set_cursor (live, to);
}

static void
on_resnapshot (YihuLive *live, Fixture *fixture)
{
  fixture->n_resnapshots++;
}

static void
on_wipe (YihuLive *live, Fixture *fixture)
{
  g_assert_cmpint (yihu_live_get_state (live), !=, YIHU_LIVE_REFUSED);
  fixture->n_wipes++;
}

static void
on_figures (YihuLive *live, const YihuFigures *figures, Fixture *fixture)
{
  g_assert_cmpint (figures->waiting, ==, 4);
  fixture->n_figures++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = fake_server_new ();
  fixture->session = fake_log_in (fixture->server);
  fixture->clock = yihu_fake_clock_new (FAKE_NOW_US);
  fixture->live = yihu_live_new (fixture->session, fixture->clock);
  fixture->got = g_string_new (NULL);
  fixture->applies = TRUE;
  g_signal_connect (fixture->live, "events", G_CALLBACK (on_events), fixture);
  g_signal_connect (fixture->live, "resnapshot", G_CALLBACK (on_resnapshot), fixture);
  g_signal_connect (fixture->live, "wipe", G_CALLBACK (on_wipe), fixture);
  g_signal_connect (fixture->live, "figures", G_CALLBACK (on_figures), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  yihu_live_stop (fixture->live);
  fake_settle ();
  fake_finalize (fixture->live);
  fake_finalize (fixture->session);
  g_object_unref (fixture->clock);
  g_string_free (fixture->got, TRUE);
  fake_server_free (fixture->server);
}

static void
advance (Fixture *fixture, guint ms)
{
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (fixture->clock), ms);
}

static void
add_calls (Fixture *fixture, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("c%" G_GINT64_FORMAT, fixture->server->seq + 1);

      fake_server_add_call (fixture->server, id);
    }
}

#define state(fixture) yihu_live_get_state ((fixture)->live)

static void
test_events (Fixture *fixture, gconstpointer data)
{
  add_calls (fixture, 3);
  yihu_live_start (fixture->live, 1);
  g_assert_cmpint (state (fixture), ==, YIHU_LIVE_CONNECTING);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
  g_assert_cmpstr (fixture->got->str, ==, "c2 c3");
  g_assert_cmpint (fixture->to, ==, 3);
  g_assert_cmpstr (fake_server_last_frame (fixture->server, "hello"), ==,
                   "{\"cursor\":1,\"epoch\":3,\"protocol\":1}");

  /* The acknowledgement may wait a second, not more. */
  g_assert_null (fake_server_last_frame (fixture->server, "ack"));
  advance (fixture, 1000);
  fake_wait (fake_server_last_frame (fixture->server, "ack") != NULL);
  g_assert_cmpstr (fake_server_last_frame (fixture->server, "ack"), ==, "3");

  add_calls (fixture, 1);
  fake_server_push (fixture->server, 3);
  fake_wait (fixture->to == 4);
  g_assert_cmpstr (fixture->got->str, ==, "c2 c3 c4");
  fake_server_push (fixture->server, 2); /* known already: not told twice */
  fake_settle ();
  g_assert_cmpstr (fixture->got->str, ==, "c2 c3 c4");
}

static void
test_online_only_when_applied (Fixture *fixture, gconstpointer data)
{
  fixture->applies = FALSE;
  add_calls (fixture, 2);
  yihu_live_start (fixture->live, 0);
  fake_wait (fixture->to == 2);
  g_assert_cmpint (state (fixture), ==, YIHU_LIVE_CATCHING_UP);
  g_assert_cmpint (yihu_live_get_cursor (fixture->live), ==, 0);
  yihu_live_set_cursor (fixture->live, 2);
  g_assert_cmpint (state (fixture), ==, YIHU_LIVE_ONLINE);
}

static void
test_many_events_acknowledged_at_once (Fixture *fixture, gconstpointer data)
{
  add_calls (fixture, 500);
  yihu_live_start (fixture->live, 0);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
  fake_wait (fake_server_last_frame (fixture->server, "ack") != NULL);
  g_assert_cmpstr (fake_server_last_frame (fixture->server, "ack"), ==, "500");
}

static void
test_behind (Fixture *fixture, gconstpointer data)
{
  fixture->server->behind_on_hello = TRUE;
  fixture->server->page = 2;
  add_calls (fixture, 5);
  yihu_live_start (fixture->live, 0);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
  g_assert_cmpstr (fixture->got->str, ==, "c1 c2 c3 c4 c5");
  g_assert_cmpuint (fake_server_count_requests (fixture->server, "GET /v1/changes?since="), ==, 3);
  g_assert_cmpuint (fake_server_count_requests (fixture->server, "GET /v1/changes?since=4&epoch=3"),
                    ==, 1);
  fake_wait (g_strcmp0 (fake_server_last_frame (fixture->server, "ack"), "5") == 0);
}

/* Pages are asked for as fast as they are applied; what is pushed meanwhile is dropped, or the
 * cursor would jump over a gap. */
static void
test_behind_waits (Fixture *fixture, gconstpointer data)
{
  fixture->applies = FALSE;
  fixture->server->behind_on_hello = TRUE;
  fixture->server->page = 2;
  add_calls (fixture, 3);
  yihu_live_start (fixture->live, 0);
  fake_wait (fixture->to == 2);
  add_calls (fixture, 1);
  fake_server_push (fixture->server, 3);
  fake_settle ();
  g_assert_cmpstr (fixture->got->str, ==, "c1 c2");
  g_assert_cmpuint (fake_server_count_requests (fixture->server, "GET /v1/changes"), ==, 1);
  fixture->applies = TRUE;
  yihu_live_set_cursor (fixture->live, 2);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
  g_assert_cmpstr (fixture->got->str, ==, "c1 c2 c3 c4");
}

static void
test_resnapshot (Fixture *fixture, gconstpointer data)
{
  fixture->server->behind_on_hello = TRUE;
  fixture->server->resnapshot = TRUE;
  add_calls (fixture, 5);
  yihu_live_start (fixture->live, 0);
  fake_wait (fixture->n_resnapshots == 1);
  g_assert_cmpint (state (fixture), ==, YIHU_LIVE_OFFLINE);
  advance (fixture, 60000);
  fake_settle ();
  g_assert_cmpuint (fixture->n_resnapshots, ==, 1);

  fixture->server->behind_on_hello = FALSE;
  yihu_live_start (fixture->live, 5);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
  fake_server_send (fixture->server, "{\"resnapshot\":{\"floor\":9,\"epoch\":4}}");
  fake_wait (fixture->n_resnapshots == 2);
  g_assert_cmpint (state (fixture), ==, YIHU_LIVE_OFFLINE);
}

static void
test_reconnect (Fixture *fixture, gconstpointer data)
{
  add_calls (fixture, 2);
  yihu_live_start (fixture->live, 0);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
  fake_server_stop (fixture->server);
  fake_wait (state (fixture) == YIHU_LIVE_OFFLINE);
  g_assert_error ((GError *) yihu_live_get_error (fixture->live), YIHU_ERROR, YIHU_ERROR_OFFLINE);
  add_calls (fixture, 1);

  /* A try finds nobody; the next one comes later, and finds the server. */
  advance (fixture, 3000);
  g_assert_cmpint (state (fixture), ==, YIHU_LIVE_CONNECTING);
  fake_wait (state (fixture) == YIHU_LIVE_OFFLINE);
  fake_server_start (fixture->server);
  advance (fixture, 1590);
  g_assert_cmpint (state (fixture), ==, YIHU_LIVE_OFFLINE);
  advance (fixture, 820);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
  g_assert_cmpstr (fixture->got->str, ==, "c1 c2 c3");
  g_assert_null (yihu_live_get_error (fixture->live));
}

static void
test_stop_while_connecting (Fixture *fixture, gconstpointer data)
{
  yihu_live_start (fixture->live, 0);
  yihu_live_stop (fixture->live);
  yihu_live_start (fixture->live, 0);
  yihu_live_start (fixture->live, 0);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
  yihu_live_stop (fixture->live);
  g_assert_cmpint (state (fixture), ==, YIHU_LIVE_OFFLINE);
  advance (fixture, 60000);
  fake_settle ();
  g_assert_cmpint (state (fixture), ==, YIHU_LIVE_OFFLINE);
}

static void
assert_refused (Fixture *fixture, YihuError code)
{
  fake_wait (state (fixture) == YIHU_LIVE_REFUSED);
  g_assert_error ((GError *) yihu_live_get_error (fixture->live), YIHU_ERROR, (int) code);
  advance (fixture, 60000);
  fake_settle ();
  g_assert_cmpint (state (fixture), ==, YIHU_LIVE_REFUSED);
}

static void
test_handshake_refused (Fixture *fixture, gconstpointer data)
{
  fixture->server->handshake_status = 401;
  yihu_live_start (fixture->live, 0);
  assert_refused (fixture, YIHU_ERROR_UNAUTHORIZED);
  fixture->server->handshake_status = 426;
  yihu_live_start (fixture->live, 0);
  assert_refused (fixture, YIHU_ERROR_VERSION);

  /* A server in trouble is no refusal. */
  fixture->server->handshake_status = 503;
  yihu_live_start (fixture->live, 0);
  fake_wait (state (fixture) == YIHU_LIVE_OFFLINE);
  fixture->server->handshake_status = 0;
  advance (fixture, 3000);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
}

static void
test_closed_for_good (Fixture *fixture, gconstpointer data)
{
  yihu_live_start (fixture->live, 0);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
  fake_server_close_sockets (fixture->server, 4401);
  assert_refused (fixture, YIHU_ERROR_UNAUTHORIZED);

  yihu_live_start (fixture->live, 0);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
  fake_server_close_sockets (fixture->server, 4426);
  assert_refused (fixture, YIHU_ERROR_VERSION);

  yihu_live_start (fixture->live, 0);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
  fake_server_send (fixture->server,
                    "{\"error\":{\"error\":\"version\",\"message\":\"too old a program\"}}");
  assert_refused (fixture, YIHU_ERROR_VERSION);
}

/* Told once, and done with that log-in even if the server never closes. */
static void
test_wipe (Fixture *fixture, gconstpointer data)
{
  yihu_live_start (fixture->live, 0);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
  fake_server_send (fixture->server, "{\"wipe\":{}}");
  fake_wait (state (fixture) == YIHU_LIVE_REFUSED);
  g_assert_cmpuint (fixture->n_wipes, ==, 1);
  g_assert_error (yihu_live_get_error (fixture->live), YIHU_ERROR, YIHU_ERROR_WIPE);
}

static void
test_silence (Fixture *fixture, gconstpointer data)
{
  fixture->server->no_welcome = TRUE;
  yihu_live_start (fixture->live, 0);
  fake_wait (fake_server_last_frame (fixture->server, "hello") != NULL);
  g_assert_false (yihu_live_send (fixture->live, NULL));
  advance (fixture, 10000);
  g_assert_cmpint (state (fixture), ==, YIHU_LIVE_OFFLINE);
  g_assert_error ((GError *) yihu_live_get_error (fixture->live), YIHU_ERROR, YIHU_ERROR_TIMEOUT);

  fixture->server->no_welcome = FALSE;
  fixture->server->no_pong = TRUE;
  advance (fixture, 3000);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
  g_assert_cmpint (yihu_live_get_latency_ms (fixture->live), ==, -1);
  advance (fixture, 10000);
  g_assert_cmpint (state (fixture), ==, YIHU_LIVE_OFFLINE);
}

static void
test_latency (Fixture *fixture, gconstpointer data)
{
  yihu_live_start (fixture->live, 0);
  fake_wait (yihu_live_get_latency_ms (fixture->live) == 0); /* no time passes by itself */
  fixture->server->no_pong = TRUE;
  advance (fixture, 10000);
  fake_settle ();
  advance (fixture, 40);
  {
    g_autofree char *pong =
        g_strdup_printf ("{\"pong\":%s}", fake_server_last_frame (fixture->server, "ping"));

    fake_server_send (fixture->server, pong);
  }
  fake_wait (yihu_live_get_latency_ms (fixture->live) == 40);
}

static void
test_figures (Fixture *fixture, gconstpointer data)
{
  g_autofree YihuFigures *figures = g_new0 (YihuFigures, 1);
  g_autoptr (json_t) json = NULL;
  g_autofree char *text = NULL;
  g_autofree char *frame = NULL;

  figures->waiting = 4;
  json = yihu_figures_to_json (figures);
  text = yihu_json_print (json);
  frame = g_strdup_printf ("{\"figures\":%s}", text);
  yihu_live_watch_figures (fixture->live, TRUE);
  yihu_live_start (fixture->live, 0);
  fake_wait (g_strcmp0 (fake_server_last_frame (fixture->server, "watch"), "[\"figures\"]") == 0);
  fake_server_send (fixture->server, frame);
  fake_wait (fixture->n_figures == 1);
  yihu_live_watch_figures (fixture->live, FALSE);
  fake_wait (g_strcmp0 (fake_server_last_frame (fixture->server, "watch"), "[]") == 0);
}

static void
test_unknown_and_malformed (Fixture *fixture, gconstpointer data)
{
  yihu_live_start (fixture->live, 0);
  fake_wait (state (fixture) == YIHU_LIVE_ONLINE);
  fake_server_send (fixture->server, "{\"weather\":\"rain\"}");
  fake_server_send (fixture->server,
                    "{\"ev\":[[1,\"weather\",\"w1\",\"u\",1,{\"id\":\"w1\"}]],\"to\":1}");
  fake_wait (fixture->to == 1);
  g_assert_cmpstr (fixture->got->str, ==, "");
  /* One bad event is left out; the feed goes on. */
  fake_server_send (fixture->server, "{\"ev\":[[2,\"call\",\"c2\",\"u\",1,{\"id\":7}],"
                                     "[3,\"call\",\"c3\",\"d\",1]],\"to\":3}");
  fake_wait (fixture->to == 3);
  g_assert_cmpstr (fixture->got->str, ==, "c3");
  g_assert_cmpint (state (fixture), ==, YIHU_LIVE_ONLINE);
  fake_server_send (fixture->server, "{\"ev\":");
  fake_wait (state (fixture) == YIHU_LIVE_OFFLINE);
  g_assert_error ((GError *) yihu_live_get_error (fixture->live), YIHU_ERROR, YIHU_ERROR_INVALID);
}

#define ADD(name, func) g_test_add ("/live/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("events", test_events);
  ADD ("online-only-when-applied", test_online_only_when_applied);
  ADD ("many-events-acknowledged-at-once", test_many_events_acknowledged_at_once);
  ADD ("behind", test_behind);
  ADD ("behind-waits", test_behind_waits);
  ADD ("resnapshot", test_resnapshot);
  ADD ("reconnect", test_reconnect);
  ADD ("stop-while-connecting", test_stop_while_connecting);
  ADD ("handshake-refused", test_handshake_refused);
  ADD ("closed-for-good", test_closed_for_good);
  ADD ("wipe", test_wipe);
  ADD ("silence", test_silence);
  ADD ("latency", test_latency);
  ADD ("figures", test_figures);
  ADD ("unknown-and-malformed", test_unknown_and_malformed);
  return g_test_run ();
}
