/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A circular array: the slot follows from the sequence number, because the numbers have no gap. */

#include "server/live/event-ring.h"

struct _YihuEventRing
{
  gint64 first;
  gint64 last; /* first - 1: empty */
  gsize n_bytes;
  YihuFeedEvent *slots[YIHU_EVENT_RING_SIZE];
};

YihuEventRing *
yihu_event_ring_new (gint64 seq)
{
  YihuEventRing *self = g_new0 (YihuEventRing, 1);

  self->first = seq + 1;
  self->last = seq;
  return self;
}

void
yihu_event_ring_free (YihuEventRing *self)
{
  for (guint i = 0; i < YIHU_EVENT_RING_SIZE; i++)
    g_clear_pointer (&self->slots[i], yihu_feed_event_unref);
  g_free (self);
}

static void
drop_first (YihuEventRing *self)
{
  YihuFeedEvent **slot = &self->slots[self->first++ % YIHU_EVENT_RING_SIZE];

  self->n_bytes -= (*slot)->length;
  g_clear_pointer (slot, yihu_feed_event_unref);
}

void
yihu_event_ring_append (YihuEventRing *self, YihuFeedEvent *event)
{
  g_return_if_fail (event->seq == self->last + 1);

  if (event->seq - self->first == YIHU_EVENT_RING_SIZE)
    drop_first (self);
  self->slots[event->seq % YIHU_EVENT_RING_SIZE] = yihu_feed_event_ref (event);
  self->last = event->seq;
  self->n_bytes += event->length;
  while (self->n_bytes > YIHU_EVENT_RING_BYTES && self->first < self->last)
    drop_first (self);
}

gint64
yihu_event_ring_get_first (YihuEventRing *self)
{
  return self->first;
}

gint64
yihu_event_ring_get_last (YihuEventRing *self)
{
  return self->last;
}

YihuFeedEvent *
yihu_event_ring_get (YihuEventRing *self, gint64 seq)
{
  g_return_val_if_fail (seq >= self->first && seq <= self->last, NULL);
  return self->slots[seq % YIHU_EVENT_RING_SIZE];
}
