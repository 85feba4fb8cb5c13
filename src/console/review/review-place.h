/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"
#include "console/panel.h"
#include "console/review/review-item.h"

/* 定位核验: the address and the place of the check-in on the map, with the distance. */

G_BEGIN_DECLS

#define YIHU_TYPE_REVIEW_PLACE (yihu_review_place_get_type ())
G_DECLARE_FINAL_TYPE (YihuReviewPlace, yihu_review_place, YIHU, REVIEW_PLACE, GtkWidget)

GtkWidget *yihu_review_place_new (YihuBook *book);
void yihu_review_place_show (YihuReviewPlace *self, YihuReviewItem *item); /* (nullable) */
void yihu_review_place_tick (YihuReviewPlace *self); /* takes the base map once it is there */

G_END_DECLS
