/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two indexes beside the results: those of one row by table, column and key, all others by table.
 * A forgotten result keeps its slot, which the pipeline may still have to fill. */

#include "store/postgres/fetched.h"

typedef struct
{
  YihuPgSlot slot;
  gboolean is_forgotten;
} Entry;

struct _YihuPgFetched
{
  GHashTable *entries; /* (owned) name of statement and values to Entry (not owned) */
  GHashTable
      *by_place; /* (owned) "table column key" or "table" to GPtrArray of Entry (not owned) */
  GPtrArray *all; /* (owned) Entry */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  if (!entry->slot.is_shared)
    PQclear (entry->slot.result);
  g_free (entry);
}

YihuPgFetched *
yihu_pg_fetched_new (void)
{
  YihuPgFetched *self = g_new0 (YihuPgFetched, 1);

  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->by_place =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->all = g_ptr_array_new_with_free_func (entry_free);
  return self;
}

void
yihu_pg_fetched_free (YihuPgFetched *self)
{
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->by_place);
  g_ptr_array_unref (self->all);
  g_free (self);
}

void
yihu_pg_fetched_clear (YihuPgFetched *self)
{
  if (self->all->len == 0)
    return;
  g_hash_table_remove_all (self->entries);
  g_hash_table_remove_all (self->by_place);
  g_ptr_array_set_size (self->all, 0);
}

static char *
make_key (YihuPgStatement *statement, const YihuSqlValue *values, guint n_values)
{
  GString *key = g_string_new (statement->name);

  for (guint i = 0; i < n_values; i++)
    if (values[i].kind == 'i')
      g_string_append_printf (key, "\x01%" G_GINT64_FORMAT, values[i].number);
    else if (values[i].kind == 's')
      g_string_append_printf (key, "\x02%s", values[i].text != NULL ? values[i].text : "\x03");
    else
      g_string_append (key, "\x04"); /* nothing is looked up by a blob */
  return g_string_free (key, FALSE);
}

static char *
make_row_place (const char *table, const char *column, const YihuSqlValue *key)
{
  return g_strconcat (table, "\x01", column, "\x01", key->text, NULL);
}

static gboolean
is_one_row (const YihuPgStatement *statement, const YihuSqlValue *values, guint n_values)
{
  return statement->key_column != NULL && n_values > 0 && values[0].kind == 's'
         && values[0].text != NULL;
}

YihuPgSlot *
yihu_pg_fetched_find (YihuPgFetched *self,
                      YihuPgStatement *statement,
                      const YihuSqlValue *values,
                      guint n_values)
{
  g_autofree char *key = NULL;
  Entry *entry;

  if (self->all->len == 0)
    return NULL;
  key = make_key (statement, values, n_values);
  entry = g_hash_table_lookup (self->entries, key);
  return entry != NULL && !entry->is_forgotten ? &entry->slot : NULL;
}

static void
put_place (YihuPgFetched *self, char *place, Entry *entry)
{
  GPtrArray *entries = g_hash_table_lookup (self->by_place, place);

  if (entries == NULL)
    {
      entries = g_ptr_array_new ();
      g_hash_table_insert (self->by_place, g_strdup (place), entries);
    }
  g_ptr_array_add (entries, entry);
  g_free (place);
}

YihuPgSlot *
yihu_pg_fetched_add (YihuPgFetched *self,
                     YihuPgStatement *statement,
                     const YihuSqlValue *values,
                     guint n_values)
{
  Entry *entry = g_new0 (Entry, 1);

  g_ptr_array_add (self->all, entry);
  g_hash_table_replace (self->entries, make_key (statement, values, n_values), entry);
  if (is_one_row (statement, values, n_values))
    put_place (self, make_row_place (statement->tables[0], statement->key_column, &values[0]),
               entry);
  else
    for (guint i = 0; statement->tables[i] != NULL; i++)
      put_place (self, g_strdup (statement->tables[i]), entry);
  return &entry->slot;
}

static void
forget_place (YihuPgFetched *self, const char *place)
{
  GPtrArray *entries = g_hash_table_lookup (self->by_place, place);

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    ((Entry *) g_ptr_array_index (entries, i))->is_forgotten = TRUE;
  if (entries != NULL)
    g_hash_table_remove (self->by_place, place);
}

static void
forget_table (YihuPgFetched *self, const char *table)
{
  g_autofree char *rows = g_strconcat (table, "\x01", NULL);
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer place;

  g_hash_table_iter_init (&iter, self->by_place);
  while (g_hash_table_iter_next (&iter, &place, NULL))
    if (g_str_equal (place, table) || g_str_has_prefix (place, rows))
      g_ptr_array_add (places, g_strdup (place));
  for (guint i = 0; i < places->len; i++)
    forget_place (self, g_ptr_array_index (places, i));
}

/* A write by one column leaves what was found by another column in doubt: the house looks single
 * rows up by the key alone, and everything else counts as a look-up in the table. */
void
yihu_pg_fetched_forget (YihuPgFetched *self,
                        YihuPgStatement *write,
                        const YihuSqlValue *values,
                        guint n_values)
{
  g_autofree char *place = NULL;

  if (self->all->len == 0)
    return;
  if (!is_one_row (write, values, n_values) || write->tables[0] == NULL)
    {
      for (guint i = 0; write->tables[i] != NULL; i++)
        forget_table (self, write->tables[i]);
      return;
    }
  place = make_row_place (write->tables[0], write->key_column, &values[0]);
  forget_place (self, place);
  forget_place (self, write->tables[0]);
}
