/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Starting and ending the real programs for a story: directories, free ports, output, pids. Knows
 * the programs' command lines and nothing of screens. */

#include "world.h"

#include "screen.h"
#include "sql/database.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#define POLL_US 20000
#define MAX_TRIES 100

static char *
program_path (const char *layer, const char *name)
{
  return g_build_filename (g_getenv ("YIHU_BUILD_DIR"), "src", layer, name, NULL);
}

char *
world_path (World *self, const char *name)
{
  return g_build_filename (self->directory, name, NULL);
}

static guint
find_free_port (GSocketType type, GSocketProtocol protocol)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, type, protocol, &error);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  if (socket == NULL || !g_socket_bind (socket, address, FALSE, &error))
    g_error ("no free port: %s", error->message);
  bound = g_socket_get_local_address (socket, NULL);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

/* A test that aborts leaves nothing running. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *
spawn (World *self, const char *name, GSubprocessLauncher *launcher, const char *const *argv)
{
  g_autofree char *log = g_strdup_printf ("%s/%s.log", self->directory, name);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  g_subprocess_launcher_set_stdout_file_path (launcher, log);
  g_subprocess_launcher_set_flags (launcher,
                                   G_SUBPROCESS_FLAGS_STDERR_MERGE | G_SUBPROCESS_FLAGS_STDIN_PIPE);
  g_subprocess_launcher_setenv (launcher, "YIHU_PASSWORD", self->password, TRUE);
  g_subprocess_launcher_setenv (launcher, "YIHU_CITY_PASSWORD", self->password, TRUE);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  if (process == NULL)
    g_error ("%s: %s", argv[0], error->message);
  return process;
}

static GSubprocessLauncher *
new_launcher (void)
{
  return g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
}

void
world_end (GSubprocess **process, int signal_number)
{
  if (*process == NULL)
    return;
  g_subprocess_send_signal (*process, signal_number);
  g_subprocess_wait (*process, NULL, NULL);
  g_clear_object (process);
}

static void
run_to_end (World *self, const char *name, const char *const *argv)
{
  g_autoptr (GSubprocessLauncher) launcher = new_launcher ();
  g_autoptr (GSubprocess) process = spawn (self, name, launcher, argv);
  g_autoptr (GError) error = NULL;

  if (!g_subprocess_wait_check (process, NULL, &error))
    g_error ("%s: %s (see %s/%s.log)", argv[0], error->message, self->directory, name);
}

GSubprocess *
world_spawn (World *self, const char *name, const char *const *argv)
{
  g_autoptr (GSubprocessLauncher) launcher = new_launcher ();

  return spawn (self, name, launcher, argv);
}

typedef struct
{
  const char *name;
  const char *part;
} LogLine;

static gboolean
log_has_line (World *self, gpointer data)
{
  LogLine *line = data;
  g_autofree char *path = g_strdup_printf ("%s/%s.log", self->directory, line->name);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && strstr (text, line->part) != NULL;
}

void
world_wait (World *self, const char *what, guint deadline_s, WorldCheck check, gpointer data)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) deadline_s * G_USEC_PER_SEC;

  while (!check (self, data))
    {
      if (g_get_monotonic_time () > deadline)
        {
          screen_shoot ("failed");
          g_error ("waited %u s in vain: %s (logs in %s)", deadline_s, what, self->directory);
        }
      g_usleep (POLL_US);
    }
}

static void
wait_for_log (World *self, const char *name, const char *part, guint deadline_s)
{
  g_autofree char *what = g_strdup_printf ("%s says “%s”", name, part);
  LogLine line = { name, part };

  world_wait (self, what, deadline_s, log_has_line, &line);
}

World *
world_new (guint n_elders, guint seed)
{
  g_autoptr (GError) error = NULL;
  World *self = g_new0 (World, 1);

  self->directory = g_dir_make_tmp ("yihu-story-XXXXXX", &error);
  if (self->directory == NULL)
    g_error ("%s", error->message);
  self->password = g_uuid_string_random ();
  self->server_port = find_free_port (G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP);
  self->rtsp_port = find_free_port (G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP);
  self->sip_port = find_free_port (G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP);
  world_make_city (self, n_elders, seed);
  return self;
}

void
world_free (World *self)
{
  world_end (&self->elder, SIGTERM);
  world_end (&self->console, SIGTERM);
  world_end (&self->city, SIGTERM);
  world_end (&self->voice, SIGTERM);
  world_end (&self->server, SIGTERM);
  if (g_getenv ("YIHU_STORY_KEEP") == NULL)
    g_spawn_sync (NULL, (char *[]){ (char *) "rm", (char *) "-rf", self->directory, NULL }, NULL,
                  G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (self->directory);
  g_free (self->password);
  g_free (self);
}

static char *
server_url (World *self)
{
  return g_strdup_printf ("http://127.0.0.1:%u", self->server_port);
}

void
world_make_city (World *self, guint n_elders, guint seed)
{
  g_autofree char *city = program_path ("city", "yihu-city");
  g_autofree char *ctl = program_path ("ctl", "yihu-ctl");
  g_autofree char *server = program_path ("server", "yihu-server");
  g_autofree char *elders = g_strdup_printf ("%u", n_elders);
  g_autofree char *seed_text = g_strdup_printf ("%u", seed);
  g_autofree char *rtsp_port = g_strdup_printf ("%u", self->rtsp_port);
  g_autofree char *out = world_path (self, "city");
  g_autofree char *data = world_path (self, "server");
  g_autofree char *map = g_build_filename (out, "basemap.db", NULL);
  g_autofree char *url = server_url (self);

  run_to_end (self, "make-city",
              (const char *[]){ city, "make", "--elders", elders, "--seed", seed_text,
                                "--rtsp-port", rtsp_port, "--out", out, NULL });
  run_to_end (self, "init",
              (const char *[]){ server, "--data-dir", data, "--init-admin", "admin", NULL });
  world_start_server (self);
  run_to_end (self, "import",
              (const char *[]){ ctl, "--server", url, "--login", "admin", "--quiet", "import-dir",
                                out, NULL });
  run_to_end (self, "import-map",
              (const char *[]){ ctl, "--server", url, "--login", "admin", "import-map", map,
                                NULL });
}

void
world_start_server (World *self)
{
  g_autofree char *server = program_path ("server", "yihu-server");
  g_autofree char *data = world_path (self, "server");
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", self->server_port);
  g_autofree char *registrar = g_strdup_printf ("sip:127.0.0.1:%u", self->sip_port);
  g_autoptr (GSubprocessLauncher) launcher = new_launcher ();

  self->server =
      spawn (self, "server", launcher,
             (const char *[]){ server, "--data-dir", data, "--listen", listen, "--sip-registrar",
                               registrar, "--second-factor=off", NULL });
  wait_for_log (self, "server", "listening on", 60);
}

void
world_stop_server (World *self)
{
  world_end (&self->server, SIGTERM);
}

void
world_start_voice (World *self)
{
  g_autofree char *voice = program_path ("voice", "yihu-voice");
  g_autofree char *data = world_path (self, "voice");
  g_autofree char *sip = g_strdup_printf ("127.0.0.1:%u", self->sip_port);
  g_autofree char *url = server_url (self);
  g_autoptr (GSubprocessLauncher) launcher = new_launcher ();

  self->voice = spawn (self, "voice", launcher,
                       (const char *[]){ voice, "--server", url, "--login", "voice", "--sip", sip,
                                         "--data-dir", data, NULL });
  wait_for_log (self, "voice", "sip listening on", 30);
}

void
world_start_city (World *self, const char *const *options)
{
  g_autofree char *city = program_path ("city", "yihu-city");
  g_autofree char *files = world_path (self, "city");
  g_autofree char *sip = g_strdup_printf ("sip:127.0.0.1:%u", self->sip_port);
  g_autofree char *rtsp_port = g_strdup_printf ("%u", self->rtsp_port);
  g_autofree char *url = server_url (self);
  g_autoptr (GSubprocessLauncher) launcher = new_launcher ();
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_auto (GStrv) arguments = NULL;

  g_strv_builder_add_many (argv, city, "live", "--server", url, "--sip", sip, "--city", files,
                           "--rtsp-port", rtsp_port, NULL);
  g_strv_builder_addv (argv, (const char **) options);
  arguments = g_strv_builder_end (argv);
  self->city = spawn (self, "city", launcher, (const char *const *) arguments);
  wait_for_log (self, "city", "\nready\n", 120);
}

void
world_start_console (World *self,
                     const char *login,
                     guint tone_hz,
                     const char *heard,
                     const char *const *options)
{
  g_autofree char *console = program_path ("console", "yihu-console");
  g_autofree char *cache = g_strdup_printf ("%s/cache-%s", self->directory, login);
  g_autofree char *url = server_url (self);
  g_autofree char *translations = g_build_filename (g_getenv ("YIHU_BUILD_DIR"), "po", NULL);
  g_autofree char *source =
      g_strdup_printf ("audiotestsrc is-live=true samplesperbuffer=160 freq=%u volume=0.2",
                       tone_hz);
  g_autofree char *sink =
      g_strdup_printf ("audioconvert ! audioresample ! audio/x-raw,rate=8000,channels=1 ! wavenc ! "
                       "filesink location=%s",
                       heard);
  g_autoptr (GSubprocessLauncher) launcher = new_launcher ();
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_auto (GStrv) arguments = NULL;

  g_strv_builder_add_many (argv, console, "--server", url, "--cache-dir", cache, "--login", login,
                           NULL);
  if (options != NULL)
    g_strv_builder_addv (argv, (const char **) options);
  arguments = g_strv_builder_end (argv);
  g_subprocess_launcher_setenv (launcher, "YIHU_AUDIO_SRC", source, TRUE);
  g_subprocess_launcher_setenv (launcher, "YIHU_AUDIO_SINK", heard != NULL ? sink : "fakesink",
                                TRUE);
  g_subprocess_launcher_setenv (launcher, "YIHU_RING_SINK", "fakesink sync=true", TRUE);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "zh_CN.UTF-8", TRUE);
  g_subprocess_launcher_setenv (launcher, "LANGUAGE", "zh_CN", TRUE);
  g_subprocess_launcher_setenv (launcher, "YIHU_LOCALEDIR", translations, TRUE);
  g_subprocess_launcher_unsetenv (launcher, "G_SLICE");
  self->console = spawn (self, "console", launcher, (const char *const *) arguments);
}

guint
world_get_pid (GSubprocess *process)
{
  return (guint) g_ascii_strtoull (g_subprocess_get_identifier (process), NULL, 10);
}

void
world_kill_console (World *self)
{
  world_end (&self->console, SIGKILL);
}

void
world_stop_console (World *self)
{
  world_end (&self->console, SIGTERM);
}

gint64
world_query (World *self, const char *sql)
{
  g_autofree char *path = g_build_filename (self->directory, "server", "yihu.db", NULL);

  return world_query_file (path, sql);
}

/* A program that is just closing its file may keep others from opening it for a moment. */
gint64
world_query_file (const char *path, const char *sql)
{
  for (guint tries = 0;; tries++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (YihuDatabase) database = yihu_database_open (path, YIHU_DATABASE_READER, &error);
      gint64 value = 0;

      if (database != NULL && yihu_database_query_int (database, sql, &value, &error, ""))
        return value;
      if (tries == MAX_TRIES)
        g_error ("%s: %s", sql, error->message);
      g_usleep (POLL_US);
    }
}

char *
world_query_text (World *self, const char *sql)
{
  g_autofree char *path = g_build_filename (self->directory, "server", "yihu.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuDatabase) database = yihu_database_open (path, YIHU_DATABASE_READER, &error);
  g_autoptr (YihuRows) rows =
      database != NULL ? yihu_database_query (database, sql, &error, "") : NULL;

  if (rows == NULL)
    g_error ("%s: %s", sql, error->message);
  return yihu_rows_next (rows, NULL) ? g_strdup (yihu_rows_get_text (rows, 0)) : NULL;
}

typedef struct
{
  const char *sql;
  gint64 count;
} Count;

static gboolean
has_count (World *self, gpointer data)
{
  Count *count = data;

  return world_query (self, count->sql) == count->count;
}

void
world_wait_count (World *self, const char *what, guint deadline_s, const char *sql, gint64 count)
{
  Count wanted = { sql, count };

  world_wait (self, what, deadline_s, has_count, &wanted);
}
