/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accounts for administrators: list, create or replace, and what is done to one at once: end its
 * sessions, wipe its consoles, forget its second factor, unlock it. Whatever changes the rights of
 * an account ends its sessions and closes its live connections in the same breath. */

#include "server/http/routes.h"

#include "base/error.h"
#include "server/work/accounts.h"
#include "wire/record-json.h"

#include <string.h>

/* --- create or replace --- */

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
  yihu_lockout_forget (server->lockout, self->account->login);
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
      || !yihu_actor_check_subtree (self->exchange->actor, self->account->record.division, error))
    return FALSE;
  if (*password == NULL || strlen (*password) >= YIHU_PASSWORD_MIN)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
               "field 'password': must have at least %d characters", YIHU_PASSWORD_MIN);
  return FALSE;
}

void
yihu_route_put_account (YihuExchange *exchange)
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

/* --- list --- */

typedef struct
{
  YihuExchange *exchange; /* (owned) */
  GPtrArray *accounts; /* (owned) YihuAccount */
  GError *error;
} AccountList;

static gboolean
on_account_row (gpointer record, gpointer data)
{
  AccountList *self = data;
  YihuAccount *account = record;

  if (yihu_actor_check_subtree (self->exchange->actor, account->record.division, NULL))
    g_ptr_array_add (self->accounts, yihu_record_ref (account));
  return TRUE;
}

static void
read_accounts (YihuStore *store, gpointer data)
{
  AccountList *self = data;

  yihu_store_each_record (store, &yihu_account_type, self->exchange->actor->scope, 0,
                          on_account_row, self, &self->error);
}

static json_t *
describe_account (YihuServer *server, YihuAccount *account)
{
  gint64 now_us = yihu_clock_get_now_us (server->clock);

  return json_pack ("{s:o, s:i, s:i, s:b}", "account", yihu_record_to_json (account, FALSE),
                    "sessions",
                    (int) yihu_tokens_count (server->tokens, account->record.id, now_us),
                    "locked_s", (int) yihu_lockout_get_wait_s (server->lockout, account->login),
                    "second_factor",
                    server->factor_key != NULL && yihu_role_needs_second_factor (account->role));
}

static void
on_accounts_read (gpointer data)
{
  AccountList *self = data;
  json_t *rows = json_array ();

  for (guint i = 0; i < self->accounts->len; i++)
    json_array_append_new (rows, describe_account (self->exchange->server,
                                                   g_ptr_array_index (self->accounts, i)));
  if (self->error != NULL)
    {
      json_decref (rows);
      yihu_exchange_answer_error (self->exchange, self->error);
    }
  else
    yihu_exchange_answer (self->exchange, SOUP_STATUS_OK, json_pack ("{s:o}", "accounts", rows));
  yihu_exchange_unref (self->exchange);
  g_ptr_array_unref (self->accounts);
  g_clear_error (&self->error);
  g_free (self);
}

void
yihu_route_list_accounts (YihuExchange *exchange)
{
  AccountList *self = g_new0 (AccountList, 1);

  self->exchange = yihu_exchange_ref (exchange);
  self->accounts = g_ptr_array_new_with_free_func (yihu_record_unref);
  if (yihu_readers_push (exchange->server->readers, read_accounts, on_accounts_read, self,
                         &self->error))
    yihu_exchange_unref (yihu_exchange_pause (exchange));
  else
    on_accounts_read (self);
}

/* --- done to one account --- */

typedef struct
{
  YihuExchange *exchange; /* (owned) */
  YihuAccountDeed deed;
} Deed;

static void
on_deed_done (YihuAccount *account, const GError *error, gpointer data)
{
  Deed *self = data;
  YihuServer *server = self->exchange->server;

  if (error != NULL)
    {
      yihu_exchange_answer_error (self->exchange, error);
    }
  else
    {
      yihu_lockout_forget (server->lockout, account->login);
      if (self->deed != YIHU_ACCOUNT_UNLOCK)
        {
          yihu_tokens_remove_account (server->tokens, account->record.id);
          yihu_hub_revoke (server->hub, NULL, account->record.id, self->deed == YIHU_ACCOUNT_WIPE);
        }
      yihu_exchange_answer (self->exchange, SOUP_STATUS_OK, json_pack ("{s:b}", "ok", TRUE));
    }
  yihu_exchange_unref (self->exchange);
  g_free (self);
}

static void
do_deed (YihuExchange *exchange, YihuAccountDeed deed)
{
  Deed *self = g_new0 (Deed, 1);

  self->exchange = yihu_exchange_pause (exchange);
  self->deed = deed;
  yihu_accounts_do (exchange->server->writer, exchange->actor, exchange->object, deed, on_deed_done,
                    self);
}

void
yihu_route_revoke_account (YihuExchange *exchange)
{
  do_deed (exchange, YIHU_ACCOUNT_REVOKE);
}

void
yihu_route_wipe_account (YihuExchange *exchange)
{
  do_deed (exchange, YIHU_ACCOUNT_WIPE);
}

void
yihu_route_reset_factor (YihuExchange *exchange)
{
  do_deed (exchange, YIHU_ACCOUNT_RESET_FACTOR);
}

void
yihu_route_unlock_account (YihuExchange *exchange)
{
  do_deed (exchange, YIHU_ACCOUNT_UNLOCK);
}
