/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "server/work/feed-event.h"

/* The newest events of the feed by sequence number, bounded in number and in bytes. One for all
 * live connections: who is behind its oldest is told to pull. */

G_BEGIN_DECLS

typedef struct _YihuEventRing YihuEventRing;

#define YIHU_EVENT_RING_SIZE 8192
/* Of their texts; the newest stays, whatever its size. */
#define YIHU_EVENT_RING_BYTES (8 * 1024 * 1024)

YihuEventRing *yihu_event_ring_new (gint64 seq); /* empty, at @seq */
void yihu_event_ring_free (YihuEventRing *self);
void yihu_event_ring_append (YihuEventRing *self, YihuFeedEvent *event);
gint64 yihu_event_ring_get_first (YihuEventRing *self); /* oldest number it can give */
gint64 yihu_event_ring_get_last (YihuEventRing *self);
YihuFeedEvent *yihu_event_ring_get (YihuEventRing *self, gint64 seq); /* (transfer none) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuEventRing, yihu_event_ring_free)

G_END_DECLS
