/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/review/review-item.h"

/* All orders that the review has read, and of them, as a GListModel, those that pass the filter,
 * oldest finished first. Main thread, no book: whoever reads the orders puts them here. */

G_BEGIN_DECLS

#define YIHU_TYPE_REVIEW_LIST (yihu_review_list_get_type ())
G_DECLARE_FINAL_TYPE (YihuReviewList, yihu_review_list, YIHU, REVIEW_LIST, GObject)

#define YIHU_REVIEW_ANY (-1)

typedef struct
{
  guint state_mask; /* 1 << YihuOrderState */
  int verdict; /* YihuReviewVerdict or YIHU_REVIEW_ANY */
  const char *provider; /* (nullable) id */
  const char *text; /* (nullable) as typed */
} YihuReviewFilter;

typedef struct
{
  guint waiting; /* finished, not decided; of these: */
  guint by_verdict[YIHU_REVIEW_N_VERDICTS];
  guint decided_this_month; /* approved or returned, finished in the month of @now_us */
  guint finished_this_month; /* these and the waiting ones of the month */
} YihuReviewCounts;

/* Signal: "counts-changed" (). */
YihuReviewList *yihu_review_list_new (void);

/* Adds or replaces (by order id), whatever the number with one change of the model. */
void yihu_review_list_put (YihuReviewList *self, YihuReviewItem *const *items, guint n_items);
void yihu_review_list_remove (YihuReviewList *self, const char *order);
void yihu_review_list_clear (YihuReviewList *self);

/* The old rows go in one step and the new ones come in a second one: GTK 4.8 walks all rows of a
 * change that does both. */
void yihu_review_list_set_filter (YihuReviewList *self, const YihuReviewFilter *filter);

YihuReviewItem *yihu_review_list_find (YihuReviewList *self, const char *order); /* (nullable) */
guint yihu_review_list_find_position (YihuReviewList *self,
                                      const char *order); /* GTK_INVALID_LIST_POSITION: not shown */
guint yihu_review_list_count_all (YihuReviewList *self);
void yihu_review_list_count (YihuReviewList *self, gint64 now_us, YihuReviewCounts *counts);

G_END_DECLS
