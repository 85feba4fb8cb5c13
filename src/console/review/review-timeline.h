/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/review/review-item.h"

/* 过程: the steps of an order one below the other, with ▲ or ◆ on the one that failed a check and
 * what was found; steps that should be there and are not stand as ○. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_TIMELINE_DONE, /* ● */
  YIHU_TIMELINE_DOUBT, /* ◆ */
  YIHU_TIMELINE_WRONG, /* ▲ */
  YIHU_TIMELINE_OPEN, /* ○ has not come */
  YIHU_TIMELINE_N_MARKS,
} YihuTimelineMark;

typedef struct
{
  YihuTimelineMark mark;
  const char *verb; /* static, or of the item's step */
  gint64 at_us; /* 0: has not come */
  char *text; /* (owned) */
} YihuTimelineEntry;

/* Pure. (transfer full) YihuTimelineEntry in order of showing. */
GPtrArray *yihu_review_timeline_make (YihuReviewItem *item);

#define YIHU_TYPE_REVIEW_TIMELINE (yihu_review_timeline_get_type ())
G_DECLARE_FINAL_TYPE (YihuReviewTimeline, yihu_review_timeline, YIHU, REVIEW_TIMELINE, GtkGrid)

void yihu_review_timeline_show (YihuReviewTimeline *self, YihuReviewItem *item); /* (nullable) */

G_END_DECLS
