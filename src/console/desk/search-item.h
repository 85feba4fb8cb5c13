/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cache/search.h"

#include <gio/gio.h>

/* Somebody whom a search found, as an item of a GListModel. */

G_BEGIN_DECLS

#define YIHU_TYPE_SEARCH_ITEM (yihu_search_item_get_type ())
G_DECLARE_FINAL_TYPE (YihuSearchItem, yihu_search_item, YIHU, SEARCH_ITEM, GObject)

YihuSearchItem *yihu_search_item_new (YihuSearchHit *hit); /* (transfer full) */
const YihuSearchHit *yihu_search_item_get (YihuSearchItem *self); /* (transfer none) */

/* Whether both would be drawn alike. */
/* Replaces the hit by @hit (transfer full) and emits "changed". */
void yihu_search_item_take (YihuSearchItem *self, YihuSearchHit *hit);
gboolean yihu_search_item_equals (YihuSearchItem *self, const YihuSearchHit *hit);

G_END_DECLS
