/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The mark beside a snapshot that is on its way: as the bytes stand, and once more under a right
 * seal, because without it no input would get past the seal. What decodes keeps its bounds and
 * encodes to the very bytes. */

#include "client/snapshot-unpacker.h"

#include <sodium.h>
#include <stdint.h>
#include <string.h>

#define SEAL_BYTES 32

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
try_mark (const guint8 *data, gsize size, GBytes *key)
{
  g_autofree guint8 *state = g_malloc (yihu_unpack_mark_get_state_size ());
  g_autoptr (GByteArray) again = NULL;
  YihuUnpackMark mark = { 0 };

  if (!yihu_unpack_mark_decode (&mark, state, data, size, key))
    return;
  g_assert_cmpint (mark.offset, >=, 0);
  g_assert_cmpint (mark.offset, <=, mark.label.bytes);
  g_assert_cmpint (mark.plain_offset, >=, 0);
  g_assert_cmpint (mark.plain_offset, <=, mark.label.plain_bytes);
  g_assert_cmpuint (strlen (mark.label.hash), ==, 64);
  again = yihu_unpack_mark_encode (&mark, state, key);
  g_assert_cmpmem (again->data, again->len, data, size);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const guint8 bytes[YIHU_UNPACK_MARK_KEY_BYTES] = { 5, 4, 3, 2, 1 };
  g_autoptr (GBytes) key = g_bytes_new_static (bytes, sizeof bytes);
  g_autofree guint8 *sealed = NULL;

  try_mark (data, size, key);
  if (size < SEAL_BYTES)
    return 0;
  sealed = g_memdup2 (data, size);
  crypto_generichash (sealed + size - SEAL_BYTES, SEAL_BYTES, sealed, size - SEAL_BYTES, bytes,
                      sizeof bytes);
  try_mark (sealed, size, key);
  return 0;
}
