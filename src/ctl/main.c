/* SPDX-License-Identifier: GPL-3.0-or-later */

/* yihu-ctl: accounts, imports, base map, audit, health. Reads the command line, calls the parts,
 * says what came out. Exit: 0 done, 1 failed, 2 done but rows were refused, 64 wrong use. */

#include "base/bounded-json.h"
#include "base/error.h"
#include "base/identifier.h"
#include "ctl/import.h"
#include "ctl/link.h"
#include "domain/account.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#define EXIT_REFUSED 2
#define EXIT_USAGE 64
#define MAX_AUDIT_ROWS 1000

typedef struct
{
  char *url;
  char *login;
  char *area_code;
  char *name;
  char *role;
  char *seat;
  char *provider;
  char *division;
  gint64 after;
  gboolean all_or_nothing;
  gboolean quiet;
} Options;

static void
options_clear (Options *self)
{
  char *texts[] = { self->url,  self->login, self->area_code, self->name,
                    self->role, self->seat,  self->provider,  self->division };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static int
fail (const GError *error)
{
  g_printerr ("yihu-ctl: %s\n", error->message);
  return 1;
}

static int
report (const YihuImportResult *result)
{
  g_print ("%" G_GINT64_FORMAT " accepted, %" G_GINT64_FORMAT " refused\n", result->accepted,
           result->refused);
  return result->refused > 0 ? EXIT_REFUSED : 0;
}

static int
run_import (YihuSession *session, const Options *options, const char *verb, char **arguments)
{
  const YihuImportOptions import = { options->all_or_nothing, options->quiet,
                                     options->area_code != NULL ? options->area_code : "0417" };
  const YihuRecordType *type;
  YihuImportResult result = { 0, 0 };
  g_autoptr (GError) error = NULL;
  gboolean done;

  if (strcmp (verb, "import-dir") == 0)
    done = yihu_import_directory (session, arguments[0], &import, &result, &error);
  else if (strcmp (verb, "import-map") == 0)
    return yihu_import_map (session, arguments[0], &error) ? 0 : fail (error);
  else if (strcmp (arguments[0], "account") == 0)
    done = yihu_import_accounts (session, arguments[1], &result, &error);
  else if ((type = yihu_record_type_find (arguments[0])) != NULL)
    done = yihu_import_file (session, type, arguments[1], &import, &result, &error);
  else
    {
      g_printerr ("yihu-ctl: there is no kind '%s'\n", arguments[0]);
      return EXIT_USAGE;
    }
  return done ? report (&result) : fail (error);
}

static YihuAccount *
account_from_options (const Options *options, GError **error)
{
  const YihuField *role = yihu_record_type_find_field (&yihu_account_type, "role");
  int role_index = options->role != NULL ? yihu_field_find_nick (role, options->role) : -1;
  gint64 division = options->division != NULL ? yihu_division_code_parse (options->division) : 0;
  g_autofree char *id = yihu_identifier_new ();
  g_autoptr (YihuAccount) account = yihu_account_new (id);

  if (role_index < 0 || division == 0 || options->name == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                   "an account needs --name, --division (a code) and --role (operator, supervisor, "
                   "reviewer, administrator, auditor, provider or switchboard)");
      return NULL;
    }
  account->record.division = division;
  account->name = g_strdup (options->name);
  account->role = role_index;
  account->seat = g_strdup (options->seat);
  account->provider = g_strdup (options->provider);
  return g_steal_pointer (&account);
}

static int
run_account_add (YihuSession *session, const Options *options, const char *login)
{
  const char *password = g_getenv ("YIHU_NEW_PASSWORD");
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuAccount) account = account_from_options (options, &error);

  if (account == NULL)
    return fail (error);
  if (password == NULL)
    {
      g_printerr ("yihu-ctl: the new account's password is read from YIHU_NEW_PASSWORD\n");
      return EXIT_USAGE;
    }
  account->login = g_strdup (login);
  return yihu_import_account (session, account, password, &error) ? 0 : fail (error);
}

static int
run_request (YihuSession *session, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) answer =
      yihu_session_request_sync (session, "GET", path, NULL, 60, NULL, &error);
  g_autofree char *text = NULL;

  if (answer == NULL)
    return fail (error);
  text = yihu_json_print (answer);
  g_print ("%s\n", text);
  return 0;
}

static int
usage (void)
{
  g_printerr (
      "yihu-ctl [--server URL] [--login NAME] COMMAND (yihu-ctl --help)\n"
      "  health\n"
      "  import KIND FILE.csv     KIND: division, provider, … elder, kin, account\n"
      "  import-dir DIRECTORY     every KIND.csv in it, then accounts.csv\n"
      "  import-map FILE          the base map package\n"
      "  account add LOGIN --name NAME --role ROLE --division CODE [--seat N] [--provider ID]\n"
      "  audit list [--after N]\n");
  return EXIT_USAGE;
}

static int
run (YihuSession *session, const Options *options, char **arguments, guint n)
{
  if (n == 3 && strcmp (arguments[0], "import") == 0)
    return run_import (session, options, "import", arguments + 1);
  if (n == 2 && g_str_has_prefix (arguments[0], "import-"))
    return run_import (session, options, arguments[0], arguments + 1);
  if (n == 3 && strcmp (arguments[0], "account") == 0 && strcmp (arguments[1], "add") == 0)
    return run_account_add (session, options, arguments[2]);
  if (n == 2 && strcmp (arguments[0], "audit") == 0 && strcmp (arguments[1], "list") == 0)
    {
      g_autofree char *path = g_strdup_printf ("/v1/audit?after=%" G_GINT64_FORMAT "&limit=%d",
                                               options->after, MAX_AUDIT_ROWS);

      return run_request (session, path);
    }
  return usage ();
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_auto (GStrv) arguments = NULL;
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, &options.url, "Server (http://127.0.0.1:8080)", "URL" },
    { "login", 0, 0, G_OPTION_ARG_STRING, &options.login, "Account; password from YIHU_PASSWORD",
      "NAME" },
    { "area-code", 0, 0, G_OPTION_ARG_STRING, &options.area_code, "Of landlines without one (0417)",
      "CODE" },
    { "all", 0, 0, G_OPTION_ARG_NONE, &options.all_or_nothing, "One bad row refuses its piece",
      NULL },
    { "quiet", 0, 0, G_OPTION_ARG_NONE, &options.quiet,
      "First import: consoles fetch a snapshot afterwards", NULL },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, "Of a new account", "NAME" },
    { "role", 0, 0, G_OPTION_ARG_STRING, &options.role, "Of a new account", "ROLE" },
    { "seat", 0, 0, G_OPTION_ARG_STRING, &options.seat, "Of a new operator", "N" },
    { "provider", 0, 0, G_OPTION_ARG_STRING, &options.provider, "Whose staff a new account is",
      "ID" },
    { "division", 0, 0, G_OPTION_ARG_STRING, &options.division, "What a new account may see",
      "CODE" },
    { "after", 0, 0, G_OPTION_ARG_INT64, &options.after, "Audit rows after this number", "N" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments, NULL, "COMMAND …" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuSession) session = NULL;
  const char *url;
  guint n;

  setlocale (LC_ALL, "");
  yihu_json_init ();
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail (error);
  n = arguments != NULL ? g_strv_length (arguments) : 0;
  url = options.url != NULL ? options.url : "http://127.0.0.1:8080";
  if (n == 1 && strcmp (arguments[0], "health") == 0)
    {
      session = yihu_session_new (url, "yihu-ctl");
      return run_request (session, "/v1/health");
    }
  if (n == 0 || options.login == NULL)
    return usage ();
  session = yihu_ctl_log_in (url, options.login, &error);
  return session != NULL ? run (session, &options, arguments, n) : fail (error);
}
