/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Bodies of seat messages. */

#include "voice/sip/seat-message.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  gboolean wants_ready = 7;

  if (yihu_seat_message_parse ((const char *) data, size, &wants_ready, NULL))
    g_assert (wants_ready == TRUE || wants_ready == FALSE);
  return 0;
}
