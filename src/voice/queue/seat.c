/* SPDX-License-Identifier: GPL-3.0-or-later */

/* State of one seat. Which move follows which event is decided in call-queue.c. */

#include "voice/queue/seat.h"

YihuQueueSeat *
yihu_queue_seat_new (const char *id)
{
  YihuQueueSeat *self = g_new0 (YihuQueueSeat, 1);

  self->id = g_strdup (id);
  self->state = YIHU_SEAT_OFFLINE;
  return self;
}

void
yihu_queue_seat_stop_timer (YihuQueueSeat *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

void
yihu_queue_seat_free (YihuQueueSeat *self)
{
  if (self == NULL)
    return;
  yihu_queue_seat_stop_timer (self);
  g_free (self->id);
  g_free (self->call);
  g_free (self);
}

gboolean
yihu_queue_seat_set (YihuQueueSeat *self, YihuSeatState state, const char *call, YihuClock *clock)
{
  if (self->state == state && g_strcmp0 (self->call, call) == 0)
    return FALSE;
  self->state = state;
  self->since_us = yihu_clock_get_now_us (clock);
  g_free (self->call);
  self->call = g_strdup (call);
  return TRUE;
}

gboolean
yihu_queue_seat_is_free (const YihuQueueSeat *self, gint64 monotonic_us)
{
  return self->is_online && self->state == YIHU_SEAT_READY && self->rests_until_us <= monotonic_us;
}
