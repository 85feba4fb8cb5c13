/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

/* Who has guessed too often: five wrong tries within a minute lock a log-in name for a minute, the
 * next five for two, then four, eight and fifteen. An hour without a wrong try forgets it. In
 * memory: a restart of the server, which an attacker cannot cause, forgets too. Main context. */

G_BEGIN_DECLS

typedef struct _YihuLockout YihuLockout;

YihuLockout *yihu_lockout_new (YihuClock *clock);
void yihu_lockout_free (YihuLockout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuLockout, yihu_lockout_free)

typedef enum
{
  YIHU_TRY_RIGHT, /* logged in: forgets everything */
  YIHU_TRY_WRONG,
  YIHU_TRY_OPEN, /* neither: an outage, or the second factor is still to come */
} YihuTryEnd;

/* A try begins. Tries under way count as wrong ones until they end, so that many at once are no way
 * round the limit. Returns: 0, or the seconds to wait, and then no try has begun. */
guint yihu_lockout_begin (YihuLockout *self, const char *name);
void yihu_lockout_end (YihuLockout *self, const char *name, YihuTryEnd end);
/* Seconds for which @name is locked; 0: it is not. */
guint yihu_lockout_get_wait_s (YihuLockout *self, const char *name);
void yihu_lockout_forget (YihuLockout *self, const char *name);

G_END_DECLS
