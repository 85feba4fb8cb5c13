/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Short-lived SIP credentials of operators: user "SEAT.EXPIRY" (seconds UTC), password = URL-safe
 * base64 of keyed BLAKE2b (16 bytes) of the user name under a secret that server and switchboard
 * share. */

G_BEGIN_DECLS

char *yihu_sip_credential_make_user (const char *seat, gint64 expires_at_us);
char *yihu_sip_credential_make_password (const char *user, GBytes *secret);

/* @seat: (out) (transfer full). UNAUTHORIZED where malformed or expired at @now_us. */
gboolean
yihu_sip_credential_parse_user (const char *user, gint64 now_us, char **seat, GError **error);

G_END_DECLS
