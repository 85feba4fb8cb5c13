/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/book.h"
#include "console/ticker.h"
#include "domain/elder.h"

/* Search over the whole copy (cache/search.h). A card over the desk with an entry and at most
 * twenty rows of one cell; the entry keeps the focus, Up, Down and Enter move in the list. */

G_BEGIN_DECLS

#define YIHU_TYPE_SEARCH_PANEL (yihu_search_panel_get_type ())
G_DECLARE_FINAL_TYPE (YihuSearchPanel, yihu_search_panel, YIHU, SEARCH_PANEL, GtkBox)

/* Signals: "chosen" (YihuElder *elder), "dismissed" (). */
GtkWidget *yihu_search_panel_new (YihuBook *book, YihuTicker *ticker);
void yihu_search_panel_open (YihuSearchPanel *self);
void yihu_search_panel_close (YihuSearchPanel *self);

G_END_DECLS
