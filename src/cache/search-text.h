/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What somebody typed into the search field, folded (base/fold.h), ü as v. It is digits (the end of
 * a number), letters (pinyin, initials, or both mixed), both (the number of a terminal, the end of
 * an ID number) or characters (a name, part of an address). No set-up, any thread. */

G_BEGIN_DECLS

#define YIHU_SEARCH_TEXT_MAX 64 /* characters */
#define YIHU_SEARCH_MIN_DIGITS 3
#define YIHU_SEARCH_MIN_ADDRESS 3 /* characters */
#define YIHU_SEARCH_MAX_PIECES 8
#define YIHU_SEARCH_MAX_CUTS 4

typedef enum
{
  YIHU_SEARCH_NOTHING, /* blank */
  YIHU_SEARCH_TOO_SHORT, /* fewer than YIHU_SEARCH_MIN_DIGITS digits */
  YIHU_SEARCH_TOO_LONG,
  YIHU_SEARCH_UNREADABLE, /* control characters, not UTF-8, no letter or digit at all */
  YIHU_SEARCH_DIGITS,
  YIHU_SEARCH_LETTERS,
  YIHU_SEARCH_CODE, /* letters and digits */
  YIHU_SEARCH_NAME,
} YihuSearchKind;

/* A text cut into syllables and the letters that begin one: "zhengsq" is "zheng", "s", "q" with the
 * initials "zsq". The last piece may be any beginning of a syllable. */
typedef struct
{
  char *initials; /* (owned) */
  char *pieces[YIHU_SEARCH_MAX_PIECES]; /* (owned) */
  guint n_pieces; /* at least two */
} YihuSearchCut;

typedef struct
{
  YihuSearchKind kind;
  char *text; /* (owned): never NULL */

  /* LETTERS: the ways of cutting it that come into question for mixed typing, the one of fewest
   * pieces first: "zhaiyun" is 翟云, and 赵海云 as "z", "hai", "yun". Initials alone are none. */
  YihuSearchCut cuts[YIHU_SEARCH_MAX_CUTS];
  guint n_cuts;
} YihuSearchText;

YihuSearchText *yihu_search_text_new (const char *typed);
void yihu_search_text_free (YihuSearchText *self);

/* Whether a cut fits a name of this pinyin: each piece is the beginning of a syllable. */
gboolean yihu_search_text_matches_pinyin (const YihuSearchText *self, const char *pinyin);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuSearchText, yihu_search_text_free)

G_END_DECLS
