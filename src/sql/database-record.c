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

static char *
make_put (const YihuRecordType *type, YihuFieldFlags skip)
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

static char *
make_get (const YihuRecordType *type, YihuFieldFlags skip)
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
  texts->put = make_put (type, skip);
  texts->get = make_get (type, skip);
  g_ptr_array_add (self->record_texts, texts);
  return texts;
}

/* The statement is run before the record can change, so the texts need not be copied. Binding can
 * fail by lack of memory only, which the step then reports as a NOT NULL violation. */
static void
bind_record (sqlite3_stmt *statement, const YihuRecord *record, YihuFieldFlags skip)
{
  int position = N_COMMON_COLUMNS;

  sqlite3_bind_text (statement, 1, record->id, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, record->version);
  sqlite3_bind_int64 (statement, 3, record->division);
  for (guint i = 0; i < record->type->n_fields; i++)
    {
      const YihuField *field = &record->type->fields[i];

      if (!has_column (field, skip))
        continue;
      position++;
      if (field->kind == YIHU_FIELD_INT)
        sqlite3_bind_int64 (statement, position, yihu_record_get_int (record, field));
      else
        sqlite3_bind_text (statement, position, yihu_record_get_text (record, field), -1,
                           SQLITE_STATIC);
    }
}

gboolean
yihu_database_put_record (YihuDatabase *self,
                          gconstpointer record,
                          YihuFieldFlags skip,
                          GError **error)
{
  const YihuRecord *row = record;
  g_autoptr (YihuRows) rows =
      yihu_database_prepare (self, find_texts (self, row->type, skip)->put, error);

  if (rows == NULL)
    return FALSE;
  bind_record (yihu_rows_get_statement (rows), row, skip);
  return yihu_rows_run (rows, error);
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
yihu_rows_get_record (YihuRows *self,
                      const YihuRecordType *type,
                      YihuFieldFlags skip,
                      guint first_column)
{
  guint column = first_column + N_COMMON_COLUMNS;
  YihuRecord *record = yihu_record_new (type, yihu_rows_get_text (self, first_column));

  record->version = yihu_rows_get_int (self, first_column + 1);
  record->division = yihu_rows_get_int (self, first_column + 2);
  for (guint i = 0; i < type->n_fields; i++)
    {
      const YihuField *field = &type->fields[i];

      if (!has_column (field, skip))
        continue;
      if (field->kind == YIHU_FIELD_TEXT)
        yihu_record_set_text (record, field, yihu_rows_get_text (self, column));
      else if (field->kind == YIHU_FIELD_ENUM)
        yihu_record_set_int (record, field, nick_value (field, yihu_rows_get_text (self, column)));
      else
        yihu_record_set_int (record, field, yihu_rows_get_int (self, column));
      column++;
    }
  return record;
}
