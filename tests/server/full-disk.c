/* SPDX-License-Identifier: GPL-3.0-or-later */

/* See full-disk.h. The replaced call stays in SQLite until the process ends: a thread may be in it.
 */

#include "full-disk.h"

#include <errno.h>
#include <sqlite3.h>
#include <unistd.h>

static GMutex lock;
static char *full_directory; /* (owned) (nullable) */

static gboolean
is_full (int file)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", file);
  g_autofree char *path = g_file_read_link (link, NULL);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  return full_directory != NULL && path != NULL && g_str_has_prefix (path, full_directory);
}

static ssize_t
write_or_full (int file, const void *bytes, size_t n_bytes, off_t offset)
{
  if (!is_full (file))
    return pwrite (file, bytes, n_bytes, offset);
  errno = ENOSPC;
  return -1;
}

static void
set_directory (const char *directory)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  g_free (full_directory);
  full_directory = g_strdup (directory);
}

void
full_disk_begin (const char *directory)
{
  static const char *const names[] = { "pwrite", "pwrite64" }; /* whichever this SQLite uses */
  sqlite3_vfs *vfs = sqlite3_vfs_find (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    vfs->xSetSystemCall (vfs, names[i], (sqlite3_syscall_ptr) write_or_full);
  set_directory (directory);
}

void
full_disk_end (void)
{
  set_directory (NULL);
}
