/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Once a minute a reader looks around; its findings come back to the main context, which decides
 * whether a backup is due. One look and one backup at a time. A failed backup is tried again half
 * an hour later, not each minute. */

#include "server/work/caretaker.h"

#include "base/error.h"
#include "store/audit-anchor.h"
#include "store/sqlite/sealed-backup.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>

#define LOOK_MS (60 * 1000)
#define RETRY_US (30 * G_TIME_SPAN_MINUTE)
#define ANCHOR_LATE_US (2 * G_TIME_SPAN_DAY)
#define BACKUP_LATE_US (36 * G_TIME_SPAN_HOUR)
#define CERTIFICATE_US (30 * G_TIME_SPAN_DAY)
#define CLOCK_SLACK_US (60 * G_TIME_SPAN_SECOND)
#define LOW_DISK_BYTES (G_GINT64_CONSTANT (1) << 30)
#define PREFIX "yihu-"
#define SUFFIX ".db"
#define SEALED_SUFFIX ".db.sealed"
#define STAMP "20261122-030000"

struct _YihuCaretaker
{
  GObject parent_instance;

  YihuReaders *readers; /* (owned) */
  YihuClock *clock; /* (owned) */
  GMainContext *context; /* (owned) */
  char *data_dir;
  char *store_path; /* (nullable) */
  char *backup_dir; /* (nullable) */
  char *anchor_path;
  char *note_path;
  guint backup_hour;
  guint backup_keep;
  YihuAnchorKey key;
  gboolean has_key;
  YihuSealKey seal_key;
  gboolean has_seal_key;

  GSource *timer; /* (owned) (nullable) */
  gboolean is_looking;
  YihuCondition condition;

  GThread *thread; /* (owned) (nullable): the backup under way */
  GCancellable *cancellable; /* (owned): of the backup */
  gint64 retry_at_us;
};

G_DEFINE_FINAL_TYPE (YihuCaretaker, yihu_caretaker, G_TYPE_OBJECT)

static gboolean
is_same_day (gint64 a_us, gint64 b_us)
{
  g_autoptr (GDateTime) a = g_date_time_new_from_unix_local (a_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) b = g_date_time_new_from_unix_local (b_us / G_USEC_PER_SEC);

  return g_date_time_get_year (a) == g_date_time_get_year (b)
         && g_date_time_get_day_of_year (a) == g_date_time_get_day_of_year (b);
}

/* The look: in a reader's thread. */

typedef struct
{
  YihuCaretaker *self; /* (owned) */
  gint64 now_us;
  YihuCondition found;
} Look;

static gboolean
on_newest (const YihuFeedRow *row, gpointer data)
{
  *(gint64 *) data = row->at_us;
  return TRUE;
}

static gint64
get_disk_free (const char *directory)
{
  struct statvfs disk;

  return statvfs (directory, &disk) == 0 ? (gint64) disk.f_bavail * (gint64) disk.f_frsize : -1;
}

static gint64
get_clock_behind (YihuStore *store, gint64 now_us, GError **error)
{
  YihuTenant tenant = { 0 };
  gint64 newest_us = 0;

  if (!yihu_store_get_tenant (store, &tenant, error)
      || !yihu_store_each_feed (store, tenant.seq - 1, 1, on_newest, &newest_us, error))
    return 0;
  return newest_us - now_us > CLOCK_SLACK_US ? newest_us - now_us : 0;
}

static gboolean
write_anchor (Look *look, YihuStore *store, GError **error)
{
  YihuCaretaker *self = look->self;
  YihuAnchor anchor = { .kind = YIHU_ANCHOR_DAY, .at_us = look->now_us };
  g_autofree char *hash = NULL;
  g_autofree char *line = NULL;

  if (!yihu_store_find_audit_head (store, &anchor.number, &hash, error))
    return FALSE;
  g_strlcpy (anchor.hash, hash != NULL ? hash : "", sizeof anchor.hash);
  line = yihu_anchor_format (&anchor, self->has_key ? &self->key : NULL);
  if (!yihu_anchor_append (self->anchor_path, line, error))
    return FALSE;
  look->found.anchor_at_us = anchor.at_us;
  if (look->found.first_anchor_at_us == 0)
    look->found.first_anchor_at_us = anchor.at_us;
  /* The journal is a second place, which may be sent to a third machine. */
  g_message ("%s", line);
  return TRUE;
}

static gboolean
take_care_of_anchor (Look *look, YihuStore *store, GError **error)
{
  g_autoptr (GArray) anchors = NULL;

  if (look->found.anchor_at_us == 0)
    {
      anchors = yihu_anchors_load (look->self->anchor_path, NULL, error);
      if (anchors == NULL)
        return FALSE;
      if (anchors->len > 0)
        {
          look->found.first_anchor_at_us = g_array_index (anchors, YihuAnchor, 0).at_us;
          look->found.anchor_at_us = g_array_index (anchors, YihuAnchor, anchors->len - 1).at_us;
        }
    }
  return is_same_day (look->found.anchor_at_us, look->now_us) || write_anchor (look, store, error);
}

/* A database out of reach is told by who works with it; the next look is soon enough here. */
static void
tell (const char *attempt, const GError *error)
{
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_OFFLINE))
    g_message ("%s: %s", attempt, error->message);
  else
    g_warning ("%s: %s", attempt, error->message);
}

static void
run_look (YihuStore *store, gpointer data)
{
  Look *look = data;
  YihuCondition *found = &look->found;
  YihuBackupFacts facts;
  g_autoptr (GError) error = NULL;

  found->looked_at_us = look->now_us;
  found->disk_free_bytes = get_disk_free (look->self->data_dir);
  found->anchor_failed = !take_care_of_anchor (look, store, &error);
  if (found->anchor_failed)
    tell ("the audit could not be anchored", error);
  g_clear_error (&error);
  found->clock_behind_us = get_clock_behind (store, look->now_us, &error);
  if (error != NULL)
    tell ("look at the newest entry", error);
  if (yihu_backup_note_read (look->self->note_path, &facts))
    {
      found->backup_at_us = facts.at_us;
      found->backup_bytes = facts.bytes;
    }
}

/* Backups: in a thread of their own. */

typedef struct
{
  YihuCaretaker *self; /* (owned) */
  gint64 now_us;
  GError *error; /* (owned) (nullable) */
} Backup;

static void
backup_free (gpointer data)
{
  Backup *backup = data;

  g_clear_error (&backup->error);
  g_object_unref (backup->self);
  g_free (backup);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) b, *(char *const *) a);
}

static gboolean
is_backup (const char *name)
{
  return g_str_has_prefix (name, PREFIX) && strlen (name) > strlen (PREFIX STAMP)
         && (g_str_equal (name + strlen (PREFIX STAMP), SUFFIX)
             || g_str_equal (name + strlen (PREFIX STAMP), SEALED_SUFFIX));
}

/* The newest stay. Names that are not ours are left alone. */
static void
remove_old (YihuCaretaker *self)
{
  g_autoptr (GDir) directory = g_dir_open (self->backup_dir, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    if (is_backup (name))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = self->backup_keep; i < names->len; i++)
    {
      g_autofree char *path =
          g_build_filename (self->backup_dir, g_ptr_array_index (names, i), NULL);

      g_unlink (path);
    }
}

static gboolean
make_backup (Backup *backup, GError **error)
{
  YihuCaretaker *self = backup->self;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (backup->now_us / G_USEC_PER_SEC);
  g_autofree char *name =
      g_date_time_format (time, self->has_seal_key ? PREFIX "%Y%m%d-%H%M%S" SEALED_SUFFIX
                                                   : PREFIX "%Y%m%d-%H%M%S" SUFFIX);
  g_autofree char *path = g_build_filename (self->backup_dir, name, NULL);
  g_autoptr (GArray) anchors = yihu_anchors_load (self->anchor_path, NULL, error);
  YihuBackupFacts facts;

  if (anchors == NULL)
    return FALSE;
  yihu_anchors_sort (anchors);
  if (g_mkdir_with_parents (self->backup_dir, 0700) != 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "make '%s': %s", self->backup_dir,
                   g_strerror (errno));
      return FALSE;
    }
  if (!yihu_backup_make (self->store_path, path, self->has_seal_key ? &self->seal_key : NULL,
                         backup->now_us, anchors, NULL, NULL, self->cancellable, &facts, error))
    return FALSE;
  g_message ("backup %s: %" G_GINT64_FORMAT " rows, %" G_GINT64_FORMAT " bytes, read back and good",
             name, facts.n_rows, facts.bytes);
  remove_old (self);
  /* Last: whoever reads it finds all of this night's work done. */
  return yihu_backup_note_write (self->note_path, name, &facts, error);
}

static void look_around (YihuCaretaker *self);

static gboolean
on_backup_ready (gpointer data)
{
  Backup *backup = data;
  YihuCaretaker *self = backup->self;

  if (self->thread == NULL)
    return G_SOURCE_REMOVE; /* stopped meanwhile */
  g_thread_join (g_steal_pointer (&self->thread));
  self->condition.backup_failed = backup->error != NULL;
  if (backup->error == NULL)
    self->condition.backup_at_us = backup->now_us;
  else
    {
      self->retry_at_us = yihu_clock_get_now_us (self->clock) + RETRY_US;
      g_warning ("the nightly backup failed: %s", backup->error->message);
    }
  look_around (self);
  return G_SOURCE_REMOVE;
}

static gpointer
run_backup (gpointer data)
{
  Backup *backup = data;
  g_autoptr (GSource) source = g_idle_source_new ();

  make_backup (backup, &backup->error);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_backup_ready, backup, backup_free);
  g_source_attach (source, backup->self->context);
  return NULL;
}

static gboolean
is_backup_due (YihuCaretaker *self, gint64 now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_us / G_USEC_PER_SEC);

  return self->backup_dir != NULL && self->store_path != NULL && self->thread == NULL
         && now_us >= self->retry_at_us && g_date_time_get_hour (now) >= (int) self->backup_hour
         && !is_same_day (self->condition.backup_at_us, now_us);
}

static void
start_backup (YihuCaretaker *self, gint64 now_us)
{
  Backup *backup = g_new0 (Backup, 1);

  backup->self = g_object_ref (self);
  backup->now_us = now_us;
  self->thread = g_thread_new ("backup", run_backup, backup);
}

/* In the main context. */

static void
say_what_is_new (YihuCaretaker *self, const YihuCondition *before)
{
  const YihuCondition *now = &self->condition;

  if (now->clock_behind_us > 0 && before->clock_behind_us == 0)
    g_message ("the clock is %" G_GINT64_FORMAT " s behind the newest entry of the store: is time "
               "synchronisation running?",
               now->clock_behind_us / G_USEC_PER_SEC);
}

static void
on_looked (gpointer data)
{
  Look *look = data;
  YihuCaretaker *self = look->self;
  const YihuCondition before = self->condition;

  self->is_looking = FALSE;
  look->found.backup_failed = before.backup_failed;
  /* A look that began before the end of a backup has not seen it. */
  look->found.backup_at_us = MAX (look->found.backup_at_us, before.backup_at_us);
  self->condition = look->found;
  say_what_is_new (self, &before);
  if (self->timer != NULL && is_backup_due (self, look->now_us))
    start_backup (self, look->now_us);
  g_object_unref (self);
  g_free (look);
}

static void
look_around (YihuCaretaker *self)
{
  Look *look;

  if (self->is_looking || self->timer == NULL)
    return;
  look = g_new0 (Look, 1);
  look->self = g_object_ref (self);
  look->now_us = yihu_clock_get_now_us (self->clock);
  look->found = self->condition;
  self->is_looking = yihu_readers_push (self->readers, run_look, on_looked, look, NULL);
  if (self->is_looking)
    return;
  g_object_unref (self);
  g_free (look);
}

static void
on_timer (gpointer data)
{
  YihuCaretaker *self = data;

  g_clear_pointer (&self->timer, g_source_unref);
  self->timer = yihu_clock_add_timer (self->clock, LOOK_MS, on_timer, self, NULL);
  look_around (self);
}

YihuCaretaker *
yihu_caretaker_new (const YihuCaretakerConfig *config,
                    YihuReaders *readers,
                    YihuClock *clock,
                    GError **error)
{
  g_autoptr (YihuCaretaker) self = g_object_new (YIHU_TYPE_CARETAKER, NULL);

  if (config->anchor_key != NULL)
    {
      if (!yihu_anchor_key_load (config->anchor_key, &self->key, error))
        return NULL;
      self->has_key = TRUE;
    }
  if (config->backup_key != NULL)
    {
      if (!yihu_seal_key_load (config->backup_key, &self->seal_key, error))
        return NULL;
      self->has_seal_key = TRUE;
    }
  self->readers = g_object_ref (readers);
  self->clock = g_object_ref (clock);
  self->context = g_main_context_ref_thread_default ();
  self->data_dir = g_strdup (config->data_dir);
  self->store_path = g_strdup (config->store_path);
  self->backup_dir = g_strdup (config->backup_dir);
  self->backup_hour = config->backup_hour;
  self->backup_keep = MAX (config->backup_keep, 1);
  self->anchor_path = g_build_filename (config->data_dir, YIHU_ANCHOR_FILE, NULL);
  self->note_path = g_build_filename (config->data_dir, YIHU_BACKUP_NOTE, NULL);
  self->cancellable = g_cancellable_new ();
  on_timer (self);
  return g_steal_pointer (&self);
}

void
yihu_caretaker_stop (YihuCaretaker *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  g_cancellable_cancel (self->cancellable);
  if (self->thread != NULL)
    g_thread_join (g_steal_pointer (&self->thread));
}

const YihuCondition *
yihu_caretaker_get_condition (YihuCaretaker *self)
{
  return &self->condition;
}

GStrv
yihu_caretaker_list_neglected (YihuCaretaker *self, gint64 certificate_expires_at_us)
{
  const YihuCondition *condition = &self->condition;
  const gint64 now_us = yihu_clock_get_now_us (self->clock);
  /* A new centre has a night and a day. */
  const gint64 last_backup_us = MAX (condition->backup_at_us, condition->first_anchor_at_us);
  g_autoptr (GStrvBuilder) warnings = g_strv_builder_new ();

  if (condition->disk_free_bytes >= 0 && condition->disk_free_bytes < LOW_DISK_BYTES)
    g_strv_builder_add (warnings, "disk");
  if (condition->looked_at_us > 0
      && (condition->anchor_failed || now_us - condition->anchor_at_us > ANCHOR_LATE_US))
    g_strv_builder_add (warnings, "anchor");
  if (condition->looked_at_us > 0 && self->store_path != NULL
      && (condition->backup_failed || now_us - last_backup_us > BACKUP_LATE_US))
    g_strv_builder_add (warnings, "backup");
  if (certificate_expires_at_us > 0 && certificate_expires_at_us - now_us < CERTIFICATE_US)
    g_strv_builder_add (warnings, "certificate");
  if (condition->clock_behind_us > 0)
    g_strv_builder_add (warnings, "clock");
  return g_strv_builder_end (warnings);
}

static void
yihu_caretaker_finalize (GObject *object)
{
  YihuCaretaker *self = YIHU_CARETAKER (object);

  g_clear_object (&self->readers);
  g_clear_object (&self->clock);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self->data_dir);
  g_free (self->store_path);
  g_free (self->backup_dir);
  g_free (self->anchor_path);
  g_free (self->note_path);
  G_OBJECT_CLASS (yihu_caretaker_parent_class)->finalize (object);
}

static void
yihu_caretaker_class_init (YihuCaretakerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_caretaker_finalize;
}

static void
yihu_caretaker_init (YihuCaretaker *self)
{
  self->condition.disk_free_bytes = -1;
}
