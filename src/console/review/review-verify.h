/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/review/review-item.h"

/* The automatic verification in words: rules/visit-check decides, this says it. Any thread. */

G_BEGIN_DECLS

void yihu_review_finding_free (YihuReviewFinding *finding);

/* @elder, @service: (nullable). @pace: see yihu_review_item_set_pace(). (transfer full)
 * YihuReviewFinding, worst first. */
GPtrArray *yihu_review_verify (const YihuOrder *order,
                               const YihuElder *elder,
                               const YihuServiceItem *service,
                               const GPtrArray *steps,
                               double pace);

G_END_DECLS
