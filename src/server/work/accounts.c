/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accounts, sessions and single audit rows. */

#include "server/work/accounts.h"

#include "base/error.h"

#include <sodium.h>

#define KEY_BYTES 32

typedef struct
{
  YihuActor *actor; /* (owned) (nullable) */
  YihuAccount *account; /* (owned) (nullable) */
  char *hash; /* of the password or the token */
  gint64 expires_at_us;
  char *what;
  char *object;
  char *reason;
  GBytes *scope_key; /* (owned) (nullable) */
  GBytes *desk_key; /* (owned) (nullable) */
  YihuSessionDoneFunc session_done;
  YihuWriterDoneFunc done;
  gpointer data;
} Entry;

static void
entry_free (Entry *self)
{
  g_clear_pointer (&self->actor, yihu_actor_unref);
  g_clear_pointer (&self->account, yihu_account_unref);
  g_free (self->hash);
  g_free (self->what);
  g_free (self->object);
  g_free (self->reason);
  g_clear_pointer (&self->scope_key, g_bytes_unref);
  g_clear_pointer (&self->desk_key, g_bytes_unref);
  g_free (self);
}

static void
on_entry_done (const GError *error, gpointer data)
{
  Entry *self = data;

  if (self->session_done != NULL)
    self->session_done (error == NULL ? self->scope_key : NULL,
                        error == NULL ? self->desk_key : NULL, error, self->data);
  else
    self->done (error, self->data);
  entry_free (self);
}

static void
push (YihuWriter *writer, YihuWriterFunc run, Entry *entry)
{
  g_autoptr (GError) error = NULL;

  if (!yihu_writer_push (writer, run, on_entry_done, entry, &error))
    on_entry_done (error, entry);
}

static Entry *
entry_new (YihuActor *actor, YihuWriterDoneFunc done, gpointer data)
{
  Entry *self = g_new0 (Entry, 1);

  self->actor = actor != NULL ? yihu_actor_ref (actor) : NULL;
  self->done = done;
  self->data = data;
  return self;
}

static gboolean
check_login (YihuWork *work, const YihuAccount *account, GError **error)
{
  g_autoptr (YihuAccount) other = NULL;

  if (!yihu_store_find_account (work->store, "login", account->login, &other, error))
    return FALSE;
  if (other == NULL || g_str_equal (other->record.id, account->record.id))
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_CONFLICT,
                       "another account has this log-in name");
  return FALSE;
}

static gboolean
check_provider (YihuWork *work, const YihuAccount *account, GError **error)
{
  gint64 version = 0;

  if (account->role != YIHU_ROLE_PROVIDER)
    return TRUE;
  if (!yihu_store_find_head (work->store, &yihu_provider_type,
                             account->provider != NULL ? account->provider : "", &version, NULL,
                             error))
    return FALSE;
  if (version > 0)
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                       "field 'provider': there is no such provider");
  return FALSE;
}

static gboolean
run_put (YihuWork *work, gpointer data, GError **error)
{
  Entry *self = data;
  const char *id = self->account->record.id;
  g_autoptr (YihuAccount) next = yihu_record_dup (self->account);
  g_autoptr (YihuRecord) old = NULL;
  GError *local_error = NULL;

  if (!yihu_record_validate (next, error) || !check_login (work, next, error)
      || !check_provider (work, next, error))
    return FALSE;
  old = yihu_store_get_record (work->store, &yihu_account_type, id, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }
  if (old == NULL && self->hash == NULL)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                           "field 'password': a new account needs one");
      return FALSE;
    }
  return yihu_work_save (work, next, old, FALSE, error)
         && (self->hash == NULL || yihu_store_put_password (work->store, id, self->hash, error))
         && yihu_store_delete_sessions (work->store, NULL, id, error)
         && yihu_work_audit (work, self->actor, "account.put", id, NULL, error);
}

void
yihu_accounts_put (YihuWriter *writer,
                   YihuActor *actor,
                   YihuAccount *account,
                   const char *password_hash,
                   YihuWriterDoneFunc done,
                   gpointer data)
{
  Entry *entry = entry_new (actor, done, data);

  entry->account = yihu_account_ref (account);
  entry->hash = g_strdup (password_hash);
  push (writer, run_put, entry);
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

  g_clear_pointer (found, g_bytes_unref);
  if (!yihu_store_get_secret (work->store, name, found, error))
    return FALSE;
  if (*found != NULL)
    return TRUE;
  randombytes_buf (key, sizeof key);
  *found = g_bytes_new (key, sizeof key);
  return yihu_store_put_secret (work->store, name, *found, error);
}

static gboolean
find_keys (YihuWork *work, Entry *self, GError **error)
{
  g_autofree char *scope = yihu_scope_key_name (self->actor->scope);
  g_autofree char *desk = g_strconcat ("desk-", self->actor->account->record.id, NULL);

  return find_key (work, scope, &self->scope_key, error)
         && find_key (work, desk, &self->desk_key, error);
}

static gboolean
run_put_session (YihuWork *work, gpointer data, GError **error)
{
  Entry *self = data;
  YihuSessionRow row = { self->hash, self->actor->account->record.id, self->actor->device,
                         self->expires_at_us };

  return find_keys (work, self, error) && yihu_store_put_session (work->store, &row, error)
         && yihu_work_audit (work, self->actor, "login", "", NULL, error);
}

void
yihu_accounts_put_session (YihuWriter *writer,
                           YihuActor *actor,
                           const char *token_hash,
                           gint64 expires_at_us,
                           YihuSessionDoneFunc done,
                           gpointer data)
{
  Entry *entry = entry_new (actor, NULL, data);

  entry->session_done = done;
  entry->hash = g_strdup (token_hash);
  entry->expires_at_us = expires_at_us;
  push (writer, run_put_session, entry);
}

static gboolean
run_delete_session (YihuWork *work, gpointer data, GError **error)
{
  Entry *self = data;

  return yihu_store_delete_sessions (work->store, self->hash, NULL, error)
         && yihu_work_audit (work, self->actor, "logout", "", NULL, error);
}

void
yihu_accounts_delete_session (YihuWriter *writer,
                              YihuActor *actor,
                              const char *token_hash,
                              YihuWriterDoneFunc done,
                              gpointer data)
{
  Entry *entry = entry_new (actor, done, data);

  entry->hash = g_strdup (token_hash);
  push (writer, run_delete_session, entry);
}

static gboolean
run_note (YihuWork *work, gpointer data, GError **error)
{
  Entry *self = data;

  return yihu_work_audit (work, self->actor, self->what, self->object, self->reason, error);
}

void
yihu_accounts_note (YihuWriter *writer,
                    YihuActor *actor,
                    const char *what,
                    const char *object,
                    const char *reason,
                    YihuWriterDoneFunc done,
                    gpointer data)
{
  Entry *entry = entry_new (actor, done, data);

  entry->what = g_strdup (what);
  entry->object = g_strdup (object);
  entry->reason = g_strdup (reason);
  push (writer, run_note, entry);
}
