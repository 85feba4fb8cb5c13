/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Challenge and check. A nonce is "TIME.MARK", both hexadecimal, the mark HMAC-SHA-256 of the time
 * under a key that lives as long as the process. Passwords are 128 random-looking bits
 * (wire/sip-credential.h), so nothing here counts attempts. */

#include "voice/sip/digest.h"

#include <gio/gio.h>
#include <string.h>

#define NONCE_SECONDS 300
#define MARK_LENGTH 32

struct _YihuDigest
{
  YihuClock *clock; /* (owned) */
  char *realm; /* (owned) */
  guint8 key[32];
};

YihuDigest *
yihu_digest_new (YihuClock *clock, const char *realm)
{
  YihuDigest *self = g_new0 (YihuDigest, 1);

  self->clock = g_object_ref (clock);
  self->realm = g_strdup (realm);
  for (guint i = 0; i < sizeof self->key; i += 4)
    {
      guint32 word = g_random_int ();
      memcpy (self->key + i, &word, 4);
    }
  return self;
}

void
yihu_digest_free (YihuDigest *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->clock);
  g_free (self->realm);
  g_free (self);
}

static char *
make_nonce (YihuDigest *self, gint64 at_us)
{
  g_autofree char *time = g_strdup_printf ("%" G_GINT64_MODIFIER "x", at_us);
  g_autofree char *mark =
      g_compute_hmac_for_string (G_CHECKSUM_SHA256, self->key, sizeof self->key, time, -1);

  return g_strdup_printf ("%s.%.*s", time, MARK_LENGTH, mark);
}

static gboolean
equal_in_constant_time (const char *a, const char *b)
{
  gsize length = strlen (a);
  guint difference = 0;

  if (strlen (b) != length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    difference |= (guint) (guchar) a[i] ^ (guint) (guchar) b[i];
  return difference == 0;
}

/* The time of one of our nonces, -1 for anybody else's. */
static gint64
read_nonce (YihuDigest *self, const char *nonce)
{
  guint64 at_us = g_ascii_strtoull (nonce, NULL, 16);
  g_autofree char *expected = make_nonce (self, (gint64) at_us);

  return equal_in_constant_time (expected, nonce) ? (gint64) at_us : -1;
}

char *
yihu_digest_make_challenge (YihuDigest *self, gboolean is_stale)
{
  g_autofree char *nonce = make_nonce (self, yihu_clock_get_now_us (self->clock));

  return g_strdup_printf ("Digest realm=\"%s\", nonce=\"%s\", algorithm=MD5, qop=\"auth\"%s",
                          self->realm, nonce, is_stale ? ", stale=true" : "");
}

static char *
md5 (const char *text)
{
  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

char *
yihu_digest_compute (const char *method, const YihuDigestAnswer *answer, const char *password)
{
  g_autofree char *a1 = g_strdup_printf ("%s:%s:%s", answer->username, answer->realm, password);
  g_autofree char *a2 = g_strdup_printf ("%s:%s", method, answer->uri);
  g_autofree char *hash1 = md5 (a1);
  g_autofree char *hash2 = md5 (a2);
  g_autofree char *whole = answer->qop != NULL
                               ? g_strdup_printf ("%s:%s:%s:%s:%s:%s", hash1, answer->nonce,
                                                  answer->nc, answer->cnonce, answer->qop, hash2)
                               : g_strdup_printf ("%s:%s:%s", hash1, answer->nonce, hash2);

  return md5 (whole);
}

YihuDigestVerdict
yihu_digest_check (YihuDigest *self,
                   const char *method,
                   const YihuDigestAnswer *answer,
                   const char *password)
{
  g_autofree char *expected = NULL;
  gint64 at_us;
  gint64 age_us;

  if (answer->username == NULL || answer->realm == NULL || answer->nonce == NULL
      || answer->uri == NULL || answer->response == NULL
      || strcmp (answer->realm, self->realm) != 0)
    return YIHU_DIGEST_BAD;
  if (answer->qop != NULL
      && (strcmp (answer->qop, "auth") != 0 || answer->nc == NULL || answer->cnonce == NULL))
    return YIHU_DIGEST_BAD;
  at_us = read_nonce (self, answer->nonce);
  if (at_us < 0)
    return YIHU_DIGEST_STALE; /* of an earlier life of this program: ask again */
  expected = yihu_digest_compute (method, answer, password);
  if (!equal_in_constant_time (expected, answer->response))
    return YIHU_DIGEST_BAD;
  age_us = yihu_clock_get_now_us (self->clock) - at_us;
  return age_us >= 0 && age_us <= (gint64) NONCE_SECONDS * G_USEC_PER_SEC ? YIHU_DIGEST_GOOD
                                                                          : YIHU_DIGEST_STALE;
}
