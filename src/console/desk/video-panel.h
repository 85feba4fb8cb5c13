/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/desk/catalogue.h"

/* One live camera: the nearest institution's, only while a call gives the reason, under a grant of
 * the server. */

G_BEGIN_DECLS

#define YIHU_TYPE_VIDEO_PANEL (yihu_video_panel_get_type ())
G_DECLARE_FINAL_TYPE (YihuVideoPanel, yihu_video_panel, YIHU, VIDEO_PANEL, GtkBox)

GtkWidget *yihu_video_panel_new (YihuBook *book, YihuCatalogue *catalogue);

/* @call: the reason; with @point unset or @call empty the stream stops. The same call and place
 * again change nothing. */
void yihu_video_panel_watch (YihuVideoPanel *self, YihuGeoPoint point, const char *call);
void yihu_video_panel_beat (YihuVideoPanel *self, gint64 now_us); /* once a second */
void yihu_video_panel_stop (YihuVideoPanel *self);

G_END_DECLS
