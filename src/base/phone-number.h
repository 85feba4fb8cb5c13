/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Telephone numbers as they come from trunks, terminals, files and people, brought to one form:
 * E.164 ("+86..."), short codes and 400/800 numbers as they are. Rules: docs/numbers.md. */

G_BEGIN_DECLS

#define YIHU_PHONE_NUMBER_MAX 64 /* bytes of raw text that are looked at */

/* @area_code: the deployment's default, "0417"; used where a landline comes without one.
 * Returns: (transfer full) (nullable): normalised, ",EXT" appended where an extension was given
 * ("+864171234567,8001"); NULL for anonymous, empty or malformed: never a guess. Idempotent. */
char *yihu_phone_number_normalize (const char *raw, const char *area_code);

/* Local way of writing, for the screen: "0417-2817 331", "138 3790 4412", "12349". (transfer full)
 */
char *yihu_phone_number_format (const char *normalized);

/* Masked for screen and log: "138****4412", "0417-***7331". (transfer full) */
char *yihu_phone_number_mask (const char *normalized);

/* Digits only, reversed, without country code: the key for tail search. (transfer full) */
char *yihu_phone_number_reverse (const char *normalized);

G_END_DECLS
