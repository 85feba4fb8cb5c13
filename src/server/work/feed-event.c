/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A feed entry as text with what is needed to decide who gets it. */

#include "server/work/feed-event.h"

#include "domain/kinds.h"

#include <string.h>

static void
feed_event_clear (gpointer data)
{
  g_free (((YihuFeedEvent *) data)->text);
}

YihuFeedEvent *
yihu_feed_event_new (gint64 seq, const YihuRecordType *type, gint64 division, char *text)
{
  YihuFeedEvent *self = g_atomic_rc_box_new0 (YihuFeedEvent);

  self->seq = seq;
  self->type = type;
  self->division = division;
  self->is_urgent = type == &yihu_call_type || type == &yihu_seat_type;
  self->text = text;
  self->length = strlen (text);
  return self;
}

YihuFeedEvent *
yihu_feed_event_ref (YihuFeedEvent *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
yihu_feed_event_unref (YihuFeedEvent *self)
{
  g_atomic_rc_box_release_full (self, feed_event_clear);
}
