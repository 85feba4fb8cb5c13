/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tables and their versions. The tables of records follow from the field tables: the first
 * migration makes them, and a field that was added to a field table later is added to its table at
 * the next start, so that only other changes (new indexes, moved data) need a migration here.
 * A migration that has been released is never edited. */

#include "store/sqlite/private.h"

static const char *const first_tables =
    "CREATE TABLE tenant(id INTEGER PRIMARY KEY CHECK (id = 1), seq BIGINT NOT NULL, epoch BIGINT "
    "NOT NULL, floor BIGINT NOT NULL);"
    "INSERT INTO tenant VALUES(1, 0, 1, 0);"
    "CREATE TABLE feed(seq INTEGER PRIMARY KEY, at_us BIGINT NOT NULL, division BIGINT NOT NULL, "
    "kind TEXT NOT NULL, body TEXT NOT NULL);"
    "CREATE TABLE idem(key TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL, body_hash TEXT NOT "
    "NULL, at_us BIGINT NOT NULL, reply TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX idem_at ON idem(at_us);"
    "CREATE TABLE audit(number INTEGER PRIMARY KEY, at_us BIGINT NOT NULL, account TEXT NOT NULL, "
    "device TEXT NOT NULL, what TEXT NOT NULL, object TEXT NOT NULL, reason TEXT NOT NULL, "
    "previous_hash TEXT NOT NULL, hash TEXT NOT NULL);"
    "CREATE TABLE credential(account TEXT NOT NULL PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE session(token_hash TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL, device TEXT "
    "NOT NULL, expires_at_us BIGINT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE secret(name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE counter(name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL) WITHOUT ROWID;";

/* Whose number is it: one look-up by the whole normalised number, own numbers before kin's. */
static const char *const first_indexes =
    "CREATE INDEX elder_phone ON elder(phone) WHERE phone <> '';"
    "CREATE INDEX elder_phone2 ON elder(phone2) WHERE phone2 <> '';"
    "CREATE INDEX kin_phone ON kin(phone) WHERE phone <> '';"
    "CREATE INDEX elder_division ON elder(division);"
    "CREATE UNIQUE INDEX account_login ON account(login);"
    "CREATE INDEX account_seat ON account(seat) WHERE seat <> '';"
    "CREATE INDEX price_pair ON price(provider, item);"
    "CREATE INDEX call_ring ON call(ring_at_us);"
    "CREATE INDEX order_provider ON service_order(provider, state);"
    "CREATE INDEX order_state ON service_order(state);"
    "CREATE INDEX order_placed ON service_order(placed_at_us);"
    "CREATE INDEX order_finished ON service_order(finished_at_us) WHERE finished_at_us > 0;"
    "CREATE INDEX step_order ON order_step(service_order, at_us);"
    "CREATE INDEX note_at ON note(at_us);";

static char *
make_first (void)
{
  GString *sql = g_string_new (first_tables);

  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      g_autofree char *create = yihu_record_sql_create (yihu_record_types[i], YIHU_FIELD_PLAIN);

      g_string_append_printf (sql, "%s;", create);
    }
  g_string_append (sql, first_indexes);
  return g_string_free (sql, FALSE);
}

static GHashTable *
list_columns (YihuDatabase *database, const YihuRecordType *type, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA table_info(\"%s\")", type->name);
  g_autoptr (GHashTable) columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (YihuRows) rows = yihu_database_query (database, sql, error, "");
  g_autoptr (GError) local_error = NULL;

  if (rows == NULL)
    return NULL;
  while (yihu_rows_next (rows, &local_error))
    g_hash_table_add (columns, g_strdup (yihu_rows_get_text (rows, 1)));
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  return g_steal_pointer (&columns);
}

static gboolean
add_column (YihuDatabase *database,
            const YihuRecordType *type,
            const YihuField *field,
            GError **error)
{
  g_autofree char *sql = NULL;

  if (field->kind == YIHU_FIELD_INT)
    sql = g_strdup_printf ("ALTER TABLE \"%s\" ADD COLUMN \"%s\" BIGINT NOT NULL DEFAULT 0",
                           type->name, field->name);
  else
    sql = g_strdup_printf ("ALTER TABLE \"%s\" ADD COLUMN \"%s\" TEXT NOT NULL DEFAULT '%s'",
                           type->name, field->name,
                           field->kind == YIHU_FIELD_ENUM ? field->nicks[0] : "");
  return yihu_database_exec (database, sql, error);
}

static gboolean
add_new_fields (YihuDatabase *database, GError **error)
{
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      const YihuRecordType *type = yihu_record_types[i];
      g_autoptr (GHashTable) columns = list_columns (database, type, error);

      if (columns == NULL)
        return FALSE;
      for (guint j = 0; j < type->n_fields; j++)
        if (!g_hash_table_contains (columns, type->fields[j].name)
            && !add_column (database, type, &type->fields[j], error))
          return FALSE;
    }
  return TRUE;
}

gboolean
yihu_sqlite_schema_migrate (YihuDatabase *database, GError **error)
{
  g_autofree char *first = make_first ();
  const char *const migrations[] = { first };

  return yihu_database_migrate (database, migrations, G_N_ELEMENTS (migrations), error)
         && add_new_fields (database, error);
}
