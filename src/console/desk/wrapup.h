/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/keys.h"

/* The strip after hang-up: countdown, outcomes with one key each, save and ready. It takes the
 * place of the call buttons. The outcomes are the stateful action "win.outcome". */

G_BEGIN_DECLS

#define YIHU_TYPE_WRAPUP (yihu_wrapup_get_type ())
G_DECLARE_FINAL_TYPE (YihuWrapup, yihu_wrapup, YIHU, WRAPUP, GtkBox)

GtkWidget *yihu_wrapup_new (const YihuKey *keys, guint n_keys);

G_END_DECLS
