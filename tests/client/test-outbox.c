/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The outbox against a server that loses answers, refuses and goes away: each command takes effect
 * exactly once, in order per object, and survives whatever happens to the console. */

#include "base/error.h"
#include "client/outbox.h"
#include "fake-server.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *directory;
  char *path;
  YihuDatabase *database;
  YihuOutbox *outbox;
  FakeServer *server;
  YihuSession *session;
  YihuClock *clock;
  YihuLive *live;
  GString *settled; /* objects */
  GString *refused;
} Fixture;

static void
on_settled (YihuOutbox *outbox, YihuCommand *command, YihuReply *reply, Fixture *fixture)
{
  g_assert_cmpint (reply->state, ==, YIHU_REPLY_OK);
  g_string_append_printf (fixture->settled, "%s ", command->object);
}

static void
on_refused (YihuOutbox *outbox, YihuCommand *command, YihuReply *reply, Fixture *fixture)
{
  g_string_append_printf (fixture->refused, "%s ", command->object);
}

static void
on_events (YihuLive *live, GPtrArray *events, gint64 to, Fixture *fixture)
{
  yihu_live_set_cursor (live, to);
}

static void
open_outbox (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->database = yihu_database_open (fixture->path, YIHU_DATABASE_DURABLE, &error);
  g_assert_no_error (error);
  fixture->outbox = yihu_outbox_new (fixture->database, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->outbox, "settled", G_CALLBACK (on_settled), fixture);
  g_signal_connect (fixture->outbox, "refused", G_CALLBACK (on_refused), fixture);
}

static void
close_outbox (Fixture *fixture)
{
  g_assert_finalize_object (fixture->outbox);
  yihu_database_close (fixture->database);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = g_dir_make_tmp ("yihu-outbox-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->directory, "desk.db", NULL);
  fixture->server = fake_server_new ();
  fixture->session = fake_log_in (fixture->server);
  fixture->clock = yihu_fake_clock_new (FAKE_NOW_US);
  fixture->live = yihu_live_new (fixture->session, fixture->clock);
  g_signal_connect (fixture->live, "events", G_CALLBACK (on_events), fixture);
  fixture->settled = g_string_new (NULL);
  fixture->refused = g_string_new (NULL);
  open_outbox (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  close_outbox (fixture);
  yihu_live_stop (fixture->live);
  fake_settle ();
  g_assert_finalize_object (fixture->live);
  g_object_unref (fixture->session);
  g_object_unref (fixture->clock);
  fake_server_free (fixture->server);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *file = g_strconcat (fixture->path, suffixes[i], NULL);

      g_unlink (file);
    }
  g_rmdir (fixture->directory);
  g_string_free (fixture->settled, TRUE);
  g_string_free (fixture->refused, TRUE);
  g_free (fixture->path);
  g_free (fixture->directory);
}

static void
go_online (Fixture *fixture)
{
  yihu_outbox_set_live (fixture->outbox, fixture->live);
  yihu_live_start (fixture->live, fixture->server->seq);
  fake_wait (yihu_live_get_state (fixture->live) == YIHU_LIVE_ONLINE);
}

static void
advance (Fixture *fixture, guint ms)
{
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (fixture->clock), ms);
}

static void
append (Fixture *fixture, const char *object, const char *name)
{
  g_autoptr (YihuCommand) command = yihu_command_new (name, object, 0, FAKE_NOW_US);
  g_autoptr (GError) error = NULL;

  yihu_outbox_append (fixture->outbox, command, &error);
  g_assert_no_error (error);
}

static void
submit (Fixture *fixture, const char *object, const char *name)
{
  append (fixture, object, name);
  yihu_outbox_flush (fixture->outbox);
}

static gint64
count_rows (Fixture *fixture)
{
  gint64 count = -1;

  yihu_database_query_int (fixture->database, "SELECT count(*) FROM outbox", &count, NULL, "");
  return count;
}

static char *
join_applied (Fixture *fixture)
{
  g_ptr_array_add (fixture->server->applied, NULL);
  char *text = g_strjoinv (", ", (char **) fixture->server->applied->pdata);
  g_ptr_array_set_size (fixture->server->applied, (int) fixture->server->applied->len - 1);
  return text;
}

static void
assert_applied (Fixture *fixture, const char *expected)
{
  g_autofree char *applied = join_applied (fixture);

  g_assert_cmpstr (applied, ==, expected);
}

static guint
pending (Fixture *fixture)
{
  return yihu_outbox_get_pending (fixture->outbox);
}

static void
test_send (Fixture *fixture, gconstpointer data)
{
  submit (fixture, "O1", "order.create");
  g_assert_cmpuint (pending (fixture), ==, 1);
  go_online (fixture);
  fake_wait (pending (fixture) == 0);
  submit (fixture, "O2", "order.create");
  fake_wait (pending (fixture) == 0);
  g_assert_cmpstr (fixture->settled->str, ==, "O1 O2 ");
  g_assert_cmpint (count_rows (fixture), ==, 0);
  assert_applied (fixture, "O1 order.create, O2 order.create");
}

static void
test_order_per_object (Fixture *fixture, gconstpointer data)
{
  fixture->server->hold_replies = TRUE;
  go_online (fixture);
  submit (fixture, "O1", "order.create");
  submit (fixture, "O1", "order.cancel");
  submit (fixture, "O2", "order.create");
  fake_wait (fixture->server->commands_seen == 2);
  fake_settle ();
  /* The other object does not wait, the second command of the same one does. */
  assert_applied (fixture, "O1 order.create, O2 order.create");
  fake_server_release_replies (fixture->server);
  fake_wait (pending (fixture) == 0);
  assert_applied (fixture, "O1 order.create, O2 order.create, O1 order.cancel");
}

static void
test_lost_replies (Fixture *fixture, gconstpointer data)
{
  fixture->server->lose_replies = 3;
  go_online (fixture);
  submit (fixture, "O1", "order.create");
  submit (fixture, "O2", "order.create");
  fake_wait (fixture->server->commands_seen == 2);
  advance (fixture, 8000); /* not yet given up */
  fake_settle ();
  g_assert_cmpuint (fixture->server->commands_seen, ==, 2);
  for (guint i = 0; i < 10 && pending (fixture) > 0; i++)
    {
      advance (fixture, 4000);
      fake_settle ();
    }
  g_assert_cmpuint (pending (fixture), ==, 0);
  g_assert_cmpuint (fixture->server->commands_seen, >, 3);
  assert_applied (fixture, "O1 order.create, O2 order.create");
}

static void
test_connection_lost_after_apply (Fixture *fixture, gconstpointer data)
{
  go_online (fixture);
  fixture->server->cut_after_apply = TRUE;
  submit (fixture, "O1", "order.create");
  fake_wait (yihu_live_get_state (fixture->live) == YIHU_LIVE_OFFLINE);
  g_assert_cmpuint (pending (fixture), ==, 1);
  advance (fixture, 3000);
  fake_wait (pending (fixture) == 0);
  g_assert_cmpuint (fixture->server->commands_seen, ==, 2);
  assert_applied (fixture, "O1 order.create");
}

static void
test_server_restarts (Fixture *fixture, gconstpointer data)
{
  go_online (fixture);
  fake_server_stop (fixture->server);
  fake_wait (yihu_live_get_state (fixture->live) == YIHU_LIVE_OFFLINE);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *object = g_strdup_printf ("O%u", i % 10);
      g_autofree char *name = g_strdup_printf ("order.move%u", i / 10);

      submit (fixture, object, name);
    }
  g_assert_cmpuint (pending (fixture), ==, 40);
  fake_server_start (fixture->server);
  advance (fixture, 3000);
  fake_wait (pending (fixture) == 0);
  g_assert_cmpuint (fixture->server->applied->len, ==, 40);
  for (guint object = 0; object < 10; object++)
    for (guint move = 0, found = 0; move < 40; move++)
      {
        const char *applied = g_ptr_array_index (fixture->server->applied, move);
        g_autofree char *expected = g_strdup_printf ("O%u order.move%u", object, found);

        if (applied[1] - '0' != (int) object)
          continue;
        g_assert_cmpstr (applied, ==, expected);
        found++;
      }
}

static void
test_at_most_32 (Fixture *fixture, gconstpointer data)
{
  fixture->server->hold_replies = TRUE;
  go_online (fixture);
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *object = g_strdup_printf ("O%u", i);

      append (fixture, object, "order.create");
    }
  yihu_outbox_flush (fixture->outbox);
  fake_wait (fixture->server->commands_seen == 32);
  fake_settle ();
  g_assert_cmpuint (fixture->server->commands_seen, ==, 32);
  fake_server_release_replies (fixture->server);
  fake_wait (pending (fixture) == 0);
  g_assert_cmpuint (fixture->server->applied->len, ==, 50);
}

static char *
get_refused_key (Fixture *fixture, YihuError *code)
{
  g_autoptr (GPtrArray) rows = yihu_outbox_list (fixture->outbox);

  for (guint i = 0; i < rows->len; i++)
    {
      YihuOutboxRow *row = g_ptr_array_index (rows, i);

      if (row->refused)
        {
          *code = (YihuError) row->error->code;
          return g_strdup (row->command->key);
        }
    }
  return NULL;
}

static void
test_refused_blocks_only_its_object (Fixture *fixture, gconstpointer data)
{
  g_autofree char *key = NULL;
  YihuError code = YIHU_ERROR_FAILED;
  g_autoptr (GError) error = NULL;

  g_hash_table_insert (fixture->server->refusals, g_strdup ("O1"),
                       GINT_TO_POINTER (YIHU_ERROR_REJECTED));
  go_online (fixture);
  submit (fixture, "O1", "order.accept");
  submit (fixture, "O1", "order.cancel");
  submit (fixture, "O2", "order.create");
  fake_wait (yihu_outbox_get_undecided (fixture->outbox) == 1 && pending (fixture) == 1);
  fake_settle ();
  g_assert_cmpstr (fixture->refused->str, ==, "O1 ");
  assert_applied (fixture, "O2 order.create");

  /* It is still so after a restart. */
  close_outbox (fixture);
  open_outbox (fixture);
  g_assert_cmpuint (yihu_outbox_get_undecided (fixture->outbox), ==, 1);
  g_assert_cmpuint (pending (fixture), ==, 1);
  yihu_outbox_set_live (fixture->outbox, fixture->live);
  fake_settle ();
  assert_applied (fixture, "O2 order.create");
  key = get_refused_key (fixture, &code);
  g_assert_cmpint (code, ==, YIHU_ERROR_REJECTED);

  /* Somebody decides: it goes, and what stood behind it goes out. */
  g_hash_table_remove_all (fixture->server->refusals);
  g_assert_false (yihu_outbox_drop (fixture->outbox, "no such key", &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND);
  g_assert_true (yihu_outbox_drop (fixture->outbox, key, NULL));
  fake_wait (pending (fixture) == 0);
  assert_applied (fixture, "O2 order.create, O1 order.cancel");
  g_assert_cmpint (count_rows (fixture), ==, 0);
}

static void
test_retry_has_a_new_key (Fixture *fixture, gconstpointer data)
{
  g_autofree char *key = NULL;
  YihuError code = YIHU_ERROR_FAILED;

  g_hash_table_insert (fixture->server->refusals, g_strdup ("O1"),
                       GINT_TO_POINTER (YIHU_ERROR_CONFLICT));
  go_online (fixture);
  submit (fixture, "O1", "order.accept");
  fake_wait (yihu_outbox_get_undecided (fixture->outbox) == 1);
  key = get_refused_key (fixture, &code);
  g_assert_cmpint (code, ==, YIHU_ERROR_CONFLICT);
  g_hash_table_remove_all (fixture->server->refusals);
  /* Under the old key the server would give the old answer. */
  g_assert_true (yihu_outbox_retry (fixture->outbox, key, NULL));
  fake_wait (pending (fixture) == 0 && yihu_outbox_get_undecided (fixture->outbox) == 0);
  assert_applied (fixture, "O1 order.accept");
}

static void
test_busy_is_no_refusal (Fixture *fixture, gconstpointer data)
{
  g_hash_table_insert (fixture->server->refusals, g_strdup ("O1"),
                       GINT_TO_POINTER (YIHU_ERROR_BUSY));
  go_online (fixture);
  submit (fixture, "O1", "order.accept");
  fake_wait (fixture->server->commands_seen == 1);
  fake_settle ();
  g_assert_cmpuint (yihu_outbox_get_undecided (fixture->outbox), ==, 0);
  g_hash_table_remove_all (fixture->server->refusals);
  advance (fixture, 2000);
  advance (fixture, 2000);
  fake_wait (pending (fixture) == 0);
  assert_applied (fixture, "O1 order.accept");
}

static void
test_rollback (Fixture *fixture, gconstpointer data)
{
  go_online (fixture);
  g_assert_true (yihu_database_begin (fixture->database, NULL));
  append (fixture, "O1", "order.create");
  yihu_database_rollback (fixture->database);
  yihu_outbox_flush (fixture->outbox);
  g_assert_cmpuint (pending (fixture), ==, 0);
  submit (fixture, "O2", "order.create");
  fake_wait (pending (fixture) == 0);
  assert_applied (fixture, "O2 order.create");
}

static void
test_reopen (Fixture *fixture, gconstpointer data)
{
  submit (fixture, "O1", "order.create");
  submit (fixture, "O2", "order.create");
  close_outbox (fixture);
  open_outbox (fixture);
  g_assert_cmpuint (pending (fixture), ==, 2);
  go_online (fixture);
  fake_wait (pending (fixture) == 0);
  assert_applied (fixture, "O1 order.create, O2 order.create");
}

/* What the child of the next test does: says each key once it is committed. */
static void
append_for_ever (const char *path, int out)
{
  g_autoptr (YihuDatabase) database = yihu_database_open (path, YIHU_DATABASE_DURABLE, NULL);
  g_autoptr (YihuOutbox) outbox = yihu_outbox_new (database, NULL);

  for (;;)
    {
      g_autoptr (YihuCommand) command = yihu_command_new ("order.create", "O1", 0, 1);
      g_autofree char *line = g_strconcat (command->key, "\n", NULL);

      if (!yihu_outbox_append (outbox, command, NULL)
          || write (out, line, strlen (line)) != (gssize) strlen (line))
        _exit (1);
    }
}

static void
test_killed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { self, "--append-for-ever", fixture->path, NULL };
  g_autoptr (GSubprocess) child = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL);
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  g_autoptr (GHashTable) promised = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) rows = NULL;
  gboolean killed = FALSE;
  char *line;

  g_assert_nonnull (child);
  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL)
    {
      /* A line cut short by the kill was not promised. */
      if (strlen (line) == 36)
        g_hash_table_add (promised, line);
      else
        g_free (line);
      if (!killed && g_hash_table_size (promised) == 50)
        {
          g_subprocess_send_signal (child, SIGKILL);
          killed = TRUE;
        }
    }
  g_assert_true (killed);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));
  close_outbox (fixture);
  open_outbox (fixture);
  rows = yihu_outbox_list (fixture->outbox);
  for (guint i = 0; i < rows->len; i++)
    g_hash_table_remove (promised, ((YihuOutboxRow *) g_ptr_array_index (rows, i))->command->key);
  g_assert_cmpuint (rows->len, >=, 50);
  g_assert_cmpuint (g_hash_table_size (promised), ==, 0);
}

/* Many commands, one answer in four lost, connections cut: exactly once and in order. */
static void
test_drill (Fixture *fixture, gconstpointer data)
{
  guint seed = g_test_rand_int_range (1, G_MAXINT);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  go_online (fixture);
  for (guint i = 0; i < 120; i++)
    {
      g_autofree char *object = g_strdup_printf ("O%u", i % 7);
      g_autofree char *name = g_strdup_printf ("order.move%u", i / 7);

      fixture->server->lose_replies += g_rand_int_range (random, 0, 4) == 0;
      if (g_rand_int_range (random, 0, 20) == 0)
        fixture->server->cut_after_apply = TRUE;
      submit (fixture, object, name);
      fake_iterate ();
      if (g_rand_int_range (random, 0, 10) == 0)
        advance (fixture, 3000);
    }
  for (guint i = 0; i < 400 && pending (fixture) > 0; i++)
    {
      fake_settle ();
      advance (fixture, 2500);
    }
  g_assert_cmpuint (pending (fixture), ==, 0);
  g_assert_cmpuint (fixture->server->applied->len, ==, 120);
  for (guint object = 0; object < 7; object++)
    for (guint i = 0, found = 0; i < 120; i++)
      {
        const char *applied = g_ptr_array_index (fixture->server->applied, i);
        g_autofree char *expected = g_strdup_printf ("O%u order.move%u", object, found);

        if (applied[1] - '0' != (int) object)
          continue;
        g_assert_cmpstr (applied, ==, expected);
        found++;
      }
}

#define ADD(name, func) g_test_add ("/outbox/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--append-for-ever") == 0)
    append_for_ever (argv[2], STDOUT_FILENO);
  g_test_init (&argc, &argv, NULL);
  ADD ("send", test_send);
  ADD ("order-per-object", test_order_per_object);
  ADD ("lost-replies", test_lost_replies);
  ADD ("connection-lost-after-apply", test_connection_lost_after_apply);
  ADD ("server-restarts", test_server_restarts);
  ADD ("at-most-32", test_at_most_32);
  ADD ("refused-blocks-only-its-object", test_refused_blocks_only_its_object);
  ADD ("retry-has-a-new-key", test_retry_has_a_new_key);
  ADD ("busy-is-no-refusal", test_busy_is_no_refusal);
  ADD ("rollback", test_rollback);
  ADD ("reopen", test_reopen);
  ADD ("killed", test_killed);
  ADD ("drill", test_drill);
  return g_test_run ();
}
