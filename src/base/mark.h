/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Marks on the time line: where the environment names a file in YIHU_MARKS, one line
 * "MONOTONIC_US NAME DETAIL" is appended for each mark (one write(2), O_APPEND, so several programs
 * may share the file). Without the variable a mark costs one branch. Details are ids, never
 * personal data. Benchmarks and tests read the file. Any thread. */

G_BEGIN_DECLS

gboolean yihu_mark_is_enabled (void);
void yihu_mark (const char *name, const char *detail);

G_END_DECLS
