/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* One-time passwords of authenticator programs: RFC 4226 (HOTP) over time steps of 30 s (RFC 6238),
 * HMAC-SHA1, six digits, and the base32 (RFC 4648) in which people type a seed. Pure. */

G_BEGIN_DECLS

#define YIHU_TOTP_STEP_S 30
#define YIHU_TOTP_DIGITS 6
#define YIHU_TOTP_SEED_BYTES 20 /* RFC 4226, 4: as long as the hash */

/* @digits: 1 to 9. Returns: the code, without leading zeros. */
guint32 yihu_hotp_compute (GBytes *seed, guint64 counter, guint digits);
/* Returns: (transfer full): the six digits at @now_us. */
char *yihu_totp_make_code (GBytes *seed, gint64 now_us);

/* Is @code right now, or one step to either side, and of a step after @last_step? Then @last_step
 * becomes its step: each code is good once. */
gboolean yihu_totp_verify (GBytes *seed, const char *code, gint64 now_us, gint64 *last_step);

char *yihu_base32_encode (GBytes *bytes); /* (transfer full), without padding */
/* Either case; spaces and hyphens do not count. Returns: (transfer full) (nullable): NULL where
 * malformed or empty. */
GBytes *yihu_base32_decode (const char *text);

/* What an authenticator reads from a QR code: otpauth://totp/… (transfer full) */
char *yihu_totp_make_uri (const char *issuer, const char *login, GBytes *seed);

G_END_DECLS
