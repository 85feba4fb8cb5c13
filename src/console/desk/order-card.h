/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/desk/catalogue.h"
#include "console/desk/todo-model.h"

/* One matter of the to-do list, in the place of the order form: an order with its steps and what
 * may be done with it now (by the flow table), a refused command with its decision, a missed call.
 */

G_BEGIN_DECLS

#define YIHU_TYPE_ORDER_CARD (yihu_order_card_get_type ())
G_DECLARE_FINAL_TYPE (YihuOrderCard, yihu_order_card, YIHU, ORDER_CARD, GtkBox)

/* Signals: "dismissed" (): back to the form. "said" (const char *sentence): done, for a toast.
 * "compare" (): two people changed one card; see conflict-card.h. */
GtkWidget *yihu_order_card_new (YihuBook *book, YihuCatalogue *catalogue);
void yihu_order_card_show (YihuOrderCard *self, YihuTodo *row);
YihuTodo *yihu_order_card_get_row (YihuOrderCard *self); /* (transfer none) (nullable) */
const char *yihu_order_card_get_key (YihuOrderCard *self); /* "" nothing shown */

G_END_DECLS
