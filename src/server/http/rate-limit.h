/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

/* Token buckets by name: so many at once, and so many a second in the long run. Main context. */

G_BEGIN_DECLS

typedef struct _YihuRateLimit YihuRateLimit;

YihuRateLimit *yihu_rate_limit_new (YihuClock *clock, double per_second, double burst);
void yihu_rate_limit_free (YihuRateLimit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuRateLimit, yihu_rate_limit_free)

/* Takes one from the bucket of @name. Returns: 0, or after how many whole seconds there is one. */
guint yihu_rate_limit_take (YihuRateLimit *self, const char *name);
/* Forgets the names whose buckets are full again. */
void yihu_rate_limit_sweep (YihuRateLimit *self);

G_END_DECLS
