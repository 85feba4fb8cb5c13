/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows by columns: one array a parameter. An upsert must not meet the same row twice in one
 * statement, so a key that comes again sends what was gathered for its table first. */

#include "store/postgres/gather.h"

#include "store/postgres/array.h"

#include <string.h>

#define MAX_ROWS 1000

typedef struct
{
  YihuPgStatement *statement; /* that of one row (not owned) */
  char *text; /* that of many */
  YihuPgArray *columns;
  guint n_columns;
  GHashTable *keys; /* (owned) */
} Rows;

typedef struct
{
  YihuPgStatement *statement; /* (not owned) */
  char *text;
  YihuPgArray keys;
  GHashTable *slots; /* (owned) key to YihuPgSlot (not owned) */
  YihuPgSlot slot; /* of the whole */
} Lookup;

struct _YihuPgGather
{
  GPtrArray *rows; /* (owned) Rows: in the order in which they began */
  GPtrArray *lookups; /* (owned) Lookup: not sent yet */
  GPtrArray *sent; /* (owned) Lookup */
};

static void
rows_free (gpointer data)
{
  Rows *rows = data;

  for (guint i = 0; i < rows->n_columns; i++)
    yihu_pg_array_clear (&rows->columns[i]);
  g_free (rows->columns);
  g_free (rows->text);
  g_hash_table_unref (rows->keys);
  g_free (rows);
}

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  PQclear (lookup->slot.result);
  yihu_pg_array_clear (&lookup->keys);
  g_free (lookup->text);
  g_hash_table_unref (lookup->slots);
  g_free (lookup);
}

YihuPgGather *
yihu_pg_gather_new (void)
{
  YihuPgGather *self = g_new0 (YihuPgGather, 1);

  self->rows = g_ptr_array_new_with_free_func (rows_free);
  self->lookups = g_ptr_array_new_with_free_func (lookup_free);
  self->sent = g_ptr_array_new_with_free_func (lookup_free);
  return self;
}

void
yihu_pg_gather_free (YihuPgGather *self)
{
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->lookups);
  g_ptr_array_unref (self->sent);
  g_free (self);
}

void
yihu_pg_gather_drop_unsent (YihuPgGather *self)
{
  g_ptr_array_set_size (self->rows, 0);
  g_ptr_array_set_size (self->lookups, 0);
}

void
yihu_pg_gather_clear (YihuPgGather *self)
{
  yihu_pg_gather_drop_unsent (self);
  g_ptr_array_set_size (self->sent, 0);
}

/* Writes. */

/* "INSERT INTO t(a, b) VALUES(?1, ?2) REST" to "INSERT INTO t(a, b) SELECT * FROM unnest(?1, ?2)
 * REST"; NULL where the text is another. */
static char *
make_many_rows (const char *sql)
{
  const char *values = strstr (sql, " VALUES");
  const char *open = values != NULL ? strchr (values, '(') : NULL;
  const char *close = open != NULL ? strchr (open, ')') : NULL;

  if (close == NULL)
    return NULL;
  return g_strdup_printf ("%.*s SELECT * FROM unnest(%.*s)%s", (int) (values - sql), sql,
                          (int) (close - open - 1), open + 1, close + 1);
}

static gboolean
can_gather (const YihuPgStatement *statement, const YihuSqlValue *values, guint n_values)
{
  if (statement->key_column == NULL || n_values == 0)
    return FALSE;
  for (guint i = 0; i < n_values; i++)
    if (values[i].kind == 'b' || (values[i].kind == 's' && values[i].text == NULL))
      return FALSE;
  return TRUE;
}

static Rows *
ensure_rows (YihuPgGather *self,
             YihuPgStatement *statement,
             const YihuSqlValue *values,
             guint n_values)
{
  Rows *rows;
  char *text;

  for (guint i = 0; i < self->rows->len; i++)
    {
      rows = g_ptr_array_index (self->rows, i);
      if (rows->statement == statement)
        return rows;
    }
  text = make_many_rows (statement->sql);
  if (text == NULL)
    return NULL;
  rows = g_new0 (Rows, 1);
  rows->statement = statement;
  rows->text = text;
  rows->columns = g_new0 (YihuPgArray, n_values);
  rows->n_columns = n_values;
  rows->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < n_values; i++)
    yihu_pg_array_init (&rows->columns[i], values[i].kind);
  g_ptr_array_add (self->rows, rows);
  return rows;
}

static gboolean
send_rows (Rows *rows, YihuPgConnection *connection, GError **error)
{
  g_autofree YihuSqlValue *values = NULL;
  gboolean ok;

  if (rows->columns[0].n_values == 0)
    return TRUE;
  values = g_new (YihuSqlValue, rows->n_columns);
  for (guint i = 0; i < rows->n_columns; i++)
    values[i] = yihu_pg_array_take (&rows->columns[i]);
  g_hash_table_remove_all (rows->keys);
  ok = yihu_pg_connection_send (connection,
                                yihu_pg_connection_find_statement (connection, rows->text), values,
                                rows->n_columns, NULL, error);
  for (guint i = 0; i < rows->n_columns; i++)
    g_bytes_unref (values[i].bytes);
  return ok;
}

static char *
make_key (const YihuSqlValue *value)
{
  return value->kind == 's' ? g_strdup (value->text)
                            : g_strdup_printf ("%" G_GINT64_FORMAT, value->number);
}

gboolean
yihu_pg_gather_write (YihuPgGather *self,
                      YihuPgConnection *connection,
                      YihuPgStatement *statement,
                      const YihuSqlValue *values,
                      guint n_values,
                      GError **error)
{
  g_autofree char *key = NULL;
  Rows *rows;

  if (!can_gather (statement, values, n_values))
    return FALSE;
  rows = ensure_rows (self, statement, values, n_values);
  if (rows == NULL || rows->n_columns != n_values)
    return FALSE;
  key = make_key (&values[0]);
  if ((rows->columns[0].n_values >= MAX_ROWS || g_hash_table_contains (rows->keys, key))
      && !send_rows (rows, connection, error))
    return FALSE;
  g_hash_table_add (rows->keys, g_steal_pointer (&key));
  for (guint i = 0; i < n_values; i++)
    yihu_pg_array_add (&rows->columns[i], &values[i]);
  return TRUE;
}

/* Look-ups. */

/* "SELECT a FROM t WHERE k = ?1" to "SELECT a, k FROM t WHERE k = ANY(?1)" */
static char *
make_many_keys (const YihuPgStatement *statement)
{
  const char *from = strstr (statement->sql, " FROM ");
  gsize length = strlen (statement->sql) - strlen ("?1");

  return g_strdup_printf ("%.*s, \"%s\"%.*sANY(?1)", (int) (from - statement->sql), statement->sql,
                          statement->key_column, (int) (length - (gsize) (from - statement->sql)),
                          from);
}

static Lookup *
ensure_lookup (YihuPgGather *self, YihuPgStatement *statement)
{
  Lookup *lookup;

  for (guint i = 0; i < self->lookups->len; i++)
    {
      lookup = g_ptr_array_index (self->lookups, i);
      if (lookup->statement == statement)
        return lookup;
    }
  lookup = g_new0 (Lookup, 1);
  lookup->statement = statement;
  lookup->text = make_many_keys (statement);
  lookup->slots = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  yihu_pg_array_init (&lookup->keys, 's');
  g_ptr_array_add (self->lookups, lookup);
  return lookup;
}

gboolean
yihu_pg_gather_lookup (YihuPgGather *self,
                       YihuPgStatement *statement,
                       const YihuSqlValue *values,
                       guint n_values,
                       YihuPgSlot *slot)
{
  Lookup *lookup;

  if (statement->key_column == NULL || n_values != 1 || values[0].kind != 's'
      || values[0].text == NULL)
    return FALSE;
  lookup = ensure_lookup (self, statement);
  g_hash_table_insert (lookup->slots, g_strdup (values[0].text), slot);
  yihu_pg_array_add (&lookup->keys, &values[0]);
  return TRUE;
}

static gboolean
send_lookup (Lookup *lookup, YihuPgConnection *connection, GError **error)
{
  YihuSqlValue keys = yihu_pg_array_take (&lookup->keys);
  gboolean ok =
      yihu_pg_connection_send (connection,
                               yihu_pg_connection_find_statement (connection, lookup->text), &keys,
                               1, &lookup->slot, error);

  g_bytes_unref (keys.bytes);
  return ok;
}

gboolean
yihu_pg_gather_flush (YihuPgGather *self, YihuPgConnection *connection, GError **error)
{
  while (self->lookups->len > 0)
    {
      Lookup *lookup = g_ptr_array_steal_index (self->lookups, 0);

      g_ptr_array_add (self->sent, lookup);
      if (!send_lookup (lookup, connection, error))
        return FALSE;
    }
  for (guint i = 0; i < self->rows->len; i++)
    if (!send_rows (g_ptr_array_index (self->rows, i), connection, error))
      return FALSE;
  return TRUE;
}

/* Every key has an answer; most often it is that there is no such row. */
static void
settle_lookup (Lookup *lookup)
{
  PGresult *result = lookup->slot.result;
  int key_column = PQnfields (result) - 1;
  GHashTableIter iter;
  gpointer slot;

  g_hash_table_iter_init (&iter, lookup->slots);
  while (g_hash_table_iter_next (&iter, NULL, &slot))
    *(YihuPgSlot *) slot = (YihuPgSlot){ result, 0, 0, TRUE };
  for (int row = 0; row < PQntuples (result); row++)
    {
      YihuPgSlot *found = g_hash_table_lookup (lookup->slots, PQgetvalue (result, row, key_column));

      if (found != NULL)
        *found = (YihuPgSlot){ result, row, 1, TRUE };
    }
  g_hash_table_remove_all (lookup->slots);
}

void
yihu_pg_gather_settle (YihuPgGather *self)
{
  for (guint i = 0; i < self->sent->len; i++)
    {
      Lookup *lookup = g_ptr_array_index (self->sent, i);

      if (lookup->slot.result != NULL && g_hash_table_size (lookup->slots) > 0)
        settle_lookup (lookup);
    }
}
