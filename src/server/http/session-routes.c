/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who is logged in where: the own log-ins for everybody, those of the accounts in their districts
 * for administrators; and their end. */

#include "server/http/routes.h"

#include "base/error.h"
#include "server/work/sessions.h"

static gboolean
may_touch (const YihuActor *actor, const YihuActor *other)
{
  if (g_str_equal (actor->account->record.id, other->account->record.id))
    return TRUE;
  return (yihu_role_get_capabilities (yihu_actor_get_role (actor)) & YIHU_CAPABILITY_ACCOUNTS)
         && yihu_actor_check_subtree (actor, other->account->record.division, NULL);
}

typedef struct
{
  YihuExchange *exchange; /* not owned */
  json_t *rows; /* not owned */
} SessionList;

static void
add_session (const YihuToken *token, gpointer data)
{
  SessionList *list = data;
  const YihuActor *actor = token->actor;
  gboolean is_mine = g_strcmp0 (token->hash, list->exchange->token_hash) == 0;

  if (!may_touch (list->exchange->actor, actor))
    return;
  json_array_append_new (list->rows,
                         json_pack ("{s:s%, s:s, s:s, s:s, s:I, s:I, s:I, s:b}", "id", token->hash,
                                    (size_t) YIHU_TOKEN_ID_CHARACTERS, "account",
                                    actor->account->record.id, "login", actor->account->login,
                                    "device", actor->device, "begun_at_us",
                                    (json_int_t) token->begun_at_us, "seen_at_us",
                                    (json_int_t) token->seen_at_us, "expires_at_us",
                                    (json_int_t) token->expires_at_us, "mine", is_mine));
}

void
yihu_route_sessions (YihuExchange *exchange)
{
  YihuServer *server = exchange->server;
  SessionList list = { exchange, json_array () };

  yihu_tokens_foreach (server->tokens, yihu_clock_get_now_us (server->clock), add_session, &list);
  yihu_exchange_answer (exchange, SOUP_STATUS_OK, json_pack ("{s:o}", "sessions", list.rows));
}

static void
on_session_ended (const GError *error, gpointer data)
{
  g_autoptr (YihuExchange) exchange = data;

  if (error != NULL)
    yihu_exchange_answer_error (exchange, error);
  else
    yihu_exchange_answer (exchange, SOUP_STATUS_OK, json_pack ("{s:b}", "ok", TRUE));
}

/* The token is dead at once, whatever becomes of the row. */
static void
end_session (YihuExchange *exchange, const YihuToken *token, const char *what)
{
  YihuServer *server = exchange->server;
  g_autofree char *hash = g_strdup (token->hash);
  g_autofree char *account = g_strdup (token->actor->account->record.id);

  yihu_tokens_remove (server->tokens, hash);
  yihu_hub_revoke (server->hub, hash, NULL, FALSE);
  yihu_sessions_end (server->writer, exchange->actor, hash, account, what, on_session_ended,
                     yihu_exchange_pause (exchange));
}

void
yihu_route_revoke_session (YihuExchange *exchange)
{
  const YihuToken *token = yihu_tokens_find (exchange->server->tokens, exchange->object);
  g_autoptr (GError) error = NULL;

  /* What may not be touched need not be known to be there. */
  if (token != NULL && may_touch (exchange->actor, token->actor))
    {
      end_session (exchange, token, "session.revoke");
      return;
    }
  g_set_error_literal (&error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "there is no such session");
  yihu_exchange_answer_error (exchange, error);
}

void
yihu_route_logout (YihuExchange *exchange)
{
  end_session (exchange, yihu_tokens_find (exchange->server->tokens, exchange->token_hash),
               "logout");
}
