/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The live connection and its fallback: nothing lost, nothing twice, only one's own districts, and
 * every way in which a connection ends. */

#include "fixture.h"

#include "base/error.h"
#include "domain/kinds.h"
#include "wire/figures.h"

#include <string.h>
#include <sys/socket.h>

typedef struct
{
  Fixture fixture;
  char *desk;
  char *county;
  char *voice;
  gint64 seq; /* after the fill */
} World;

static gint64
get_seq (World *self)
{
  return yihu_hub_get_tenant (self->fixture.server->hub)->seq;
}

static void
set_up (World *self, gconstpointer data)
{
  fixture_set_up (&self->fixture, data);
  fixture_fill (&self->fixture);
  self->desk = fixture_login (&self->fixture, "operator");
  self->county = fixture_login (&self->fixture, "county");
  self->voice = fixture_login (&self->fixture, "switchboard");
  self->seq = get_seq (self);
}

static void
tear_down (World *self, gconstpointer data)
{
  g_free (self->desk);
  g_free (self->county);
  g_free (self->voice);
  fixture_tear_down (&self->fixture, data);
}

static void
hello (Live *live, gint64 cursor, gint64 epoch, int protocol)
{
  live_send (live, json_pack ("{s:{s:I, s:I, s:i}}", "hello", "cursor", (json_int_t) cursor,
                              "epoch", (json_int_t) epoch, "protocol", protocol));
}

static Live *
open_live (World *self, const char *token, gint64 cursor)
{
  Live *live = live_open (&self->fixture, token);

  g_assert_no_error (live->error);
  hello (live, cursor, 1, 1);
  json_decref (live_next (live, "welcome"));
  return live;
}

static void
ack (Live *live, gint64 seq)
{
  live_send (live, json_pack ("{s:I}", "ack", (json_int_t) seq));
}

static void
add_note (World *self, const char *id, const char *elder, gsize n_bytes)
{
  g_autoptr (YihuNote) note = yihu_note_new (id);
  g_autoptr (YihuCommand) command = yihu_command_new ("note.add", id, 0, g_get_real_time ());
  g_autoptr (Answer) answer = NULL;

  note->elder = g_strdup (elder);
  note->text = g_strnfill (n_bytes, 'n');
  yihu_command_set_record (command, "note", note);
  answer = fixture_command (&self->fixture, self->desk, command);
  g_assert_cmpuint (answer->status, ==, 200);
}

/* Checks that the frame goes on where @at ended; adds the ids of its events to @ids. */
static gint64
take_frame (json_t *frame, gint64 at, GString *ids)
{
  g_autoptr (json_t) owned = frame;
  const json_t *events = json_object_get (frame, "ev");
  gint64 to = json_integer_value (json_object_get (frame, "to"));

  for (gsize i = 0; i < json_array_size (events); i++)
    {
      const json_t *event = json_array_get (events, i);
      gint64 seq = json_integer_value (json_array_get (event, 0));

      g_assert_cmpint (seq, >, at);
      g_assert_cmpint (seq, <=, to);
      at = seq;
      g_string_append_printf (ids, "%s%s ", json_string_value (json_array_get (event, 3)),
                              json_string_value (json_array_get (event, 2)));
    }
  return to;
}

static char *
collect (Live *live, gint64 from, gint64 to)
{
  GString *ids = g_string_new (NULL);

  while (from < to)
    {
      gint64 next = take_frame (live_next (live, "ev"), from, ids);

      g_assert_cmpint (next, >, from);
      from = next;
    }
  g_assert_cmpint (from, ==, to);
  return g_string_free (ids, FALSE);
}

static void
test_districts (World *self, gconstpointer data)
{
  g_autoptr (Live) city = open_live (self, self->desk, self->seq);
  g_autoptr (Live) county = open_live (self, self->county, self->seq);
  g_autoptr (Live) voice = open_live (self, self->voice, self->seq);
  g_autofree char *seen_by_city = NULL;
  g_autofree char *seen_by_county = NULL;
  g_autofree char *seen_by_voice = NULL;

  add_note (self, "west", "e1", 5);
  add_note (self, "east", "e2", 5);
  seen_by_city = collect (city, self->seq, self->seq + 2);
  g_assert_cmpstr (seen_by_city, ==, "uwest ueast ");
  seen_by_county = collect (county, self->seq, self->seq + 2); /* "to" comes although filtered */
  g_assert_cmpstr (seen_by_county, ==, "uwest ");
  seen_by_voice = collect (voice, self->seq, self->seq + 2); /* a switchboard needs no notes */
  g_assert_cmpstr (seen_by_voice, ==, "");
}

/* Ordinary events that come close together share a frame; a call goes out at once, behind what
 * waits before it.
 */
static void
test_batches (World *self, gconstpointer data)
{
  g_autoptr (Live) live = open_live (self, self->desk, self->seq);
  g_autoptr (YihuCommand) begin = fixture_new_call ("c1", "+8613800000023");
  g_autoptr (Answer) began = NULL;
  g_autoptr (GString) ids = g_string_new (NULL);
  gint64 to;

  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->fixture.clock), 100);
  add_note (self, "first", "e1", 5);
  to = take_frame (live_next (live, "ev"), self->seq, ids);
  g_assert_cmpstr (ids->str, ==, "ufirst ");
  add_note (self, "second", "e1", 5);
  add_note (self, "third", "e1", 5);
  g_assert_true (g_queue_is_empty (&live->frames));
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->fixture.clock), 5);
  to = take_frame (live_next (live, "ev"), to, ids);
  g_assert_cmpstr (ids->str, ==, "ufirst usecond uthird ");
  add_note (self, "fourth", "e1", 5);
  began = fixture_command (&self->fixture, self->voice, begin);
  to = take_frame (live_next (live, "ev"), to, ids);
  g_assert_cmpstr (ids->str, ==, "ufirst usecond uthird ufourth uc1 ");
  g_assert_cmpint (to, ==, self->seq + 5);
}

/* A call of an unknown caller is everybody's until it is identified. */
static void
test_moving_call (World *self, gconstpointer data)
{
  g_autoptr (Live) city = open_live (self, self->desk, self->seq);
  g_autoptr (Live) county = open_live (self, self->county, self->seq);
  g_autoptr (YihuCommand) begin = fixture_new_call ("c1", "+8613800000023");
  g_autoptr (Answer) began = fixture_command (&self->fixture, self->voice, begin);
  g_autoptr (Answer) identified =
      fixture_command_text (&self->fixture, self->desk, "call.identify", "c1", "elder", "e2", NULL);
  g_autofree char *seen_by_city = NULL;
  g_autofree char *seen_by_county = NULL;

  g_assert_cmpuint (identified->status, ==, 200);
  seen_by_city = collect (city, self->seq, self->seq + 3);
  g_assert_cmpstr (seen_by_city, ==, "uc1 rc1 uc1 ");
  seen_by_county = collect (county, self->seq, self->seq + 3);
  g_assert_cmpstr (seen_by_county, ==, "uc1 rc1 ");
}

/* What the server alone may know never leaves it by the feed. */
/* An elder who moves leaves the old district with the kin, and comes to the new one with them. */
static void
test_moving_elder (World *self, gconstpointer data)
{
  g_autofree char *admin = fixture_login (&self->fixture, "admin");
  g_autoptr (Live) city = open_live (self, self->desk, self->seq);
  g_autoptr (Live) county = open_live (self, self->county, self->seq);
  g_autofree char *seen_by_city = NULL;
  g_autofree char *seen_by_county = NULL;

  fixture_import (&self->fixture, admin, "elder",
                  "id,division,name,sex,birth,phone\n"
                  "e1,210803001001,王秀英,female,19400101,13800000001\n");
  seen_by_city = collect (city, self->seq, self->seq + 4);
  g_assert_cmpstr (seen_by_city, ==, "re1 ue1 rk1 uk1 ");
  seen_by_county = collect (county, self->seq, self->seq + 4);
  g_assert_cmpstr (seen_by_county, ==, "re1 rk1 ");
}

static void
test_no_server_fields (World *self, gconstpointer data)
{
  g_autoptr (Answer) changes =
      fixture_send (&self->fixture, self->desk, "GET", "/v1/changes?since=0&epoch=1", NULL, 0);
  g_autofree char *text = json_dumps (changes->json, 0);

  g_assert_cmpuint (changes->status, ==, 200);
  g_assert_nonnull (strstr (text, "王秀英"));
  g_assert_null (strstr (text, "old story"));
  g_assert_null (strstr (text, "rtsp://"));
  g_assert_null (strstr (text, "argon2"));
  g_assert_null (strstr (text, "\"account\",\"operator\""));
}

static void
test_commands (World *self, gconstpointer data)
{
  g_autoptr (Live) live = open_live (self, self->desk, self->seq);
  g_autoptr (YihuCommand) good = fixture_new_order ("o1", "e1");
  json_t *done;

  live_send (live, json_pack ("{s:o}", "cmd", yihu_command_to_json (good)));
  done = live_next (live, "done");
  g_assert_cmpstr (json_string_value (json_object_get (json_object_get (done, "done"), "state")),
                   ==, "ok");
  g_assert_cmpstr (json_string_value (json_object_get (json_object_get (done, "done"), "key")), ==,
                   good->key);
  json_decref (done);

  live_send (live, json_pack ("{s:o}", "cmd", yihu_command_to_json (good)));
  done = live_next (live, "done");
  g_assert_true (json_is_true (json_object_get (json_object_get (done, "done"), "again")));
  json_decref (done);

  live_send (live, json_pack ("{s:{s:s}}", "cmd", "key", "not a command"));
  done = live_next (live, "done");
  g_assert_cmpstr (json_string_value (json_object_get (json_object_get (done, "done"), "error")),
                   ==, "invalid");
  json_decref (done);
  live_send (live, json_pack ("{s:i}", "ping", 42));
  done = live_next (live, "pong");
  g_assert_cmpint (json_integer_value (json_object_get (done, "pong")), ==, 42);
  json_decref (done);
}

static void
test_cursors (World *self, gconstpointer data)
{
  g_autoptr (Live) future = live_open (&self->fixture, self->desk);
  g_autoptr (Live) epoch = live_open (&self->fixture, self->desk);
  g_autoptr (Live) newer = live_open (&self->fixture, self->desk);
  g_autoptr (Live) back = NULL;
  g_autoptr (Live) voice = open_live (self, self->voice, self->seq + 100);
  g_autofree char *ids = NULL;
  json_t *frame;

  hello (future, self->seq + 1, 1, 1);
  json_decref (live_next (future, "resnapshot"));
  hello (epoch, self->seq, 2, 1);
  json_decref (live_next (epoch, "resnapshot"));
  hello (newer, self->seq, 1, 2);
  json_decref (live_next (newer, "error"));
  live_wait_closed (newer);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (newer->connection), ==, 4426);

  /* A switchboard keeps no copy: it goes on from the present. */
  frame = live_next (voice, "ev");
  g_assert_cmpint (json_integer_value (json_object_get (frame, "to")), ==, self->seq);
  json_decref (frame);

  add_note (self, "missed", "e1", 5);
  add_note (self, "too", "e1", 5);
  back = open_live (self, self->desk, self->seq);
  ids = collect (back, self->seq, self->seq + 2); /* from memory, without a pull */
  g_assert_cmpstr (ids, ==, "umissed utoo ");
}

/* After a restart the events are on disk only: "behind", a pull, an ack, and it goes on. */
static void
test_behind (World *self, gconstpointer data)
{
  g_autoptr (Live) live = NULL;
  g_autoptr (GString) pulled = g_string_new (NULL);
  g_autofree char *rest = NULL;
  json_t *behind;
  gint64 at = 0;
  gboolean more = TRUE;

  fixture_stop (&self->fixture);
  fixture_start (&self->fixture);
  live = open_live (self, self->desk, 0);
  behind = live_next (live, "behind");
  g_assert_cmpint (json_integer_value (json_object_get (json_object_get (behind, "behind"), "to")),
                   ==, self->seq);
  json_decref (behind);
  while (more)
    {
      g_autofree char *path =
          g_strdup_printf ("/v1/changes?since=%" G_GINT64_FORMAT "&epoch=1&limit=5", at);
      g_autoptr (Answer) page = fixture_send (&self->fixture, self->desk, "GET", path, NULL, 0);

      g_assert_cmpuint (page->status, ==, 200);
      more = json_is_true (json_object_get (page->json, "more"));
      at = take_frame (json_incref (page->json), at, pulled);
    }
  g_assert_cmpint (at, ==, self->seq);
  g_assert_nonnull (strstr (pulled->str, "uk1 "));
  add_note (self, "meanwhile", "e1", 5);
  ack (live, at);
  rest = collect (live, self->seq, self->seq + 1);
  g_assert_cmpstr (rest, ==, "umeanwhile ");
}

static void
test_changes_refused (World *self, gconstpointer data)
{
  static const struct
  {
    const char *path;
    YihuError code;
  } cases[] = {
    { "/v1/changes?since=0&epoch=7", YIHU_ERROR_RESNAPSHOT },
    { "/v1/changes?since=999999&epoch=1", YIHU_ERROR_RESNAPSHOT },
    { "/v1/changes?since=-1&epoch=1", YIHU_ERROR_INVALID },
    { "/v1/changes?since=x", YIHU_ERROR_INVALID },
    { "/v1/changes?since=0&limit=0", YIHU_ERROR_INVALID },
    { "/v1/changes?since=0&limit=5001", YIHU_ERROR_INVALID },
    { "/v1/snapshot?schema=99", YIHU_ERROR_NOT_FOUND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Answer) answer =
          fixture_send (&self->fixture, self->desk, "GET", cases[i].path, NULL, 0);

      assert_error (answer, cases[i].code);
      g_assert_cmpuint (answer->status, ==, yihu_error_get_status (cases[i].code));
    }
}

static gboolean
has_behind (gpointer data)
{
  Live *live = data;

  for (GList *link = live->frames.head; link != NULL; link = link->next)
    if (json_object_get (link->data, "behind") != NULL)
      return TRUE;
  return FALSE;
}

/* A console that acknowledges nothing is sent a window, told to pull, and taken back when it has
 * acknowledged. */
static void
test_window (World *self, gconstpointer data)
{
  g_autoptr (Live) stuck = open_live (self, self->desk, self->seq);
  g_autoptr (GString) ids = g_string_new (NULL);
  g_autoptr (GString) csv = g_string_new ("id,elder,text\n");
  g_autofree char *admin = fixture_login (&self->fixture, "admin");
  g_autofree char *rest = NULL;
  gsize n_bytes = 0;
  gint64 at = self->seq;
  gint64 end;
  json_t *frame;

  for (guint i = 0; i < 6000; i++)
    g_string_append_printf (csv, "w%u,e1,text\n", i);
  fixture_import (&self->fixture, admin, "note", csv->str);
  end = get_seq (self);
  fixture_spin (has_behind, stuck);
  while ((frame = g_queue_pop_head (&stuck->frames)) != NULL)
    {
      g_autofree char *text = json_dumps (frame, 0);

      n_bytes += strlen (text);
      if (json_object_get (frame, "ev") != NULL)
        at = take_frame (json_incref (frame), at, ids);
      json_decref (frame);
    }
  g_assert_cmpint (at, >, self->seq);
  g_assert_cmpint (at, <=, self->seq + YIHU_HUB_WINDOW_EVENTS + 500);
  g_assert_cmpuint (n_bytes, <, YIHU_HUB_WINDOW_BYTES + 2 * 64 * 1024);

  ack (stuck, end);
  add_note (self, "after", "e1", 5);
  rest = collect (stuck, end, end + 1);
  g_assert_cmpstr (rest, ==, "uafter ");
}

/* A client that says what it likes and reads nothing. */
static GSocket *
open_liar (World *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1",
                                             yihu_server_get_port (self->fixture.server));
  g_autofree char *header = g_strdup_printf (
      "GET /v1/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Authorization: Bearer %s\r\nX-Yihu-Device: test\r\n\r\n",
      self->desk);
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, 4096, &error);
  g_assert_no_error (error);
  g_socket_connect (socket, address, NULL, &error);
  g_assert_no_error (error);
  g_socket_send (socket, header, strlen (header), NULL, &error);
  g_assert_no_error (error);
  return socket;
}

static void
lie (GSocket *socket, json_t *message)
{
  g_autoptr (json_t) owned = message;
  g_autofree char *text = json_dumps (message, JSON_COMPACT);
  char frame[6 + 125] = { (char) 0x81, (char) (0x80 | strlen (text)) }; /* masked with nothing */

  g_assert_cmpuint (strlen (text), <=, 125);
  memcpy (frame + 6, text, strlen (text));
  g_socket_send (socket, frame, 6 + strlen (text), NULL, NULL); /* may be closed already */
}

static gboolean
has_one_client (gpointer data)
{
  return yihu_hub_get_size (((World *) data)->fixture.server->hub) == 1;
}

static gboolean
has_two_clients (gpointer data)
{
  return yihu_hub_get_size (((World *) data)->fixture.server->hub) == 2;
}

/* Who acknowledges megabytes that are still in the server's hands is closed; who reads them and
 * does the same is not. The clock stands still: nobody is closed for silence. */
static void
test_liar (World *self, gconstpointer data)
{
  g_autoptr (Live) honest = open_live (self, self->desk, self->seq);
  g_autoptr (GSocket) liar = open_liar (self);
  g_autofree char *admin = fixture_login (&self->fixture, "admin");
  g_autofree char *text = g_strnfill (1500, 'n');
  gint64 at = self->seq;

  fixture_spin (has_two_clients, self);
  lie (liar, json_pack ("{s:{s:I, s:i, s:i}}", "hello", "cursor", (json_int_t) at, "epoch", 1,
                        "protocol", 1));
  for (guint round = 0; round < 8; round++)
    {
      g_autoptr (GString) csv = g_string_new ("id,elder,text\n");
      g_autofree char *ids = NULL;

      for (guint i = 0; i < 300; i++)
        g_string_append_printf (csv, "l%u-%u,e1,%s\n", round, i, text);
      fixture_import (&self->fixture, admin, "note", csv->str);
      yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->fixture.clock), 25); /* a batch */
      ids = collect (honest, at, get_seq (self));
      at = get_seq (self);
      ack (honest, at);
      lie (liar, json_pack ("{s:I}", "ack", (json_int_t) at));
    }
  fixture_spin (has_one_client, self);
  add_note (self, "after", "e1", 5);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->fixture.clock), 25);
  json_decref (live_next (honest, "ev"));
}

static void
send_pings (GSocket *socket, gsize *n_sent)
{
  static const char ping[] = "\x89\xfdmaskmask"; /* 125 bytes, and what they are masked with */
  char pings[131 * 500];
  gssize n;

  for (gsize i = 0; i < sizeof pings; i++)
    pings[i] = ping[MIN ((*n_sent + i) % 131, strlen (ping) - 1)];
  n = g_socket_send (socket, pings, sizeof pings, NULL, NULL);
  *n_sent += n > 0 ? (gsize) n : 0;
}

/* libsoup answers pings by itself. Who sends many and reads what is answered stays; who leaves the
 * answers to us does not. */
static void
test_pings (World *self, gconstpointer data)
{
  g_autoptr (GSocket) reader = open_liar (self);
  g_autoptr (GSocket) flooder = NULL;
  json_t *hello = json_pack ("{s:{s:I, s:i, s:i}}", "hello", "cursor", (json_int_t) self->seq,
                             "epoch", 1, "protocol", 1);
  char answers[4096];
  gsize n_read = 0;
  gsize n_sent[2] = { 0 };

  g_socket_set_option (reader, SOL_SOCKET, SO_RCVBUF, 1024 * 1024, NULL);
  fixture_spin (has_one_client, self);
  flooder = open_liar (self);
  fixture_spin (has_two_clients, self);
  lie (reader, json_incref (hello));
  lie (flooder, hello);
  g_socket_set_blocking (reader, FALSE);
  g_socket_set_blocking (flooder, FALSE);
  for (guint second = 0; second < 30; second++)
    {
      send_pings (reader, &n_sent[0]);
      send_pings (flooder, &n_sent[1]);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      for (gssize n; (n = g_socket_receive (reader, answers, sizeof answers, NULL, NULL)) > 0;)
        n_read += (gsize) n;
      yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->fixture.clock), 1000);
    }
  fixture_spin (has_one_client, self);
  g_assert_cmpuint (n_sent[0], ==, 30 * 131 * 500);
  g_assert_cmpuint (n_read, >, n_sent[0] * 9 / 10); /* each answer is four bytes shorter */
}

static void
test_too_slow (World *self, gconstpointer data)
{
  g_autoptr (Live) silent = live_open (&self->fixture, self->desk);
  g_autoptr (Live) behind = NULL;

  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->fixture.clock), 11 * 1000);
  live_wait_closed (silent); /* never said hello */

  fixture_stop (&self->fixture);
  fixture_start (&self->fixture);
  behind = open_live (self, self->desk, 0);
  json_decref (live_next (behind, "behind"));
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->fixture.clock), 29 * 1000);
  ack (behind, 1); /* progress: another 30 s */
  live_send (behind, json_pack ("{s:i}", "ping", 1));
  json_decref (live_next (behind, "pong"));
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->fixture.clock), 29 * 1000);
  live_send (behind, json_pack ("{s:i}", "ping", 2));
  json_decref (live_next (behind, "pong"));
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->fixture.clock), 2 * 1000);
  live_wait_closed (behind);
}

static void
test_revoked (World *self, gconstpointer data)
{
  g_autoptr (Live) live = open_live (self, self->desk, self->seq);
  g_autoptr (Live) other = NULL;
  g_autoptr (Answer) again = NULL;
  g_autofree char *fresh = fixture_login_anew (&self->fixture, "county");
  g_autoptr (Answer) logout =
      fixture_send (&self->fixture, self->desk, "POST", "/v1/logout", "{}", -1);

  g_assert_cmpuint (logout->status, ==, 200);
  live_wait_closed (live);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (live->connection), ==, 4401);

  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->fixture.clock), (12 * 3600 - 5) * 1000);
  /* The server has cut the idle connection; a request that may be repeated finds that out. */
  again = fixture_send (&self->fixture, NULL, "GET", "/v1/health", NULL, 0);
  other = open_live (self, fresh, self->seq);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->fixture.clock), 6 * 1000);
  live_wait_closed (other);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (other->connection), ==, 4401);
  g_assert_cmpuint (yihu_hub_get_size (self->fixture.server->hub), ==, 0);
}

/* Which consoles lose their copy: not the one of an account whose range grew. */
static void
test_wiped (World *self, gconstpointer data)
{
  g_autofree char *admin = fixture_login (&self->fixture, "admin");
  g_autoptr (Live) desk = open_live (self, self->desk, self->seq);
  g_autoptr (Live) county = open_live (self, self->county, self->seq);
  g_autoptr (Answer) wider = fixture_send (
      &self->fixture, admin, "POST", "/v1/accounts",
      "{\"account\":{\"id\":\"county\",\"login\":\"county\",\"name\":\"c\",\"role\":\"operator\","
      "\"seat\":\"02\",\"division\":210800000000}}",
      -1);
  g_autoptr (Answer) narrower = fixture_send (
      &self->fixture, admin, "POST", "/v1/accounts",
      "{\"account\":{\"id\":\"operator\",\"login\":\"operator\",\"name\":\"o\",\"role\":"
      "\"operator\",\"seat\":\"01\",\"division\":210802000000}}",
      -1);
  json_t *frame;

  g_assert_cmpuint (wider->status, ==, 200);
  g_assert_cmpuint (narrower->status, ==, 200);
  json_decref (live_next (desk, "wipe"));
  live_wait_closed (desk);
  live_wait_closed (county);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (desk->connection), ==, 4401);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (county->connection), ==, 4401);
  while ((frame = g_queue_pop_head (&county->frames)) != NULL)
    {
      g_assert_null (json_object_get (frame, "wipe"));
      json_decref (frame);
    }
}

/* Who says nothing, not even that it is still there, is given up. */
static void
test_silent (World *self, gconstpointer data)
{
  g_autoptr (Live) silent = open_live (self, self->desk, self->seq);
  g_autoptr (Live) alive = open_live (self, self->county, self->seq);

  for (guint i = 0; i < 5; i++)
    {
      yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->fixture.clock), 10 * 1000);
      live_send (alive, json_pack ("{s:i}", "ping", 1));
      json_decref (live_next (alive, "pong"));
    }
  live_wait_closed (silent);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (silent->connection), ==, 1008);
  g_assert_false (alive->is_closed);
}

/* An acknowledgement of what was never sent would free a window that is full. */
static void
test_early_ack (World *self, gconstpointer data)
{
  g_autoptr (Live) live = open_live (self, self->desk, self->seq);
  YihuHubFigures figures;

  add_note (self, "one", "e1", 5);
  ack (live, self->seq + 1000);
  json_decref (live_next (live, "ev"));
  live_send (live, json_pack ("{s:i}", "ping", 1));
  json_decref (live_next (live, "pong"));
  yihu_hub_get_figures (self->fixture.server->hub, &figures);
  g_assert_cmpuint (figures.unacked_events, ==, 1);
  ack (live, self->seq + 1);
  live_send (live, json_pack ("{s:i}", "ping", 1));
  json_decref (live_next (live, "pong"));
  yihu_hub_get_figures (self->fixture.server->hub, &figures);
  g_assert_cmpuint (figures.unacked_events, ==, 0);
  g_assert_cmpuint (figures.n_events, ==, 1);
}

/* Commands that are on their way when the server stops: written, answered, shown, and only then is
 * the console told that the server goes. */
static void
test_graceful_stop (World *self, gconstpointer data)
{
  enum
  {
    N = 40
  };
  g_autoptr (Live) live = open_live (self, self->desk, self->seq);
  guint n_done = 0;
  guint n_events = 0;
  json_t *frame;

  yihu_writer_hold (self->fixture.server->writer);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *id = g_strdup_printf ("late-%u", i);
      g_autoptr (YihuNote) note = yihu_note_new (id);
      g_autoptr (YihuCommand) command = yihu_command_new ("note.add", id, 0, g_get_real_time ());

      note->elder = g_strdup ("e1");
      note->text = g_strdup ("late");
      yihu_command_set_record (command, "note", note);
      live_send (live, json_pack ("{s:o}", "cmd", yihu_command_to_json (command)));
    }
  live_send (live, json_pack ("{s:i}", "ping", 1));
  json_decref (live_next (live, "pong")); /* all of them have arrived */
  yihu_writer_release (self->fixture.server->writer);
  yihu_server_stop (self->fixture.server);
  live_wait_closed (live);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (live->connection), ==,
                    SOUP_WEBSOCKET_CLOSE_GOING_AWAY);
  while ((frame = g_queue_pop_head (&live->frames)) != NULL)
    {
      n_done += json_object_get (frame, "done") != NULL;
      n_events += json_array_size (json_object_get (frame, "ev"));
      json_decref (frame);
    }
  g_assert_cmpuint (n_done, ==, N);
  g_assert_cmpuint (n_events, ==, N);
  fixture_stop (&self->fixture);
  fixture_start (&self->fixture);
  g_assert_cmpint (get_seq (self), ==, self->seq + N);
}

static void
test_strangers (World *self, gconstpointer data)
{
  g_autofree char *auditor = fixture_login (&self->fixture, "auditor");
  g_autofree char *staff = fixture_login (&self->fixture, "provider");
  g_autoptr (Live) nobody = live_open (&self->fixture, "no-token");
  g_autoptr (Live) refused = live_open (&self->fixture, auditor);
  g_autoptr (Live) provider = open_live (self, staff, self->seq);
  g_autofree char *ids = NULL;

  g_assert_nonnull (nobody->error);
  g_assert_nonnull (refused->error);
  add_note (self, "secret", "e1", 5);
  ids = collect (provider, self->seq, self->seq + 1);
  g_assert_cmpstr (ids, ==, "");
}

static void
assert_closes (World *self, const char *text, gsize length)
{
  g_autoptr (Live) live = live_open (&self->fixture, self->desk);
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);

  soup_websocket_connection_send_message (live->connection, SOUP_WEBSOCKET_DATA_TEXT, bytes);
  live_wait_closed (live);
}

static void
test_broken_frames (World *self, gconstpointer data)
{
  g_autofree char *large = g_strnfill (200 * 1024, ' ');
  g_autofree char *deep = g_strnfill (60000, '[');
  g_autoptr (Live) odd = open_live (self, self->desk, self->seq);

  assert_closes (self, "{", 1);
  assert_closes (self, "[1]", 3);
  assert_closes (self, "\"x\"", 3);
  assert_closes (self, "{\"hello\":{}}", 12);
  assert_closes (self, "{\"hello\":{\"cursor\":-1,\"epoch\":1}}", 34);
  assert_closes (self, "{\"hello\":5}", 11);
  assert_closes (self, deep, 60000);
  assert_closes (self, large, 200 * 1024);

  /* Unknown or senseless members are passed over. */
  live_send (odd, json_pack ("{s:s}", "ack", "x"));
  live_send (odd, json_pack ("{s:I}", "ack", (json_int_t) G_MAXINT64));
  live_send (odd, json_pack ("{s:i}", "watch", 5));
  live_send (odd, json_pack ("{s:i}", "future", 5));
  live_send (odd, json_pack ("{s:i}", "cmd", 5));
  live_send (odd, json_pack ("{s:i}", "ping", 7));
  json_decref (live_next (odd, "pong"));
}

/* The switchboard's figures are those of the whole tenant, which is where a provider is, too. */
static void
test_figures_of_others (World *self, gconstpointer data)
{
  g_autofree char *staff = fixture_login (&self->fixture, "provider");
  g_autoptr (Live) provider = open_live (self, staff, self->seq);
  g_autoptr (Live) voice = open_live (self, self->voice, self->seq);

  live_send (provider, json_pack ("{s:[s]}", "watch", "figures"));
  live_send (provider, json_pack ("{s:i}", "ping", 1));
  json_decref (live_next (provider, "pong"));
  live_send (voice, json_pack ("{s:[s]}", "watch", "figures"));
  json_decref (live_next (voice, "figures"));
  live_send (provider, json_pack ("{s:i}", "ping", 2));
  json_decref (live_next (provider, "pong"));
  for (GList *link = provider->frames.head; link != NULL; link = link->next)
    g_assert_null (json_object_get (link->data, "figures"));
}

static void
test_figures (World *self, gconstpointer data)
{
  g_autoptr (Live) live = open_live (self, self->desk, self->seq);
  g_autoptr (YihuCommand) begin = fixture_new_call ("c1", "+8613800000001");
  g_autoptr (Answer) began = fixture_command (&self->fixture, self->voice, begin);
  YihuFigures figures = { 0 };
  g_autoptr (GError) error = NULL;
  json_t *frame;

  live_send (live, json_pack ("{s:[s]}", "watch", "figures"));
  frame = live_next (live, "figures");
  g_assert_true (yihu_figures_from_json (json_object_get (frame, "figures"), &figures, &error));
  g_assert_no_error (error);
  g_assert_cmpint (figures.calls_today, ==, 1);
  g_assert_cmpint (figures.waiting, ==, 1);
  g_assert_cmpint (figures.elders, ==, 3);
  g_assert_cmpuint (figures.n_divisions, ==, 2);
  json_decref (frame);
}

/* A quiet import writes no feed: whoever is connected is told to take a new snapshot. */
static void
test_new_epoch (World *self, gconstpointer data)
{
  g_autoptr (Live) live = open_live (self, self->desk, self->seq);
  g_autofree char *admin = fixture_login (&self->fixture, "admin");
  g_autoptr (Answer) answer =
      fixture_send (&self->fixture, admin, "POST", "/v1/import/provider?quiet=1",
                    "id,name\np7,Quiet\n", -1);
  json_t *frame;

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpint (get_seq (self), ==, self->seq);
  frame = live_next (live, "resnapshot");
  g_assert_cmpint (json_integer_value (
                       json_object_get (json_object_get (frame, "resnapshot"), "epoch")),
                   ==, 2);
  json_decref (frame);
}

#define ADD(name, func, fake)                                                                      \
  g_test_add ("/server/live/" name, World, fake, set_up, func, tear_down)
#define FAKE_CLOCK ((gpointer) 1)

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  ADD ("districts", test_districts, NULL);
  ADD ("batches", test_batches, FAKE_CLOCK);
  ADD ("moving-call", test_moving_call, NULL);
  ADD ("moving-elder", test_moving_elder, NULL);
  ADD ("no-server-fields", test_no_server_fields, NULL);
  ADD ("commands", test_commands, NULL);
  ADD ("cursors", test_cursors, NULL);
  ADD ("behind", test_behind, NULL);
  ADD ("changes-refused", test_changes_refused, NULL);
  ADD ("window", test_window, NULL);
  ADD ("liar", test_liar, FAKE_CLOCK);
  ADD ("pings", test_pings, FAKE_CLOCK);
  ADD ("too-slow", test_too_slow, FAKE_CLOCK);
  ADD ("wiped", test_wiped, NULL);
  ADD ("silent", test_silent, FAKE_CLOCK);
  ADD ("early-ack", test_early_ack, NULL);
  ADD ("graceful-stop", test_graceful_stop, NULL);
  ADD ("revoked", test_revoked, FAKE_CLOCK);
  ADD ("strangers", test_strangers, NULL);
  ADD ("broken-frames", test_broken_frames, NULL);
  ADD ("figures", test_figures, NULL);
  ADD ("figures-of-others", test_figures_of_others, NULL);
  ADD ("new-epoch", test_new_epoch, NULL);
  return g_test_run ();
}
