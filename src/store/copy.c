/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A whole store into an empty one of any engine, table by table, in one transaction of each side:
 * all or nothing. The tables and their columns are asked of the source, so that nothing which was
 * added to the schema later can be forgotten here. Counts and the audit chain are checked in the
 * target before the commit. */

#include "store/audit-verify.h"
#include "store/store-private.h"

#include "base/error.h"

typedef struct
{
  YihuStore *source;
  YihuStore *target;
  const char *table;
  GPtrArray *names; /* (element-type utf8) of columns */
  GPtrArray *kinds; /* (element-type utf8) */
} Copy;

static gboolean
count_rows (YihuStore *store, const char *table, gint64 *count, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM \"%s\"", table);

  return yihu_store_query_int (store, sql, count, error, "");
}

/* A store that was just made has a tenant who has done nothing, and nothing else. */
static gboolean
check_empty (YihuStore *target, GPtrArray *tables, GError **error)
{
  YihuTenant tenant = { 0 };

  if (!yihu_store_get_tenant (target, &tenant, error))
    return FALSE;
  for (guint i = 0; i < tables->len; i++)
    {
      const char *table = g_ptr_array_index (tables, i);
      gboolean is_tenant = g_str_equal (table, "tenant");
      gint64 count = 0;

      if (!count_rows (target, table, &count, error))
        return FALSE;
      if (is_tenant ? tenant.seq != 0 : count != 0)
        {
          g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED,
                       "the target is not empty (table '%s'): it would mix two cities", table);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
find_columns (Copy *copy, GError **error)
{
  YihuEngine *source = copy->source->engine;
  YihuEngine *target = copy->target->engine;
  g_autoptr (GHashTable) columns = source->klass->list_columns (source, copy->table, error);
  g_autoptr (GHashTable) wanted = NULL;
  GHashTableIter iter;
  gpointer name;
  gpointer kind;

  wanted = columns != NULL ? target->klass->list_columns (target, copy->table, error) : NULL;
  if (wanted == NULL)
    return FALSE;
  copy->names = g_ptr_array_new_with_free_func (g_free);
  copy->kinds = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, columns);
  while (g_hash_table_iter_next (&iter, &name, &kind))
    {
      if (g_strcmp0 (g_hash_table_lookup (wanted, name), kind) != 0)
        {
          g_set_error (error, YIHU_ERROR, YIHU_ERROR_VERSION,
                       "column '%s' of '%s' is not the same in both stores", (const char *) name,
                       copy->table);
          return FALSE;
        }
      g_ptr_array_add (copy->names, g_strdup (name));
      g_ptr_array_add (copy->kinds, kind);
    }
  return TRUE;
}

static char *
join_columns (const Copy *copy)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < copy->names->len; i++)
    g_string_append_printf (text, "%s\"%s\"", i > 0 ? ", " : "",
                            (const char *) g_ptr_array_index (copy->names, i));
  return g_string_free (text, FALSE);
}

static char *
make_insert (const Copy *copy, const char *columns)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "INSERT INTO \"%s\" (%s) VALUES (", copy->table, columns);
  for (guint i = 0; i < copy->names->len; i++)
    g_string_append_printf (text, "%s?%u", i > 0 ? ", " : "", i + 1);
  g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}

static gboolean
copy_row (const Copy *copy,
          YihuCursor *rows,
          const char *insert,
          YihuSqlValue *values,
          GError **error)
{
  YihuEngine *target = copy->target->engine;
  gboolean ok;

  for (guint i = 0; i < copy->names->len; i++)
    {
      values[i].kind = *(const char *) g_ptr_array_index (copy->kinds, i);
      if (values[i].kind == 'i')
        values[i].number = yihu_cursor_get_int (rows, i);
      else if (values[i].kind == 's')
        values[i].text = yihu_cursor_get_text (rows, i);
      else
        values[i].bytes = yihu_cursor_get_blob (rows, i);
    }
  ok = target->klass->run (target, insert, values, copy->names->len, error);
  for (guint i = 0; i < copy->names->len; i++)
    if (values[i].kind == 'b')
      g_bytes_unref (values[i].bytes);
  return ok;
}

static gboolean
copy_rows (const Copy *copy, gint64 *n_rows, GError **error)
{
  g_autofree char *columns = join_columns (copy);
  g_autofree char *select = g_strdup_printf ("SELECT %s FROM \"%s\"", columns, copy->table);
  g_autofree char *insert = make_insert (copy, columns);
  g_autofree YihuSqlValue *values = g_new0 (YihuSqlValue, copy->names->len);
  g_autoptr (YihuCursor) rows = yihu_store_stream (copy->source, select, error, "");
  GError *local_error = NULL;

  if (rows == NULL)
    return FALSE;
  for (*n_rows = 0; yihu_cursor_next (rows, &local_error); (*n_rows)++)
    if (!copy_row (copy, rows, insert, values, error))
      return FALSE;
  return yihu_store_end_rows (local_error, error);
}

static gboolean
copy_table (YihuStore *source, YihuStore *target, const char *table, gint64 *n_rows, GError **error)
{
  Copy copy = { source, target, table, NULL, NULL };
  gint64 expected = 0;
  gint64 found = 0;
  gboolean ok;

  ok = find_columns (&copy, error) && count_rows (source, table, &expected, error)
       && (!g_str_equal (table, "tenant")
           || yihu_store_run (target, "DELETE FROM tenant", error, ""))
       && copy_rows (&copy, n_rows, error) && count_rows (target, table, &found, error);
  g_clear_pointer (&copy.names, g_ptr_array_unref);
  g_clear_pointer (&copy.kinds, g_ptr_array_unref);
  if (!ok)
    {
      g_prefix_error (error, "copy '%s': ", table);
      return FALSE;
    }
  if (found == expected && *n_rows == expected)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT,
               "copy '%s': %" G_GINT64_FORMAT " rows there, %" G_GINT64_FORMAT " here", table,
               expected, found);
  return FALSE;
}

static gboolean
check_audit (YihuStore *store, const char *which, GError **error)
{
  YihuAuditVerdict verdict;
  g_autofree char *words = NULL;

  if (!yihu_store_verify_audit (store, NULL, NULL, &verdict, error))
    return FALSE;
  words = yihu_audit_verdict_describe (&verdict);
  if (words == NULL)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "the audit of the %s: %s", which, words);
  return FALSE;
}

static gboolean
copy_all (YihuStore *source,
          YihuStore *target,
          YihuStoreCopyFunc func,
          gpointer data,
          GError **error)
{
  g_autoptr (GPtrArray) tables = source->engine->klass->list_tables (source->engine, error);

  if (tables == NULL || !check_audit (source, "source", error)
      || !check_empty (target, tables, error))
    return FALSE;
  for (guint i = 0; i < tables->len; i++)
    {
      const char *table = g_ptr_array_index (tables, i);
      gint64 n_rows = 0;

      if (!copy_table (source, target, table, &n_rows, error))
        return FALSE;
      func (table, n_rows, data);
    }
  return check_audit (target, "target", error);
}

gboolean
yihu_store_copy (YihuStore *source,
                 YihuStore *target,
                 YihuStoreCopyFunc func,
                 gpointer data,
                 GError **error)
{
  gboolean ok;

  g_return_val_if_fail (YIHU_IS_STORE (source) && YIHU_IS_STORE (target), FALSE);

  if (!yihu_store_begin (source, FALSE, error))
    return FALSE;
  ok = yihu_store_begin_group (target, error) && copy_all (source, target, func, data, error)
       && yihu_store_commit (target, error);
  if (!ok)
    yihu_store_rollback (target);
  yihu_store_rollback (source);
  return ok;
}
