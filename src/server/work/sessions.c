/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sessions. A refused second factor commits too: the audit row of the refusal, the seed of an
 * enrolment that has begun, and the step of the last code must not be rolled back. */

#include "server/work/sessions.h"

#include "base/error.h"

#include <sodium.h>

#define KEY_BYTES 32

typedef struct
{
  YihuActor *actor; /* (owned) */
  char *token_hash;
  gint64 expires_at_us;
  GBytes *factor_key; /* (owned) (nullable) */
  char *code;
  YihuSessionAnswer answer;
  YihuSessionDoneFunc done;
  gpointer data;
} Begin;

static void
answer_clear (YihuSessionAnswer *answer)
{
  g_clear_pointer (&answer->scope_key, g_bytes_unref);
  g_clear_pointer (&answer->desk_key, g_bytes_unref);
  yihu_factor_result_clear (&answer->factor);
  answer->has_begun = FALSE;
}

static void
on_begin_done (const GError *error, gpointer data)
{
  Begin *self = data;

  self->done (error == NULL ? &self->answer : NULL, error, self->data);
  yihu_actor_unref (self->actor);
  g_clear_pointer (&self->factor_key, g_bytes_unref);
  g_free (self->token_hash);
  g_free (self->code);
  answer_clear (&self->answer);
  g_free (self);
}

char *
yihu_scope_key_name (YihuDivisionRange scope)
{
  return g_strdup_printf ("scope-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, scope.lo, scope.hi);
}

/* The secret @name of the store; made where there is none. */
static gboolean
find_key (YihuWork *work, const char *name, GBytes **found, GError **error)
{
  guchar key[KEY_BYTES];

  if (!yihu_store_get_secret (work->store, name, found, error))
    return FALSE;
  if (*found != NULL)
    return TRUE;
  randombytes_buf (key, sizeof key);
  *found = g_bytes_new (key, sizeof key);
  return yihu_store_put_secret (work->store, name, *found, error);
}

static gboolean
find_keys (YihuWork *work, Begin *self, GError **error)
{
  g_autofree char *scope = yihu_scope_key_name (self->actor->scope);
  g_autofree char *desk = g_strconcat ("desk-", self->actor->account->record.id, NULL);

  return find_key (work, scope, &self->answer.scope_key, error)
         && find_key (work, desk, &self->answer.desk_key, error);
}

static gboolean
ask_factor (YihuWork *work, Begin *self, GError **error)
{
  YihuFactorResult *factor = &self->answer.factor;
  const char *what = NULL;

  factor->answer = YIHU_FACTOR_PASSED;
  if (self->factor_key == NULL)
    return TRUE;
  if (!yihu_second_factor_ask (work, self->factor_key, self->actor->account->record.id, self->code,
                               factor, error))
    return FALSE;
  if (factor->answer == YIHU_FACTOR_WRONG)
    what = "login.refused-code";
  else if (factor->recovery != NULL)
    what = "factor.enrol";
  else if (factor->used_recovery)
    what = "factor.recovery-code";
  return what == NULL || yihu_work_audit (work, self->actor, what, "", NULL, error);
}

/* The password takes its time to be verified, and an administrator may have changed or closed the
 * account meanwhile: what was read before does not count then. */
static gboolean
check_account (YihuWork *work, const YihuRecord *account, GError **error)
{
  gint64 version = 0;

  if (!yihu_store_find_head (work->store, account->type, account->id, &version, NULL, error))
    return FALSE;
  if (version == account->version)
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_CONFLICT,
                       "the account was changed at this moment, try again");
  return FALSE;
}

static gboolean
run_begin (YihuWork *work, gpointer data, GError **error)
{
  Begin *self = data;
  YihuSessionRow row = { self->token_hash, self->actor->account->record.id, self->actor->device,
                         self->expires_at_us };

  answer_clear (&self->answer);
  if (!check_account (work, &self->actor->account->record, error)
      || !ask_factor (work, self, error))
    return FALSE;
  if (self->answer.factor.answer != YIHU_FACTOR_PASSED)
    return TRUE;
  self->answer.has_begun = TRUE;
  return find_keys (work, self, error) && yihu_store_put_session (work->store, &row, error)
         && yihu_work_audit (work, self->actor, "login", "", NULL, error);
}

void
yihu_sessions_begin (YihuWriter *writer,
                     YihuActor *actor,
                     const YihuSessionAsk *ask,
                     YihuSessionDoneFunc done,
                     gpointer data)
{
  Begin *self = g_new0 (Begin, 1);
  g_autoptr (GError) error = NULL;

  self->actor = yihu_actor_ref (actor);
  self->token_hash = g_strdup (ask->token_hash);
  self->expires_at_us = ask->expires_at_us;
  self->factor_key = ask->factor_key != NULL ? g_bytes_ref (ask->factor_key) : NULL;
  self->code = g_strdup (ask->code);
  self->done = done;
  self->data = data;
  if (!yihu_writer_push (writer, run_begin, on_begin_done, self, &error))
    on_begin_done (error, self);
}

/* Ending. */

typedef struct
{
  YihuActor *actor; /* (owned) */
  char *token_hash; /* (nullable) */
  char *account;
  char *what;
  YihuWriterDoneFunc done;
  gpointer data;
} End;

static void
on_end_done (const GError *error, gpointer data)
{
  End *self = data;

  self->done (error, self->data);
  yihu_actor_unref (self->actor);
  g_free (self->token_hash);
  g_free (self->account);
  g_free (self->what);
  g_free (self);
}

static gboolean
run_end (YihuWork *work, gpointer data, GError **error)
{
  End *self = data;
  gboolean is_own = g_str_equal (self->account, self->actor->account->record.id);

  return yihu_store_delete_sessions (work->store, self->token_hash, self->account, error)
         && yihu_work_audit (work, self->actor, self->what, is_own ? "" : self->account, NULL,
                             error);
}

void
yihu_sessions_end (YihuWriter *writer,
                   YihuActor *actor,
                   const char *token_hash,
                   const char *account,
                   const char *what,
                   YihuWriterDoneFunc done,
                   gpointer data)
{
  End *self = g_new0 (End, 1);
  g_autoptr (GError) error = NULL;

  self->actor = yihu_actor_ref (actor);
  self->token_hash = g_strdup (token_hash);
  self->account = g_strdup (account);
  self->what = g_strdup (what);
  self->done = done;
  self->data = data;
  if (!yihu_writer_push (writer, run_end, on_end_done, self, &error))
    on_end_done (error, self);
}
