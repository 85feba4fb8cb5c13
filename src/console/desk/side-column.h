/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* The right column: all panels under each other where there is room, else one at a time with a row
 * of tabs above, so that nothing is cut at 1366 x 768. */

G_BEGIN_DECLS

#define YIHU_TYPE_SIDE_COLUMN (yihu_side_column_get_type ())
G_DECLARE_FINAL_TYPE (YihuSideColumn, yihu_side_column, YIHU, SIDE_COLUMN, GtkBox)

GtkWidget *yihu_side_column_new (void);
void
yihu_side_column_add (YihuSideColumn *self, const char *title, GtkWidget *panel, gboolean expand);
void yihu_side_column_set_tabbed (YihuSideColumn *self, gboolean tabbed);
void yihu_side_column_show (YihuSideColumn *self, GtkWidget *panel); /* its tab, where tabbed */

G_END_DECLS
