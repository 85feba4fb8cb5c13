/* SPDX-License-Identifier: GPL-3.0-or-later */

/* SIP users and passwords that the switchboard can check by itself, while the server is away: the
 * user name carries its own end, the password proves that the server made it. */

#include "wire/sip-credential.h"

#include "base/error.h"

#include <sodium.h>
#include <string.h>

#define PASSWORD_BYTES 16
#define SEAT_MAX_BYTES 16
#define EXPIRY_MAX_DIGITS 12

char *
yihu_sip_credential_make_user (const char *seat, gint64 expires_at_us)
{
  return g_strdup_printf ("%s.%" G_GINT64_FORMAT, seat, expires_at_us / G_USEC_PER_SEC);
}

char *
yihu_sip_credential_make_password (const char *user, GBytes *secret)
{
  unsigned char hash[PASSWORD_BYTES];
  gsize key_length;
  const unsigned char *key = g_bytes_get_data (secret, &key_length);
  gsize text_length =
      sodium_base64_encoded_len (sizeof hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  char *text;

  g_return_val_if_fail (key_length >= crypto_generichash_KEYBYTES_MIN
                            && key_length <= crypto_generichash_KEYBYTES_MAX,
                        NULL);

  text = g_malloc (text_length);
  crypto_generichash (hash, sizeof hash, (const unsigned char *) user, strlen (user), key,
                      key_length);
  return sodium_bin2base64 (text, text_length, hash, sizeof hash,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static gboolean
seat_is_valid (const char *seat, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (seat[i]) && seat[i] != '-')
      return FALSE;
  return length >= 1 && length <= SEAT_MAX_BYTES;
}

/* Seconds, or -1. */
static gint64
parse_expiry (const char *digits)
{
  gsize length = strlen (digits);

  if (length == 0 || length > EXPIRY_MAX_DIGITS || strspn (digits, "0123456789") != length)
    return -1;
  return g_ascii_strtoll (digits, NULL, 10);
}

gboolean
yihu_sip_credential_parse_user (const char *user, gint64 now_us, char **seat, GError **error)
{
  const char *dot = user != NULL ? strrchr (user, '.') : NULL;
  gint64 expires_at_s =
      dot != NULL && seat_is_valid (user, (gsize) (dot - user)) ? parse_expiry (dot + 1) : -1;

  if (expires_at_s < 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED, "the SIP user is malformed");
      return FALSE;
    }
  if (expires_at_s * G_USEC_PER_SEC <= now_us)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED, "the SIP user has expired");
      return FALSE;
    }
  *seat = g_strndup (user, (gsize) (dot - user));
  return TRUE;
}
