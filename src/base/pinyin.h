/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Readings of Chinese names for search. Table made at build time from Unihan (Debian:
 * unicode-data); own lists of surnames (single, double, polyphonic) come first. Any thread; no
 * set-up. */

G_BEGIN_DECLS

typedef struct
{
  char *full; /* "wangxiuying": everyday reading, a surname read as a surname; ü written v */
  char *initials; /* "wxy" */
  char **others; /* (array zero-terminated=1): further keys: other readings (full and initials), u
                  * for v, and the given name alone in full; no duplicates of the first two */
} YihuPinyin;

YihuPinyin *
yihu_pinyin_new (const char *name); /* characters without reading are kept, lower-cased */
void yihu_pinyin_free (YihuPinyin *self);

/* Where the given name begins in @name: after the surname, or after the last middle dot of a name
 * that has one (买买提·古丽). The end of @name where there is no given name. */
const char *yihu_pinyin_skip_surname (const char *name);

/* Toneless readings of one character, most common first, comma separated; NULL where there are
 * none. */
const char *yihu_pinyin_get_readings (gunichar character);

/* All toneless syllables that begin with @prefix, sorted. Returns: how many from @first (out)
 * (transfer none) on. */
guint yihu_pinyin_find_syllables (const char *prefix, const char *const **first);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuPinyin, yihu_pinyin_free)

G_END_DECLS
