/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* One feed entry on its way from the writer to the live connections: already text, shared by all
 * receivers. Immutable, reference-counted, any thread. */

G_BEGIN_DECLS

typedef struct
{
  gint64 seq;
  const YihuRecordType *type;
  gint64 division; /* who may see it; 0 = everybody */
  gboolean is_urgent; /* calls and seats do not wait for a batch */
  char *text; /* [seq,"kind",…] */
  gsize length;
} YihuFeedEvent;

YihuFeedEvent *yihu_feed_event_new (gint64 seq,
                                    const YihuRecordType *type,
                                    gint64 division,
                                    char *text); /* takes @text */
YihuFeedEvent *yihu_feed_event_ref (YihuFeedEvent *self);
void yihu_feed_event_unref (YihuFeedEvent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuFeedEvent, yihu_feed_event_unref)

G_END_DECLS
