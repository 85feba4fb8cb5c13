/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/wall/wall-text.h"

/* One large figure of the wall. A click, Enter or its number key shows its definition. */

G_BEGIN_DECLS

#define YIHU_TYPE_WALL_TILE (yihu_wall_tile_get_type ())
G_DECLARE_FINAL_TYPE (YihuWallTile, yihu_wall_tile, YIHU, WALL_TILE, GtkWidget)

GtkWidget *yihu_wall_tile_new (YihuWallFigure which);

/* @stale: the figure is old; it is greyed and hatched. */
void yihu_wall_tile_show (YihuWallTile *self, const YihuFigures *figures, gboolean stale);
void yihu_wall_tile_explain (YihuWallTile *self, gboolean shown);
gboolean yihu_wall_tile_is_explained (YihuWallTile *self);

G_END_DECLS
