/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Commands that come close together are written in one transaction. With each transaction the file
 * also says which calls are open and which seats are known; a switchboard that starts after a crash
 * ends those calls and shows those seats offline, so that no call talks for ever on the wall.
 * Nothing goes to the server before it is in the file.
 *
 * A full disk: commands wait in memory and are tried again each second. A refused command is
 * logged and dropped: the call has happened, whatever the server thinks of it. */

#include "voice/event-post.h"

#include "base/error.h"
#include "client/outbox.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define WRITE_RETRY_MS 1000
#define LOGIN_FIRST_MS 500
#define LOGIN_CAP_MS 10000
#define CURSOR_MS 5000
#define FILE_NAME "voice.db"
#define SECRET_NAME "sip-secret"
#define SECRET_MIN_BYTES 16
#define SECRET_MAX_BYTES 64

struct _YihuEventPost
{
  char *login; /* (owned) */
  char *password; /* (owned) */
  char *data_dir; /* (owned) */
  YihuClock *clock; /* (owned) */
  YihuDatabase *database; /* (owned) */
  YihuSession *session; /* (owned) */
  YihuLive *live; /* (owned) (nullable) */
  YihuOutbox *outbox; /* (owned) */
  GBytes *secret; /* (owned) (nullable) */
  YihuEventPostSecretFunc tell_secret;
  gpointer data; /* of tell_secret */
  GPtrArray *waiting; /* (owned) YihuCommand, not yet in the file */
  GSource *write_source; /* (owned) (nullable) */
  GSource *login_timer; /* (owned) (nullable) */
  GSource *cursor_timer; /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  guint attempt;
  gint64 cursor;
  gboolean is_complaining; /* of the disk; once is enough */
};

static const char *const migrations[] = {
  "CREATE TABLE open_call (id TEXT PRIMARY KEY, talking INTEGER NOT NULL DEFAULT 0);"
  "CREATE TABLE known_seat (id TEXT PRIMARY KEY);"
  "CREATE TABLE place (cursor INTEGER NOT NULL);"
  "INSERT INTO place VALUES (0);",
};

static void login_later (YihuEventPost *self);
static void schedule_write (YihuEventPost *self, guint delay_ms);

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* The file */

static gboolean
track (YihuEventPost *self, const YihuCommand *command, GError **error)
{
  const char *sql = NULL;

  if (strcmp (command->name, "call.begin") == 0)
    sql = "INSERT OR REPLACE INTO open_call (id) VALUES (?1)";
  else if (strcmp (command->name, "call.answer") == 0)
    sql = "UPDATE open_call SET talking = 1 WHERE id = ?1";
  else if (strcmp (command->name, "call.end") == 0 || strcmp (command->name, "call.miss") == 0)
    sql = "DELETE FROM open_call WHERE id = ?1";
  else if (strcmp (command->name, "seat.set") == 0)
    sql = "INSERT OR IGNORE INTO known_seat (id) VALUES (?1)";
  return sql == NULL || yihu_database_run (self->database, sql, error, "s", command->object);
}

static gboolean
write_all (YihuEventPost *self, GError **error)
{
  if (!yihu_database_begin (self->database, error))
    return FALSE;
  for (guint i = 0; i < self->waiting->len; i++)
    {
      YihuCommand *command = self->waiting->pdata[i];

      if (!yihu_outbox_append (self->outbox, command, error) || !track (self, command, error))
        {
          yihu_database_rollback (self->database);
          return FALSE;
        }
    }
  if (yihu_database_commit (self->database, error))
    return TRUE;
  yihu_database_rollback (self->database);
  return FALSE;
}

static void
write_waiting (YihuEventPost *self)
{
  g_autoptr (GError) error = NULL;

  if (self->waiting->len == 0)
    return;
  if (!write_all (self, &error))
    {
      if (!self->is_complaining)
        g_message ("link: events wait in memory: %s", error->message);
      self->is_complaining = TRUE;
      schedule_write (self, WRITE_RETRY_MS);
      return;
    }
  self->is_complaining = FALSE;
  g_ptr_array_set_size (self->waiting, 0);
  yihu_outbox_flush (self->outbox);
}

static gboolean
on_write_idle (gpointer data)
{
  YihuEventPost *self = data;

  clear_source (&self->write_source);
  write_waiting (self);
  return G_SOURCE_REMOVE;
}

static void
on_write_timer (gpointer data)
{
  on_write_idle (data);
}

static void
schedule_write (YihuEventPost *self, guint delay_ms)
{
  if (self->write_source != NULL)
    return;
  if (delay_ms > 0)
    {
      self->write_source = yihu_clock_add_timer (self->clock, delay_ms, on_write_timer, self, NULL);
      return;
    }
  self->write_source = g_idle_source_new ();
  g_source_set_callback (self->write_source, on_write_idle, self, NULL);
  g_source_attach (self->write_source, g_main_context_get_thread_default ());
}

void
yihu_event_post_send (YihuEventPost *self, YihuCommand *command)
{
  g_ptr_array_add (self->waiting, yihu_command_ref (command));
  schedule_write (self, 0);
}

/* What an earlier life left open. */

static gboolean
recover_calls (YihuEventPost *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database, "SELECT id, talking FROM open_call", error, "");

  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &local))
    {
      const char *name = yihu_rows_get_int (rows, 1) != 0 ? "call.end" : "call.miss";
      g_autoptr (YihuCommand) command = yihu_command_new (name, yihu_rows_get_text (rows, 0), 0,
                                                          yihu_clock_get_now_us (self->clock));

      yihu_command_set_text (command, "ended_by", "switchboard");
      yihu_event_post_send (self, command);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
recover_seats (YihuEventPost *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database, "SELECT id FROM known_seat", error, "");

  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &local))
    {
      gint64 now_us = yihu_clock_get_now_us (self->clock);
      g_autoptr (YihuCommand) command =
          yihu_command_new ("seat.set", yihu_rows_get_text (rows, 0), 0, now_us);

      yihu_command_set_text (command, "state", "offline");
      yihu_command_set_int (command, "since_us", now_us);
      yihu_command_set_text (command, "call", "");
      yihu_event_post_send (self, command);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static YihuDatabase *
open_file (const char *path, GError **error)
{
  g_autoptr (YihuDatabase) database = yihu_database_open (path, YIHU_DATABASE_DURABLE, error);

  if (database == NULL || !yihu_database_exec (database, yihu_outbox_schema, error)
      || !yihu_database_migrate (database, migrations, G_N_ELEMENTS (migrations), error))
    return NULL;
  return g_steal_pointer (&database);
}

/* A damaged file is kept for who wants to look into it, and a new one is begun. */
static YihuDatabase *
open_or_begin (YihuEventPost *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->data_dir, FILE_NAME, NULL);
  g_autofree char *aside =
      g_strdup_printf ("%s.damaged-%" G_GINT64_FORMAT, path, yihu_clock_get_now_us (self->clock));
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  g_autofree char *shm = g_strconcat (path, "-shm", NULL);
  g_autoptr (GError) local = NULL;
  YihuDatabase *database = open_file (path, &local);

  if (database != NULL)
    return database;
  if (!g_error_matches (local, YIHU_ERROR, YIHU_ERROR_CORRUPT))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  g_message ("link: %s is damaged, put aside and begun anew: %s", path, local->message);
  g_rename (path, aside);
  g_unlink (wal);
  g_unlink (shm);
  return open_file (path, error);
}

/* The secret */

static GBytes *
check_secret (GBytes *secret)
{
  gsize length = secret != NULL ? g_bytes_get_size (secret) : 0;

  return length >= SECRET_MIN_BYTES && length <= SECRET_MAX_BYTES ? secret : NULL;
}

static void
load_secret (YihuEventPost *self)
{
  g_autofree char *path = g_build_filename (self->data_dir, SECRET_NAME, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) secret = NULL;
  guchar *data;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL) || length > 4 * SECRET_MAX_BYTES)
    return;
  data = g_base64_decode (text, &length);
  secret = g_bytes_new_take (data, length);
  if (check_secret (secret) != NULL)
    self->secret = g_steal_pointer (&secret);
}

static void
keep_secret (YihuEventPost *self, GBytes *secret)
{
  g_autofree char *path = g_build_filename (self->data_dir, SECRET_NAME, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (check_secret (secret) == NULL)
    {
      g_message ("link: the log-in brought no SIP secret");
      return;
    }
  if (self->secret != NULL && g_bytes_equal (self->secret, secret))
    return;
  g_clear_pointer (&self->secret, g_bytes_unref);
  self->secret = g_bytes_ref (secret);
  text = g_base64_encode (g_bytes_get_data (secret, NULL), g_bytes_get_size (secret));
  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_message ("link: the SIP secret is not kept: %s", error->message);
  self->tell_secret (self->data, secret);
}

/* The connection */

static void
save_cursor (YihuEventPost *self)
{
  g_autoptr (GError) error = NULL;

  clear_source (&self->cursor_timer);
  if (!yihu_database_run (self->database, "UPDATE place SET cursor = ?1", &error, "i",
                          self->cursor))
    g_message ("link: %s", error->message);
}

static void
on_cursor_timer (gpointer data)
{
  save_cursor (data);
}

/* The switchboard keeps no records: it only says that it has seen them. */
static void
on_events (YihuLive *live, GPtrArray *events, gint64 to, YihuEventPost *self)
{
  self->cursor = to;
  yihu_live_set_cursor (live, to);
  if (self->cursor_timer == NULL)
    self->cursor_timer = yihu_clock_add_timer (self->clock, CURSOR_MS, on_cursor_timer, self, NULL);
}

static void
on_resnapshot (YihuLive *live, YihuEventPost *self)
{
  self->cursor = 0;
  login_later (self);
}

static void
on_live_state (YihuLive *live, GParamSpec *spec, YihuEventPost *self)
{
  YihuLiveState state = yihu_live_get_state (live);

  if (state == YIHU_LIVE_ONLINE)
    {
      g_message ("link: online");
      self->attempt = 0;
    }
  else if (state == YIHU_LIVE_OFFLINE)
    g_message ("link: the server is away");
  else if (state == YIHU_LIVE_REFUSED)
    login_later (self);
}

static void
drop_live (YihuEventPost *self)
{
  if (self->live == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->live, self);
  yihu_outbox_set_live (self->outbox, NULL);
  yihu_live_stop (self->live);
  g_clear_object (&self->live);
}

static void
on_logged_in (GObject *object, GAsyncResult *result, gpointer data)
{
  YihuEventPost *self = data; /* gone, where the answer is 'cancelled' */
  g_autoptr (GError) error = NULL;

  if (!yihu_session_login_finish (YIHU_SESSION (object), result, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      if (self->attempt <= 1)
        g_message ("link: no log-in yet: %s", error->message);
      login_later (self);
      return;
    }
  keep_secret (self, yihu_session_get_sip_secret (self->session));
  drop_live (self);
  self->live = yihu_live_new (self->session, self->clock);
  g_signal_connect (self->live, "events", G_CALLBACK (on_events), self);
  g_signal_connect (self->live, "resnapshot", G_CALLBACK (on_resnapshot), self);
  g_signal_connect (self->live, "notify::state", G_CALLBACK (on_live_state), self);
  yihu_outbox_set_live (self->outbox, self->live);
  yihu_live_start (self->live, self->cursor);
}

static void
login_now (YihuEventPost *self)
{
  yihu_session_login_async (self->session, self->login, self->password, self->cancellable,
                            on_logged_in, self);
}

static void
on_login_timer (gpointer data)
{
  YihuEventPost *self = data;

  g_clear_pointer (&self->login_timer, g_source_unref);
  login_now (self);
}

static void
login_later (YihuEventPost *self)
{
  guint delay_ms = yihu_clock_back_off_ms (self->attempt++, LOGIN_FIRST_MS, LOGIN_CAP_MS);

  if (self->login_timer != NULL)
    return;
  self->login_timer = yihu_clock_add_timer (self->clock, delay_ms, on_login_timer, self, NULL);
}

static void
on_dropped (GObject *outbox, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!yihu_outbox_finish (YIHU_OUTBOX (outbox), result, &error))
    g_message ("link: %s", error->message);
}

static void
on_refused (YihuOutbox *outbox, YihuCommand *command, YihuReply *reply, YihuEventPost *self)
{
  g_message ("link: the server refused %s of %s: %s", command->name, command->object,
             reply->error != NULL ? reply->error->message : "?");
  yihu_outbox_decide_async (outbox, command->key, YIHU_OUTBOX_DROP, NULL, NULL, NULL, NULL,
                            on_dropped, NULL);
}

/* From outside */

static gboolean
open_all (YihuEventPost *self, GError **error)
{
  if (g_mkdir_with_parents (self->data_dir, 0700) < 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "cannot make %s: %s", self->data_dir,
                   g_strerror (errno));
      return FALSE;
    }
  self->database = open_or_begin (self, error);
  if (self->database == NULL
      || !yihu_database_query_int (self->database, "SELECT cursor FROM place", &self->cursor, error,
                                   ""))
    return FALSE;
  self->outbox = yihu_outbox_new (self->database, error);
  return self->outbox != NULL && recover_calls (self, error) && recover_seats (self, error);
}

YihuEventPost *
yihu_event_post_new (const YihuEventPostConfig *config,
                     YihuClock *clock,
                     YihuEventPostSecretFunc tell_secret,
                     gpointer data,
                     GError **error)
{
  g_autoptr (YihuEventPost) self = g_new0 (YihuEventPost, 1);

  self->login = g_strdup (config->login);
  self->password = g_strdup (config->password);
  self->data_dir = g_strdup (config->data_dir);
  self->clock = g_object_ref (clock);
  self->tell_secret = tell_secret;
  self->data = data;
  self->cancellable = g_cancellable_new ();
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) yihu_command_unref);
  if (!open_all (self, error))
    return NULL;
  load_secret (self);
  g_signal_connect (self->outbox, "refused", G_CALLBACK (on_refused), self);
  self->session = yihu_session_new (config->server, "yihu-voice");
  yihu_session_set_trust (self->session, config->trust);
  return g_steal_pointer (&self);
}

void
yihu_event_post_start (YihuEventPost *self)
{
  login_now (self);
}

GBytes *
yihu_event_post_get_secret (YihuEventPost *self)
{
  return self->secret;
}

static void
stop (YihuEventPost *self)
{
  g_cancellable_cancel (self->cancellable);
  clear_source (&self->login_timer);
  clear_source (&self->write_source);
  if (self->session != NULL) /* it was opened */
    {
      write_waiting (self);
      save_cursor (self);
      drop_live (self);
      g_signal_handlers_disconnect_by_data (self->outbox, self);
    }
  clear_source (&self->write_source);
  clear_source (&self->cursor_timer);
}

void
yihu_event_post_free (YihuEventPost *self)
{
  stop (self);
  g_clear_object (&self->outbox);
  g_clear_object (&self->session);
  g_clear_pointer (&self->database, yihu_database_close);
  g_clear_object (&self->clock);
  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->waiting);
  g_clear_pointer (&self->secret, g_bytes_unref);
  g_free (self->login);
  g_free (self->password);
  g_free (self->data_dir);
  g_free (self);
}
