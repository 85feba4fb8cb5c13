/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/book.h"
#include "console/keys.h"
#include "console/ticker.h"

/* The foot of desk and review: key strip left, right one line about the centre: "● Centre connected
 * 18 ms · 850,214 elders here · synced 14:31:58 · 2 to send". */

G_BEGIN_DECLS

#define YIHU_TYPE_STATUS_BAR (yihu_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (YihuStatusBar, yihu_status_bar, YIHU, STATUS_BAR, GtkBox)

GtkWidget *yihu_status_bar_new (YihuBook *book, YihuTicker *ticker);
void yihu_status_bar_set_keys (YihuStatusBar *self, const YihuKey *keys, guint n_keys);

/* Further words in front of the line, as about the telephone; NULL removes. */
void yihu_status_bar_set_extra (YihuStatusBar *self, const char *words, gboolean alarming);

/* The line's text for a state; pure, for tests. (transfer full) */
char *yihu_status_bar_describe (YihuBookState state,
                                gboolean is_disk_full,
                                int latency_ms,
                                gint64 n_elders,
                                gint64 synced_at_us,
                                gint64 now_us,
                                guint pending);

G_END_DECLS
