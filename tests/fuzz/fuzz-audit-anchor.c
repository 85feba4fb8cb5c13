/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Anchors of the audit, from a file that anybody may have had in hands: what parses is written
 * again as it was read. */

#include "store/audit-anchor.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GArray) anchors = yihu_anchors_parse (text, NULL, NULL);

  for (guint i = 0; anchors != NULL && i < anchors->len; i++)
    {
      const YihuAnchor *anchor = &g_array_index (anchors, YihuAnchor, i);
      g_autofree char *line = yihu_anchor_format (anchor, NULL);
      YihuAnchor again;

      g_assert_true (yihu_anchor_parse (line, NULL, &again, NULL));
      g_assert_cmpint (again.number, ==, anchor->number);
      g_assert_cmpint (again.at_us, ==, anchor->at_us);
      g_assert_cmpstr (again.hash, ==, anchor->hash);
      g_assert_cmpint (again.kind, ==, anchor->kind);
    }
  return 0;
}
