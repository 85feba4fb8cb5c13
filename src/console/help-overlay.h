/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/keys.h"

G_BEGIN_DECLS

/* All verbs of a screen with their keys, as a card over the screen. It takes no focus and no form:
 * put it into a GtkOverlay and toggle its visibility. */
GtkWidget *yihu_help_overlay_new (const YihuKey *keys, guint n_keys);

G_END_DECLS
