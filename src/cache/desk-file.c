/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Opening the desk file, its seal, drafts, and the two ways of leaving no trace: after sealing what
 * was plain, and at a wipe. The file is the person's own work: where it is damaged it is kept aside
 * for recovery, and the desk starts with an empty one rather than not at all. */

#include "cache/desk-private.h"

#include "base/error.h"
#include "base/file-io.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define FILE_NAME "desk.db"
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define MAX_TEXT_BYTES (4 * 1024 * 1024)

G_STATIC_ASSERT (YIHU_DESK_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

static const char *const migrations[] = {
  "CREATE TABLE overlay (n INTEGER PRIMARY KEY AUTOINCREMENT, command TEXT NOT NULL,"
  " kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, seq INTEGER NOT NULL DEFAULT 0);"
  "CREATE INDEX overlay_record ON overlay (kind, id, n);"
  "CREATE INDEX overlay_command ON overlay (command);"
  "CREATE TABLE draft (name TEXT NOT NULL PRIMARY KEY, text TEXT NOT NULL);"
  "CREATE TABLE login (login TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL,"
  " lo INTEGER NOT NULL, hi INTEGER NOT NULL, salt BLOB NOT NULL, wrapped BLOB NOT NULL,"
  " at_us INTEGER NOT NULL);",

  /* Sealed: body and text are '' from here on, what a log-in leaves is in wrapped alone. */
  "ALTER TABLE overlay ADD COLUMN sealed BLOB;"
  "ALTER TABLE overlay ADD COLUMN held INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE draft ADD COLUMN sealed BLOB;"
  "CREATE TABLE kept (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL);",
};

/* --- opening --- */

static void
move_aside (const char *path)
{
  g_autofree char *aside = g_strconcat (path, ".damaged", NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *index = g_strconcat (path, "-shm", NULL);

  g_unlink (log);
  g_unlink (index);
  if (g_rename (path, aside) != 0 && errno != ENOENT)
    g_message ("cannot move a damaged file aside: %s", g_strerror (errno));
}

static YihuDatabase *
open_once (const char *path, GError **error)
{
  g_autoptr (YihuDatabase) database = yihu_database_open (path, YIHU_DATABASE_DURABLE, error);

  if (database == NULL
      || !yihu_database_migrate (database, migrations, G_N_ELEMENTS (migrations), error)
      || !yihu_database_exec (database, "PRAGMA secure_delete=ON", error))
    return NULL;
  return g_steal_pointer (&database);
}

static YihuDatabase *
open_or_begin (const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  YihuDatabase *database = open_once (path, &local);

  if (database == NULL && g_error_matches (local, YIHU_ERROR, YIHU_ERROR_CORRUPT))
    {
      g_message ("the desk's file is damaged and was kept as desk.db.damaged: %s", local->message);
      g_clear_error (&local);
      move_aside (path);
      database = open_once (path, &local);
    }
  if (database == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return database;
}

YihuDeskFile *
yihu_desk_file_open (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, FILE_NAME, NULL);
  g_autoptr (YihuDeskFile) self = g_new0 (YihuDeskFile, 1);

  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      yihu_file_set_error ("make directory", directory, error);
      return NULL;
    }
  if (sodium_init () < 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "libsodium does not start");
      return NULL;
    }
  self->database = open_or_begin (path, error);
  return self->database != NULL ? g_steal_pointer (&self) : NULL;
}

YihuDeskFile *
yihu_desk_file_open_reader (YihuDeskFile *self, GError **error)
{
  g_autoptr (YihuDeskFile) reader = g_new0 (YihuDeskFile, 1);

  reader->database =
      yihu_database_open (yihu_database_get_path (self->database), YIHU_DATABASE_READER, error);
  if (reader->database == NULL)
    return NULL;
  reader->key = self->key != NULL ? g_bytes_ref (self->key) : NULL;
  reader->old_key = self->old_key != NULL ? g_bytes_ref (self->old_key) : NULL;
  return g_steal_pointer (&reader);
}

void
yihu_desk_file_close (YihuDeskFile *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->database, yihu_database_close);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_pointer (&self->old_key, g_bytes_unref);
  g_free (self);
}

YihuDatabase *
yihu_desk_file_get_database (YihuDeskFile *self)
{
  return self->database;
}

/* --- the seal --- */

static GBytes *
derive_from (GBytes *scope_key)
{
  static const char purpose[] = "yihu desk file";
  guint8 key[YIHU_DESK_KEY_BYTES];

  crypto_generichash (key, sizeof key, (const guint8 *) purpose, sizeof purpose - 1,
                      g_bytes_get_data (scope_key, NULL), g_bytes_get_size (scope_key));
  return g_bytes_new (key, sizeof key);
}

void
yihu_desk_file_set_keys (YihuDeskFile *self, GBytes *key, GBytes *scope_key)
{
  g_autoptr (GBytes) derived = scope_key != NULL ? derive_from (scope_key) : NULL;

  g_return_if_fail (key == NULL || g_bytes_get_size (key) == YIHU_DESK_KEY_BYTES);

  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_pointer (&self->old_key, g_bytes_unref);
  if (key != NULL)
    {
      self->key = g_bytes_ref (key);
      self->old_key = g_steal_pointer (&derived);
    }
  else
    self->key = g_steal_pointer (&derived);
}

GBytes *
yihu_desk_file_get_key (YihuDeskFile *self)
{
  return self->key;
}

/* Kind and id with a zero between them: neither can contain one. */
static GByteArray *
make_additional (const char *kind, const char *id)
{
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) kind, strlen (kind) + 1);
  g_byte_array_append (bytes, (const guint8 *) id, strlen (id));
  return bytes;
}

GBytes *
yihu_desk_file_seal (YihuDeskFile *self, const char *kind, const char *id, const char *text)
{
  g_autoptr (GByteArray) additional = make_additional (kind, id);
  gsize size = strlen (text);
  guint8 *sealed;

  if (self->key == NULL)
    return NULL;
  sealed = g_malloc (NONCE_BYTES + size + TAG_BYTES);
  randombytes_buf (sealed, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + NONCE_BYTES, NULL, (const guint8 *) text,
                                              size, additional->data, additional->len, NULL, sealed,
                                              g_bytes_get_data (self->key, NULL));
  return g_bytes_new_take (sealed, NONCE_BYTES + size + TAG_BYTES);
}

GBytes *
yihu_desk_file_seal_or_fail (YihuDeskFile *self,
                             const char *kind,
                             const char *id,
                             const char *text,
                             GError **error)
{
  GBytes *sealed = yihu_desk_file_seal (self, kind, id, text);

  if (sealed == NULL)
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_LOCKED, "the desk's file is locked");
  return sealed;
}

static char *
open_with (GBytes *key, const GByteArray *additional, const guint8 *sealed, gsize size)
{
  g_autofree char *text = g_malloc (size - NONCE_BYTES - TAG_BYTES + 1);

  if (crypto_aead_xchacha20poly1305_ietf_decrypt ((guint8 *) text, NULL, NULL, sealed + NONCE_BYTES,
                                                  size - NONCE_BYTES, additional->data,
                                                  additional->len, sealed,
                                                  g_bytes_get_data (key, NULL))
      != 0)
    return NULL;
  text[size - NONCE_BYTES - TAG_BYTES] = '\0';
  return g_steal_pointer (&text);
}

char *
yihu_desk_file_open_sealed (YihuDeskFile *self,
                            const char *kind,
                            const char *id,
                            GBytes *sealed,
                            GError **error)
{
  g_autoptr (GByteArray) additional = make_additional (kind, id);
  gsize size = 0;
  const guint8 *data = sealed != NULL ? g_bytes_get_data (sealed, &size) : NULL;
  char *text = NULL;

  if (self->key == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_LOCKED, "the desk's file is locked");
      return NULL;
    }
  if (size >= NONCE_BYTES + TAG_BYTES && size <= MAX_TEXT_BYTES)
    {
      text = open_with (self->key, additional, data, size);
      if (text == NULL && self->old_key != NULL)
        text = open_with (self->old_key, additional, data, size);
    }
  if (text == NULL)
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "a sealed %s does not open with this key",
                 kind);
  return text;
}

/* --- leaving no trace --- */

/* Pages are written anew and the log is cut: deleted text is in neither. */
static gboolean
compact (YihuDeskFile *self, GError **error)
{
  gint64 is_busy = 0;

  return yihu_database_exec (self->database, "VACUUM", error)
         && yihu_database_query_int (self->database, "PRAGMA wal_checkpoint(TRUNCATE)", &is_busy,
                                     error, "");
}

static gboolean
seal_plain_drafts (YihuDeskFile *self, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database, "SELECT name, text FROM draft WHERE text <> ''", error,
                           "");

  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &local))
    {
      g_ptr_array_add (names, g_strdup (yihu_rows_get_text (rows, 0)));
      g_ptr_array_add (texts, g_strdup (yihu_rows_get_text (rows, 1)));
    }
  g_clear_pointer (&rows, yihu_rows_free);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  for (guint i = 0; i < names->len; i++)
    if (!yihu_desk_file_save_draft (self, names->pdata[i], texts->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
seal_all (YihuDeskFile *self, GError **error)
{
  if (!yihu_database_begin (self->database, error))
    return FALSE;
  if (yihu_desk_file_seal_plain_overlay (self, error) && seal_plain_drafts (self, error)
      && yihu_database_commit (self->database, error))
    return TRUE;
  yihu_database_rollback (self->database);
  return FALSE;
}

/* The mark is set last: a crash before it only does the work again. */
gboolean
yihu_desk_file_seal_plain (YihuDeskFile *self, GError **error)
{
  gint64 done = 0;

  if (!yihu_database_query_int (self->database, "SELECT count(*) FROM kept WHERE name = 'sealed'",
                                &done, error, ""))
    return FALSE;
  return done > 0
         || (seal_all (self, error) && compact (self, error)
             && yihu_database_run (
                 self->database, "INSERT OR IGNORE INTO kept (name, value) VALUES ('sealed', x'')",
                 error, ""));
}

gboolean
yihu_desk_file_wipe (YihuDeskFile *self, gint64 *unsent, GError **error)
{
  gint64 has_outbox = 0;

  *unsent = 0;
  yihu_desk_file_set_keys (self, NULL, NULL);
  if (!yihu_database_exec (self->database,
                           "DELETE FROM overlay; DELETE FROM draft; DELETE FROM login;"
                           "DELETE FROM kept WHERE name <> 'sealed'",
                           error)
      || !yihu_database_query_int (self->database,
                                   "SELECT count(*) FROM sqlite_schema WHERE name = 'outbox'",
                                   &has_outbox, error, "")
      || (has_outbox > 0
          && !yihu_database_query_int (self->database, "SELECT count(*) FROM outbox", unsent, error,
                                       "")))
    return FALSE;
  return compact (self, error);
}

/* --- drafts --- */

gboolean
yihu_desk_file_save_draft (YihuDeskFile *self, const char *name, const char *text, GError **error)
{
  g_autoptr (GBytes) sealed = NULL;

  if (text == NULL || *text == '\0')
    return yihu_database_run (self->database, "DELETE FROM draft WHERE name = ?1", error, "s",
                              name);
  sealed = yihu_desk_file_seal_or_fail (self, "draft", name, text, error);
  return sealed != NULL
         && yihu_database_run (self->database,
                               "INSERT INTO draft (name, text, sealed) VALUES (?1, '', ?2)"
                               " ON CONFLICT (name) DO UPDATE SET text = '', sealed ="
                               " excluded.sealed",
                               error, "sb", name, sealed);
}

char *
yihu_desk_file_load_draft (YihuDeskFile *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database, "SELECT sealed FROM draft WHERE name = ?1", NULL, "s",
                           name);
  char *text;

  if (rows == NULL || !yihu_rows_next (rows, NULL))
    return NULL;
  sealed = yihu_rows_get_blob (rows, 0);
  text = yihu_desk_file_open_sealed (self, "draft", name, sealed, &error);
  if (text == NULL)
    g_message ("a draft cannot be read: %s", error->message);
  return text;
}
