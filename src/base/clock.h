/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

/* Where time comes from. Every wait and every retry goes through a clock, so that tests run in
 * virtual time. Times are int64 microseconds UTC; the monotonic time never jumps, and
 * goes on while the machine sleeps. */

G_BEGIN_DECLS

#define YIHU_TYPE_CLOCK (yihu_clock_get_type ())
G_DECLARE_DERIVABLE_TYPE (YihuClock, yihu_clock, YIHU, CLOCK, GObject)

struct _YihuClockClass
{
  GObjectClass parent_class;

  gint64 (*get_now_us) (YihuClock *self);
  gint64 (*get_monotonic_us) (YihuClock *self);
  GSource *(*create_timer) (YihuClock *self, guint delay_ms);
};

YihuClock *yihu_clock_new (void);
gint64 yihu_clock_get_now_us (YihuClock *self);
gint64 yihu_clock_get_monotonic_us (YihuClock *self);

/* One-shot timer in the caller's thread-default context; cancelled by g_source_destroy().
 * The callback is a GSourceOnceFunc. Returns: (transfer full) the attached source. */
GSource *yihu_clock_add_timer (YihuClock *self,
                               guint delay_ms,
                               GSourceOnceFunc callback,
                               gpointer data,
                               GDestroyNotify destroy);

/* Back-off: doubles from @first_ms to @cap_ms with +-20 % jitter; @attempt counts from 0. */
guint yihu_clock_back_off_ms (guint attempt, guint first_ms, guint cap_ms);

/* A clock for tests: stands still until it is advanced, and runs the timers that fall due,
 * in order, inside yihu_fake_clock_advance(). */
#define YIHU_TYPE_FAKE_CLOCK (yihu_fake_clock_get_type ())
G_DECLARE_FINAL_TYPE (YihuFakeClock, yihu_fake_clock, YIHU, FAKE_CLOCK, YihuClock)

YihuClock *yihu_fake_clock_new (gint64 now_us);
void yihu_fake_clock_advance (YihuFakeClock *self, guint64 by_ms);

G_END_DECLS
