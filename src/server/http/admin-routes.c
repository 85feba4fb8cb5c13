/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What administrators do: imports and accounts. */

#include "server/http/routes.h"

#include "base/error.h"
#include "base/person-id.h"
#include "server/work/accounts.h"
#include "server/work/import.h"
#include "wire/record-json.h"

#include <string.h>

static void
on_imported (const YihuImportReport *report, const GError *error, gpointer data)
{
  g_autoptr (YihuExchange) exchange = data;
  json_t *refused;

  if (error != NULL)
    {
      yihu_exchange_answer_error (exchange, error);
      return;
    }
  refused = json_array ();
  for (guint i = 0; i < report->refused->len; i++)
    {
      YihuImportRefusal *refusal = g_ptr_array_index (report->refused, i);

      json_array_append_new (refused, json_pack ("{s:I, s:s}", "line", (json_int_t) refusal->line,
                                                 "message", refusal->message));
    }
  yihu_exchange_answer (exchange, SOUP_STATUS_OK,
                        json_pack ("{s:I, s:o, s:I}", "accepted", (json_int_t) report->accepted,
                                   "refused", refused, "more_refused",
                                   (json_int_t) report->more_refused));
}

static gboolean
read_import_options (YihuExchange *exchange, YihuImportOptions *options, GError **error)
{
  const char *mode = yihu_exchange_query_text (exchange, "mode");
  const char *area = yihu_exchange_query_text (exchange, "area");
  gint64 quiet = 0;

  options->type = yihu_record_type_find (exchange->object);
  options->first_line = 2;
  options->area_code = area != NULL ? area : exchange->server->area_code;
  options->today = yihu_date_from_us (yihu_clock_get_now_us (exchange->server->clock));
  if (!yihu_import_allows_kind (options->type))
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND,
                           "records of this kind cannot be imported");
      return FALSE;
    }
  if (mode != NULL && !g_str_equal (mode, "rows") && !g_str_equal (mode, "all"))
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                           "parameter 'mode': must be 'rows' or 'all'");
      return FALSE;
    }
  options->all_or_nothing = mode != NULL && g_str_equal (mode, "all");
  if (!yihu_exchange_query_int (exchange, "first_line", 1, G_MAXINT32, &options->first_line, error)
      || !yihu_exchange_query_int (exchange, "quiet", 0, 1, &quiet, error))
    return FALSE;
  options->quiet = quiet;
  return TRUE;
}

void
yihu_route_import (YihuExchange *exchange)
{
  YihuServer *server = exchange->server;
  YihuImportOptions options = { 0 };
  g_autoptr (GBytes) body = yihu_exchange_get_body (exchange);
  g_autoptr (GError) error = NULL;

  if (!read_import_options (exchange, &options, &error))
    yihu_exchange_answer_error (exchange, error);
  else
    yihu_import_start (server->readers, server->writer, exchange->actor, &options, body,
                       on_imported, yihu_exchange_pause (exchange));
}

/* Accounts. */

typedef struct
{
  YihuExchange *exchange; /* (owned) */
  YihuAccount *account; /* (owned) */
} AccountPut;

static void
account_put_free (AccountPut *self)
{
  yihu_exchange_unref (self->exchange);
  g_clear_pointer (&self->account, yihu_account_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AccountPut, account_put_free)

static void
on_account_stored (const GError *error, gpointer data)
{
  g_autoptr (AccountPut) self = data;
  YihuServer *server = self->exchange->server;
  const char *id = self->account->record.id;

  if (error != NULL)
    {
      yihu_exchange_answer_error (self->exchange, error);
      return;
    }
  yihu_tokens_remove_account (server->tokens, id);
  yihu_hub_replace_account (server->hub, self->account);
  yihu_exchange_answer (self->exchange, SOUP_STATUS_OK, json_pack ("{s:s}", "id", id));
}

static void
on_password_hashed (const char *hash, gpointer data)
{
  AccountPut *self = data;

  if (hash == NULL)
    {
      g_autoptr (AccountPut) owned = self;
      g_autoptr (GError) error =
          g_error_new_literal (YIHU_ERROR, YIHU_ERROR_FAILED, "hash a password: no memory");

      yihu_exchange_answer_error (owned->exchange, error);
      return;
    }
  yihu_accounts_put (self->exchange->server->writer, self->exchange->actor, self->account, hash,
                     on_account_stored, self);
}

static gboolean
read_account (AccountPut *self, const json_t *body, const char **password, GError **error)
{
  const json_t *object = NULL;

  if (!yihu_json_read_object (body, "account", TRUE, &object, error)
      || !yihu_json_read_text (body, "password", FALSE, YIHU_PASSWORD_MAX, password, error))
    return FALSE;
  self->account = yihu_record_from_json (&yihu_account_type, object, error);
  if (self->account == NULL
      || !yihu_actor_check (self->exchange->actor, self->account->record.division, error))
    return FALSE;
  if (*password == NULL || strlen (*password) >= YIHU_PASSWORD_MIN)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
               "field 'password': must have at least %d characters", YIHU_PASSWORD_MIN);
  return FALSE;
}

void
yihu_route_accounts (YihuExchange *exchange)
{
  g_autoptr (json_t) body = yihu_exchange_read_json (exchange);
  YihuServer *server = exchange->server;
  g_autoptr (AccountPut) self = NULL;
  g_autoptr (GError) error = NULL;
  const char *password = NULL;

  if (body == NULL)
    return;
  self = g_new0 (AccountPut, 1);
  self->exchange = yihu_exchange_ref (exchange);
  if (!read_account (self, body, &password, &error)
      || (password != NULL
          && !yihu_password_pool_hash (server->passwords, password, on_password_hashed, self,
                                       &error)))
    {
      yihu_exchange_answer_error (exchange, error);
      return;
    }
  yihu_exchange_unref (yihu_exchange_pause (exchange));
  if (password == NULL)
    yihu_accounts_put (server->writer, exchange->actor, self->account, NULL, on_account_stored,
                       self);
  g_steal_pointer (&self);
}
