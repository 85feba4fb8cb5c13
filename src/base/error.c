/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The error domain and its one table of wire strings and HTTP statuses. */

#include "base/error.h"

#include <string.h>

G_DEFINE_QUARK (yihu - error - quark, yihu_error)

static const struct
{
  const char *wire;
  guint status;
} codes[YIHU_N_ERRORS] = {
  [YIHU_ERROR_FAILED] = { "failed", 500 },
  [YIHU_ERROR_INVALID] = { "invalid", 400 },
  [YIHU_ERROR_TOO_LARGE] = { "too-large", 413 },
  [YIHU_ERROR_UNAUTHORIZED] = { "unauthorized", 401 },
  [YIHU_ERROR_FORBIDDEN] = { "forbidden", 403 },
  [YIHU_ERROR_NOT_FOUND] = { "not-found", 404 },
  [YIHU_ERROR_CONFLICT] = { "conflict", 409 },
  [YIHU_ERROR_REJECTED] = { "rejected", 409 },
  [YIHU_ERROR_RESNAPSHOT] = { "resnapshot", 410 },
  [YIHU_ERROR_KEY_REUSED] = { "key-reused", 422 },
  [YIHU_ERROR_UNKNOWN] = { "unknown-command", 400 },
  [YIHU_ERROR_VERSION] = { "version", 426 },
  [YIHU_ERROR_DISABLED] = { "disabled", 403 },
  [YIHU_ERROR_SECOND_FACTOR] = { "second-factor", 401 },
  [YIHU_ERROR_BUSY] = { "busy", 429 },
  [YIHU_ERROR_TRIES] = { "too-many-tries", 429 },
  [YIHU_ERROR_QUOTA] = { "quota", 429 },
  [YIHU_ERROR_OFFLINE] = { "offline", 503 },
  [YIHU_ERROR_TIMEOUT] = { "timeout", 504 },
  [YIHU_ERROR_FULL] = { "disk-full", 507 },
  [YIHU_ERROR_CORRUPT] = { "corrupt", 500 },
  [YIHU_ERROR_LOCKED] = { "locked", 423 },
  [YIHU_ERROR_WIPE] = { "wipe", 401 },
  [YIHU_ERROR_CERT_EXPIRED] = { "cert-expired", 525 },
  [YIHU_ERROR_CERT_NAME] = { "cert-name", 525 },
  [YIHU_ERROR_CERT_UNKNOWN] = { "cert-unknown", 525 },
  [YIHU_ERROR_CERT_NEEDED] = { "cert-needed", 525 },
};

const char *
yihu_error_get_wire (YihuError code)
{
  g_return_val_if_fail (code < YIHU_N_ERRORS, "failed");
  return codes[code].wire;
}

guint
yihu_error_get_status (YihuError code)
{
  g_return_val_if_fail (code < YIHU_N_ERRORS, 500);
  return codes[code].status;
}

YihuError
yihu_error_from_wire (const char *wire)
{
  for (guint i = 0; i < YIHU_N_ERRORS; i++)
    if (g_strcmp0 (codes[i].wire, wire) == 0)
      return i;
  return YIHU_ERROR_FAILED;
}

YihuError
yihu_error_from_status (guint status)
{
  for (guint i = 0; i < YIHU_N_ERRORS; i++)
    if (codes[i].status == status)
      return i;
  return YIHU_ERROR_FAILED;
}
