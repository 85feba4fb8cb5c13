/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Pictures of a screen under test, for eyes. Nothing is kept unless YIHU_SCREENS names a directory.
 * YIHU_LOOK, words apart by commas, says how it looks then: "dark", "large" (type 125 %), "zh"
 * (Chinese; with YIHU_LOCALEDIR). High contrast and GDK_SCALE are GTK's own:
 * ADW_DEBUG_HIGH_CONTRAST=1.
 */

G_BEGIN_DECLS

/* In main(), before anything is translated and after the display is open. */
void look_init (void);
/* NAME.png of what @window draws now. */
void look_keep (GtkWidget *window, const char *name);
/* What the program says for an English source string, in the language of the look. */
const char *look_words (const char *words);

G_END_DECLS
