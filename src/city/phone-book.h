/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Invented telephone numbers that never repeat, without remembering those given out: a keyed
 * permutation of each range of numbers (Feistel network, walked until it lands in the range), so
 * that different indices always get different numbers that look random. */

G_BEGIN_DECLS

#define YIHU_PHONE_BOOK_LANDLINES 6000000u /* 0417-2000000 to 0417-7999999 */
#define YIHU_PHONE_BOOK_MOBILES G_GUINT64_CONSTANT (3000000000) /* thirty prefixes */

/* E.164. (transfer full) */
char *yihu_phone_book_landline (guint64 seed, guint64 index);
char *yihu_phone_book_mobile (guint64 seed, guint64 index);

G_END_DECLS
