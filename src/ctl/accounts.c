/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accounts and sessions from the command line: an account is named by its log-in name, looked up
 * in the list that the server gives to this administrator, changed, and sent back whole. */

#include "ctl/accounts.h"

#include "base/bounded-json.h"
#include "base/error.h"
#include "wire/record-json.h"

#include <string.h>

#define TIMEOUT_S 60

static json_t *
ask (YihuSession *session, const char *method, const char *path, json_t *body, GError **error)
{
  return yihu_session_request_sync (session, method, path, body, TIMEOUT_S, NULL, error);
}

static const char *
get_text (const json_t *row, const char *name)
{
  const char *text = json_string_value (json_object_get (row, name));

  return text != NULL ? text : "";
}

static gint64
get_int (const json_t *row, const char *name)
{
  return json_integer_value (json_object_get (row, name));
}

/* One line; columns are separated by tabs, so that a script can cut them. */
static void
print_account (const json_t *row)
{
  const json_t *account = json_object_get (row, "account");
  const YihuField *field = yihu_record_type_find_field (&yihu_account_type, "role");
  const char *role = get_text (account, "role");

  g_print ("%s\t%s\t%s\t%012" G_GINT64_FORMAT "\t%s\t%" G_GINT64_FORMAT " sessions%s%s\n",
           get_text (account, "login"), get_text (account, "name"),
           *role != '\0' ? role : field->nicks[0], get_int (account, "division"),
           get_int (account, "disabled") ? "disabled" : "enabled", get_int (row, "sessions"),
           get_int (row, "locked_s") > 0 ? "\tlocked" : "",
           json_is_true (json_object_get (row, "second_factor")) ? "\tsecond factor" : "");
}

gboolean
yihu_ctl_list_accounts (YihuSession *session, GError **error)
{
  g_autoptr (json_t) answer = ask (session, "GET", "/v1/accounts", NULL, error);
  json_t *row;
  gsize i;

  if (answer == NULL)
    return FALSE;
  json_array_foreach (json_object_get (answer, "accounts"), i, row) print_account (row);
  return TRUE;
}

/* (transfer full) */
static YihuAccount *
find_account (YihuSession *session, const char *login, GError **error)
{
  g_autoptr (json_t) answer = ask (session, "GET", "/v1/accounts", NULL, error);
  json_t *row;
  gsize i;

  if (answer == NULL)
    return NULL;
  json_array_foreach (json_object_get (answer, "accounts"), i, row)
  {
    const json_t *account = json_object_get (row, "account");

    if (strcmp (get_text (account, "login"), login) == 0)
      return yihu_record_from_json (&yihu_account_type, account, error);
  }
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND,
               "there is no account '%s' in the districts of this administrator", login);
  return NULL;
}

static gboolean
change (YihuAccount *account, const char *verb, const char *value, GError **error)
{
  const YihuField *field = yihu_record_type_find_field (&yihu_account_type, "role");

  if (strcmp (verb, "disable") == 0 || strcmp (verb, "enable") == 0)
    account->disabled = *verb == 'd';
  else if (strcmp (verb, "role") == 0)
    account->role = yihu_field_find_nick (field, value);
  else if (strcmp (verb, "division") == 0)
    account->record.division = yihu_division_code_parse (value);
  if (account->role >= 0
      && (account->record.division > 0 || strcmp (verb, "division") != 0
          || strcmp (value, "0") == 0))
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "'%s' is no %s", value, verb);
  return FALSE;
}

gboolean
yihu_ctl_change_account (YihuSession *session,
                         const char *login,
                         const char *verb,
                         const char *value,
                         GError **error)
{
  g_autoptr (YihuAccount) account = find_account (session, login, error);
  g_autoptr (json_t) body = json_object ();
  g_autoptr (json_t) answer = NULL;

  if (account == NULL || !change (account, verb, value, error))
    return FALSE;
  json_object_set_new (body, "account", yihu_record_to_json (account, FALSE));
  if (strcmp (verb, "password") == 0)
    json_object_set_new (body, "password", json_string (value));
  answer = ask (session, "POST", "/v1/accounts", body, error);
  if (answer == NULL)
    return FALSE;
  g_print ("%s: changed; its sessions have ended\n", login);
  return TRUE;
}

gboolean
yihu_ctl_do_to_account (YihuSession *session, const char *login, const char *verb, GError **error)
{
  g_autoptr (YihuAccount) account = find_account (session, login, error);
  g_autofree char *path = NULL;
  g_autoptr (json_t) answer = NULL;

  if (account == NULL)
    return FALSE;
  path = g_strdup_printf ("/v1/accounts/%s/%s", account->record.id, verb);
  answer = ask (session, "POST", path, NULL, error);
  if (answer == NULL)
    return FALSE;
  g_print ("%s: %s done\n", login, verb);
  return TRUE;
}

static char *
format_time (gint64 at_us)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (at_us / G_USEC_PER_SEC);

  return at_us > 0 && at != NULL ? g_date_time_format (at, "%F %T") : g_strdup ("-");
}

gboolean
yihu_ctl_list_sessions (YihuSession *session, GError **error)
{
  g_autoptr (json_t) answer = ask (session, "GET", "/v1/sessions", NULL, error);
  json_t *row;
  gsize i;

  if (answer == NULL)
    return FALSE;
  json_array_foreach (json_object_get (answer, "sessions"), i, row)
  {
    g_autofree char *begun = format_time (get_int (row, "begun_at_us"));
    g_autofree char *seen = format_time (get_int (row, "seen_at_us"));
    g_autofree char *expires = format_time (get_int (row, "expires_at_us"));

    g_print ("%s\t%s\t%s\tbegun %s\tseen %s\tuntil %s%s\n", get_text (row, "id"),
             get_text (row, "login"), get_text (row, "device"), begun, seen, expires,
             json_is_true (json_object_get (row, "mine")) ? "\tthis one" : "");
  }
  return TRUE;
}

gboolean
yihu_ctl_revoke_session (YihuSession *session, const char *id, GError **error)
{
  g_autofree char *escaped = g_uri_escape_string (id, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/v1/sessions/%s/revoke", escaped);
  g_autoptr (json_t) answer = ask (session, "POST", path, NULL, error);

  if (answer == NULL)
    return FALSE;
  g_print ("session %s has ended\n", id);
  return TRUE;
}
