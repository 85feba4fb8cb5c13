/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One snapshot. The read transaction is taken before the tenant's counters are read, so the file
 * holds exactly what the sequence number in its name says while the writer goes on. Personal fields
 * are shortened with a dictionary from a sample of the same register, taken from as many districts
 * as there are, because streets and hospitals repeat within them. */

#include "server/work/snapshot-builder.h"

#include "base/error.h"
#include "server/work/sessions.h"
#include "server/work/snapshot-packing.h"
#include "snapshot/snapshot.h"
#include "wire/protocol.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define HISTORY_DAYS 90
#define SAMPLE_DIVISIONS 64
#define SAMPLE_ROWS 16000
#define SAMPLE_MIN_ELDERS 2000
#define STEPS_UNSEEN 1000000 /* of SQLite's machine, a few milliseconds */

typedef struct
{
  YihuStore *store;
  YihuSnapshotFile *file;
  YihuDivisionRange scope;
  gint64 now_us;
  YihuSnapshotProgress *progress;
  GCancellable *cancellable; /* (nullable) */
  gint64 n_rows;
  GError *error;
} Build;

void
yihu_snapshot_free (YihuSnapshot *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->hash);
  g_free (self);
}

char *
yihu_snapshot_make_name (const YihuSnapshot *self)
{
  return g_strdup_printf ("snapshot-%d-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT
                          "-%" G_GINT64_FORMAT ".db.zst",
                          YIHU_SNAPSHOT_SCHEMA, self->scope.lo, self->scope.hi, self->epoch,
                          self->seq);
}

gboolean
yihu_snapshot_parse_name (const char *name, YihuSnapshot *self, int *schema)
{
  int length = 0;
  int fields = sscanf (name,
                       "snapshot-%9d-%18" G_GINT64_FORMAT "-%18" G_GINT64_FORMAT
                       "-%18" G_GINT64_FORMAT "-%18" G_GINT64_FORMAT ".db.zst%n",
                       schema, &self->scope.lo, &self->scope.hi, &self->epoch, &self->seq, &length);

  return fields == 5 && length > 0 && name[length] == '\0' && self->scope.lo >= 0
         && self->scope.hi >= self->scope.lo && self->epoch >= 0 && self->seq >= 0;
}

static void
enter_stage (Build *build, YihuSnapshotStage stage, gint64 total)
{
  __atomic_store_n (&build->progress->done, 0, __ATOMIC_RELAXED);
  __atomic_store_n (&build->progress->total, total, __ATOMIC_RELAXED);
  __atomic_store_n (&build->progress->stage, (int) stage, __ATOMIC_RELEASE);
}

/* --- the dictionary --- */

typedef struct
{
  GPtrArray *records; /* (owned) */
  guint wanted;
} Sample;

static gboolean
on_sample (gpointer record, gpointer data)
{
  Sample *sample = data;

  g_ptr_array_add (sample->records, yihu_record_ref (record));
  return sample->records->len < sample->wanted;
}

static gboolean
on_division (gpointer record, gpointer data)
{
  GArray *codes = data;

  g_array_append_val (codes, ((YihuRecord *) record)->division);
  return TRUE;
}

/* Some rows of @type from divisions all over the scope. */
static gboolean
take_samples (Build *build,
              const YihuRecordType *type,
              const GArray *codes,
              guint wanted,
              GPtrArray *records,
              GError **error)
{
  guint n = MIN (codes->len, SAMPLE_DIVISIONS);
  Sample sample = { records, records->len };

  for (guint i = 0; i < n; i++)
    {
      gint64 code = g_array_index (codes, gint64, (gsize) i * codes->len / n);
      YihuDivisionRange range = { MAX (code, 1), code + 1 };

      sample.wanted += wanted / n;
      if (sample.records->len < sample.wanted
          && !yihu_store_each_record (build->store, type, range, 0, on_sample, &sample, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
train (Build *build, GError **error)
{
  g_autoptr (GArray) codes = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (yihu_record_unref);
  gint64 n_elders;

  if (!yihu_store_count_records (build->store, &yihu_elder_type, build->scope, &n_elders, error))
    return FALSE;
  if (n_elders < SAMPLE_MIN_ELDERS)
    return TRUE;
  return yihu_store_each_record (build->store, &yihu_division_type, build->scope, 0, on_division,
                                 codes, error)
         && take_samples (build, &yihu_elder_type, codes, SAMPLE_ROWS, records, error)
         && take_samples (build, &yihu_kin_type, codes, SAMPLE_ROWS, records, error)
         && yihu_snapshot_file_train (build->file, records, error);
}

/* --- rows --- */

static gboolean
on_record (gpointer record, gpointer data)
{
  Build *build = data;

  if (g_cancellable_set_error_if_cancelled (build->cancellable, &build->error))
    return FALSE;
  build->n_rows++;
  __atomic_store_n (&build->progress->done, build->n_rows, __ATOMIC_RELAXED);
  return yihu_snapshot_file_put (build->file, record, &build->error);
}

static gboolean
count_rows (Build *build, gint64 *total, GError **error)
{
  gint64 n;

  *total = 0;
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      if (!yihu_store_count_records (build->store, yihu_record_types[i], build->scope, &n, error))
        return FALSE;
      *total += n;
    }
  return TRUE;
}

static gboolean
copy_records (Build *build, GError **error)
{
  gint64 since_us = build->now_us - HISTORY_DAYS * G_TIME_SPAN_DAY;
  gint64 total;

  if (!count_rows (build, &total, error))
    return FALSE;
  enter_stage (build, YIHU_SNAPSHOT_ROWS, total);
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      if (yihu_record_types[i] == &yihu_account_type)
        continue;
      if (!yihu_store_each_record (build->store, yihu_record_types[i], build->scope, since_us,
                                   on_record, build, error))
        return FALSE;
      if (build->error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&build->error));
          return FALSE;
        }
    }
  return TRUE;
}

static GBytes *
get_key (Build *build, GError **error)
{
  g_autofree char *name = yihu_scope_key_name (build->scope);
  GBytes *key = NULL;

  if (!yihu_store_get_secret (build->store, name, &key, error))
    return NULL;
  if (key == NULL)
    g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND,
                         "nobody of these districts has logged in");
  return key;
}

/* SQLite asks now and then, also while it makes an index. */
static int
is_cancelled (gpointer data)
{
  return g_cancellable_is_cancelled (data);
}

static gboolean
fill_file (Build *build, const char *path, YihuTenant *tenant, GError **error)
{
  g_autoptr (GBytes) key = get_key (build, error);
  YihuDatabase *database;

  if (key == NULL || !yihu_store_get_tenant (build->store, tenant, error))
    return FALSE;
  build->file = yihu_snapshot_file_create (path, key, error);
  if (build->file == NULL)
    return FALSE;
  database = yihu_snapshot_file_get_database (build->file);
  sqlite3_progress_handler (yihu_database_get (database), STEPS_UNSEEN, is_cancelled,
                            build->cancellable);
  if (!yihu_database_begin (database, error) || !train (build, error)
      || !copy_records (build, error) || !yihu_database_commit (database, error))
    return FALSE;
  enter_stage (build, YIHU_SNAPSHOT_INDEXES, 0);
  return yihu_snapshot_file_finish (build->file, build->scope.lo, build->scope.hi, tenant->epoch,
                                    tenant->seq, build->now_us, error);
}

static gboolean
write_file (Build *build, const char *path, YihuTenant *tenant, GError **error)
{
  gboolean good =
      yihu_store_begin (build->store, FALSE, error) && fill_file (build, path, tenant, error);

  yihu_store_rollback (build->store);
  g_clear_pointer (&build->file, yihu_snapshot_file_close);
  return good;
}

static gint64
get_size (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 ? status.st_size : 0;
}

/* Packs @plain into its place. */
static gboolean
put_in_place (Build *build,
              const char *plain,
              const char *directory,
              YihuSnapshot *snapshot,
              GError **error)
{
  g_autofree char *name = yihu_snapshot_make_name (snapshot);
  g_autofree char *packed = g_build_filename (directory, "building.zst", NULL);

  snapshot->path = g_build_filename (directory, name, NULL);
  snapshot->plain_bytes = get_size (plain);
  enter_stage (build, YIHU_SNAPSHOT_PACKING, snapshot->plain_bytes);
  if (g_cancellable_set_error_if_cancelled (build->cancellable, error)
      || !yihu_snapshot_pack (plain, packed, &build->progress->done, &snapshot->hash, error))
    return FALSE;
  snapshot->bytes = get_size (packed);
  if (g_rename (packed, snapshot->path) == 0)
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_FAILED, "rename a snapshot");
  return FALSE;
}

YihuSnapshot *
yihu_snapshot_build (YihuStore *store,
                     const char *directory,
                     YihuDivisionRange scope,
                     gint64 now_us,
                     YihuSnapshotProgress *progress,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autofree char *plain = g_build_filename (directory, "building.db", NULL);
  g_autoptr (YihuSnapshot) snapshot = g_new0 (YihuSnapshot, 1);
  Build build = { store, NULL, scope, now_us, progress, cancellable, 0, NULL };
  YihuTenant tenant = { 0 };
  gboolean good =
      write_file (&build, plain, &tenant, error) && yihu_snapshot_file_check (plain, error);

  snapshot->scope = scope;
  snapshot->epoch = tenant.epoch;
  snapshot->seq = tenant.seq;
  snapshot->made_at_us = now_us;
  snapshot->n_rows = build.n_rows;
  good = good && put_in_place (&build, plain, directory, snapshot, error);
  g_unlink (plain);
  return good ? g_steal_pointer (&snapshot) : NULL;
}
