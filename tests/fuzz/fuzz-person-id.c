/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Identity numbers: what is accepted is clean, and accepted again unchanged. */

#include "base/person-id.h"

#include <stdint.h>
#include <string.h>

#define TODAY 20250701

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *raw = g_strndup ((const char *) data, size);
  g_autofree char *clean = NULL;
  g_autofree char *again = NULL;
  g_autofree char *mask = NULL;
  YihuPersonIdVerdict verdict = yihu_person_id_check (raw, TODAY, &clean);

  g_assert_true ((verdict == YIHU_PERSON_ID_INVALID) == (clean == NULL));
  if (clean == NULL)
    return 0;
  g_assert_cmpuint (strlen (clean), ==, 18);
  g_assert_cmpint (yihu_person_id_check (clean, TODAY, &again), ==, verdict);
  g_assert_cmpstr (again, ==, clean);
  g_assert_true (yihu_date_is_valid (yihu_person_id_get_birth (clean)));
  mask = yihu_person_id_mask (clean);
  g_assert_cmpuint (strlen (mask), ==, 18);
  return 0;
}
