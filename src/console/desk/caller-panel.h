/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/desk/desk-call.h"

/* In place of the card while it is not known who calls: several elders on the number (choose),
 * nobody on it (find or register), number withheld (find or register). Never a modal. */

G_BEGIN_DECLS

#define YIHU_TYPE_CALLER_PANEL (yihu_caller_panel_get_type ())
G_DECLARE_FINAL_TYPE (YihuCallerPanel, yihu_caller_panel, YIHU, CALLER_PANEL, GtkBox)

/* Signals: "chosen" (YihuElder *elder), "registered" (YihuElder *elder): built, not submitted. */
GtkWidget *yihu_caller_panel_new (YihuBook *book, const char *area_code);
void yihu_caller_panel_show (YihuCallerPanel *self,
                             YihuCallerKind kind,
                             GPtrArray *candidates,
                             const char *number);
void yihu_caller_panel_focus (YihuCallerPanel *self);
void yihu_caller_panel_say (YihuCallerPanel *self, const char *sentence);

G_END_DECLS
