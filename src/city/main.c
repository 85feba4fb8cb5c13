/* SPDX-License-Identifier: GPL-3.0-or-later */

/* yihu-city: reads the options of its two subcommands and starts them. */

#include "base/bounded-json.h"
#include "base/person-id.h"
#include "city/catalogue.h"
#include "city/make.h"

#include <locale.h>
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

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  yihu_json_init ();
  if (argc >= 2 && strcmp (argv[1], "make") == 0)
    return run_make (argc - 1, argv + 1);
  return fail ("usage", "yihu-city make|live --help");
}
