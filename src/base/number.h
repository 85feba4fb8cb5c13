/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Whole numbers as texts of files, headers and addresses. GLib's g_ascii_string_to_signed() is not
 * used for them: it takes an errno that waiting for another thread left behind (the first use of
 * its locale in a program) for a bad number, and so refuses a good one now and then. Any thread. */

G_BEGIN_DECLS

/* @text: (nullable): decimal digits, one '-' before them; no blanks, no '+'. @value is set only
 * when TRUE is returned: the number lies between @lowest and @highest, both included. */
gboolean yihu_number_parse (const char *text, gint64 lowest, gint64 highest, gint64 *value);

G_END_DECLS
