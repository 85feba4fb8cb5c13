/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Telephone numbers: normalising is idempotent, its result has one of the known forms, and every
 * way of showing it ends. */

#include "base/phone-number.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *raw = g_strndup ((const char *) data, size);
  g_autofree char *number = yihu_phone_number_normalize (raw, "0417");
  g_autofree char *again = NULL;
  g_autofree char *shown = yihu_phone_number_format (number);
  g_autofree char *masked = yihu_phone_number_mask (number);
  g_autofree char *reversed = yihu_phone_number_reverse (number);

  g_assert_true (shown != NULL && masked != NULL && reversed != NULL);
  if (number == NULL)
    return 0;
  g_assert_true (strspn (number, "+0123456789,") == strlen (number));
  g_assert_cmpuint (strlen (number), >=, 3);
  again = yihu_phone_number_normalize (number, NULL);
  g_assert_cmpstr (again, ==, number);
  return 0;
}
