/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The real client against the real server, with connections cut, clients that start again from
 * their cursor, and the server restarted, at random: at the end each has every event of its range
 * once, in order. The clients live in a virtual time of their own, so that their patience costs
 * nothing. */

#include "fixture.h"

#include "client/live.h"
#include "domain/kinds.h"
#include "server/work/commands.h"

#define STEPS 120
#define MAX_NOTES 40

typedef struct
{
  YihuSession *session;
  YihuLive *live;
  GString *seqs; /* of the events it got, in order */
  gint64 newest;
  guint n_resnapshots;
} Client;

typedef struct
{
  Fixture fixture;
  YihuClock *clock; /* of the clients */
  YihuActor *author;
  GPtrArray *clients; /* Client */
  guint n_notes;
  guint n_pending; /* commands without an answer */
} World;

static void
on_events (YihuLive *live, GPtrArray *events, gint64 to, Client *client)
{
  for (guint i = 0; i < events->len; i++)
    {
      const YihuEvent *event = g_ptr_array_index (events, i);

      g_assert_cmpint (event->seq, >, client->newest);
      client->newest = event->seq;
      g_string_append_printf (client->seqs, "%" G_GINT64_FORMAT " ", event->seq);
    }
  yihu_live_set_cursor (live, to);
}

static void
on_resnapshot (YihuLive *live, Client *client)
{
  client->n_resnapshots++;
}

static void
on_logged_in (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  yihu_session_login_finish (YIHU_SESSION (object), result, &error);
  g_assert_no_error (error);
}

static gboolean
is_logged_in (gpointer session)
{
  return yihu_session_is_logged_in (session);
}

static gint64
get_seq (World *self)
{
  return yihu_hub_get_tenant (self->fixture.server->hub)->seq;
}

static Client *
add_client (World *self, const char *login)
{
  Client *client = g_new0 (Client, 1);

  client->session = yihu_session_new (self->fixture.url, login);
  yihu_session_login_async (client->session, login, FIXTURE_PASSWORD, NULL, on_logged_in, NULL);
  fixture_spin (is_logged_in, client->session);
  client->seqs = g_string_new (NULL);
  client->live = yihu_live_new (client->session, self->clock);
  g_signal_connect (client->live, "events", G_CALLBACK (on_events), client);
  g_signal_connect (client->live, "resnapshot", G_CALLBACK (on_resnapshot), client);
  g_ptr_array_add (self->clients, client);
  return client;
}

static void
client_free (gpointer data)
{
  Client *client = data;

  yihu_live_stop (client->live);
  g_object_unref (client->live);
  g_object_unref (client->session);
  g_string_free (client->seqs, TRUE);
  g_free (client);
}

static void
set_up (World *self, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autofree char *header = NULL;

  fixture_set_up (&self->fixture, data);
  fixture_fill (&self->fixture);
  token = fixture_login (&self->fixture, "operator");
  header = g_strconcat ("Bearer ", token, NULL);
  self->author = yihu_actor_ref (
      yihu_tokens_lookup (self->fixture.server->tokens, header, "test", g_get_real_time (), NULL)
          ->actor);
  self->clock = yihu_fake_clock_new (g_get_real_time ());
  self->clients = g_ptr_array_new_with_free_func (client_free);
}

static void
tear_down (World *self, gconstpointer data)
{
  g_ptr_array_unref (self->clients);
  yihu_actor_unref (self->author);
  fixture_tear_down (&self->fixture, data);
  g_object_unref (self->clock);
}

static void
on_written (const YihuReply *reply, gpointer data)
{
  World *self = data;

  g_assert_cmpint (reply->state, ==, YIHU_REPLY_OK);
  self->n_pending--;
}

/* Of elders in both counties, so that each event is for the city and for one of the two at most. */
static void
write_notes (World *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("n%u", self->n_notes);
      g_autoptr (YihuNote) note = yihu_note_new (id);
      g_autoptr (YihuCommand) command = yihu_command_new ("note.add", id, 0, g_get_real_time ());

      note->elder = g_strdup (self->n_notes++ % 3 == 0 ? "e1" : "e2");
      note->text = g_strdup ("a note");
      yihu_command_set_record (command, "note", note);
      self->n_pending++;
      yihu_commands_submit (self->fixture.server->writer, self->author, command, on_written, self);
    }
}

/* One turn of the main context; who waits for a retry is let wait in virtual time. */
static void
turn (World *self)
{
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (500);
  for (guint i = 0; i < self->clients->len; i++)
    {
      Client *client = g_ptr_array_index (self->clients, i);

      if (yihu_live_get_state (client->live) == YIHU_LIVE_OFFLINE)
        {
          yihu_fake_clock_advance (YIHU_FAKE_CLOCK (self->clock), 250);
          return;
        }
    }
}

static gboolean
is_even (World *self)
{
  for (guint i = 0; i < self->clients->len; i++)
    {
      Client *client = g_ptr_array_index (self->clients, i);

      if (yihu_live_get_cursor (client->live) < get_seq (self))
        return FALSE;
    }
  return self->n_pending == 0;
}

static void
settle (World *self)
{
  gint64 until_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  while (!is_even (self))
    {
      if (g_get_monotonic_time () > until_us)
        g_error ("the clients never caught up");
      turn (self);
    }
}

static void
restart_server (World *self)
{
  while (self->n_pending > 0)
    turn (self);
  fixture_stop (&self->fixture);
  fixture_start (&self->fixture);
}

static void
step (World *self, GRand *random)
{
  Client *client =
      g_ptr_array_index (self->clients, g_rand_int_range (random, 0, (gint32) self->clients->len));
  int dice = g_rand_int_range (random, 0, 100);

  if (dice < 60)
    write_notes (self, g_rand_int_range (random, 1, MAX_NOTES));
  else if (dice < 80)
    yihu_guard_close_all (self->fixture.server->guard);
  else if (dice < 97)
    {
      yihu_live_stop (client->live); /* a console that ended: it goes on from its file */
      yihu_live_start (client->live, yihu_live_get_cursor (client->live));
    }
  else
    restart_server (self);
  for (int turns = g_rand_int_range (random, 0, 40); turns > 0; turns--)
    turn (self);
}

/* What the account may see, as /v1/changes tells it. */
static char *
list_seqs (World *self, Client *client, gint64 since)
{
  GString *seqs = g_string_new (NULL);
  gboolean more = TRUE;

  self->fixture.device = yihu_session_get_account (client->session)->login; /* whose token it is */
  while (more)
    {
      g_autofree char *path = g_strdup_printf ("/v1/changes?since=%" G_GINT64_FORMAT
                                               "&epoch=%" G_GINT64_FORMAT "&limit=700",
                                               since, yihu_session_get_epoch (client->session));
      g_autoptr (Answer) page =
          fixture_send (&self->fixture, yihu_session_get_token (client->session), "GET", path, NULL,
                        0);
      const json_t *events = json_object_get (page->json, "ev");

      g_assert_cmpuint (page->status, ==, 200);
      for (gsize i = 0; i < json_array_size (events); i++)
        g_string_append_printf (seqs, "%" JSON_INTEGER_FORMAT " ",
                                json_integer_value (
                                    json_array_get (json_array_get (events, i), 0)));
      since = answer_get_int (page, "to");
      more = json_is_true (json_object_get (page->json, "more"));
    }
  return g_string_free (seqs, FALSE);
}

static void
test_random_cuts (World *self, gconstpointer data)
{
  guint32 seed = (guint32) g_test_rand_int ();
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  gint64 begin = get_seq (self);

  g_test_message ("seed %u", seed);
  add_client (self, "operator");
  add_client (self, "county");
  add_client (self, "supervisor");
  for (guint i = 0; i < self->clients->len; i++)
    yihu_live_start (((Client *) g_ptr_array_index (self->clients, i))->live, begin);
  for (guint i = 0; i < STEPS; i++)
    step (self, random);
  settle (self);
  for (guint i = 0; i < self->clients->len; i++)
    {
      Client *client = g_ptr_array_index (self->clients, i);
      g_autofree char *expected = list_seqs (self, client, begin);

      g_assert_cmpstr (client->seqs->str, ==, expected);
      g_assert_cmpuint (client->n_resnapshots, ==, 0);
    }
}

/* A cursor that this server has never given (its store came from a backup, say): told once, and
 * silence until the client has a snapshot. */
static void
test_future_cursor (World *self, gconstpointer data)
{
  Client *client = add_client (self, "operator");

  yihu_live_start (client->live, get_seq (self) + 1000);
  while (client->n_resnapshots == 0)
    turn (self);
  for (guint i = 0; i < 200; i++)
    turn (self);
  g_assert_cmpuint (client->n_resnapshots, ==, 1);
  g_assert_cmpint (yihu_live_get_state (client->live), ==, YIHU_LIVE_OFFLINE);
  yihu_live_start (client->live, get_seq (self));
  write_notes (self, 1);
  settle (self);
  g_assert_cmpint (client->newest, ==, get_seq (self));
}

/* A client that keeps nothing it gets is told to pull; when it goes on it has everything once. */
static void
test_behind_then_even (World *self, gconstpointer data)
{
  Client *client = add_client (self, "operator");
  gint64 begin = get_seq (self);
  g_autofree char *expected = NULL;

  yihu_live_start (client->live, begin);
  while (yihu_live_get_state (client->live) != YIHU_LIVE_ONLINE)
    turn (self);
  g_signal_handlers_block_by_func (client->live, on_events, client);
  for (guint i = 0; i < 30; i++)
    {
      write_notes (self, 100);
      while (self->n_pending > 0)
        g_main_context_iteration (NULL, TRUE);
    }
  g_signal_handlers_unblock_by_func (client->live, on_events, client);
  yihu_live_start (client->live, begin); /* nothing was kept */
  settle (self);
  expected = list_seqs (self, client, begin);
  g_assert_cmpstr (client->seqs->str, ==, expected);
}

#define ADD(name, func) g_test_add ("/server/feed/" name, World, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  ADD ("random-cuts", test_random_cuts);
  ADD ("future-cursor", test_future_cursor);
  ADD ("behind-then-even", test_behind_then_even);
  return g_test_run ();
}
