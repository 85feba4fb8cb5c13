/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Backup and restore work on the server's directory of this machine, with SQLite's own locks
 * against a server that is writing and the directory's lock against one that must not be there. */

#include "ctl/keeping.h"

#include "base/bounded-json.h"
#include "base/error.h"
#include "store/sqlite/sealed-backup.h"
#include "store/sqlite/sqlite-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define TIMEOUT_S 120
#define MAX_ANCHORS_TEXT (16 * 1024 * 1024)

/* Anchors. */

static gboolean
load_key (const YihuKeepingOptions *options, YihuAnchorKey *key, gboolean *has_key, GError **error)
{
  *has_key = options->anchor_key != NULL;
  return !*has_key || yihu_anchor_key_load (options->anchor_key, key, error);
}

/* Adds the anchors of one's own file, if there is one. */
static gboolean
add_own (GArray *anchors,
         const YihuKeepingOptions *options,
         const YihuAnchorKey *key,
         GError **error)
{
  g_autoptr (GArray) own = NULL;

  if (options->anchors == NULL)
    return TRUE;
  if (!g_file_test (options->anchors, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "there is no file '%s'",
                   options->anchors);
      return FALSE;
    }
  own = yihu_anchors_load (options->anchors, key, error);
  if (own == NULL)
    return FALSE;
  g_array_append_vals (anchors, own->data, own->len);
  return TRUE;
}

static char *
fetch_anchors (YihuSession *session, GError **error)
{
  g_autoptr (json_t) answer =
      yihu_session_request_sync (session, "GET", "/v1/audit/anchors", NULL, TIMEOUT_S, NULL, error);
  const char *text = NULL;

  if (answer == NULL
      || !yihu_json_read_text (answer, "anchors", TRUE, MAX_ANCHORS_TEXT, &text, error))
    return NULL;
  return g_strdup (text);
}

gboolean
yihu_audit_print_anchors (YihuSession *session, GError **error)
{
  g_autofree char *text = fetch_anchors (session, error);

  if (text == NULL)
    return FALSE;
  g_print ("%s", text);
  return TRUE;
}

/* Checks. */

static void
on_progress (const YihuAuditWalk *walk, gpointer data)
{
  g_printerr ("%" G_GINT64_FORMAT " rows\r", walk->n_rows);
}

static YihuKeepingResult
report (const YihuAuditVerdict *verdict, const GArray *anchors)
{
  g_autofree char *words = yihu_audit_verdict_describe (verdict);

  g_print ("%" G_GINT64_FORMAT " rows, %u anchors fit\n", verdict->walk.n_rows, verdict->n_anchors);
  if (verdict->n_void > 0)
    g_print ("%u anchors were taken back by a restore of the store: look for it in the anchors\n",
             verdict->n_void);
  if (words != NULL)
    {
      g_print ("NOT GOOD: %s\n", words);
      return YIHU_KEEPING_BAD;
    }
  if (anchors->len == 0)
    g_print ("good in itself; without an anchor nobody can say whether its end is missing\n");
  else
    g_print ("good\n");
  return YIHU_KEEPING_GOOD;
}

static gboolean
read_walk (const json_t *answer, YihuAuditWalk *walk, GError **error)
{
  static const char *const nicks[] = { "good", "missing", "changed", "unlinked" };
  const char *hash = NULL;
  const char *why = NULL;
  gint64 n_rows = 0;

  if (!yihu_json_read_int (answer, "number", TRUE, 0, G_MAXINT64, &walk->number, error)
      || !yihu_json_read_text (answer, "hash", TRUE, YIHU_AUDIT_HASH_LENGTH, &hash, error)
      || !yihu_json_read_int (answer, "rows", TRUE, 0, YIHU_AUDIT_PAGE, &n_rows, error)
      || !yihu_json_read_int (answer, "bad", TRUE, 0, G_MAXINT64, &walk->bad, error)
      || !yihu_json_read_text (answer, "why", TRUE, 32, &why, error))
    return FALSE;
  g_strlcpy (walk->hash, hash, sizeof walk->hash);
  walk->n_rows += n_rows;
  walk->why = YIHU_AUDIT_CHANGED;
  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++)
    if (strcmp (nicks[i], why) == 0)
      walk->why = i;
  return TRUE;
}

static gboolean
fetch_page (YihuAuditWalk *walk, guint limit, gpointer session, GError **error)
{
  g_autofree char *path =
      g_strdup_printf ("/v1/audit/verify?after=%" G_GINT64_FORMAT "&hash=%s&limit=%u", walk->number,
                       walk->hash, limit);
  g_autoptr (json_t) answer =
      yihu_session_request_sync (session, "GET", path, NULL, TIMEOUT_S, NULL, error);

  return answer != NULL && read_walk (answer, walk, error);
}

YihuKeepingResult
yihu_audit_check_server (YihuSession *session, const YihuKeepingOptions *options, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GArray) anchors = NULL;
  YihuAuditVerdict verdict;
  YihuAnchorKey key;
  gboolean has_key;

  if (!load_key (options, &key, &has_key, error))
    return YIHU_KEEPING_FAILED;
  text = fetch_anchors (session, error);
  anchors = text != NULL ? yihu_anchors_parse (text, has_key ? &key : NULL, error) : NULL;
  if (anchors == NULL || !add_own (anchors, options, has_key ? &key : NULL, error))
    return YIHU_KEEPING_FAILED;
  yihu_anchors_sort (anchors);
  if (!yihu_audit_verify (fetch_page, session, anchors, on_progress, NULL, NULL, &verdict, error))
    return YIHU_KEEPING_FAILED;
  return report (&verdict, anchors);
}

static gboolean
read_page (YihuAuditWalk *walk, guint limit, gpointer store, GError **error)
{
  return yihu_store_walk_audit (store, walk, limit, error);
}

YihuKeepingResult
yihu_audit_check_file (const char *file, const YihuKeepingOptions *options, GError **error)
{
  g_autoptr (GArray) anchors = g_array_new (FALSE, FALSE, sizeof (YihuAnchor));
  g_autoptr (YihuStore) store = NULL;
  YihuAuditVerdict verdict;
  YihuAnchorKey key;
  gboolean has_key;

  if (!load_key (options, &key, &has_key, error)
      || !add_own (anchors, options, has_key ? &key : NULL, error))
    return YIHU_KEEPING_FAILED;
  yihu_anchors_sort (anchors);
  store = yihu_sqlite_store_open_copy (file, error);
  if (store == NULL
      || !yihu_audit_verify (read_page, store, anchors, on_progress, NULL, NULL, &verdict, error))
    return YIHU_KEEPING_FAILED;
  return report (&verdict, anchors);
}

/* Backup and restore. */

static void
on_copied (gint64 done, gint64 total, gpointer data)
{
  g_printerr ("%.0f %%\r", total > 0 ? 100.0 * done / total : 0.0);
}

static void
print_facts (const char *what, const YihuBackupFacts *facts)
{
  g_print ("%s: %" G_GINT64_FORMAT " rows, %" G_GINT64_FORMAT
           " audit rows, newest event %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
           " bytes; read back and good\n",
           what, facts->n_rows, facts->n_audit, facts->seq, facts->bytes);
}

static gboolean
load_seal_key (const YihuKeepingOptions *options, YihuSealKey *key, GError **error)
{
  return options->backup_key == NULL || yihu_seal_key_load (options->backup_key, key, error);
}

gboolean
yihu_keeping_backup (const char *file, const YihuKeepingOptions *options, GError **error)
{
  g_autofree char *store = g_build_filename (options->data_dir, YIHU_STORE_FILE, NULL);
  g_autofree char *anchors_path = g_build_filename (options->data_dir, YIHU_ANCHOR_FILE, NULL);
  g_autofree char *note = g_build_filename (options->data_dir, YIHU_BACKUP_NOTE, NULL);
  g_autofree char *name = g_path_get_basename (file);
  g_autoptr (GArray) anchors = yihu_anchors_load (anchors_path, NULL, error);
  YihuBackupFacts facts;
  YihuSealKey key;

  if (anchors == NULL || !load_seal_key (options, &key, error))
    return FALSE;
  yihu_anchors_sort (anchors);
  if (!yihu_backup_make (store, file, options->backup_key != NULL ? &key : NULL, g_get_real_time (),
                         anchors, on_copied, NULL, NULL, &facts, error)
      || !yihu_backup_note_write (note, name, &facts, error))
    return FALSE;
  print_facts (file, &facts);
  return TRUE;
}

/* Returns: the lock, to be closed; -1 with the error. */
static int
lock_directory (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "lock", NULL);
  int fd;

  if (g_mkdir_with_parents (directory, 0700) != 0
      || (fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "open '%s': %s", directory,
                   g_strerror (errno));
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  close (fd);
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED,
               "a server is running in '%s': stop it before its store is replaced", directory);
  return -1;
}

static gboolean
restore_locked (const char *file, const YihuKeepingOptions *options, GError **error)
{
  g_autofree char *store = g_build_filename (options->data_dir, YIHU_STORE_FILE, NULL);
  g_autofree char *anchors = g_build_filename (options->data_dir, YIHU_ANCHOR_FILE, NULL);
  g_autofree char *line = NULL;
  YihuBackupFacts facts;
  YihuAnchor anchor;
  YihuAnchorKey key;
  YihuSealKey seal_key;
  gboolean has_key;

  if (!load_key (options, &key, &has_key, error) || !load_seal_key (options, &seal_key, error)
      || !yihu_backup_restore (file, store, options->backup_key != NULL ? &seal_key : NULL,
                               g_get_real_time (), &anchor, &facts, error))
    return FALSE;
  line = yihu_anchor_format (&anchor, has_key ? &key : NULL);
  if (!yihu_anchor_append (anchors, line, error))
    {
      g_prefix_error (error, "the store is restored, but: ");
      return FALSE;
    }
  print_facts (store, &facts);
  g_print ("everybody logs in again; consoles take a new snapshot; what was written after the "
           "backup is lost\n");
  return TRUE;
}

gboolean
yihu_keeping_restore (const char *file, const YihuKeepingOptions *options, GError **error)
{
  int lock = lock_directory (options->data_dir, error);
  gboolean done;

  if (lock < 0)
    return FALSE;
  done = restore_locked (file, options, error);
  close (lock);
  return done;
}

gboolean
yihu_keeping_unseal (const char *file,
                     const char *target,
                     const YihuKeepingOptions *options,
                     GError **error)
{
  YihuSealKey key;

  if (options->backup_key == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "say which key opens it: --backup-key");
      return FALSE;
    }
  return load_seal_key (options, &key, error)
         && yihu_sealed_file_open (file, target, &key, NULL, error);
}

/* Health. */

static const struct
{
  const char *name;
  const char *words;
} warnings[] = {
  { "anchor", "the audit has not been anchored for two days: see the server's log" },
  { "backup", "there is no good backup of the last 36 hours" },
  { "certificate", "the server's certificate ends within 30 days: yihu-ctl tls server" },
  { "clock", "the server's clock is behind the newest entry: is time synchronisation running?" },
  { "disk", "less than 1 GB is free where the store is" },
  { "feed", "many consoles do not keep up with the feed" },
  { "readers", "many reads wait" },
  { "writer", "nothing can be committed" },
};

static const char *
find_words (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (warnings); i++)
    if (strcmp (warnings[i].name, name) == 0)
      return warnings[i].words;
  return name;
}

static void
print_time (const json_t *answer, const char *key, const char *words)
{
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *text = NULL;
  gint64 at_us = 0;

  if (!yihu_json_read_int (answer, key, FALSE, 0, G_MAXINT64, &at_us, NULL) || at_us == 0)
    return;
  time = g_date_time_new_from_unix_local (at_us / G_USEC_PER_SEC);
  text = time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M") : g_strdup ("?");
  g_print ("%s %s\n", words, text);
}

YihuKeepingResult
yihu_keeping_health (YihuSession *session, GError **error)
{
  g_autoptr (json_t) answer =
      yihu_session_request_sync (session, "GET", "/v1/health", NULL, TIMEOUT_S, NULL, error);
  g_autofree char *text = NULL;
  const json_t *list = NULL;
  json_t *name;
  size_t i;

  if (answer == NULL || !yihu_json_read_array (answer, "degraded", FALSE, 100, &list, error))
    return YIHU_KEEPING_FAILED;
  text = yihu_json_print (answer);
  g_print ("%s\n", text);
  print_time (answer, "certificate_expires_at_us", "certificate until");
  print_time (answer, "backup_at_us", "last good backup");
  print_time (answer, "anchor_at_us", "last anchor");
  json_array_foreach (list, i, name) if (json_is_string (name))
      g_print ("WARNING: %s\n", find_words (json_string_value (name)));
  return json_array_size (list) > 0 ? YIHU_KEEPING_BAD : YIHU_KEEPING_GOOD;
}
