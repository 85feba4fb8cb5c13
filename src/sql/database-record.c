/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Records and their columns: every text of SQL here follows from a field table. Columns are id,
 * version, division, then the fields in their order, without the skipped ones. Enums stand as
 * nicks, so that the files can be read by other tools and survive a re-ordering of an enum. */

#include "sql/database-private.h"

#include <string.h>

#define N_COMMON_COLUMNS 3

static gboolean
has_column (const YihuField *field, YihuFieldFlags skip)
{
  return (field->flags & skip) == 0;
}

void
yihu_record_texts_free (YihuRecordTexts *self)
{
  g_free (self->put);
  g_free (self->get);
  g_free (self);
}

char *
yihu_record_sql_create (const YihuRecordType *type, YihuFieldFlags skip)
{
  GString *sql = g_string_new (NULL);

  g_string_printf (sql,
                   "CREATE TABLE \"%s\" (\"id\" TEXT NOT NULL PRIMARY KEY, "
                   "\"version\" BIGINT NOT NULL, \"division\" BIGINT NOT NULL",
                   type->name);
  for (guint i = 0; i < type->n_fields; i++)
    if (has_column (&type->fields[i], skip))
      g_string_append_printf (sql, ", \"%s\" %s", type->fields[i].name,
                              type->fields[i].kind == YIHU_FIELD_INT ? "BIGINT NOT NULL DEFAULT 0"
                                                                     : "TEXT NOT NULL DEFAULT ''");
  g_string_append (sql, ")");
  return g_string_free (sql, FALSE);
}

static void
append_columns (GString *sql, const YihuRecordType *type, YihuFieldFlags skip, const char *prefix)
{
  static const char *const common[N_COMMON_COLUMNS] = { "id", "version", "division" };

  for (guint i = 0; i < N_COMMON_COLUMNS; i++)
    g_string_append_printf (sql, "%s%s\"%s\"", i > 0 ? ", " : "", prefix, common[i]);
  for (guint i = 0; i < type->n_fields; i++)
    if (has_column (&type->fields[i], skip))
      g_string_append_printf (sql, ", %s\"%s\"", prefix, type->fields[i].name);
}

char *
yihu_record_sql_columns (const YihuRecordType *type, YihuFieldFlags skip, const char *prefix)
{
  GString *sql = g_string_new (NULL);

  append_columns (sql, type, skip, prefix != NULL ? prefix : "");
  return g_string_free (sql, FALSE);
}

char *
yihu_record_sql_put (const YihuRecordType *type, YihuFieldFlags skip)
{
  GString *sql = g_string_new (NULL);
  guint n_columns = N_COMMON_COLUMNS;

  g_string_printf (sql, "INSERT INTO \"%s\" (", type->name);
  append_columns (sql, type, skip, "");
  g_string_append (sql, ") VALUES (?1, ?2, ?3");
  for (guint i = 0; i < type->n_fields; i++)
    if (has_column (&type->fields[i], skip))
      g_string_append_printf (sql, ", ?%u", ++n_columns);
  g_string_append (sql, ") ON CONFLICT (\"id\") DO UPDATE SET \"version\" = excluded.\"version\", "
                        "\"division\" = excluded.\"division\"");
  for (guint i = 0; i < type->n_fields; i++)
    if (has_column (&type->fields[i], skip))
      g_string_append_printf (sql, ", \"%s\" = excluded.\"%s\"", type->fields[i].name,
                              type->fields[i].name);
  return g_string_free (sql, FALSE);
}

char *
yihu_record_sql_get (const YihuRecordType *type, YihuFieldFlags skip)
{
  GString *sql = g_string_new ("SELECT ");

  append_columns (sql, type, skip, "");
  g_string_append_printf (sql, " FROM \"%s\" WHERE \"id\" = ?1", type->name);
  return g_string_free (sql, FALSE);
}

static const YihuRecordTexts *
find_texts (YihuDatabase *self, const YihuRecordType *type, YihuFieldFlags skip)
{
  YihuRecordTexts *texts;

  for (guint i = 0; i < self->record_texts->len; i++)
    {
      texts = g_ptr_array_index (self->record_texts, i);
      if (texts->type == type && texts->skip == skip)
        return texts;
    }
  texts = g_new0 (YihuRecordTexts, 1);
  texts->type = type;
  texts->skip = skip;
  texts->put = yihu_record_sql_put (type, skip);
  texts->get = yihu_record_sql_get (type, skip);
  g_ptr_array_add (self->record_texts, texts);
  return texts;
}

guint
yihu_record_sql_values (gconstpointer record, YihuFieldFlags skip, YihuSqlValue *values)
{
  const YihuRecord *row = record;
  guint n = 0;

  values[n++] = (YihuSqlValue){ 's', .text = row->id };
  values[n++] = (YihuSqlValue){ 'i', .number = row->version };
  values[n++] = (YihuSqlValue){ 'i', .number = row->division };
  for (guint i = 0; i < row->type->n_fields; i++)
    {
      const YihuField *field = &row->type->fields[i];

      if (!has_column (field, skip))
        continue;
      if (field->kind == YIHU_FIELD_INT)
        values[n++] = (YihuSqlValue){ 'i', .number = yihu_record_get_int (row, field) };
      else
        values[n++] = (YihuSqlValue){ 's', .text = yihu_record_get_text (row, field) };
    }
  return n;
}

gboolean
yihu_database_put_record (YihuDatabase *self,
                          gconstpointer record,
                          YihuFieldFlags skip,
                          GError **error)
{
  const YihuRecord *row = record;
  g_autofree YihuSqlValue *values = g_new (YihuSqlValue, N_COMMON_COLUMNS + row->type->n_fields);
  guint n_values = yihu_record_sql_values (record, skip, values);

  return yihu_database_run_values (self, find_texts (self, row->type, skip)->put, values, n_values,
                                   error);
}

gpointer
yihu_database_get_record (YihuDatabase *self,
                          const YihuRecordType *type,
                          const char *id,
                          YihuFieldFlags skip,
                          GError **error)
{
  g_autoptr (YihuRows) rows =
      yihu_database_query (self, find_texts (self, type, skip)->get, error, "s", id);

  if (rows == NULL || !yihu_rows_next (rows, error))
    return NULL;
  return yihu_rows_get_record (rows, type, skip, 0);
}

static gint64
nick_value (const YihuField *field, const char *nick)
{
  /* A nick of a newer version reads as the first value: the row stays usable. */
  return MAX (yihu_field_find_nick (field, nick != NULL ? nick : ""), 0);
}

gpointer
yihu_record_read_columns (const YihuRecordType *type,
                          YihuFieldFlags skip,
                          guint first_column,
                          gint64 (*get_int) (gpointer rows, guint column),
                          const char *(*get_text) (gpointer rows, guint column),
                          gpointer rows)
{
  guint column = first_column + N_COMMON_COLUMNS;
  YihuRecord *record = yihu_record_new (type, get_text (rows, first_column));

  record->version = get_int (rows, first_column + 1);
  record->division = get_int (rows, first_column + 2);
  for (guint i = 0; i < type->n_fields; i++)
    {
      const YihuField *field = &type->fields[i];

      if (!has_column (field, skip))
        continue;
      if (field->kind == YIHU_FIELD_TEXT)
        yihu_record_set_text (record, field, get_text (rows, column));
      else if (field->kind == YIHU_FIELD_ENUM)
        yihu_record_set_int (record, field, nick_value (field, get_text (rows, column)));
      else
        yihu_record_set_int (record, field, get_int (rows, column));
      column++;
    }
  return record;
}

static gint64
get_row_int (gpointer rows, guint column)
{
  return yihu_rows_get_int (rows, column);
}

static const char *
get_row_text (gpointer rows, guint column)
{
  return yihu_rows_get_text (rows, column);
}

gpointer
yihu_rows_get_record (YihuRows *self,
                      const YihuRecordType *type,
                      YihuFieldFlags skip,
                      guint first_column)
{
  return yihu_record_read_columns (type, skip, first_column, get_row_int, get_row_text, self);
}
