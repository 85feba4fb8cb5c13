/* SPDX-License-Identifier: GPL-3.0-or-later */

/* yihu-city: reads the options of its two subcommands and starts them. */

#include "base/bounded-json.h"
#include "base/person-id.h"
#include "city/catalogue.h"
#include "city/live.h"
#include "city/make.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static int
fail (const char *what, const char *message)
{
  g_printerr ("yihu-city: %s: %s\n", what, message);
  return 1;
}

static int
run_make (int argc, char **argv)
{
  YihuMakeOptions options = { .as_of = YIHU_CITY_AS_OF, .rtsp_port = YIHU_CITY_RTSP_PORT };
  int elders = 100000;
  gint64 seed = 1;
  int port = YIHU_CITY_RTSP_PORT;
  g_autofree char *as_of = NULL;
  g_autofree char *directory = NULL;
  const GOptionEntry entries[] = {
    { "elders", 0, 0, G_OPTION_ARG_INT, &elders, "Number of elders (default 100000)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "The same seed makes the same city", "S" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &directory, "Directory to write into", "DIR" },
    { "as-of", 0, 0, G_OPTION_ARG_STRING, &as_of, "Today in the city (default 2026-11-21)",
      "DATE" },
    { "rtsp-port", 0, 0, G_OPTION_ARG_INT, &port, "Port of the cameras (default 8554)", "PORT" },
    { "demo-passwords", 0, 0, G_OPTION_ARG_NONE, &options.has_demo_passwords,
      "Passwords of the demo: demo-LOGIN; else YIHU_CITY_PASSWORD for all", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- write the files of a demo city");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail ("make", error->message);
  if (as_of != NULL)
    {
      g_auto (GStrv) parts = g_strsplit (as_of, "-", 3);

      options.as_of = g_strv_length (parts) == 3
                          ? atoi (parts[0]) * 10000 + atoi (parts[1]) * 100 + atoi (parts[2])
                          : 0;
    }
  if (directory == NULL || elders < 1 || elders > 5000000 || port < 1 || port > 65535
      || !yihu_date_is_valid (options.as_of))
    return fail ("make", "needs --out DIR, 1 to 5000000 elders, a date and a port");
  options.n_elders = (guint) elders;
  options.seed = (guint64) seed;
  options.rtsp_port = (guint) port;
  options.directory = directory;
  options.password = g_getenv ("YIHU_CITY_PASSWORD");
  return yihu_make_city (&options, &error) ? 0 : fail ("make", error->message);
}

static double
parse_time_of_day (const char *text)
{
  int hour = 10;
  int minute = 0;

  if (text != NULL && sscanf (text, "%d:%d", &hour, &minute) != 2)
    return -1;
  return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 ? hour * 3600 + minute * 60 : -1;
}

static int
run_live (int argc, char **argv)
{
  YihuLiveOptions options = {
    .calls_per_hour = 60, .pace = 50, .talk_s = 60, .patience_s = 45, .rtsp_port = 8554
  };
  gint64 seed = 1;
  int most = 400;
  int poll_ms = 2000;
  gboolean has_no_speech = FALSE;
  g_autofree char *at = NULL;
  g_autofree char *cache = NULL;
  g_autofree char *ca = NULL;
  g_autofree char *certificate = NULL;
  g_autoptr (YihuTrust) trust = NULL;
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, &options.server, "Server for the field staff", "URL" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &ca,
      "Authority of the server's certificate (PEM; otherwise the system's)", "FILE" },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &certificate,
      "This computer's own certificate and key (PEM), where the server asks for one", "FILE" },
    { "sip", 0, 0, G_OPTION_ARG_STRING, &options.sip, "Switchboard for the callers",
      "sip:HOST:PORT" },
    { "city", 0, 0, G_OPTION_ARG_FILENAME, &options.directory, "Directory written by make", "DIR" },
    { "cache", 0, 0, G_OPTION_ARG_FILENAME, &cache, "For speech and films (default: DIR/cache)",
      "DIR" },
    { "calls-per-hour", 0, 0, G_OPTION_ARG_DOUBLE, &options.calls_per_hour,
      "Of the busiest hour (default 60)", "N" },
    { "at", 0, 0, G_OPTION_ARG_STRING, &at, "Time of day in the city at the start (default 10:00)",
      "HH:MM" },
    { "flat", 0, 0, G_OPTION_ARG_NONE, &options.is_flat, "The busiest hour all day long", NULL },
    { "pace", 0, 0, G_OPTION_ARG_DOUBLE, &options.pace,
      "Of the field staff, times as fast as life (default 50)", "X" },
    { "talk-seconds", 0, 0, G_OPTION_ARG_DOUBLE, &options.talk_s, "Median (default 60)", "S" },
    { "patience-seconds", 0, 0, G_OPTION_ARG_DOUBLE, &options.patience_s, "Median (default 45)",
      "S" },
    { "most-calls", 0, 0, G_OPTION_ARG_INT, &most, "At the same time (default 400)", "N" },
    { "poll-ms", 0, 0, G_OPTION_ARG_INT, &poll_ms, "How often staff look (default 2000)", "MS" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Of who calls when", "S" },
    { "rtsp-port", 0, 0, G_OPTION_ARG_INT, &options.rtsp_port,
      "Of the cameras; 0: any, -1: none (default 8554)", "PORT" },
    { "dead-cameras", 0, 0, G_OPTION_ARG_STRING, &options.dead_cameras, "Do not exist", "ID,ID" },
    { "silent-cameras", 0, 0, G_OPTION_ARG_STRING, &options.silent_cameras, "Send nothing",
      "ID,ID" },
    { "no-speech", 0, 0, G_OPTION_ARG_NONE, &has_no_speech, "Callers are tones", NULL },
    { "until-eof", 0, 0, G_OPTION_ARG_NONE, &options.ends_with_input,
      "The end of standard input is the end of the city", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- bring a demo city to life");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail ("live", error->message);
  options.start_second = parse_time_of_day (at);
  if (options.directory == NULL || options.start_second < 0 || options.calls_per_hour < 0
      || options.pace <= 0 || most < 1 || poll_ms < 50 || options.rtsp_port > 65535)
    return fail ("live", "needs --city DIR, a time HH:MM and numbers above 0");
  trust = yihu_trust_new (ca, certificate, &error);
  if (trust == NULL)
    return fail ("live", error->message);
  options.trust = trust;
  if (cache == NULL)
    cache = g_build_filename (options.directory, "cache", NULL);
  options.cache = cache;
  options.seed = (guint64) seed;
  options.most_calls = (guint) most;
  options.poll_ms = (guint) poll_ms;
  options.has_speech = !has_no_speech;
  return yihu_live_run (&options);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  yihu_json_init ();
  if (argc >= 2 && strcmp (argv[1], "make") == 0)
    return run_make (argc - 1, argv + 1);
  if (argc >= 2 && strcmp (argv[1], "live") == 0)
    return run_live (argc - 1, argv + 1);
  return fail ("usage", "yihu-city make|live --help");
}
