/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Log-in and log-out. A log-in goes reader (account and hash) -> password threads ->
 * writer (session, audit) -> answer; nothing of it blocks the main loop, and an unknown name costs
 * the same time as a wrong password. */

#include "server/http/routes.h"

#include "base/error.h"
#include "server/work/accounts.h"
#include "wire/protocol.h"
#include "wire/record-json.h"
#include "wire/sip-credential.h"

#include <sodium.h>

typedef struct
{
  YihuExchange *exchange; /* (owned) */
  char *login;
  char *password;
  char *device;
  YihuAccount *account; /* (owned) (nullable) */
  char *hash; /* of the password, from the store (nullable) */
  YihuActor *actor; /* (owned) */
  char *token;
  char *token_hash;
  gint64 expires_at_us;
  GError *error;
} Login;

static void
login_free (Login *self)
{
  yihu_exchange_unref (self->exchange);
  g_free (self->login);
  if (self->password != NULL)
    sodium_memzero (self->password, strlen (self->password));
  g_free (self->password);
  g_free (self->device);
  g_clear_pointer (&self->account, yihu_account_unref);
  g_free (self->hash);
  g_clear_pointer (&self->actor, yihu_actor_unref);
  g_free (self->token);
  g_free (self->token_hash);
  g_clear_error (&self->error);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Login, login_free)

static char *
encode (GBytes *bytes)
{
  gsize length = 0;
  const guchar *data = g_bytes_get_data (bytes, &length);

  return g_base64_encode (data, length);
}

static void
add_sip (Login *self, json_t *answer)
{
  YihuServer *server = self->exchange->server;
  const YihuAccount *account = self->account;
  YihuRole role = account->role;

  if (role == YIHU_ROLE_SWITCHBOARD)
    {
      g_autofree char *secret = encode (server->sip_secret);

      json_object_set_new (answer, "sip_secret", json_string (secret));
    }
  if ((role == YIHU_ROLE_OPERATOR || role == YIHU_ROLE_SUPERVISOR) && account->seat != NULL
      && *account->seat != '\0')
    {
      g_autofree char *user = yihu_sip_credential_make_user (account->seat, self->expires_at_us);
      g_autofree char *password = yihu_sip_credential_make_password (user, server->sip_secret);

      json_object_set_new (answer, "sip",
                           json_pack ("{s:s, s:s, s:s}", "registrar", server->sip_registrar, "user",
                                      user, "password", password));
    }
}

static json_t *
make_answer (Login *self, GBytes *scope_key, GBytes *desk_key)
{
  YihuServer *server = self->exchange->server;
  YihuDivisionRange scope = self->actor->scope;
  g_autofree char *key = encode (scope_key);
  g_autofree char *own_key = encode (desk_key);
  json_t *answer = json_pack ("{s:s, s:o, s:{s:I, s:I}, s:I, s:I, s:I, s:i, s:s}", "token",
                              self->token, "account", yihu_record_to_json (self->account, FALSE),
                              "scope", "lo", (json_int_t) scope.lo, "hi", (json_int_t) scope.hi,
                              "epoch", (json_int_t) yihu_hub_get_tenant (server->hub)->epoch,
                              "expires_at_us", (json_int_t) self->expires_at_us, "server_time_us",
                              (json_int_t) yihu_clock_get_now_us (server->clock), "protocol",
                              YIHU_PROTOCOL_VERSION, "scope_key", key);

  json_object_set_new (answer, "desk_key", json_string (own_key));
  json_object_set_new (answer, "limits",
                       json_pack ("{s:i}", "offline_hours", (int) server->offline_hours));
  add_sip (self, answer);
  return answer;
}

static void
on_session_stored (GBytes *scope_key, GBytes *desk_key, const GError *error, gpointer data)
{
  g_autoptr (Login) self = data;
  YihuServer *server = self->exchange->server;

  if (error != NULL)
    {
      yihu_exchange_answer_error (self->exchange, error);
      return;
    }
  yihu_tokens_add (server->tokens, self->token_hash, self->actor, self->expires_at_us);
  yihu_exchange_answer (self->exchange, SOUP_STATUS_OK, make_answer (self, scope_key, desk_key));
}

static void
on_refusal_noted (const GError *error, gpointer data)
{
  g_autoptr (Login) self = data;
  g_autoptr (GError) refusal =
      g_error_new_literal (YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED, "wrong log-in name or password");

  yihu_exchange_answer_error (self->exchange, refusal);
}

static void
on_password_verified (gboolean is_right, gpointer data)
{
  Login *self = data;
  YihuServer *server = self->exchange->server;

  if (self->account != NULL)
    self->actor = yihu_actor_new (self->account, self->device);
  if (!is_right || self->account == NULL || self->account->disabled)
    {
      yihu_guard_note_failure (server->guard, self->login);
      if (self->actor != NULL)
        yihu_accounts_note (server->writer, self->actor, "login.refused", "", NULL,
                            on_refusal_noted, self);
      else
        on_refusal_noted (NULL, self);
      return;
    }
  yihu_guard_note_success (server->guard, self->login);
  self->token = yihu_tokens_make ();
  self->token_hash = yihu_tokens_hash (server->tokens, self->token);
  self->expires_at_us = yihu_clock_get_now_us (server->clock) + YIHU_TOKEN_LIFE_US;
  yihu_accounts_put_session (server->writer, self->actor, self->token_hash, self->expires_at_us,
                             on_session_stored, self);
}

static void
read_account (YihuStore *store, gpointer data)
{
  Login *self = data;

  if (yihu_store_find_account (store, "login", self->login, &self->account, &self->error)
      && self->account != NULL)
    yihu_store_get_password (store, self->account->record.id, &self->hash, &self->error);
}

static void
on_account_read (gpointer data)
{
  Login *self = data;
  g_autoptr (GError) error = NULL;

  if (self->error == NULL
      && yihu_password_pool_verify (self->exchange->server->passwords, self->hash, self->password,
                                    on_password_verified, self, &error))
    return;
  yihu_exchange_answer_error (self->exchange, self->error != NULL ? self->error : error);
  login_free (self);
}

static gboolean
read_login (Login *self, const json_t *body, GError **error)
{
  const char *login = NULL;
  const char *password = NULL;
  const char *device = NULL;
  gint64 protocol = YIHU_PROTOCOL_VERSION;

  if (!yihu_json_read_int (body, "protocol", FALSE, 0, G_MAXINT64, &protocol, error)
      || !yihu_json_read_text (body, "login", TRUE, 64, &login, error)
      || !yihu_json_read_text (body, "password", TRUE, YIHU_PASSWORD_MAX, &password, error)
      || !yihu_json_read_text (body, "device", FALSE, 96, &device, error))
    return FALSE;
  if (protocol > YIHU_PROTOCOL_VERSION)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_VERSION,
                   "this server speaks protocol %d, not %" G_GINT64_FORMAT, YIHU_PROTOCOL_VERSION,
                   protocol);
      return FALSE;
    }
  self->login = g_strdup (login);
  self->password = g_strdup (password);
  self->device = g_strdup (device);
  return TRUE;
}

void
yihu_route_login (YihuExchange *exchange)
{
  g_autoptr (json_t) body = yihu_exchange_read_json (exchange);
  g_autoptr (Login) self = NULL;
  g_autoptr (GError) error = NULL;

  if (body == NULL)
    return;
  self = g_new0 (Login, 1);
  self->exchange = yihu_exchange_ref (exchange);
  if (read_login (self, body, &error) && !yihu_guard_may_try (exchange->server->guard, self->login))
    g_set_error_literal (&error, YIHU_ERROR, YIHU_ERROR_BUSY,
                         "too many wrong passwords, wait a minute");
  if (error != NULL
      || !yihu_readers_push (exchange->server->readers, read_account, on_account_read, self,
                             &error))
    {
      yihu_exchange_answer_error (exchange, error);
      return;
    }
  yihu_exchange_unref (yihu_exchange_pause (exchange));
  g_steal_pointer (&self);
}

static void
on_logged_out (const GError *error, gpointer data)
{
  g_autoptr (YihuExchange) exchange = data;

  if (error != NULL)
    yihu_exchange_answer_error (exchange, error);
  else
    yihu_exchange_answer (exchange, SOUP_STATUS_OK, json_pack ("{s:b}", "ok", TRUE));
}

/* The token is dead at once, whatever becomes of the row. */
void
yihu_route_logout (YihuExchange *exchange)
{
  YihuServer *server = exchange->server;

  yihu_tokens_remove (server->tokens, exchange->token_hash);
  yihu_hub_revoke (server->hub, exchange->token_hash, NULL, FALSE);
  yihu_accounts_delete_session (server->writer, exchange->actor, exchange->token_hash,
                                on_logged_out, yihu_exchange_pause (exchange));
}
