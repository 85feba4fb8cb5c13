/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The file of marks is opened once, at the first mark, and never closed: it ends with the process.
 * Each line goes out in one write(2) on a descriptor opened with O_APPEND, which the kernel keeps
 * whole among several writers. */

#include "base/mark.h"

#include <fcntl.h>
#include <unistd.h>

static int
mark_file (void)
{
  static gsize file_plus_two; /* 0: not yet tried, 1: none */

  if (g_once_init_enter (&file_plus_two))
    {
      const char *path = g_getenv ("YIHU_MARKS");
      int file = path != NULL && *path != '\0'
                     ? open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)
                     : -1;

      g_once_init_leave (&file_plus_two, (gsize) (file + 2));
    }
  return (int) file_plus_two - 2;
}

gboolean
yihu_mark_is_enabled (void)
{
  return mark_file () >= 0;
}

void
yihu_mark (const char *name, const char *detail)
{
  int file = mark_file ();
  g_autofree char *line = NULL;
  gssize length;

  if (file < 0)
    return;
  line = g_strdup_printf ("%" G_GINT64_FORMAT " %s %s", g_get_monotonic_time (), name,
                          detail != NULL ? detail : "-");
  g_strdelimit (line, "\r\n", ' ');
  length = (gssize) strlen (line);
  line[length] = '\n'; /* in place of the terminator: the line is written by its length */
  if (write (file, line, (gsize) length + 1) < 0)
    g_debug ("a mark could not be written");
}
