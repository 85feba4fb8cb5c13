/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/book.h"

/* The districts of the scope: open orders, part finished on time, late orders. The worst come
 * first. */

G_BEGIN_DECLS

#define YIHU_TYPE_WALL_DISTRICTS (yihu_wall_districts_get_type ())
G_DECLARE_FINAL_TYPE (YihuWallDistricts, yihu_wall_districts, YIHU, WALL_DISTRICTS, GtkGrid)

#define YIHU_WALL_DISTRICTS_SHOWN 6
#define YIHU_WALL_ON_TIME_WARN_PERCENT 85

void yihu_wall_districts_show (YihuWallDistricts *self, YihuBook *book, const YihuFigures *figures);

/* Orders @divisions by need: late orders, then share on time, then open orders, then code. Pure. */
void yihu_wall_districts_rank (YihuDivisionFigures *divisions, guint n);

G_END_DECLS
