/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The first administrator, written into a store that no server has open: everybody else is made by
 * him over HTTP. */

#include "server/http/server-private.h"

#include "base/error.h"
#include "base/identifier.h"
#include "server/http/password-pool.h"
#include "server/work/second-factor.h"
#include "server/work/work.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

static YihuAccount *
make_account (YihuWork *work, const char *login, YihuAccount **old, GError **error)
{
  g_autofree char *id = yihu_identifier_new ();
  YihuAccount *account;

  if (!yihu_store_find_account (work->store, "login", login, old, error))
    return NULL;
  account = *old != NULL ? yihu_record_dup (*old) : yihu_account_new (id);
  account->role = YIHU_ROLE_ADMINISTRATOR;
  account->disabled = 0;
  if (*old == NULL)
    {
      account->login = g_strdup (login);
      account->name = g_strdup (login);
    }
  return account;
}

static gboolean
put_account (YihuWork *work, const char *login, const char *password, GError **error)
{
  g_autoptr (YihuAccount) old = NULL;
  g_autoptr (YihuAccount) account = make_account (work, login, &old, error);
  g_autofree char *hash = NULL;

  if (account == NULL)
    return FALSE;
  hash = yihu_password_hash (password);
  if (hash == NULL)
    {
      g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_FAILED, "hash a password: no memory");
      return FALSE;
    }
  return yihu_work_save (work, account, old, FALSE, error)
         && yihu_store_put_password (work->store, account->record.id, hash, error)
         && yihu_second_factor_reset (work, account->record.id, error)
         && yihu_store_delete_sessions (work->store, NULL, account->record.id, error)
         && yihu_work_audit (work, NULL, "account.init", account->record.id, NULL, error);
}

gboolean
yihu_server_init_administrator (const char *data_dir,
                                const char *store_address,
                                const char *login,
                                const char *password,
                                YihuClock *clock,
                                GError **error)
{
  g_autofree char *address = yihu_server_dup_store_address (data_dir, store_address);
  g_autoptr (YihuStore) store = NULL;
  g_autoptr (YihuWork) work = NULL;

  if (password == NULL || strlen (password) < YIHU_PASSWORD_MIN
      || strlen (password) > YIHU_PASSWORD_MAX)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                   "the password must have %d to %d characters", YIHU_PASSWORD_MIN,
                   YIHU_PASSWORD_MAX);
      return FALSE;
    }
  if (sodium_init () < 0 || g_mkdir_with_parents (data_dir, 0700) != 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "make the data directory '%s': %s",
                   data_dir, g_strerror (errno));
      return FALSE;
    }
  store = yihu_store_open (address, error);
  if (store == NULL || !yihu_store_begin (store, TRUE, error))
    return FALSE;
  work = yihu_work_new (store, clock, "");
  if (put_account (work, login, password, error) && yihu_store_commit (store, error))
    return TRUE;
  yihu_store_rollback (store);
  return FALSE;
}
