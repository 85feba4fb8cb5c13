/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What every program that writes files by itself needs of the system's calls: errno as an error of
 * the house, and a write that writes all. Any thread; both may wait for the disk. */

G_BEGIN_DECLS

/* Right after a call that failed: YIHU_ERROR_FULL where there is no room (or no quota) left, else
 * YIHU_ERROR_FAILED; "ATTEMPT 'PATH': reason". @path: (nullable). Returns: FALSE. */
gboolean yihu_file_set_error (const char *attempt, const char *path, GError **error);

/* All of @data, however often the system takes less. @attempt: for the error. */
gboolean
yihu_file_write (int fd, gconstpointer data, gsize size, const char *attempt, GError **error);

G_END_DECLS
