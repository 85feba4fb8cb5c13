/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/* The store in one SQLite file. The writer's connection is durable (WAL, synchronous=FULL, read
 * back at opening); readers see committed states only. */

G_BEGIN_DECLS

/* Makes the file where there is none, migrates it, checks it. Refuses network file systems, a
 * damaged file (YIHU_ERROR_CORRUPT) and one of a newer version (YIHU_ERROR_VERSION).
 * Returns: (transfer full): the writer's connection */
YihuStore *yihu_sqlite_store_open (const char *path, GError **error);

/* A copy that nobody else uses, for looking only: migrates nothing. (transfer full) */
YihuStore *yihu_sqlite_store_open_copy (const char *path, GError **error);

/* For tests: as if the disk had room for @n_pages pages; 0: no limit again. */
void yihu_sqlite_store_limit_pages (YihuStore *store, guint n_pages);

G_END_DECLS
