/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Range headers, one range only: a console that goes on with a broken download sends no other. */

#include "server/http/byte-range.h"

#include <string.h>

#define UNIT "bytes="
#define MAX_DIGITS 18

/* Digits up to anything else; -1 where there are none or too many. */
static gint64
take_number (const char **text)
{
  gsize n = strspn (*text, "0123456789");
  gint64 value = 0;

  if (n == 0 || n > MAX_DIGITS)
    return -1;
  for (gsize i = 0; i < n; i++)
    value = value * 10 + *(*text)++ - '0';
  return value;
}

void
yihu_byte_range_parse (YihuByteRange *self, const char *text, gint64 total)
{
  gint64 from;
  gint64 last = total - 1;

  self->kind = YIHU_BYTE_RANGE_WHOLE;
  self->from = 0;
  self->to = total;
  if (text == NULL || g_ascii_strncasecmp (text, UNIT, strlen (UNIT)) != 0)
    return;
  text += strlen (UNIT);
  from = take_number (&text);
  if (from < 0 || *text++ != '-')
    return;
  if (*text != '\0')
    last = take_number (&text);
  if (*text != '\0' || (last < from && last != total - 1))
    return;
  if (from >= total)
    {
      self->kind = YIHU_BYTE_RANGE_OUTSIDE;
      return;
    }
  self->kind = YIHU_BYTE_RANGE_PART;
  self->from = from;
  self->to = MIN (last, total - 1) + 1;
}
