/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/desk/over-card.h"
#include "console/desk/todo-model.h"

/* Two people changed the same field of a card: mine, theirs and what both had seen lie side by
 * side, and the operator chooses field by field (1 mine, 2 theirs, Up, Down). Lies over the desk;
 * the keys of a call work on. Nothing is sent while a field that both changed is undecided. */

G_BEGIN_DECLS

#define YIHU_TYPE_CONFLICT_CARD (yihu_conflict_card_get_type ())
G_DECLARE_FINAL_TYPE (YihuConflictCard, yihu_conflict_card, YIHU, CONFLICT_CARD, YihuOverCard)

/* Signal: "decided" (): the decision is on disk. */
GtkWidget *yihu_conflict_card_new (YihuBook *book);

/* Whether @row is a change of a card that can be decided here. */
gboolean yihu_conflict_card_takes (YihuTodo *row);

/* FALSE where the change cannot be read. @unlocked: what is masked may be seen. */
gboolean yihu_conflict_card_open (YihuConflictCard *self, YihuTodo *row, gboolean unlocked);
/* As a call or a reveal begins and ends; what was decided while it could be seen stays. */
void yihu_conflict_card_set_unlocked (YihuConflictCard *self, gboolean unlocked);
void yihu_conflict_card_send (YihuConflictCard *self);
void yihu_conflict_card_leave (YihuConflictCard *self);

G_END_DECLS
