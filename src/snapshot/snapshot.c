/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The file as a whole: making, opening, checking, finishing, and its meta table. Two keys are
 * derived from the scope key, one to seal fields and one to hash telephone numbers. A sealed word
 * in the meta table tells a wrong key before any row is read. Rows are the business of
 * snapshot-rows.c. */

#include "snapshot/snapshot.h"

#include "base/error.h"
#include "base/file-io.h"
#include "snapshot/snapshot-private.h"
#include "wire/protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION_ID 1500539245 /* "Yphm" */
#define KEY_CONTEXT "yihusnap"
#define CHECK_WORD "yihu snapshot"
#define SALT_BYTES 32

static gboolean
derive_keys (YihuSnapshotFile *self, GBytes *key, GError **error)
{
  gsize size;
  const guint8 *bytes;

  if (sodium_init () < 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "libsodium does not start");
      return FALSE;
    }
  if (key == NULL)
    return TRUE;
  bytes = g_bytes_get_data (key, &size);
  if (size != YIHU_SNAPSHOT_KEY_BYTES)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                   "a scope key has %d bytes, not %" G_GSIZE_FORMAT, YIHU_SNAPSHOT_KEY_BYTES, size);
      return FALSE;
    }
  crypto_kdf_derive_from_key (self->seal_key, sizeof self->seal_key, 1, KEY_CONTEXT, bytes);
  crypto_kdf_derive_from_key (self->hash_key, sizeof self->hash_key, 2, KEY_CONTEXT, bytes);
  self->has_key = TRUE;
  return TRUE;
}

static YihuSnapshotFile *
file_new (const char *path, GBytes *key, YihuDatabaseMode mode, GError **error)
{
  g_autoptr (YihuSnapshotFile) self = g_new0 (YihuSnapshotFile, 1);

  if (!derive_keys (self, key, error))
    return NULL;
  self->plain = g_byte_array_new ();
  self->database = yihu_database_open (path, mode, error);
  if (self->database == NULL)
    return NULL;
  yihu_database_set_packed_ids (self->database, TRUE);
  yihu_snapshot_tables_init (self);
  return g_steal_pointer (&self);
}

/* Each file has a key of its own, so that its row numbers can be nonces. */
static void
make_sealer (YihuSnapshotFile *self, const guint8 *salt)
{
  guint8 key[YIHU_SEALER_KEY_BYTES];

  crypto_generichash (key, sizeof key, salt, SALT_BYTES, self->seal_key, sizeof self->seal_key);
  self->sealer = yihu_sealer_new (key);
  sodium_memzero (key, sizeof key);
}

static gboolean
put_bytes (YihuSnapshotFile *self, const char *name, const guint8 *data, gsize size, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  return yihu_database_run (self->database, "INSERT INTO meta (name, value) VALUES (?1, ?2)", error,
                            "sb", name, bytes);
}

static gboolean
put_sealed (YihuSnapshotFile *self,
            const char *name,
            const guint8 *data,
            gsize size,
            GError **error)
{
  gsize sealed_size;
  const guint8 *sealed = yihu_sealer_seal (self->sealer, "meta", name, 0, data, size, &sealed_size);

  return put_bytes (self, name, sealed, sealed_size, error);
}

static gboolean
write_check (YihuSnapshotFile *self, GError **error)
{
  guint8 salt[SALT_BYTES];

  randombytes_buf (salt, sizeof salt);
  make_sealer (self, salt);
  return put_bytes (self, "salt", salt, sizeof salt, error)
         && put_sealed (self, "check", (const guint8 *) CHECK_WORD, strlen (CHECK_WORD), error);
}

gboolean
yihu_snapshot_file_train (YihuSnapshotFile *self, GPtrArray *records, GError **error)
{
  g_autofree gsize *sizes = g_new (gsize, records->len + 1);
  g_autoptr (GBytes) dictionary = NULL;
  gsize size;
  gconstpointer data;

  g_return_val_if_fail (self->bulk, FALSE);

  g_byte_array_set_size (self->plain, 0);
  for (guint i = 0; i < records->len; i++)
    {
      guint before = self->plain->len;

      yihu_sealed_encode (g_ptr_array_index (records, i), self->plain);
      sizes[i] = self->plain->len - before;
    }
  dictionary = yihu_sealer_train (self->plain->data, sizes, records->len);
  sodium_memzero (self->plain->data, self->plain->len);
  if (dictionary == NULL)
    return TRUE;
  data = g_bytes_get_data (dictionary, &size);
  return put_sealed (self, "dictionary", data, size, error)
         && yihu_sealer_set_dictionary (self->sealer, dictionary, error);
}

YihuSnapshotFile *
yihu_snapshot_file_create (const char *path, GBytes *key, GError **error)
{
  g_autoptr (YihuSnapshotFile) self = NULL;
  g_autofree char *pragmas = NULL;

  g_return_val_if_fail (path != NULL && key != NULL, NULL);

  if (g_unlink (path) != 0 && errno != ENOENT)
    {
      yihu_file_set_error ("remove old", path, error);
      return NULL;
    }
  self = file_new (path, key, YIHU_DATABASE_BULK, error);
  if (self == NULL)
    return NULL;
  self->bulk = TRUE;
  pragmas =
      g_strdup_printf ("PRAGMA application_id=%d; PRAGMA user_version=%d;"
                       "PRAGMA cache_size=-65536;"
                       "CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value) WITHOUT ROWID",
                       APPLICATION_ID, YIHU_SNAPSHOT_SCHEMA);
  if (!yihu_database_exec (self->database, pragmas, error)
      || !yihu_snapshot_tables_create (self, error) || !write_check (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
check_format (YihuSnapshotFile *self, GError **error)
{
  const char *path = yihu_database_get_path (self->database);
  gint64 application;
  gint64 schema;

  if (!yihu_database_query_int (self->database, "PRAGMA application_id", &application, error, "")
      || !yihu_database_query_int (self->database, "PRAGMA user_version", &schema, error, ""))
    return FALSE;
  if (application != APPLICATION_ID)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "'%s' is not a snapshot", path);
      return FALSE;
    }
  if (schema != YIHU_SNAPSHOT_SCHEMA)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_VERSION,
                   "'%s' has schema %" G_GINT64_FORMAT ", this program reads %d", path, schema,
                   YIHU_SNAPSHOT_SCHEMA);
      return FALSE;
    }
  if (yihu_snapshot_file_get_meta (self, "made_at_us") == 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "'%s' was not finished", path);
      return FALSE;
    }
  return TRUE;
}

/* A value of meta as bytes; empty where there is none. */
static GBytes *
get_bytes (YihuSnapshotFile *self, const char *name, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database, "SELECT value FROM meta WHERE name = ?1", error, "s",
                           name);

  if (rows == NULL)
    return NULL;
  if (yihu_rows_next (rows, &local))
    return yihu_rows_get_blob (rows, 0);
  if (local == NULL)
    return g_bytes_new (NULL, 0);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* (transfer none): until the sealer's next call. NULL where it does not open. */
static const guint8 *
get_sealed (YihuSnapshotFile *self, const char *name, gsize *size, GError **error)
{
  g_autoptr (GBytes) sealed = get_bytes (self, name, error);
  gsize sealed_size;
  gconstpointer data;

  if (sealed == NULL)
    return NULL;
  data = g_bytes_get_data (sealed, &sealed_size);
  return yihu_sealer_open (self->sealer, "meta", name, 0, data, sealed_size, size, error);
}

static gboolean
read_dictionary (YihuSnapshotFile *self, GError **error)
{
  g_autoptr (GBytes) dictionary = NULL;
  const guint8 *data;
  gint64 has;
  gsize size;

  if (!yihu_database_query_int (self->database,
                                "SELECT count(*) FROM meta WHERE name = 'dictionary'", &has, error,
                                ""))
    return FALSE;
  if (has == 0)
    return TRUE;
  data = get_sealed (self, "dictionary", &size, error);
  if (data == NULL)
    return FALSE;
  dictionary = g_bytes_new (data, size);
  return yihu_sealer_set_dictionary (self->sealer, dictionary, error);
}

static gboolean
check_key (YihuSnapshotFile *self, GError **error)
{
  g_autoptr (GBytes) salt = NULL;
  const guint8 *word;
  gsize size = 0;

  if (!self->has_key)
    return TRUE;
  salt = get_bytes (self, "salt", error);
  if (salt == NULL)
    return FALSE;
  if (g_bytes_get_size (salt) != SALT_BYTES)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "'%s' has no salt of %d bytes",
                   yihu_database_get_path (self->database), SALT_BYTES);
      return FALSE;
    }
  make_sealer (self, g_bytes_get_data (salt, NULL));
  word = get_sealed (self, "check", &size, NULL);
  if (word != NULL && size == strlen (CHECK_WORD) && memcmp (word, CHECK_WORD, size) == 0)
    return read_dictionary (self, error);
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED, "'%s' is sealed with another key",
               yihu_database_get_path (self->database));
  return FALSE;
}

YihuSnapshotFile *
yihu_snapshot_file_open (const char *path, GBytes *key, YihuDatabaseMode mode, GError **error)
{
  g_autoptr (YihuSnapshotFile) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "there is no '%s'", path);
      return NULL;
    }
  self = file_new (path, key, mode, error);
  if (self == NULL || !check_format (self, error) || !check_key (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
yihu_snapshot_file_close (YihuSnapshotFile *self)
{
  if (self == NULL)
    return;
  yihu_snapshot_tables_clear (self);
  g_clear_pointer (&self->database, yihu_database_close);
  g_clear_pointer (&self->sealer, yihu_sealer_free);
  if (self->plain != NULL)
    g_byte_array_unref (self->plain);
  sodium_memzero (self->seal_key, sizeof self->seal_key);
  sodium_memzero (self->hash_key, sizeof self->hash_key);
  g_free (self);
}

YihuDatabase *
yihu_snapshot_file_get_database (YihuSnapshotFile *self)
{
  return self->database;
}

gint64
yihu_snapshot_hash (YihuSnapshotFile *self, const char *text)
{
  guint8 bytes[crypto_generichash_BYTES_MIN];
  gint64 hash = 0;

  crypto_generichash (bytes, sizeof bytes, (const guint8 *) text, strlen (text), self->hash_key,
                      sizeof self->hash_key);
  memcpy (&hash, bytes, sizeof hash);
  return GINT64_FROM_LE (hash) != 0 ? GINT64_FROM_LE (hash) : 1;
}

gboolean
yihu_snapshot_file_set_meta (YihuSnapshotFile *self, const char *name, gint64 value, GError **error)
{
  return yihu_database_run (self->database,
                            "INSERT INTO meta (name, value) VALUES (?1, ?2)"
                            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                            error, "si", name, value);
}

gint64
yihu_snapshot_file_get_meta (YihuSnapshotFile *self, const char *name)
{
  gint64 value = 0;

  if (!yihu_database_query_int (self->database, "SELECT value FROM meta WHERE name = ?1", &value,
                                NULL, "s", name))
    return 0;
  return value;
}

gboolean
yihu_snapshot_file_set_cursor (YihuSnapshotFile *self, gint64 seq, GError **error)
{
  return yihu_snapshot_file_set_meta (self, "seq", seq, error);
}

static gboolean
sync_path (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean synced = fd >= 0 && fsync (fd) == 0;

  if (!synced)
    yihu_file_set_error ("sync", path, error);
  if (fd >= 0)
    close (fd);
  return synced;
}

gboolean
yihu_snapshot_file_finish (YihuSnapshotFile *self,
                           gint64 lo,
                           gint64 hi,
                           gint64 epoch,
                           gint64 seq,
                           gint64 made_at_us,
                           GError **error)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (self->bulk && self->database != NULL, FALSE);

  path = g_strdup (yihu_database_get_path (self->database));
  if (sqlite3_get_autocommit (yihu_database_get (self->database))
      && !yihu_database_begin (self->database, error))
    return FALSE;
  if (!yihu_snapshot_tables_finish (self, error)
      || !yihu_snapshot_file_set_meta (self, "lo", lo, error)
      || !yihu_snapshot_file_set_meta (self, "hi", hi, error)
      || !yihu_snapshot_file_set_meta (self, "epoch", epoch, error)
      || !yihu_snapshot_file_set_meta (self, "seq", seq, error)
      || !yihu_snapshot_file_set_meta (self, "made_at_us", made_at_us, error)
      || !yihu_database_commit (self->database, error))
    return FALSE;
  yihu_snapshot_tables_clear (self);
  g_clear_pointer (&self->database, yihu_database_close);
  return sync_path (path, error);
}

gboolean
yihu_snapshot_file_check (const char *path, GError **error)
{
  g_autoptr (YihuDatabase) database = yihu_database_open (path, YIHU_DATABASE_READER, error);
  g_autoptr (YihuRows) rows = NULL;
  g_autoptr (GError) local = NULL;

  if (database == NULL)
    return FALSE;
  rows = yihu_database_query (database, "PRAGMA quick_check(1)", error, "");
  if (rows == NULL)
    return FALSE;
  if (yihu_rows_next (rows, &local) && g_strcmp0 (yihu_rows_get_text (rows, 0), "ok") == 0)
    return TRUE;
  if (local == NULL)
    g_set_error (&local, YIHU_ERROR, YIHU_ERROR_CORRUPT, "'%s' is damaged", path);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
