/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"
#include "domain/kinds.h"

/* What waits for this desk, as one sorted list: refused commands that need a decision, parked
 * forms and cards, orders that the review returned or a provider declined, missed calls, then the
 * open orders of the district by due time. Up to 2,000 rows. Main thread. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_TODO_REFUSED, /* a command of this desk that needs a decision */
  YIHU_TODO_PARKED, /* a half-written form */
  YIHU_TODO_CARD, /* a card that was changed and not saved */
  YIHU_TODO_RETURNED, /* by the review, or declined by the provider */
  YIHU_TODO_MISSED, /* a call that nobody answered */
  YIHU_TODO_ORDER, /* open */
  YIHU_TODO_DONE, /* finished while this desk looked on */
} YihuTodoKind;

#define YIHU_TYPE_TODO (yihu_todo_get_type ())
G_DECLARE_FINAL_TYPE (YihuTodo, yihu_todo, YIHU, TODO, GObject)

YihuTodoKind yihu_todo_get_kind (YihuTodo *self);
const char *yihu_todo_get_key (YihuTodo *self); /* record id, command key or draft key */
YihuOrder *yihu_todo_get_order (YihuTodo *self); /* (nullable) */
YihuCall *yihu_todo_get_call (YihuTodo *self); /* (nullable) */
YihuCommand *yihu_todo_get_command (YihuTodo *self); /* (nullable) needs a decision */
YihuOutboxState yihu_todo_get_outbox_state (YihuTodo *self); /* of a REFUSED row: why it waits */
YihuRecord *yihu_todo_get_current (YihuTodo *self); /* (nullable) what the centre has instead */
const GError *yihu_todo_get_error (YihuTodo *self); /* (nullable) why refused */
const char *yihu_todo_get_elder_name (YihuTodo *self); /* "" unknown */
gint64 yihu_todo_get_urgency (YihuTodo *self);
gint64 yihu_todo_get_due_us (YihuTodo *self);

#define YIHU_TYPE_TODO_MODEL (yihu_todo_model_get_type ())
G_DECLARE_FINAL_TYPE (YihuTodoModel, yihu_todo_model, YIHU, TODO_MODEL, GObject)

/* Properties (notify): "loading" (boolean). */
YihuTodoModel *yihu_todo_model_new (YihuBook *book);
GListModel *yihu_todo_model_get_list (YihuTodoModel *self); /* YihuTodo, sorted */
gboolean yihu_todo_model_is_loading (YihuTodoModel *self);
guint yihu_todo_model_count_late (YihuTodoModel *self, gint64 now_us);
guint yihu_todo_model_count_load (YihuTodoModel *self, const char *provider); /* its open orders */

/* Parked forms (PARKED or CARD) come from the window. */
void yihu_todo_model_add_parked (YihuTodoModel *self,
                                 YihuTodoKind kind,
                                 const char *key,
                                 const char *name);
void yihu_todo_model_remove_parked (YihuTodoModel *self, const char *key);

/* An order that is done or declined was looked at: it leaves the list. */
void yihu_todo_model_dismiss (YihuTodoModel *self, const char *key);

/* Order of the list: kind, then due time, then key. Negative: a first. */
int yihu_todo_compare (YihuTodo *a, YihuTodo *b);

G_END_DECLS
