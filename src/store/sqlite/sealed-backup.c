/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Between the store and its sealed backup lies a plain copy for a while: in the store's directory,
 * as well kept as the store itself, never where backups go. What a break left of one is removed by
 * the next backup. */

#include "store/sqlite/sealed-backup.h"

#include "base/error.h"
#include "base/number.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define COPY ".backup-" /* and the number of the process that makes it */

static gboolean
is_leftover (const char *name, const char *prefix)
{
  g_autofree char *number = NULL;
  gint64 pid = 0;

  if (!g_str_has_prefix (name, prefix))
    return FALSE;
  number = g_strndup (name + strlen (prefix), strspn (name + strlen (prefix), "0123456789"));
  return yihu_number_parse (number, 1, G_MAXINT, &pid)
         && (pid == getpid () || (kill ((pid_t) pid, 0) != 0 && errno == ESRCH));
}

static void
remove_leftovers (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *prefix = g_strconcat (name, COPY, NULL);
  g_autoptr (GDir) files = g_dir_open (directory, 0, NULL);
  const char *file;

  while (files != NULL && (file = g_dir_read_name (files)) != NULL)
    if (is_leftover (file, prefix))
      {
        g_autofree char *leftover = g_build_filename (directory, file, NULL);

        g_unlink (leftover);
      }
}

gboolean
yihu_backup_make (const char *path,
                  const char *target,
                  const YihuSealKey *key,
                  gint64 now_us,
                  const GArray *anchors,
                  YihuBackupProgressFunc progress,
                  gpointer data,
                  GCancellable *cancellable,
                  YihuBackupFacts *facts,
                  GError **error)
{
  g_autofree char *copy = g_strdup_printf ("%s" COPY "%d", path, (int) getpid ());
  gboolean done;

  if (key == NULL)
    return yihu_sqlite_backup (path, target, now_us, anchors, progress, data, cancellable, facts,
                               error);
  remove_leftovers (path);
  done = yihu_sqlite_backup (path, copy, now_us, anchors, progress, data, cancellable, facts, error)
         && yihu_sealed_file_make (copy, target, key, cancellable, error);
  g_unlink (copy);
  return done;
}

static gboolean
restore_sealed (const char *file,
                const char *path,
                const YihuSealKey *key,
                gint64 now_us,
                YihuAnchor *anchor,
                YihuBackupFacts *facts,
                GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (file);
  g_autofree char *plain = g_strdup_printf ("%s/unsealed-%s", directory, name);
  gboolean done;

  g_unlink (plain); /* of a break */
  done = yihu_sealed_file_open (file, plain, key, NULL, error)
         && yihu_sqlite_restore (plain, path, now_us, anchor, facts, error);
  g_unlink (plain);
  return done;
}

gboolean
yihu_backup_restore (const char *file,
                     const char *path,
                     const YihuSealKey *key,
                     gint64 now_us,
                     YihuAnchor *anchor,
                     YihuBackupFacts *facts,
                     GError **error)
{
  if (!yihu_sealed_file_is (file))
    return yihu_sqlite_restore (file, path, now_us, anchor, facts, error);
  if (key != NULL)
    return restore_sealed (file, path, key, now_us, anchor, facts, error);
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED, "'%s' is sealed: say which key opens it",
               file);
  return FALSE;
}
