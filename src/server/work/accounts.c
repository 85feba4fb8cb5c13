/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accounts and single audit rows. */

#include "server/work/accounts.h"

#include "base/error.h"
#include "server/work/second-factor.h"
#include "server/work/use-case.h"

typedef struct
{
  YihuActor *actor; /* (owned) (nullable) */
  YihuAccount *account; /* (owned) (nullable) */
  char *hash; /* of the password (nullable) */
  char *what;
  char *object;
  char *reason;
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
  g_free (self);
}

static void
on_entry_done (const GError *error, gpointer data)
{
  Entry *self = data;

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

/* An account gives no more than it has, takes from nobody above it, and cannot lock itself out or
 * raise itself. */
static gboolean
check_giver (YihuWork *work,
             const YihuActor *actor,
             const YihuAccount *next,
             const YihuAccount *old,
             GError **error)
{
  if (next->record.division != 0
      && !yihu_use_case_check_division (work, next->record.division, error))
    return FALSE;
  if (actor == NULL)
    return TRUE;
  if (!yihu_actor_check_subtree (actor, next->record.division, error)
      || (old != NULL && !yihu_actor_check_subtree (actor, old->record.division, error)))
    return FALSE;
  if (old == NULL || !g_str_equal (actor->account->record.id, old->record.id)
      || (next->role == old->role && next->disabled == old->disabled
          && next->record.division == old->record.division))
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN,
                       "nobody changes the rights of the own account");
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
  if (!check_giver (work, self->actor, next, (YihuAccount *) old, error))
    return FALSE;
  /* Consoles that are connected are told at once; the others learn it at their next log-in. */
  next->wiped_at_us = old != NULL ? ((YihuAccount *) old)->wiped_at_us : 0;
  if (old != NULL && yihu_account_sees_less ((YihuAccount *) old, next))
    next->wiped_at_us = yihu_work_get_now_us (work);
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

/* What is done to one account at once. */

typedef struct
{
  YihuActor *actor; /* (owned) */
  char *id;
  YihuAccountDeed deed;
  YihuAccount *account; /* (owned) (nullable): as it stands afterwards */
  YihuAccountDeedFunc done;
  gpointer data;
} Deed;

static void
on_deed_done (const GError *error, gpointer data)
{
  Deed *self = data;

  self->done (error == NULL ? self->account : NULL, error, self->data);
  yihu_actor_unref (self->actor);
  g_clear_pointer (&self->account, yihu_account_unref);
  g_free (self->id);
  g_free (self);
}

static gboolean
mark_wiped (YihuWork *work, Deed *self, GError **error)
{
  g_autoptr (YihuAccount) next = yihu_record_dup (self->account);

  next->wiped_at_us = yihu_work_get_now_us (work);
  return yihu_work_save (work, next, self->account, FALSE, error);
}

static gboolean
run_deed (YihuWork *work, gpointer data, GError **error)
{
  static const char *const words[] = { [YIHU_ACCOUNT_REVOKE] = "account.revoke",
                                       [YIHU_ACCOUNT_WIPE] = "account.wipe",
                                       [YIHU_ACCOUNT_RESET_FACTOR] = "account.reset-factor",
                                       [YIHU_ACCOUNT_UNLOCK] = "account.unlock" };
  Deed *self = data;

  g_clear_pointer (&self->account, yihu_account_unref);
  self->account = yihu_work_load (work, &yihu_account_type, self->id, error);
  if (self->account == NULL
      || !yihu_actor_check_subtree (self->actor, self->account->record.division, error)
      || (self->deed == YIHU_ACCOUNT_WIPE && !mark_wiped (work, self, error))
      || (self->deed == YIHU_ACCOUNT_RESET_FACTOR
          && !yihu_second_factor_reset (work, self->id, error)))
    return FALSE;
  return (self->deed == YIHU_ACCOUNT_UNLOCK
          || yihu_store_delete_sessions (work->store, NULL, self->id, error))
         && yihu_work_audit (work, self->actor, words[self->deed], self->id, NULL, error);
}

void
yihu_accounts_do (YihuWriter *writer,
                  YihuActor *actor,
                  const char *account,
                  YihuAccountDeed deed,
                  YihuAccountDeedFunc done,
                  gpointer data)
{
  Deed *self = g_new0 (Deed, 1);
  g_autoptr (GError) error = NULL;

  self->actor = yihu_actor_ref (actor);
  self->id = g_strdup (account);
  self->deed = deed;
  self->done = done;
  self->data = data;
  if (!yihu_writer_push (writer, run_deed, on_deed_done, self, &error))
    on_deed_done (error, self);
}
