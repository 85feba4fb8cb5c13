/* SPDX-License-Identifier: GPL-3.0-or-later */

/* yihu-ctl: accounts, imports, base map, audit, health. Reads the command line, calls the parts,
 * says what came out. Exit: 0 done, 1 failed, 2 done but something is to be looked at (refused
 * rows, a broken audit, a warning), 64 wrong use. */

#include "base/bounded-json.h"
#include "base/error.h"
#include "base/identifier.h"
#include "ctl/accounts.h"
#include "ctl/import.h"
#include "ctl/keeping.h"
#include "ctl/link.h"
#include "ctl/tls.h"
#include "domain/account.h"
#include "store/audit-anchor.h"
#include "store/sealed-file.h"

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
  char *ca;
  char *certificate;
  char **hosts;
  char *data_dir;
  char *file;
  char *anchors;
  char *anchor_key;
  char *backup_key;
  int days;
  gint64 after;
  gboolean all_or_nothing;
  gboolean quiet;
} Options;

static void
options_clear (Options *self)
{
  char *texts[] = { self->url,  self->login,    self->area_code, self->name, self->role,
                    self->seat, self->provider, self->division,  self->ca,   self->certificate };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_strfreev (self->hosts);
  g_free (self->data_dir);
  g_free (self->file);
  g_free (self->anchors);
  g_free (self->anchor_key);
  g_free (self->backup_key);
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

  if (role_index < 0 || (division == 0 && g_strcmp0 (options->division, "0") != 0)
      || options->name == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                   "an account needs --name, --division (a code; 0: everything) and --role "
                   "(operator, supervisor, "
                   "reviewer, administrator, auditor, provider, switchboard or device)");
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
      "  login, logout            keep a log-in for further commands, and end it\n"
      "  account add LOGIN --name NAME --role ROLE --division CODE [--seat N] [--provider ID]\n"
      "  account list\n"
      "  account disable|enable|revoke|wipe|reset-factor|unlock LOGIN\n"
      "  account role|division LOGIN VALUE\n"
      "  account password LOGIN   the new one is read from YIHU_NEW_PASSWORD\n"
      "  session list\n"
      "  session revoke ID\n"
      "  audit list [--after N]\n"
      "  audit anchors            prints the server's anchors: keep them elsewhere\n"
      "  audit verify [--anchors FILE] [--anchor-key FILE]   checks the whole audit\n"
      "  audit verify --file STORE …                         the same in a backup, without a "
      "server\n"
      "  audit key FILE           a pair of keys that sign anchors\n"
      "  --data-dir DIRECTORY backup FILE     copies the store, while the server runs\n"
      "  --data-dir DIRECTORY restore FILE    makes the store out of a backup\n"
      "  seal key FILE            a pair of keys: FILE.pub seals backups, FILE opens them\n"
      "  --backup-key FILE …      backup: sealed for this key; restore: opened with it\n"
      "  --backup-key FILE unseal BACKUP TARGET\n"
      "  tls init DIRECTORY --host NAME…     an authority of our own and the server's certificate\n"
      "  tls server DIRECTORY --host NAME…   the server's certificate anew\n"
      "  tls client DIRECTORY NAME           a certificate for one computer\n"
      "  tls show FILE                       names and last day of a certificate\n");
  return EXIT_USAGE;
}

/* A pointer to the error: which argument of a call is made first is not said. */
static int
end (gboolean done, GError **error)
{
  return done ? 0 : fail (*error);
}

static YihuKeepingOptions
get_keeping (const Options *options)
{
  return (YihuKeepingOptions){ options->data_dir, options->anchors, options->anchor_key,
                               options->backup_key };
}

/* A pointer to the error, as in end(). */
static int
finish (YihuKeepingResult result, GError **error)
{
  if (result == YIHU_KEEPING_FAILED)
    return fail (*error);
  return result == YIHU_KEEPING_GOOD ? 0 : EXIT_REFUSED;
}

static int
run_audit (YihuSession *session, const Options *options, const char *verb)
{
  const YihuKeepingOptions keeping = get_keeping (options);
  g_autoptr (GError) error = NULL;

  if (strcmp (verb, "verify") == 0)
    return finish (yihu_audit_check_server (session, &keeping, &error), &error);
  if (strcmp (verb, "anchors") == 0)
    return yihu_audit_print_anchors (session, &error) ? 0 : fail (error);
  return usage ();
}

static int
run_password (YihuSession *session, const char *login)
{
  const char *password = g_getenv ("YIHU_NEW_PASSWORD");
  g_autoptr (GError) error = NULL;

  if (password == NULL)
    {
      g_printerr ("yihu-ctl: the new password is read from YIHU_NEW_PASSWORD\n");
      return EXIT_USAGE;
    }
  return end (yihu_ctl_change_account (session, login, "password", password, &error), &error);
}

/* "account …" but for adding one, which takes options. */
static int
run_account (YihuSession *session, char **arguments, guint n)
{
  static const char *const deeds[] = { "revoke", "wipe", "reset-factor", "unlock", NULL };
  static const char *const switches[] = { "disable", "enable", NULL };
  static const char *const values[] = { "role", "division", NULL };
  const char *verb = arguments[0];
  g_autoptr (GError) error = NULL;
  gboolean done;

  if (n == 1 && strcmp (verb, "list") == 0)
    done = yihu_ctl_list_accounts (session, &error);
  else if (n == 2 && strcmp (verb, "password") == 0)
    return run_password (session, arguments[1]);
  else if (n == 2 && g_strv_contains (deeds, verb))
    done = yihu_ctl_do_to_account (session, arguments[1], verb, &error);
  else if (n == 2 && g_strv_contains (switches, verb))
    done = yihu_ctl_change_account (session, arguments[1], verb, "", &error);
  else if (n == 3 && g_strv_contains (values, verb))
    done = yihu_ctl_change_account (session, arguments[1], verb, arguments[2], &error);
  else
    return usage ();
  return end (done, &error);
}

static int
run_session (YihuSession *session, char **arguments, guint n)
{
  g_autoptr (GError) error = NULL;

  if (n == 1 && strcmp (arguments[0], "list") == 0)
    return end (yihu_ctl_list_sessions (session, &error), &error);
  if (n == 2 && strcmp (arguments[0], "revoke") == 0)
    return end (yihu_ctl_revoke_session (session, arguments[1], &error), &error);
  return usage ();
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
  if (n >= 2 && strcmp (arguments[0], "account") == 0)
    return run_account (session, arguments + 1, n - 1);
  if (n >= 2 && strcmp (arguments[0], "session") == 0)
    return run_session (session, arguments + 1, n - 1);
  if (n == 2 && strcmp (arguments[0], "audit") == 0 && strcmp (arguments[1], "list") == 0)
    {
      g_autofree char *path = g_strdup_printf ("/v1/audit?after=%" G_GINT64_FORMAT "&limit=%d",
                                               options->after, MAX_AUDIT_ROWS);

      return run_request (session, path);
    }
  if (n == 2 && strcmp (arguments[0], "audit") == 0)
    return run_audit (session, options, arguments[1]);
  return usage ();
}

/* A command leaves no log-in behind but the one that was asked for. */
static int
run_and_leave (YihuSession *session, const Options *options, char **arguments, guint n)
{
  g_autoptr (GError) error = NULL;
  int exit_code;

  if (n == 1 && strcmp (arguments[0], "login") == 0)
    return end (yihu_ctl_keep_token (session, options->login, &error), &error);
  if (n == 1 && strcmp (arguments[0], "logout") == 0)
    return end (yihu_ctl_log_out (session, options->login, TRUE, &error), &error);
  exit_code = run (session, options, arguments, n);
  if (!yihu_ctl_log_out (session, options->login, FALSE, &error))
    g_printerr ("yihu-ctl: log out: %s\n", error->message);
  return exit_code;
}

/* Without a server. */

static int
run_keeping (const Options *options, char **arguments, guint n)
{
  const YihuKeepingOptions keeping = get_keeping (options);
  g_autoptr (GError) error = NULL;
  gboolean done;

  if (n == 2 && strcmp (arguments[0], "audit") == 0)
    return finish (yihu_audit_check_file (options->file, &keeping, &error), &error);
  if (strcmp (arguments[0], "unseal") == 0)
    done = yihu_keeping_unseal (arguments[1], arguments[2], &keeping, &error);
  else if (strcmp (arguments[0], "seal") == 0)
    done = yihu_seal_key_create (arguments[2], &error);
  else if (n == 3)
    done = yihu_anchor_key_create (arguments[2], &error);
  else if (strcmp (arguments[0], "backup") == 0)
    done = yihu_keeping_backup (arguments[1], &keeping, &error);
  else
    done = yihu_keeping_restore (arguments[1], &keeping, &error);
  return done ? 0 : fail (error);
}

static gboolean
is_keeping (const Options *options, char **arguments, guint n)
{
  if (n == 3)
    return strcmp (arguments[0], "unseal") == 0
           || ((strcmp (arguments[0], "audit") == 0 || strcmp (arguments[0], "seal") == 0)
               && strcmp (arguments[1], "key") == 0);
  if (n != 2)
    return FALSE;
  if (options->data_dir != NULL
      && (strcmp (arguments[0], "backup") == 0 || strcmp (arguments[0], "restore") == 0))
    return TRUE;
  return options->file != NULL && strcmp (arguments[0], "audit") == 0
         && strcmp (arguments[1], "verify") == 0;
}

static int
run_tls (const Options *options, char **arguments, guint n)
{
  const char *const *hosts = (const char *const *) options->hosts;
  const int days = options->days > 0 ? options->days : YIHU_TLS_DAYS;
  g_autoptr (GError) error = NULL;
  gboolean done;

  if (n == 2 && strcmp (arguments[0], "init") == 0)
    done = yihu_tls_init (arguments[1], hosts, days, &error);
  else if (n == 2 && strcmp (arguments[0], "server") == 0)
    done = yihu_tls_make_server (arguments[1], hosts, days, &error);
  else if (n == 3 && strcmp (arguments[0], "client") == 0)
    done = yihu_tls_make_client (arguments[1], arguments[2], days, &error);
  else if (n == 2 && strcmp (arguments[0], "show") == 0)
    done = yihu_tls_show (arguments[1], &error);
  else
    return usage ();
  if (!done)
    return fail (error);
  if (strcmp (arguments[0], "show") != 0)
    g_print ("written to %s; keep ca.key away from the server\n", arguments[1]);
  return 0;
}

static int
run_connected (const Options *options, char **arguments, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuTrust) trust = NULL;
  g_autoptr (YihuSession) session = NULL;
  gboolean is_health = n == 1 && strcmp (arguments[0], "health") == 0;

  if (n == 0 || (options->login == NULL && !is_health))
    return usage ();
  trust = yihu_trust_new (options->ca, options->certificate, &error);
  if (trust == NULL)
    return fail (error);
  session =
      yihu_session_new (options->url != NULL ? options->url : "http://127.0.0.1:8080", "yihu-ctl");
  yihu_session_set_trust (session, trust);
  if (is_health)
    return finish (yihu_keeping_health (session, &error), &error);
  return yihu_ctl_log_in (session, options->login, &error)
             ? run_and_leave (session, options, arguments, n)
             : fail (error);
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_auto (GStrv) arguments = NULL;
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, &options.url, "Server (http://127.0.0.1:8080)", "URL" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &options.ca,
      "Authority of the server's certificate (PEM; otherwise the system's)", "FILE" },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &options.certificate,
      "Our own certificate and key (PEM), where the server asks for one", "FILE" },
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &options.data_dir,
      "The server's directory on this machine", "DIRECTORY" },
    { "file", 0, 0, G_OPTION_ARG_FILENAME, &options.file, "A store that nobody uses", "FILE" },
    { "anchors", 0, 0, G_OPTION_ARG_FILENAME, &options.anchors, "Anchors that were kept elsewhere",
      "FILE" },
    { "anchor-key", 0, 0, G_OPTION_ARG_FILENAME, &options.anchor_key,
      "Key that signs anchors, or its .pub", "FILE" },
    { "backup-key", 0, 0, G_OPTION_ARG_FILENAME, &options.backup_key,
      "The key that seals backups, or opens them", "FILE" },
    { "host", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.hosts,
      "Name or address of the server; may stand several times", "NAME" },
    { "days", 0, 0, G_OPTION_ARG_INT, &options.days, "Life of a certificate (730)", "N" },
    { "login", 0, 0, G_OPTION_ARG_STRING, &options.login, "Account; password from YIHU_PASSWORD",
      "NAME" },
    { "area-code", 0, 0, G_OPTION_ARG_STRING, &options.area_code, "Of landlines without one (0417)",
      "CODE" },
    { "all", 0, 0, G_OPTION_ARG_NONE, &options.all_or_nothing, "One bad row refuses its file",
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
  guint n;

  setlocale (LC_ALL, "");
  yihu_json_init ();
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail (error);
  n = arguments != NULL ? g_strv_length (arguments) : 0;
  if (n >= 3 && strcmp (arguments[0], "tls") == 0)
    return run_tls (&options, arguments + 1, n - 1);
  if (is_keeping (&options, arguments, n))
    return run_keeping (&options, arguments, n);
  return run_connected (&options, arguments, n);
}
