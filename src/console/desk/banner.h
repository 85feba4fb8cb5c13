/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/keys.h"

/* The strip under the header while a call rings: who, since when, one button. It takes no focus by
 * itself and never the form. Blinks at 1 Hz (class toggled, no animation frames). */

G_BEGIN_DECLS

#define YIHU_TYPE_BANNER (yihu_banner_get_type ())
G_DECLARE_FINAL_TYPE (YihuBanner, yihu_banner, YIHU, BANNER, GtkBox)

GtkWidget *yihu_banner_new (const YihuKey *keys, guint n_keys);
void yihu_banner_ring (YihuBanner *self, gint64 urgency, const char *who, const char *detail);
void yihu_banner_set_wait (YihuBanner *self, const char *wait);
void yihu_banner_stop (YihuBanner *self);
gboolean yihu_banner_is_ringing (YihuBanner *self);
void yihu_banner_focus_answer (YihuBanner *self);

G_END_DECLS
