/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/desk/catalogue.h"
#include "console/desk/todo-model.h"

/* The form for a need: category, item, ranked provider, arrival, urgency, note. It builds an order
 * and can be written down as text at any moment; it submits nothing. */

G_BEGIN_DECLS

#define YIHU_TYPE_ORDER_FORM (yihu_order_form_get_type ())
G_DECLARE_FINAL_TYPE (YihuOrderForm, yihu_order_form, YIHU, ORDER_FORM, GtkBox)

/* Signal: "changed" (): by the person, not by the program. @model (nullable): for how busy a
 * provider is. */
GtkWidget *yihu_order_form_new (YihuBook *book, YihuCatalogue *catalogue, YihuTodoModel *model);

/* Whose need it is; ranks the providers anew and keeps what was typed. */
void yihu_order_form_set_elder (YihuOrderForm *self, YihuElder *elder); /* (nullable) */

gboolean yihu_order_form_is_dirty (YihuOrderForm *self);
/* Whether an order is meant, not only a note: F9, or a choice in one of the lists. */
gboolean yihu_order_form_is_begun (YihuOrderForm *self);
void yihu_order_form_begin (YihuOrderForm *self);
void yihu_order_form_focus (YihuOrderForm *self); /* the note */
char *yihu_order_form_dup_note (YihuOrderForm *self); /* stripped, may be "" */

/* The draft: NULL where nothing was entered. Loading NULL empties the form. */
char *yihu_order_form_to_text (YihuOrderForm *self);
void yihu_order_form_load_text (YihuOrderForm *self, const char *text);

/* The order as it would be made, state placed, with prices; the caller adds call, seat and account.
 * NULL with YIHU_ERROR_INVALID where something is missing: the message stands in the form and the
 * field has the focus. (transfer full) */
YihuOrder *yihu_order_form_build (YihuOrderForm *self, gint64 now_us, GError **error);

void yihu_order_form_say (YihuOrderForm *self,
                          const char *sentence); /* below the fields; "" clears */
void yihu_order_form_set_note (YihuOrderForm *self,
                               const char *note); /* in the panel's title line */
void yihu_order_form_set_freshness (YihuOrderForm *self,
                                    YihuBookState state,
                                    gint64 synced_at_us,
                                    gint64 now_us);

/* For keycaps: the two buttons of the foot. */
GtkButton *yihu_order_form_get_save_button (YihuOrderForm *self);
GtkButton *yihu_order_form_get_advice_button (YihuOrderForm *self);

G_END_DECLS
