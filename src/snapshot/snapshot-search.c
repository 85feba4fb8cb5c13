/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What search reads: the search columns of elders, kin and devices, the extra keys, the address
 * index and the table of who has something open. Columns of an elder:
 *
 *   pinyin, initials   everyday reading of the name; other readings are rows of elder_key
 *   name_hash          60 bits, 20 each of the keyed hash of the name's first one, two and three
 *                      characters: typed characters are one range of an ordinary index
 *   given_hash         48 bits, the same of the given name's first one and two characters, 24 each:
 *                      two thousand characters begin given names, and where a rare one met a common
 *                      one in 15 bits it was lost behind it
 *   id_tail_r          the last six of the ID number, reversed: search by tail
 *
 * Devices have number_key (folded) and number_r. Telephone numbers are in snapshot-numbers.c. A row
 * keeps its n for life, so elder_key, elder_address and elder_case may point to it. Extra keys and
 * address parts are taken out again by working out those of the old record, which saves an index;
 * the address index has no texts of its own and must be told what it had.
 *
 * elder_case has a row for whoever has orders or calls, kept by triggers: how many are open, when
 * the last contact was, and the keys again, so that open cases are found first however common the
 * name is. */

#include "base/fold.h"
#include "base/pinyin.h"
#include "snapshot/snapshot-private.h"

#include <sodium.h>
#include <string.h>

#define NAME_BITS 20
#define GIVEN_BITS 24

static const char *const elder_columns[] = { "pinyin",     "initials",  "name_hash",
                                             "given_hash", "id_tail_r", NULL };
static const char *const device_columns[] = { "number_key", "number_r", NULL };
static const char *const no_columns[] = { NULL };

const char *const *
yihu_snapshot_search_columns (const YihuRecordType *type)
{
  return type == &yihu_elder_type    ? elder_columns
         : type == &yihu_device_type ? device_columns
                                     : no_columns;
}

const char yihu_snapshot_search_tables_sql[] =
    "CREATE TABLE elder_key (key TEXT NOT NULL, elder INTEGER NOT NULL, PRIMARY KEY (key, elder))"
    " WITHOUT ROWID;"
    "CREATE TABLE elder_case (elder INTEGER PRIMARY KEY, open INTEGER NOT NULL,"
    " contact_at_us INTEGER NOT NULL, pinyin TEXT, initials TEXT);"
    "CREATE VIRTUAL TABLE elder_address USING fts5 (address, tokenize = 'trigram', detail = none,"
    " content = '', columnsize = 0);"
    "CREATE TEMP TABLE elder_key_bulk (key TEXT NOT NULL, elder INTEGER NOT NULL);";

#define OPEN_ORDERS "('placed', 'accepted', 'arrived', 'started', 'returned')"
#define OPEN_CALLS "('queued', 'ringing', 'talking', 'wrapup')"

/* The row of one elder worked out anew. (INSERT OR REPLACE would not do: the statement that fires a
 * trigger decides what a conflict inside it means.) */
#define RECKON(condition)                                                                          \
  " INSERT INTO elder_case (elder, open, contact_at_us, pinyin, initials)"                         \
  " SELECT n, open, contact_at_us, pinyin, initials FROM (SELECT e.n AS n,"                        \
  " (SELECT count(*) FROM service_order WHERE elder = e.id AND state IN " OPEN_ORDERS ")"          \
  " + (SELECT count(*) FROM call WHERE elder = e.id AND state IN " OPEN_CALLS ") AS open,"         \
  " (SELECT coalesce(max(ring_at_us), 0) FROM call WHERE elder = e.id) AS contact_at_us,"          \
  " e.pinyin AS pinyin, e.initials AS initials FROM elder AS e WHERE " condition ") WHERE true"    \
  " ON CONFLICT (elder) DO UPDATE SET open = excluded.open, pinyin = excluded.pinyin,"             \
  " initials = excluded.initials, contact_at_us = excluded.contact_at_us;"

#define WATCH(table)                                                                               \
  "CREATE TRIGGER " table "_came AFTER INSERT ON " table                                           \
  " WHEN NEW.elder IS NOT NULL BEGIN" RECKON (                                                     \
      "e.id = NEW.elder") " END;"                                                                  \
                          "CREATE TRIGGER " table                                                  \
                          "_changed AFTER UPDATE OF elder, state ON " table " BEGIN" RECKON (      \
                              "e.id = NEW.elder OR e.id = OLD.elder") " END;"                      \
                                                                      "CREATE TRIGGER " table      \
                                                                      "_went AFTER DELETE "        \
                                                                      "ON " table                  \
                                                                      " WHEN OLD.elder IS NOT "    \
                                                                      "NULL BEGIN" RECKON (        \
                                                                          "e.id = OLD.elder") " E" \
                                                                                              "ND" \
                                                                                              ";"

/* Made after the rows: 2.4 times faster than keeping them while the rows come. The number of elders
 * is kept by triggers: counting a million rows takes a tenth of a second at each start. */
const char yihu_snapshot_search_finish_sql[] =
    "INSERT OR IGNORE INTO elder_key (key, elder)"
    " SELECT key, elder FROM temp.elder_key_bulk ORDER BY key, elder;"
    "DROP TABLE temp.elder_key_bulk;"
    "INSERT INTO elder_address (elder_address) VALUES ('optimize');"
    "INSERT INTO meta (name, value) SELECT 'elders', count(*) FROM elder;"
    "CREATE INDEX elder_pinyin ON elder (pinyin, division);"
    "CREATE INDEX elder_initials ON elder (initials, pinyin, division);"
    "CREATE INDEX elder_name ON elder (name_hash);"
    "CREATE INDEX elder_given ON elder (given_hash);"
    "CREATE INDEX elder_id_tail ON elder (id_tail_r) WHERE id_tail_r IS NOT NULL;"
    "CREATE INDEX kin_elder ON kin (elder, rank);"
    "CREATE INDEX device_elder ON device (elder);"
    "CREATE INDEX device_number ON device (number_key);"
    "CREATE INDEX device_tail ON device (number_r);";

/* After the indexes of orders and calls. */
const char yihu_snapshot_search_watch_sql[] =
    "INSERT INTO elder_case (elder, open, contact_at_us, pinyin, initials)"
    " SELECT e.n, sum(open), max(at_us), e.pinyin, e.initials FROM"
    " (SELECT elder, state IN " OPEN_ORDERS " AS open, 0 AS at_us FROM service_order"
    " UNION ALL SELECT elder, state IN " OPEN_CALLS ", ring_at_us FROM call"
    " WHERE elder IS NOT NULL) AS c JOIN elder AS e ON e.id = c.elder GROUP BY e.n;"
    "CREATE INDEX case_pinyin ON elder_case (pinyin) WHERE open > 0;"
    "CREATE INDEX case_initials ON elder_case (initials, pinyin) WHERE open > 0;" WATCH (
        "service_order")
        WATCH ("call") "CREATE TRIGGER elder_came AFTER INSERT ON elder BEGIN"
                       " UPDATE meta SET value = value + 1 WHERE name = "
                       "'elders';" RECKON ("e.n = NEW.n AND (EXISTS (SELECT 1 FROM "
                                           "service_order WHERE elder = NEW.id)"
                                           " OR EXISTS (SELECT 1 FROM call WHERE elder = "
                                           "NEW.id))") " END;"
                                                       "CREATE TRIGGER elder_went AFTER "
                                                       "DELETE ON elder BEGIN"
                                                       " UPDATE meta SET value = value - 1 "
                                                       "WHERE name = 'elders';"
                                                       " DELETE FROM elder_case WHERE elder = "
                                                       "OLD.n; END;"
                                                       "CREATE TRIGGER elder_renamed AFTER "
                                                       "UPDATE OF pinyin, initials ON elder"
                                                       " WHEN OLD.pinyin IS NOT NEW.pinyin OR "
                                                       "OLD.initials IS NOT NEW.initials BEGIN"
                                                       " UPDATE elder_case SET pinyin = "
                                                       "NEW.pinyin, initials = NEW.initials "
                                                       "WHERE elder = NEW.n;"
                                                       " END;";

/* --- hashes of names --- */

/* @bits of the keyed hash of the first @n characters; 0 where there are fewer. */
static gint64
hash_beginning (YihuSnapshotFile *self, const char *folded, guint n, guint bits)
{
  const char *end = folded;
  guint64 hash;

  for (guint i = 0; i < n; i++)
    {
      if (*end == '\0')
        return 0;
      end = g_utf8_next_char (end);
    }
  crypto_shorthash ((guint8 *) &hash, (const guint8 *) folded, (gsize) (end - folded),
                    self->hash_key);
  return (gint64) (GUINT64_FROM_LE (hash) >> (64 - bits));
}

static void
hash_range (YihuSnapshotFile *self,
            const char *typed,
            guint parts,
            guint bits,
            gint64 *from,
            gint64 *to)
{
  g_autofree char *folded = yihu_fold_text (typed);
  guint n = (guint) MIN (g_utf8_strlen (folded, -1), parts);

  *from = 0;
  for (guint i = 1; i <= parts; i++)
    *from = *from << bits | (i <= n ? hash_beginning (self, folded, i, bits) : 0);
  *to = *from + (G_GINT64_CONSTANT (1) << (bits * (parts - n)));
}

void
yihu_snapshot_file_hash_name (YihuSnapshotFile *self, const char *typed, gint64 *from, gint64 *to)
{
  hash_range (self, typed, 3, NAME_BITS, from, to);
}

void
yihu_snapshot_file_hash_given (YihuSnapshotFile *self, const char *typed, gint64 *from, gint64 *to)
{
  hash_range (self, typed, 2, GIVEN_BITS, from, to);
}

/* --- elders --- */

/* What is in the file of the elder that is about to be replaced. */
typedef struct
{
  gint64 n; /* 0: none */
  YihuElder *elder; /* (owned) (nullable) */
} OldElder;

static void
old_elder_clear (OldElder *old)
{
  g_clear_pointer (&old->elder, yihu_elder_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OldElder, old_elder_clear)

static gboolean
read_old_elder (YihuSnapshotFile *self, const char *id, OldElder *old, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *sql = NULL;
  g_autoptr (YihuRows) rows = NULL;
  const char *columns = yihu_snapshot_file_columns (self, &yihu_elder_type);

  sql = g_strdup_printf ("SELECT n, %s FROM elder WHERE id = ?1", columns);
  rows = yihu_database_query (self->database, sql, error, "s", id);
  if (rows == NULL)
    return FALSE;
  if (!yihu_rows_next (rows, &local))
    {
      if (local == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  old->elder = yihu_snapshot_file_read (self, &yihu_elder_type, rows, 1, error);
  old->n = yihu_rows_get_int (rows, 0);
  return old->elder != NULL;
}

static gboolean
change_keys (YihuSnapshotFile *self,
             gint64 n,
             const YihuPinyin *pinyin,
             gboolean add,
             GError **error)
{
  const char *sql =
      add ? (self->bulk ? "INSERT INTO temp.elder_key_bulk (key, elder) VALUES (?1, ?2)"
                        : "INSERT OR IGNORE INTO elder_key (key, elder) VALUES (?1, ?2)")
          : (self->bulk ? "DELETE FROM temp.elder_key_bulk WHERE key = ?1 AND elder = ?2"
                        : "DELETE FROM elder_key WHERE key = ?1 AND elder = ?2");

  for (guint i = 0; pinyin->others != NULL && pinyin->others[i] != NULL; i++)
    if (!yihu_database_run (self->database, sql, error, "si", pinyin->others[i], n))
      return FALSE;
  return TRUE;
}

static gboolean
change_address (YihuSnapshotFile *self, gint64 n, const char *folded, gboolean add, GError **error)
{
  const char *sql =
      add ? "INSERT INTO elder_address (rowid, address) VALUES (?1, ?2)"
          : "INSERT INTO elder_address (elder_address, rowid, address) VALUES ('delete', ?1, ?2)";

  return *folded == '\0' || yihu_database_run (self->database, sql, error, "is", n, folded);
}

/* Takes out what the old record had and puts in what the new one has, where they differ. */
static gboolean
change_index (YihuSnapshotFile *self,
              gint64 n,
              const YihuElder *before,
              const YihuElder *after,
              const YihuPinyin *pinyin,
              GError **error)
{
  g_autofree char *old_address = yihu_fold_text (before != NULL ? before->address : NULL);
  g_autofree char *address = yihu_fold_text (after != NULL ? after->address : NULL);
  gboolean has_moved = strcmp (old_address, address) != 0;

  if (has_moved
      && (!change_address (self, n, old_address, FALSE, error)
          || !change_address (self, n, address, TRUE, error)))
    return FALSE;
  if (before != NULL && after != NULL && g_strcmp0 (before->name, after->name) == 0)
    return TRUE;
  if (before != NULL)
    {
      g_autoptr (YihuPinyin) old = yihu_pinyin_new (before->name);

      if (!change_keys (self, n, old, FALSE, error))
        return FALSE;
    }
  return after == NULL || change_keys (self, n, pinyin, TRUE, error);
}

static void
bind_hashes_of_name (YihuSnapshotFile *self, sqlite3_stmt *statement, int *column, const char *name)
{
  const char *given = yihu_pinyin_skip_surname (name != NULL ? name : "");
  gint64 from;
  gint64 to;

  yihu_snapshot_file_hash_name (self, name, &from, &to);
  sqlite3_bind_int64 (statement, (*column)++, from);
  yihu_snapshot_file_hash_given (self, given, &from, &to);
  sqlite3_bind_int64 (statement, (*column)++, from);
}

static void
bind_elder (YihuSnapshotFile *self,
            sqlite3_stmt *statement,
            int *column,
            const YihuElder *elder,
            const YihuPinyin *pinyin)
{
  g_autofree char *folded = yihu_fold_text (elder->id_tail);
  g_autofree char *reversed = g_utf8_strreverse (folded, -1);

  yihu_snapshot_bind_text (statement, column, pinyin->full);
  yihu_snapshot_bind_text (statement, column, pinyin->initials);
  bind_hashes_of_name (self, statement, column, elder->name);
  yihu_snapshot_bind_text (statement, column, reversed);
}

/* An elder stored before there were tails has the number only. (transfer full) */
static YihuElder *
with_id_tail (const YihuElder *elder)
{
  YihuElder *filled;

  if (elder->id_card == NULL || (elder->id_tail != NULL && *elder->id_tail != '\0'))
    return yihu_record_ref ((gpointer) elder);
  filled = yihu_record_dup (elder);
  yihu_record_take (filled->id_tail, yihu_elder_dup_id_tail (elder));
  return filled;
}

static gboolean
replace_elder (YihuSnapshotFile *self,
               YihuSnapshotTable *table,
               const YihuElder *elder,
               const YihuPinyin *pinyin,
               GError **error)
{
  g_auto (OldElder) old = { 0 };
  gint64 n;

  if (!read_old_elder (self, elder->record.id, &old, error))
    return FALSE;
  if (old.elder != NULL && old.elder->record.version > elder->record.version)
    return TRUE;
  if (!yihu_snapshot_put_row (self, table, elder, pinyin, error))
    return FALSE;
  n = old.n != 0 ? old.n : sqlite3_last_insert_rowid (yihu_database_get (self->database));
  return change_index (self, n, old.elder, elder, pinyin, error)
         && yihu_snapshot_numbers_put_elder (self, n, old.elder, elder, error);
}

gboolean
yihu_snapshot_search_put_elder (YihuSnapshotFile *self,
                                YihuSnapshotTable *table,
                                const YihuElder *record,
                                GError **error)
{
  g_autoptr (YihuElder) elder = with_id_tail (record);
  g_autoptr (YihuPinyin) pinyin = yihu_pinyin_new (elder->name);
  gint64 n;

  if (!self->bulk)
    return replace_elder (self, table, elder, pinyin, error);
  return yihu_snapshot_add_row (self, table, elder, pinyin, &n, error)
         && change_index (self, n, NULL, elder, pinyin, error)
         && yihu_snapshot_numbers_put_elder (self, n, NULL, elder, error);
}

gboolean
yihu_snapshot_search_forget_elder (YihuSnapshotFile *self, const char *id, GError **error)
{
  g_auto (OldElder) old = { 0 };

  return read_old_elder (self, id, &old, error)
         && (old.elder == NULL
             || (change_index (self, old.n, old.elder, NULL, NULL, error)
                 && yihu_snapshot_numbers_forget_elder (self, old.n, old.elder, error)));
}

/* --- the others --- */

void
yihu_snapshot_search_bind (YihuSnapshotFile *self,
                           sqlite3_stmt *statement,
                           int *column,
                           const YihuRecord *record,
                           gconstpointer data)
{
  if (record->type == &yihu_elder_type)
    bind_elder (self, statement, column, (const YihuElder *) record, data);
  else if (record->type == &yihu_device_type)
    {
      g_autofree char *folded = yihu_fold_text (((const YihuDevice *) record)->number);
      g_autofree char *reversed = g_utf8_strreverse (folded, -1);

      yihu_snapshot_bind_text (statement, column, folded);
      yihu_snapshot_bind_text (statement, column, reversed);
    }
}
