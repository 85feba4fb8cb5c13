/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What happened: the feed by sequence number, answers by idempotency key, the audit chain, and the
 * forgetting of what is too old. */

#include "store/store-private.h"

#include "base/error.h"

/* A purge runs between commands, so it takes small bites. */
#define PURGE_ROWS 20000

gboolean
yihu_store_append_feed (YihuStore *self, const YihuFeedRow *row, GError **error)
{
  return yihu_store_run (self,
                         "INSERT INTO feed(seq, at_us, division, kind, body) "
                         "VALUES(?1, ?2, ?3, ?4, ?5)",
                         error, "iiiss", row->seq, row->at_us, row->division, row->kind, row->body);
}

gboolean
yihu_store_each_feed (YihuStore *self,
                      gint64 since,
                      guint limit,
                      YihuStoreFeedFunc func,
                      gpointer data,
                      GError **error)
{
  GError *local_error = NULL;
  g_autoptr (YihuCursor) rows =
      yihu_store_stream (self,
                         "SELECT seq, at_us, division, kind, body FROM feed WHERE seq > ?1 "
                         "ORDER BY seq LIMIT ?2",
                         error, "ii", since, (gint64) limit);
  gboolean more = TRUE;

  if (rows == NULL)
    return FALSE;
  while (more && yihu_cursor_next (rows, &local_error))
    {
      YihuFeedRow row = { yihu_cursor_get_int (rows, 0), yihu_cursor_get_int (rows, 1),
                          yihu_cursor_get_int (rows, 2), yihu_cursor_get_text (rows, 3),
                          yihu_cursor_get_text (rows, 4) };

      more = func (&row, data);
    }
  return yihu_store_end_rows (local_error, error);
}

gboolean
yihu_store_find_idem (YihuStore *self, const char *key, YihuIdem *idem, GError **error)
{
  GError *local_error = NULL;
  g_autoptr (YihuCursor) rows =
      yihu_store_query (self, "SELECT account, body_hash, at_us, reply FROM idem WHERE key = ?1",
                        error, "s", key);

  if (rows == NULL)
    return FALSE;
  if (yihu_cursor_next (rows, &local_error))
    {
      idem->account = g_strdup (yihu_cursor_get_text (rows, 0));
      idem->body_hash = g_strdup (yihu_cursor_get_text (rows, 1));
      idem->at_us = yihu_cursor_get_int (rows, 2);
      idem->reply = g_strdup (yihu_cursor_get_text (rows, 3));
    }
  return yihu_store_end_rows (local_error, error);
}

gboolean
yihu_store_put_idem (YihuStore *self, const char *key, const YihuIdem *idem, GError **error)
{
  return yihu_store_run (self,
                         "INSERT INTO idem(key, account, body_hash, at_us, reply) "
                         "VALUES(?1, ?2, ?3, ?4, ?5)",
                         error, "sssis", key, idem->account, idem->body_hash, idem->at_us,
                         idem->reply);
}

gboolean
yihu_store_load_last_audit (YihuStore *self, GError **error)
{
  GError *local_error = NULL;
  g_autoptr (YihuCursor) rows = NULL;

  if (self->last_audit >= 0)
    return TRUE;
  rows = yihu_store_query (self, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1",
                           error, "");
  if (rows == NULL)
    return FALSE;
  if (yihu_cursor_next (rows, &local_error))
    {
      self->last_audit = yihu_cursor_get_int (rows, 0);
      self->last_hash = g_strdup (yihu_cursor_get_text (rows, 1));
    }
  else if (local_error == NULL && !self->is_prefetching)
    {
      self->last_audit = 0;
    }
  return yihu_store_end_rows (local_error, error);
}

gboolean
yihu_store_find_audit_head (YihuStore *self, gint64 *number, char **hash, GError **error)
{
  GError *local_error = NULL;
  g_autoptr (YihuCursor) rows =
      yihu_store_query (self, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1", error,
                        "");

  *number = 0;
  *hash = NULL;
  if (rows == NULL)
    return FALSE;
  if (yihu_cursor_next (rows, &local_error))
    {
      *number = yihu_cursor_get_int (rows, 0);
      *hash = g_strdup (yihu_cursor_get_text (rows, 1));
    }
  return yihu_store_end_rows (local_error, error);
}

gboolean
yihu_store_append_audit (YihuStore *self, const YihuAuditRow *row, GError **error)
{
  g_autofree char *hash = NULL;
  YihuAuditRow full = *row;

  if (!yihu_store_load_last_audit (self, error))
    return FALSE;
  if (self->is_prefetching)
    return TRUE;
  full.number = self->last_audit + 1;
  full.previous_hash = self->last_hash != NULL ? self->last_hash : "";
  hash = yihu_audit_row_hash (&full);
  if (!yihu_store_run (
          self,
          "INSERT INTO audit(number, at_us, account, device, what, object, reason, previous_hash, "
          "hash) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
          error, "iisssssss", full.number, full.at_us, full.account != NULL ? full.account : "",
          full.device != NULL ? full.device : "", full.what, full.object != NULL ? full.object : "",
          full.reason != NULL ? full.reason : "", full.previous_hash, hash))
    return FALSE;
  self->last_audit = full.number;
  g_free (self->last_hash);
  self->last_hash = g_steal_pointer (&hash);
  return TRUE;
}

gboolean
yihu_store_count_reveals (YihuStore *self,
                          const char *account,
                          gint64 since_us,
                          gint64 *count,
                          GError **error)
{
  GError *local_error = NULL;
  g_autoptr (YihuCursor) rows =
      yihu_store_query (self,
                        "SELECT count(*) FROM audit WHERE what >= 'reveal.' AND what < 'reveal/' "
                        "AND account = ?1 AND at_us >= ?2",
                        error, "si", account, since_us);

  if (rows == NULL)
    return FALSE;
  *count = yihu_cursor_next (rows, &local_error) ? yihu_cursor_get_int (rows, 0) : 0;
  return yihu_store_end_rows (local_error, error);
}

gboolean
yihu_store_each_audit (YihuStore *self,
                       gint64 after,
                       guint limit,
                       YihuStoreAuditFunc func,
                       gpointer data,
                       GError **error)
{
  GError *local_error = NULL;
  g_autoptr (YihuCursor) rows =
      yihu_store_stream (self,
                         "SELECT number, at_us, account, device, what, object, reason, "
                         "previous_hash, hash FROM audit WHERE number > ?1 ORDER BY number "
                         "LIMIT ?2",
                         error, "ii", after, (gint64) limit);
  gboolean more = TRUE;

  if (rows == NULL)
    return FALSE;
  while (more && yihu_cursor_next (rows, &local_error))
    {
      YihuAuditRow row = { yihu_cursor_get_int (rows, 0),  yihu_cursor_get_int (rows, 1),
                           yihu_cursor_get_text (rows, 2), yihu_cursor_get_text (rows, 3),
                           yihu_cursor_get_text (rows, 4), yihu_cursor_get_text (rows, 5),
                           yihu_cursor_get_text (rows, 6), yihu_cursor_get_text (rows, 7),
                           yihu_cursor_get_text (rows, 8) };

      more = func (&row, data);
    }
  return yihu_store_end_rows (local_error, error);
}

/* Times grow with numbers, so the first young entry ends the old ones: this reads no more rows than
 * it deletes. */
static gboolean
purge_feed (YihuStore *self, gint64 before_us, GError **error)
{
  GError *local_error = NULL;
  gint64 last_old = 0;

  {
    g_autoptr (YihuCursor) rows =
        yihu_store_query (self, "SELECT seq, at_us FROM feed ORDER BY seq LIMIT ?1", error, "i",
                          (gint64) PURGE_ROWS);

    if (rows == NULL)
      return FALSE;
    while (yihu_cursor_next (rows, &local_error) && yihu_cursor_get_int (rows, 1) < before_us)
      last_old = yihu_cursor_get_int (rows, 0);
  }
  if (!yihu_store_end_rows (local_error, error))
    return FALSE;
  return last_old == 0
         || (yihu_store_run (self, "DELETE FROM feed WHERE seq <= ?1", error, "i", last_old)
             && yihu_store_run (self, "UPDATE tenant SET floor = ?1 WHERE floor < ?1", error, "i",
                                last_old));
}

gboolean
yihu_store_purge (YihuStore *self,
                  gint64 now_us,
                  gint64 idem_before_us,
                  gint64 feed_before_us,
                  GError **error)
{
  return yihu_store_run (self,
                         "DELETE FROM idem WHERE key IN (SELECT key FROM idem WHERE at_us < ?1 "
                         "LIMIT ?2)",
                         error, "ii", idem_before_us, (gint64) PURGE_ROWS)
         && yihu_store_run (self, "DELETE FROM session WHERE expires_at_us <= ?1", error, "i",
                            now_us)
         && purge_feed (self, feed_before_us, error);
}
