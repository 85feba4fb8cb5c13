/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The one error domain for conditions that are expected: bad input, refusals, absence, outages.
 * One table maps each code to its wire string and to an HTTP status; both directions are tested.
 * The sentence that a person reads is made in console/ only. */

G_BEGIN_DECLS

#define YIHU_ERROR (yihu_error_quark ())

typedef enum
{
  YIHU_ERROR_FAILED, /* "failed" 500: something unforeseen; the message says what was attempted */
  YIHU_ERROR_INVALID, /* "invalid" 400: malformed text, JSON, field, number, CSV */
  YIHU_ERROR_TOO_LARGE, /* "too-large" 413: over a size or count limit */
  YIHU_ERROR_UNAUTHORIZED, /* "unauthorized" 401: wrong password, no or expired token */
  YIHU_ERROR_FORBIDDEN, /* "forbidden" 403: role or district does not allow it */
  YIHU_ERROR_NOT_FOUND, /* "not-found" 404 */
  YIHU_ERROR_CONFLICT, /* "conflict" 409: somebody else changed it first; the current row is
                          attached */
  YIHU_ERROR_REJECTED, /* "rejected" 409: the flow table knows no such move from this state */
  YIHU_ERROR_RESNAPSHOT, /* "resnapshot" 410: the cursor is too old, fetch a snapshot once */
  YIHU_ERROR_KEY_REUSED, /* "key-reused" 422: same idempotency key, another body */
  YIHU_ERROR_UNKNOWN, /* "unknown-command" 400: a command or verb that this version lacks */
  YIHU_ERROR_VERSION, /* "version" 426: the other side speaks a newer protocol */
  YIHU_ERROR_DISABLED, /* "disabled" 403: the account is closed; said only after its password */
  YIHU_ERROR_SECOND_FACTOR, /* "second-factor" 401: the password was right, a code is asked */
  YIHU_ERROR_BUSY, /* "busy" 429: rate limit or full queue, try again later */
  YIHU_ERROR_TRIES, /* "too-many-tries" 429: a name is locked; retry_after_s says how long */
  YIHU_ERROR_QUOTA, /* "quota" 429: this account has seen as much as it may for now */
  YIHU_ERROR_OFFLINE, /* "offline" 503: no connection */
  YIHU_ERROR_TIMEOUT, /* "timeout" 504: a deadline passed */
  YIHU_ERROR_FULL, /* "disk-full" 507: no space left; nothing was acknowledged */
  YIHU_ERROR_CORRUPT, /* "corrupt" 500: a stored file is damaged */
  YIHU_ERROR_LOCKED, /* "locked" 423: the key of the local copy is not to be had */
  YIHU_ERROR_WIPE, /* "wipe" 401: the account is closed or this computer is to be cleared: a console
                      removes its copy and its keys */
  YIHU_ERROR_CERT_EXPIRED, /* "cert-expired" 525: the other side's certificate is out of date */
  YIHU_ERROR_CERT_NAME, /* "cert-name" 525: the certificate is for other names */
  YIHU_ERROR_CERT_UNKNOWN, /* "cert-unknown" 525: no authority that is trusted here signed it */
  YIHU_ERROR_CERT_NEEDED, /* "cert-needed" 525: the server asks for a client's certificate */
  YIHU_N_ERRORS,
} YihuError;

GQuark yihu_error_quark (void);
const char *yihu_error_get_wire (YihuError code);
guint yihu_error_get_status (YihuError code);
YihuError yihu_error_from_wire (const char *wire);
YihuError yihu_error_from_status (guint status);

G_END_DECLS
