/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Files of keys. What was read or written of a secret half is wiped from memory before it is freed.
 */

#include "store/key-file.h"

#include "base/error.h"

#include <sodium.h>
#include <string.h>

#define MAX_LINE 512

static char *
make_word (const char *kind, const char *half)
{
  return g_strdup_printf ("yihu-%s-%s-1 ", kind, half);
}

static char *
make_line (const char *kind, const char *half, const guint8 *key, gsize size)
{
  g_autofree char *word = make_word (kind, half);
  g_autofree char *hex = g_malloc (2 * size + 1);
  char *line;

  sodium_bin2hex (hex, 2 * size + 1, key, size);
  line = g_strconcat (word, hex, "\n", NULL);
  sodium_memzero (hex, 2 * size);
  return line;
}

gboolean
yihu_key_file_create (const char *path,
                      const char *kind,
                      const guint8 *secret_key,
                      gsize secret_size,
                      const guint8 *public_key,
                      gsize public_size,
                      GError **error)
{
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
  g_autofree char *secret = NULL;
  g_autofree char *public = NULL;
  gboolean done;

  if (g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (public_path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED, "'%s' is there already", path);
      return FALSE;
    }
  secret = make_line (kind, "key", secret_key, secret_size);
  public = make_line (kind, "public", public_key, public_size);
  done = g_file_set_contents_full (path, secret, -1, G_FILE_SET_CONTENTS_DURABLE, 0600, error)
         && g_file_set_contents_full (public_path, public, -1, G_FILE_SET_CONTENTS_DURABLE, 0644,
                                      error);
  sodium_memzero (secret, strlen (secret));
  return done;
}

gboolean
yihu_key_read_hex (const char *text, guint8 *bytes, gsize size)
{
  gsize length = 0;
  const char *end = NULL;

  return strlen (text) == 2 * size && strspn (text, "0123456789abcdef") == 2 * size
         && sodium_hex2bin (bytes, size, text, 2 * size, NULL, &length, &end) == 0 && length == size
         && *end == '\0';
}

gboolean
yihu_key_file_load (const char *path,
                    const char *kind,
                    guint8 *secret_key,
                    gsize secret_size,
                    guint8 *public_key,
                    gsize public_size,
                    gboolean *has_secret,
                    GError **error)
{
  g_autofree char *secret = make_word (kind, "key");
  g_autofree char *public = make_word (kind, "public");
  g_autofree char *text = NULL;
  gsize length = 0;
  gboolean good = FALSE;

  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;
  if (length <= MAX_LINE)
    {
      g_strchomp (text);
      *has_secret = g_str_has_prefix (text, secret);
      good = *has_secret
                 ? yihu_key_read_hex (text + strlen (secret), secret_key, secret_size)
                 : g_str_has_prefix (text, public)
                       && yihu_key_read_hex (text + strlen (public), public_key, public_size);
    }
  sodium_memzero (text, length);
  if (good)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "'%s' is not a key for %ss", path, kind);
  return FALSE;
}
