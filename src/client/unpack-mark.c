/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The mark's bytes: magic, hash, sizes and offsets (little endian), the hash's state, and a keyed
 * BLAKE2b over all before it. The state goes back into libsodium as it is, so nothing of a mark is
 * believed before that seal was checked. */

#include "client/snapshot-unpacker.h"

#include <sodium.h>
#include <string.h>

#define MAGIC "yihumark"
#define MAGIC_BYTES 8
#define HASH_BYTES 32
#define SEAL_BYTES 32
#define N_NUMBERS 4
#define HEAD_BYTES (MAGIC_BYTES + HASH_BYTES + N_NUMBERS * sizeof (gint64))
#define MARK_BYTES (HEAD_BYTES + sizeof (crypto_generichash_state) + SEAL_BYTES)

gsize
yihu_unpack_mark_get_state_size (void)
{
  return sizeof (crypto_generichash_state);
}

static void
append_number (GByteArray *array, gint64 value)
{
  gint64 little = GINT64_TO_LE (value);

  g_byte_array_append (array, (const guint8 *) &little, sizeof little);
}

static void
make_seal (guint8 seal[SEAL_BYTES], const guint8 *data, gsize size, GBytes *key)
{
  gsize key_size;
  gconstpointer key_data = g_bytes_get_data (key, &key_size);

  crypto_generichash (seal, SEAL_BYTES, data, size, key_data, key_size);
}

GByteArray *
yihu_unpack_mark_encode (const YihuUnpackMark *mark, gconstpointer state, GBytes *key)
{
  GByteArray *array = g_byte_array_sized_new (MARK_BYTES);
  guint8 hash[HASH_BYTES] = { 0 };
  guint8 seal[SEAL_BYTES];

  sodium_hex2bin (hash, sizeof hash, mark->label.hash, strlen (mark->label.hash), NULL, NULL, NULL);
  g_byte_array_append (array, (const guint8 *) MAGIC, MAGIC_BYTES);
  g_byte_array_append (array, hash, sizeof hash);
  append_number (array, mark->label.bytes);
  append_number (array, mark->label.plain_bytes);
  append_number (array, mark->offset);
  append_number (array, mark->plain_offset);
  g_byte_array_append (array, state, sizeof (crypto_generichash_state));
  make_seal (seal, array->data, array->len, key);
  return g_byte_array_append (array, seal, sizeof seal);
}

static gint64
take_number (const guint8 **data)
{
  gint64 little;

  memcpy (&little, *data, sizeof little);
  *data += sizeof little;
  return GINT64_FROM_LE (little);
}

gboolean
yihu_unpack_mark_decode (YihuUnpackMark *mark,
                         gpointer state,
                         const guint8 *data,
                         gsize size,
                         GBytes *key)
{
  guint8 seal[SEAL_BYTES];

  if (size != MARK_BYTES || memcmp (data, MAGIC, MAGIC_BYTES) != 0)
    return FALSE;
  make_seal (seal, data, size - SEAL_BYTES, key);
  if (sodium_memcmp (seal, data + size - SEAL_BYTES, SEAL_BYTES) != 0)
    return FALSE;
  data += MAGIC_BYTES;
  sodium_bin2hex (mark->label.hash, sizeof mark->label.hash, data, HASH_BYTES);
  data += HASH_BYTES;
  mark->label.bytes = take_number (&data);
  mark->label.plain_bytes = take_number (&data);
  mark->offset = take_number (&data);
  mark->plain_offset = take_number (&data);
  memcpy (state, data, sizeof (crypto_generichash_state));
  return mark->offset >= 0 && mark->offset <= mark->label.bytes && mark->plain_offset >= 0
         && mark->plain_offset <= mark->label.plain_bytes;
}
