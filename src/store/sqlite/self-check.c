/* SPDX-License-Identifier: GPL-3.0-or-later */

/* SQLite walks a tree in one step and asks nobody meanwhile, so a second thread holds the watch and
 * interrupts the connection. */

#include "store/sqlite/self-check.h"

#include "base/error.h"

typedef struct
{
  sqlite3 *sqlite;
  GMutex lock; /* guards is_done */
  GCond done;
  gboolean is_done;
  gboolean has_interrupted;
  gint64 until_us; /* monotonic */
} Watch;

static gpointer
hold_watch (gpointer data)
{
  Watch *watch = data;

  g_mutex_lock (&watch->lock);
  while (!watch->is_done && g_cond_wait_until (&watch->done, &watch->lock, watch->until_us))
    ;
  watch->has_interrupted = !watch->is_done;
  if (watch->has_interrupted)
    sqlite3_interrupt (watch->sqlite);
  g_mutex_unlock (&watch->lock);
  return NULL;
}

static gboolean
check (YihuDatabase *database, GError **error)
{
  g_autoptr (YihuRows) rows = yihu_database_query (database, "PRAGMA quick_check(1)", error, "");

  if (rows == NULL || !yihu_rows_next (rows, error))
    return FALSE;
  if (g_strcmp0 (yihu_rows_get_text (rows, 0), "ok") == 0)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "the store '%s' is damaged: %s",
               yihu_database_get_path (database), yihu_rows_get_text (rows, 0));
  return FALSE;
}

gboolean
yihu_sqlite_check_pages (YihuDatabase *database, gint64 patience_us, GError **error)
{
  Watch watch = { .sqlite = yihu_database_get (database),
                  .until_us = g_get_monotonic_time () + patience_us };
  g_autoptr (GError) problem = NULL;
  GThread *thread;
  gboolean done;

  g_mutex_init (&watch.lock);
  g_cond_init (&watch.done);
  thread = g_thread_new ("self-check", hold_watch, &watch);
  done = check (database, &problem);
  g_mutex_lock (&watch.lock);
  watch.is_done = TRUE;
  g_cond_signal (&watch.done);
  g_mutex_unlock (&watch.lock);
  g_thread_join (thread);
  g_mutex_clear (&watch.lock);
  g_cond_clear (&watch.done);
  if (done)
    return TRUE;
  /* What was found before the interruption counts. */
  if (watch.has_interrupted && !g_error_matches (problem, YIHU_ERROR, YIHU_ERROR_CORRUPT))
    {
      g_message ("the store is large: not all of it was looked at within %" G_GINT64_FORMAT
                 " s; the nightly backup reads every page",
                 patience_us / G_USEC_PER_SEC);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
mend (YihuDatabase *database, const char *type, const char *name, const char *sql, GError **error)
{
  gint64 n = 0;

  if (!yihu_database_query_int (database,
                                "SELECT count(*) FROM sqlite_schema WHERE type = ?1 AND name = ?2",
                                &n, error, "ss", type, name))
    return FALSE;
  if (n > 0)
    return TRUE;
  if (g_strcmp0 (type, "index") != 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT,
                   "the store '%s' lacks the table '%s': restore a backup",
                   yihu_database_get_path (database), name);
      return FALSE;
    }
  g_message ("the store lacks the index '%s': it is made again", name);
  return yihu_database_exec (database, sql, error);
}

gboolean
yihu_sqlite_check_structure (YihuDatabase *database, YihuDatabase *model, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (model,
                           "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER "
                           "BY type DESC, name",
                           error, "");

  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &problem))
    if (!mend (database, yihu_rows_get_text (rows, 0), yihu_rows_get_text (rows, 1),
               yihu_rows_get_text (rows, 2), error))
      return FALSE;
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}
