/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is acknowledged is there, once: lost answers, repeated keys, a full disk, many at a time, a
 * queue that is full, and stopping in the middle. */

#include "fixture.h"

#include "cluster.h"

#include "base/error.h"
#include "domain/kinds.h"
#include "store/postgres/postgres-store.h"
#include "store/sqlite/sqlite-store.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

typedef struct
{
  Fixture fixture;
  char *desk;
  char *other;
} World;

static void
set_up (World *self, gconstpointer data)
{
  fixture_set_up (&self->fixture, data);
  fixture_fill (&self->fixture);
  self->desk = fixture_login (&self->fixture, "operator");
  self->other = fixture_login (&self->fixture, "supervisor");
}

static void
tear_down (World *self, gconstpointer data)
{
  g_free (self->desk);
  g_free (self->other);
  fixture_tear_down (&self->fixture, data);
}

static YihuCommand *
make_note (const char *id, const char *text)
{
  g_autoptr (YihuNote) note = yihu_note_new (id);
  YihuCommand *command = yihu_command_new ("note.add", id, 0, g_get_real_time ());

  note->elder = g_strdup ("e1");
  note->text = g_strdup (text);
  yihu_command_set_record (command, "note", note);
  return command;
}

/* Rows of a kind as a console sees them: upserts in the feed. */
static guint
count_upserts (World *self, const char *kind, gint64 since)
{
  gboolean more = TRUE;
  guint n = 0;

  while (more)
    {
      g_autofree char *path =
          g_strdup_printf ("/v1/changes?since=%" G_GINT64_FORMAT "&epoch=1", since);
      g_autoptr (Answer) answer = fixture_send (&self->fixture, self->desk, "GET", path, NULL, 0);
      const json_t *events = json_object_get (answer->json, "ev");

      g_assert_cmpuint (answer->status, ==, 200);
      for (gsize i = 0; i < json_array_size (events); i++)
        {
          const json_t *event = json_array_get (events, i);
          gint64 seq = json_integer_value (json_array_get (event, 0));

          g_assert_cmpint (seq, ==, since + 1); /* no gap */
          since = seq;
          if (g_str_equal (json_string_value (json_array_get (event, 1)), kind))
            n++;
        }
      more = json_is_true (json_object_get (answer->json, "more"));
    }
  return n;
}

static gint64
get_seq (World *self)
{
  return yihu_hub_get_tenant (self->fixture.server->hub)->seq;
}

static void
test_keys (World *self, gconstpointer data)
{
  g_autoptr (YihuCommand) first = make_note ("n1", "one");
  g_autoptr (YihuCommand) changed = make_note ("n2", "two");
  g_autoptr (YihuCommand) refused = fixture_new_order ("o1", "nobody");
  g_autoptr (Answer) done = fixture_command (&self->fixture, self->desk, first);
  g_autoptr (Answer) again = fixture_command (&self->fixture, self->desk, first);
  g_autoptr (Answer) reused = NULL;
  g_autoptr (Answer) stolen = NULL;
  g_autoptr (Answer) no = NULL;
  g_autoptr (Answer) still_no = NULL;
  gint64 seq = get_seq (self);

  g_assert_cmpuint (done->status, ==, 200);
  g_assert_null (json_object_get (done->json, "again"));
  g_assert_cmpuint (again->status, ==, 200);
  g_assert_true (json_is_true (json_object_get (again->json, "again")));
  g_assert_cmpint (answer_get_int (again, "seq"), ==, answer_get_int (done, "seq"));

  g_assert_true (
      json_equal (json_object_get (again->json, "record"), json_object_get (done->json, "record")));

  g_free (changed->key);
  changed->key = g_strdup (first->key);
  reused = fixture_command (&self->fixture, self->desk, changed);
  assert_error (reused, YIHU_ERROR_KEY_REUSED);
  g_assert_cmpuint (reused->status, ==, 422);
  stolen = fixture_command (&self->fixture, self->other, first);
  assert_error (stolen, YIHU_ERROR_KEY_REUSED);

  no = fixture_command (&self->fixture, self->desk, refused);
  assert_error (no, YIHU_ERROR_NOT_FOUND);
  still_no = fixture_command (&self->fixture, self->desk, refused);
  assert_error (still_no, YIHU_ERROR_NOT_FOUND);
  g_assert_true (json_is_true (json_object_get (still_no->json, "again")));
  g_assert_cmpint (get_seq (self), ==, seq);
}

/* A restart forgets no key. */
static void
test_keys_over_restart (World *self, gconstpointer data)
{
  g_autoptr (YihuCommand) command = make_note ("n1", "one");
  g_autoptr (Answer) done = fixture_command (&self->fixture, self->desk, command);
  g_autoptr (Answer) again = NULL;

  fixture_stop (&self->fixture);
  fixture_start (&self->fixture);
  again = fixture_command (&self->fixture, self->desk, command);
  g_assert_true (json_is_true (json_object_get (again->json, "again")));
  g_assert_cmpint (answer_get_int (again, "seq"), ==, answer_get_int (done, "seq"));
}

typedef struct
{
  guint n_open;
} Flood;

static void
on_flood_answer (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (object), result, NULL);

  ((Flood *) data)->n_open--;
}

static gboolean
is_flood_over (gpointer data)
{
  return ((Flood *) data)->n_open == 0;
}

static void
send_and_forget (World *self, YihuCommand *command, GCancellable *cancellable, Flood *flood)
{
  g_autoptr (json_t) json = yihu_command_to_json (command);
  g_autofree char *text = yihu_json_print (json);
  g_autofree char *url = g_strconcat (self->fixture.url, "/v1/command", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", url);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  fixture_authorize (&self->fixture, message, self->desk);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  flood->n_open++;
  soup_session_send_and_read_async (self->fixture.soup, message, G_PRIORITY_DEFAULT, cancellable,
                                    on_flood_answer, flood);
}

/* 200 commands; of each the client drops some connections before the answer (before the request is
 * out, while it is worked on, or just too early), then sends again until it has an answer. */
static void
test_lost_answers (World *self, gconstpointer data)
{
  gint64 seq = get_seq (self);
  guint n_commands = 200;
  guint n_lost = 0;
  guint n_again = 0;

  for (guint i = 0; i < n_commands; i++)
    {
      g_autofree char *id = g_strdup_printf ("n%u", i);
      g_autoptr (YihuCommand) command = make_note (id, id);
      g_autoptr (Answer) answer = NULL;
      guint n_losses = g_test_rand_int_range (0, 3);

      for (guint j = 0; j < n_losses; j++)
        {
          g_autoptr (GCancellable) cancellable = g_cancellable_new ();
          Flood flood = { 0 };
          guint patience = g_test_rand_int_range (0, 40);

          send_and_forget (self, command, cancellable, &flood);
          for (guint k = 0; k < patience; k++)
            g_main_context_iteration (NULL, FALSE);
          g_cancellable_cancel (cancellable);
          fixture_spin (is_flood_over, &flood);
          n_lost++;
        }
      answer = fixture_command (&self->fixture, self->desk, command);
      g_assert_cmpuint (answer->status, ==, 200);
      if (json_is_true (json_object_get (answer->json, "again")))
        n_again++;
    }
  g_test_message ("%u answers lost, %u commands had taken effect before", n_lost, n_again);
  g_assert_cmpuint (n_again, >, 0);
  g_assert_cmpuint (count_upserts (self, "note", seq), ==, n_commands);
  g_assert_cmpint (get_seq (self), ==, seq + n_commands);
}

/* Many at once share transactions; a bad one among them takes nothing along. */
static void
test_group_commit (World *self, gconstpointer data)
{
  gint64 seq = get_seq (self);
  guint64 jobs[2], commits[2];
  Flood flood = { 0 };

  yihu_writer_hold (self->fixture.server->writer);
  yihu_writer_get_counts (self->fixture.server->writer, &jobs[0], &commits[0]);
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *id = g_strdup_printf ("n%u", i);
      g_autoptr (YihuCommand) command = make_note (id, i % 10 == 3 ? "" : id);

      send_and_forget (self, command, NULL, &flood);
    }
  while (self->fixture.server->n_exchanges < 60)
    g_main_context_iteration (NULL, TRUE);
  yihu_writer_release (self->fixture.server->writer);
  fixture_spin (is_flood_over, &flood);
  yihu_writer_get_counts (self->fixture.server->writer, &jobs[1], &commits[1]);
  /* with the idle job that held the thread, and perhaps the purge of the start */
  g_assert_cmpuint (jobs[1] - jobs[0], >=, 60 + 1);
  g_assert_cmpuint (jobs[1] - jobs[0], <=, 60 + 2);
  g_assert_cmpuint (commits[1] - commits[0], <=, 3);
  g_assert_cmpuint (count_upserts (self, "note", seq), ==, 54);
}

/* The store is the writer's, which may just be purging what is old. */
static void
limit_pages (World *self, guint n_pages)
{
  yihu_writer_hold (self->fixture.server->writer);
  yihu_sqlite_store_limit_pages (self->fixture.server->store, n_pages);
  yihu_writer_release (self->fixture.server->writer);
}

static void
test_full_disk (World *self, gconstpointer data)
{
  g_autofree char *large = g_strnfill (4000, 'n');
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_autoptr (YihuCommand) last = NULL;
  g_autoptr (Answer) alive = NULL;
  g_autoptr (Answer) retried = NULL;
  guint n_kept = 0;
  gint64 seq = get_seq (self);

  limit_pages (self, 1); /* not below what it has */
  for (guint i = 0; last == NULL && i < 200; i++)
    {
      g_autofree char *id = g_strdup_printf ("n%u", i);
      g_autoptr (YihuCommand) command = make_note (id, large);
      g_autoptr (Answer) answer = fixture_command (&self->fixture, self->desk, command);

      if (answer->status == 200)
        {
          n_kept++;
          continue;
        }
      assert_error (answer, YIHU_ERROR_FULL);
      g_assert_cmpuint (answer->status, ==, 507);
      last = yihu_command_ref (command);
    }
  g_assert_nonnull (last);
  g_assert_cmpint (get_seq (self), ==, seq + n_kept);
  alive = fixture_send (&self->fixture, self->desk, "GET", "/v1/changes?since=0&epoch=1", NULL, 0);
  g_assert_cmpuint (alive->status, ==, 200);

  /* Room again: the same key may be tried again, for nothing was decided. */
  limit_pages (self, 0);
  retried = fixture_command (&self->fixture, self->desk, last);
  g_assert_cmpuint (retried->status, ==, 200);
  g_assert_null (json_object_get (retried->json, "again"));
  g_assert_cmpuint (count_upserts (self, "note", seq), ==, n_kept + 1);
  g_log_set_always_fatal (fatal);
}

/* The commit itself fails, because the journal cannot grow: nobody is told "ok", numbers go back,
 * and the same keys work when it can. */
static void
test_failed_commit (World *self, gconstpointer data)
{
  g_autofree char *journal = g_build_filename (self->fixture.directory, "yihu.db-wal", NULL);
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_autoptr (YihuCommand) command = make_note ("n", "x");
  g_autoptr (Answer) before =
      fixture_command_text (&self->fixture, self->desk, "order.cancel", "none", NULL);
  g_autoptr (Answer) refused = NULL;
  g_autoptr (Answer) done = NULL;
  gint64 seq = get_seq (self);
  struct rlimit unlimited = { 0 };
  struct rlimit limit = { 0 };
  GStatBuf status = { 0 };

  g_assert_cmpint (g_stat (journal, &status), ==, 0);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  limit = unlimited;
  limit.rlim_cur = (rlim_t) status.st_size;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  refused = fixture_command (&self->fixture, self->desk, command);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  g_assert_cmpuint (refused->status, >=, 500);
  g_assert_cmpint (get_seq (self), ==, seq);

  done = fixture_command (&self->fixture, self->desk, command);
  g_assert_cmpuint (done->status, ==, 200);
  g_assert_null (json_object_get (done->json, "again"));
  g_assert_cmpint (get_seq (self), ==, seq + 1);
  g_assert_cmpuint (count_upserts (self, "note", seq), ==, 1);
  g_log_set_always_fatal (fatal);
}

static void
do_nothing_done (const GError *error, gpointer data)
{
  (*(guint *) data)++;
}

static gboolean
do_nothing (YihuWork *work, gpointer data, GError **error)
{
  return TRUE;
}

static void
test_busy (World *self, gconstpointer data)
{
  YihuWriter *writer = self->fixture.server->writer;
  g_autoptr (YihuCommand) command = make_note ("n1", "x");
  g_autoptr (Answer) answer = NULL;
  g_autoptr (Answer) later = NULL;
  g_autoptr (GError) error = NULL;
  guint n_pushed = 0;
  guint n_done = 0;

  yihu_writer_hold (writer);
  while (yihu_writer_push (writer, do_nothing, do_nothing_done, &n_done, &error))
    n_pushed++;
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_BUSY);
  answer = fixture_command (&self->fixture, self->desk, command);
  assert_error (answer, YIHU_ERROR_BUSY);
  g_assert_cmpuint (answer->status, ==, 429);
  yihu_writer_release (writer);
  while (n_done < n_pushed)
    g_main_context_iteration (NULL, TRUE);
  later = fixture_command (&self->fixture, self->desk, command);
  g_assert_cmpuint (later->status, ==, 200);
}

/* What was accepted before the stop is written, and answered if the client still listens. */
static void
test_stop (World *self, gconstpointer data)
{
  Flood flood = { 0 };
  gint64 seq = get_seq (self);

  yihu_writer_hold (self->fixture.server->writer);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *id = g_strdup_printf ("n%u", i);
      g_autoptr (YihuCommand) command = make_note (id, id);

      send_and_forget (self, command, NULL, &flood);
    }
  while (self->fixture.server->n_exchanges < 20)
    g_main_context_iteration (NULL, TRUE);
  yihu_writer_release (self->fixture.server->writer);
  yihu_server_stop (self->fixture.server);
  g_clear_object (&self->fixture.server);
  fixture_spin (is_flood_over, &flood);
  g_clear_object (&self->fixture.soup);
  fixture_start (&self->fixture);
  g_assert_cmpuint (count_upserts (self, "note", seq), ==, 20);
}

/* The database goes away under commands: none is answered "ok" without being there, health tells
 * it, and all of them take effect once when it is back. PostgreSQL only. */
static gboolean
is_healthy (World *self)
{
  g_autoptr (Answer) answer = fixture_send (&self->fixture, NULL, "GET", "/v1/health", NULL, 0);

  return json_is_true (json_object_get (answer->json, "ok"));
}

static void
test_outage (World *self, gconstpointer data)
{
  g_autoptr (YihuCommand) first = make_note ("n-first", "x");
  g_autoptr (Answer) refused = NULL;
  g_autoptr (Answer) still_refused = NULL;
  g_autoptr (Answer) done = NULL;
  gint64 seq = get_seq (self);

  cluster_kill (fixture_get_cluster ());
  refused = fixture_command (&self->fixture, self->desk, first);
  assert_error (refused, YIHU_ERROR_OFFLINE);
  g_assert_cmpuint (refused->status, ==, 503);
  g_assert_false (is_healthy (self));
  still_refused = fixture_command (&self->fixture, self->desk, first);
  assert_error (still_refused, YIHU_ERROR_OFFLINE);
  cluster_start (fixture_get_cluster ());
  while (!is_healthy (self))
    ;
  done = fixture_command (&self->fixture, self->desk, first);
  g_assert_cmpuint (done->status, ==, 200);
  g_assert_cmpint (get_seq (self), ==, seq + 1);
}

/* Connections break at any moment, between a commit and its answer, too: whoever asks again with
 * the same key gets the one effect, and the feed that consoles see has neither gap nor double. */
static void
test_breaks (World *self, gconstpointer data)
{
  const char *database = strrchr (self->fixture.store, '/') + 1;
  g_autoptr (Live) live = live_open (&self->fixture, self->desk);
  gint64 seq = get_seq (self);
  gint64 seen = seq;
  guint n_refused = 0;

  live_send (live, json_pack ("{s:{s:I, s:I, s:i}}", "hello", "cursor", (json_int_t) seq, "epoch",
                              (json_int_t) 1, "protocol", 1));
  json_decref (live_next (live, "welcome"));
  for (guint round = 0; round < 5; round++)
    {
      Flood flood = { 0 };
      guint patience = g_test_rand_int_range (0, 60);

      for (guint i = 0; i < 8; i++)
        {
          g_autofree char *id = g_strdup_printf ("n%u-%u", round, i);
          g_autoptr (YihuCommand) command = make_note (id, id);

          send_and_forget (self, command, NULL, &flood);
        }
      for (guint i = 0; i < patience; i++)
        g_main_context_iteration (NULL, FALSE);
      cluster_exec (fixture_get_cluster (), database,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                    "current_database() AND pid <> pg_backend_pid()");
      fixture_spin (is_flood_over, &flood);
      for (guint i = 0; i < 8; i++)
        {
          g_autofree char *id = g_strdup_printf ("n%u-%u", round, i);
          g_autoptr (Answer) answer = NULL;

          do
            {
              /* A key of its own: what has taken effect already is a conflict of the id. */
              g_autoptr (YihuCommand) command = make_note (id, id);

              g_clear_pointer (&answer, answer_free);
              answer = fixture_command (&self->fixture, self->desk, command);
              n_refused += answer->status == 503;
            }
          while (answer->status == 503);
          g_assert_true (answer->status == 200 || answer->status == 409);
        }
    }
  g_test_message ("%u commands were refused for a while", n_refused);
  g_assert_cmpuint (count_upserts (self, "note", seq), ==, 40);
  while (seen < seq + 40)
    {
      g_autoptr (json_t) frame = live_next (live, "ev");
      const json_t *events = json_object_get (frame, "ev");

      for (gsize i = 0; i < json_array_size (events); i++)
        g_assert_cmpint (json_integer_value (json_array_get (json_array_get (events, i), 0)), ==,
                         ++seen);
    }
}

static void
on_superseded (gpointer data)
{
  *(gboolean *) data = TRUE;
}

/* Another server took over while this one was cut off: this one says so and writes no more. */
static void
test_superseded (World *self, gconstpointer data)
{
  const char *database = strrchr (self->fixture.store, '/') + 1;
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuStore) other = NULL;
  g_autoptr (Answer) refused = NULL;
  g_autoptr (Answer) still_refused = NULL;
  g_autoptr (YihuCommand) command = make_note ("n", "x");
  gboolean is_over = FALSE;

  g_signal_connect_swapped (self->fixture.server, "superseded", G_CALLBACK (on_superseded),
                            &is_over);
  yihu_writer_hold (self->fixture.server->writer);
  cluster_exec (fixture_get_cluster (), database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                "current_database() AND pid <> pg_backend_pid()");
  other = yihu_postgres_store_open (self->fixture.store, &error);
  g_assert_no_error (error);
  yihu_writer_release (self->fixture.server->writer);
  refused = fixture_command (&self->fixture, self->desk, command);
  assert_error (refused, YIHU_ERROR_OFFLINE);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&other);
  still_refused = fixture_command (&self->fixture, self->desk, command);
  assert_error (still_refused, YIHU_ERROR_OFFLINE);
}

/* A batch asks the database once for all that it reads, and once more to write and commit: whatever
 * a use case reads that is not asked for ahead costs a round trip for each command. */
static void
test_round_trips (World *self, gconstpointer data)
{
  YihuWriter *writer = self->fixture.server->writer;
  Flood flood = { 0 };
  g_autoptr (YihuCommand) first = make_note ("first", "behind the purge of the start");
  g_autoptr (Answer) answer = fixture_command (&self->fixture, self->desk, first);
  guint n_before;
  guint n_after;

  for (guint round = 0; round < 2; round++)
    {
      yihu_writer_hold (writer);
      n_before = yihu_postgres_store_get_n_waits (self->fixture.server->store);
      for (guint i = 0; i < 20; i++)
        {
          g_autofree char *id = g_strdup_printf ("%u-%u", round, i);
          g_autofree char *order_id = g_strdup_printf ("o%u", i);
          g_autoptr (YihuCommand) note = make_note (id, id);
          g_autoptr (YihuCommand) order =
              round == 0 ? fixture_new_order (order_id, "e1")
                         : yihu_command_new ("order.cancel", order_id, 0, g_get_real_time ());

          yihu_command_set_text (order, "reason", "no more");
          send_and_forget (self, note, NULL, &flood);
          send_and_forget (self, order, NULL, &flood);
        }
      while (self->fixture.server->n_exchanges < 40)
        g_main_context_iteration (NULL, TRUE);
      yihu_writer_release (writer);
      fixture_spin (is_flood_over, &flood);
      n_after = yihu_postgres_store_get_n_waits (self->fixture.server->store);
      g_test_message ("40 commands: %u round trips", n_after - n_before);
      /* two for the batch, one for the idle job that held the thread */
      g_assert_cmpuint (n_after - n_before, <=, 4);
    }
}

/* Two servers on one directory would both give numbers. */
static void
test_lock (World *self, gconstpointer data)
{
  YihuServerConfig config = { .data_dir = self->fixture.directory, .listen = "127.0.0.1:0" };
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuServer) second = yihu_server_new (&config, self->fixture.clock, &error);

  g_assert_null (second);
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED);
}

#define ADD(name, func) g_test_add ("/server/writing/" name, World, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  ADD ("keys", test_keys);
  ADD ("keys-over-restart", test_keys_over_restart);
  ADD ("lost-answers", test_lost_answers);
  ADD ("group-commit", test_group_commit);
  if (fixture_get_cluster () == NULL)
    {
      /* limits that only a file has */
      ADD ("full-disk", test_full_disk);
      ADD ("failed-commit", test_failed_commit);
    }
  else
    {
      ADD ("outage", test_outage);
      ADD ("breaks", test_breaks);
      ADD ("round-trips", test_round_trips);
      ADD ("superseded", test_superseded);
    }
  ADD ("busy", test_busy);
  ADD ("stop", test_stop);
  ADD ("lock", test_lock);
  return g_test_run ();
}
