/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/book.h"
#include "console/ticker.h"
#include "domain/call.h"

/* The calls that wait or ring, live from their records: by urgency, then by age. */

G_BEGIN_DECLS

#define YIHU_TYPE_QUEUE_LIST (yihu_queue_list_get_type ())
G_DECLARE_FINAL_TYPE (YihuQueueList, yihu_queue_list, YIHU, QUEUE_LIST, GtkBox)

/* Signals: "activated" (YihuCall *call): a row was opened. "changed" (): count or waits. */
GtkWidget *yihu_queue_list_new (YihuBook *book, YihuTicker *ticker, const char *seat);
guint yihu_queue_list_count (YihuQueueList *self);
gboolean yihu_queue_list_is_filled (YihuQueueList *self); /* read once */
gboolean yihu_queue_list_has_urgent (YihuQueueList *self);
guint yihu_queue_list_count_ringing (YihuQueueList *self);
gint64 yihu_queue_list_get_longest_us (YihuQueueList *self);
void yihu_queue_list_set_freshness (YihuQueueList *self,
                                    YihuBookState state,
                                    gint64 synced_at_us,
                                    gint64 now_us);

/* Urgent first, then the longest waiting. Negative: a first. */
int yihu_queue_compare (const YihuCall *a, const YihuCall *b);

G_END_DECLS
