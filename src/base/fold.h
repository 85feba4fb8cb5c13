/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The form in which texts are compared by search: compatibility forms composed (full-width digits
 * become ASCII), small letters, and nothing but letters, digits and characters: blanks, middle dots
 * and dashes are typed by nobody alike. Any thread. */

G_BEGIN_DECLS

/* Returns: (transfer full): "" for NULL and for what is not UTF-8. */
char *yihu_fold_text (const char *text);

G_END_DECLS
