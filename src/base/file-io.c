/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The system's file calls and our errors. A full disk is told apart from every other failure here
 * and nowhere else: people can do something about it. */

#include "base/file-io.h"

#include "base/error.h"

#include <errno.h>
#include <unistd.h>

gboolean
yihu_file_set_error (const char *attempt, const char *path, GError **error)
{
  int saved = errno;
  YihuError code = saved == ENOSPC || saved == EDQUOT ? YIHU_ERROR_FULL : YIHU_ERROR_FAILED;

  if (path != NULL)
    g_set_error (error, YIHU_ERROR, code, "%s '%s': %s", attempt, path, g_strerror (saved));
  else
    g_set_error (error, YIHU_ERROR, code, "%s: %s", attempt, g_strerror (saved));
  return FALSE;
}

gboolean
yihu_file_write (int fd, gconstpointer data, gsize size, const char *attempt, GError **error)
{
  const guint8 *next = data;

  while (size > 0)
    {
      gssize n = write (fd, next, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return yihu_file_set_error (attempt, NULL, error);
      next += n;
      size -= (gsize) n;
    }
  return TRUE;
}
