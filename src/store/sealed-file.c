/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sealing and opening files chunk by chunk. Invariant: nothing is given its name before all of it
 * was authenticated, so that half a file can never be taken for one. */

#include "store/sealed-file.h"

#include "base/error.h"
#include "base/file-io.h"
#include "store/key-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define KEY_KIND "backup"
#define MAGIC "yihu-sealed 1\n"
#define MAGIC_BYTES (sizeof MAGIC - 1)
#define NAME_BYTES 8
#define STREAM_KEY_BYTES crypto_secretstream_xchacha20poly1305_KEYBYTES
#define BOX_BYTES (crypto_box_SEALBYTES + STREAM_KEY_BYTES)
#define STREAM_HEAD_BYTES crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define CHUNK_BYTES (64 * 1024)
#define SEALED_BYTES (CHUNK_BYTES + crypto_secretstream_xchacha20poly1305_ABYTES)
#define LAST crypto_secretstream_xchacha20poly1305_TAG_FINAL

typedef struct
{
  char magic[MAGIC_BYTES];
  guint8 name[NAME_BYTES];
  guint8 box[BOX_BYTES];
  guint8 stream[STREAM_HEAD_BYTES];
} Head; /* bytes only: no padding */

G_STATIC_ASSERT (sizeof (Head) == MAGIC_BYTES + NAME_BYTES + BOX_BYTES + STREAM_HEAD_BYTES);

typedef crypto_secretstream_xchacha20poly1305_state Stream;

/* Keys. */

gboolean
yihu_seal_key_create (const char *path, GError **error)
{
  YihuSealKey key;
  gboolean done;

  crypto_box_keypair (key.public_key, key.secret_key);
  done = yihu_key_file_create (path, KEY_KIND, key.secret_key, sizeof key.secret_key,
                               key.public_key, sizeof key.public_key, error);
  sodium_memzero (&key, sizeof key);
  return done;
}

gboolean
yihu_seal_key_load (const char *path, YihuSealKey *key, GError **error)
{
  *key = (YihuSealKey){ 0 };
  return yihu_key_file_load (path, KEY_KIND, key->secret_key, sizeof key->secret_key,
                             key->public_key, sizeof key->public_key, &key->has_secret, error)
         && (!key->has_secret || crypto_scalarmult_base (key->public_key, key->secret_key) == 0);
}

static void
make_name (const YihuSealKey *key, guint8 *name)
{
  guint8 hash[crypto_generichash_BYTES];

  crypto_generichash (hash, sizeof hash, key->public_key, sizeof key->public_key, NULL, 0);
  memcpy (name, hash, NAME_BYTES);
}

/* Files. */

static gboolean
refuse (YihuError code, const char *path, const char *why, GError **error)
{
  g_set_error (error, YIHU_ERROR, code, "'%s' %s", path, why);
  return FALSE;
}

static FILE *
open_input (const char *path, GError **error)
{
  FILE *file = g_fopen (path, "re");

  if (file == NULL)
    yihu_file_set_error ("open", path, error);
  return file;
}

/* As much as there is, up to @size; FALSE only where reading fails. */
static gboolean
read_piece (FILE *file, const char *path, gpointer data, gsize size, gsize *length, GError **error)
{
  *length = fread (data, 1, size, file);
  return !ferror (file) || yihu_file_set_error ("read", path, error);
}

static gboolean
is_at_end (FILE *file)
{
  int next = getc (file);

  if (next != EOF)
    ungetc (next, file);
  return next == EOF;
}

gboolean
yihu_sealed_file_is (const char *path)
{
  char start[MAGIC_BYTES];
  FILE *file = g_fopen (path, "re");
  gboolean is = file != NULL && fread (start, 1, sizeof start, file) == sizeof start
                && memcmp (start, MAGIC, sizeof start) == 0;

  if (file != NULL)
    fclose (file);
  return is;
}

static gboolean
finish (int fd, const char *part, const char *path, GError **error)
{
  if (fsync (fd) != 0)
    return yihu_file_set_error ("sync", part, error);
  return g_rename (part, path) == 0 || yihu_file_set_error ("give its name to", part, error);
}

/* @write makes the content of a new file, which is there afterwards with all of it, or not. */
typedef gboolean (*WriteFunc) (int fd, const char *part, gpointer data, GError **error);

static gboolean
make_file (const char *path, WriteFunc write_all, gpointer data, GError **error)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  gboolean done;
  int fd;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return refuse (YIHU_ERROR_REJECTED, path, "is there already: nothing is overwritten", error);
  g_unlink (part); /* of a break */
  fd = g_open (part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return yihu_file_set_error ("make", part, error);
  done = write_all (fd, part, data, error) && finish (fd, part, path, error);
  close (fd);
  if (!done)
    g_unlink (part);
  return done;
}

/* Opening. */

typedef struct
{
  const char *from;
  const YihuSealKey *key; /* (nullable): @stream_key is known */
  guint8 stream_key[STREAM_KEY_BYTES];
  GCancellable *cancellable;
  crypto_generichash_state *hash; /* (nullable): of what was opened */
} Opening;

static gboolean
read_head (FILE *file, Opening *self, Stream *stream, Head *head, GError **error)
{
  guint8 name[NAME_BYTES];
  gsize length = 0;

  if (!read_piece (file, self->from, head, sizeof *head, &length, error))
    return FALSE;
  if (length < MAGIC_BYTES || memcmp (head->magic, MAGIC, MAGIC_BYTES) != 0)
    return refuse (YIHU_ERROR_INVALID, self->from, "is not a sealed file", error);
  if (length < sizeof *head)
    return refuse (YIHU_ERROR_CORRUPT, self->from, "is cut off", error);
  if (self->key != NULL)
    {
      make_name (self->key, name);
      if (memcmp (head->name, name, sizeof name) != 0)
        return refuse (YIHU_ERROR_REJECTED, self->from, "was sealed for another key", error);
      if (!self->key->has_secret)
        return refuse (YIHU_ERROR_REJECTED, self->from,
                       "opens with the secret half of its key only", error);
      if (crypto_box_seal_open (self->stream_key, head->box, sizeof head->box,
                                self->key->public_key, self->key->secret_key)
          != 0)
        return refuse (YIHU_ERROR_CORRUPT, self->from, "was changed or is damaged", error);
    }
  return crypto_secretstream_xchacha20poly1305_init_pull (stream, head->stream, self->stream_key)
             == 0
         || refuse (YIHU_ERROR_CORRUPT, self->from, "was changed or is damaged", error);
}

/* @fd: -1: only looks. */
static gboolean
open_chunks (FILE *file, Opening *self, int fd, GError **error)
{
  g_autofree guint8 *sealed = g_malloc (SEALED_BYTES);
  g_autofree guint8 *plain = g_malloc (CHUNK_BYTES);
  Stream stream;
  Head head;
  const guint8 *more = (const guint8 *) &head;
  gsize more_size = sizeof head;
  guint8 tag = 0;

  if (!read_head (file, self, &stream, &head, error))
    return FALSE;
  while (tag != LAST)
    {
      unsigned long long n_plain = 0;
      gsize length = 0;

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error)
          || !read_piece (file, self->from, sealed, SEALED_BYTES, &length, error))
        return FALSE;
      if (length == 0)
        return refuse (YIHU_ERROR_CORRUPT, self->from, "is cut off", error);
      if (crypto_secretstream_xchacha20poly1305_pull (&stream, plain, &n_plain, &tag, sealed,
                                                      length, more, more_size)
          != 0)
        return refuse (YIHU_ERROR_CORRUPT, self->from,
                       length < SEALED_BYTES ? "is cut off or damaged"
                                             : "was changed or is damaged",
                       error);
      more = NULL;
      more_size = 0;
      if (self->hash != NULL)
        crypto_generichash_update (self->hash, plain, n_plain);
      if (fd >= 0 && !yihu_file_write (fd, plain, n_plain, "write what was sealed", error))
        return FALSE;
    }
  return is_at_end (file)
         || refuse (YIHU_ERROR_CORRUPT, self->from, "goes on behind its end", error);
}

static gboolean
open_all (Opening *self, int fd, GError **error)
{
  FILE *file = open_input (self->from, error);
  gboolean done = file != NULL && open_chunks (file, self, fd, error);

  if (file != NULL)
    fclose (file);
  sodium_memzero (self->stream_key, sizeof self->stream_key);
  return done;
}

static gboolean
write_opened (int fd, const char *part, gpointer data, GError **error)
{
  return open_all (data, fd, error);
}

gboolean
yihu_sealed_file_open (const char *from,
                       const char *to,
                       const YihuSealKey *key,
                       GCancellable *cancellable,
                       GError **error)
{
  Opening opening = { .from = from, .key = key, .cancellable = cancellable };

  return to != NULL ? make_file (to, write_opened, &opening, error)
                    : open_all (&opening, -1, error);
}

/* Sealing. */

typedef struct
{
  const char *from;
  const YihuSealKey *key;
  GCancellable *cancellable;
  guint8 stream_key[STREAM_KEY_BYTES];
} Sealing;

static gboolean
begin_sealing (Sealing *self, int fd, Stream *stream, Head *head, GError **error)
{
  crypto_secretstream_xchacha20poly1305_keygen (self->stream_key);
  memcpy (head->magic, MAGIC, MAGIC_BYTES);
  make_name (self->key, head->name);
  crypto_secretstream_xchacha20poly1305_init_push (stream, head->stream, self->stream_key);
  if (crypto_box_seal (head->box, self->stream_key, sizeof self->stream_key, self->key->public_key)
      == 0)
    return yihu_file_write (fd, head, sizeof *head, "write a sealed file", error);
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID, "the key for backups is no key");
  return FALSE;
}

static gboolean
seal_chunks (FILE *file, Sealing *self, int fd, crypto_generichash_state *hash, GError **error)
{
  g_autofree guint8 *sealed = g_malloc (SEALED_BYTES);
  g_autofree guint8 *plain = g_malloc (CHUNK_BYTES);
  Stream stream;
  Head head;
  const guint8 *more = (const guint8 *) &head;
  gsize more_size = sizeof head;
  gboolean is_last = FALSE;

  if (!begin_sealing (self, fd, &stream, &head, error))
    return FALSE;
  while (!is_last)
    {
      unsigned long long n_sealed = 0;
      gsize length = 0;

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error)
          || !read_piece (file, self->from, plain, CHUNK_BYTES, &length, error))
        return FALSE;
      is_last = is_at_end (file);
      crypto_generichash_update (hash, plain, length);
      crypto_secretstream_xchacha20poly1305_push (&stream, sealed, &n_sealed, plain, length, more,
                                                  more_size, is_last ? LAST : 0);
      more = NULL;
      more_size = 0;
      if (!yihu_file_write (fd, sealed, n_sealed, "write a sealed file", error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
seal_and_read_back (FILE *file, Sealing *self, int fd, const char *part, GError **error)
{
  crypto_generichash_state hashes[2];
  guint8 sums[2][crypto_generichash_BYTES];
  Opening back = { .from = part, .cancellable = self->cancellable, .hash = &hashes[1] };

  for (guint i = 0; i < 2; i++)
    crypto_generichash_init (&hashes[i], NULL, 0, sizeof sums[i]);
  if (!seal_chunks (file, self, fd, &hashes[0], error))
    return FALSE;
  memcpy (back.stream_key, self->stream_key, sizeof back.stream_key);
  if (!open_all (&back, -1, error))
    return FALSE;
  for (guint i = 0; i < 2; i++)
    crypto_generichash_final (&hashes[i], sums[i], sizeof sums[i]);
  return memcmp (sums[0], sums[1], sizeof sums[0]) == 0
         || refuse (YIHU_ERROR_CORRUPT, part, "does not hold what was sealed", error);
}

static gboolean
write_sealed (int fd, const char *part, gpointer data, GError **error)
{
  Sealing *self = data;
  FILE *file = open_input (self->from, error);
  gboolean done = file != NULL && seal_and_read_back (file, self, fd, part, error);

  if (file != NULL)
    fclose (file);
  sodium_memzero (self->stream_key, sizeof self->stream_key);
  return done;
}

gboolean
yihu_sealed_file_make (const char *from,
                       const char *to,
                       const YihuSealKey *key,
                       GCancellable *cancellable,
                       GError **error)
{
  Sealing sealing = { .from = from, .key = key, .cancellable = cancellable };

  return make_file (to, write_sealed, &sealing, error);
}
