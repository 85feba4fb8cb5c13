/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

/* One beat a second, on the full second, for every clock, timer and age on screen: one wake-up
 * instead of dozens. Who listens touches only labels whose text changed. Main thread. */

G_BEGIN_DECLS

#define YIHU_TYPE_TICKER (yihu_ticker_get_type ())
G_DECLARE_FINAL_TYPE (YihuTicker, yihu_ticker, YIHU, TICKER, GObject)

/* Signal: "tick" (). */
YihuTicker *yihu_ticker_new (YihuClock *clock);
YihuClock *yihu_ticker_get_clock (YihuTicker *self);

G_END_DECLS
