/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Named counts as horizontal bars, the largest on top; as many as fit its height. Its accessible
 * label says them all. */

G_BEGIN_DECLS

#define YIHU_TYPE_RANKED_BARS (yihu_ranked_bars_get_type ())
G_DECLARE_FINAL_TYPE (YihuRankedBars, yihu_ranked_bars, YIHU, RANKED_BARS, GtkWidget)

GtkWidget *yihu_ranked_bars_new (void);

/* Counts of 0 or less are left out; equal ones keep their order. */
void yihu_ranked_bars_set (YihuRankedBars *self,
                           const char *const *names,
                           const gint64 *counts,
                           guint n);

guint yihu_ranked_bars_get_n (YihuRankedBars *self);
const char *yihu_ranked_bars_get_name (YihuRankedBars *self, guint rank);

G_END_DECLS
