/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/geo-point.h"
#include "console/book.h"
#include "domain/kinds.h"

/* The slow-moving part of the register as the desk needs it: items by category, who offers an item,
 * who is near. Filled from the book, followed by its signals. Main thread. */

G_BEGIN_DECLS

#define YIHU_TYPE_CATALOGUE (yihu_catalogue_get_type ())
G_DECLARE_FINAL_TYPE (YihuCatalogue, yihu_catalogue, YIHU, CATALOGUE, GObject)

/* Signal: "changed" (). */
YihuCatalogue *yihu_catalogue_new (YihuBook *book);

GPtrArray *yihu_catalogue_list_items (YihuCatalogue *self,
                                      gint64 category); /* (transfer container) YihuServiceItem */
GPtrArray *yihu_catalogue_get_providers (YihuCatalogue *self); /* YihuProvider */
GPtrArray *yihu_catalogue_get_institutions (YihuCatalogue *self); /* YihuInstitution */
YihuServiceItem *yihu_catalogue_get_item (YihuCatalogue *self, const char *id); /* (nullable) */
YihuProvider *yihu_catalogue_get_provider (YihuCatalogue *self, const char *id); /* (nullable) */
const char *yihu_catalogue_get_item_name (YihuCatalogue *self, const char *id); /* "" unknown */
const char *yihu_catalogue_get_provider_name (YihuCatalogue *self, const char *id);

typedef struct
{
  YihuProvider *provider; /* (owned) */
  gint64 price_fen;
  gint64 subsidy_fen;
  double distance_m; /* -1: unknown */
} YihuOffer;

/* Who offers @item, best first: whole kilometres of straight line, then what the elder pays, then
 * stars. Suspended providers are left out. The subsidy is what the server will write into the
 * order. */
GPtrArray *yihu_catalogue_rank_offers (YihuCatalogue *self,
                                       const char *item,
                                       YihuGeoPoint elder); /* (transfer full) YihuOffer */

/* The institution nearest to @point that has a camera, and that camera. */
YihuInstitution *yihu_catalogue_find_watched (YihuCatalogue *self,
                                              YihuGeoPoint point,
                                              YihuCamera **camera); /* (nullable) (transfer none) */

/* Minutes on the road estimated from a straight line: x 1.35 at @kmh, at least 1. */
int yihu_estimate_minutes (double distance_m, double kmh);

G_END_DECLS
