/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The packed form of sealed fields under a dictionary. An even first byte: the rest is a packed
 * form as it stands. An odd one: the rest but two bytes is packed here, which must come back as it
 * was, and then once more with one byte changed at a place that those two name. */

#include "snapshot/sealer.h"

#include <stdint.h>
#include <string.h>
#include <zstd.h>

#define N_SAMPLES 4000
#define MAGIC_BYTES 4 /* of a zstd frame; the packed form is without them */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Streets of no town. */
static GBytes *
make_dictionary (void)
{
  g_autoptr (GString) bytes = g_string_new (NULL);
  g_autofree gsize *sizes = g_new (gsize, N_SAMPLES);
  guint state = 1;

  for (guint i = 0; i < N_SAMPLES; i++)
    {
      gsize before = bytes->len;

      state = state * 1103515245 + 12345;
      g_string_append_printf (bytes, "辽宁省营口市站前区第%u大街%u号楼%u单元 1%010u", state >> 28,
                              state >> 20 & 255, state >> 12 & 7, state);
      sizes[i] = bytes->len - before;
    }
  return yihu_sealer_train ((const guint8 *) bytes->str, sizes, N_SAMPLES);
}

static void
unpack (YihuSealer *sealer, const guint8 *packed, gsize size)
{
  gsize plain_size = 0;

  if (yihu_sealer_unpack (sealer, packed, size, &plain_size) != NULL)
    g_assert_cmpuint (plain_size, <=, YIHU_SEALER_MAX_PLAIN);
}

static void
pack_and_unpack (YihuSealer *sealer, GBytes *dictionary, const guint8 *data, gsize size)
{
  ZSTD_CCtx *packer;
  gsize bound = ZSTD_compressBound (size);
  g_autofree guint8 *frame = g_malloc (bound);
  const guint8 *plain;
  gsize dictionary_size;
  gconstpointer dictionary_data = g_bytes_get_data (dictionary, &dictionary_size);
  gsize n;

  if (size < 2 || size - 2 > YIHU_SEALER_MAX_PLAIN)
    return;
  packer = ZSTD_createCCtx ();
  ZSTD_CCtx_setParameter (packer, ZSTD_c_dictIDFlag, 0);
  ZSTD_CCtx_loadDictionary (packer, dictionary_data, dictionary_size);
  n = ZSTD_compress2 (packer, frame, bound, data + 2, size - 2);
  g_assert_false (ZSTD_isError (n));
  ZSTD_freeCCtx (packer);
  plain = yihu_sealer_unpack (sealer, frame + MAGIC_BYTES, n - MAGIC_BYTES, &bound);
  g_assert_nonnull (plain);
  g_assert_cmpmem (plain, bound, data + 2, size - 2);
  frame[MAGIC_BYTES + (data[0] * 256u + data[1]) % (n - MAGIC_BYTES)] ^= data[0] | 1;
  unpack (sealer, frame + MAGIC_BYTES, n - MAGIC_BYTES);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const guint8 key[YIHU_SEALER_KEY_BYTES] = { 1 };
  static YihuSealer *sealer;
  static GBytes *dictionary;

  if (sealer == NULL)
    {
      sealer = yihu_sealer_new (key);
      dictionary = make_dictionary ();
      g_assert_true (yihu_sealer_set_dictionary (sealer, dictionary, NULL));
    }
  if (size == 0)
    return 0;
  if (data[0] % 2 == 0)
    unpack (sealer, data + 1, size - 1);
  else
    pack_and_unpack (sealer, dictionary, data + 1, size - 1);
  return 0;
}
