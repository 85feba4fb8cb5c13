/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/search.h"

/* What the search says: of a person found, and of a search that found nobody. All (transfer full)
 * unless said otherwise. */

G_BEGIN_DECLS

/* A search without rows: what it looks like and says. Never looks like another one of these. */
typedef struct
{
  const char *icon;
  const char *title; /* translated */
  const char *text; /* translated */
} YihuSearchNote;

YihuSearchNote yihu_search_note (const YihuSearchResult *result); /* NULL: nothing was asked yet */
YihuSearchNote yihu_search_note_failed (void);
YihuSearchNote yihu_search_note_loading (void); /* the copy is on its way */

/* One line above the rows: how many, and whether to go on typing. */
char *yihu_search_words_count (const YihuSearchResult *result);

char *yihu_search_words_title (const YihuSearchHit *hit, int today);
char *yihu_search_words_subtitle (const YihuSearchHit *hit, const char *place, const char *typed);
/* "2 open", "3 h ago"; "" where there was nothing. @css_class: (out) (nullable) (transfer none). */
char *yihu_search_words_figure (const YihuSearchHit *hit, gint64 now_us, const char **css_class);

G_END_DECLS
