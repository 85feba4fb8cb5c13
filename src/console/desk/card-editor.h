/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"
#include "console/desk/over-card.h"
#include "domain/elder.h"

/* Changing the card of an elder, field by field. Lies over the desk; the keys of a call work on.
 * What was typed is kept as a draft of that elder until it is saved or thrown away, so a call that
 * comes in between takes nothing. Telephone numbers and address open only while @unlocked. */

G_BEGIN_DECLS

#define YIHU_TYPE_CARD_EDITOR (yihu_card_editor_get_type ())
G_DECLARE_FINAL_TYPE (YihuCardEditor, yihu_card_editor, YIHU, CARD_EDITOR, YihuOverCard)

/* Signal: "draft" (const char *elder, const char *name, gboolean kept): what is typed for this
 * elder and not saved is kept or is no more, or the form over it was opened or closed. */
GtkWidget *yihu_card_editor_new (YihuBook *book, const char *area_code);
void yihu_card_editor_open (YihuCardEditor *self, YihuElder *elder, gboolean unlocked);
void yihu_card_editor_set_unlocked (YihuCardEditor *self, gboolean unlocked);
const char *yihu_card_editor_get_elder (YihuCardEditor *self); /* id; "" while closed */
void yihu_card_editor_save (YihuCardEditor *self);
void yihu_card_editor_leave (YihuCardEditor *self); /* asks once where something was changed */
void yihu_card_editor_park (YihuCardEditor *self); /* closes; the draft stays */

G_END_DECLS
