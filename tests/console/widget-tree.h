/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Looking at what stands on the display, for tests. */

/* The first widget below @widget, or itself, that can be seen and shows @words as a label or has
 * them typed into it; NULL: none. */
GtkWidget *tree_find (GtkWidget *widget, const char *words);
GtkWidget *tree_find_type (GtkWidget *widget, GType type); /* seen or not; NULL: none */

/* What can be done now; a spinner always has something to do later. */
void tree_settle (void);

/* A picture of the display as NAME.png in the directory YIHU_SHOTS, where that is set. */
void tree_shoot (const char *name);
