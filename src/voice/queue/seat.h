/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "domain/seat.h"

/* A seat as the queue sees it: what it does, since when, and what its operator wants. */

G_BEGIN_DECLS

typedef struct
{
  char *id; /* (owned) "03" */
  YihuSeatState state;
  gint64 since_us; /* of the state, wall clock */
  char *call; /* (owned) (nullable): rings for it, or talks in it */
  gboolean is_online; /* registered */
  gboolean wants_ready; /* the operator's last word */
  gint64 ready_since_us; /* monotonic; a call that vanished while it rang does not cost the place */
  gint64 rests_until_us; /* monotonic; 0: no rest */
  GSource *timer; /* (owned) (nullable): end of wrap-up or rest */
} YihuQueueSeat;

YihuQueueSeat *yihu_queue_seat_new (const char *id);
void yihu_queue_seat_free (YihuQueueSeat *self);
void yihu_queue_seat_stop_timer (YihuQueueSeat *self);

/* TRUE when something changed. @call: (nullable). */
gboolean
yihu_queue_seat_set (YihuQueueSeat *self, YihuSeatState state, const char *call, YihuClock *clock);
gboolean yihu_queue_seat_is_free (const YihuQueueSeat *self, gint64 monotonic_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuQueueSeat, yihu_queue_seat_free)

G_END_DECLS
