/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/division-code.h"
#include "cache/cache-private.h"
#include "cache/search.h"

/* What the walks along the indexes (search-walks.c), ranking and unsealing
 * (cache-search.c) and comparing (search-check.c) share. */

G_BEGIN_DECLS

typedef struct
{
  gint64 n; /* of the elder's row; negative: from the overlay */
  gint64 division; /* 0: not looked up */
  const char *pinyin; /* (not owned): one of the search's strings; "": not looked up */
  gint64 kin; /* whose number it is, by the index: n of this kin; 0: not known */
  gboolean has_case; /* it is known what is open, and the last contact */
  YihuSearchHit *hit; /* (owned): has its elder once that is unsealed */
} YihuSearchCandidate;

typedef struct
{
  YihuCache *cache;
  const YihuSearchText *text;
  YihuDivisionRange home;
  guint limit; /* so many hits are shown */
  GCancellable *cancellable;
  GPtrArray *candidates; /* (owned) YihuSearchCandidate */
  GHashTable *seen; /* n */
  GStringChunk *strings;
  gboolean is_home_a_part; /* some of the copy is home and some is not */
  gboolean has_more; /* a walk was cut */
  GPtrArray *kin_overlay; /* (owned) (nullable): kin this desk changed; asked for when needed */
} YihuSearch;

/* NULL where @n is there already. */
YihuSearchCandidate *yihu_search_add (YihuSearch *self,
                                      gint64 n,
                                      gint64 division,
                                      const char *pinyin,
                                      YihuSearchMet met);

/* Whether @candidate, with its elder, is what was typed, and by what it was met. */
gboolean yihu_search_check (YihuSearch *self,
                            YihuSearchCandidate *candidate,
                            gboolean *matches,
                            GError **error);
gboolean yihu_search_walk (YihuSearch *self, GError **error);

G_END_DECLS
