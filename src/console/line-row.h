/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* One row of every list on the desk: badge | bold title over dim subtitle | figure on the right. */

G_BEGIN_DECLS

#define YIHU_TYPE_LINE_ROW (yihu_line_row_get_type ())
G_DECLARE_FINAL_TYPE (YihuLineRow, yihu_line_row, YIHU, LINE_ROW, GtkBox)

GtkWidget *yihu_line_row_new (void);

/* -1: no badge. */
void yihu_line_row_set_urgency (YihuLineRow *self, gint64 urgency);
/* A badge of another kind: "! Refused". @css_class as of a badge, "p3". */
void yihu_line_row_set_badge (YihuLineRow *self, const char *text, const char *css_class);
void yihu_line_row_set_title (YihuLineRow *self, const char *title);
void yihu_line_row_set_subtitle (YihuLineRow *self, const char *subtitle);
/* The figure: touched once a beat, so it costs nothing when it did not change. @css_class
 * (nullable): "p3t", "p2t", "ok". */
void yihu_line_row_set_figure (YihuLineRow *self, const char *figure, const char *css_class);

/* Room for @n_chars where the figure is a few words ("12 min ago"), and for a scroll bar beside it.
 */
void yihu_line_row_set_figure_width (YihuLineRow *self, guint n_chars);

/* What a screen reader says of the row. */
void yihu_line_row_set_spoken (YihuLineRow *self, const char *spoken);

G_END_DECLS
