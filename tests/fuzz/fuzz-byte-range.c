/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Range headers for bodies of several lengths: a part lies within the body and is not empty, and
 * what is none leaves the whole. */

#include "server/http/byte-range.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const gint64 totals[] = { 0, 1, 2, 1000, G_GINT64_CONSTANT (5000000000), G_MAXINT64 };
  g_autofree char *text = g_strndup ((const char *) data, size);

  for (guint i = 0; i < G_N_ELEMENTS (totals); i++)
    {
      YihuByteRange range;

      yihu_byte_range_parse (&range, text, totals[i]);
      if (range.kind == YIHU_BYTE_RANGE_PART)
        {
          g_assert_cmpint (range.from, >=, 0);
          g_assert_cmpint (range.from, <, range.to);
        }
      else
        g_assert_cmpint (range.from, ==, 0);
      g_assert_cmpint (range.to, <=, totals[i]);
      if (range.kind == YIHU_BYTE_RANGE_WHOLE)
        g_assert_cmpint (range.to, ==, totals[i]);
    }
  return 0;
}
