/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/cache.h"
#include "cache/search-text.h"

/* Search as you type over the whole copy: names in characters, pinyin, initials, both mixed, ends
 * of telephone numbers (own and kin's) and of ID numbers, numbers of terminals, parts of addresses.
 * What was found says how it was met, and everything but names is compared with the unsealed row,
 * so nobody is shown for a number that is not theirs. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_SEARCH_MET_NAME, /* the name, its reading or its initials */
  YIHU_SEARCH_MET_ASIDE, /* another reading, or the given name alone */
  YIHU_SEARCH_MET_PHONE,
  YIHU_SEARCH_MET_KIN_PHONE,
  YIHU_SEARCH_MET_ID,
  YIHU_SEARCH_MET_DEVICE,
  YIHU_SEARCH_MET_ADDRESS,
} YihuSearchMet;

typedef struct
{
  YihuElder *elder; /* (owned) */
  YihuSearchMet met;
  char *number; /* (owned) (nullable): the telephone or terminal number that was met */
  char *relation; /* (owned) (nullable): KIN_PHONE: whose it is */
  gint64 n_open; /* orders and calls under way */
  gint64 contact_at_us; /* the last call; 0: none */
} YihuSearchHit;

typedef struct
{
  YihuSearchKind kind; /* below YIHU_SEARCH_DIGITS: why there are no hits */
  GPtrArray *hits; /* (owned) (element-type YihuSearchHit): best first */
  gboolean has_more; /* there are, or may be, more than these */
  gboolean address_waits; /* characters, but too few for addresses */
} YihuSearchResult;

/* Rank: districts of @home_lo <= code < @home_hi, then who has something open, then the latest
 * contact, then how it was met, then the name's pinyin (by which only those who are shown are put
 * in order, where the way of typing does not go along it); the same question has the same order. At
 * most @limit. G_IO_ERROR_CANCELLED within milliseconds of @cancellable. The cache's thread.
 * (transfer full) */
YihuSearchResult *yihu_cache_search (YihuCache *self,
                                     const char *text,
                                     gint64 home_lo,
                                     gint64 home_hi,
                                     guint limit,
                                     GCancellable *cancellable,
                                     GError **error);
void yihu_search_result_free (YihuSearchResult *self);
void yihu_search_hit_free (YihuSearchHit *self);

/* Of a text for which nothing was looked up: no copy, nobody logged in. */
YihuSearchResult *yihu_search_result_new (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuSearchResult, yihu_search_result_free)

G_END_DECLS
