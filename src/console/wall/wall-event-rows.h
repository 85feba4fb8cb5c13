/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/wall/wall-events.h"

/* The first entries of YihuWallEvents as rows of fixed number. */

G_BEGIN_DECLS

#define YIHU_TYPE_WALL_EVENT_ROWS (yihu_wall_event_rows_get_type ())
G_DECLARE_FINAL_TYPE (YihuWallEventRows, yihu_wall_event_rows, YIHU, WALL_EVENT_ROWS, GtkGrid)

#define YIHU_WALL_EVENT_ROWS_N 7

/* @now_us runs the timers of what is going on. @empty: words where there is no event. */
void yihu_wall_event_rows_show (YihuWallEventRows *self,
                                YihuWallEvents *events,
                                gint64 now_us,
                                const char *empty);

G_END_DECLS
