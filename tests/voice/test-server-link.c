/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The link against the real server in this process: log-in and secret, events made while the server
 * is away arrive later and once, a crash leaves nothing open, a disk that keeps the writer waiting
 * or is full does not keep the calls, files that are missing, damaged or foreign. */

#include "base/identifier.h"
#include "domain/call.h"
#include "fixture.h"
#include "full-disk.h"
#include "sql/database.h"
#include "voice/server-link.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  Fixture server;
  char *directory;
  YihuServerLink *link;
  GBytes *secret;
} World;

/* How often the link said that its file cannot be written. */
static gint n_complaints;

static GLogWriterOutput
count_complaints (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0
        && strstr (fields[i].value, "events wait in memory") != NULL)
      g_atomic_int_inc (&n_complaints);
  return g_log_writer_default (level, fields, n_fields, data);
}

static void
on_secret (YihuServerLink *link, GBytes *secret, World *w)
{
  g_clear_pointer (&w->secret, g_bytes_unref);
  w->secret = g_bytes_ref (secret);
}

static void
start_link (World *w)
{
  g_autoptr (GError) error = NULL;

  w->link = yihu_server_link_new (w->server.url, "switchboard", FIXTURE_PASSWORD, w->directory,
                                  NULL, w->server.clock, &error);
  g_assert_no_error (error);
  g_signal_connect (w->link, "secret", G_CALLBACK (on_secret), w);
  yihu_server_link_start (w->link);
}

static void
stop_link (World *w)
{
  yihu_server_link_stop (w->link);
  g_clear_object (&w->link);
}

static void
set_up (World *w, gconstpointer data)
{
  fixture_set_up (&w->server, NULL);
  fixture_fill (&w->server);
  w->directory = g_dir_make_tmp ("yihu-link-XXXXXX", NULL);
}

static void
remove_directory (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_unlink (file);
    }
  g_rmdir (path);
}

static void
tear_down (World *w, gconstpointer data)
{
  if (w->link != NULL)
    stop_link (w);
  g_clear_pointer (&w->secret, g_bytes_unref);
  remove_directory (w->directory);
  g_free (w->directory);
  fixture_tear_down (&w->server, NULL);
}

static void
send (World *w, const char *name, const char *object, const char *key, const char *value)
{
  g_autoptr (YihuCommand) command =
      yihu_command_new (name, object, 0, yihu_clock_get_now_us (w->server.clock));

  if (key != NULL)
    yihu_command_set_text (command, key, value);
  yihu_link_send (YIHU_LINK (w->link), command);
}

static void
send_begin (World *w, const char *id)
{
  g_autoptr (YihuCall) call = yihu_call_new (id);
  g_autoptr (YihuCommand) command =
      yihu_command_new ("call.begin", id, 0, yihu_clock_get_now_us (w->server.clock));

  call->number = g_strdup ("+8613842171234");
  call->ring_at_us = yihu_clock_get_now_us (w->server.clock);
  yihu_command_set_record (command, "call", call);
  yihu_link_send (YIHU_LINK (w->link), command);
}

/* What the server's feed says of one record: "queued ringing talking". */
static char *
read_states (World *w, const char *id)
{
  g_autofree char *token = fixture_login (&w->server, "supervisor");
  g_autoptr (Answer) answer =
      fixture_send (&w->server, token, "GET", "/v1/changes?since=0", NULL, 0);
  json_t *events = json_object_get (answer->json, "ev");
  GString *states = g_string_new (NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  for (gsize i = 0; i < json_array_size (events); i++)
    {
      json_t *event = json_array_get (events, i);
      const char *state;

      if (g_strcmp0 (json_string_value (json_array_get (event, 2)), id) != 0)
        continue;
      state = json_string_value (json_object_get (json_array_get (event, 5), "state"));
      g_string_append_printf (states, "%s%s", states->len > 0 ? " " : "",
                              state != NULL ? state : "?");
    }
  return g_string_free (states, FALSE);
}

static gboolean
on_pause_over (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Between two questions to the server, which does not let itself be asked without end. */
static void
pause_shortly (void)
{
  gboolean is_over = FALSE;

  g_timeout_add (50, on_pause_over, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_states (World *w, const char *id, const char *expected)
{
  for (;;)
    {
      g_autofree char *states = read_states (w, id);

      if (strcmp (states, expected) == 0)
        return;
      g_test_message ("%s", states);
      g_assert_cmpuint (strlen (states), <=, strlen (expected));
      pause_shortly ();
    }
}

static void
wait_secret (World *w)
{
  while (w->secret == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_secret (World *w, gconstpointer data)
{
  g_autofree char *path = g_build_filename (w->directory, "sip-secret", NULL);
  struct stat info;

  start_link (w);
  g_assert_null (yihu_server_link_get_secret (w->link));
  wait_secret (w);
  g_assert_cmpuint (g_bytes_get_size (w->secret), ==, 32);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  stop_link (w);

  /* Alone, with what it kept. */
  fixture_stop (&w->server);
  start_link (w);
  g_assert_true (g_bytes_equal (yihu_server_link_get_secret (w->link), w->secret));
  stop_link (w);
  fixture_start (&w->server);

  /* A damaged secret is none. */
  g_assert_true (g_file_set_contents (path, "c2hvcnQ=", -1, NULL));
  start_link (w);
  g_assert_null (yihu_server_link_get_secret (w->link));
}

static void
test_server_away (World *w, gconstpointer data)
{
  g_autofree char *early = yihu_identifier_new ();
  g_autofree char *away = yihu_identifier_new ();

  start_link (w);
  send_begin (w, early);
  send (w, "call.offer", early, "seat", "01");
  wait_states (w, early, "queued ringing");

  fixture_stop (&w->server);
  send (w, "call.answer", early, "seat", "01");
  send (w, "call.end", early, "ended_by", "caller");
  send_begin (w, away);
  send (w, "call.miss", away, "ended_by", "caller");
  stop_link (w); /* and this program ends, too */
  fixture_start (&w->server);
  start_link (w);
  wait_states (w, away, "queued missed");
  wait_states (w, early, "queued ringing talking wrapup");
}

/* kill -9: calls do not talk for ever, seats are not ready for ever. */
static void
test_crash (World *w, gconstpointer data)
{
  g_autofree char *waiting = yihu_identifier_new ();
  g_autofree char *talking = yihu_identifier_new ();

  start_link (w);
  send_begin (w, waiting);
  send_begin (w, talking);
  send (w, "call.offer", talking, "seat", "01");
  send (w, "call.answer", talking, "seat", "01");
  send (w, "seat.set", "01", "state", "busy");
  wait_states (w, talking, "queued ringing talking");
  wait_states (w, "01", "busy");
  stop_link (w);
  start_link (w);
  wait_states (w, waiting, "queued missed");
  wait_states (w, talking, "queued ringing talking wrapup");
  wait_states (w, "01", "busy offline");
}

/* The server refuses one: logged, dropped, and the next ones go on. */
static void
test_refused (World *w, gconstpointer data)
{
  g_autofree char *id = yihu_identifier_new ();

  start_link (w);
  send_begin (w, id);
  send (w, "call.answer", id, "seat", "01"); /* never offered */
  send (w, "call.offer", id, "seat", "01");
  wait_states (w, id, "queued ringing");
}

static gboolean
on_turn (gpointer n_turns)
{
  ++*(guint *) n_turns;
  return G_SOURCE_CONTINUE;
}

static gint64
count_waiting (YihuDatabase *file)
{
  g_autoptr (GError) error = NULL;
  gint64 n = -1;

  yihu_database_query_int (file, "SELECT count(*) FROM outbox", &n, &error, "");
  g_assert_no_error (error);
  return n;
}

/* Somebody holds the file (as a slow disk would): the loop of the calls goes on turning, and what
 * was sent meanwhile is written in its order as soon as the file is free. */
static void
test_slow_disk (World *w, gconstpointer data)
{
  g_autofree char *path = g_build_filename (w->directory, "voice.db", NULL);
  g_autofree char *id = yihu_identifier_new ();
  g_autoptr (YihuDatabase) holder = NULL;
  g_autoptr (GError) error = NULL;
  guint n_turns = 0;
  guint turner;

  start_link (w);
  wait_secret (w);
  holder = yihu_database_open (path, YIHU_DATABASE_DURABLE, &error);
  g_assert_no_error (error);
  g_assert_true (yihu_database_begin (holder, &error));
  g_assert_no_error (error);
  send_begin (w, id);
  send (w, "call.offer", id, "seat", "01");
  turner = g_idle_add (on_turn, &n_turns);
  while (n_turns < 1000)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (turner);
  /* Were the loop the writer, it would have given up waiting by now, and said so. */
  g_assert_cmpint (g_atomic_int_get (&n_complaints), ==, 0);
  g_assert_cmpint (count_waiting (holder), ==, 0);
  yihu_database_rollback (holder);
  send (w, "call.answer", id, "seat", "01");
  wait_states (w, id, "queued ringing talking");
}

static void
test_full_disk (World *w, gconstpointer data)
{
  g_autofree char *path = g_build_filename (w->directory, "voice.db", NULL);
  g_autofree char *id = yihu_identifier_new ();
  g_autoptr (GError) error = NULL;

  g_atomic_int_set (&n_complaints, 0);
  start_link (w);
  wait_secret (w);
  full_disk_begin (w->directory);
  send_begin (w, id);
  while (g_atomic_int_get (&n_complaints) == 0)
    g_main_context_iteration (NULL, TRUE);
  send (w, "call.offer", id, "seat", "01");
  {
    g_autoptr (YihuDatabase) reader = yihu_database_open (path, YIHU_DATABASE_DURABLE, &error);

    g_assert_no_error (error);
    g_assert_cmpint (count_waiting (reader), ==, 0);
  }
  full_disk_end ();
  send (w, "call.answer", id, "seat", "01");
  wait_states (w, id, "queued ringing talking");
  g_assert_cmpint (g_atomic_int_get (&n_complaints), ==, 1);
}

static void
test_files (World *w, gconstpointer data)
{
  g_autofree char *path = g_build_filename (w->directory, "voice.db", NULL);
  g_autofree char *id = yihu_identifier_new ();
  g_autofree char *noise = g_strnfill (20000, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, noise, 20000, NULL));
  start_link (w); /* put aside, begun anew */
  send_begin (w, id);
  wait_states (w, id, "queued");
  stop_link (w);
  g_assert_null (yihu_server_link_new (w->server.url, "switchboard", "x", "/dev/null/x", NULL,
                                       w->server.clock, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
#define ADD(name, func)                                                                            \
  g_test_add ("/voice/server-link/" name, World, NULL, set_up, func, tear_down)
  g_test_init (&argc, &argv, NULL);
  yihu_json_init ();
  g_log_set_writer_func (count_complaints, NULL, NULL);
  ADD ("secret", test_secret);
  ADD ("server-away", test_server_away);
  ADD ("crash", test_crash);
  ADD ("refused", test_refused);
  ADD ("slow-disk", test_slow_disk);
  ADD ("full-disk", test_full_disk);
  ADD ("files", test_files);
  return g_test_run ();
}
