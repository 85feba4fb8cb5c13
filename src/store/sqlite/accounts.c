/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who may log in: password hashes, sessions (only the hash of a token is kept), secrets of the
 * tenant, and counters. */

#include "store/sqlite/private.h"

#include "base/error.h"

static gboolean
accounts_get_secret (YihuStore *store, const char *name, GBytes **secret, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (YIHU_SQLITE_STORE (store)->database,
                           "SELECT value FROM secret WHERE name = ?1", error, "s", name);

  *secret = NULL;
  if (rows == NULL)
    return FALSE;
  if (yihu_rows_next (rows, &local_error))
    *secret = yihu_rows_get_blob (rows, 0);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
accounts_put_secret (YihuStore *store, const char *name, GBytes *secret, GError **error)
{
  return yihu_database_run (YIHU_SQLITE_STORE (store)->database,
                            "INSERT INTO secret(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO "
                            "UPDATE SET value = excluded.value",
                            error, "sb", name, secret);
}

static gboolean
accounts_find (YihuStore *store,
               const char *field,
               const char *value,
               YihuAccount **account,
               GError **error)
{
  g_autofree char *columns = yihu_record_sql_columns (&yihu_account_type, YIHU_FIELD_PLAIN, NULL);
  g_autofree char *sql = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuRows) rows = NULL;

  g_return_val_if_fail (g_str_equal (field, "login") || g_str_equal (field, "seat"), FALSE);

  *account = NULL;
  sql = g_strdup_printf ("SELECT %s FROM account WHERE %s = ?1 AND %s <> '' ORDER BY disabled, id "
                         "LIMIT 1",
                         columns, field, field);
  rows = yihu_database_query (YIHU_SQLITE_STORE (store)->database, sql, error, "s", value);
  if (rows == NULL)
    return FALSE;
  if (yihu_rows_next (rows, &local_error))
    *account = yihu_rows_get_record (rows, &yihu_account_type, YIHU_FIELD_PLAIN, 0);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
accounts_get_password (YihuStore *store, const char *account, char **hash, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (YIHU_SQLITE_STORE (store)->database,
                           "SELECT hash FROM credential WHERE account = ?1", error, "s", account);

  *hash = NULL;
  if (rows == NULL)
    return FALSE;
  if (yihu_rows_next (rows, &local_error))
    *hash = g_strdup (yihu_rows_get_text (rows, 0));
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
accounts_put_password (YihuStore *store, const char *account, const char *hash, GError **error)
{
  return yihu_database_run (YIHU_SQLITE_STORE (store)->database,
                            "INSERT INTO credential(account, hash) VALUES(?1, ?2) ON "
                            "CONFLICT(account) DO UPDATE SET hash = excluded.hash",
                            error, "ss", account, hash);
}

static gboolean
accounts_put_session (YihuStore *store, const YihuSessionRow *row, GError **error)
{
  return yihu_database_run (YIHU_SQLITE_STORE (store)->database,
                            "INSERT INTO session(token_hash, account, device, expires_at_us) "
                            "VALUES(?1, ?2, ?3, ?4)",
                            error, "sssi", row->token_hash, row->account, row->device,
                            row->expires_at_us);
}

static gboolean
accounts_delete_sessions (YihuStore *store,
                          const char *token_hash,
                          const char *account,
                          GError **error)
{
  YihuDatabase *database = YIHU_SQLITE_STORE (store)->database;

  if (token_hash != NULL)
    return yihu_database_run (database, "DELETE FROM session WHERE token_hash = ?1", error, "s",
                              token_hash);
  return yihu_database_run (database, "DELETE FROM session WHERE account = ?1", error, "s",
                            account);
}

static gboolean
accounts_each_session (YihuStore *store,
                       gint64 now_us,
                       YihuStoreSessionFunc func,
                       gpointer data,
                       GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (YIHU_SQLITE_STORE (store)->database,
                           "SELECT token_hash, account, device, expires_at_us FROM session WHERE "
                           "expires_at_us > ?1",
                           error, "i", now_us);

  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &local_error))
    {
      YihuSessionRow row = { yihu_rows_get_text (rows, 0), yihu_rows_get_text (rows, 1),
                             yihu_rows_get_text (rows, 2), yihu_rows_get_int (rows, 3) };

      func (&row, data);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
accounts_take_number (YihuStore *store, const char *counter, gint64 *number, GError **error)
{
  YihuDatabase *database = YIHU_SQLITE_STORE (store)->database;

  return yihu_database_run (database,
                            "INSERT INTO counter(name, value) VALUES(?1, 1) ON CONFLICT(name) DO "
                            "UPDATE SET value = value + 1",
                            error, "s", counter)
         && yihu_database_query_int (database, "SELECT value FROM counter WHERE name = ?1", number,
                                     error, "s", counter);
}

void
yihu_sqlite_accounts_fill (YihuStoreInterface *iface)
{
  iface->get_secret = accounts_get_secret;
  iface->put_secret = accounts_put_secret;
  iface->find_account = accounts_find;
  iface->get_password = accounts_get_password;
  iface->put_password = accounts_put_password;
  iface->put_session = accounts_put_session;
  iface->delete_sessions = accounts_delete_sessions;
  iface->each_session = accounts_each_session;
  iface->take_number = accounts_take_number;
}
