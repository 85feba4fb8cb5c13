/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "city/caller-book.h"
#include "phone/phone.h"

/* One telephone call from beginning to end: dials 12349, waits as long as his patience lasts,
 * talks, hangs up. */

G_BEGIN_DECLS

typedef struct
{
  double patience_s; /* gives up after this, unanswered */
  double talk_s; /* hangs up after this, answered */
  gboolean is_fleeting; /* hangs up while it still rings, after a moment */
} YihuCallerMood;

#define YIHU_TYPE_CALLER (yihu_caller_get_type ())
G_DECLARE_FINAL_TYPE (YihuCaller, yihu_caller, YIHU, CALLER, GObject)

/* What happens: "dialling", "answered", "ended" with why ("by-operator", "hung-up", "gave-up",
 * "refused 486", "failed TEXT"). "ended" comes once and last. */
typedef void (*YihuCallerFunc) (YihuCaller *self,
                                const char *what,
                                const char *detail,
                                gpointer data);

/* Takes @card. @phone: the caller's own; shut down some seconds after the end, when its sound has
 * stopped. */
YihuCaller *yihu_caller_new (YihuClock *clock,
                             YihuPhone *phone,
                             YihuCallerCard *card,
                             const YihuCallerMood *mood,
                             YihuCallerFunc func,
                             gpointer data);
const YihuCallerCard *yihu_caller_get_card (YihuCaller *self);
void yihu_caller_dial (YihuCaller *self, const char *uri);
void yihu_caller_hang_up (YihuCaller *self);
gboolean yihu_caller_is_over (YihuCaller *self);

G_END_DECLS
