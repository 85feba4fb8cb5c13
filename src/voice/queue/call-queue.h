/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "voice/queue/seat.h"

/* Who is called next, and by whom: emergencies first, then the oldest call; the seat that has been
 * ready longest. Knows neither SIP nor server; time is the clock's. Main thread. */

G_BEGIN_DECLS

#define YIHU_QUEUE_RING_MS 20000 /* then the next seat */
#define YIHU_QUEUE_REST_MS 5000 /* a seat that did not take a call is left alone so long */
#define YIHU_QUEUE_WRAPUP_MS 90000

typedef struct _YihuCallQueue YihuCallQueue;

typedef struct
{
  void (*offer) (gpointer data, const char *call, const char *seat); /* ring it */
  void (*withdraw) (gpointer data, const char *call, const char *seat); /* stop ringing it */
  void (*requeued) (gpointer data, const char *call); /* waits again */
  void (*seat_changed) (gpointer data, const YihuQueueSeat *seat);
} YihuCallQueueFuncs;

YihuCallQueue *
yihu_call_queue_new (YihuClock *clock, const YihuCallQueueFuncs *funcs, gpointer data);
void yihu_call_queue_free (YihuCallQueue *self);

/* Seats. A seat that comes online is away until it says what it wants. */
void yihu_call_queue_set_online (YihuCallQueue *self, const char *seat, gboolean is_online);
void yihu_call_queue_set_wish (YihuCallQueue *self, const char *seat, gboolean wants_ready);
const YihuQueueSeat *yihu_call_queue_find_seat (YihuCallQueue *self, const char *seat);

/* Calls. */
void yihu_call_queue_enter (YihuCallQueue *self, const char *call, gboolean is_emergency);
void yihu_call_queue_answered (YihuCallQueue *self, const char *call); /* the ringing seat did */
/* The ringing seat did not take it; @is_unreachable: nor would it take another one now. */
void yihu_call_queue_refused (YihuCallQueue *self, const char *call, gboolean is_unreachable);
/* The call is over, whatever it was doing. After a talk the seat goes into wrap-up. */
void yihu_call_queue_leave (YihuCallQueue *self, const char *call);

guint yihu_call_queue_get_waiting (YihuCallQueue *self);
gboolean yihu_call_queue_is_ringing (YihuCallQueue *self, const char *call);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuCallQueue, yihu_call_queue_free)

G_END_DECLS
