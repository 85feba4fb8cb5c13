/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Moving a city from one store to another, while no server runs on either: the directory of a file
 * is locked as a server would, and a database has its own lock. It is the server's program that
 * does this, because it alone knows the store. */

#include "server/http/server-private.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <sodium.h>

static gboolean
lock_file_store (const char *address, const char *data_dir, int *lock_file, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (address);
  g_autofree char *wanted = g_canonicalize_filename (directory, NULL);
  g_autofree char *own = g_canonicalize_filename (data_dir, NULL);

  if (strstr (address, "://") != NULL || g_str_equal (wanted, own))
    return TRUE;
  return yihu_server_lock_directory (directory, lock_file, error);
}

static gboolean
copy (const char *from, const char *to, YihuStoreCopyFunc func, gpointer data, GError **error)
{
  g_autoptr (YihuStore) source = NULL;
  g_autoptr (YihuStore) target = NULL;

  if (strstr (from, "://") == NULL && !g_file_test (from, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_NOT_FOUND, "there is no store '%s'", from);
      return FALSE;
    }
  source = yihu_store_open (from, error);
  target = source != NULL ? yihu_store_open (to, error) : NULL;
  return target != NULL && yihu_store_copy (source, target, func, data, error);
}

gboolean
yihu_server_copy_store (const char *data_dir,
                        const char *store,
                        const char *from,
                        YihuStoreCopyFunc func,
                        gpointer data,
                        GError **error)
{
  g_autofree char *to = yihu_server_dup_store_address (data_dir, store);
  int own_lock = -1;
  int other_lock = -1;
  gboolean ok;

  ok = sodium_init () >= 0 && yihu_server_lock_directory (data_dir, &own_lock, error)
       && lock_file_store (from, data_dir, &other_lock, error)
       && copy (from, to, func, data, error);
  if (other_lock >= 0)
    g_close (other_lock, NULL);
  if (own_lock >= 0)
    g_close (own_lock, NULL);
  return ok;
}
