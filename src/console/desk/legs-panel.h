/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* The parties of the call, with state and seconds each. */

G_BEGIN_DECLS

#define YIHU_TYPE_LEGS_PANEL (yihu_legs_panel_get_type ())
G_DECLARE_FINAL_TYPE (YihuLegsPanel, yihu_legs_panel, YIHU, LEGS_PANEL, GtkBox)

GtkWidget *yihu_legs_panel_new (void);

/* @leg: 0 the caller, 1 the seat. @name NULL hides it. @css_class (nullable) of the figure. */
#define YIHU_LEGS_MAX 2
void yihu_legs_panel_set (YihuLegsPanel *self, guint leg, const char *name);
void yihu_legs_panel_set_figure (YihuLegsPanel *self,
                                 guint leg,
                                 const char *figure,
                                 const char *css_class);
/* What is heard of the other side, -90..0 dBFS; drawn as a bar. */
void yihu_legs_panel_set_level (YihuLegsPanel *self, double level_dbfs);

G_END_DECLS
