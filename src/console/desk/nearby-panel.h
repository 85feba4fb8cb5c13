/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/desk/catalogue.h"
#include "console/desk/todo-model.h"

/* Who is near the elder: providers, institutions, hospitals by estimated minutes (straight line x
 * 1.35, labelled as an estimate), with free or busy. */

G_BEGIN_DECLS

#define YIHU_TYPE_NEARBY_PANEL (yihu_nearby_panel_get_type ())
G_DECLARE_FINAL_TYPE (YihuNearbyPanel, yihu_nearby_panel, YIHU, NEARBY_PANEL, GtkBox)

GtkWidget *yihu_nearby_panel_new (YihuCatalogue *catalogue, YihuTodoModel *model);
void yihu_nearby_panel_show (YihuNearbyPanel *self, YihuGeoPoint point); /* unset: nobody */
void yihu_nearby_panel_set_freshness (YihuNearbyPanel *self,
                                      YihuBookState state,
                                      gint64 synced_at_us,
                                      gint64 now_us);

G_END_DECLS
