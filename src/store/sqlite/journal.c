/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What happened: the feed by sequence number, answers by idempotency key, the audit chain, and the
 * forgetting of what is too old. */

#include "store/sqlite/private.h"

#include "base/error.h"

/* A purge runs between commands, so it takes small bites. */
#define PURGE_ROWS 20000

static gboolean
finish (GError *local_error, GError **error)
{
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, local_error);
  return FALSE;
}

static gboolean
journal_append_feed (YihuStore *store, const YihuFeedRow *row, GError **error)
{
  return yihu_database_run (YIHU_SQLITE_STORE (store)->database,
                            "INSERT INTO feed(seq, at_us, division, kind, body) "
                            "VALUES(?1, ?2, ?3, ?4, ?5)",
                            error, "iiiss", row->seq, row->at_us, row->division, row->kind,
                            row->body);
}

static gboolean
journal_each_feed (YihuStore *store,
                   gint64 since,
                   guint limit,
                   YihuStoreFeedFunc func,
                   gpointer data,
                   GError **error)
{
  GError *local_error = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (YIHU_SQLITE_STORE (store)->database,
                           "SELECT seq, at_us, division, kind, body FROM feed WHERE seq > ?1 "
                           "ORDER BY seq LIMIT ?2",
                           error, "ii", since, (gint64) limit);
  gboolean more = TRUE;

  if (rows == NULL)
    return FALSE;
  while (more && yihu_rows_next (rows, &local_error))
    {
      YihuFeedRow row = { yihu_rows_get_int (rows, 0), yihu_rows_get_int (rows, 1),
                          yihu_rows_get_int (rows, 2), yihu_rows_get_text (rows, 3),
                          yihu_rows_get_text (rows, 4) };

      more = func (&row, data);
    }
  return finish (local_error, error);
}

static gboolean
journal_find_idem (YihuStore *store, const char *key, YihuIdem *idem, GError **error)
{
  GError *local_error = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (YIHU_SQLITE_STORE (store)->database,
                           "SELECT account, body_hash, at_us, reply FROM idem WHERE key = ?1",
                           error, "s", key);

  if (rows == NULL)
    return FALSE;
  if (yihu_rows_next (rows, &local_error))
    {
      idem->account = g_strdup (yihu_rows_get_text (rows, 0));
      idem->body_hash = g_strdup (yihu_rows_get_text (rows, 1));
      idem->at_us = yihu_rows_get_int (rows, 2);
      idem->reply = g_strdup (yihu_rows_get_text (rows, 3));
    }
  return finish (local_error, error);
}

static gboolean
journal_put_idem (YihuStore *store, const char *key, const YihuIdem *idem, GError **error)
{
  return yihu_database_run (YIHU_SQLITE_STORE (store)->database,
                            "INSERT INTO idem(key, account, body_hash, at_us, reply) "
                            "VALUES(?1, ?2, ?3, ?4, ?5)",
                            error, "sssis", key, idem->account, idem->body_hash, idem->at_us,
                            idem->reply);
}

static gboolean
find_last_audit (YihuDatabase *database, gint64 *number, char **hash, GError **error)
{
  GError *local_error = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (database, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1",
                           error, "");

  if (rows == NULL)
    return FALSE;
  if (yihu_rows_next (rows, &local_error))
    {
      *number = yihu_rows_get_int (rows, 0);
      *hash = g_strdup (yihu_rows_get_text (rows, 1));
    }
  return finish (local_error, error);
}

static gboolean
journal_append_audit (YihuStore *store, const YihuAuditRow *row, GError **error)
{
  YihuDatabase *database = YIHU_SQLITE_STORE (store)->database;
  g_autofree char *previous_hash = NULL;
  g_autofree char *hash = NULL;
  YihuAuditRow full = *row;
  gint64 last = 0;

  if (!find_last_audit (database, &last, &previous_hash, error))
    return FALSE;
  full.number = last + 1;
  full.previous_hash = previous_hash != NULL ? previous_hash : "";
  hash = yihu_audit_row_hash (&full);
  return yihu_database_run (
      database,
      "INSERT INTO audit(number, at_us, account, device, what, object, reason, previous_hash, "
      "hash) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
      error, "iisssssss", full.number, full.at_us, full.account != NULL ? full.account : "",
      full.device != NULL ? full.device : "", full.what, full.object != NULL ? full.object : "",
      full.reason != NULL ? full.reason : "", full.previous_hash, hash);
}

static gboolean
journal_each_audit (YihuStore *store,
                    gint64 after,
                    guint limit,
                    YihuStoreAuditFunc func,
                    gpointer data,
                    GError **error)
{
  GError *local_error = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (YIHU_SQLITE_STORE (store)->database,
                           "SELECT number, at_us, account, device, what, object, reason, "
                           "previous_hash, hash FROM audit WHERE number > ?1 ORDER BY number "
                           "LIMIT ?2",
                           error, "ii", after, (gint64) limit);
  gboolean more = TRUE;

  if (rows == NULL)
    return FALSE;
  while (more && yihu_rows_next (rows, &local_error))
    {
      YihuAuditRow row = { yihu_rows_get_int (rows, 0),  yihu_rows_get_int (rows, 1),
                           yihu_rows_get_text (rows, 2), yihu_rows_get_text (rows, 3),
                           yihu_rows_get_text (rows, 4), yihu_rows_get_text (rows, 5),
                           yihu_rows_get_text (rows, 6), yihu_rows_get_text (rows, 7),
                           yihu_rows_get_text (rows, 8) };

      more = func (&row, data);
    }
  return finish (local_error, error);
}

/* Times grow with numbers, so the first young entry ends the old ones: this reads no more rows than
 * it deletes. */
static gboolean
purge_feed (YihuDatabase *database, gint64 before_us, GError **error)
{
  GError *local_error = NULL;
  gint64 last_old = 0;

  {
    g_autoptr (YihuRows) rows =
        yihu_database_query (database, "SELECT seq, at_us FROM feed ORDER BY seq LIMIT ?1", error,
                             "i", (gint64) PURGE_ROWS);

    if (rows == NULL)
      return FALSE;
    while (yihu_rows_next (rows, &local_error) && yihu_rows_get_int (rows, 1) < before_us)
      last_old = yihu_rows_get_int (rows, 0);
  }
  if (!finish (local_error, error))
    return FALSE;
  return last_old == 0
         || (yihu_database_run (database, "DELETE FROM feed WHERE seq <= ?1", error, "i", last_old)
             && yihu_database_run (database, "UPDATE tenant SET floor = ?1 WHERE floor < ?1", error,
                                   "i", last_old));
}

static gboolean
journal_purge (YihuStore *store,
               gint64 now_us,
               gint64 idem_before_us,
               gint64 feed_before_us,
               GError **error)
{
  YihuDatabase *database = YIHU_SQLITE_STORE (store)->database;

  return yihu_database_run (database,
                            "DELETE FROM idem WHERE key IN (SELECT key FROM idem WHERE at_us < ?1 "
                            "LIMIT ?2)",
                            error, "ii", idem_before_us, (gint64) PURGE_ROWS)
         && yihu_database_run (database, "DELETE FROM session WHERE expires_at_us <= ?1", error,
                               "i", now_us)
         && purge_feed (database, feed_before_us, error);
}

void
yihu_sqlite_journal_fill (YihuStoreInterface *iface)
{
  iface->append_feed = journal_append_feed;
  iface->each_feed = journal_each_feed;
  iface->find_idem = journal_find_idem;
  iface->put_idem = journal_put_idem;
  iface->append_audit = journal_append_audit;
  iface->each_audit = journal_each_audit;
  iface->purge = journal_purge;
}
