/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The primary is lost while commands are under way, a standby is promoted, and the server goes on
 * there: with synchronous replication nothing that was acknowledged is missing. The control shows
 * what asynchronous replication may lose, and that the server then says so and begins a new epoch.
 */

#include "fixture.h"

#include "cluster.h"

#include <glib/gstdio.h>
#include <string.h>

#define DATABASE "yihu"

typedef struct
{
  Fixture fixture;
  Cluster *primary;
  Cluster *standby;
  char *desk;
  GHashTable *acknowledged; /* ids of notes */
  guint n_running;
  guint n_sent;
} World;

static void
set_up (World *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  self->primary = cluster_new ();
  g_free (cluster_make_database (self->primary, DATABASE, NULL));
  self->standby = cluster_new_standby (self->primary, "standby1");
  first = g_uri_escape_string (cluster_get_directory (self->primary), NULL, FALSE);
  second = g_uri_escape_string (cluster_get_directory (self->standby), NULL, FALSE);
  self->fixture.store = g_strdup_printf ("postgresql://yihu@%s,%s/" DATABASE, first, second);
  self->fixture.directory = g_dir_make_tmp ("yihu-fail-over-XXXXXX", NULL);
  self->fixture.clock = yihu_clock_new ();
  yihu_server_init_administrator (self->fixture.directory, self->fixture.store, "admin",
                                  FIXTURE_PASSWORD, self->fixture.clock, &error);
  g_assert_no_error (error);
  fixture_start (&self->fixture);
  fixture_fill_slowly (&self->fixture);
  self->desk = fixture_login_anew (&self->fixture, "operator");
  self->acknowledged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
tear_down (World *self, gconstpointer data)
{
  fixture_tear_down (&self->fixture, data);
  cluster_free (self->primary);
  cluster_free (self->standby);
  g_free (self->desk);
  g_hash_table_unref (self->acknowledged);
}

/* Eight desks write notes, one after the other. */

typedef struct
{
  World *world;
  char *id;
  SoupMessage *message;
} Request;

static void send_note (World *self);

static void
on_note_sent (GObject *object, GAsyncResult *result, gpointer data)
{
  Request *request = data;
  World *self = request->world;
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (object), result, NULL);

  self->n_running--;
  if (body != NULL && soup_message_get_status (request->message) == 200)
    {
      g_hash_table_add (self->acknowledged, g_steal_pointer (&request->id));
      send_note (self);
    }
  g_free (request->id);
  g_object_unref (request->message);
  g_free (request);
}

static void
send_note (World *self)
{
  Request *request = g_new0 (Request, 1);
  g_autofree char *url = g_strconcat (self->fixture.url, "/v1/command", NULL);
  g_autofree char *text = NULL;
  g_autoptr (YihuNote) note = NULL;
  g_autoptr (YihuCommand) command = NULL;
  g_autoptr (json_t) json = NULL;
  g_autoptr (GBytes) body = NULL;

  request->world = self;
  request->id = g_strdup_printf ("note-%u", ++self->n_sent);
  request->message = soup_message_new ("POST", url);
  note = yihu_note_new (request->id);
  note->elder = g_strdup ("e1");
  note->text = g_strdup (request->id);
  command = yihu_command_new ("note.add", request->id, 0, g_get_real_time ());
  yihu_command_set_record (command, "note", note);
  json = yihu_command_to_json (command);
  text = yihu_json_print (json);
  body = g_bytes_new (text, strlen (text));
  soup_message_set_request_body_from_bytes (request->message, "application/json", body);
  fixture_authorize (&self->fixture, request->message, self->desk);
  self->n_running++;
  soup_session_send_and_read_async (self->fixture.soup, request->message, G_PRIORITY_DEFAULT, NULL,
                                    on_note_sent, request);
}

static void
write_notes (World *self, guint n_desks, guint n_wanted)
{
  guint before = g_hash_table_size (self->acknowledged);

  for (guint i = 0; i < n_desks; i++)
    send_note (self);
  while (g_hash_table_size (self->acknowledged) < before + n_wanted)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
is_quiet (gpointer data)
{
  return ((World *) data)->n_running == 0;
}

static guint
count_missing (World *self)
{
  GHashTableIter iter;
  gpointer id;
  guint n_missing = 0;

  g_hash_table_iter_init (&iter, self->acknowledged);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      g_autofree char *sql =
          g_strdup_printf ("SELECT count(*) FROM note WHERE id = '%s'", (char *) id);

      n_missing += cluster_query_int (self->standby, DATABASE, sql) != 1;
    }
  return n_missing;
}

static gboolean
is_healthy (World *self)
{
  g_autoptr (Answer) answer = fixture_send (&self->fixture, NULL, "GET", "/v1/health", NULL, 0);

  return json_is_true (json_object_get (answer->json, "ok"));
}

static void
set_on (Cluster *cluster, const char *sql)
{
  cluster_exec (cluster, "postgres", sql);
  cluster_exec (cluster, "postgres", "SELECT pg_reload_conf()");
}

static void
wait_for (Cluster *cluster, const char *sql)
{
  gint64 deadline_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  while (cluster_query_int (cluster, "postgres", sql) == 0)
    if (g_get_monotonic_time () > deadline_us)
      g_error ("in vain: %s", sql);
}

static void
test_synchronous (World *self, gconstpointer data)
{
  set_on (self->primary, "ALTER SYSTEM SET synchronous_standby_names = 'standby1'");
  wait_for (self->primary, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'");
  write_notes (self, 8, 150);
  cluster_kill (self->primary); /* with eight commands under way */
  fixture_spin (is_quiet, self);
  g_assert_false (is_healthy (self));
  cluster_promote (self->standby);
  while (!is_healthy (self))
    ;
  g_test_message ("%u acknowledged, %u sent", g_hash_table_size (self->acknowledged), self->n_sent);
  g_assert_cmpuint (count_missing (self), ==, 0);
  write_notes (self, 8, 50); /* it goes on, on the other machine */
  fixture_spin (is_quiet, self);
}

/* Stops after the wanted number. */
static void
test_control (World *self, gconstpointer data)
{
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  gint64 epoch = yihu_hub_get_tenant (self->fixture.server->hub)->epoch;
  guint n_missing;

  /* The standby hears nothing more, as behind a cut line; nobody waits for it. */
  set_on (self->standby, "ALTER SYSTEM SET primary_conninfo = ''");
  wait_for (self->primary,
            "SELECT CASE count(*) WHEN 0 THEN 1 ELSE 0 END FROM pg_stat_replication");
  write_notes (self, 8, 50);
  cluster_kill (self->primary);
  fixture_spin (is_quiet, self);
  cluster_promote (self->standby);
  while (!is_healthy (self))
    ;
  n_missing = count_missing (self);
  g_test_message ("%u of %u missing", n_missing, g_hash_table_size (self->acknowledged));
  g_assert_cmpuint (n_missing, >, 0);
  while (yihu_hub_get_tenant (self->fixture.server->hub)->epoch <= epoch)
    g_main_context_iteration (NULL, TRUE);
  g_log_set_always_fatal (fatal);
}

#define ADD(name, func) g_test_add ("/server/fail-over/" name, World, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  ADD ("synchronous", test_synchronous);
  ADD ("asynchronous-control", test_control);
  return g_test_run ();
}
