/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/desk/catalogue.h"
#include "domain/elder.h"

/* The map of the desk: the elder of the card among providers and institutions. */

G_BEGIN_DECLS

#define YIHU_TYPE_PLACE_PANEL (yihu_place_panel_get_type ())
G_DECLARE_FINAL_TYPE (YihuPlacePanel, yihu_place_panel, YIHU, PLACE_PANEL, GtkBox)

GtkWidget *yihu_place_panel_new (YihuBook *book, YihuCatalogue *catalogue);
void yihu_place_panel_show (YihuPlacePanel *self, const YihuElder *elder); /* (nullable) */
void yihu_place_panel_focus (YihuPlacePanel *self);
/* Once a beat: age of the data, and the base map as soon as it is there. */
void yihu_place_panel_set_freshness (YihuPlacePanel *self,
                                     YihuBookState state,
                                     gint64 synced_at_us,
                                     gint64 now_us);

G_END_DECLS
