/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The desk file: overlay, drafts, and the log-in kept for an offline start. The scope key is kept
 * wrapped (XSalsa20-Poly1305) under a key that argon2id makes from the password: 19 MiB and two
 * passes, as the server does for its own hashes. */

#include "base/error.h"
#include "cache/cache-private.h"
#include "wire/record-json.h"

#include <sodium.h>
#include <string.h>

#define ARGON_PASSES 2
#define ARGON_BYTES (19 * 1024 * 1024)
#define SCOPE_KEY_BYTES YIHU_SNAPSHOT_KEY_BYTES

const char *const yihu_cache_desk_migrations[] = {
  "CREATE TABLE overlay (n INTEGER PRIMARY KEY AUTOINCREMENT, command TEXT NOT NULL,"
  " kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, seq INTEGER NOT NULL DEFAULT 0);"
  "CREATE INDEX overlay_record ON overlay (kind, id, n);"
  "CREATE INDEX overlay_command ON overlay (command);"
  "CREATE TABLE draft (name TEXT NOT NULL PRIMARY KEY, text TEXT NOT NULL);"
  "CREATE TABLE login (login TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL,"
  " lo INTEGER NOT NULL, hi INTEGER NOT NULL, salt BLOB NOT NULL, wrapped BLOB NOT NULL,"
  " at_us INTEGER NOT NULL);",
};
const guint yihu_cache_n_desk_migrations = G_N_ELEMENTS (yihu_cache_desk_migrations);

/* --- log-in --- */

static gboolean
derive_wrap_key (const char *password, const guint8 *salt, guint8 *key, GError **error)
{
  if (sodium_init () >= 0
      && crypto_pwhash (key, crypto_secretbox_KEYBYTES, password, strlen (password), salt,
                        ARGON_PASSES, ARGON_BYTES, crypto_pwhash_ALG_ARGON2ID13)
             == 0)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "no memory to derive a key");
  return FALSE;
}

/* Nonce, then box. */
static GBytes *
wrap_key (GBytes *scope_key, const guint8 *key)
{
  guint8 wrapped[crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + SCOPE_KEY_BYTES];

  randombytes_buf (wrapped, crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy (wrapped + crypto_secretbox_NONCEBYTES, g_bytes_get_data (scope_key, NULL),
                         SCOPE_KEY_BYTES, wrapped, key);
  return g_bytes_new (wrapped, sizeof wrapped);
}

static GBytes *
unwrap_key (GBytes *wrapped, const guint8 *key)
{
  guint8 plain[SCOPE_KEY_BYTES];
  gsize size;
  const guint8 *data = g_bytes_get_data (wrapped, &size);
  GBytes *bytes = NULL;

  if (size == crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + SCOPE_KEY_BYTES
      && crypto_secretbox_open_easy (plain, data + crypto_secretbox_NONCEBYTES,
                                     size - crypto_secretbox_NONCEBYTES, data, key)
             == 0)
    bytes = g_bytes_new (plain, sizeof plain);
  sodium_memzero (plain, sizeof plain);
  return bytes;
}

gboolean
yihu_cache_keep_login (YihuCache *self,
                       YihuAccount *account,
                       gint64 lo,
                       gint64 hi,
                       GBytes *key,
                       const char *password,
                       gint64 now_us,
                       GError **error)
{
  g_autoptr (json_t) json = yihu_record_to_json (account, FALSE);
  g_autofree char *body = yihu_json_print (json);
  guint8 salt[crypto_pwhash_SALTBYTES];
  guint8 wrap[crypto_secretbox_KEYBYTES];
  g_autoptr (GBytes) salt_bytes = NULL;
  g_autoptr (GBytes) wrapped = NULL;

  g_return_val_if_fail (g_bytes_get_size (key) == SCOPE_KEY_BYTES, FALSE);

  randombytes_buf (salt, sizeof salt);
  if (!derive_wrap_key (password, salt, wrap, error))
    return FALSE;
  salt_bytes = g_bytes_new (salt, sizeof salt);
  wrapped = wrap_key (key, wrap);
  sodium_memzero (wrap, sizeof wrap);
  return yihu_database_run (self->desk,
                            "INSERT INTO login (login, account, lo, hi, salt, wrapped, at_us)"
                            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (login) DO UPDATE SET"
                            " account = excluded.account, lo = excluded.lo, hi = excluded.hi,"
                            " salt = excluded.salt, wrapped = excluded.wrapped,"
                            " at_us = excluded.at_us",
                            error, "ssiibbi", account->login, body, lo, hi, salt_bytes, wrapped,
                            now_us);
}

static YihuAccount *
unlock_row (YihuCache *self, YihuRows *rows, const char *password, GError **error)
{
  g_autoptr (json_t) json = yihu_json_parse (yihu_rows_get_text (rows, 0), -1, 0, error);
  g_autoptr (GBytes) salt = yihu_rows_get_blob (rows, 1);
  g_autoptr (GBytes) wrapped = yihu_rows_get_blob (rows, 2);
  g_autoptr (GBytes) key = NULL;
  guint8 wrap[crypto_secretbox_KEYBYTES];

  if (json == NULL)
    return NULL;
  if (g_bytes_get_size (salt) != crypto_pwhash_SALTBYTES)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "the kept log-in is damaged");
      return NULL;
    }
  if (!derive_wrap_key (password, g_bytes_get_data (salt, NULL), wrap, error))
    return NULL;
  key = unwrap_key (wrapped, wrap);
  sodium_memzero (wrap, sizeof wrap);
  if (key == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED, "wrong password");
      return NULL;
    }
  yihu_cache_reopen_city (self, key);
  return yihu_record_from_json (&yihu_account_type, json, error);
}

YihuAccount *
yihu_cache_unlock (YihuCache *self,
                   const char *login,
                   const char *password,
                   gint64 now_us,
                   gint64 max_age_us,
                   GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows = yihu_database_query (self->desk,
                                                   "SELECT account, salt, wrapped, at_us FROM login"
                                                   " WHERE login = ?1",
                                                   error, "s", login);

  if (rows == NULL)
    return NULL;
  if (!yihu_rows_next (rows, &local))
    {
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      else
        g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "no log-in is kept here");
      return NULL;
    }
  if (now_us - yihu_rows_get_int (rows, 3) > max_age_us)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_TIMEOUT, "the kept log-in is too old");
      return NULL;
    }
  return unlock_row (self, rows, password, error);
}

/* --- overlay --- */

gboolean
yihu_cache_put_overlay (YihuCache *self,
                        const char *command_key,
                        gconstpointer record,
                        GError **error)
{
  const YihuRecord *row = record;
  g_autoptr (json_t) json = yihu_record_to_json (record, FALSE);
  g_autofree char *body = yihu_json_print (json);

  return yihu_database_run (self->desk,
                            "INSERT INTO overlay (command, kind, id, body)"
                            " VALUES (?1, ?2, ?3, ?4)",
                            error, "ssss", command_key, row->type->name, row->id, body);
}

gboolean
yihu_cache_settle_overlay (YihuCache *self, const char *command_key, gint64 seq, GError **error)
{
  if (yihu_cache_get_cursor (self) >= seq)
    return yihu_cache_drop_overlay (self, command_key, error);
  return yihu_database_run (self->desk, "UPDATE overlay SET seq = ?2 WHERE command = ?1", error,
                            "si", command_key, seq);
}

gboolean
yihu_cache_drop_overlay (YihuCache *self, const char *command_key, GError **error)
{
  return yihu_database_run (self->desk, "DELETE FROM overlay WHERE command = ?1", error, "s",
                            command_key);
}

/* Asks before it writes: a write is a disk flush, and most batches settle nothing. */
gboolean
yihu_cache_reach_overlay (YihuCache *self, gint64 cursor, GError **error)
{
  gint64 reached = 0;

  if (!yihu_database_query_int (self->desk,
                                "SELECT count(*) FROM overlay WHERE seq > 0 AND seq <= ?1",
                                &reached, error, "i", cursor))
    return FALSE;
  return reached == 0
         || yihu_database_run (self->desk, "DELETE FROM overlay WHERE seq > 0 AND seq <= ?1", error,
                               "i", cursor);
}

gboolean
yihu_cache_sweep_overlay (YihuCache *self, const char *const *pending_keys, GError **error)
{
  g_autoptr (GPtrArray) orphans = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->desk, "SELECT DISTINCT command FROM overlay WHERE seq = 0", error,
                           "");

  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &local))
    if (!g_strv_contains (pending_keys, yihu_rows_get_text (rows, 0)))
      g_ptr_array_add (orphans, g_strdup (yihu_rows_get_text (rows, 0)));
  g_clear_pointer (&rows, yihu_rows_free);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  for (guint i = 0; i < orphans->len; i++)
    if (!yihu_cache_drop_overlay (self, g_ptr_array_index (orphans, i), error))
      return FALSE;
  return yihu_cache_reach_overlay (self, yihu_cache_get_cursor (self), error);
}

/* A body that this program cannot read (an older one wrote it) hides nothing. */
static YihuRecord *
parse_body (const YihuRecordType *type, const char *body)
{
  g_autoptr (json_t) json = yihu_json_parse (body, -1, 0, NULL);

  return json != NULL ? yihu_record_from_json (type, json, NULL) : NULL;
}

GPtrArray *
yihu_cache_list_overlay (YihuCache *self, const YihuRecordType *type, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (yihu_record_unref);
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->desk,
                           "SELECT body FROM overlay WHERE n IN"
                           " (SELECT max(n) FROM overlay WHERE kind = ?1 GROUP BY id) ORDER BY n",
                           error, "s", type->name);

  if (rows == NULL)
    return NULL;
  while (yihu_rows_next (rows, &local))
    {
      YihuRecord *record = parse_body (type, yihu_rows_get_text (rows, 0));

      if (record != NULL)
        g_ptr_array_add (records, record);
    }
  if (local == NULL)
    return g_steal_pointer (&records);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

gint64
yihu_cache_count_overlay (YihuCache *self)
{
  gint64 count = 0;

  yihu_database_query_int (self->desk, "SELECT count(*) FROM overlay", &count, NULL, "");
  return count;
}

GPtrArray *
yihu_cache_list_overlay_of (YihuCache *self, const char *command_key)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (yihu_record_unref);
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->desk,
                           "SELECT kind, body FROM overlay WHERE command = ?1 ORDER BY n", NULL,
                           "s", command_key);

  while (rows != NULL && yihu_rows_next (rows, NULL))
    {
      const YihuRecordType *type = yihu_record_type_find (yihu_rows_get_text (rows, 0));
      YihuRecord *record = type != NULL ? parse_body (type, yihu_rows_get_text (rows, 1)) : NULL;

      if (record != NULL)
        g_ptr_array_add (records, record);
    }
  return records;
}

static YihuRecord *
get_overlay (YihuCache *self, const YihuRecordType *type, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows = yihu_database_query (
      self->desk, "SELECT body FROM overlay WHERE kind = ?1 AND id = ?2 ORDER BY n DESC LIMIT 1",
      error, "ss", type->name, id);

  if (rows == NULL)
    return NULL;
  if (yihu_rows_next (rows, &local))
    return parse_body (type, yihu_rows_get_text (rows, 0));
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

gpointer
yihu_cache_get (YihuCache *self, const YihuRecordType *type, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRecord) overlay = NULL;
  g_autoptr (YihuRecord) base = NULL;

  overlay = get_overlay (self, type, id, &local);
  if (local == NULL)
    base = yihu_cache_get_base (self, type, id, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (overlay != NULL && (base == NULL || base->version <= overlay->version))
    return g_steal_pointer (&overlay);
  return g_steal_pointer (&base);
}

/* --- drafts --- */

gboolean
yihu_cache_save_draft (YihuCache *self, const char *name, const char *text, GError **error)
{
  if (text == NULL || *text == '\0')
    return yihu_database_run (self->desk, "DELETE FROM draft WHERE name = ?1", error, "s", name);
  return yihu_database_run (self->desk,
                            "INSERT INTO draft (name, text) VALUES (?1, ?2)"
                            " ON CONFLICT (name) DO UPDATE SET text = excluded.text",
                            error, "ss", name, text);
}

char *
yihu_cache_load_draft (YihuCache *self, const char *name)
{
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->desk, "SELECT text FROM draft WHERE name = ?1", NULL, "s", name);

  if (rows == NULL || !yihu_rows_next (rows, NULL))
    return NULL;
  return g_strdup (yihu_rows_get_text (rows, 0));
}
