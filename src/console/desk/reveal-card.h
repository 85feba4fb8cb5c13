/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"
#include "console/desk/over-card.h"
#include "domain/elder.h"

/* Asks for the reason before something masked is shown outside a call: what, why, and the centre's
 * word on it. The centre logs the reason in the same step in which it answers, and may refuse: then
 * nothing is shown, and the card says why. Lies over the desk; the keys of a call work on. */

G_BEGIN_DECLS

#define YIHU_TYPE_REVEAL_CARD (yihu_reveal_card_get_type ())
G_DECLARE_FINAL_TYPE (YihuRevealCard, yihu_reveal_card, YIHU, REVEAL_CARD, YihuOverCard)

/* Signal: "revealed" (const char *elder, const char *id_card): the centre has logged it. @id_card:
 * (nullable) where only telephone numbers and address were asked for; "" for none in the register.
 */
GtkWidget *yihu_reveal_card_new (YihuBook *book);
/* @unlocked: a call shows the card already; only the ID number is left to ask for. */
void yihu_reveal_card_open (YihuRevealCard *self, YihuElder *elder, gboolean unlocked);
void yihu_reveal_card_confirm (YihuRevealCard *self);
void yihu_reveal_card_leave (YihuRevealCard *self);

G_END_DECLS
