/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a seat wants, out of the body of a MESSAGE. Bytes from outside: bounded, and never taken
 * for a string. */

#include "voice/sip/seat-message.h"

#include "base/error.h"

#include <string.h>

static gboolean
is_word (const char *start, gsize length, const char *word)
{
  return length == strlen (word) && memcmp (start, word, length) == 0;
}

gboolean
yihu_seat_message_parse (const char *body, gsize length, gboolean *wants_ready, GError **error)
{
  const char *start = body;
  gsize n = length;

  if (body == NULL || length == 0 || length > YIHU_SEAT_MESSAGE_MAX_BYTES)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "seat message: wrong length");
      return FALSE;
    }
  while (n > 0 && g_ascii_isspace (start[n - 1]))
    n--;
  while (n > 0 && g_ascii_isspace (*start))
    {
      start++;
      n--;
    }
  *wants_ready = is_word (start, n, "ready");
  if (*wants_ready || is_word (start, n, "away"))
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "seat message: neither ready nor away");
  return FALSE;
}
