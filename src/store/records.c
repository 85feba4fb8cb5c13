/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Records: one table a kind, read and written by the field tables; the look-ups that use cases
 * need. Texts of SQL that depend on the kind are made once for each connection. */

#include "store/store-private.h"

#include "base/error.h"

#define OPEN_STATES "('placed', 'accepted', 'arrived', 'started', 'finished', 'returned')"
#define YOUNG_ORDERS "(placed_at_us >= ?3 OR state IN " OPEN_STATES ")"

static char *
make_put_text (const YihuRecordType *type)
{
  return yihu_record_sql_put (type, YIHU_FIELD_PLAIN);
}

gboolean
yihu_store_put_record (YihuStore *self, gconstpointer record, GError **error)
{
  const YihuRecordType *type = ((const YihuRecord *) record)->type;
  g_autofree YihuSqlValue *values = g_new (YihuSqlValue, 3 + type->n_fields);
  guint n_values = yihu_record_sql_values (record, YIHU_FIELD_PLAIN, values);

  return self->is_prefetching
         || self->engine->klass->run (self->engine,
                                      yihu_store_find_text (self, "put ", type, make_put_text),
                                      values, n_values, error);
}

static gint64
get_cursor_int (gpointer rows, guint column)
{
  return yihu_cursor_get_int (rows, column);
}

static const char *
get_cursor_text (gpointer rows, guint column)
{
  return yihu_cursor_get_text (rows, column);
}

gpointer
yihu_cursor_get_record (YihuCursor *self, const YihuRecordType *type)
{
  return yihu_record_read_columns (type, YIHU_FIELD_PLAIN, 0, get_cursor_int, get_cursor_text,
                                   self);
}

static char *
make_get_text (const YihuRecordType *type)
{
  return yihu_record_sql_get (type, YIHU_FIELD_PLAIN);
}

gpointer
yihu_store_get_record (YihuStore *self, const YihuRecordType *type, const char *id, GError **error)
{
  g_autoptr (YihuCursor) rows =
      yihu_store_query (self, yihu_store_find_text (self, "get ", type, make_get_text), error, "s",
                        id);

  if (rows == NULL || !yihu_cursor_next (rows, error))
    return NULL;
  return yihu_cursor_get_record (rows, type);
}

static char *
make_head_text (const YihuRecordType *type)
{
  return g_strdup_printf ("SELECT version, division FROM \"%s\" WHERE id = ?1", type->name);
}

gboolean
yihu_store_find_head (YihuStore *self,
                      const YihuRecordType *type,
                      const char *id,
                      gint64 *version,
                      gint64 *division,
                      GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuCursor) rows =
      yihu_store_query (self, yihu_store_find_text (self, "head ", type, make_head_text), error,
                        "s", id);
  gboolean found;

  if (rows == NULL)
    return FALSE;
  found = yihu_cursor_next (rows, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  *version = found ? yihu_cursor_get_int (rows, 0) : 0;
  if (division != NULL)
    *division = found ? yihu_cursor_get_int (rows, 1) : 0;
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

  /* Two ranges of one index instead of an OR and a sort: a district costs what it holds. */
  return g_strdup_printf ("SELECT %s FROM \"%s\" WHERE division = 0 AND %s UNION ALL "
                          "SELECT %s FROM \"%s\" WHERE division >= ?1 AND division < ?2 AND %s",
                          columns, type->name, age_clause (type), columns, type->name,
                          age_clause (type));
}

gboolean
yihu_store_each_record (YihuStore *self,
                        const YihuRecordType *type,
                        YihuDivisionRange range,
                        gint64 since_us,
                        YihuStoreRecordFunc func,
                        gpointer data,
                        GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuCursor) rows =
      yihu_store_stream (self, yihu_store_find_text (self, "each ", type, make_each_text), error,
                         "iii", MAX (range.lo, 1), range.hi, since_us);
  gboolean more = TRUE;

  if (rows == NULL)
    return FALSE;
  while (more && yihu_cursor_next (rows, &local_error))
    {
      g_autoptr (YihuRecord) record = yihu_cursor_get_record (rows, type);

      more = func (record, data);
    }
  return yihu_store_end_rows (g_steal_pointer (&local_error), error);
}

static char *
make_count_text (const YihuRecordType *type)
{
  /* Two ranges of one index instead of an OR, which would collect row numbers. */
  return g_strdup_printf ("SELECT (SELECT count(*) FROM \"%s\" WHERE division = 0) + (SELECT "
                          "count(*) FROM \"%s\" WHERE division >= ?1 AND division < ?2)",
                          type->name, type->name);
}

gboolean
yihu_store_count_records (YihuStore *self,
                          const YihuRecordType *type,
                          YihuDivisionRange range,
                          gint64 *count,
                          GError **error)
{

  return yihu_store_query_int (self, yihu_store_find_text (self, "count ", type, make_count_text),
                               count, error, "ii", MAX (range.lo, 1), range.hi);
}

static gboolean
collect_ids (YihuStore *self,
             const char *sql,
             const char *number,
             guint limit,
             GPtrArray *ids,
             GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (YihuCursor) rows = yihu_store_query (self, sql, error, "si", number, (gint64) limit);

  if (rows == NULL)
    return FALSE;
  while (yihu_cursor_next (rows, &local_error))
    g_ptr_array_add (ids, g_strdup (yihu_cursor_get_text (rows, 0)));
  return yihu_store_end_rows (g_steal_pointer (&local_error), error);
}

GPtrArray *
yihu_store_find_callers (YihuStore *self, const char *number, guint limit, GError **error)
{
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
take_one (YihuCursor *rows, const YihuRecordType *type, gpointer *record, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  *record = NULL;
  if (rows == NULL)
    return FALSE;
  if (yihu_cursor_next (rows, &local_error))
    *record = yihu_cursor_get_record (rows, type);
  return yihu_store_end_rows (g_steal_pointer (&local_error), error);
}

static char *
make_price_text (const YihuRecordType *type)
{
  g_autofree char *columns = yihu_record_sql_columns (type, YIHU_FIELD_PLAIN, NULL);

  return g_strdup_printf ("SELECT %s FROM price WHERE provider = ?1 AND item = ?2 ORDER BY id "
                          "LIMIT 1",
                          columns);
}

gboolean
yihu_store_find_price (YihuStore *self,
                       const char *provider,
                       const char *item,
                       YihuPrice **price,
                       GError **error)
{
  g_autoptr (YihuCursor) rows =
      yihu_store_query (self,
                        yihu_store_find_text (self, "price ", &yihu_price_type, make_price_text),
                        error, "ss", provider, item);

  return take_one (rows, &yihu_price_type, (gpointer *) price, error);
}

static char *
make_last_step_text (const YihuRecordType *type)
{
  g_autofree char *columns = yihu_record_sql_columns (type, YIHU_FIELD_PLAIN, NULL);

  /* Ids that the server made follow the order of the commits; those of an import say nothing. */
  return g_strdup_printf ("SELECT %s FROM order_step WHERE service_order = ?1 ORDER BY CASE WHEN "
                          "length(id) = 36 THEN id ELSE '' END DESC, at_us DESC, id DESC LIMIT 1",
                          columns);
}

gboolean
yihu_store_find_last_step (YihuStore *self, const char *order, YihuOrderStep **step, GError **error)
{
  g_autoptr (YihuCursor) rows =
      yihu_store_query (self,
                        yihu_store_find_text (self, "last ", &yihu_order_step_type,
                                              make_last_step_text),
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
take_records (YihuCursor *rows, const YihuRecordType *type, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (yihu_record_unref);
  GError *local_error = NULL;

  while (yihu_cursor_next (rows, &local_error))
    g_ptr_array_add (records, yihu_cursor_get_record (rows, type));
  if (local_error == NULL)
    return g_steal_pointer (&records);
  g_propagate_error (error, local_error);
  return NULL;
}

GPtrArray *
yihu_store_list_kin (YihuStore *self, const char *elder, GError **error)
{
  g_autofree char *columns = yihu_record_sql_columns (&yihu_kin_type, YIHU_FIELD_PLAIN, NULL);
  g_autofree char *sql =
      g_strdup_printf ("SELECT %s FROM kin WHERE elder = ?1 ORDER BY id", columns);
  g_autoptr (YihuCursor) rows = yihu_store_query (self, sql, error, "s", elder);

  return rows != NULL ? take_records (rows, &yihu_kin_type, error) : NULL;
}

GPtrArray *
yihu_store_list_orders (YihuStore *self,
                        const char *provider,
                        guint states,
                        guint limit,
                        GError **error)
{
  g_autofree char *sql = make_orders_text (states);
  g_autoptr (YihuCursor) rows = yihu_store_query (self, sql, error, "si", provider, (gint64) limit);

  return rows != NULL ? take_records (rows, &yihu_order_type, error) : NULL;
}
