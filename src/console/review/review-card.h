/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/book.h"
#include "console/review/review-item.h"

/* The order's card: whom, where, by whom, for how much. The elder is masked; a logged reason shows
 * name, telephone, address and identity number for 30 seconds. */

G_BEGIN_DECLS

#define YIHU_TYPE_REVIEW_CARD (yihu_review_card_get_type ())
G_DECLARE_FINAL_TYPE (YihuReviewCard, yihu_review_card, YIHU, REVIEW_CARD, GtkWidget)

GtkWidget *yihu_review_card_new (YihuBook *book);
void yihu_review_card_show (YihuReviewCard *self, YihuReviewItem *item); /* (nullable) */
void yihu_review_card_ask_reason (YihuReviewCard *self); /* opens the popover */
void yihu_review_card_tick (YihuReviewCard *self); /* once a beat: ends a reveal */

G_END_DECLS
