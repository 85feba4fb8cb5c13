/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Building and keeping snapshots. One is built at a time, on a thread of its own with its own
 * connection and one read transaction, so the file holds exactly what the sequence number in its
 * name says while the writer goes on. Whoever asks for a scope that is being built waits for it. */

#include "server/work/snapshot-shelf.h"

#include "base/error.h"
#include "base/worker-thread.h"
#include "server/work/accounts.h"
#include "snapshot/snapshot.h"
#include "wire/protocol.h"

#include <glib/gstdio.h>
#include <sodium.h>

#define REUSE_EVENTS 5000
#define HISTORY_DAYS 90

struct _YihuSnapshotShelf
{
  GObject parent_instance;

  YihuStore *store; /* (owned) a reading connection of the builder's thread */
  YihuClock *clock; /* (owned) */
  char *directory;
  YihuWorkerThread *worker; /* (owned) */
  GPtrArray *snapshots; /* (owned) YihuSnapshot */
  GPtrArray *waiting; /* (owned) Waiter */
};

typedef struct
{
  YihuDivisionRange scope;
  YihuSnapshotFunc func;
  gpointer data;
} Waiter;

typedef struct
{
  YihuStore *store; /* (owned) */
  char *directory;
  YihuDivisionRange scope;
  gint64 now_us;
} Build;

G_DEFINE_FINAL_TYPE (YihuSnapshotShelf, yihu_snapshot_shelf, G_TYPE_OBJECT)

static void
snapshot_free (YihuSnapshot *snapshot)
{
  g_free (snapshot->path);
  g_free (snapshot->hash);
  g_free (snapshot);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuSnapshot, snapshot_free)

static void
build_free (gpointer data)
{
  Build *build = data;

  g_object_unref (build->store);
  g_free (build->directory);
  g_free (build);
}

static gboolean
is_same_scope (YihuDivisionRange a, YihuDivisionRange b)
{
  return a.lo == b.lo && a.hi == b.hi;
}

/* In the builder's thread. */

typedef struct
{
  YihuSnapshotFile *file;
  GError *error;
} Copy;

static gboolean
on_record (gpointer record, gpointer data)
{
  Copy *copy = data;

  return yihu_snapshot_file_put (copy->file, record, &copy->error);
}

static gboolean
copy_records (YihuStore *store, const Build *build, YihuSnapshotFile *file, GError **error)
{
  gint64 since_us = build->now_us - HISTORY_DAYS * G_TIME_SPAN_DAY;
  Copy copy = { file, NULL };

  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      if (yihu_record_types[i] == &yihu_account_type)
        continue;
      if (!yihu_store_each_record (store, yihu_record_types[i], build->scope, since_us, on_record,
                                   &copy, error))
        return FALSE;
      if (copy.error != NULL)
        {
          g_propagate_error (error, copy.error);
          return FALSE;
        }
    }
  return TRUE;
}

static GBytes *
get_key (YihuStore *store, YihuDivisionRange scope, GError **error)
{
  g_autofree char *name = yihu_scope_key_name (scope);
  GBytes *key = NULL;

  if (!yihu_store_get_secret (store, name, &key, error))
    return NULL;
  if (key == NULL)
    g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND,
                         "nobody of these districts has logged in");
  return key;
}

static gboolean
write_file (const Build *build, const char *path, YihuTenant *tenant, GError **error)
{
  g_autoptr (GBytes) key = get_key (build->store, build->scope, error);
  g_autoptr (YihuSnapshotFile) file = NULL;

  if (key == NULL || !yihu_store_get_tenant (build->store, tenant, error))
    return FALSE;
  file = yihu_snapshot_file_create (path, key, error);
  return file != NULL && yihu_database_begin (yihu_snapshot_file_get_database (file), error)
         && copy_records (build->store, build, file, error)
         && yihu_database_commit (yihu_snapshot_file_get_database (file), error)
         && yihu_snapshot_file_finish (file, build->scope.lo, build->scope.hi, tenant->epoch,
                                       tenant->seq, build->now_us, error);
}

static char *
hash_file (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  guchar hash[32];
  char *hex;

  if (file == NULL)
    return NULL;
  crypto_generichash (hash, sizeof hash, (const guchar *) g_mapped_file_get_contents (file),
                      g_mapped_file_get_length (file), NULL, 0);
  hex = g_malloc (2 * sizeof hash + 1);
  return sodium_bin2hex (hex, 2 * sizeof hash + 1, hash, sizeof hash);
}

static void
run_build (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Build *build = data;
  g_autofree char *path = g_build_filename (build->directory, "building.db", NULL);
  g_autoptr (YihuSnapshot) snapshot = g_new0 (YihuSnapshot, 1);
  YihuTenant tenant = { 0 };
  GError *error = NULL;
  gboolean ok;

  g_unlink (path);
  ok = yihu_store_begin (build->store, FALSE, &error) && write_file (build, path, &tenant, &error);
  yihu_store_rollback (build->store);
  snapshot->hash = ok ? hash_file (path, &error) : NULL;
  snapshot->scope = build->scope;
  snapshot->epoch = tenant.epoch;
  snapshot->seq = tenant.seq;
  snapshot->path = g_strdup_printf ("%s/snapshot-%d-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT
                                    "-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT ".db",
                                    build->directory, YIHU_SNAPSHOT_SCHEMA, build->scope.lo,
                                    build->scope.hi, tenant.epoch, tenant.seq);
  if (snapshot->hash != NULL && g_rename (path, snapshot->path) == 0)
    {
      g_task_return_pointer (task, g_steal_pointer (&snapshot), (GDestroyNotify) snapshot_free);
      return;
    }
  if (error == NULL)
    error = g_error_new_literal (YIHU_ERROR, YIHU_ERROR_FAILED, "rename a snapshot");
  g_unlink (path);
  g_task_return_error (task, error);
}

/* In the main context. */

static void
forget_scope (YihuSnapshotShelf *self, YihuDivisionRange scope)
{
  for (guint i = self->snapshots->len; i > 0; i--)
    {
      YihuSnapshot *snapshot = g_ptr_array_index (self->snapshots, i - 1);

      if (!is_same_scope (snapshot->scope, scope))
        continue;
      g_unlink (snapshot->path); /* a download in progress keeps its mapping */
      g_ptr_array_remove_index (self->snapshots, i - 1);
    }
}

static void
answer_waiting (YihuSnapshotShelf *self,
                YihuDivisionRange scope,
                const YihuSnapshot *snapshot,
                const GError *error)
{
  for (guint i = self->waiting->len; i > 0; i--)
    {
      Waiter *waiter = g_ptr_array_index (self->waiting, i - 1);

      if (!is_same_scope (waiter->scope, scope))
        continue;
      waiter->func (snapshot, error, waiter->data);
      g_ptr_array_remove_index (self->waiting, i - 1);
    }
}

static void
on_build_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  YihuSnapshotShelf *self = YIHU_SNAPSHOT_SHELF (object);
  Build *build = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  YihuSnapshot *snapshot = g_task_propagate_pointer (G_TASK (result), &error);

  if (snapshot != NULL)
    {
      forget_scope (self, build->scope);
      g_ptr_array_add (self->snapshots, snapshot);
    }
  else
    {
      g_warning ("a snapshot could not be built: %s", error->message);
    }
  answer_waiting (self, build->scope, snapshot, error);
}

static YihuSnapshot *
find_young (YihuSnapshotShelf *self, YihuDivisionRange scope, const YihuTenant *present)
{
  for (guint i = 0; i < self->snapshots->len; i++)
    {
      YihuSnapshot *snapshot = g_ptr_array_index (self->snapshots, i);

      if (is_same_scope (snapshot->scope, scope) && snapshot->epoch == present->epoch
          && snapshot->seq + REUSE_EVENTS >= present->seq && snapshot->seq >= present->floor)
        return snapshot;
    }
  return NULL;
}

static gboolean
is_building (YihuSnapshotShelf *self, YihuDivisionRange scope)
{
  for (guint i = 0; i < self->waiting->len; i++)
    if (is_same_scope (((Waiter *) g_ptr_array_index (self->waiting, i))->scope, scope))
      return TRUE;
  return FALSE;
}

static void
start_build (YihuSnapshotShelf *self, YihuDivisionRange scope)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_build_ready, NULL);
  Build *build = g_new0 (Build, 1);

  build->store = g_object_ref (self->store);
  build->directory = g_strdup (self->directory);
  build->scope = scope;
  build->now_us = yihu_clock_get_now_us (self->clock);
  g_task_set_source_tag (task, start_build);
  g_task_set_task_data (task, build, build_free);
  yihu_worker_thread_push (self->worker, task, run_build);
}

void
yihu_snapshot_shelf_request (YihuSnapshotShelf *self,
                             YihuDivisionRange scope,
                             const YihuTenant *present,
                             YihuSnapshotFunc func,
                             gpointer data)
{
  YihuSnapshot *ready;
  Waiter *waiter;

  g_return_if_fail (YIHU_IS_SNAPSHOT_SHELF (self));

  ready = find_young (self, scope, present);
  if (ready != NULL)
    {
      func (ready, NULL, data);
      return;
    }
  if (!is_building (self, scope))
    start_build (self, scope);
  waiter = g_new0 (Waiter, 1);
  waiter->scope = scope;
  waiter->func = func;
  waiter->data = data;
  g_ptr_array_add (self->waiting, waiter);
}

static gboolean
prepare_directory (const char *path, GError **error)
{
  g_autoptr (GDir) directory = NULL;
  const char *name;

  if (g_mkdir_with_parents (path, 0700) != 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "make the directory of snapshots: %s",
                   g_strerror (errno));
      return FALSE;
    }
  directory = g_dir_open (path, 0, error);
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }
  return directory != NULL;
}

YihuSnapshotShelf *
yihu_snapshot_shelf_new (YihuStore *store, YihuClock *clock, const char *directory, GError **error)
{
  g_autoptr (YihuSnapshotShelf) self = g_object_new (YIHU_TYPE_SNAPSHOT_SHELF, NULL);

  self->directory = g_strdup (directory);
  self->clock = g_object_ref (clock);
  self->store = yihu_store_open_reader (store, error);
  if (self->store == NULL || !prepare_directory (directory, error))
    return NULL;
  self->worker = yihu_worker_thread_new ("yihu-snapshot");
  return g_steal_pointer (&self);
}

void
yihu_snapshot_shelf_shutdown (YihuSnapshotShelf *self)
{
  g_return_if_fail (YIHU_IS_SNAPSHOT_SHELF (self));

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
  g_ptr_array_unref (self->snapshots);
  g_ptr_array_unref (self->waiting);
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
  self->snapshots = g_ptr_array_new_with_free_func ((GDestroyNotify) snapshot_free);
  self->waiting = g_ptr_array_new_with_free_func (g_free);
}
