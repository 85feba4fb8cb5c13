/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The structure of a PostgreSQL database as the store asks for it. The version stands in a table of
 * its own, because a database has no number like SQLite's user_version; tables and columns are read
 * from the information schema of the current schema only. */

#include "store/postgres/structure.h"

const YihuEngineWord yihu_pg_words[] = {
  { "{rowkey}", "BIGINT PRIMARY KEY" },
  { "{text}", "TEXT COLLATE \"C\"" },
  { "{blob}", "BYTEA" },
  { "{keyed}", "" },
  { "{hot}", "WITH (fillfactor = 80)" },
  { NULL, NULL },
};

gboolean
yihu_pg_get_version (YihuEngine *engine, gint64 *version, GError **error)
{
  g_autoptr (YihuCursor) rows = NULL;

  if (!engine->klass->exec (engine,
                            "CREATE TABLE IF NOT EXISTS yihu_version(version BIGINT NOT NULL)",
                            error))
    return FALSE;
  rows = engine->klass->query (engine, "SELECT coalesce(max(version), 0) FROM yihu_version", NULL,
                               0, FALSE, error);
  if (rows == NULL || !yihu_cursor_next (rows, error))
    return FALSE;
  *version = yihu_cursor_get_int (rows, 0);
  return TRUE;
}

gboolean
yihu_pg_set_version (YihuEngine *engine, gint64 version, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("DELETE FROM yihu_version; INSERT INTO yihu_version "
                                          "VALUES(%" G_GINT64_FORMAT ")",
                                          version);

  return engine->klass->exec (engine, sql, error);
}

GPtrArray *
yihu_pg_list_tables (YihuEngine *engine, GError **error)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (YihuCursor) rows = engine->klass->query (
      engine,
      "SELECT table_name::text FROM information_schema.tables WHERE table_schema = "
      "current_schema() AND table_name <> 'yihu_version' ORDER BY table_name::text COLLATE \"C\"",
      NULL, 0, FALSE, error);

  if (rows == NULL)
    return NULL;
  while (yihu_cursor_next (rows, error))
    g_ptr_array_add (tables, g_strdup (yihu_cursor_get_text (rows, 0)));
  return g_steal_pointer (&tables);
}

GHashTable *
yihu_pg_list_columns (YihuEngine *engine, const char *table, GError **error)
{
  g_autoptr (GHashTable) columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  YihuSqlValue value = { 's', .text = table };
  g_autoptr (YihuCursor) rows = engine->klass->query (
      engine,
      "SELECT column_name::text, data_type::text FROM information_schema.columns WHERE "
      "table_schema = current_schema() AND table_name = ?1",
      &value, 1, FALSE, error);

  if (rows == NULL)
    return NULL;
  while (yihu_cursor_next (rows, error))
    {
      const char *type = yihu_cursor_get_text (rows, 1);
      const char *kind = g_str_equal (type, "text") ? "s" : g_str_equal (type, "bytea") ? "b" : "i";

      g_hash_table_insert (columns, g_strdup (yihu_cursor_get_text (rows, 0)), (char *) kind);
    }
  return g_steal_pointer (&columns);
}
