/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Opening, closing and replacing the two files, the cursor, and applying the feed. A city that
 * cannot be used is no error for the caller: it is put aside and there is none, because the server
 * has it all. The desk file is in desk-file.c. */

#include "cache/cache.h"

#include "base/error.h"
#include "base/file-io.h"
#include "cache/cache-private.h"
#include "wire/event.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
unlink_side_files (const char *path)
{
  static const char *const suffixes[] = { "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *side = g_strconcat (path, suffixes[i], NULL);

      g_unlink (side);
    }
}

static void
move_aside (const char *path)
{
  g_autofree char *aside = g_strconcat (path, ".damaged", NULL);

  unlink_side_files (path);
  if (g_rename (path, aside) != 0 && errno != ENOENT)
    g_message ("cannot move a damaged file aside: %s", g_strerror (errno));
}

/* A file that lost its end shows that here and not in the middle of a call. Pages that are still in
 * the write-ahead log only may lie behind the end. */
static gboolean
check_length (YihuSnapshotFile *city, const char *path, GError **error)
{
  YihuDatabase *database = yihu_snapshot_file_get_database (city);
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  GStatBuf file;
  GStatBuf log;
  gint64 pages;
  gint64 page_bytes;

  if (!yihu_database_query_int (database, "PRAGMA page_count", &pages, error, "")
      || !yihu_database_query_int (database, "PRAGMA page_size", &page_bytes, error, ""))
    return FALSE;
  if (g_stat (wal, &log) == 0 && log.st_size > 0)
    return TRUE;
  if (g_stat (path, &file) == 0 && file.st_size >= pages * page_bytes)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "'%s' is cut short", path);
  return FALSE;
}

/* 16 MiB: the upper levels of all indexes of a million people, which every key press walks down. */
static const char page_cache_sql[] = "PRAGMA cache_size=-16384";

static gint64
get_meta (YihuCache *self, const char *name)
{
  return self->city != NULL ? yihu_snapshot_file_get_meta (self->city, name) : 0;
}

static void
open_city (YihuCache *self)
{
  g_autoptr (GError) error = NULL;
  YihuDatabaseMode mode = self->is_reader ? YIHU_DATABASE_READER : YIHU_DATABASE_CACHE;

  if (self->city != NULL || !g_file_test (self->city_path, G_FILE_TEST_EXISTS))
    return;
  self->city = yihu_snapshot_file_open (self->city_path, self->key, mode, &error);
  if (self->city != NULL && check_length (self->city, self->city_path, &error)
      && yihu_database_exec (yihu_snapshot_file_get_database (self->city), page_cache_sql, &error))
    {
      self->scope = (YihuDivisionRange){ get_meta (self, "lo"), get_meta (self, "hi") };
      return;
    }
  g_clear_pointer (&self->city, yihu_snapshot_file_close);
  g_info ("the city's file is not usable: %s", error->message);
  if (self->is_reader)
    return;
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_CORRUPT))
    move_aside (self->city_path);
  else if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_VERSION))
    {
      unlink_side_files (self->city_path);
      g_unlink (self->city_path);
    }
}

YihuCache *
yihu_cache_open (const char *directory, GBytes *key, GError **error)
{
  g_autoptr (YihuCache) self = NULL;

  g_return_val_if_fail (directory != NULL, NULL);

  self = g_new0 (YihuCache, 1);
  self->directory = g_strdup (directory);
  self->city_path = g_build_filename (directory, "city.db", NULL);
  self->key = key != NULL ? g_bytes_ref (key) : NULL;
  self->desk = yihu_desk_file_open (directory, error);
  if (self->desk == NULL)
    return NULL;
  yihu_desk_file_set_keys (self->desk, NULL, key);
  open_city (self);
  return g_steal_pointer (&self);
}

YihuCache *
yihu_cache_open_reader (YihuCache *self, GError **error)
{
  g_autoptr (YihuCache) reader = g_new0 (YihuCache, 1);

  reader->directory = g_strdup (self->directory);
  reader->city_path = g_strdup (self->city_path);
  reader->is_reader = TRUE;
  reader->key = self->key != NULL ? g_bytes_ref (self->key) : NULL;
  reader->desk = yihu_desk_file_open_reader (self->desk, error);
  if (reader->desk == NULL)
    return NULL;
  open_city (reader);
  return g_steal_pointer (&reader);
}

void
yihu_cache_close (YihuCache *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->city, yihu_snapshot_file_close);
  g_clear_pointer (&self->desk, yihu_desk_file_close);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_free (self->city_path);
  g_free (self->directory);
  g_free (self);
}

YihuDeskFile *
yihu_cache_get_desk (YihuCache *self)
{
  return self->desk;
}

GBytes *
yihu_cache_get_key (YihuCache *self)
{
  return self->key;
}

gboolean
yihu_cache_has_city (YihuCache *self)
{
  return self->city != NULL;
}

gint64
yihu_cache_get_cursor (YihuCache *self)
{
  return get_meta (self, "seq");
}

gint64
yihu_cache_get_epoch (YihuCache *self)
{
  return get_meta (self, "epoch");
}

gint64
yihu_cache_get_scope_lo (YihuCache *self)
{
  return self->city != NULL ? self->scope.lo : 0;
}

gint64
yihu_cache_get_scope_hi (YihuCache *self)
{
  return self->city != NULL ? self->scope.hi : 0;
}

gint64
yihu_cache_count_elders (YihuCache *self)
{
  return get_meta (self, "elders");
}

gint64
yihu_cache_get_synced_at_us (YihuCache *self)
{
  return MAX (get_meta (self, "synced_at_us"), get_meta (self, "made_at_us"));
}

gboolean
yihu_cache_set_synced_at_us (YihuCache *self, gint64 synced_at_us, GError **error)
{
  return self->city == NULL
         || yihu_snapshot_file_set_meta (self->city, "synced_at_us", synced_at_us, error);
}

void
yihu_cache_close_city (YihuCache *self)
{
  g_clear_pointer (&self->city, yihu_snapshot_file_close);
}

void
yihu_cache_reopen_city (YihuCache *self, GBytes *key)
{
  if (key != NULL)
    {
      g_bytes_ref (key);
      g_clear_pointer (&self->key, g_bytes_unref);
      self->key = key;
    }
  yihu_cache_close_city (self);
  open_city (self);
}

gboolean
yihu_cache_check_snapshot (const char *file, GBytes *key, GError **error)
{
  g_autoptr (YihuSnapshotFile) snapshot =
      yihu_snapshot_file_open (file, key, YIHU_DATABASE_READER, error);

  return snapshot != NULL && check_length (snapshot, file, error);
}

static void
sync_directory (const char *directory)
{
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (fsync (fd) != 0)
    g_info ("sync a directory: %s", g_strerror (errno));
  close (fd);
}

gboolean
yihu_cache_install_snapshot (YihuCache *self, const char *file, GBytes *key, GError **error)
{
  g_return_val_if_fail (!self->is_reader, FALSE);

  yihu_cache_close_city (self);
  unlink_side_files (self->city_path);
  if (g_rename (file, self->city_path) != 0)
    {
      yihu_file_set_error ("install the snapshot", NULL, error);
      yihu_cache_reopen_city (self, NULL);
      return FALSE;
    }
  unlink_side_files (file);
  sync_directory (self->directory);
  yihu_cache_reopen_city (self, key);
  if (self->city != NULL)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "the installed snapshot does not open");
  return FALSE;
}

static gboolean
apply_event (YihuCache *self, const YihuEvent *event, GError **error)
{
  if (event->op == YIHU_EVENT_UPSERT)
    return event->record == NULL || yihu_snapshot_file_put (self->city, event->record, error);
  return yihu_snapshot_file_remove (self->city, event->type, event->id, error);
}

/* Whether a row goes for good; who sees both districts of a row that moves gets it again at once.
 */
static gboolean
takes_away (GPtrArray *events)
{
  for (guint i = 0; i < events->len; i++)
    {
      const YihuEvent *event = g_ptr_array_index (events, i);
      const YihuEvent *next = i + 1 < events->len ? g_ptr_array_index (events, i + 1) : NULL;

      if (event->op != YIHU_EVENT_UPSERT
          && (next == NULL || next->op != YIHU_EVENT_UPSERT || next->type != event->type
              || g_strcmp0 (next->id, event->id) != 0))
        return TRUE;
    }
  return FALSE;
}

/* What was deleted has been overwritten in the log (secure_delete), not yet in the file, and older
 * states lie in the log: both end when the log is written back and cut. A reader that holds on to
 * an old state postpones it to the next batch. */
static void
purge (YihuCache *self)
{
  g_autoptr (GError) error = NULL;
  gint64 is_busy = 1;

  if (yihu_database_query_int (yihu_snapshot_file_get_database (self->city),
                               "PRAGMA wal_checkpoint(TRUNCATE)", &is_busy, &error, "")
      && is_busy == 0)
    self->owes_purge = FALSE;
  else if (error != NULL)
    g_message ("rows that were taken away could not be purged yet: %s", error->message);
}

gboolean
yihu_cache_apply (YihuCache *self, GPtrArray *events, gint64 to, GError **error)
{
  YihuDatabase *database;
  gint64 cursor;

  if (self->city == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "there is no city to apply events to");
      return FALSE;
    }
  database = yihu_snapshot_file_get_database (self->city);
  if (!yihu_database_begin (database, error))
    return FALSE;
  cursor = MAX (to, yihu_cache_get_cursor (self));
  for (guint i = 0; i < events->len; i++)
    if (!apply_event (self, g_ptr_array_index (events, i), error))
      {
        yihu_database_rollback (database);
        return FALSE;
      }
  if (!yihu_snapshot_file_set_cursor (self->city, cursor, error)
      || !yihu_database_commit (database, error))
    {
      yihu_database_rollback (database);
      return FALSE;
    }
  self->owes_purge |= takes_away (events);
  if (self->owes_purge)
    purge (self);
  return yihu_desk_file_reach_overlay (self->desk, cursor, error);
}

gpointer
yihu_cache_get (YihuCache *self, const YihuRecordType *type, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (YihuRecord) overlay = NULL;
  g_autoptr (YihuRecord) base = NULL;

  overlay = yihu_desk_file_get_overlay (self->desk, type, id, &local);
  if (local == NULL)
    base = yihu_cache_get_base (self, type, id, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (overlay != NULL && (base == NULL || base->version <= overlay->version))
    return g_steal_pointer (&overlay);
  return g_steal_pointer (&base);
}

/* Everything of the city: the file, what was put aside, and what has come so far of the next one.
 */
static void
unlink_city (const char *directory)
{
  g_autoptr (GDir) files = g_dir_open (directory, 0, NULL);
  const char *name;

  while (files != NULL && (name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (g_str_has_prefix (name, "city.") || g_str_equal (name, "desk.db.damaged"))
        g_unlink (path);
    }
  sync_directory (directory);
}

gboolean
yihu_cache_wipe (const char *directory, gint64 *unsent, GError **error)
{
  g_autoptr (YihuDeskFile) desk = yihu_desk_file_open (directory, error);

  unlink_city (directory);
  return desk != NULL && yihu_desk_file_wipe (desk, unsent, error);
}
