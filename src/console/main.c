/* SPDX-License-Identifier: GPL-3.0-or-later */

/* yihu-console: reads the command line, composes clock, book, ticker, telephone and screens, runs.
 * Everything is made here and handed on; nothing is looked up. */

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <gst/gst.h>
#include <locale.h>

#include "base/bounded-json.h"
#include "base/error.h"
#include "console/application.h"
#include "console/desk/desk-screen.h"
#include "console/narrator.h"
#include "console/review/review-screen.h"
#include "console/settings.h"
#include "console/wall/wall-screen.h"
#include "phone/sip-phone.h"

typedef struct
{
  char *server;
  char *ca;
  char *certificate;
  char *cache_directory;
  char *login;
  char *area_code;
  double demo_pace;
  gboolean narrate;
  gboolean desk;
  gboolean wall;
  gboolean review;
  gboolean version;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->server);
  g_free (options->ca);
  g_free (options->certificate);
  g_free (options->cache_directory);
  g_free (options->login);
  g_free (options->area_code);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
options_parse (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, &options->server, N_ ("Address of the centre"), "URL" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &options->ca,
      N_ ("Authority of the centre's certificate (PEM; otherwise the system's)"), "FILE" },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &options->certificate,
      N_ ("This computer's own certificate and key (PEM), where the centre asks for one"), "FILE" },
    { "cache-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->cache_directory,
      N_ ("Where the local copy is kept"), "DIR" },
    { "login", 0, 0, G_OPTION_ARG_STRING, &options->login,
      N_ ("Account; the password may stand in YIHU_PASSWORD"), "NAME" },
    { "area-code", 0, 0, G_OPTION_ARG_STRING, &options->area_code,
      N_ ("Area code of the city, for numbers that come without one"), "0417" },
    { "demo-pace", 0, 0, G_OPTION_ARG_DOUBLE, &options->demo_pace,
      N_ ("How many times faster than life the field staff of the demo city work"), "200" },
    { "narrate", 0, 0, G_OPTION_ARG_NONE, &options->narrate,
      N_ ("Print what happens, with names: for the demo city only"), NULL },
    { "desk", 0, 0, G_OPTION_ARG_NONE, &options->desk, N_ ("Open the operator desk"), NULL },
    { "wall", 0, 0, G_OPTION_ARG_NONE, &options->wall, N_ ("Open the wall"), NULL },
    { "review", 0, 0, G_OPTION_ARG_NONE, &options->review, N_ ("Open the review"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, N_ ("Show the version"), NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  return g_option_context_parse (context, argc, argv, error);
}

/* Without a graphics card GTK's default is a GL renderer on the processor, which costs five times
 * what cairo does (measured). No render node means no card. */
static void
choose_renderer (void)
{
  g_autoptr (GDir) devices = g_dir_open ("/dev/dri", 0, NULL);
  const char *name;

  while (devices != NULL && (name = g_dir_read_name (devices)) != NULL)
    if (g_str_has_prefix (name, "renderD"))
      return;
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
}

static void
set_up_locale (void)
{
  const char *directory = g_getenv ("YIHU_LOCALEDIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, directory != NULL ? directory : YIHU_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

static YihuPhone *
make_sip_phone (YihuSession *session, GError **error)
{
  YihuAccount *account = yihu_session_get_account (session);
  const char *registrar = yihu_session_get_sip_registrar (session);
  YihuSipPhoneConfig config = { 0 };

  if (registrar == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "this account has no seat");
      return NULL;
    }
  config.bind_host = g_getenv ("YIHU_SIP_HOST") ? g_getenv ("YIHU_SIP_HOST") : "127.0.0.1";
  config.registrar = registrar;
  config.user = yihu_session_get_sip_user (session);
  config.password = yihu_session_get_sip_password (session);
  config.display = account != NULL ? account->name : NULL;
  return yihu_sip_phone_new (&config, error);
}

static gboolean
on_terminate (gpointer application)
{
  g_action_group_activate_action (application, "quit", NULL);
  return G_SOURCE_REMOVE;
}

/* A desk with a wrong file still opens, works from its copy, and believes the system's authorities.
 */
static void
set_trust (YihuBook *book, const Options *options)
{
  g_autofree char *set_ca = yihu_settings_dup_text ("ca-file");
  g_autofree char *set_certificate = yihu_settings_dup_text ("certificate-file");
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuTrust) trust =
      yihu_trust_new (options->ca ? options->ca : set_ca,
                      options->certificate ? options->certificate : set_certificate, &error);

  if (trust != NULL)
    yihu_session_set_trust (yihu_book_get_session (book), trust);
  else
    g_printerr ("yihu-console: %s\n", error->message);
}

static int
run (const Options *options)
{
  g_autofree char *fallback = g_build_filename (g_get_user_data_dir (), "yihu", NULL);
  const char *directory = options->cache_directory ? options->cache_directory : fallback;
  g_autoptr (YihuClock) clock = yihu_clock_new ();
  g_autofree char *set_server = yihu_settings_dup_text ("server-url");
  const char *server = options->server ? options->server : set_server;
  g_autoptr (YihuBook) book =
      yihu_book_new (server ? server : "http://127.0.0.1:8080", directory, clock);
  g_autoptr (YihuKeyRing) ring = yihu_key_ring_new ();
  g_autoptr (YihuTicker) ticker = yihu_ticker_new (clock);
  g_autoptr (YihuApplication) application =
      yihu_application_new (book, ticker, make_sip_phone,
                            options->area_code ? options->area_code : "0417");
  g_autoptr (YihuNarrator) narrator = options->narrate ? yihu_narrator_new (book) : NULL;

  if (options->demo_pace > 0)
    yihu_book_set_visit_pace (book, options->demo_pace);
  yihu_book_set_key_ring (book, ring);
  set_trust (book, options);
  yihu_application_add_screen (application, &yihu_desk_screen);
  yihu_application_add_screen (application, &yihu_review_screen);
  yihu_application_add_screen (application, &yihu_wall_screen);
  yihu_application_set_start (application,
                              options->wall     ? "wall"
                              : options->review ? "review"
                              : options->desk   ? "desk"
                                                : NULL,
                              options->login, g_getenv ("YIHU_PASSWORD"));
  g_unix_signal_add (SIGTERM, on_terminate, application);
  g_unix_signal_add (SIGINT, on_terminate, application);
  return g_application_run (G_APPLICATION (application), 0, NULL);
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GError) error = NULL;

  set_up_locale ();
  if (!options_parse (&options, &argc, &argv, &error))
    {
      g_printerr ("yihu-console: %s\n", error->message);
      return 2;
    }
  if (options.version)
    {
      g_print ("yihu-console %s\n", YIHU_VERSION);
      return 0;
    }
  choose_renderer ();
  yihu_json_init ();
  gst_init (NULL, NULL);
  yihu_console_register_resources ();
  return run (&options);
}
