/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/desk/catalogue.h"
#include "console/desk/todo-model.h"
#include "console/ticker.h"

/* The to-do list 我的待办: what waits for a decision, then the open orders by due time, each with
 * its state and how late it is. */

G_BEGIN_DECLS

#define YIHU_TYPE_TODO_LIST (yihu_todo_list_get_type ())
G_DECLARE_FINAL_TYPE (YihuTodoList, yihu_todo_list, YIHU, TODO_LIST, GtkBox)

/* Signal: "activated" (YihuTodo *row). */
GtkWidget *yihu_todo_list_new (YihuBook *book,
                               YihuTodoModel *model,
                               YihuCatalogue *catalogue,
                               YihuTicker *ticker);
void yihu_todo_list_set_freshness (YihuTodoList *self,
                                   YihuBookState state,
                                   gint64 synced_at_us,
                                   gint64 now_us);

/* Words of a row; pure, for tests. (transfer full) */
char *yihu_todo_describe (YihuTodo *row, gint64 now_us);

G_END_DECLS
