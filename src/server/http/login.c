/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Log-in. It goes reader (account and hash) -> password threads -> writer (second
 * factor, session, audit) -> answer; nothing of it blocks the main loop, and an unknown name costs
 * the same time as a wrong password. What is wrong is told in detail only to who has shown the
 * right password. */

#include "server/http/routes.h"

#include "base/error.h"
#include "base/totp.h"
#include "server/work/accounts.h"
#include "server/work/sessions.h"
#include "wire/protocol.h"
#include "wire/record-json.h"
#include "wire/sip-credential.h"

#include <sodium.h>

#define MAX_CODE 32

typedef struct
{
  YihuExchange *exchange; /* (owned) */
  char *login;
  char *password;
  char *device;
  char *code; /* the second factor (nullable) */
  YihuAccount *account; /* (owned) (nullable) */
  char *hash; /* of the password, from the store (nullable) */
  YihuActor *actor; /* (owned) */
  char *token;
  char *token_hash;
  gint64 expires_at_us;
  gboolean is_wrong; /* name or password */
  gboolean is_trying; /* the lock-out waits for the end of this try */
  GError *error;
} Login;

static void
end_try (Login *self, YihuTryEnd end)
{
  if (self->is_trying)
    yihu_lockout_end (self->exchange->server->lockout, self->login, end);
  self->is_trying = FALSE;
}

static void
login_free (Login *self)
{
  end_try (self, YIHU_TRY_OPEN);
  yihu_exchange_unref (self->exchange);
  g_free (self->login);
  if (self->password != NULL)
    sodium_memzero (self->password, strlen (self->password));
  g_free (self->password);
  g_free (self->device);
  g_free (self->code);
  g_clear_pointer (&self->account, yihu_account_unref);
  g_free (self->hash);
  g_clear_pointer (&self->actor, yihu_actor_unref);
  g_free (self->token);
  g_free (self->token_hash);
  g_clear_error (&self->error);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Login, login_free)

/* --- the answer --- */

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
  guint capabilities = yihu_role_get_capabilities (account->role);

  if (capabilities & YIHU_CAPABILITY_SWITCH)
    {
      g_autofree char *secret = encode (server->sip_secret);

      json_object_set_new (answer, "sip_secret", json_string (secret));
    }
  if ((capabilities & YIHU_CAPABILITY_DESK) && account->seat != NULL && *account->seat != '\0')
    {
      g_autofree char *user = yihu_sip_credential_make_user (account->seat, self->expires_at_us);
      g_autofree char *password = yihu_sip_credential_make_password (user, server->sip_secret);

      json_object_set_new (answer, "sip",
                           json_pack ("{s:s, s:s, s:s}", "registrar", server->sip_registrar, "user",
                                      user, "password", password));
    }
}

static void
add_recovery (json_t *answer, const GStrv codes)
{
  json_t *list = json_array ();

  for (guint i = 0; codes[i] != NULL; i++)
    json_array_append_new (list, json_string (codes[i]));
  json_object_set_new (answer, "recovery", list);
}

static json_t *
make_limits (YihuServer *server)
{
  return json_pack ("{s:i, s:i, s:i, s:i}", "offline_hours", (int) server->offline_hours,
                    "lock_minutes", (int) server->lock_minutes, "reveals_per_hour",
                    (int) server->reveals_per_hour, "reveals_per_day",
                    (int) server->reveals_per_day);
}

static json_t *
make_answer (Login *self, const YihuSessionAnswer *session)
{
  YihuServer *server = self->exchange->server;
  YihuDivisionRange scope = self->actor->scope;
  g_autofree char *key = encode (session->scope_key);
  g_autofree char *own_key = encode (session->desk_key);
  json_t *answer = json_pack ("{s:s, s:o, s:{s:I, s:I}, s:I, s:I, s:I, s:i, s:s}", "token",
                              self->token, "account", yihu_record_to_json (self->account, FALSE),
                              "scope", "lo", (json_int_t) scope.lo, "hi", (json_int_t) scope.hi,
                              "epoch", (json_int_t) yihu_hub_get_tenant (server->hub)->epoch,
                              "expires_at_us", (json_int_t) self->expires_at_us, "server_time_us",
                              (json_int_t) yihu_clock_get_now_us (server->clock), "protocol",
                              YIHU_PROTOCOL_VERSION, "scope_key", key);

  json_object_set_new (answer, "desk_key", json_string (own_key));
  json_object_set_new (answer, "limits", make_limits (server));
  if (session->factor.recovery != NULL)
    add_recovery (answer, session->factor.recovery);
  add_sip (self, answer);
  return answer;
}

/* --- refusals --- */

/* @more: (nullable) (transfer full): what the screen needs beyond the code. Where this was the try
 * that locked the name, it says for how long. */
static void
refuse (Login *self, YihuError code, const char *message, json_t *more)
{
  guint wait_s = yihu_lockout_get_wait_s (self->exchange->server->lockout, self->login);
  g_autoptr (GError) error = g_error_new_literal (YIHU_ERROR, code, message);

  if (more == NULL)
    more = json_object ();
  if (wait_s > 0)
    json_object_set_new (more, "retry_after_s", json_integer (wait_s));
  yihu_exchange_answer_refusal (self->exchange, error, more);
}

static void
ask_factor (Login *self, const YihuFactorResult *factor)
{
  static const char *const words[] = { [YIHU_FACTOR_PASSED] = "",
                                       [YIHU_FACTOR_ENROL] = "enrol",
                                       [YIHU_FACTOR_ASKED] = "ask",
                                       [YIHU_FACTOR_WRONG] = "wrong",
                                       [YIHU_FACTOR_LOST] = "lost" };
  YihuServer *server = self->exchange->server;
  json_t *more = json_pack ("{s:s}", "factor", words[factor->answer]);

  if (factor->seed != NULL)
    {
      g_autofree char *secret = yihu_base32_encode (factor->seed);
      const char *issuer = *server->tenant_name != '\0' ? server->tenant_name : "Yihu 12349";
      g_autofree char *uri = yihu_totp_make_uri (issuer, self->login, factor->seed);

      json_object_set_new (more, "secret", json_string (secret));
      json_object_set_new (more, "uri", json_string (uri));
    }
  end_try (self, factor->answer == YIHU_FACTOR_WRONG ? YIHU_TRY_WRONG : YIHU_TRY_OPEN);
  refuse (self, YIHU_ERROR_SECOND_FACTOR, "this account shows a second factor", more);
}

static void
on_session_done (const YihuSessionAnswer *answer, const GError *error, gpointer data)
{
  g_autoptr (Login) self = data;
  YihuServer *server = self->exchange->server;

  if (error != NULL)
    yihu_exchange_answer_error (self->exchange, error);
  else if (!answer->has_begun)
    ask_factor (self, &answer->factor);
  else
    {
      end_try (self, YIHU_TRY_RIGHT);
      yihu_tokens_add (server->tokens, self->token_hash, self->actor, self->expires_at_us);
      yihu_exchange_answer (self->exchange, SOUP_STATUS_OK, make_answer (self, answer));
    }
}

static void
on_refusal_noted (const GError *error, gpointer data)
{
  g_autoptr (Login) self = data;

  if (self->is_wrong)
    refuse (self, YIHU_ERROR_UNAUTHORIZED, "wrong log-in name or password", NULL);
  else
    refuse (self, YIHU_ERROR_DISABLED, "this account is disabled", NULL);
}

static void
begin_session (Login *self)
{
  YihuServer *server = self->exchange->server;
  gboolean asks = yihu_role_needs_second_factor (self->account->role);
  YihuSessionAsk ask = { .code = self->code };

  self->token = yihu_tokens_make ();
  self->token_hash = yihu_tokens_hash (server->tokens, self->token);
  self->expires_at_us = yihu_clock_get_now_us (server->clock) + YIHU_TOKEN_LIFE_US;
  ask.token_hash = self->token_hash;
  ask.expires_at_us = self->expires_at_us;
  ask.factor_key = asks ? server->factor_key : NULL;
  yihu_sessions_begin (server->writer, self->actor, &ask, on_session_done, self);
}

static void
on_password_verified (gboolean is_right, gpointer data)
{
  Login *self = data;
  YihuServer *server = self->exchange->server;

  if (self->account != NULL)
    self->actor = yihu_actor_new (self->account, self->device);
  if (is_right && self->account != NULL && !self->account->disabled)
    {
      begin_session (self);
      return;
    }
  self->is_wrong = !is_right || self->account == NULL;
  end_try (self, self->is_wrong ? YIHU_TRY_WRONG : YIHU_TRY_OPEN);
  if (self->actor != NULL)
    yihu_accounts_note (server->writer, self->actor, "login.refused", "", NULL, on_refusal_noted,
                        self);
  else
    on_refusal_noted (NULL, self);
}

/* --- the question --- */

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
  const char *code = NULL;
  gint64 protocol = YIHU_PROTOCOL_VERSION;

  if (!yihu_json_read_int (body, "protocol", FALSE, 0, G_MAXINT64, &protocol, error)
      || !yihu_json_read_text (body, "login", TRUE, 64, &login, error)
      || !yihu_json_read_text (body, "password", TRUE, YIHU_PASSWORD_MAX, &password, error)
      || !yihu_json_read_text (body, "device", FALSE, 96, &device, error)
      || !yihu_json_read_text (body, "code", FALSE, MAX_CODE, &code, error))
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
  self->code = g_strdup (code);
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
  if (!read_login (self, body, &error))
    {
      yihu_exchange_answer_error (exchange, error);
      return;
    }
  self->is_trying = yihu_lockout_begin (exchange->server->lockout, self->login) == 0;
  if (!self->is_trying)
    {
      refuse (self, YIHU_ERROR_TRIES, "too many wrong tries: this name is locked for a while",
              NULL);
      return;
    }
  if (!yihu_readers_push (exchange->server->readers, read_account, on_account_read, self, &error))
    {
      yihu_exchange_answer_error (exchange, error);
      return;
    }
  yihu_exchange_unref (yihu_exchange_pause (exchange));
  g_steal_pointer (&self);
}
