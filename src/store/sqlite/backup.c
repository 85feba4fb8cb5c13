/* SPDX-License-Identifier: GPL-3.0-or-later */

/* VACUUM INTO reads one state of the store while others write, and leaves no free pages behind; the
 * journal grows meanwhile. A copy has its final name only when it was read back and found whole, so
 * a file of that name is always a good backup. */

#include "store/sqlite/backup.h"

#include "base/error.h"
#include "base/file-io.h"
#include "base/number.h"
#include "sql/database.h"
#include "store/sqlite/sqlite-store.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPS_BETWEEN_LOOKS 100000 /* of SQLite's machine: some milliseconds */
#define COPY_BYTES (1024 * 1024)
#define MAX_NOTE_BYTES 1024

typedef struct
{
  const char *part;
  gint64 total;
  YihuBackupProgressFunc progress; /* (nullable) */
  gpointer data;
  GCancellable *cancellable; /* (nullable) */
} Looker;

static gint64
get_size (const char *path)
{
  struct stat info;

  return stat (path, &info) == 0 ? (gint64) info.st_size : 0;
}

/* Not 0 ends the copying. */
static int
on_look (gpointer data)
{
  const Looker *looker = data;

  if (looker->progress != NULL)
    looker->progress (MIN (get_size (looker->part), looker->total), looker->total, looker->data);
  return g_cancellable_is_cancelled (looker->cancellable);
}

/* An empty file of our mode is there first: SQLite would make one that others may read. */
static gboolean
make_private (const char *path, GError **error)
{
  int fd;

  g_unlink (path);
  fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return yihu_file_set_error ("make", path, error);
  close (fd);
  return TRUE;
}

static gboolean
sync_file (const char *path, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean done = fd >= 0 && fsync (fd) == 0;

  if (!done)
    yihu_file_set_error ("sync", path, error);
  if (fd >= 0)
    close (fd);
  return done;
}

static gboolean
refuse_existing (const char *path, GError **error)
{
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED,
               "'%s' is there already; nothing is overwritten", path);
  return FALSE;
}

/* The number of rows of every table. */
static gboolean
count_rows (YihuDatabase *database, gint64 *n_rows, GError **error)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) problem = NULL;
  g_autoptr (YihuRows) rows =
      yihu_database_query (database,
                           "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
                           "'sqlite_%'",
                           error, "");

  if (rows == NULL)
    return FALSE;
  while (yihu_rows_next (rows, &problem))
    g_ptr_array_add (tables, g_strdup (yihu_rows_get_text (rows, 0)));
  *n_rows = 0;
  for (guint i = 0; problem == NULL && i < tables->len; i++)
    {
      g_autofree char *sql =
          g_strdup_printf ("SELECT count(*) FROM \"%s\"", (char *) g_ptr_array_index (tables, i));
      gint64 n = 0;

      if (!yihu_database_query_int (database, sql, &n, error, ""))
        return FALSE;
      *n_rows += n;
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
read_facts (YihuDatabase *database, YihuBackupFacts *facts, GError **error)
{
  return yihu_database_query_int (database, "SELECT seq FROM tenant", &facts->seq, error, "")
         && yihu_database_query_int (database, "SELECT count(*) FROM audit", &facts->n_audit, error,
                                     "")
         && count_rows (database, &facts->n_rows, error);
}

static gboolean
copy (YihuDatabase *source, const Looker *looker, GError **error)
{
  g_autoptr (GError) problem = NULL;
  gint64 n_pages = 0;
  gint64 page_bytes = 0;
  Looker mine = *looker;
  gboolean done;

  if (!yihu_database_query_int (source, "PRAGMA page_count", &n_pages, error, "")
      || !yihu_database_query_int (source, "PRAGMA page_size", &page_bytes, error, ""))
    return FALSE;
  mine.total = n_pages * page_bytes;
  sqlite3_progress_handler (yihu_database_get (source), OPS_BETWEEN_LOOKS, on_look, &mine);
  done = yihu_database_run (source, "VACUUM INTO ?1", &problem, "s", looker->part);
  sqlite3_progress_handler (yihu_database_get (source), 0, NULL, NULL);
  if (done)
    return TRUE;
  if (!g_cancellable_set_error_if_cancelled (looker->cancellable, error))
    g_propagate_prefixed_error (error, g_steal_pointer (&problem), "copy the store: ");
  return FALSE;
}

/* What was written while we copied is in the store only; less than before must not be in the copy.
 */
static gboolean
compare (const YihuBackupFacts *before,
         const YihuBackupFacts *after,
         const YihuBackupFacts *in_copy,
         GError **error)
{
  if (in_copy->seq >= before->seq && in_copy->seq <= after->seq
      && in_copy->n_audit >= before->n_audit && in_copy->n_audit <= after->n_audit)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT,
               "the copy holds other rows than the store (event %" G_GINT64_FORMAT
               ", audit row %" G_GINT64_FORMAT ")",
               in_copy->seq, in_copy->n_audit);
  return FALSE;
}

static gboolean
make_part (const char *path,
           const Looker *looker,
           const GArray *anchors,
           YihuBackupFacts *facts,
           GError **error)
{
  g_autoptr (YihuDatabase) source = yihu_database_open (path, YIHU_DATABASE_DURABLE, error);
  YihuBackupFacts before = { 0 };
  YihuBackupFacts after = { 0 };

  return source != NULL && read_facts (source, &before, error) && copy (source, looker, error)
         && sync_file (looker->part, error)
         && yihu_sqlite_backup_check (looker->part, anchors, looker->cancellable, facts, error)
         && read_facts (source, &after, error) && compare (&before, &after, facts, error);
}

gboolean
yihu_sqlite_backup (const char *path,
                    const char *target,
                    gint64 now_us,
                    const GArray *anchors,
                    YihuBackupProgressFunc progress,
                    gpointer data,
                    GCancellable *cancellable,
                    YihuBackupFacts *facts,
                    GError **error)
{
  g_autofree char *part = g_strconcat (target, ".part", NULL);
  Looker looker = { part, 0, progress, data, cancellable };

  *facts = (YihuBackupFacts){ .at_us = now_us };
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "there is no store '%s'", path);
      return FALSE;
    }
  if (!refuse_existing (target, error) || !make_private (part, error))
    return FALSE;
  if (make_part (path, &looker, anchors, facts, error))
    {
      if (g_rename (part, target) == 0)
        return TRUE;
      yihu_file_set_error ("give its name to", part, error);
    }
  g_unlink (part);
  return FALSE;
}

static gboolean
check_pages (YihuDatabase *database, GError **error)
{
  g_autoptr (YihuRows) rows = yihu_database_query (database, "PRAGMA quick_check(1)", error, "");

  if (rows == NULL || !yihu_rows_next (rows, error))
    return FALSE;
  if (g_strcmp0 (yihu_rows_get_text (rows, 0), "ok") == 0)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "'%s' is damaged: %s",
               yihu_database_get_path (database), yihu_rows_get_text (rows, 0));
  return FALSE;
}

static gboolean
check_audit (const char *file, const GArray *anchors, GCancellable *cancellable, GError **error)
{
  g_autoptr (YihuStore) store = yihu_sqlite_store_open_copy (file, error);
  YihuAuditVerdict verdict;
  g_autofree char *words = NULL;

  if (store == NULL || !yihu_store_verify_audit (store, anchors, cancellable, &verdict, error))
    return FALSE;
  words = yihu_audit_verdict_describe (&verdict);
  if (words == NULL)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "the audit in '%s': %s", file, words);
  return FALSE;
}

gboolean
yihu_sqlite_backup_check (const char *file,
                          const GArray *anchors,
                          GCancellable *cancellable,
                          YihuBackupFacts *facts,
                          GError **error)
{
  g_autoptr (YihuDatabase) database = NULL;

  if (!g_file_test (file, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "there is no file '%s'", file);
      return FALSE;
    }
  database = yihu_database_open (file, YIHU_DATABASE_READER, error);
  facts->bytes = get_size (file);
  return database != NULL && check_pages (database, error) && read_facts (database, facts, error)
         && check_audit (file, anchors, cancellable, error);
}

/* The way back. */

static gboolean
copy_bytes (int from, int to, const char *path, GError **error)
{
  g_autofree char *buffer = g_malloc (COPY_BYTES);
  gssize n;

  while ((n = read (from, buffer, COPY_BYTES)) > 0)
    if (!yihu_file_write (to, buffer, (gsize) n, "write a copy", error))
      return FALSE;
  return n == 0 || yihu_file_set_error ("copy", path, error);
}

/* Into a file that is there, so that it keeps its mode. */
static gboolean
copy_file (const char *from, const char *to, GError **error)
{
  int source = g_open (from, O_RDONLY | O_CLOEXEC, 0);
  int target = g_open (to, O_WRONLY | O_TRUNC | O_CLOEXEC, 0);
  gboolean done = (source >= 0 && target >= 0) || yihu_file_set_error ("copy", from, error);

  done = done && copy_bytes (source, target, from, error);
  if (source >= 0)
    close (source);
  if (target >= 0)
    close (target);
  return done;
}

/* Seconds since 1970 are more than any number of epochs that consoles may have seen since. */
static gboolean
begin_anew (YihuStore *store, const char *file, gint64 now_us, GError **error)
{
  g_autofree char *name = g_path_get_basename (file);
  YihuTenant tenant = { 0 };
  YihuAuditRow row = { .at_us = now_us,
                       .account = "",
                       .device = "",
                       .what = "store.restore",
                       .object = name,
                       .reason = "" };

  if (!yihu_store_begin (store, TRUE, error))
    return FALSE;
  if (yihu_store_get_tenant (store, &tenant, error))
    {
      tenant.epoch = MAX (tenant.epoch + 1, now_us / G_USEC_PER_SEC);
      if (yihu_store_put_tenant (store, &tenant, error)
          && yihu_store_purge (store, G_MAXINT64, 0, 0, error)
          && yihu_store_append_audit (store, &row, error) && yihu_store_commit (store, error))
        return TRUE;
    }
  yihu_store_rollback (store);
  return FALSE;
}

static gboolean
find_head (YihuStore *store, gint64 now_us, YihuAnchor *anchor, GError **error)
{
  g_autofree char *hash = NULL;

  *anchor = (YihuAnchor){ .kind = YIHU_ANCHOR_RESTORED, .at_us = now_us };
  if (!yihu_store_find_audit_head (store, &anchor->number, &hash, error))
    return FALSE;
  g_strlcpy (anchor->hash, hash != NULL ? hash : "", sizeof anchor->hash);
  return TRUE;
}

static gboolean
prepare (const char *file, const char *part, gint64 now_us, YihuAnchor *anchor, GError **error)
{
  g_autoptr (YihuStore) store = yihu_sqlite_store_open (part, error);

  return store != NULL && begin_anew (store, file, now_us, error)
         && find_head (store, now_us, anchor, error) && yihu_store_checkpoint (store, error);
}

static void
remove_part (const char *part)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat (part, ends[i], NULL);

      g_unlink (path);
    }
}

gboolean
yihu_sqlite_restore (const char *file,
                     const char *path,
                     gint64 now_us,
                     YihuAnchor *anchor,
                     YihuBackupFacts *facts,
                     GError **error)
{
  g_autofree char *part = g_strconcat (path, ".restore", NULL);
  g_autofree char *journal = g_strconcat (path, "-wal", NULL); /* of another store: would be read */

  *facts = (YihuBackupFacts){ 0 };
  if (!refuse_existing (path, error) || !refuse_existing (journal, error)
      || !yihu_sqlite_backup_check (file, NULL, NULL, facts, error))
    return FALSE;
  if (make_private (part, error) && copy_file (file, part, error)
      && prepare (file, part, now_us, anchor, error) && sync_file (part, error))
    {
      if (g_rename (part, path) == 0)
        return TRUE;
      yihu_file_set_error ("give its name to", part, error);
    }
  remove_part (part);
  return FALSE;
}

/* The note. */

gboolean
yihu_backup_note_write (const char *path,
                        const char *name,
                        const YihuBackupFacts *facts,
                        GError **error)
{
  g_autofree char *text =
      g_strdup_printf ("yihu-backup 1 %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                       " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s\n",
                       facts->at_us, facts->bytes, facts->seq, facts->n_rows, facts->n_audit, name);

  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

gboolean
yihu_backup_note_read (const char *path, YihuBackupFacts *facts)
{
  gint64 *const numbers[] = { &facts->at_us, &facts->bytes, &facts->seq, &facts->n_rows,
                              &facts->n_audit };
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;
  gsize length = 0;

  *facts = (YihuBackupFacts){ 0 };
  if (!g_file_get_contents (path, &text, &length, NULL) || length > MAX_NOTE_BYTES)
    return FALSE;
  fields = g_strsplit (text, " ", 8);
  if (g_strv_length (fields) < 7 || strcmp (fields[0], "yihu-backup") != 0
      || strcmp (fields[1], "1") != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!yihu_number_parse (fields[2 + i], 0, G_MAXINT64, numbers[i]))
      return FALSE;
  return TRUE;
}
