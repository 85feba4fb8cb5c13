/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/elder.h"

#include <gtk/gtk.h>

/* One field of a card in its editor: an entry or a drop-down, and beside it, for a field that is
 * masked, what stands there instead until it may be seen. Main thread. */

G_BEGIN_DECLS

typedef struct _YihuCardLine YihuCardLine;

/* @changed is called with @owner alone, which outlives the line. */
YihuCardLine *yihu_card_line_new (const YihuField *field, GCallback changed, GObject *owner);
void yihu_card_line_free (YihuCardLine *self); /* the widgets belong to where they were put */

const YihuField *yihu_card_line_get_field (const YihuCardLine *self);
GtkWidget *yihu_card_line_get_box (YihuCardLine *self); /* the widget to be put somewhere */
GtkWidget *yihu_card_line_get_input (YihuCardLine *self);

/* @draft: (nullable): what was typed before stands instead of what was @seen. */
void yihu_card_line_fill (YihuCardLine *self, const YihuElder *seen, GKeyFile *draft);
void yihu_card_line_set_unlocked (YihuCardLine *self, const YihuElder *seen, gboolean unlocked);
gboolean yihu_card_line_is_changed (const YihuCardLine *self, const YihuElder *seen);
char *yihu_card_line_dup_form (const YihuCardLine *self); /* as the draft keeps it */

/* Both mark the field. Returns: (transfer full) (nullable): what is wrong, in words. */
char *yihu_card_line_check_length (YihuCardLine *self);
char *yihu_card_line_read (YihuCardLine *self,
                           const YihuElder *seen,
                           int today,
                           const char *area_code,
                           YihuElder *wanted);

G_END_DECLS
