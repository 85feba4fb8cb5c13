/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/engine.h"

/* The engine's part for schema.c: the words of PostgreSQL's dialect, the version of the tables and
 * the list of what is there. Functions as in YihuEngineClass. */

G_BEGIN_DECLS

extern const YihuEngineWord yihu_pg_words[];

gboolean yihu_pg_get_version (YihuEngine *engine, gint64 *version, GError **error);
gboolean yihu_pg_set_version (YihuEngine *engine, gint64 version, GError **error);
GPtrArray *yihu_pg_list_tables (YihuEngine *engine, GError **error);
GHashTable *yihu_pg_list_columns (YihuEngine *engine, const char *table, GError **error);

G_END_DECLS
