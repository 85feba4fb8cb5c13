/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The tables of the file and their rows: which kinds have one, and how a record is written and
 * read. What search needs beside it is in snapshot-search.c. */

#include "base/error.h"
#include "base/identifier.h"
#include "domain/kinds.h"
#include "snapshot/snapshot-private.h"

#include <string.h>

static const char index_sql[] =
    "CREATE INDEX order_elder ON service_order (elder, due_at_us);"
    "CREATE INDEX order_state ON service_order (state, due_at_us);"
    "CREATE INDEX step_order ON order_step (service_order, at_us);"
    "CREATE INDEX call_elder ON call (elder, ring_at_us) WHERE elder IS NOT NULL;"
    "CREATE INDEX call_state ON call (state, ring_at_us);"
    "CREATE INDEX call_time ON call (ring_at_us);"
    "CREATE INDEX note_elder ON note (elder, at_us) WHERE elder IS NOT NULL;"
    "CREATE INDEX note_call ON note (call, at_us) WHERE call IS NOT NULL;"
    "CREATE INDEX note_order ON note (service_order, at_us) WHERE service_order IS NOT NULL;";

static const YihuRecordType *const kinds[] = {
  &yihu_division_type,    &yihu_provider_type, &yihu_service_item_type, &yihu_price_type,
  &yihu_institution_type, &yihu_camera_type,   &yihu_elder_type,        &yihu_kin_type,
  &yihu_device_type,      &yihu_seat_type,     &yihu_call_type,         &yihu_order_type,
  &yihu_order_step_type,  &yihu_note_type,
};

static gboolean
field_is_plain (const YihuField *field)
{
  return !(field->flags & YIHU_SNAPSHOT_SKIP);
}

static void
table_init (YihuSnapshotTable *table, const YihuRecordType *type)
{
  g_autoptr (GString) columns = g_string_new (NULL);

  table->type = type;
  table->sealed = yihu_sealed_has_fields (type);
  table->n_plain = 3;
  g_string_printf (columns, "%s.id, %s.version, %s.division", type->name, type->name, type->name);
  for (guint i = 0; i < type->n_fields; i++)
    if (field_is_plain (&type->fields[i]))
      {
        g_string_append_printf (columns, ", %s.\"%s\"", type->name, type->fields[i].name);
        table->n_plain++;
      }
  if (table->sealed)
    g_string_append_printf (columns, ", %s.sealed, %s.n", type->name, type->name);
  table->columns = g_string_free (g_steal_pointer (&columns), FALSE);
}

void
yihu_snapshot_tables_init (YihuSnapshotFile *self)
{
  self->n_tables = G_N_ELEMENTS (kinds);
  self->tables = g_new0 (YihuSnapshotTable, self->n_tables);
  for (guint i = 0; i < self->n_tables; i++)
    table_init (&self->tables[i], kinds[i]);
}

void
yihu_snapshot_tables_clear (YihuSnapshotFile *self)
{
  for (guint i = 0; i < self->n_tables; i++)
    {
      g_free (self->tables[i].columns);
      g_clear_pointer (&self->tables[i].put, sqlite3_finalize);
      g_clear_pointer (&self->tables[i].add, sqlite3_finalize);
    }
  g_clear_pointer (&self->tables, g_free);
  self->n_tables = 0;
}

static YihuSnapshotTable *
find_table (YihuSnapshotFile *self, const YihuRecordType *type)
{
  for (guint i = 0; i < self->n_tables; i++)
    if (self->tables[i].type == type)
      return &self->tables[i];
  return NULL;
}

static void
append_create (GString *sql, const YihuSnapshotTable *table)
{
  const char *const *search = yihu_snapshot_search_columns (table->type);

  g_string_append_printf (sql,
                          "CREATE TABLE %s (n INTEGER PRIMARY KEY, id TEXT NOT NULL,"
                          " version INTEGER NOT NULL, division INTEGER NOT NULL",
                          table->type->name);
  for (guint i = 0; i < table->type->n_fields; i++)
    if (field_is_plain (&table->type->fields[i]))
      g_string_append_printf (sql, ", \"%s\" %s", table->type->fields[i].name,
                              table->type->fields[i].kind == YIHU_FIELD_INT ? "INTEGER" : "TEXT");
  if (table->sealed)
    g_string_append (sql, ", sealed BLOB");
  for (guint i = 0; search[i] != NULL; i++)
    g_string_append_printf (sql, ", %s %s", search[i],
                            g_str_has_suffix (search[i], "_hash") ? "INTEGER" : "TEXT");
  g_string_append (sql, ");");
}

gboolean
yihu_snapshot_tables_create (YihuSnapshotFile *self, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);

  for (guint i = 0; i < self->n_tables; i++)
    append_create (sql, &self->tables[i]);
  g_string_append (sql, yihu_snapshot_search_tables_sql);
  g_string_append (sql, yihu_snapshot_numbers_tables_sql);
  return yihu_database_exec (self->database, sql->str, error);
}

/* An id that came twice shows here. */
static gboolean
create_id_indexes (YihuSnapshotFile *self, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);

  for (guint i = 0; i < self->n_tables; i++)
    g_string_append_printf (sql, "CREATE UNIQUE INDEX %s_id ON %s (id);",
                            self->tables[i].type->name, self->tables[i].type->name);
  return yihu_database_exec (self->database, sql->str, error);
}

gboolean
yihu_snapshot_tables_finish (YihuSnapshotFile *self, GError **error)
{
  return create_id_indexes (self, error)
         && yihu_database_exec (self->database, yihu_snapshot_search_finish_sql, error)
         && yihu_database_exec (self->database, yihu_snapshot_numbers_finish_sql, error)
         && yihu_database_exec (self->database, index_sql, error)
         && yihu_database_exec (self->database, yihu_snapshot_search_watch_sql, error);
}

/* (element-type utf8) (transfer container): columns of a row as bind_row() binds them, without n.
 */
static GPtrArray *
list_columns (const YihuSnapshotTable *table)
{
  const char *const *search = yihu_snapshot_search_columns (table->type);
  GPtrArray *names = g_ptr_array_new ();

  g_ptr_array_add (names, "id");
  g_ptr_array_add (names, "version");
  g_ptr_array_add (names, "division");
  for (guint i = 0; i < table->type->n_fields; i++)
    if (field_is_plain (&table->type->fields[i]))
      g_ptr_array_add (names, (char *) table->type->fields[i].name);
  if (table->sealed)
    g_ptr_array_add (names, "sealed");
  for (guint i = 0; search[i] != NULL; i++)
    g_ptr_array_add (names, (char *) search[i]);
  return names;
}

/* "INSERT INTO t (id, …, n) VALUES (?, …, ?)" */
static GString *
make_add_sql (const YihuSnapshotTable *table)
{
  g_autoptr (GPtrArray) names = list_columns (table);
  GString *sql = g_string_new (NULL);

  g_string_printf (sql, "INSERT INTO %s (", table->type->name);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (sql, "\"%s\", ", (char *) g_ptr_array_index (names, i));
  g_string_append (sql, "n) VALUES (");
  for (guint i = 0; i < names->len; i++)
    g_string_append (sql, "?, ");
  g_string_append (sql, "?)");
  return sql;
}

/* The same, "… ON CONFLICT (id) DO UPDATE SET … WHERE not older". */
static GString *
make_put_sql (const YihuSnapshotTable *table)
{
  g_autoptr (GPtrArray) names = list_columns (table);
  GString *sql = make_add_sql (table);

  g_string_append (sql, " ON CONFLICT (id) DO UPDATE SET ");
  for (guint i = 1; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);

      g_string_append_printf (sql, "%s\"%s\" = excluded.\"%s\"", i == 1 ? "" : ", ", name, name);
    }
  g_string_append_printf (sql, " WHERE excluded.version >= %s.version", table->type->name);
  return sql;
}

static gboolean
prepare (YihuSnapshotFile *self,
         sqlite3_stmt **statement,
         const YihuSnapshotTable *table,
         GString *(*make) (const YihuSnapshotTable *table),
         GError **error)
{
  g_autoptr (GString) sql = NULL;

  if (*statement != NULL)
    return TRUE;
  sql = make (table);
  if (sqlite3_prepare_v3 (yihu_database_get (self->database), sql->str, -1,
                          SQLITE_PREPARE_PERSISTENT, statement, NULL)
      == SQLITE_OK)
    return TRUE;
  return yihu_database_set_error (self->database, "prepare a row", error);
}

/* "" is NULL: it takes no room and stays out of the partial indexes. */
void
yihu_snapshot_bind_text (sqlite3_stmt *statement, int *column, const char *text)
{
  if (text == NULL || *text == '\0')
    sqlite3_bind_null (statement, (*column)++);
  else
    sqlite3_bind_text (statement, (*column)++, text, -1, SQLITE_TRANSIENT);
}

/* A text of the record, which outlives the step: no copy. It may be an identifier. */
static void
bind_id (sqlite3_stmt *statement, int *column, const char *text)
{
  guint8 bytes[YIHU_IDENTIFIER_BYTES];

  if (yihu_identifier_pack (text, bytes))
    sqlite3_bind_blob (statement, (*column)++, bytes, sizeof bytes, SQLITE_TRANSIENT);
  else if (text == NULL || *text == '\0')
    sqlite3_bind_null (statement, (*column)++);
  else
    sqlite3_bind_text (statement, (*column)++, text, -1, SQLITE_STATIC);
}

/* @n: the number that the row gets, 0 if SQLite shall choose. */
static void
bind_sealed (YihuSnapshotFile *self,
             sqlite3_stmt *statement,
             int *column,
             const YihuRecord *record,
             gint64 n)
{
  const guint8 *sealed;
  gsize size;

  g_byte_array_set_size (self->plain, 0);
  yihu_sealed_encode (record, self->plain);
  sealed = yihu_sealer_seal (self->sealer, record->type->name, record->id, n, self->plain->data,
                             self->plain->len, &size);
  sqlite3_bind_blob (statement, (*column)++, sealed, (int) size, SQLITE_STATIC);
}

/* Most elders and kin have the first value of most enums. */
static gboolean
is_usual (const YihuRecord *record, const YihuField *field)
{
  return field->kind == YIHU_FIELD_ENUM
         && (record->type == &yihu_elder_type || record->type == &yihu_kin_type)
         && yihu_record_get_int (record, field) == 0;
}

static void
bind_record (YihuSnapshotFile *self,
             const YihuSnapshotTable *table,
             sqlite3_stmt *statement,
             int *column,
             const YihuRecord *record,
             gint64 n)
{
  bind_id (statement, column, record->id);
  sqlite3_bind_int64 (statement, (*column)++, record->version);
  sqlite3_bind_int64 (statement, (*column)++, record->division);
  for (guint i = 0; i < table->type->n_fields; i++)
    {
      const YihuField *field = &table->type->fields[i];

      if (!field_is_plain (field))
        continue;
      if (field->kind == YIHU_FIELD_INT)
        sqlite3_bind_int64 (statement, (*column)++, yihu_record_get_int (record, field));
      else if (is_usual (record, field))
        sqlite3_bind_null (statement, (*column)++);
      else
        bind_id (statement, column, yihu_record_get_text (record, field));
    }
  if (table->sealed)
    bind_sealed (self, statement, column, record, n);
}

static void
bind_row (YihuSnapshotFile *self,
          const YihuSnapshotTable *table,
          sqlite3_stmt *statement,
          gconstpointer record,
          gconstpointer search_data,
          gint64 n)
{
  int column = 1;

  bind_record (self, table, statement, &column, record, n);
  yihu_snapshot_search_bind (self, statement, &column, record, search_data);
  if (n == 0)
    sqlite3_bind_null (statement, column);
  else
    sqlite3_bind_int64 (statement, column, n);
}

static gboolean
step (YihuSnapshotFile *self, sqlite3_stmt *statement, const char *what, GError **error)
{
  gboolean done = sqlite3_step (statement) == SQLITE_DONE;

  if (!done)
    yihu_database_set_error (self->database, what, error);
  sqlite3_reset (statement);
  return done;
}

gboolean
yihu_snapshot_add_row (YihuSnapshotFile *self,
                       YihuSnapshotTable *table,
                       gconstpointer record,
                       gconstpointer search_data,
                       gint64 *n,
                       GError **error)
{
  if (!prepare (self, &table->add, table, make_add_sql, error))
    return FALSE;
  *n = ++table->last_n;
  bind_row (self, table, table->add, record, search_data, *n);
  return step (self, table->add, table->type->name, error);
}

gboolean
yihu_snapshot_put_row (YihuSnapshotFile *self,
                       YihuSnapshotTable *table,
                       gconstpointer record,
                       gconstpointer search_data,
                       GError **error)
{
  if (!prepare (self, &table->put, table, make_put_sql, error))
    return FALSE;
  bind_row (self, table, table->put, record, search_data, 0);
  return step (self, table->put, table->type->name, error);
}

static gboolean
replace_kin (YihuSnapshotFile *self, YihuSnapshotTable *table, const YihuKin *kin, GError **error)
{
  g_autoptr (YihuKin) old = NULL;
  gint64 n;

  if (!yihu_snapshot_numbers_read_kin (self, kin->record.id, &n, &old, error))
    return FALSE;
  if (old != NULL && old->record.version > kin->record.version)
    return TRUE;
  if (!yihu_snapshot_put_row (self, table, kin, NULL, error))
    return FALSE;
  if (old == NULL)
    n = sqlite3_last_insert_rowid (yihu_database_get (self->database));
  return yihu_snapshot_numbers_change_kin (self, n, old, kin, error);
}

/* Under construction. */
static gboolean
add_record (YihuSnapshotFile *self, YihuSnapshotTable *table, const YihuRecord *row, GError **error)
{
  gint64 n;

  if (!yihu_snapshot_add_row (self, table, row, NULL, &n, error))
    return FALSE;
  return row->type != &yihu_kin_type
         || yihu_snapshot_numbers_add_kin (self, n, (const YihuKin *) row, error);
}

gboolean
yihu_snapshot_file_put (YihuSnapshotFile *self, gconstpointer record, GError **error)
{
  const YihuRecord *row = record;
  YihuSnapshotTable *table = find_table (self, row->type);

  if (table == NULL)
    return TRUE;
  if (table->sealed && !self->has_key)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED,
                   "no key to seal a record of kind '%s'", row->type->name);
      return FALSE;
    }
  if (row->type == &yihu_elder_type)
    return yihu_snapshot_search_put_elder (self, table, record, error);
  if (self->bulk)
    return add_record (self, table, row, error);
  if (row->type == &yihu_kin_type)
    return replace_kin (self, table, record, error);
  return yihu_snapshot_put_row (self, table, record, NULL, error);
}

gboolean
yihu_snapshot_file_remove (YihuSnapshotFile *self,
                           const YihuRecordType *type,
                           const char *id,
                           GError **error)
{
  YihuSnapshotTable *table = find_table (self, type);
  g_autofree char *sql = NULL;
  g_autoptr (YihuKin) kin = NULL;
  gint64 n = 0;

  if (table == NULL)
    return TRUE;
  if (type == &yihu_elder_type && !yihu_snapshot_search_forget_elder (self, id, error))
    return FALSE;
  if (type == &yihu_kin_type && !yihu_snapshot_numbers_read_kin (self, id, &n, &kin, error))
    return FALSE;
  sql = g_strdup_printf ("DELETE FROM %s WHERE id = ?1", type->name);
  return yihu_database_run (self->database, sql, error, "s", id)
         && (kin == NULL || yihu_snapshot_numbers_change_kin (self, n, kin, NULL, error));
}

const char *
yihu_snapshot_file_columns (YihuSnapshotFile *self, const YihuRecordType *type)
{
  YihuSnapshotTable *table = find_table (self, type);

  g_return_val_if_fail (table != NULL, NULL);
  return table->columns;
}

static gboolean
unseal (YihuSnapshotFile *self, YihuRecord *record, YihuRows *rows, guint column, GError **error)
{
  g_autoptr (GBytes) sealed = NULL;
  const guint8 *plain;
  gconstpointer data;
  gsize size;

  if (!self->has_key)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_UNAUTHORIZED,
                   "no key to read records of kind '%s'", record->type->name);
      return FALSE;
    }
  sealed = yihu_rows_get_blob (rows, column);
  data = g_bytes_get_data (sealed, &size);
  plain = yihu_sealer_open (self->sealer, record->type->name, record->id,
                            yihu_rows_get_int (rows, column + 1), data, size, &size, error);
  return plain != NULL && yihu_sealed_decode (record, plain, size, error);
}

gpointer
yihu_snapshot_file_read (YihuSnapshotFile *self,
                         const YihuRecordType *type,
                         YihuRows *rows,
                         guint first_column,
                         GError **error)
{
  YihuSnapshotTable *table = find_table (self, type);
  g_autoptr (YihuRecord) record = NULL;

  g_return_val_if_fail (table != NULL, NULL);

  record = yihu_rows_get_record (rows, type, YIHU_SNAPSHOT_SKIP, first_column);
  if (record == NULL || record->id == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "a row of kind '%s' cannot be read",
                   type->name);
      return NULL;
    }
  if (!table->sealed)
    return g_steal_pointer (&record);
  if (!unseal (self, record, rows, first_column + table->n_plain, error))
    return NULL;
  return g_steal_pointer (&record);
}
