/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Packing and sealing; the forms are described in sealer.h. A blob is looked at as hostile until
 * its seal was checked, and the packed form inside stays bounded after that: a key in wrong hands
 * must not become a crash. */

#include "snapshot/sealer.h"

#include "base/error.h"

#include <sodium.h>
#include <string.h>
#include <zdict.h>
#include <zstd.h>

#define FLAG_PACKED 0x01
#define FLAG_NUMBERED 0x02
#define FLAG_ALWAYS 0x10
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define MAX_KIND 15
#define MAX_ID 63
#define MAGIC_BYTES 4
#define MAX_SEALED (256 * 1024) /* the dictionary itself is the largest */
#define LEVEL 3
#define DICTIONARY_BYTES (110 * 1024)
#define MIN_SAMPLES 2000

G_STATIC_ASSERT (YIHU_SEALER_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

static const guint8 magic[MAGIC_BYTES] = { 0x28, 0xb5, 0x2f, 0xfd };

struct _YihuSealer
{
  guint8 key[YIHU_SEALER_KEY_BYTES];
  GBytes *dictionary; /* (owned) (nullable) */
  ZSTD_CDict *packing; /* (owned) (nullable): made when the first row is sealed */
  ZSTD_DDict *unpacking; /* (owned) (nullable) */
  ZSTD_CCtx *packer; /* (owned) (nullable) */
  ZSTD_DCtx *unpacker; /* (owned) (nullable) */
  GByteArray *frame; /* packed form, the magic bytes before it */
  GByteArray *sealed;
  GByteArray *opened;
  GByteArray *plain;
};

YihuSealer *
yihu_sealer_new (const guint8 *key)
{
  YihuSealer *self = g_new0 (YihuSealer, 1);

  memcpy (self->key, key, sizeof self->key);
  self->frame = g_byte_array_new ();
  self->sealed = g_byte_array_new ();
  self->opened = g_byte_array_new ();
  self->plain = g_byte_array_new ();
  return self;
}

static void
forget_dictionary (YihuSealer *self)
{
  g_clear_pointer (&self->packing, ZSTD_freeCDict);
  g_clear_pointer (&self->unpacking, ZSTD_freeDDict);
  g_clear_pointer (&self->packer, ZSTD_freeCCtx);
  g_clear_pointer (&self->unpacker, ZSTD_freeDCtx);
  g_clear_pointer (&self->dictionary, g_bytes_unref);
}

static void
free_bytes (GByteArray *array)
{
  if (array->len > 0)
    sodium_memzero (array->data, array->len);
  g_byte_array_unref (array);
}

void
yihu_sealer_free (YihuSealer *self)
{
  if (self == NULL)
    return;
  forget_dictionary (self);
  free_bytes (self->frame);
  free_bytes (self->sealed);
  free_bytes (self->opened);
  free_bytes (self->plain);
  sodium_memzero (self->key, sizeof self->key);
  g_free (self);
}

gboolean
yihu_sealer_set_dictionary (YihuSealer *self, GBytes *dictionary, GError **error)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (dictionary, &size);

  forget_dictionary (self);
  if (size > 0 && size <= 2 * DICTIONARY_BYTES && ZDICT_getDictID (data, size) != 0)
    self->unpacking = ZSTD_createDDict (data, size);
  if (self->unpacking == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "the dictionary of a file is malformed");
      return FALSE;
    }
  self->dictionary = g_bytes_ref (dictionary);
  self->unpacker = ZSTD_createDCtx ();
  return TRUE;
}

/* Flags, kind and id with a zero between the last two: neither can contain one. */
static gsize
write_additional (guint8 *additional, guint8 flags, const char *kind, const char *id)
{
  gsize kind_length = MIN (strlen (kind), MAX_KIND);
  gsize id_length = MIN (strlen (id), MAX_ID);

  additional[0] = flags;
  memcpy (additional + 1, kind, kind_length);
  additional[1 + kind_length] = 0;
  memcpy (additional + 2 + kind_length, id, id_length);
  return 2 + kind_length + id_length;
}

static void
write_nonce (guint8 nonce[NONCE_BYTES], const char *kind, gint64 number)
{
  gint64 little = GINT64_TO_LE (number);

  memset (nonce, 0, NONCE_BYTES);
  memcpy (nonce, &little, sizeof little);
  memcpy (nonce + sizeof little, kind, MIN (strlen (kind), MAX_KIND));
}

static gboolean
prepare_packer (YihuSealer *self)
{
  gsize size;
  gconstpointer data;

  if (self->packer != NULL)
    return TRUE;
  if (self->dictionary == NULL)
    return FALSE;
  data = g_bytes_get_data (self->dictionary, &size);
  self->packing = ZSTD_createCDict (data, size, LEVEL);
  self->packer = ZSTD_createCCtx ();
  ZSTD_CCtx_setParameter (self->packer, ZSTD_c_dictIDFlag, 0);
  ZSTD_CCtx_setParameter (self->packer, ZSTD_c_checksumFlag, 0);
  return !ZSTD_isError (ZSTD_CCtx_refCDict (self->packer, self->packing));
}

/* Returns: whether the packed form, which then is @frame behind the magic bytes, is the shorter. */
static gboolean
pack (YihuSealer *self, const guint8 *plain, gsize size)
{
  gsize bound = ZSTD_compressBound (size);
  gsize n;

  if (!prepare_packer (self))
    return FALSE;
  g_byte_array_set_size (self->frame, (guint) bound);
  n = ZSTD_compress2 (self->packer, self->frame->data, bound, plain, size);
  if (ZSTD_isError (n) || n <= MAGIC_BYTES || n - MAGIC_BYTES >= size)
    return FALSE;
  g_byte_array_set_size (self->frame, (guint) n);
  return TRUE;
}

const guint8 *
yihu_sealer_seal (YihuSealer *self,
                  const char *kind,
                  const char *id,
                  gint64 number,
                  const guint8 *plain,
                  gsize size,
                  gsize *sealed_size)
{
  guint8 additional[3 + MAX_KIND + MAX_ID];
  guint8 nonce[NONCE_BYTES];
  gsize additional_size;
  gsize head = 1;
  guint8 flags = FLAG_ALWAYS;

  if (number != 0)
    {
      flags |= FLAG_NUMBERED;
      write_nonce (nonce, kind, number);
    }
  else
    {
      randombytes_buf (nonce, sizeof nonce);
      head += NONCE_BYTES;
    }
  if (pack (self, plain, size))
    {
      flags |= FLAG_PACKED;
      plain = self->frame->data + MAGIC_BYTES;
      size = self->frame->len - MAGIC_BYTES;
    }

  *sealed_size = head + size + TAG_BYTES;
  g_byte_array_set_size (self->sealed, (guint) *sealed_size);
  self->sealed->data[0] = flags;
  if (head > 1)
    memcpy (self->sealed->data + 1, nonce, NONCE_BYTES);
  additional_size = write_additional (additional, flags, kind, id);
  crypto_aead_xchacha20poly1305_ietf_encrypt (self->sealed->data + head, NULL, plain, size,
                                              additional, additional_size, NULL, nonce, self->key);
  return self->sealed->data;
}

const guint8 *
yihu_sealer_unpack (YihuSealer *self, const guint8 *packed, gsize size, gsize *plain_size)
{
  unsigned long long announced;
  gsize n;

  if (self->unpacking == NULL || size > YIHU_SEALER_MAX_PLAIN)
    return NULL;
  g_byte_array_set_size (self->frame, 0);
  g_byte_array_append (self->frame, magic, MAGIC_BYTES);
  g_byte_array_append (self->frame, packed, (guint) size);
  announced = ZSTD_getFrameContentSize (self->frame->data, self->frame->len);
  if (announced == ZSTD_CONTENTSIZE_UNKNOWN || announced == ZSTD_CONTENTSIZE_ERROR
      || announced > YIHU_SEALER_MAX_PLAIN)
    return NULL;
  g_byte_array_set_size (self->plain, (guint) announced + 1);
  n = ZSTD_decompress_usingDDict (self->unpacker, self->plain->data, announced, self->frame->data,
                                  self->frame->len, self->unpacking);
  if (ZSTD_isError (n) || n != announced)
    return NULL;
  *plain_size = n;
  return self->plain->data;
}

static const guint8 *
decrypt (YihuSealer *self,
         const char *kind,
         const char *id,
         gint64 number,
         const guint8 *sealed,
         gsize size,
         gsize *plain_size)
{
  guint8 additional[3 + MAX_KIND + MAX_ID];
  guint8 nonce[NONCE_BYTES];
  gsize additional_size;
  gsize head = 1;

  if (sealed[0] & FLAG_NUMBERED)
    write_nonce (nonce, kind, number);
  else
    head += NONCE_BYTES;
  if (size < head + TAG_BYTES || size > MAX_SEALED)
    return NULL;
  if (head > 1)
    memcpy (nonce, sealed + 1, NONCE_BYTES);
  additional_size = write_additional (additional, sealed[0], kind, id);
  *plain_size = size - head - TAG_BYTES;
  g_byte_array_set_size (self->opened, (guint) *plain_size + 1);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (self->opened->data, NULL, NULL, sealed + head,
                                                  size - head, additional, additional_size, nonce,
                                                  self->key)
      != 0)
    return NULL;
  return self->opened->data;
}

const guint8 *
yihu_sealer_open (YihuSealer *self,
                  const char *kind,
                  const char *id,
                  gint64 number,
                  const guint8 *sealed,
                  gsize size,
                  gsize *plain_size,
                  GError **error)
{
  const guint8 *plain = NULL;

  if (size > 0 && sealed != NULL)
    plain = decrypt (self, kind, id, number, sealed, size, plain_size);
  if (plain != NULL && (sealed[0] & FLAG_PACKED))
    plain = yihu_sealer_unpack (self, plain, *plain_size, plain_size);
  if (plain == NULL)
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT,
                 "sealed fields of kind '%s' do not open with this key", kind);
  return plain;
}

GBytes *
yihu_sealer_train (const guint8 *bytes, const gsize *sizes, guint n)
{
  g_autofree guint8 *dictionary = NULL;
  gsize size;

  if (n < MIN_SAMPLES)
    return NULL;
  dictionary = g_malloc (DICTIONARY_BYTES);
  size = ZDICT_trainFromBuffer (dictionary, DICTIONARY_BYTES, bytes, sizes, n);
  if (ZDICT_isError (size))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&dictionary), size);
}
