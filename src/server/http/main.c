/* SPDX-License-Identifier: GPL-3.0-or-later */

/* yihu-server: reads its options, builds the server, says where it listens, and runs until it is
 * told to stop. */

#include "base/bounded-json.h"
#include "server/http/server.h"
#include "server/http/tls.h"

#include <glib-unix.h>
#include <locale.h>
#include <sodium.h>
#include <string.h>
#include <sys/resource.h>

#define FILES 10000

static char *data_dir;
static char *listen_address;
static char *sip_registrar;
static char *tenant_name;
static char *area_code;
static char *init_admin;
static char *second_factor;
static int lock_minutes;
static int reveals_per_hour;
static int reveals_per_day;
static int max_connections;
static int max_batch;
static char *store;
static char *copy_store;
static gboolean is_superseded;
static int requests_per_s;
static int offline_hours;
static char *anchor_key;
static char *backup_dir;
static char *backup_key;
static int backup_hour = 3;
static int backup_keep;
static char *tls_certificate;
static char *tls_key;
static char *tls_client_ca;

static const GOptionEntry entries[] = {
  { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &data_dir, "Where the store is", "DIR" },
  { "store", 0, 0, G_OPTION_ARG_STRING, &store,
    "A PostgreSQL database instead of a file in there (its password in PGPASSFILE)",
    "postgresql://USER@HOST/DATABASE" },
  { "listen", 0, 0, G_OPTION_ARG_STRING, &listen_address,
    "Address and port (default 127.0.0.1:8080; port 0: any free one)", "ADDRESS:PORT" },
  { "sip-registrar", 0, 0, G_OPTION_ARG_STRING, &sip_registrar,
    "Where the softphones of operators register", "sip:HOST:PORT" },
  { "tenant-name", 0, 0, G_OPTION_ARG_STRING, &tenant_name, "Name of the city or centre", "NAME" },
  { "area-code", 0, 0, G_OPTION_ARG_STRING, &area_code,
    "For telephone numbers that come without one (default 0417)", "CODE" },
  { "max-connections", 0, 0, G_OPTION_ARG_INT, &max_connections, "From one address (default 1024)",
    "N" },
  { "offline-hours", 0, 0, G_OPTION_ARG_INT, &offline_hours,
    "How long a console may work without this server (default 72)", "N" },
  { "max-batch", 0, 0, G_OPTION_ARG_INT, &max_batch,
    "Commands in one transaction (default 256; 1 shows what grouping saves)", "N" },
  { "copy-store", 0, 0, G_OPTION_ARG_STRING, &copy_store,
    "Fill the empty store from another one while no server runs on either, then exit",
    "FILE|postgresql://…" },
  { "requests-per-second", 0, 0, G_OPTION_ARG_INT, &requests_per_s,
    "From one address (default 500; -1: no limit)", "N" },
  { "backup-dir", 0, 0, G_OPTION_ARG_FILENAME, &backup_dir,
    "Back up the store each night into this directory", "DIR" },
  { "backup-key", 0, 0, G_OPTION_ARG_FILENAME, &backup_key,
    "Seal the backups for this public key; see yihu-ctl seal key", "FILE" },
  { "backup-hour", 0, 0, G_OPTION_ARG_INT, &backup_hour, "From which hour on, 0 to 23 (default 3)",
    "H" },
  { "backup-keep", 0, 0, G_OPTION_ARG_INT, &backup_keep, "How many backups stay (default 14)",
    "N" },
  { "anchor-key", 0, 0, G_OPTION_ARG_FILENAME, &anchor_key,
    "Sign the audit's anchors with this key; see yihu-ctl audit key", "FILE" },
  { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &tls_certificate,
    "Certificate (PEM): the door speaks https; see yihu-ctl tls", "FILE" },
  { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &tls_key, "Its private key (PEM)", "FILE" },
  { "tls-client-ca", 0, 0, G_OPTION_ARG_FILENAME, &tls_client_ca,
    "Let in only clients with a certificate of this authority (PEM)", "FILE" },
  { "lock-minutes", 0, 0, G_OPTION_ARG_INT, &lock_minutes,
    "A console nobody touches for so long covers itself (default 10)", "N" },
  { "reveals-per-hour", 0, 0, G_OPTION_ARG_INT, &reveals_per_hour,
    "How much of elders' hidden data an account may see in an hour (default 50)", "N" },
  { "reveals-per-day", 0, 0, G_OPTION_ARG_INT, &reveals_per_day, "… and in a day (default 200)",
    "N" },
  { "second-factor", 0, 0, G_OPTION_ARG_STRING, &second_factor,
    "off: never ask for one; for demonstrations and tests only", "on|off" },
  { "init-admin", 0, 0, G_OPTION_ARG_STRING, &init_admin,
    "Make the store and an administrator with the password in YIHU_PASSWORD, then exit", "LOGIN" },
  G_OPTION_ENTRY_NULL
};

/* A connection is a file; the usual limit of 1,024 is less than a city needs. */
static void
raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = MIN (limit.rlim_max, FILES);
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_message ("the number of files stays as it is: %s", g_strerror (errno));
}

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static void
on_superseded (gpointer loop)
{
  is_superseded = TRUE;
  g_main_loop_quit (loop);
}

static gboolean
on_reload (gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (yihu_server_reload_certificate (data, &error))
    g_message ("the certificate was read again");
  else
    g_warning ("the certificate stays as it was: %s", error->message);
  return G_SOURCE_CONTINUE;
}

static int
fail (const GError *error)
{
  g_printerr ("yihu-server: %s\n", error->message);
  return 1;
}

static int
run_init (YihuClock *clock)
{
  g_autoptr (GError) error = NULL;

  if (!yihu_server_init_administrator (data_dir, store, init_admin, g_getenv ("YIHU_PASSWORD"),
                                       clock, &error))
    return fail (error);
  g_print ("administrator '%s' may log in\n", init_admin);
  return 0;
}

static void
on_table_copied (const char *table, gint64 n_rows, gpointer data)
{
  g_print ("%s: %" G_GINT64_FORMAT " rows\n", table, n_rows);
  *(gint64 *) data += n_rows;
}

static int
run_copy (void)
{
  g_autoptr (GError) error = NULL;
  gint64 n_rows = 0;

  if (!yihu_server_copy_store (data_dir, store, copy_store, on_table_copied, &n_rows, &error))
    return fail (error);
  g_print ("copied %" G_GINT64_FORMAT " rows; counts and the audit chain are right\n", n_rows);
  return 0;
}

static int
run_server (YihuClock *clock)
{
  YihuServerConfig config = { .data_dir = data_dir,
                              .store = store,
                              .listen = listen_address != NULL ? listen_address : "127.0.0.1:8080",
                              .sip_registrar = sip_registrar,
                              .tenant_name = tenant_name,
                              .area_code = area_code != NULL ? area_code : "0417",
                              .requests_per_s = requests_per_s,
                              .lock_minutes = MAX (lock_minutes, 0),
                              .reveals_per_hour = MAX (reveals_per_hour, 0),
                              .reveals_per_day = MAX (reveals_per_day, 0),
                              .is_second_factor_off = g_strcmp0 (second_factor, "off") == 0,
                              .max_connections = MAX (max_connections, 0),
                              .max_batch = MAX (max_batch, 0),
                              .offline_hours = CLAMP (offline_hours, 0, 24 * 30),
                              .anchor_key = anchor_key,
                              .backup_dir = backup_dir,
                              .backup_key = backup_key,
                              .backup_hour = CLAMP (backup_hour, 0, 23),
                              .backup_keep = MAX (backup_keep, 0),
                              .tls_certificate = tls_certificate,
                              .tls_key = tls_key,
                              .tls_client_ca = tls_client_ca };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (YihuServer) server = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *host = g_strndup (config.listen, strcspn (config.listen, ":"));

  server = yihu_server_new (&config, clock, &error);
  if (server == NULL)
    return fail (error);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_unix_signal_add (SIGINT, on_signal, loop);
  g_signal_connect_swapped (server, "superseded", G_CALLBACK (on_superseded), loop);
  g_unix_signal_add (SIGHUP, on_reload, server);
  /* Whoever reads this line may end us at once, and then it is an orderly end. */
  g_print ("listening on %s://%s:%u\n", tls_certificate != NULL ? "https" : "http", host,
           yihu_server_get_port (server));
  fflush (stdout);
  g_main_loop_run (loop);
  yihu_server_stop (server);
  return is_superseded ? 1 : 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) options = g_option_context_new ("- the central server of Yihu");
  g_autoptr (YihuClock) clock = NULL;
  g_autoptr (GError) error = NULL;

  yihu_door_tls_init ();
  setlocale (LC_ALL, "");
  raise_file_limit ();
  yihu_json_init ();
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    return fail (error);
  if (second_factor != NULL && strcmp (second_factor, "on") != 0
      && strcmp (second_factor, "off") != 0)
    {
      g_printerr ("yihu-server: --second-factor is 'on' or 'off'\n");
      return 1;
    }
  if (data_dir == NULL)
    {
      g_printerr ("yihu-server: --data-dir is missing\n");
      return 1;
    }
  if (copy_store != NULL)
    return run_copy ();
  clock = yihu_clock_new ();
  return init_admin != NULL ? run_init (clock) : run_server (clock);
}
