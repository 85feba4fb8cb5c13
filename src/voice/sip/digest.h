/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

/* HTTP digest (RFC 2617, qop=auth, MD5, as SIP phones speak it) without a list of nonces: a nonce
 * carries its time and a keyed mark, so it is checked by arithmetic. */

G_BEGIN_DECLS

typedef struct _YihuDigest YihuDigest;

/* Parameters of an Authorization header, without quotation marks; missing ones are NULL. */
typedef struct
{
  const char *username;
  const char *realm;
  const char *nonce;
  const char *uri;
  const char *response;
  const char *qop;
  const char *nc;
  const char *cnonce;
} YihuDigestAnswer;

typedef enum
{
  YIHU_DIGEST_GOOD,
  YIHU_DIGEST_STALE, /* right password, old nonce: challenge again */
  YIHU_DIGEST_BAD,
} YihuDigestVerdict;

YihuDigest *yihu_digest_new (YihuClock *clock, const char *realm);
void yihu_digest_free (YihuDigest *self);

/* Value of WWW-Authenticate. (transfer full) */
char *yihu_digest_make_challenge (YihuDigest *self, gboolean is_stale);
YihuDigestVerdict yihu_digest_check (YihuDigest *self,
                                     const char *method,
                                     const YihuDigestAnswer *answer,
                                     const char *password);

/* What a client computes. (transfer full) */
char *
yihu_digest_compute (const char *method, const YihuDigestAnswer *answer, const char *password);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuDigest, yihu_digest_free)

G_END_DECLS
