/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tables and their versions. The tables of records follow from the field tables: the first
 * migration makes them, and a field that was added to a field table later is added to its table at
 * the next start, so that only other changes (new indexes, moved data) need a migration here.
 * A migration that has been released is never edited. */

#include "store/store-private.h"

#include "base/error.h"

#include <string.h>

static const char *const first_tables =
    "CREATE TABLE tenant(id {rowkey} CHECK (id = 1), seq BIGINT NOT NULL, epoch BIGINT "
    "NOT NULL, floor BIGINT NOT NULL) {hot};"
    "INSERT INTO tenant VALUES(1, 0, 1, 0);"
    "CREATE TABLE feed(seq {rowkey}, at_us BIGINT NOT NULL, division BIGINT NOT NULL, "
    "kind {text} NOT NULL, body {text} NOT NULL);"
    "CREATE TABLE idem(key {text} NOT NULL PRIMARY KEY, account {text} NOT NULL, body_hash {text} "
    "NOT NULL, at_us BIGINT NOT NULL, reply {text} NOT NULL) {keyed};"
    "CREATE INDEX idem_at ON idem(at_us);"
    "CREATE TABLE audit(number {rowkey}, at_us BIGINT NOT NULL, account {text} NOT NULL, "
    "device {text} NOT NULL, what {text} NOT NULL, object {text} NOT NULL, reason {text} NOT NULL, "
    "previous_hash {text} NOT NULL, hash {text} NOT NULL);"
    "CREATE TABLE credential(account {text} NOT NULL PRIMARY KEY, hash {text} NOT NULL) {keyed};"
    "CREATE TABLE session(token_hash {text} NOT NULL PRIMARY KEY, account {text} NOT NULL, device "
    "{text} NOT NULL, expires_at_us BIGINT NOT NULL) {keyed};"
    "CREATE TABLE secret(name {text} NOT NULL PRIMARY KEY, value {blob} NOT NULL) {keyed};"
    "CREATE TABLE counter(name {text} NOT NULL PRIMARY KEY, value BIGINT NOT NULL) {keyed};";

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

/* An elder who moves takes the kin along. */
static const char second_indexes[] = "CREATE INDEX kin_elder ON kin(elder);";

/* A district's rows are found without looking at the others'. */
static const char division_indexes[] = "CREATE INDEX kin_division ON kin(division);"
                                       "CREATE INDEX call_division ON call(division, ring_at_us);"
                                       "CREATE INDEX order_division ON service_order(division);"
                                       "CREATE INDEX step_division ON order_step(division);"
                                       "CREATE INDEX note_division ON note(division, at_us);";

/* How often an account has revealed something lately is counted from the audit itself. */
static const char *const reveal_index =
    "CREATE INDEX audit_reveal ON audit(account, at_us) WHERE what >= 'reveal.' AND what < "
    "'reveal/';";

/* The kinds whose tables were made, blanks around each name: one of them that is missing was lost.
 */
static const char kinds_column[] =
    "ALTER TABLE tenant ADD COLUMN kinds {text} NOT NULL DEFAULT ' ';";

/* Records that change often leave room in their pages for it. */
static const char *
find_fill (const YihuRecordType *type)
{
  static const YihuRecordType *const hot[] = { &yihu_order_type, &yihu_call_type, &yihu_seat_type };

  for (guint i = 0; i < G_N_ELEMENTS (hot); i++)
    if (hot[i] == type)
      return " {hot}";
  return "";
}

static void
append_field (GString *sql, const YihuField *field)
{
  if (field->kind == YIHU_FIELD_INT)
    g_string_append_printf (sql, "\"%s\" BIGINT NOT NULL DEFAULT 0", field->name);
  else
    g_string_append_printf (sql, "\"%s\" {text} NOT NULL DEFAULT '%s'", field->name,
                            field->kind == YIHU_FIELD_ENUM ? field->nicks[0] : "");
}

static void
append_table (GString *sql, const YihuRecordType *type)
{
  g_string_append_printf (sql,
                          "CREATE TABLE \"%s\" (\"id\" {text} NOT NULL PRIMARY KEY, "
                          "\"version\" BIGINT NOT NULL, \"division\" BIGINT NOT NULL",
                          type->name);
  for (guint i = 0; i < type->n_fields; i++)
    {
      g_string_append (sql, ", ");
      append_field (sql, &type->fields[i]);
    }
  g_string_append_printf (sql, ")%s;", find_fill (type));
}

static char *
make_first (void)
{
  GString *sql = g_string_new (first_tables);

  for (guint i = 0; i < yihu_n_record_types; i++)
    append_table (sql, yihu_record_types[i]);
  g_string_append (sql, first_indexes);
  return g_string_free (sql, FALSE);
}

static gboolean
exec_in_dialect (YihuEngine *engine, const char *sql, GError **error)
{
  g_autoptr (GString) text = g_string_new (sql);

  for (const YihuEngineWord *word = engine->klass->words; word->word != NULL; word++)
    g_string_replace (text, word->word, word->meaning, 0);
  return engine->klass->exec (engine, text->str, error);
}

static gboolean
run_migration (YihuEngine *engine, const char *sql, gint64 to_version, GError **error)
{
  if (!engine->klass->begin (engine, YIHU_ENGINE_WRITE, error))
    return FALSE;
  if (exec_in_dialect (engine, sql, error) && engine->klass->set_version (engine, to_version, error)
      && engine->klass->commit (engine, error))
    return TRUE;
  g_prefix_error (error, "migration to version %" G_GINT64_FORMAT ": ", to_version);
  engine->klass->rollback (engine);
  return FALSE;
}

static char *
load_kinds (YihuEngine *engine, GError **error)
{
  GError *problem = NULL;
  YihuCursor *rows =
      engine->klass->query (engine, "SELECT kinds FROM tenant", NULL, 0, FALSE, error);
  char *kinds = NULL;

  if (rows == NULL)
    return NULL;
  if (yihu_cursor_next (rows, &problem))
    kinds = g_strdup (yihu_cursor_get_text (rows, 0));
  else if (problem == NULL)
    g_set_error (&problem, YIHU_ERROR, YIHU_ERROR_CORRUPT, "the store has no tenant");
  yihu_cursor_free (rows);
  if (problem != NULL)
    g_propagate_error (error, problem);
  return kinds;
}

static gboolean
save_kinds (YihuEngine *engine, const char *kinds, GError **error)
{
  const YihuSqlValue value = { .kind = 's', .text = kinds };

  return engine->klass->run (engine, "UPDATE tenant SET kinds = ?1", &value, 1, error);
}

/* What @type lacks in its table, as SQL; all of it where the kind is new, and then it is added to
 * @kinds. A table that was there once and is not now is not made empty again. */
static gboolean
append_new_fields (GString *sql,
                   YihuEngine *engine,
                   const YihuRecordType *type,
                   GString *kinds,
                   GError **error)
{
  g_autoptr (GHashTable) columns = engine->klass->list_columns (engine, type->name, error);
  g_autofree char *word = g_strconcat (" ", type->name, " ", NULL);
  const gboolean is_known = strstr (kinds->str, word) != NULL;

  if (columns == NULL)
    return FALSE;
  if (!is_known)
    g_string_append (kinds, word + 1);
  if (g_hash_table_size (columns) == 0)
    {
      if (is_known)
        {
          g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT,
                       "the store lacks the table '%s', which it had: restore a backup",
                       type->name);
          return FALSE;
        }
      append_table (sql, type);
      return TRUE;
    }
  for (guint i = 0; i < type->n_fields; i++)
    if (!g_hash_table_contains (columns, type->fields[i].name))
      {
        g_string_append_printf (sql, "ALTER TABLE \"%s\" ADD COLUMN ", type->name);
        append_field (sql, &type->fields[i]);
        g_string_append_c (sql, ';');
      }
  return TRUE;
}

/* A kind without a table gets one, a field without a column gets one. */
static gboolean
add_new_fields (YihuEngine *engine, GError **error)
{
  g_autofree char *before = load_kinds (engine, error);
  g_autoptr (GString) kinds = g_string_new (before);
  g_autoptr (GString) sql = g_string_new (NULL);

  if (before == NULL)
    return FALSE;
  for (guint i = 0; i < yihu_n_record_types; i++)
    if (!append_new_fields (sql, engine, yihu_record_types[i], kinds, error))
      return FALSE;
  if (sql->len == 0 && g_str_equal (kinds->str, before))
    return TRUE;
  if (!engine->klass->begin (engine, YIHU_ENGINE_WRITE, error))
    return FALSE;
  if ((sql->len == 0 || exec_in_dialect (engine, sql->str, error))
      && save_kinds (engine, kinds->str, error) && engine->klass->commit (engine, error))
    return TRUE;
  engine->klass->rollback (engine);
  return FALSE;
}

gboolean
yihu_store_migrate (YihuEngine *engine, GError **error)
{
  g_autofree char *first = make_first ();
  const char *const migrations[] = { first, second_indexes, division_indexes, reveal_index,
                                     kinds_column };
  gint64 version = 0;

  if (!engine->klass->get_version (engine, &version, error))
    return FALSE;
  if (version > (gint64) G_N_ELEMENTS (migrations))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_VERSION,
                   "the store has version %" G_GINT64_FORMAT ", this program knows %u", version,
                   (guint) G_N_ELEMENTS (migrations));
      return FALSE;
    }
  for (gint64 i = version; i < (gint64) G_N_ELEMENTS (migrations); i++)
    if (!run_migration (engine, migrations[i], i + 1, error))
      return FALSE;
  return add_new_fields (engine, error);
}
