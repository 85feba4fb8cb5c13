/* SPDX-License-Identifier: GPL-3.0-or-later */

/* UUID version 7 after RFC 9562: 48 bits of Unix milliseconds, version, 12 random bits, variant, 62
 * random bits. Within a process ids only grow: where the clock has not moved on since the last id
 * (or went back), the last id's random part is increased by a random step instead of drawn anew. */

#include "base/identifier.h"

#include <sodium.h>
#include <string.h>

#define LOW_BITS 62
#define HIGH_BITS 12
#define LOW_MASK ((G_GUINT64_CONSTANT (1) << LOW_BITS) - 1)
#define HIGH_MASK ((G_GUINT64_CONSTANT (1) << HIGH_BITS) - 1)
#define MS_MASK ((G_GUINT64_CONSTANT (1) << 48) - 1)

static char *
identifier_print (guint64 ms, guint64 high, guint64 low)
{
  guint64 first = ((ms & MS_MASK) << 16) | (G_GUINT64_CONSTANT (7) << 12) | (high & HIGH_MASK);
  guint64 second = (G_GUINT64_CONSTANT (2) << LOW_BITS) | (low & LOW_MASK);

  return g_strdup_printf ("%08x-%04x-%04x-%04x-%04x%08x", (guint) (first >> 32),
                          (guint) (first >> 16) & 0xffff, (guint) first & 0xffff,
                          (guint) (second >> 48), (guint) (second >> 32) & 0xffff, (guint) second);
}

char *
yihu_identifier_new_at (gint64 at_us, guint64 random_high, guint64 random_low)
{
  return identifier_print ((guint64) at_us / 1000, random_high, random_low);
}

char *
yihu_identifier_new (void)
{
  static GMutex lock;
  static guint64 last_ms, last_high, last_low;
  guint64 now_ms = (guint64) g_get_real_time () / 1000;
  guint64 random[2];
  guint64 ms, high, low;

  randombytes_buf (random, sizeof random);

  g_mutex_lock (&lock);
  if (now_ms > last_ms)
    {
      last_ms = now_ms;
      last_high = random[0] & HIGH_MASK;
      last_low = random[1] & LOW_MASK;
    }
  else
    {
      last_low += 1 + (random[1] & 0xffffffff);
      if (last_low > LOW_MASK)
        {
          last_low &= LOW_MASK;
          last_high++;
        }
      if (last_high > HIGH_MASK)
        {
          last_high = 0;
          last_ms++;
        }
    }
  ms = last_ms;
  high = last_high;
  low = last_low;
  g_mutex_unlock (&lock);

  return identifier_print (ms, high, low);
}

gboolean
yihu_identifier_is_valid (const char *text)
{
  if (text == NULL || strnlen (text, YIHU_IDENTIFIER_LENGTH + 1) != YIHU_IDENTIFIER_LENGTH)
    return FALSE;
  for (guint i = 0; i < YIHU_IDENTIFIER_LENGTH; i++)
    {
      gboolean is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;

      if (is_hyphen ? text[i] != '-' : !g_ascii_isxdigit (text[i]) || g_ascii_isupper (text[i]))
        return FALSE;
    }
  return text[14] == '7' && strchr ("89ab", text[19]) != NULL;
}

gboolean
yihu_identifier_pack (const char *text, guint8 *bytes)
{
  if (!yihu_identifier_is_valid (text))
    return FALSE;
  for (guint i = 0; i < YIHU_IDENTIFIER_BYTES; i++)
    {
      if (*text == '-')
        text++;
      bytes[i] = (guint8) (g_ascii_xdigit_value (text[0]) << 4 | g_ascii_xdigit_value (text[1]));
      text += 2;
    }
  return TRUE;
}

void
yihu_identifier_unpack (const guint8 *bytes, char *text)
{
  static const char digits[] = "0123456789abcdef";

  for (guint i = 0; i < YIHU_IDENTIFIER_BYTES; i++)
    {
      if (i == 4 || i == 6 || i == 8 || i == 10)
        *text++ = '-';
      *text++ = digits[bytes[i] >> 4];
      *text++ = digits[bytes[i] & 15];
    }
  *text = '\0';
}
