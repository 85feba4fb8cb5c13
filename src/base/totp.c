/* SPDX-License-Identifier: GPL-3.0-or-later */

/* RFC 4226 and RFC 6238 as they are written; nothing here keeps state. */

#include "base/totp.h"

#include <string.h>

#define SHA1_BYTES 20
#define TOLERATED_STEPS 1

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

guint32
yihu_hotp_compute (GBytes *seed, guint64 counter, guint digits)
{
  gsize length = 0;
  const guchar *key = g_bytes_get_data (seed, &length);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, key, length);
  guint64 message = GUINT64_TO_BE (counter);
  guint8 digest[SHA1_BYTES];
  gsize n = sizeof digest;
  guint32 modulus = 1;
  guint32 bits;
  guint offset;

  g_return_val_if_fail (digits >= 1 && digits <= 9, 0);

  g_hmac_update (hmac, (const guchar *) &message, sizeof message);
  g_hmac_get_digest (hmac, digest, &n);
  /* RFC 4226, 5.3: dynamic truncation. */
  offset = digest[n - 1] & 0xf;
  bits = (digest[offset] & 0x7fu) << 24 | digest[offset + 1] << 16 | digest[offset + 2] << 8
         | digest[offset + 3];
  for (guint i = 0; i < digits; i++)
    modulus *= 10;
  return bits % modulus;
}

static gint64
get_step (gint64 now_us)
{
  return now_us / G_USEC_PER_SEC / YIHU_TOTP_STEP_S;
}

char *
yihu_totp_make_code (GBytes *seed, gint64 now_us)
{
  return g_strdup_printf ("%0*u", YIHU_TOTP_DIGITS,
                          yihu_hotp_compute (seed, (guint64) get_step (now_us), YIHU_TOTP_DIGITS));
}

static gboolean
read_code (const char *code, guint32 *value)
{
  guint n = 0;

  *value = 0;
  for (const char *c = code; *c != '\0'; c++)
    {
      if (*c == ' ')
        continue;
      if (!g_ascii_isdigit (*c) || ++n > YIHU_TOTP_DIGITS)
        return FALSE;
      *value = *value * 10 + (guint32) (*c - '0');
    }
  return n == YIHU_TOTP_DIGITS;
}

gboolean
yihu_totp_verify (GBytes *seed, const char *code, gint64 now_us, gint64 *last_step)
{
  gint64 present = get_step (now_us);
  guint32 value = 0;

  if (!read_code (code, &value))
    return FALSE;
  for (gint64 step = present - TOLERATED_STEPS; step <= present + TOLERATED_STEPS; step++)
    if (step > *last_step && yihu_hotp_compute (seed, (guint64) step, YIHU_TOTP_DIGITS) == value)
      {
        *last_step = step;
        return TRUE;
      }
  return FALSE;
}

char *
yihu_base32_encode (GBytes *bytes)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  GString *text = g_string_sized_new (length * 8 / 5 + 1);
  guint32 bits = 0;
  guint n_bits = 0;

  for (gsize i = 0; i < length; i++)
    {
      bits = bits << 8 | data[i];
      for (n_bits += 8; n_bits >= 5; n_bits -= 5)
        g_string_append_c (text, alphabet[bits >> (n_bits - 5) & 31]);
      bits &= 0xff;
    }
  if (n_bits > 0)
    g_string_append_c (text, alphabet[bits << (5 - n_bits) & 31]);
  return g_string_free (text, FALSE);
}

GBytes *
yihu_base32_decode (const char *text)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint32 bits = 0;
  guint n_bits = 0;

  for (const char *c = text; *c != '\0' && *c != '='; c++)
    {
      const char *place;

      if (*c == ' ' || *c == '-')
        continue;
      place = strchr (alphabet, g_ascii_toupper (*c));
      if (place == NULL)
        return NULL;
      bits = bits << 5 | (guint32) (place - alphabet);
      n_bits += 5;
      if (n_bits >= 8)
        {
          guint8 byte = bits >> (n_bits - 8) & 0xff;

          n_bits -= 8;
          g_byte_array_append (bytes, &byte, 1);
        }
      bits &= 0xfff;
    }
  if (bytes->len == 0)
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

char *
yihu_totp_make_uri (const char *issuer, const char *login, GBytes *seed)
{
  g_autofree char *secret = yihu_base32_encode (seed);
  g_autofree char *who = g_uri_escape_string (login, NULL, FALSE);
  g_autofree char *where = g_uri_escape_string (issuer, NULL, FALSE);

  return g_strdup_printf ("otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=%d&"
                          "period=%d",
                          where, who, secret, where, YIHU_TOTP_DIGITS, YIHU_TOTP_STEP_S);
}
