/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Records: one table a kind, read and written by the field tables; the look-ups that use cases
 * need. Texts of SQL that depend on the kind are made once for each connection. */

#include "store/sqlite/private.h"

#include "base/error.h"

#define OPEN_STATES "('placed', 'accepted', 'arrived', 'started', 'finished', 'returned')"
#define YOUNG_ORDERS "(placed_at_us >= ?3 OR state IN " OPEN_STATES ")"

typedef char *(*TextFunc) (const YihuRecordType *type);

static const char *
find_text (YihuSqliteStore *self, const char *purpose, const YihuRecordType *type, TextFunc make)
{
  g_autofree char *key = g_strconcat (purpose, type->name, NULL);
  char *text = g_hash_table_lookup (self->texts, key);

  if (text != NULL)
    return text;
  text = make (type);
  g_hash_table_insert (self->texts, g_steal_pointer (&key), text);
  return text;
}

static gboolean
records_put (YihuStore *store, gconstpointer record, GError **error)
{
  return yihu_database_put_record (YIHU_SQLITE_STORE (store)->database, record, YIHU_FIELD_PLAIN,
                                   error);
}

static gpointer
records_get (YihuStore *store, const YihuRecordType *type, const char *id, GError **error)
{
  return yihu_database_get_record (YIHU_SQLITE_STORE (store)->database, type, id, YIHU_FIELD_PLAIN,
                                   error);
}

static char *
make_head_text (const YihuRecordType *type)
{
  return g_strdup_printf ("SELECT version, division FROM \"%s\" WHERE id = ?1", type->name);
}

static gboolean
records_find_head (YihuStore *store,
                   const YihuRecordType *type,
                   const char *id,
                   gint64 *version,
                   gint64 *division,
                   GError **error)
{
  YihuSqliteStore *self = YIHU_SQLITE_STORE (store);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database, find_text (self, "head ", type, make_head_text), error,
                           "s", id);
  gboolean found;

  if (rows == NULL)
    return FALSE;
  found = yihu_rows_next (rows, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  *version = found ? yihu_rows_get_int (rows, 0) : 0;
  if (division != NULL)
    *division = found ? yihu_rows_get_int (rows, 1) : 0;
  return TRUE;
}

/* Kinds that grow for ever give what is open or young; all others give everything. */
static const char *
age_clause (const YihuRecordType *type)
{
  if (type == &yihu_call_type)
    return "ring_at_us >= ?3";
  if (type == &yihu_order_type)
    return YOUNG_ORDERS;
  if (type == &yihu_order_step_type)
    return "service_order IN (SELECT id FROM service_order WHERE " YOUNG_ORDERS ")";
  if (type == &yihu_note_type)
    return "at_us >= ?3";
  return "?3 = ?3";
}

static char *
make_each_text (const YihuRecordType *type)
{
  g_autofree char *columns = yihu_record_sql_columns (type, YIHU_FIELD_PLAIN, NULL);

  return g_strdup_printf ("SELECT %s FROM \"%s\" WHERE " YIHU_SQL_IN_RANGE " AND %s ORDER BY id",
                          columns, type->name, age_clause (type));
}

static gboolean
records_each (YihuStore *store,
              const YihuRecordType *type,
              YihuDivisionRange range,
              gint64 since_us,
              YihuStoreRecordFunc func,
              gpointer data,
              GError **error)
{
  YihuSqliteStore *self = YIHU_SQLITE_STORE (store);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database, find_text (self, "each ", type, make_each_text), error,
                           "iii", range.lo, range.hi, since_us);
  gboolean more = TRUE;

  if (rows == NULL)
    return FALSE;
  while (more && yihu_rows_next (rows, &local_error))
    {
      g_autoptr (YihuRecord) record = yihu_rows_get_record (rows, type, YIHU_FIELD_PLAIN, 0);

      more = func (record, data);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static char *
make_count_text (const YihuRecordType *type)
{
  /* Two ranges of one index instead of an OR, which would collect row numbers. */
  return g_strdup_printf ("SELECT (SELECT count(*) FROM \"%s\" WHERE division = 0) + (SELECT "
                          "count(*) FROM \"%s\" WHERE division >= max(?1, 1) AND division < ?2)",
                          type->name, type->name);
}

static gboolean
records_count (YihuStore *store,
               const YihuRecordType *type,
               YihuDivisionRange range,
               gint64 *count,
               GError **error)
{
  YihuSqliteStore *self = YIHU_SQLITE_STORE (store);

  return yihu_database_query_int (self->database, find_text (self, "count ", type, make_count_text),
                                  count, error, "ii", range.lo, range.hi);
}

static gboolean
collect_ids (YihuSqliteStore *self,
             const char *sql,
             const char *number,
             guint limit,
             GPtrArray *ids,
             GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database, sql, error, "si", number, (gint64) limit);

  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &local_error))
    g_ptr_array_add (ids, g_strdup (yihu_rows_get_text (rows, 0)));
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static GPtrArray *
records_find_callers (YihuStore *store, const char *number, guint limit, GError **error)
{
  YihuSqliteStore *self = YIHU_SQLITE_STORE (store);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  if (*number == '\0')
    return g_steal_pointer (&ids);
  if (!collect_ids (self,
                    "SELECT id FROM elder WHERE phone = ?1 AND phone <> '' AND status = 'active' "
                    "UNION SELECT id FROM elder WHERE phone2 = ?1 AND phone2 <> '' AND status = "
                    "'active' LIMIT ?2",
                    number, limit, ids, error))
    return NULL;
  if (ids->len == 0
      && !collect_ids (self,
                       "SELECT DISTINCT kin.elder FROM kin JOIN elder ON elder.id = kin.elder "
                       "WHERE kin.phone = ?1 AND kin.phone <> '' AND elder.status = 'active' "
                       "LIMIT ?2",
                       number, limit, ids, error))
    return NULL;
  return g_steal_pointer (&ids);
}

/* The one row of a record query, or NULL. */
static gboolean
take_one (YihuRows *rows, const YihuRecordType *type, gpointer *record, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  *record = NULL;
  if (rows == NULL)
    return FALSE;
  if (yihu_rows_next (rows, &local_error))
    *record = yihu_rows_get_record (rows, type, YIHU_FIELD_PLAIN, 0);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static char *
make_price_text (const YihuRecordType *type)
{
  g_autofree char *columns = yihu_record_sql_columns (type, YIHU_FIELD_PLAIN, NULL);

  return g_strdup_printf ("SELECT %s FROM price WHERE provider = ?1 AND item = ?2 ORDER BY id "
                          "LIMIT 1",
                          columns);
}

static gboolean
records_find_price (YihuStore *store,
                    const char *provider,
                    const char *item,
                    YihuPrice **price,
                    GError **error)
{
  YihuSqliteStore *self = YIHU_SQLITE_STORE (store);
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database,
                           find_text (self, "price ", &yihu_price_type, make_price_text), error,
                           "ss", provider, item);

  return take_one (rows, &yihu_price_type, (gpointer *) price, error);
}

static char *
make_last_step_text (const YihuRecordType *type)
{
  g_autofree char *columns = yihu_record_sql_columns (type, YIHU_FIELD_PLAIN, NULL);

  return g_strdup_printf ("SELECT %s FROM order_step WHERE service_order = ?1 ORDER BY rowid DESC "
                          "LIMIT 1",
                          columns);
}

static gboolean
records_find_last_step (YihuStore *store, const char *order, YihuOrderStep **step, GError **error)
{
  YihuSqliteStore *self = YIHU_SQLITE_STORE (store);
  g_autoptr (YihuRows) rows =
      yihu_database_query (self->database,
                           find_text (self, "last ", &yihu_order_step_type, make_last_step_text),
                           error, "s", order);

  return take_one (rows, &yihu_order_step_type, (gpointer *) step, error);
}

static char *
make_orders_text (guint states)
{
  g_autofree char *columns = yihu_record_sql_columns (&yihu_order_type, YIHU_FIELD_PLAIN, NULL);
  g_autoptr (GString) sql = g_string_new (NULL);
  const char *separator = "";

  g_string_printf (sql, "SELECT %s FROM service_order WHERE provider = ?1 AND state IN (", columns);
  for (guint i = 0; yihu_order_flow.states[i] != NULL; i++)
    if (states & (1u << i))
      {
        g_string_append_printf (sql, "%s'%s'", separator, yihu_order_flow.states[i]);
        separator = ", ";
      }
  g_string_append (sql, ") ORDER BY due_at_us, id LIMIT ?2");
  return g_string_free (g_steal_pointer (&sql), FALSE);
}

static GPtrArray *
records_list_orders (YihuStore *store,
                     const char *provider,
                     guint states,
                     guint limit,
                     GError **error)
{
  g_autofree char *sql = make_orders_text (states);
  g_autoptr (GPtrArray) orders = g_ptr_array_new_with_free_func (yihu_record_unref);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuRows) rows = yihu_database_query (YIHU_SQLITE_STORE (store)->database, sql, error,
                                                   "si", provider, (gint64) limit);

  if (rows == NULL)
    return NULL;
  while (yihu_rows_next (rows, &local_error))
    g_ptr_array_add (orders, yihu_rows_get_record (rows, &yihu_order_type, YIHU_FIELD_PLAIN, 0));
  if (local_error == NULL)
    return g_steal_pointer (&orders);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

void
yihu_sqlite_records_fill (YihuStoreInterface *iface)
{
  iface->put_record = records_put;
  iface->get_record = records_get;
  iface->find_head = records_find_head;
  iface->each_record = records_each;
  iface->count_records = records_count;
  iface->find_callers = records_find_callers;
  iface->find_price = records_find_price;
  iface->find_last_step = records_find_last_step;
  iface->list_orders = records_list_orders;
}
