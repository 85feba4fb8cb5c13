/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/book.h"
#include "console/desk/catalogue.h"

/* Services, calls and notes of one elder, newest first. */

G_BEGIN_DECLS

#define YIHU_TYPE_HISTORY_LIST (yihu_history_list_get_type ())
G_DECLARE_FINAL_TYPE (YihuHistoryList, yihu_history_list, YIHU, HISTORY_LIST, GtkBox)

GtkWidget *yihu_history_list_new (YihuBook *book, YihuCatalogue *catalogue);
void yihu_history_list_show (YihuHistoryList *self, const char *elder); /* id; NULL: nobody */
void yihu_history_list_set_freshness (YihuHistoryList *self,
                                      YihuBookState state,
                                      gint64 synced_at_us,
                                      gint64 now_us);

G_END_DECLS
