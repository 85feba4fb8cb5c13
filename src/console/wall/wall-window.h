/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/screen.h"

G_BEGIN_DECLS

#define YIHU_TYPE_WALL_WINDOW (yihu_wall_window_get_type ())
G_DECLARE_FINAL_TYPE (YihuWallWindow, yihu_wall_window, YIHU, WALL_WINDOW, GtkApplicationWindow)

/* Figures older than this are shown as old. */
#define YIHU_WALL_STALE_US (5 * G_USEC_PER_SEC)
/* Connected, yet no figures for so long: the centre has stopped counting. */
#define YIHU_WALL_SILENT_US (30 * G_USEC_PER_SEC)

GtkWindow *yihu_wall_window_new (const YihuScreenContext *context);

/* The font size of the root for a window of this size, px: 24 at 1920 x 1080. Pure. */
double yihu_wall_window_measure_em (int width, int height);

G_END_DECLS
