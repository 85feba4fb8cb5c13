/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A cached film: cut into access units that together hold no more than the file. */

#include "city/clips.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (YihuClip) clip = yihu_clip_new_from_bytes (bytes, NULL);
  gsize total = 0;

  for (guint i = 0; clip != NULL && i < clip->units->len; i++)
    {
      gsize unit = g_bytes_get_size (g_ptr_array_index (clip->units, i));

      g_assert_cmpuint (unit, >=, 5);
      total += unit;
    }
  g_assert_cmpuint (total, <=, size);
  return 0;
}
