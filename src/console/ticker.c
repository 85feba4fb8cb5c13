/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The console's heart-beat. Each beat plans the next for the coming full second of the wall clock,
 * so drift and load never add up and all timers on the screen move together. */

#include "console/ticker.h"

#define HOLD_US (400 * 1000) /* longer than from key to key, and nobody counts by this clock */

struct _YihuTicker
{
  GObject parent_instance;

  YihuClock *clock; /* (owned) */
  GSource *timer; /* (owned) (nullable) */
  gint64 held_until_us; /* monotonic */
  gboolean is_late; /* a beat is held back */
};

G_DEFINE_FINAL_TYPE (YihuTicker, yihu_ticker, G_TYPE_OBJECT)

static guint tick_signal;

static void ticker_plan (YihuTicker *self);

static void
ticker_cancel (YihuTicker *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
ticker_beat (YihuTicker *self)
{
  g_autoptr (YihuTicker) alive = g_object_ref (self);

  ticker_cancel (self);
  self->is_late = FALSE;
  ticker_plan (self);
  g_signal_emit (self, tick_signal, 0);
}

static void
on_timer (gpointer data)
{
  YihuTicker *self = data;
  gint64 held_us = self->held_until_us - yihu_clock_get_monotonic_us (self->clock);

  if (held_us <= 0 || self->is_late) /* once only: whoever types on does not stop the clock */
    {
      ticker_beat (self);
      return;
    }
  self->is_late = TRUE;
  ticker_cancel (self);
  self->timer = yihu_clock_add_timer (self->clock, held_us / 1000 + 1, on_timer, self, NULL);
}

static void
ticker_plan (YihuTicker *self)
{
  gint64 into_second_us = yihu_clock_get_now_us (self->clock) % G_USEC_PER_SEC;
  guint delay_ms = (guint) ((G_USEC_PER_SEC - into_second_us + 999) / 1000);

  self->timer = yihu_clock_add_timer (self->clock, delay_ms, on_timer, self, NULL);
}

static void
yihu_ticker_finalize (GObject *object)
{
  YihuTicker *self = YIHU_TICKER (object);

  ticker_cancel (self);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (yihu_ticker_parent_class)->finalize (object);
}

static void
yihu_ticker_class_init (YihuTickerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_ticker_finalize;
  tick_signal = g_signal_new ("tick", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 0);
}

static void
yihu_ticker_init (YihuTicker *self)
{
}

YihuTicker *
yihu_ticker_new (YihuClock *clock)
{
  YihuTicker *self = g_object_new (YIHU_TYPE_TICKER, NULL);

  self->clock = g_object_ref (clock);
  ticker_plan (self);
  return self;
}

void
yihu_ticker_hold (YihuTicker *self)
{
  self->held_until_us = yihu_clock_get_monotonic_us (self->clock) + HOLD_US;
}

void
yihu_ticker_catch_up (YihuTicker *self)
{
  if (self->is_late)
    ticker_beat (self);
}

YihuClock *
yihu_ticker_get_clock (YihuTicker *self)
{
  return self->clock;
}
