/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The plain form of the sealed column: the first byte chooses the kind. What decodes must encode to
 * something that decodes to the same. */

#include "domain/kinds.h"
#include "snapshot/sealed.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const YihuRecordType *type;
  g_autoptr (YihuRecord) record = NULL;
  g_autoptr (YihuRecord) again = NULL;
  g_autoptr (GByteArray) bytes = NULL;

  if (size == 0)
    return 0;
  type = yihu_record_types[data[0] % yihu_n_record_types];
  record = yihu_record_new (type, "id");
  if (!yihu_sealed_decode (record, data + 1, size - 1, NULL))
    return 0;
  bytes = g_byte_array_new ();
  yihu_sealed_encode (record, bytes);
  again = yihu_record_new (type, "id");
  g_assert_true (yihu_sealed_decode (again, bytes->data, bytes->len, NULL));
  g_assert_true (yihu_record_equal (record, again));
  return 0;
}
