/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/elder.h"

/* The fields of an elder's card as a person reads them: the word for a field, its value, and
 * whether it is masked while nothing unlocks it. Which fields an operator may change is said by the
 * record's table (YIHU_FIELD_CARD) alone. */

G_BEGIN_DECLS

const char *yihu_card_field_words (const YihuField *field); /* "Mobility" */
gboolean yihu_card_field_is_masked (const YihuField *field); /* telephone numbers and address */
gboolean yihu_card_field_is_long (const YihuField *field); /* takes a whole line of a form */

/* The value for reading: masked where it must be, "—" where it is empty. (transfer full) */
char *yihu_card_field_dup_shown (const YihuElder *elder, const YihuField *field, gboolean unlocked);

/* The value for changing: "" where it is empty. TEXT and INT only. (transfer full) */
char *yihu_card_field_dup_text (const YihuElder *elder, const YihuField *field);
const char *yihu_card_field_choice_words (const YihuField *field, gint64 value); /* ENUM */
guint yihu_card_field_count_choices (const YihuField *field); /* ENUM */

gboolean yihu_card_field_is_same (const YihuField *field, const YihuElder *a, const YihuElder *b);
void yihu_card_field_copy (const YihuField *field, YihuElder *to, const YihuElder *from);

G_END_DECLS
