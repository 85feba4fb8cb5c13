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
/* Somebody types, and the next key's frame must not come right behind the frame of a beat: it would
 * be a sixtieth of a second late. A beat that falls due within 0.4 s after
 * yihu_ticker_hold() waits for that to pass, or for yihu_ticker_catch_up(): a key's frame is drawn,
 * and the next key is not there yet. */
void yihu_ticker_hold (YihuTicker *self);
void yihu_ticker_catch_up (YihuTicker *self);
YihuClock *yihu_ticker_get_clock (YihuTicker *self);

G_END_DECLS
