/* SPDX-License-Identifier: GPL-3.0-or-later */

/* number_key: whose telephone number is it, and whose ends with these digits. One row for each
 * number of an elder (kin 0) and of each of his kin (kin = its n), in one ordinary index of three
 * integers:
 *
 *   key = the last six digits, reversed, as a number 0..999999, above 28 bits of the keyed hash of
 *         the whole number
 *
 * so that a whole number is one key and a tail is a range. Both may hit wrongly (hashes meet); who
 * asks compares the unsealed numbers. */

#include "base/error.h"
#include "base/phone-number.h"
#include "snapshot/snapshot-private.h"

#include <string.h>

#define HASH_BITS 28

const char yihu_snapshot_numbers_tables_sql[] =
    "CREATE TABLE number_key (key INTEGER NOT NULL, elder INTEGER NOT NULL, kin INTEGER NOT NULL,"
    " PRIMARY KEY (key, elder, kin)) WITHOUT ROWID;"
    "CREATE TEMP TABLE number_bulk (key INTEGER NOT NULL, elder INTEGER NOT NULL);"
    "CREATE TEMP TABLE number_kin (key INTEGER NOT NULL, elder TEXT NOT NULL, kin INTEGER NOT "
    "NULL);";

const char yihu_snapshot_numbers_finish_sql[] =
    "INSERT OR IGNORE INTO number_key (key, elder, kin) SELECT key, n, kin FROM"
    " (SELECT key, elder AS n, 0 AS kin FROM temp.number_bulk UNION ALL"
    " SELECT k.key, e.n, k.kin FROM temp.number_kin AS k JOIN elder AS e ON e.id = k.elder)"
    " ORDER BY 1, 2, 3;"
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

/* --- rows --- */

/* @number: nullable. */
static gboolean
put_number (YihuSnapshotFile *self, const char *number, gint64 elder, gint64 kin, GError **error)
{
  gint64 key = yihu_snapshot_file_number_key (self, number);

  return key < 0
         || yihu_database_run (self->database,
                               "INSERT OR IGNORE INTO number_key (key, elder, kin)"
                               " VALUES (?1, ?2, ?3)",
                               error, "iii", key, elder, kin);
}

static gboolean
drop_number (YihuSnapshotFile *self, const char *number, gint64 elder, gint64 kin, GError **error)
{
  gint64 key = yihu_snapshot_file_number_key (self, number);

  return key < 0
         || yihu_database_run (self->database,
                               "DELETE FROM number_key WHERE key = ?1 AND elder = ?2 AND kin = ?3",
                               error, "iii", key, elder, kin);
}

typedef gboolean (*NumberFunc) (YihuSnapshotFile *, const char *, gint64, gint64, GError **);

/* @func with the number of each of the elder's kin that the table has. */
static gboolean
for_kin_of (YihuSnapshotFile *self, const char *id, gint64 elder, NumberFunc func, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT n, %s FROM kin WHERE elder = ?1",
                                          yihu_snapshot_file_columns (self, &yihu_kin_type));
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows = yihu_database_query (self->database, sql, error, "s", id);

  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &local))
    {
      g_autoptr (YihuKin) kin = yihu_snapshot_file_read (self, &yihu_kin_type, rows, 1, error);

      if (kin == NULL || !func (self, kin->phone, elder, yihu_rows_get_int (rows, 0), error))
        return FALSE;
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* --- elders --- */

static gboolean
put_elder_in_bulk (YihuSnapshotFile *self, gint64 n, const YihuElder *elder, GError **error)
{
  const char *const numbers[] = { elder->phone, elder->phone2 };

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
  if (self->bulk)
    return put_elder_in_bulk (self, n, after, error);
  if (before != NULL && g_strcmp0 (before->phone, after->phone) == 0
      && g_strcmp0 (before->phone2, after->phone2) == 0)
    return TRUE;
  return (before != NULL ? drop_number (self, before->phone, n, 0, error)
                               && drop_number (self, before->phone2, n, 0, error)
                         : for_kin_of (self, after->record.id, n, put_number, error))
         && put_number (self, after->phone, n, 0, error)
         && put_number (self, after->phone2, n, 0, error);
}

gboolean
yihu_snapshot_numbers_forget_elder (YihuSnapshotFile *self,
                                    gint64 n,
                                    const YihuElder *elder,
                                    GError **error)
{
  return drop_number (self, elder->phone, n, 0, error)
         && drop_number (self, elder->phone2, n, 0, error)
         && for_kin_of (self, elder->record.id, n, drop_number, error);
}

/* --- kin --- */

gboolean
yihu_snapshot_numbers_read_kin (YihuSnapshotFile *self,
                                const char *id,
                                gint64 *n,
                                YihuKin **kin,
                                GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT n, %s FROM kin WHERE id = ?1",
                                          yihu_snapshot_file_columns (self, &yihu_kin_type));
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRows) rows = yihu_database_query (self->database, sql, error, "s", id);

  *kin = NULL;
  *n = 0;
  if (rows == NULL)
    return FALSE;
  if (yihu_rows_next (rows, &local))
    {
      *n = yihu_rows_get_int (rows, 0);
      *kin = yihu_snapshot_file_read (self, &yihu_kin_type, rows, 1, error);
      return *kin != NULL;
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* @func with the number of @kin, unless its elder is not there: his coming brings it, his going
 * took it. */
static gboolean
for_kin (YihuSnapshotFile *self, gint64 n, const YihuKin *kin, NumberFunc func, GError **error)
{
  g_autoptr (GError) local = NULL;
  gint64 elder;

  if (yihu_database_query_int (self->database, "SELECT n FROM elder WHERE id = ?1", &elder, &local,
                               "s", kin->elder))
    return func (self, kin->phone, elder, n, error);
  if (g_error_matches (local, YIHU_ERROR, YIHU_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
yihu_snapshot_numbers_add_kin (YihuSnapshotFile *self, gint64 n, const YihuKin *kin, GError **error)
{
  gint64 key = yihu_snapshot_file_number_key (self, kin->phone);

  return key < 0
         || yihu_database_run (self->database,
                               "INSERT INTO temp.number_kin (key, elder, kin) VALUES (?1, ?2, ?3)",
                               error, "isi", key, kin->elder, n);
}

gboolean
yihu_snapshot_numbers_change_kin (YihuSnapshotFile *self,
                                  gint64 n,
                                  const YihuKin *before,
                                  const YihuKin *after,
                                  GError **error)
{
  if (before != NULL && after != NULL && g_strcmp0 (before->phone, after->phone) == 0
      && g_strcmp0 (before->elder, after->elder) == 0)
    return TRUE;
  return (before == NULL || for_kin (self, n, before, drop_number, error))
         && (after == NULL || for_kin (self, n, after, put_number, error));
}
