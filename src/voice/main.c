/* SPDX-License-Identifier: GPL-3.0-or-later */

/* yihu-voice: composes endpoint, switchboard, media and link, and runs until SIGINT or SIGTERM. It
 * starts without a server: with the SIP secret of its last log-in even the seats can register. */

#include "base/bounded-json.h"
#include "base/error.h"
#include "base/number.h"
#include "voice/server-link.h"
#include "voice/sip/endpoint.h"
#include "voice/switchboard.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

typedef struct
{
  char *server;
  char *login;
  char *sip;
  char *data_dir;
  char *ca;
  char *certificate;
  char *area_code;
  gboolean show_version;
} Options;

typedef struct
{
  GMainLoop *loop;
  YihuClock *clock;
  YihuServerLink *link;
  YihuMedia *media;
  YihuEndpoint *endpoint;
  YihuSwitchboard *board;
} Program;

/* From the endpoint to the switchboard and back */

static void
on_invite (gpointer data, YihuDialog *dialog)
{
  yihu_switchboard_take_call (((Program *) data)->board, dialog);
}

static gboolean
on_seat_bound (gpointer data, const char *seat, const char *contact)
{
  return yihu_switchboard_bind_seat (((Program *) data)->board, seat, contact);
}

static void
on_seat_gone (gpointer data, const char *seat)
{
  yihu_switchboard_unbind_seat (((Program *) data)->board, seat);
}

static void
on_seat_wish (gpointer data, const char *seat, gboolean wants_ready)
{
  yihu_switchboard_set_wish (((Program *) data)->board, seat, wants_ready);
}

static YihuDialog *
invite_seat (gpointer data,
             const char *contact,
             const char *caller,
             const char *call_id,
             gboolean is_emergency,
             const char *description)
{
  return yihu_endpoint_invite_seat (((Program *) data)->endpoint, contact, caller, call_id,
                                    is_emergency, description);
}

static void
on_secret (YihuServerLink *link, GBytes *secret, Program *program)
{
  yihu_endpoint_set_secret (program->endpoint, secret);
}

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (((Program *) data)->loop);
  return G_SOURCE_CONTINUE;
}

/* Start */

static gboolean
read_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, &options->server, "Address of yihu-server", "URL" },
    { "login", 0, 0, G_OPTION_ARG_STRING, &options->login, "Account of the switchboard", "NAME" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &options->ca,
      "Authority of the server's certificate (PEM; otherwise the system's)", "FILE" },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &options->certificate,
      "This computer's own certificate and key (PEM), where the server asks for one", "FILE" },
    { "sip", 0, 0, G_OPTION_ARG_STRING, &options->sip, "Where to listen; port 0 takes a free one",
      "HOST:PORT" },
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->data_dir,
      "Where events wait for the server", "DIR" },
    { "area-code", 0, 0, G_OPTION_ARG_STRING, &options->area_code,
      "Area code of numbers that come without one", "CODE" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->show_version, "Print the version", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "Switchboard of the hotline. The password of the account "
                                         "is read from the environment: YIHU_PASSWORD.");
  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, argc, argv, error);
}

static gboolean
split_address (const char *text, char **host, guint *port, GError **error)
{
  const char *colon = strrchr (text, ':');
  gint64 number = 0;

  if (colon == NULL || colon == text || !yihu_number_parse (colon + 1, 0, 65535, &number))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "'%s' is not HOST:PORT", text);
      return FALSE;
    }
  *host = g_strndup (text, (gsize) (colon - text));
  *port = (guint) number;
  return TRUE;
}

static gboolean
compose (Program *program, const Options *options, GError **error)
{
  const YihuEndpointFuncs funcs = { on_invite, on_seat_bound, on_seat_gone, on_seat_wish };
  const char *password = g_getenv ("YIHU_PASSWORD");
  g_autofree char *host = NULL;
  g_autoptr (YihuTrust) trust = NULL;
  guint port;

  if (options->server == NULL || options->login == NULL || options->data_dir == NULL
      || password == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                   "--server, --login, --data-dir and YIHU_PASSWORD are needed");
      return FALSE;
    }
  if (!split_address (options->sip != NULL ? options->sip : "127.0.0.1:5060", &host, &port, error))
    return FALSE;
  program->clock = yihu_clock_new ();
  trust = yihu_trust_new (options->ca, options->certificate, error);
  if (trust == NULL)
    return FALSE;
  program->link = yihu_server_link_new (options->server, options->login, password,
                                        options->data_dir, trust, program->clock, error);
  if (program->link == NULL)
    return FALSE;
  program->media = yihu_media_new (host);
  program->board = yihu_switchboard_new (program->clock, YIHU_LINK (program->link), program->media,
                                         options->area_code != NULL ? options->area_code : "0417",
                                         invite_seat, program);
  program->endpoint = yihu_endpoint_new (host, port, program->clock, &funcs, program, error);
  if (program->endpoint == NULL)
    return FALSE;
  if (yihu_server_link_get_secret (program->link) != NULL)
    yihu_endpoint_set_secret (program->endpoint, yihu_server_link_get_secret (program->link));
  g_signal_connect (program->link, "secret", G_CALLBACK (on_secret), program);
  yihu_server_link_start (program->link);
  return TRUE;
}

static void
decompose (Program *program)
{
  if (program->board != NULL)
    yihu_switchboard_shutdown (program->board);
  g_clear_pointer (&program->endpoint, yihu_endpoint_free);
  g_clear_object (&program->board);
  g_clear_pointer (&program->media, yihu_media_free);
  if (program->link != NULL)
    {
      g_signal_handlers_disconnect_by_data (program->link, program);
      yihu_server_link_stop (program->link);
    }
  g_clear_object (&program->link);
  g_clear_object (&program->clock);
  g_clear_pointer (&program->loop, g_main_loop_unref);
}

/* One socket a leg. */
static void
raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

int
main (int argc, char **argv)
{
  Options options = { 0 };
  Program program = { 0 };
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  yihu_json_init ();
  raise_file_limit ();
  if (!read_options (&options, &argc, &argv, &error))
    {
      g_printerr ("yihu-voice: %s\n", error->message);
      return 2;
    }
  if (options.show_version)
    {
      g_print ("yihu-voice %s\n", YIHU_VERSION);
      return 0;
    }
  program.loop = g_main_loop_new (NULL, FALSE);
  if (compose (&program, &options, &error))
    {
      g_unix_signal_add (SIGINT, on_signal, &program);
      g_unix_signal_add (SIGTERM, on_signal, &program);
      g_print ("sip listening on sip:%s:%u\n", yihu_endpoint_get_host (program.endpoint),
               yihu_endpoint_get_port (program.endpoint));
      fflush (stdout);
      g_main_loop_run (program.loop);
    }
  decompose (&program);
  g_free (options.server);
  g_free (options.login);
  g_free (options.sip);
  g_free (options.data_dir);
  g_free (options.ca);
  g_free (options.certificate);
  g_free (options.area_code);
  if (error == NULL)
    return 0;
  g_printerr ("yihu-voice: %s\n", error->message);
  return 1;
}
