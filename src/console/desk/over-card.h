/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* What lies over the desk for a moment: a title, a body, a sentence (an alert) and buttons. It is
 * hidden until it is shown, keeps Tab inside, and takes no focus with it when it goes. The keys of
 * a call work on. Cards of this kind derive from it. */

G_BEGIN_DECLS

#define YIHU_TYPE_OVER_CARD (yihu_over_card_get_type ())
G_DECLARE_DERIVABLE_TYPE (YihuOverCard, yihu_over_card, YIHU, OVER_CARD, GtkBox)

struct _YihuOverCardClass
{
  GtkBoxClass parent_class;
};

/* Signal: "said" (const char *sentence): for the toast, when the card itself is gone. */
void yihu_over_card_set_name (YihuOverCard *self, const char *accessible_name);
void yihu_over_card_set_title (YihuOverCard *self, const char *title);
/* Between title and sentence, in the order of the calls. */
void yihu_over_card_add (YihuOverCard *self, GtkWidget *part);
/* As yihu_over_card_add(), but what is higher than @max_height pixels scrolls. */
void yihu_over_card_add_scrolled (YihuOverCard *self, GtkWidget *part, int max_height);
/* Calls @clicked with the card alone. The main one is added last. (transfer none) */
GtkWidget *yihu_over_card_add_button (YihuOverCard *self,
                                      const char *label,
                                      gboolean is_main,
                                      GCallback clicked);

void yihu_over_card_say (YihuOverCard *self, const char *sentence);
void yihu_over_card_toast (YihuOverCard *self, const char *sentence);
void yihu_over_card_show (YihuOverCard *self, GtkWidget *focus);
void yihu_over_card_hide (YihuOverCard *self);

G_END_DECLS
