/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who may log in: password hashes, sessions (only the hash of a token is kept), secrets of the
 * tenant, and counters. */

#include "store/store-private.h"

#include "base/error.h"

gboolean
yihu_store_get_secret (YihuStore *self, const char *name, GBytes **secret, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuCursor) rows =
      yihu_store_query (self, "SELECT value FROM secret WHERE name = ?1", error, "s", name);

  *secret = NULL;
  if (rows == NULL)
    return FALSE;
  if (yihu_cursor_next (rows, &local_error))
    *secret = yihu_cursor_get_blob (rows, 0);
  return yihu_store_end_rows (g_steal_pointer (&local_error), error);
}

gboolean
yihu_store_put_secret (YihuStore *self, const char *name, GBytes *secret, GError **error)
{
  return yihu_store_run (self,
                         "INSERT INTO secret(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO "
                         "UPDATE SET value = excluded.value",
                         error, "sb", name, secret);
}

gboolean
yihu_store_find_account (YihuStore *self,
                         const char *field,
                         const char *value,
                         YihuAccount **account,
                         GError **error)
{
  g_autofree char *columns = yihu_record_sql_columns (&yihu_account_type, YIHU_FIELD_PLAIN, NULL);
  g_autofree char *sql = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuCursor) rows = NULL;

  g_return_val_if_fail (g_str_equal (field, "login") || g_str_equal (field, "seat"), FALSE);

  *account = NULL;
  sql = g_strdup_printf ("SELECT %s FROM account WHERE %s = ?1 AND %s <> '' ORDER BY disabled, id "
                         "LIMIT 1",
                         columns, field, field);
  rows = yihu_store_query (self, sql, error, "s", value);
  if (rows == NULL)
    return FALSE;
  if (yihu_cursor_next (rows, &local_error))
    *account = yihu_cursor_get_record (rows, &yihu_account_type);
  return yihu_store_end_rows (g_steal_pointer (&local_error), error);
}

gboolean
yihu_store_get_password (YihuStore *self, const char *account, char **hash, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuCursor) rows =
      yihu_store_query (self, "SELECT hash FROM credential WHERE account = ?1", error, "s",
                        account);

  *hash = NULL;
  if (rows == NULL)
    return FALSE;
  if (yihu_cursor_next (rows, &local_error))
    *hash = g_strdup (yihu_cursor_get_text (rows, 0));
  return yihu_store_end_rows (g_steal_pointer (&local_error), error);
}

gboolean
yihu_store_put_password (YihuStore *self, const char *account, const char *hash, GError **error)
{
  return yihu_store_run (self,
                         "INSERT INTO credential(account, hash) VALUES(?1, ?2) ON "
                         "CONFLICT(account) DO UPDATE SET hash = excluded.hash",
                         error, "ss", account, hash);
}

gboolean
yihu_store_put_session (YihuStore *self, const YihuSessionRow *row, GError **error)
{
  return yihu_store_run (self,
                         "INSERT INTO session(token_hash, account, device, expires_at_us) "
                         "VALUES(?1, ?2, ?3, ?4)",
                         error, "sssi", row->token_hash, row->account, row->device,
                         row->expires_at_us);
}

gboolean
yihu_store_delete_sessions (YihuStore *self,
                            const char *token_hash,
                            const char *account,
                            GError **error)
{
  if (token_hash != NULL)
    return yihu_store_run (self, "DELETE FROM session WHERE token_hash = ?1", error, "s",
                           token_hash);
  return yihu_store_run (self, "DELETE FROM session WHERE account = ?1", error, "s", account);
}

gboolean
yihu_store_each_session (YihuStore *self,
                         gint64 now_us,
                         YihuStoreSessionFunc func,
                         gpointer data,
                         GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuCursor) rows =
      yihu_store_query (self,
                        "SELECT token_hash, account, device, expires_at_us FROM session WHERE "
                        "expires_at_us > ?1",
                        error, "i", now_us);

  if (rows == NULL)
    return FALSE;
  while (yihu_cursor_next (rows, &local_error))
    {
      YihuSessionRow row = { yihu_cursor_get_text (rows, 0), yihu_cursor_get_text (rows, 1),
                             yihu_cursor_get_text (rows, 2), yihu_cursor_get_int (rows, 3) };

      func (&row, data);
    }
  return yihu_store_end_rows (g_steal_pointer (&local_error), error);
}

static gboolean
find_number (YihuStore *self, const char *counter, gint64 *number, GError **error)
{
  const gint64 *taken = g_hash_table_lookup (self->counters, counter);
  GError *local_error = NULL;
  g_autoptr (YihuCursor) rows = NULL;

  *number = taken != NULL ? *taken : 0;
  if (taken != NULL)
    return TRUE;
  rows = yihu_store_query (self, "SELECT value FROM counter WHERE name = ?1", error, "s", counter);
  if (rows == NULL)
    return FALSE;
  if (yihu_cursor_next (rows, &local_error))
    *number = yihu_cursor_get_int (rows, 0);
  return yihu_store_end_rows (local_error, error);
}

/* Read, then written: the same as counting up in one statement, because there is one writer. */
gboolean
yihu_store_take_number (YihuStore *self, const char *counter, gint64 *number, GError **error)
{
  if (!find_number (self, counter, number, error))
    return FALSE;
  if (self->is_prefetching)
    return TRUE;
  (*number)++;
  if (!yihu_store_run (self,
                       "INSERT INTO counter(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO "
                       "UPDATE SET value = excluded.value",
                       error, "si", counter, *number))
    return FALSE;
  g_hash_table_replace (self->counters, g_strdup (counter), g_memdup2 (number, sizeof *number));
  return TRUE;
}
