/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The kept log-in. Its parcel is nonce and box (XSalsa20-Poly1305) of a JSON text. A file of the
 * time before parcels has the scope key alone in the box and the rest in columns; such a log-in is
 * accepted until the next one with the server replaces it. */

#include "cache/desk-login.h"

#include "base/error.h"
#include "cache/desk-private.h"
#include "wire/record-json.h"

#include <sodium.h>
#include <string.h>

#define ARGON_PASSES 2
#define ARGON_BYTES (19 * 1024 * 1024)
#define BOX_BYTES (crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES)
#define PARCEL_MAX_BYTES (64 * 1024)
#define OLD_OFFLINE_US (72 * G_TIME_SPAN_HOUR)

void
yihu_desk_login_free (YihuDeskLogin *self)
{
  g_clear_pointer (&self->account, yihu_account_unref);
  g_clear_pointer (&self->scope_key, g_bytes_unref);
  g_clear_pointer (&self->desk_key, g_bytes_unref);
  g_free (self);
}

/* --- the parcel --- */

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

static json_t *
write_key (GBytes *key)
{
  g_autofree char *text = NULL;

  if (key == NULL)
    return json_string ("");
  text = g_base64_encode (g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  return json_string (text);
}

static char *
print_login (const YihuDeskLogin *login)
{
  g_autoptr (json_t) json =
      json_pack ("{s:o, s:I, s:I, s:o, s:o, s:I, s:I, s:I}", "account",
                 yihu_record_to_json (login->account, FALSE), "lo", (json_int_t) login->lo, "hi",
                 (json_int_t) login->hi, "scope_key", write_key (login->scope_key), "desk_key",
                 write_key (login->desk_key), "at_us", (json_int_t) login->at_us, "offline_us",
                 (json_int_t) login->offline_us, "clock_offset_us",
                 (json_int_t) login->clock_offset_us);

  return yihu_json_print (json);
}

gboolean
yihu_desk_login_wrap (const YihuDeskLogin *login,
                      const char *password,
                      GBytes **salt,
                      GBytes **parcel,
                      GError **error)
{
  g_autofree char *text = print_login (login);
  gsize size = strlen (text);
  guint8 grains[crypto_pwhash_SALTBYTES];
  guint8 key[crypto_secretbox_KEYBYTES];
  guint8 *box;

  randombytes_buf (grains, sizeof grains);
  if (!derive_wrap_key (password, grains, key, error))
    return FALSE;
  box = g_malloc (BOX_BYTES + size);
  randombytes_buf (box, crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy (box + crypto_secretbox_NONCEBYTES, (const guint8 *) text, size, box, key);
  sodium_memzero (key, sizeof key);
  sodium_memzero (text, size);
  *salt = g_bytes_new (grains, sizeof grains);
  *parcel = g_bytes_new_take (box, BOX_BYTES + size);
  return TRUE;
}

GBytes *
yihu_desk_login_pack (GBytes *salt, GBytes *parcel)
{
  GByteArray *pack = g_byte_array_new ();

  g_byte_array_append (pack, g_bytes_get_data (salt, NULL), (guint) g_bytes_get_size (salt));
  g_byte_array_append (pack, g_bytes_get_data (parcel, NULL), (guint) g_bytes_get_size (parcel));
  return g_byte_array_free_to_bytes (pack);
}

/* (transfer full); NULL: another password. */
static GByteArray *
open_parcel (GBytes *parcel, GBytes *salt, const char *password, GError **error)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  guint8 key[crypto_secretbox_KEYBYTES];
  gsize size;
  const guint8 *data = g_bytes_get_data (parcel, &size);
  gboolean good;

  if (g_bytes_get_size (salt) != crypto_pwhash_SALTBYTES || size <= BOX_BYTES
      || size > PARCEL_MAX_BYTES)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "the kept log-in is damaged");
      return NULL;
    }
  if (!derive_wrap_key (password, g_bytes_get_data (salt, NULL), key, error))
    return NULL;
  g_byte_array_set_size (plain, size - BOX_BYTES);
  good = crypto_secretbox_open_easy (plain->data, data + crypto_secretbox_NONCEBYTES,
                                     size - crypto_secretbox_NONCEBYTES, data, key)
         == 0;
  sodium_memzero (key, sizeof key);
  if (good)
    return g_steal_pointer (&plain);
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED, "wrong password");
  return NULL;
}

static gboolean
read_key (const json_t *json, const char *name, gboolean required, GBytes **key, GError **error)
{
  const char *text = NULL;
  guchar *data;
  gsize size;

  if (!yihu_json_read_text (json, name, required, 256, &text, error))
    return FALSE;
  if (text == NULL || *text == '\0')
    return TRUE;
  data = g_base64_decode (text, &size);
  *key = g_bytes_new_take (data, size);
  if (size == YIHU_DESK_KEY_BYTES)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "the kept log-in has no key of %d bytes",
               YIHU_DESK_KEY_BYTES);
  return FALSE;
}

static YihuDeskLogin *
read_login (const json_t *json, GError **error)
{
  g_autoptr (YihuDeskLogin) login = g_new0 (YihuDeskLogin, 1);
  const json_t *account = NULL;

  if (!yihu_json_read_object (json, "account", TRUE, &account, error)
      || !yihu_json_read_int (json, "lo", TRUE, 0, G_MAXINT64, &login->lo, error)
      || !yihu_json_read_int (json, "hi", TRUE, 0, G_MAXINT64, &login->hi, error)
      || !yihu_json_read_int (json, "at_us", TRUE, 0, G_MAXINT64, &login->at_us, error)
      || !yihu_json_read_int (json, "offline_us", TRUE, 0, G_MAXINT64, &login->offline_us, error)
      || !yihu_json_read_int (json, "clock_offset_us", FALSE, G_MININT64, G_MAXINT64,
                              &login->clock_offset_us, error)
      || !read_key (json, "scope_key", TRUE, &login->scope_key, error)
      || !read_key (json, "desk_key", FALSE, &login->desk_key, error))
    return NULL;
  login->account = yihu_record_from_json (&yihu_account_type, account, error);
  return login->account != NULL && login->scope_key != NULL ? g_steal_pointer (&login) : NULL;
}

/* --- the file --- */

gboolean
yihu_desk_file_keep_login (YihuDeskFile *self,
                           const char *login,
                           GBytes *salt,
                           GBytes *parcel,
                           GError **error)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);

  return yihu_database_run (
      self->database,
      "INSERT INTO login (login, account, lo, hi, salt, wrapped, at_us)"
      " VALUES (?1, '', 0, 0, ?2, coalesce(?3, x''), 0) ON CONFLICT (login) DO UPDATE SET"
      " account = '', lo = 0, hi = 0, salt = excluded.salt, wrapped = excluded.wrapped, at_us = 0",
      error, "sbb", login, salt, parcel != NULL ? parcel : nothing);
}

typedef struct
{
  char *account; /* "" where the parcel has it */
  gint64 lo;
  gint64 hi;
  GBytes *salt;
  GBytes *parcel;
  gint64 at_us;
} LoginRow;

static void
login_row_clear (LoginRow *row)
{
  g_free (row->account);
  g_clear_pointer (&row->salt, g_bytes_unref);
  g_clear_pointer (&row->parcel, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LoginRow, login_row_clear)

static gboolean
read_row (YihuDeskFile *self, const char *login, LoginRow *row, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database,
                           "SELECT account, lo, hi, salt, wrapped, at_us FROM login"
                           " WHERE login = ?1",
                           error, "s", login);

  if (rows == NULL)
    return FALSE;
  if (!yihu_rows_next (rows, &local))
    {
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      else
        g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "no log-in is kept here");
      return FALSE;
    }
  row->account = g_strdup (yihu_rows_get_text (rows, 0));
  row->lo = yihu_rows_get_int (rows, 1);
  row->hi = yihu_rows_get_int (rows, 2);
  row->salt = yihu_rows_get_blob (rows, 3);
  row->parcel = yihu_rows_get_blob (rows, 4);
  row->at_us = yihu_rows_get_int (rows, 5);
  return TRUE;
}

gboolean
yihu_desk_file_find_login (YihuDeskFile *self,
                           const char *login,
                           gboolean *is_elsewhere,
                           GError **error)
{
  g_auto (LoginRow) row = { 0 };

  if (!read_row (self, login, &row, error))
    return FALSE;
  *is_elsewhere = g_bytes_get_size (row.parcel) == 0;
  return TRUE;
}

static YihuDeskLogin *
read_old_login (const LoginRow *row, const GByteArray *plain, GError **error)
{
  g_autoptr (json_t) json = yihu_json_parse (row->account, -1, 0, error);
  g_autoptr (YihuDeskLogin) login = g_new0 (YihuDeskLogin, 1);

  if (json == NULL || plain->len != YIHU_DESK_KEY_BYTES)
    {
      g_clear_error (error);
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "the kept log-in is damaged");
      return NULL;
    }
  login->account = yihu_record_from_json (&yihu_account_type, json, error);
  login->lo = row->lo;
  login->hi = row->hi;
  login->scope_key = g_bytes_new (plain->data, plain->len);
  login->at_us = row->at_us;
  login->offline_us = OLD_OFFLINE_US;
  return login->account != NULL ? g_steal_pointer (&login) : NULL;
}

/* --- time --- */

static gint64
get_moment (YihuDeskFile *self, const char *name)
{
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database, "SELECT value FROM kept WHERE name = ?1", NULL, "s",
                           name);
  g_autoptr (GBytes) sealed = NULL;
  g_autofree char *text = NULL;

  if (rows == NULL || !yihu_rows_next (rows, NULL))
    return 0;
  sealed = yihu_rows_get_blob (rows, 0);
  text = yihu_desk_file_open_sealed (self, "kept", name, sealed, NULL);
  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

static gboolean
put_moment (YihuDeskFile *self, const char *name, gint64 at_us, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, at_us);
  g_autoptr (GBytes) sealed = NULL;

  if (get_moment (self, name) >= at_us)
    return TRUE;
  sealed = yihu_desk_file_seal_or_fail (self, "kept", name, text, error);
  return sealed != NULL
         && yihu_database_run (self->database,
                               "INSERT INTO kept (name, value) VALUES (?1, ?2)"
                               " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                               error, "sb", name, sealed);
}

gboolean
yihu_desk_file_note_time (YihuDeskFile *self, gint64 now_us, gboolean heard, GError **error)
{
  return put_moment (self, "seen", now_us, error)
         && (!heard || put_moment (self, "heard", now_us, error));
}

gboolean
yihu_desk_file_knows_wipe (YihuDeskFile *self, gint64 wiped_at_us)
{
  return get_moment (self, "wiped") >= wiped_at_us;
}

gboolean
yihu_desk_file_note_wipe (YihuDeskFile *self, gint64 wiped_at_us, GError **error)
{
  return put_moment (self, "wiped", wiped_at_us, error);
}

static gboolean
check_age (YihuDeskFile *self, YihuDeskLogin *login, gint64 now_us, GError **error)
{
  gint64 heard_us = MAX (login->at_us, get_moment (self, "heard"));
  gint64 seen_us = MAX (now_us + login->clock_offset_us, get_moment (self, "seen"));

  login->heard_us = heard_us;
  if (seen_us - heard_us <= login->offline_us)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_TIMEOUT,
               "the copy may not be used so long without"
               " the server");
  return FALSE;
}

/* Too short a pack leaves no parcel, which then does not open. */
static void
unpack (GBytes *pack, LoginRow *row)
{
  gsize size = g_bytes_get_size (pack);
  gsize n_salt = MIN (size, crypto_pwhash_SALTBYTES);

  g_bytes_unref (row->salt);
  g_bytes_unref (row->parcel);
  row->salt = g_bytes_new_from_bytes (pack, 0, n_salt);
  row->parcel = g_bytes_new_from_bytes (pack, n_salt, size - n_salt);
}

YihuDeskLogin *
yihu_desk_file_unlock (YihuDeskFile *self,
                       const char *login,
                       const char *password,
                       GBytes *elsewhere,
                       gint64 now_us,
                       GError **error)
{
  g_auto (LoginRow) row = { 0 };
  g_autoptr (GByteArray) plain = NULL;
  g_autoptr (json_t) json = NULL;
  g_autoptr (YihuDeskLogin) kept = NULL;

  if (!read_row (self, login, &row, error))
    return NULL;
  if (g_bytes_get_size (row.parcel) == 0 && elsewhere == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_LOCKED, "the key's place does not give it");
      return NULL;
    }
  if (g_bytes_get_size (row.parcel) == 0)
    unpack (elsewhere, &row);
  plain = open_parcel (row.parcel, row.salt, password, error);
  if (plain == NULL)
    return NULL;
  if (*row.account != '\0')
    kept = read_old_login (&row, plain, error);
  else if ((json = yihu_json_parse ((const char *) plain->data, plain->len, 0, error)) != NULL)
    kept = read_login (json, error);
  sodium_memzero (plain->data, plain->len);
  if (kept == NULL)
    return NULL;
  yihu_desk_file_set_keys (self, kept->desk_key, kept->scope_key);
  if (check_age (self, kept, now_us, error))
    return g_steal_pointer (&kept);
  yihu_desk_file_set_keys (self, NULL, NULL);
  return NULL;
}

gboolean
yihu_desk_file_forget_logins (YihuDeskFile *self, GError **error)
{
  return yihu_database_exec (self->database, "DELETE FROM login", error);
}
