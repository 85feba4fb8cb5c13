/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "domain/call.h"
#include "domain/elder.h"

/* What of a person's data a screen may show. Telephone numbers and house numbers are masked unless
 * a live call with that person, or a reveal with a logged reason, unlocks them. All (transfer
 * full). */

G_BEGIN_DECLS

/* How long a reveal with a logged reason lasts. */
#define YIHU_REVEAL_S 30

char *yihu_show_phone (const char *normalized, gboolean unlocked); /* "" for none */
char *yihu_show_phones (const YihuElder *elder, gboolean unlocked); /* both, spaced */
char *yihu_show_address (const YihuElder *elder, const char *division, gboolean unlocked);
/* "158****6173 · 建丰街道": where a call in a list comes from, always masked. */
char *yihu_show_call_origin (const YihuCall *call, const char *division);

G_END_DECLS
