/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Keeping snapshots. One is built at a time, on a thread of its own. Whoever asks for a scope that
 * is being built is told after a moment how far it is, and asks again: no connection is held for
 * the minute that a large city takes.
 *
 * A file on disk counts only with its side file (hash, sizes, age), which is written last. After a
 * restart the hash is worked out again before the file is handed to anybody. */

#include "server/work/snapshot-shelf.h"

#include "base/error.h"
#include "base/file-io.h"
#include "base/worker-thread.h"
#include "server/work/snapshot-packing.h"
#include "wire/protocol.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define KEPT_OF_A_SCOPE 2
#define REUSE_EVENTS 5000
#define REUSE_SHARE 20 /* a twentieth of the rows may have changed */
#define MAX_AGE_US                                                                                 \
  ((YIHU_FEED_DAYS - 3) * G_TIME_SPAN_DAY) /* before the feed forgets its number                   \
                                            */
#define PATIENCE_MS 1000
#define SIDE_SUFFIX ".sum"
#define HASH_LENGTH 64

struct _YihuSnapshotShelf
{
  GObject parent_instance;

  YihuStore *store; /* (owned) a reading connection of the builder's thread */
  YihuClock *clock; /* (owned) */
  char *directory;
  YihuWorkerThread *worker; /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GPtrArray *entries; /* (owned) Entry, oldest first */
  GPtrArray *builds; /* (owned) Build: waiting or going on */
};

typedef struct
{
  YihuSnapshot *snapshot; /* (owned) */
  gboolean is_checked; /* the file has the hash that its side file says */
} Entry;

typedef struct
{
  YihuSnapshotFunc func; /* NULL once called */
  gpointer data;
  GSource *timer; /* (owned) */
  YihuSnapshotProgress *progress; /* of the build */
} Waiter;

typedef struct
{
  YihuStore *store; /* (owned) */
  char *directory;
  char *found; /* (nullable): a file to be checked instead */
  char *found_hash; /* (nullable) */
  YihuDivisionRange scope;
  gint64 now_us;
  YihuSnapshotProgress progress;
  GPtrArray *waiters; /* (owned) Waiter */
} Build;

G_DEFINE_FINAL_TYPE (YihuSnapshotShelf, yihu_snapshot_shelf, G_TYPE_OBJECT)

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  yihu_snapshot_free (entry->snapshot);
  g_free (entry);
}

static void
waiter_free (gpointer data)
{
  Waiter *waiter = data;

  g_source_destroy (waiter->timer);
  g_source_unref (waiter->timer);
  g_free (waiter);
}

static void
build_free (gpointer data)
{
  Build *build = data;

  g_object_unref (build->store);
  g_free (build->directory);
  g_free (build->found);
  g_free (build->found_hash);
  g_ptr_array_unref (build->waiters);
  g_free (build);
}

static gboolean
is_same_scope (YihuDivisionRange a, YihuDivisionRange b)
{
  return a.lo == b.lo && a.hi == b.hi;
}

/* --- side files --- */

static char *
get_side_path (const YihuSnapshot *snapshot)
{
  return g_strconcat (snapshot->path, SIDE_SUFFIX, NULL);
}

static gboolean
write_side (const YihuSnapshot *snapshot, GError **error)
{
  g_autofree char *path = get_side_path (snapshot);
  g_autofree char *text = g_strdup_printf ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                                           " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
                                           snapshot->hash, snapshot->bytes, snapshot->plain_bytes,
                                           snapshot->n_rows, snapshot->made_at_us);

  return g_file_set_contents_full (path, text, -1,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

/* FALSE where the side file is missing or does not fit the file. */
static gboolean
read_side (YihuSnapshot *snapshot)
{
  g_autofree char *path = get_side_path (snapshot);
  g_autofree char *text = NULL;
  char hash[HASH_LENGTH + 1] = "";
  GStatBuf status;

  if (!g_file_get_contents (path, &text, NULL, NULL)
      || sscanf (text,
                 "%64[0-9a-f] %18" G_GINT64_FORMAT " %18" G_GINT64_FORMAT " %18" G_GINT64_FORMAT
                 " %18" G_GINT64_FORMAT,
                 hash, &snapshot->bytes, &snapshot->plain_bytes, &snapshot->n_rows,
                 &snapshot->made_at_us)
             != 5
      || strlen (hash) != HASH_LENGTH || g_stat (snapshot->path, &status) != 0
      || status.st_size != snapshot->bytes)
    return FALSE;
  snapshot->hash = g_strdup (hash);
  return TRUE;
}

/* A download in progress keeps its mapping. */
static void
remove_files (const YihuSnapshot *snapshot)
{
  g_autofree char *side = get_side_path (snapshot);

  g_unlink (side);
  g_unlink (snapshot->path);
}

/* --- in the builder's thread --- */

static void
run_build (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Build *build = data;
  g_autoptr (YihuSnapshot) snapshot = NULL;
  g_autofree char *hash =
      build->found != NULL ? yihu_snapshot_hash_packed (build->found, NULL) : NULL;
  GError *error = NULL;

  if (hash != NULL && strcmp (hash, build->found_hash) == 0)
    {
      g_task_return_pointer (task, NULL, NULL); /* it is what it was */
      return;
    }
  snapshot = yihu_snapshot_build (build->store, build->directory, build->scope, build->now_us,
                                  &build->progress, cancellable, &error);
  if (snapshot != NULL && write_side (snapshot, &error))
    g_task_return_pointer (task, g_steal_pointer (&snapshot), (GDestroyNotify) yihu_snapshot_free);
  else
    g_task_return_error (task, error);
}

/* --- in the main context --- */

/* Room for a new one: the files of another epoch go, then the oldest. */
static void
make_room (YihuSnapshotShelf *self, YihuDivisionRange scope, gint64 epoch)
{
  guint kept = 0;

  for (guint i = self->entries->len; i > 0; i--)
    {
      const Entry *entry = g_ptr_array_index (self->entries, i - 1);

      if (!is_same_scope (entry->snapshot->scope, scope)
          || (entry->snapshot->epoch == epoch && ++kept < KEPT_OF_A_SCOPE))
        continue;
      remove_files (entry->snapshot);
      g_ptr_array_remove_index (self->entries, i - 1);
    }
}

static void
add_entry (YihuSnapshotShelf *self, YihuSnapshot *snapshot, gboolean is_checked)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->snapshot = snapshot;
  entry->is_checked = is_checked;
  g_ptr_array_add (self->entries, entry);
}

static Entry *
find_path (YihuSnapshotShelf *self, const char *path)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (strcmp (entry->snapshot->path, path) == 0)
        return entry;
    }
  return NULL;
}

static void
answer_waiters (Build *build, const YihuSnapshot *snapshot, const GError *error)
{
  for (guint i = 0; i < build->waiters->len; i++)
    {
      Waiter *waiter = g_ptr_array_index (build->waiters, i);

      if (waiter->func != NULL)
        waiter->func (snapshot, NULL, error, waiter->data);
      waiter->func = NULL;
    }
}

/* What the builder's thread has brought: a new file, or the news that the old one is sound. */
static const YihuSnapshot *
take_result (YihuSnapshotShelf *self, Build *build, YihuSnapshot *snapshot)
{
  Entry *entry = build->found != NULL ? find_path (self, build->found) : NULL;

  if (snapshot == NULL)
    {
      if (entry == NULL)
        return NULL;
      entry->is_checked = TRUE;
      return entry->snapshot;
    }
  if (entry != NULL) /* it was damaged; the new one may have its name */
    {
      if (strcmp (snapshot->path, build->found) != 0)
        remove_files (entry->snapshot);
      g_ptr_array_remove (self->entries, entry);
    }
  make_room (self, build->scope, snapshot->epoch);
  add_entry (self, snapshot, TRUE);
  return snapshot;
}

static void
on_build_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  YihuSnapshotShelf *self = YIHU_SNAPSHOT_SHELF (object);
  Build *build = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  YihuSnapshot *snapshot = g_task_propagate_pointer (G_TASK (result), &error);
  const YihuSnapshot *ready = NULL;

  g_ptr_array_remove (self->builds, build);
  if (error == NULL)
    ready = take_result (self, build, snapshot);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("a snapshot could not be built: %s", error->message);
  if (ready == NULL && error == NULL)
    g_set_error_literal (&error, YIHU_ERROR, YIHU_ERROR_BUSY, "the snapshot has just gone");
  answer_waiters (build, ready, error);
}

static gboolean
is_usable (const YihuSnapshot *snapshot, YihuDivisionRange scope, const YihuTenant *present)
{
  return is_same_scope (snapshot->scope, scope) && snapshot->epoch == present->epoch
         && snapshot->seq >= present->floor && snapshot->seq <= present->seq;
}

static gboolean
is_young (YihuSnapshotShelf *self, const YihuSnapshot *snapshot, const YihuTenant *present)
{
  return present->seq - snapshot->seq <= MAX (REUSE_EVENTS, snapshot->n_rows / REUSE_SHARE)
         && yihu_clock_get_now_us (self->clock) - snapshot->made_at_us < MAX_AGE_US;
}

static Entry *
find_ready (YihuSnapshotShelf *self,
            YihuDivisionRange scope,
            const YihuTenant *present,
            const char *hash)
{
  Entry *newest = NULL;

  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (!is_usable (entry->snapshot, scope, present))
        continue;
      if (hash != NULL && strcmp (entry->snapshot->hash, hash) == 0)
        return entry;
      if (is_young (self, entry->snapshot, present)
          && (newest == NULL || entry->snapshot->seq >= newest->snapshot->seq))
        newest = entry;
    }
  return newest;
}

static Build *
find_build (YihuSnapshotShelf *self, YihuDivisionRange scope)
{
  for (guint i = 0; i < self->builds->len; i++)
    {
      Build *build = g_ptr_array_index (self->builds, i);

      if (is_same_scope (build->scope, scope))
        return build;
    }
  return NULL;
}

static Build *
start_build (YihuSnapshotShelf *self, YihuDivisionRange scope, const Entry *found)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_build_ready, NULL);
  Build *build = g_new0 (Build, 1);

  build->store = g_object_ref (self->store);
  build->directory = g_strdup (self->directory);
  build->scope = scope;
  build->now_us = yihu_clock_get_now_us (self->clock);
  build->waiters = g_ptr_array_new_with_free_func (waiter_free);
  if (found != NULL)
    {
      build->found = g_strdup (found->snapshot->path);
      build->found_hash = g_strdup (found->snapshot->hash);
    }
  g_task_set_source_tag (task, start_build);
  g_task_set_task_data (task, build, build_free);
  g_ptr_array_add (self->builds, build);
  yihu_worker_thread_push (self->worker, task, run_build);
  return build;
}

static void
on_patience_over (gpointer data)
{
  Waiter *waiter = data;
  YihuSnapshotFunc func = waiter->func;

  waiter->func = NULL;
  if (func != NULL)
    func (NULL, waiter->progress, NULL, waiter->data);
}

void
yihu_snapshot_shelf_request (YihuSnapshotShelf *self,
                             YihuDivisionRange scope,
                             const YihuTenant *present,
                             const char *hash,
                             YihuSnapshotFunc func,
                             gpointer data)
{
  Entry *ready;
  Build *build;
  Waiter *waiter;

  g_return_if_fail (YIHU_IS_SNAPSHOT_SHELF (self));

  ready = find_ready (self, scope, present, hash);
  if (ready != NULL && ready->is_checked)
    {
      func (ready->snapshot, NULL, NULL, data);
      return;
    }
  build = find_build (self, scope);
  if (build == NULL)
    build = start_build (self, scope, ready);
  waiter = g_new0 (Waiter, 1);
  waiter->func = func;
  waiter->data = data;
  waiter->progress = &build->progress;
  waiter->timer = yihu_clock_add_timer (self->clock, PATIENCE_MS, on_patience_over, waiter, NULL);
  g_ptr_array_add (build->waiters, waiter);
}

/* --- the directory --- */

/* What an earlier run left: whole files of the present epoch come back, all else goes. */
static void
adopt (YihuSnapshotShelf *self, const char *name, const YihuTenant *present)
{
  g_autoptr (YihuSnapshot) snapshot = g_new0 (YihuSnapshot, 1);
  int schema = 0;

  snapshot->path = g_build_filename (self->directory, name, NULL);
  if (yihu_snapshot_parse_name (name, snapshot, &schema) && schema == YIHU_SNAPSHOT_SCHEMA
      && snapshot->epoch == present->epoch && read_side (snapshot))
    add_entry (self, g_steal_pointer (&snapshot), FALSE);
  else
    remove_files (snapshot);
}

static gboolean
has_file (YihuSnapshotShelf *self, const char *side_name)
{
  g_autofree char *name = g_strndup (side_name, strlen (side_name) - strlen (SIDE_SUFFIX));
  g_autofree char *path = g_build_filename (self->directory, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
take_stock (YihuSnapshotShelf *self, GError **error)
{
  g_autoptr (GDir) directory = NULL;
  YihuTenant present;
  const char *name;

  if (g_mkdir_with_parents (self->directory, 0700) != 0)
    return yihu_file_set_error ("make the directory of snapshots", NULL, error);
  if (!yihu_store_get_tenant (self->store, &present, error))
    return FALSE;
  directory = g_dir_open (self->directory, 0, error);
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    if (!g_str_has_suffix (name, SIDE_SUFFIX) || !has_file (self, name))
      adopt (self, name, &present);
  return directory != NULL;
}

YihuSnapshotShelf *
yihu_snapshot_shelf_new (YihuStore *store, YihuClock *clock, const char *directory, GError **error)
{
  g_autoptr (YihuSnapshotShelf) self = g_object_new (YIHU_TYPE_SNAPSHOT_SHELF, NULL);

  self->directory = g_strdup (directory);
  self->clock = g_object_ref (clock);
  self->store = yihu_store_open_reader (store, error);
  if (self->store == NULL || !take_stock (self, error))
    return NULL;
  self->worker = yihu_worker_thread_new ("yihu-snapshot");
  return g_steal_pointer (&self);
}

void
yihu_snapshot_shelf_shutdown (YihuSnapshotShelf *self)
{
  g_autoptr (GError) stopping =
      g_error_new_literal (YIHU_ERROR, YIHU_ERROR_BUSY, "the server is stopping");

  g_return_if_fail (YIHU_IS_SNAPSHOT_SHELF (self));

  g_cancellable_cancel (self->cancellable);
  for (guint i = 0; i < self->builds->len; i++)
    answer_waiters (g_ptr_array_index (self->builds, i), NULL, stopping);
  if (self->worker != NULL)
    yihu_worker_thread_shutdown (self->worker);
}

static void
yihu_snapshot_shelf_finalize (GObject *object)
{
  YihuSnapshotShelf *self = YIHU_SNAPSHOT_SHELF (object);

  g_clear_object (&self->worker);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->builds);
  g_free (self->directory);
  G_OBJECT_CLASS (yihu_snapshot_shelf_parent_class)->finalize (object);
}

static void
yihu_snapshot_shelf_class_init (YihuSnapshotShelfClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_snapshot_shelf_finalize;
}

static void
yihu_snapshot_shelf_init (YihuSnapshotShelf *self)
{
  self->cancellable = g_cancellable_new ();
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->builds = g_ptr_array_new ();
}
