/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "domain/kinds.h"

/* One finished order as the review sees it: the order, its elder, its steps, and what the automatic
 * verification says. Immutable after yihu_review_item_verify(), which may run in any thread. */

G_BEGIN_DECLS

#define YIHU_TYPE_REVIEW_ITEM (yihu_review_item_get_type ())
G_DECLARE_FINAL_TYPE (YihuReviewItem, yihu_review_item, YIHU, REVIEW_ITEM, GObject)

typedef enum
{
  YIHU_REVIEW_SOUND, /* ✓ every check passed */
  YIHU_REVIEW_DOUBT, /* ◆ somebody should look */
  YIHU_REVIEW_WRONG, /* ▲ contradicts the order */
  YIHU_REVIEW_N_VERDICTS,
} YihuReviewVerdict;

typedef struct
{
  YihuReviewVerdict verdict;
  const char *verb; /* step that failed, "arrive"; static; "" where it is none of them */
  char *brief; /* (owned) (nullable) for the table: "1.2 km off the address"; NULL: sound */
  char *text; /* (owned) for the timeline, with what is allowed */
} YihuReviewFinding;

/* Takes references. @elder, @service, @provider: (nullable). @steps: YihuOrderStep by time. */
YihuReviewItem *yihu_review_item_new (YihuOrder *order,
                                      YihuElder *elder,
                                      YihuServiceItem *service,
                                      YihuProvider *provider,
                                      GPtrArray *steps,
                                      const char *community);
/* The same with the order in another state (own decision): findings are kept. */
YihuReviewItem *yihu_review_item_new_with_order (YihuReviewItem *self, YihuOrder *order);

/* Field staff of a demo city who hurry @pace times: their visits are judged in the city's time. */
void yihu_review_item_set_pace (YihuReviewItem *self, double pace);

/* Runs the checks and makes the search key. */
void yihu_review_item_verify (YihuReviewItem *self);

const YihuOrder *yihu_review_item_get_order (YihuReviewItem *self);
const YihuElder *yihu_review_item_get_elder (YihuReviewItem *self); /* (nullable) */
const YihuServiceItem *yihu_review_item_get_service (YihuReviewItem *self); /* (nullable) */
const YihuProvider *yihu_review_item_get_provider (YihuReviewItem *self); /* (nullable) */
const GPtrArray *yihu_review_item_get_steps (YihuReviewItem *self);
/* YihuReviewFinding, worst first, with what is sound. (nullable) until verified */
const GPtrArray *yihu_review_item_get_findings (YihuReviewItem *self);
YihuReviewVerdict yihu_review_item_get_verdict (YihuReviewItem *self);
guint yihu_review_item_count (YihuReviewItem *self, YihuReviewVerdict verdict);

/* Cells of the table. */
const char *yihu_review_item_get_number (YihuReviewItem *self);
const char *yihu_review_item_get_masked_name (YihuReviewItem *self);
const char *yihu_review_item_get_community (YihuReviewItem *self);
const char *yihu_review_item_get_summary (YihuReviewItem *self); /* "▲ 1.2 km from the address" */

/* @text: lower case, "" matches everything. Name, pinyin, initials, telephone, order number. */
gboolean yihu_review_item_matches (YihuReviewItem *self, const char *text);

/* First and last, finished first before finished later. */
int yihu_review_item_compare (YihuReviewItem *a, YihuReviewItem *b);

G_END_DECLS
