/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One small file, written once. */

#include "server/http/server-key.h"

#include "base/error.h"

#include <gio/gio.h>
#include <sodium.h>

#define FILE_NAME "seal.key"
#define KEY_BYTES 32

GBytes *
yihu_server_key_ensure (const char *data_dir, GError **error)
{
  g_autofree char *path = g_build_filename (data_dir, FILE_NAME, NULL);
  g_autoptr (GError) local_error = NULL;
  char *text = NULL;
  gsize length = 0;
  guint8 key[KEY_BYTES];

  if (g_file_get_contents (path, &text, &length, &local_error))
    {
      g_autoptr (GBytes) bytes = g_bytes_new_take (text, length);

      if (length == KEY_BYTES)
        return g_steal_pointer (&bytes);
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "'%s' is not a key of %d bytes", path,
                   KEY_BYTES);
      return NULL;
    }
  if (!g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "read the server's key: ");
      return NULL;
    }
  randombytes_buf (key, sizeof key);
  if (!g_file_set_contents_full (path, (const char *) key, sizeof key,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 error))
    {
      g_prefix_error (error, "write the server's key: ");
      return NULL;
    }
  return g_bytes_new (key, sizeof key);
}
