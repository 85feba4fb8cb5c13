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
  gint64 now_us; /* the server's, for the age of commands */
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

/* A seal that can be looked through: what matters here is that it is asked. */
static GBytes *
seal (const char *key, const char *text, gpointer data)
{
  char *sealed = g_strdup_printf ("%s|%s", key, text);

  return g_bytes_new_take (sealed, strlen (sealed));
}

static char *
unseal (const char *key, GBytes *sealed, gpointer data, GError **error)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));

  if (g_str_has_prefix (text, key))
    return g_strdup (text + strlen (key) + 1);
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "does not open");
  return NULL;
}

/* What the owner keeps about a command: here, one row with its fate. */
static gboolean
note_fate (YihuDatabase *database, const char *key, const char *fate, GError **error)
{
  return yihu_database_run (database, "INSERT INTO fate (key, fate) VALUES (?1, ?2)", error, "ss",
                            key, fate);
}

static gboolean
note_settled (YihuDatabase *database, const char *key, gint64 seq, gpointer data, GError **error)
{
  return note_fate (database, key, "settled", error);
}

static gboolean
note_refused (YihuDatabase *database, const char *key, gpointer data, GError **error)
{
  return note_fate (database, key, "refused", error);
}

static gboolean
note_dropped (YihuDatabase *database, const char *key, gpointer data, GError **error)
{
  return note_fate (database, key, "dropped", error);
}

static gboolean
note_again (YihuDatabase *database,
            const char *old_key,
            const char *key,
            gpointer data,
            GError **error)
{
  return note_fate (database, key, strcmp (key, old_key) == 0 ? "confirmed" : "again", error);
}

static gint64
get_now (gpointer data)
{
  return ((Fixture *) data)->now_us;
}

static void
open_outbox (Fixture *fixture)
{
  static const YihuOutboxKeeper keeper = { seal,         unseal,       note_settled,
                                           note_refused, note_dropped, note_again };
  g_autoptr (YihuWorkerThread) thread = yihu_worker_thread_new ("outbox");
  g_autoptr (GError) error = NULL;

  fixture->database = yihu_database_open (fixture->path, YIHU_DATABASE_DURABLE, &error);
  g_assert_no_error (error);
  yihu_database_exec (fixture->database, "CREATE TABLE IF NOT EXISTS fate (key, fate)", &error);
  g_assert_no_error (error);
  fixture->outbox = yihu_outbox_new_threaded (fixture->database, thread, &keeper, NULL, &error);
  g_assert_no_error (error);
  yihu_outbox_set_now (fixture->outbox, get_now, fixture);
  g_signal_connect (fixture->outbox, "settled", G_CALLBACK (on_settled), fixture);
  g_signal_connect (fixture->outbox, "refused", G_CALLBACK (on_refused), fixture);
}

static void
close_outbox (Fixture *fixture)
{
  yihu_outbox_close (fixture->outbox);
  fake_finalize (fixture->outbox); /* answers that are on their way hold it */
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
  fixture->now_us = FAKE_NOW_US;
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
  fake_finalize (fixture->live);
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

typedef struct
{
  gboolean done;
  GError *error;
} Answer;

static void
on_answer (GObject *object, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  yihu_outbox_finish (YIHU_OUTBOX (object), result, &answer->error);
  answer->done = TRUE;
}

/* Returns: (transfer full) (nullable): why it was not kept. */
static GError *
try_submit (Fixture *fixture, const char *object, const char *name, YihuOutboxWork work)
{
  g_autoptr (GPtrArray) commands =
      g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_command_unref);
  Answer answer = { 0 };

  g_ptr_array_add (commands, yihu_command_new (name, object, 0, FAKE_NOW_US));
  yihu_outbox_append_async (fixture->outbox, commands, work, NULL, NULL, on_answer, &answer);
  fake_wait (answer.done);
  return answer.error;
}

static void
submit (Fixture *fixture, const char *object, const char *name)
{
  g_autoptr (GError) error = try_submit (fixture, object, name, NULL);

  g_assert_no_error (error);
}

/* As a person does: does not wait for the disk. */
static void
submit_later (Fixture *fixture, const char *object, const char *name)
{
  g_autoptr (GPtrArray) commands =
      g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_command_unref);

  g_ptr_array_add (commands, yihu_command_new (name, object, 0, FAKE_NOW_US));
  yihu_outbox_append_async (fixture->outbox, commands, NULL, NULL, NULL, NULL, NULL);
}

static GError *
try_decide (Fixture *fixture, const char *key, YihuOutboxDecision decision, YihuCommand *instead)
{
  Answer answer = { 0 };

  yihu_outbox_decide_async (fixture->outbox, key, decision, instead, NULL, NULL, NULL, on_answer,
                            &answer);
  fake_wait (answer.done);
  return answer.error;
}

static void
decide (Fixture *fixture, const char *key, YihuOutboxDecision decision, YihuCommand *instead)
{
  g_autoptr (GError) error = try_decide (fixture, key, decision, instead);

  g_assert_no_error (error);
}

/* "settled,refused,…" in the order in which they came. */
static char *
join_fates (Fixture *fixture)
{
  g_autoptr (YihuDatabase) reader = yihu_database_open (fixture->path, YIHU_DATABASE_READER, NULL);
  g_autoptr (YihuRows) rows =
      yihu_database_query (reader, "SELECT fate FROM fate ORDER BY rowid", NULL, "");
  GString *text = g_string_new (NULL);

  while (yihu_rows_next (rows, NULL))
    g_string_append_printf (text, "%s ", yihu_rows_get_text (rows, 0));
  g_clear_pointer (&rows, yihu_rows_free);
  return g_string_free (text, FALSE);
}

static gint64
count_rows (Fixture *fixture)
{
  g_autoptr (YihuDatabase) reader = yihu_database_open (fixture->path, YIHU_DATABASE_READER, NULL);
  gint64 count = -1;

  yihu_database_query_int (reader, "SELECT count(*) FROM outbox", &count, NULL, "");
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

      submit_later (fixture, object, "order.create");
    }
  fake_wait (fixture->server->commands_seen == 32);
  fake_settle ();
  g_assert_cmpuint (fixture->server->commands_seen, ==, 32);
  fake_server_release_replies (fixture->server);
  fake_wait (fixture->server->applied->len == 50 && pending (fixture) == 0);
}

static char *
get_refused_key (Fixture *fixture, YihuError *code)
{
  g_autoptr (GPtrArray) rows = yihu_outbox_list (fixture->outbox);

  for (guint i = 0; i < rows->len; i++)
    {
      YihuOutboxRow *row = g_ptr_array_index (rows, i);

      if (row->state == YIHU_OUTBOX_REFUSED)
        {
          *code = (YihuError) row->error->code;
          return g_strdup (row->key);
        }
    }
  return NULL;
}

static void
test_refused_blocks_only_its_object (Fixture *fixture, gconstpointer data)
{
  g_autofree char *key = NULL;
  g_autofree char *fates = NULL;
  YihuError code = YIHU_ERROR_FAILED;
  g_autoptr (GError) error = NULL;

  g_hash_table_insert (fixture->server->refusals, g_strdup ("O1"),
                       GINT_TO_POINTER (YIHU_ERROR_REJECTED));
  go_online (fixture);
  submit (fixture, "O2", "order.create");
  fake_wait (pending (fixture) == 0);
  submit (fixture, "O1", "order.accept");
  submit (fixture, "O1", "order.cancel");
  fake_wait (yihu_outbox_get_undecided (fixture->outbox) == 1 && pending (fixture) == 1);
  fake_settle ();
  g_assert_cmpint (count_rows (fixture), ==, 2);
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
  error = try_decide (fixture, "no such key", YIHU_OUTBOX_DROP, NULL);
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND);
  decide (fixture, key, YIHU_OUTBOX_DROP, NULL);
  fake_wait (pending (fixture) == 0);
  fates = join_fates (fixture);
  g_assert_cmpstr (fates, ==, "settled refused dropped settled ");
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
  decide (fixture, key, YIHU_OUTBOX_SEND, NULL);
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

static gboolean
fail_work (YihuDatabase *database, gpointer data, GError **error)
{
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_FULL, "no room for what belongs to it");
  return FALSE;
}

/* A command whose companion cannot be written is not kept, and takes no other one with it. */
static void
test_rollback (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  go_online (fixture);
  submit_later (fixture, "O0", "order.create");
  error = try_submit (fixture, "O1", "order.create", fail_work);
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FULL);
  submit (fixture, "O2", "order.create");
  fake_wait (pending (fixture) == 0);
  assert_applied (fixture, "O0 order.create, O2 order.create");
}

/* Another command in the place of a refused one: the same place in the line, a new key. */
static void
test_changed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuCommand) other = yihu_command_new ("order.resubmit", "O1", 0, FAKE_NOW_US);
  g_autoptr (YihuCommand) stranger = yihu_command_new ("order.resubmit", "O2", 0, FAKE_NOW_US);
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;
  YihuError code;

  g_hash_table_insert (fixture->server->refusals, g_strdup ("O1"),
                       GINT_TO_POINTER (YIHU_ERROR_CONFLICT));
  go_online (fixture);
  submit (fixture, "O1", "order.accept");
  submit (fixture, "O1", "order.cancel");
  fake_wait (yihu_outbox_get_undecided (fixture->outbox) == 1);
  key = get_refused_key (fixture, &code);
  g_hash_table_remove_all (fixture->server->refusals);
  error = try_decide (fixture, key, YIHU_OUTBOX_SEND, stranger);
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
  decide (fixture, key, YIHU_OUTBOX_SEND, other);
  fake_wait (pending (fixture) == 0);
  assert_applied (fixture, "O1 order.resubmit, O1 order.cancel");
}

static YihuOutboxState
get_first_state (Fixture *fixture, char **key)
{
  g_autoptr (GPtrArray) rows = yihu_outbox_list (fixture->outbox);
  YihuOutboxRow *row = g_ptr_array_index (rows, 0);

  *key = g_strdup (row->key);
  return row->state;
}

/* Decided nine hours ago: what sends somebody out waits for a word, a note does not. The word is
 * kept, and the key stays, because the first try may have reached the server. */
static void
test_stale (Fixture *fixture, gconstpointer data)
{
  g_autofree char *key = NULL;
  g_autofree char *same_key = NULL;
  g_autofree char *fates = NULL;

  submit (fixture, "O1", "order.create");
  submit (fixture, "N1", "note.add");
  fixture->now_us += 9 * G_TIME_SPAN_HOUR;
  go_online (fixture);
  fake_wait (yihu_outbox_get_undecided (fixture->outbox) == 1 && pending (fixture) == 0);
  assert_applied (fixture, "N1 note.add");
  g_assert_cmpint (get_first_state (fixture, &key), ==, YIHU_OUTBOX_STALE);

  yihu_outbox_set_live (fixture->outbox, NULL);
  decide (fixture, key, YIHU_OUTBOX_SEND, NULL);
  close_outbox (fixture);
  open_outbox (fixture);
  g_assert_cmpint (get_first_state (fixture, &same_key), ==, YIHU_OUTBOX_WAITING);
  g_assert_cmpstr (key, ==, same_key);
  yihu_outbox_set_live (fixture->outbox, fixture->live);
  fake_wait (pending (fixture) == 0);
  assert_applied (fixture, "N1 note.add, O1 order.create");
  fates = join_fates (fixture);
  g_assert_cmpstr (fates, ==, "settled confirmed settled ");
}

/* A row that this program cannot read blocks its object and waits for somebody; it is not lost. */
static void
test_unreadable (Fixture *fixture, gconstpointer data)
{
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;

  submit (fixture, "O1", "order.create");
  submit (fixture, "O1", "order.cancel");
  submit (fixture, "O2", "order.create");
  close_outbox (fixture);
  {
    g_autoptr (YihuDatabase) database =
        yihu_database_open (fixture->path, YIHU_DATABASE_DURABLE, NULL);

    g_assert_true (
        yihu_database_exec (database, "UPDATE outbox SET sealed = x'00' WHERE n = 1", NULL));
  }
  open_outbox (fixture);
  g_assert_cmpuint (yihu_outbox_get_undecided (fixture->outbox), ==, 1);
  g_assert_cmpint (get_first_state (fixture, &key), ==, YIHU_OUTBOX_UNREADABLE);
  go_online (fixture);
  fake_wait (pending (fixture) == 1);
  fake_settle ();
  assert_applied (fixture, "O2 order.create");
  error = try_decide (fixture, key, YIHU_OUTBOX_SEND, NULL);
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
  decide (fixture, key, YIHU_OUTBOX_DROP, NULL);
  fake_wait (pending (fixture) == 0);
  assert_applied (fixture, "O2 order.create, O1 order.cancel");
}

/* A file of an older version: no seal, fewer columns. */
static void
test_old_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuCommand) command = yihu_command_new ("order.create", "O1", 0, FAKE_NOW_US);
  g_autoptr (json_t) json = yihu_command_to_json (command);
  g_autofree char *text = yihu_json_print (json);

  close_outbox (fixture);
  {
    g_autoptr (YihuDatabase) database =
        yihu_database_open (fixture->path, YIHU_DATABASE_DURABLE, NULL);

    g_assert_true (yihu_database_exec (database, "DROP TABLE outbox", NULL));
    g_assert_true (yihu_database_exec (database, yihu_outbox_schema, NULL));
    g_assert_true (
        yihu_database_run (database,
                           "INSERT INTO outbox (key, object, command) VALUES (?1, ?2, ?3)", NULL,
                           "sss", command->key, command->object, text));
  }
  open_outbox (fixture);
  g_assert_cmpuint (pending (fixture), ==, 1);
  go_online (fixture);
  fake_wait (pending (fixture) == 0);
  assert_applied (fixture, "O1 order.create");
}

/* Closing waits for what was asked before it. */
static void
test_close_keeps (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 20; i++)
    submit_later (fixture, "O1", "order.create");
  close_outbox (fixture);
  g_assert_cmpint (count_rows (fixture), ==, 20);
  open_outbox (fixture);
  g_assert_cmpuint (pending (fixture), ==, 20);
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

/* What the child of the next test does: says each key once it is kept. */
typedef struct
{
  YihuOutbox *outbox;
  int out;
  YihuCommand *command;
} Promise;

static void append_next (YihuOutbox *outbox, int out);

static void
on_kept (GObject *object, GAsyncResult *result, gpointer data)
{
  Promise *promise = data;
  g_autofree char *line = g_strconcat (promise->command->key, "\n", NULL);

  if (!yihu_outbox_finish (YIHU_OUTBOX (object), result, NULL)
      || write (promise->out, line, strlen (line)) != (gssize) strlen (line))
    _exit (1);
  append_next (promise->outbox, promise->out);
  yihu_command_unref (promise->command);
  g_free (promise);
}

static void
append_next (YihuOutbox *outbox, int out)
{
  g_autoptr (GPtrArray) commands = g_ptr_array_new ();
  Promise *promise = g_new0 (Promise, 1);

  promise->outbox = outbox;
  promise->out = out;
  promise->command = yihu_command_new ("order.create", "O1", 0, 1);
  g_ptr_array_add (commands, promise->command);
  yihu_outbox_append_async (outbox, commands, NULL, NULL, NULL, on_kept, promise);
}

static void
append_for_ever (const char *path, int out)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  YihuDatabase *database = yihu_database_open (path, YIHU_DATABASE_DURABLE, NULL);
  YihuOutbox *outbox =
      yihu_outbox_new_threaded (database, yihu_worker_thread_new ("outbox"), NULL, NULL, NULL);

  for (guint i = 0; i < 8; i++)
    append_next (outbox, out);
  g_main_loop_run (loop);
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
    g_hash_table_remove (promised, ((YihuOutboxRow *) g_ptr_array_index (rows, i))->key);
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
      submit_later (fixture, object, name);
      fake_iterate ();
      if (g_rand_int_range (random, 0, 10) == 0)
        advance (fixture, 3000);
    }
  submit (fixture, "last", "note.add");
  for (guint i = 0; i < 400 && pending (fixture) > 0; i++)
    {
      fake_settle ();
      advance (fixture, 2500);
    }
  g_assert_cmpuint (pending (fixture), ==, 0);
  g_assert_cmpuint (fixture->server->applied->len, ==, 121);
  for (guint object = 0; object < 7; object++)
    for (guint i = 0, found = 0; i < 121; i++)
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
  ADD ("changed", test_changed);
  ADD ("stale", test_stale);
  ADD ("unreadable", test_unreadable);
  ADD ("old-file", test_old_file);
  ADD ("close-keeps", test_close_keeps);
  ADD ("reopen", test_reopen);
  ADD ("killed", test_killed);
  ADD ("drill", test_drill);
  return g_test_run ();
}
