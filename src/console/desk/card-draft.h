/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"
#include "domain/elder.h"

/* What was typed over a card and not yet saved: of each changed field the value that the operator
 * saw and what the form says, as a sealed draft of the book. Main thread. */

G_BEGIN_DECLS

/* The draft's name, "card-ELDER". (transfer full) */
char *yihu_card_draft_dup_name (const char *elder);
gboolean yihu_card_draft_is_name (const char *name);

/* (transfer full) (nullable): what was left of this elder's form. */
GKeyFile *yihu_card_draft_load (YihuBook *book, const char *elder);
void yihu_card_draft_save (YihuBook *book, const char *elder, GKeyFile *draft); /* empty: none */

void yihu_card_draft_set (GKeyFile *draft,
                          const YihuField *field,
                          const YihuElder *seen,
                          const char *form);
char *yihu_card_draft_dup_form (GKeyFile *draft, const YihuField *field); /* (nullable) */

/* The card as it was when the draft was begun, in the fields that the draft has. @draft:
 * (nullable). (transfer full) */
YihuElder *yihu_card_draft_dup_seen (GKeyFile *draft, const YihuElder *elder);

G_END_DECLS
