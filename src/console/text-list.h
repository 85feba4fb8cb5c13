/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Makes a drop-down of strings ellipsize what is too long: by itself it would widen the window. */
void yihu_text_list_dress (GtkDropDown *list);

/* Replaces the strings; (transfer full) @texts. */
void yihu_text_list_fill (GtkDropDown *list, GtkStringList *texts, guint selected);

G_END_DECLS
