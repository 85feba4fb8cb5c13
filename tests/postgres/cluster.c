/* SPDX-License-Identifier: GPL-3.0-or-later */

/* See cluster.h. Programs of PostgreSQL refuse to run as root; there they run as "postgres" or
 * "nobody". Waiting is for a line in the server's log. */

#include "cluster.h"

#include <glib/gstdio.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

#define READY "database system is ready to accept"
#define PATIENCE_US (60 * G_USEC_PER_SEC)

struct _Cluster
{
  char *directory; /* of the socket */
  char *data;
  GSubprocess *process; /* (nullable) */
  GThread *reader; /* (nullable) */
  GMutex lock;
  GCond moved;
  guint n_ready; /* how often it said so */
  gboolean is_ended;
};

/* Running programs. */

static struct passwd *
find_user (void)
{
  struct passwd *user;

  if (geteuid () != 0)
    return NULL;
  user = getpwnam ("postgres");
  return user != NULL ? user : getpwnam ("nobody");
}

static void
become_user (gpointer data)
{
  struct passwd *user = data;

  if (user != NULL
      && (setgroups (0, NULL) != 0 || setgid (user->pw_gid) != 0 || setuid (user->pw_uid) != 0))
    _exit (126);
  prctl (PR_SET_PDEATHSIG, SIGQUIT);
}

static GSubprocess *
spawn (GSubprocessFlags flags, int input, const char *const *arguments)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_child_setup (launcher, become_user, find_user (), NULL);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C", TRUE);
  g_subprocess_launcher_set_cwd (launcher, "/");
  if (input >= 0)
    g_subprocess_launcher_take_stdin_fd (launcher, input);
  process = g_subprocess_launcher_spawnv (launcher, arguments, &error);
  if (process == NULL)
    g_error ("%s: %s", arguments[0], error->message);
  return process;
}

static void
run (int input, const char *const *arguments)
{
  g_autoptr (GSubprocess) process = spawn (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, input, arguments);
  g_autoptr (GError) error = NULL;

  if (!g_subprocess_wait_check (process, NULL, &error))
    g_error ("%s: %s", arguments[0], error->message);
}

/* The data directory: in memory where there is some, because these tests do not ask how fast a disk
 * is, and every database of a test is some megabytes. */

static void
remove_directory (const char *path)
{
  const char *const arguments[] = { "rm", "-rf", path, NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_NONE, NULL);

  g_subprocess_wait (process, NULL, NULL);
}

#define NAME "yihu-pg-"

/* What a test left behind that was itself killed; the name has its process id. */
static void
sweep (const char *where)
{
  g_autoptr (GDir) directory = g_dir_open (where, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (where, name, NULL);
      int pid = g_str_has_prefix (name, NAME) ? atoi (name + strlen (NAME)) : 0;

      if (pid > 0 && kill (pid, 0) != 0 && errno == ESRCH)
        remove_directory (path);
    }
}

static char *
make_directory (void)
{
  struct passwd *user = find_user ();
  const char *where = g_access ("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : g_get_tmp_dir ();
  char *directory = g_strdup_printf ("%s/" NAME "%d-XXXXXX", where, getpid ());

  sweep (where);
  g_assert_nonnull (g_mkdtemp (directory));
  if (user != NULL && chown (directory, user->pw_uid, user->pw_gid) != 0)
    g_error ("give the directory to %s", user->pw_name);
  return directory;
}

static void
make_data (const char *directory)
{
  g_autofree char *data = g_build_filename (directory, "data", NULL);
  const char *const arguments[] = { POSTGRES_BIN "/initdb",
                                    "--pgdata",
                                    data,
                                    "--username=yihu",
                                    "--auth=trust",
                                    "--encoding=UTF8",
                                    "--locale=C",
                                    "--wal-segsize=1",
                                    "--no-sync",
                                    "--no-instructions",
                                    NULL };

  run (-1, arguments);
}

static void
pack_data (const char *directory, const char *path)
{
  g_autofree char *fresh = g_strconcat (path, ".new", NULL);
  const char *const arguments[] = { "tar", "-cf", fresh, "-C", directory, "data", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_NONE, &error);

  if (process == NULL || !g_subprocess_wait_check (process, NULL, &error)
      || g_rename (fresh, path) != 0)
    g_error ("keep the empty database: %s", error != NULL ? error->message : path);
}

static void
unpack_data (const char *directory, const char *path)
{
  const char *const arguments[] = { "tar", "-xf", "-", "-C", directory, NULL };

  run (g_open (path, O_RDONLY | O_CLOEXEC), arguments);
}

/* Tests run side by side; one of them makes what all use. */
static void
fill_directory (const char *directory)
{
  const char *cache = g_getenv ("YIHU_TEST_CACHE");
  g_autofree char *path = NULL;
  g_autofree char *lock_path = NULL;
  int lock;

  if (cache == NULL)
    {
      make_data (directory);
      return;
    }
  path = g_build_filename (cache, "postgres-empty.tar", NULL);
  lock_path = g_strconcat (path, ".lock", NULL);
  lock = g_open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint (flock (lock, LOCK_EX), ==, 0);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      unpack_data (directory, path);
    }
  else
    {
      make_data (directory);
      pack_data (directory, path);
    }
  g_close (lock, NULL);
}

/* The server. */

static gpointer
read_log (gpointer data)
{
  Cluster *self = data;
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_subprocess_get_stderr_pipe (self->process));
  gboolean is_loud = g_getenv ("YIHU_TEST_POSTGRES_LOG") != NULL;
  char *line;

  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL)
    {
      if (is_loud)
        g_printerr ("# %s\n", line);
      g_mutex_lock (&self->lock);
      if (strstr (line, READY) != NULL)
        self->n_ready++;
      g_cond_broadcast (&self->moved);
      g_mutex_unlock (&self->lock);
      g_free (line);
    }
  g_mutex_lock (&self->lock);
  self->is_ended = TRUE;
  g_cond_broadcast (&self->moved);
  g_mutex_unlock (&self->lock);
  return NULL;
}

static void
wait_ready (Cluster *self, guint times)
{
  gint64 deadline_us = g_get_monotonic_time () + PATIENCE_US;

  g_mutex_lock (&self->lock);
  while (self->n_ready < times && !self->is_ended)
    if (!g_cond_wait_until (&self->moved, &self->lock, deadline_us))
      g_error ("PostgreSQL is not ready");
  if (self->n_ready < times)
    g_error ("PostgreSQL ended (YIHU_TEST_POSTGRES_LOG=1 shows its log)");
  g_mutex_unlock (&self->lock);
}

void
cluster_start (Cluster *self)
{
  const char *const arguments[] = { POSTGRES_BIN "/postgres", "-D", self->data, "-k",
                                    self->directory, "-c", "listen_addresses=", "-c",
                                    "shared_buffers=32MB", "-c", "max_connections=60", "-c",
                                    "max_wal_size=64MB", "-c", "log_statement=none", "-c",
                                    /* a killed one leaves nothing in /dev/shm */
                                    "dynamic_shared_memory_type=mmap", NULL };

  self->n_ready = 0;
  self->is_ended = FALSE;
  self->process = spawn (G_SUBPROCESS_FLAGS_STDERR_PIPE, -1, arguments);
  self->reader = g_thread_new ("postgres-log", read_log, self);
  wait_ready (self, 1);
}

static void
end (Cluster *self, int signal)
{
  if (self->process == NULL)
    return;
  g_subprocess_send_signal (self->process, signal);
  g_subprocess_wait (self->process, NULL, NULL);
  g_thread_join (g_steal_pointer (&self->reader));
  g_clear_object (&self->process);
}

void
cluster_stop (Cluster *self)
{
  end (self, SIGINT);
}

void
cluster_kill (Cluster *self)
{
  end (self, SIGKILL);
}

static Cluster *
cluster_alloc (void)
{
  Cluster *self = g_new0 (Cluster, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->moved);
  self->directory = make_directory ();
  self->data = g_build_filename (self->directory, "data", NULL);
  return self;
}

Cluster *
cluster_new (void)
{
  Cluster *self = cluster_alloc ();

  fill_directory (self->directory);
  cluster_start (self);
  return self;
}

Cluster *
cluster_new_standby (Cluster *primary, const char *name)
{
  Cluster *self = cluster_alloc ();
  g_autofree char *source =
      g_strdup_printf ("host=%s user=yihu application_name=%s", primary->directory, name);
  const char *const arguments[] = {
    POSTGRES_BIN "/pg_basebackup", "--dbname",          source,      "--pgdata", self->data,
    "--write-recovery-conf",       "--checkpoint=fast", "--no-sync", NULL
  };

  run (-1, arguments);
  cluster_start (self);
  return self;
}

void
cluster_promote (Cluster *self)
{
  const char *const arguments[] = {
    POSTGRES_BIN "/pg_ctl", "promote", "-w", "-D", self->data, NULL
  };

  run (-1, arguments);
}

void
cluster_free (Cluster *self)
{
  end (self, SIGQUIT);
  remove_directory (self->directory);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->moved);
  g_free (self->directory);
  g_free (self->data);
  g_free (self);
}

const char *
cluster_get_directory (Cluster *self)
{
  return self->directory;
}

/* Databases. */

char *
cluster_dup_address (Cluster *self, const char *database)
{
  g_autofree char *host = g_uri_escape_string (self->directory, NULL, FALSE);

  return g_strdup_printf ("postgresql://yihu@%s/%s", host, database);
}

static PGresult *
exec (Cluster *self, const char *database, const char *sql)
{
  g_autofree char *address = cluster_dup_address (self, database);
  PGconn *connection = PQconnectdb (address);
  PGresult *result = PQexec (connection, sql);
  ExecStatusType status = PQresultStatus (result);

  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    g_error ("%s: %s", sql, PQerrorMessage (connection));
  PQfinish (connection);
  return result;
}

void
cluster_exec (Cluster *self, const char *database, const char *sql)
{
  PQclear (exec (self, database, sql));
}

gint64
cluster_query_int (Cluster *self, const char *database, const char *sql)
{
  PGresult *result = exec (self, database, sql);
  gint64 value = g_ascii_strtoll (PQgetvalue (result, 0, 0), NULL, 10);

  PQclear (result);
  return value;
}

char *
cluster_make_database (Cluster *self, const char *name, const char *template)
{
  g_autofree char *sql = g_strdup_printf ("CREATE DATABASE \"%s\" TEMPLATE \"%s\"", name,
                                          template != NULL ? template : "template0");

  cluster_exec (self, "postgres", sql);
  return cluster_dup_address (self, name);
}
