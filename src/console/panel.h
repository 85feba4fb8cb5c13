/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/book.h"

/* A titled card: title left, note right, age of the data beside it, content below. Its content is
 * in exactly one state, and each state looks different and says which it is: "no orders" is not "no
 * data". In .ui files: <object class="YihuPanel"><property name="title">…, "child". */

G_BEGIN_DECLS

#define YIHU_TYPE_PANEL (yihu_panel_get_type ())
G_DECLARE_FINAL_TYPE (YihuPanel, yihu_panel, YIHU, PANEL, GtkBox)

typedef enum
{
  YIHU_PANEL_CONTENT,
  YIHU_PANEL_EMPTY, /* known to be nothing */
  YIHU_PANEL_LOADING,
  YIHU_PANEL_FAILED,
} YihuPanelState;

GtkWidget *yihu_panel_new (const char *title, GtkWidget *child);
void yihu_panel_set_child (YihuPanel *self, GtkWidget *child);
void yihu_panel_set_title (YihuPanel *self, const char *title);
void yihu_panel_set_note (YihuPanel *self, const char *note);

/* @words: shown instead of the child; NULL with CONTENT. */
void yihu_panel_set_state (YihuPanel *self, YihuPanelState state, const char *words);
YihuPanelState yihu_panel_get_state (YihuPanel *self);

/* Says how old the data is; call once a beat, cheap. Offline it reads "as of 14:31, 3 min ago";
 * past YIHU_PANEL_STALE_US the panel is hatched as well. */
#define YIHU_PANEL_STALE_US (5 * 60 * G_USEC_PER_SEC)
void
yihu_panel_set_freshness (YihuPanel *self, YihuBookState state, gint64 synced_at_us, gint64 now_us);

G_END_DECLS
