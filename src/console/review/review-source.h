/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"
#include "console/review/review-list.h"

/* Fills a YihuReviewList from the book and keeps it true: reads in slices of 2 ms, verifies on
 * worker threads, follows the feed. */

G_BEGIN_DECLS

#define YIHU_TYPE_REVIEW_SOURCE (yihu_review_source_get_type ())
G_DECLARE_FINAL_TYPE (YihuReviewSource, yihu_review_source, YIHU, REVIEW_SOURCE, GObject)

/* States of orders that the review keeps. */
#define YIHU_REVIEW_STATES                                                                         \
  ((1u << YIHU_ORDER_FINISHED) | (1u << YIHU_ORDER_APPROVED) | (1u << YIHU_ORDER_RETURNED))

typedef enum
{
  YIHU_REVIEW_LOADING,
  YIHU_REVIEW_READY,
  YIHU_REVIEW_FAILED, /* see get_error */
} YihuReviewState;

/* Signal: "changed" (): state or progress. */
YihuReviewSource *yihu_review_source_new (YihuBook *book, YihuReviewList *list);
void yihu_review_source_reload (YihuReviewSource *self);

YihuReviewState yihu_review_source_get_state (YihuReviewSource *self);
const GError *yihu_review_source_get_error (YihuReviewSource *self); /* (nullable) */
/* Orders that are not yet verified, of all that are being read. */
void yihu_review_source_get_progress (YihuReviewSource *self, guint *left, guint *total);

/* An own decision shows at once, before the book tells it. */
void yihu_review_source_show_decision (YihuReviewSource *self, YihuOrder *order);

G_END_DECLS
