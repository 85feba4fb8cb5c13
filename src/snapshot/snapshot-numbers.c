/* SPDX-License-Identifier: GPL-3.0-or-later */

/* number_key: whose telephone number is it, and whose ends with these digits. One row for each
 * number of an elder and of his kin, in one ordinary index of two integers:
 *
 *   key = the last six digits, reversed, as a number 0..999999, above 28 bits of the keyed hash of
 *         the whole number
 *
 * so that a whole number is one key and a tail is a range. Both may hit wrongly (hashes meet); who
 * asks compares the unsealed numbers, which also tells the elder's own from those of kin. Two kin
 * with one number share a row, so a row goes only when nobody has its number any more. */

#include "base/error.h"
#include "base/phone-number.h"
#include "snapshot/snapshot-private.h"

#include <string.h>

#define HASH_BITS 28
#define TAIL_TOP 1000000 /* 10 ^ YIHU_SNAPSHOT_TAIL_DIGITS */

const char yihu_snapshot_numbers_tables_sql[] =
    "CREATE TABLE number_key (key INTEGER NOT NULL, elder INTEGER NOT NULL,"
    " PRIMARY KEY (key, elder)) WITHOUT ROWID;"
    "CREATE TEMP TABLE number_bulk (key INTEGER NOT NULL, elder INTEGER NOT NULL);"
    "CREATE TEMP TABLE number_kin (key INTEGER NOT NULL, elder TEXT NOT NULL);";

const char yihu_snapshot_numbers_finish_sql[] =
    "INSERT OR IGNORE INTO number_key (key, elder) SELECT key, n FROM"
    " (SELECT key, elder AS n FROM temp.number_bulk UNION ALL"
    " SELECT k.key, e.n FROM temp.number_kin AS k JOIN elder AS e ON e.id = k.elder) ORDER BY 1, 2;"
    "DROP TABLE temp.number_bulk;"
    "DROP TABLE temp.number_kin;";

void
yihu_snapshot_file_tail_range (const char *reversed, gint64 *from, gint64 *to)
{
  gint64 tail = 0;
  gint64 width = 1;

  for (guint i = 0; i < YIHU_SNAPSHOT_TAIL_DIGITS; i++)
    {
      tail = tail * 10 + (*reversed != '\0' ? *reversed - '0' : 0);
      width *= *reversed != '\0' ? 1 : 10;
      reversed += *reversed != '\0';
    }
  *from = tail << HASH_BITS;
  *to = (tail + width) << HASH_BITS;
}

gint64
yihu_snapshot_file_number_key (YihuSnapshotFile *self, const char *normalized)
{
  g_autofree char *plain = NULL;
  g_autofree char *reversed = NULL;
  gint64 from;
  gint64 to;

  if (!self->has_key || normalized == NULL || *normalized == '\0')
    return -1;
  plain = g_strndup (normalized, strcspn (normalized, ","));
  reversed = yihu_phone_number_reverse (plain);
  yihu_snapshot_file_tail_range (reversed, &from, &to);
  return from | (yihu_snapshot_hash (self, plain) & ((1 << HASH_BITS) - 1));
}

/* --- what an elder has --- */

static void
add_key (YihuSnapshotFile *self, GHashTable *keys, const char *number)
{
  gint64 key = yihu_snapshot_file_number_key (self, number);

  if (key >= 0)
    g_hash_table_add (keys, g_memdup2 (&key, sizeof key));
}

static gboolean
add_keys_of (YihuSnapshotFile *self,
             const YihuRecordType *type,
             const char *condition,
             const char *id,
             GHashTable *keys,
             GError **error)
{
  g_autofree char *sql =
      g_strdup_printf ("SELECT %s FROM %s WHERE %s", yihu_snapshot_file_columns (self, type),
                       type->name, condition);
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows = yihu_database_query (self->database, sql, error, "s", id);

  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &local))
    {
      g_autoptr (YihuRecord) record = yihu_snapshot_file_read (self, type, rows, 0, error);

      if (record == NULL)
        return FALSE;
      if (type == &yihu_kin_type)
        {
          add_key (self, keys, ((YihuKin *) record)->phone);
          continue;
        }
      add_key (self, keys, ((YihuElder *) record)->phone);
      add_key (self, keys, ((YihuElder *) record)->phone2);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Every number by which the elder and his kin are to be found, as the tables are now. */
static GHashTable *
list_keys (YihuSnapshotFile *self, const char *elder, GError **error)
{
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  if (!add_keys_of (self, &yihu_elder_type, "id = ?1", elder, keys, error)
      || !add_keys_of (self, &yihu_kin_type, "kin.elder = ?1", elder, keys, error))
    return NULL;
  return g_steal_pointer (&keys);
}

static gboolean
find_n (YihuSnapshotFile *self, const char *elder, gint64 *n, GError **error)
{
  g_autoptr (GError) local = NULL;

  *n = 0;
  if (yihu_database_query_int (self->database, "SELECT n FROM elder WHERE id = ?1", n, &local, "s",
                               elder)
      || g_error_matches (local, YIHU_ERROR, YIHU_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
put_key (YihuSnapshotFile *self, gint64 key, gint64 n, GError **error)
{
  return key < 0
         || yihu_database_run (self->database,
                               "INSERT OR IGNORE INTO number_key (key, elder) VALUES (?1, ?2)",
                               error, "ii", key, n);
}

/* Unless the elder has the number otherwise. */
static gboolean
drop_key (YihuSnapshotFile *self, gint64 key, gint64 n, GHashTable *kept, GError **error)
{
  return key < 0 || g_hash_table_contains (kept, &key)
         || yihu_database_run (self->database,
                               "DELETE FROM number_key WHERE key = ?1 AND elder = ?2", error, "ii",
                               key, n);
}

/* --- elders --- */

static gboolean
put_elder_in_bulk (YihuSnapshotFile *self,
                   gint64 n,
                   const YihuElder *before,
                   const YihuElder *after,
                   GError **error)
{
  const char *const numbers[] = { after->phone, after->phone2 };

  if (before != NULL
      && !yihu_database_run (self->database, "DELETE FROM temp.number_bulk WHERE elder = ?1", error,
                             "i", n))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      gint64 key = yihu_snapshot_file_number_key (self, numbers[i]);

      if (key >= 0
          && !yihu_database_run (self->database,
                                 "INSERT INTO temp.number_bulk (key, elder) VALUES (?1, ?2)", error,
                                 "ii", key, n))
        return FALSE;
    }
  return TRUE;
}

gboolean
yihu_snapshot_numbers_put_elder (YihuSnapshotFile *self,
                                 gint64 n,
                                 const YihuElder *before,
                                 const YihuElder *after,
                                 GError **error)
{
  g_autoptr (GHashTable) keys = NULL;
  GHashTableIter iter;
  gpointer key;

  if (before != NULL && g_strcmp0 (before->phone, after->phone) == 0
      && g_strcmp0 (before->phone2, after->phone2) == 0)
    return TRUE;
  if (self->bulk)
    return put_elder_in_bulk (self, n, before, after, error);
  keys = list_keys (self, after->record.id, error);
  if (keys == NULL)
    return FALSE;
  if (before != NULL
      && (!drop_key (self, yihu_snapshot_file_number_key (self, before->phone), n, keys, error)
          || !drop_key (self, yihu_snapshot_file_number_key (self, before->phone2), n, keys,
                        error)))
    return FALSE;
  g_hash_table_iter_init (&iter, keys);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!put_key (self, *(gint64 *) key, n, error))
      return FALSE;
  return TRUE;
}

gboolean
yihu_snapshot_numbers_forget_elder (YihuSnapshotFile *self,
                                    gint64 n,
                                    const char *id,
                                    GError **error)
{
  g_autoptr (GHashTable) keys = list_keys (self, id, error);
  g_autoptr (GHashTable) none = g_hash_table_new (g_int64_hash, g_int64_equal);
  GHashTableIter iter;
  gpointer key;

  if (keys == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, keys);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!drop_key (self, *(gint64 *) key, n, none, error))
      return FALSE;
  return TRUE;
}

/* --- kin --- */

gboolean
yihu_snapshot_numbers_read_kin (YihuSnapshotFile *self,
                                const char *id,
                                YihuKin **kin,
                                GError **error)
{
  g_autofree char *sql = NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows = NULL;

  *kin = NULL;
  if (self->bulk)
    return TRUE;
  sql = g_strdup_printf ("SELECT %s FROM kin WHERE id = ?1",
                         yihu_snapshot_file_columns (self, &yihu_kin_type));
  rows = yihu_database_query (self->database, sql, error, "s", id);
  if (rows == NULL)
    return FALSE;
  if (yihu_rows_next (rows, &local))
    {
      *kin = yihu_snapshot_file_read (self, &yihu_kin_type, rows, 0, error);
      return *kin != NULL;
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
drop_kin (YihuSnapshotFile *self, const YihuKin *kin, GError **error)
{
  g_autoptr (GHashTable) keys = NULL;
  gint64 n;

  if (!find_n (self, kin->elder, &n, error))
    return FALSE;
  if (n == 0)
    return TRUE;
  keys = list_keys (self, kin->elder, error);
  return keys != NULL
         && drop_key (self, yihu_snapshot_file_number_key (self, kin->phone), n, keys, error);
}

static gboolean
add_kin (YihuSnapshotFile *self, const YihuKin *kin, GError **error)
{
  gint64 key = yihu_snapshot_file_number_key (self, kin->phone);
  gint64 n;

  if (key < 0)
    return TRUE;
  if (self->bulk)
    return yihu_database_run (self->database,
                              "INSERT INTO temp.number_kin (key, elder) VALUES (?1, ?2)", error,
                              "is", key, kin->elder);
  /* Where the elder is not there yet, his coming brings the number. */
  return find_n (self, kin->elder, &n, error) && (n == 0 || put_key (self, key, n, error));
}

gboolean
yihu_snapshot_numbers_change_kin (YihuSnapshotFile *self,
                                  const YihuKin *before,
                                  const YihuKin *after,
                                  GError **error)
{
  if (before != NULL && after != NULL && g_strcmp0 (before->phone, after->phone) == 0
      && g_strcmp0 (before->elder, after->elder) == 0)
    return TRUE;
  return (before == NULL || drop_kin (self, before, error))
         && (after == NULL || add_kin (self, after, error));
}
