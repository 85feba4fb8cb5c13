/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Lines of the anchor file, and the keys that sign them. Reads what may have been tampered with:
 * each field is checked, and a line that does not parse is an error with its number, never passed
 * over. */

#include "store/audit-anchor.h"

#include "base/error.h"
#include "base/file-io.h"
#include "base/number.h"
#include "store/key-file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE_BYTES (16 * 1024 * 1024) /* a day a line: a century is 6 MB */
#define SIGNATURE_HEX (2 * crypto_sign_BYTES)
#define KEY_KIND "anchor"

static const char *const kinds[] = { "day", "restored" };

static gboolean
refuse (const char *what, GError **error)
{
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "%s", what);
  return FALSE;
}

/* Keys. */

gboolean
yihu_anchor_key_create (const char *path, GError **error)
{
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];
  guint8 secret_key[crypto_sign_SECRETKEYBYTES];
  gboolean done;

  crypto_sign_keypair (public_key, secret_key);
  done = yihu_key_file_create (path, KEY_KIND, secret_key, sizeof secret_key, public_key,
                               sizeof public_key, error);
  sodium_memzero (secret_key, sizeof secret_key);
  return done;
}

gboolean
yihu_anchor_key_load (const char *path, YihuAnchorKey *key, GError **error)
{
  *key = (YihuAnchorKey){ 0 };
  return yihu_key_file_load (path, KEY_KIND, key->secret_key, sizeof key->secret_key,
                             key->public_key, sizeof key->public_key, &key->has_secret, error)
         && (!key->has_secret
             || crypto_sign_ed25519_sk_to_pk (key->public_key, key->secret_key) == 0);
}

/* Lines. */

char *
yihu_anchor_format (const YihuAnchor *anchor, const YihuAnchorKey *key)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (anchor->at_us / G_USEC_PER_SEC);
  g_autofree char *stamp = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
  g_autofree char *plain =
      g_strdup_printf ("yihu-anchor 1 %s %s %" G_GINT64_FORMAT " %s", kinds[anchor->kind], stamp,
                       anchor->number, anchor->number > 0 ? anchor->hash : "-");
  guint8 signature[crypto_sign_BYTES];
  char hex[SIGNATURE_HEX + 1];

  if (key == NULL || !key->has_secret)
    return g_steal_pointer (&plain);
  crypto_sign_detached (signature, NULL, (const guint8 *) plain, strlen (plain), key->secret_key);
  sodium_bin2hex (hex, sizeof hex, signature, sizeof signature);
  return g_strconcat (plain, " ", hex, NULL);
}

static gboolean
parse_time (const char *text, gint64 *at_us)
{
  g_autoptr (GDateTime) time = NULL;

  if (strlen (text) != strlen ("2026-11-22T00:00:03Z") || text[19] != 'Z')
    return FALSE;
  time = g_date_time_new_from_iso8601 (text, NULL);
  if (time == NULL || g_date_time_get_year (time) < 2000)
    return FALSE;
  *at_us = g_date_time_to_unix (time) * G_USEC_PER_SEC;
  return TRUE;
}

static gboolean
parse_number_and_hash (const char *number, const char *hash, YihuAnchor *anchor)
{
  if (!yihu_number_parse (number, 0, G_MAXINT64, &anchor->number))
    return FALSE;
  if (anchor->number == 0)
    return strcmp (hash, "-") == 0;
  if (strlen (hash) != YIHU_AUDIT_HASH_LENGTH
      || strspn (hash, "0123456789abcdef") != YIHU_AUDIT_HASH_LENGTH)
    return FALSE;
  g_strlcpy (anchor->hash, hash, sizeof anchor->hash);
  return TRUE;
}

static gboolean
check_signature (const char *line, const char *hex, const YihuAnchorKey *key)
{
  guint8 signature[crypto_sign_BYTES];

  return yihu_key_read_hex (hex, signature, sizeof signature)
         && crypto_sign_verify_detached (signature, (const guint8 *) line,
                                         (gulong) (hex - line - 1), key->public_key)
                == 0;
}

gboolean
yihu_anchor_parse (const char *line, const YihuAnchorKey *key, YihuAnchor *anchor, GError **error)
{
  g_auto (GStrv) fields = NULL;
  guint n;

  *anchor = (YihuAnchor){ 0 };
  if (strlen (line) > YIHU_ANCHOR_MAX_LINE)
    return refuse ("the line is too long for an anchor", error);
  fields = g_strsplit (line, " ", 8);
  n = g_strv_length (fields);
  if (n < 6 || n > 7 || strcmp (fields[0], "yihu-anchor") != 0 || strcmp (fields[1], "1") != 0)
    return refuse ("this is not an anchor", error);
  if (strcmp (fields[2], kinds[YIHU_ANCHOR_RESTORED]) == 0)
    anchor->kind = YIHU_ANCHOR_RESTORED;
  else if (strcmp (fields[2], kinds[YIHU_ANCHOR_DAY]) != 0)
    return refuse ("an anchor of an unknown kind", error);
  if (!parse_time (fields[3], &anchor->at_us)
      || !parse_number_and_hash (fields[4], fields[5], anchor))
    return refuse ("an anchor with a broken time, number or hash", error);
  if (key == NULL)
    return TRUE;
  anchor->is_signed = n == 7 && check_signature (line, strrchr (line, ' ') + 1, key);
  return anchor->is_signed || refuse ("the anchor's signature is missing or wrong", error);
}

/* Files. */

/* The length of the file up to the end of its last whole line; -1 and errno: it could not be read.
 */
static off_t
find_whole_length (int fd)
{
  char tail[YIHU_ANCHOR_MAX_LINE];
  struct stat status;
  off_t start;
  ssize_t length;

  if (fstat (fd, &status) != 0)
    return -1;
  start = MAX (status.st_size - (off_t) sizeof tail, 0);
  length = pread (fd, tail, sizeof tail, start);
  if (length < 0)
    return -1;
  while (length > 0 && tail[length - 1] != '\n')
    length--;
  /* Longer than any line of ours: left to be found by who reads it. */
  return length > 0 || start == 0 ? start + length : status.st_size;
}

gboolean
yihu_anchor_append (const char *path, const char *line, GError **error)
{
  g_autofree char *text = g_strconcat (line, "\n", NULL);
  int fd = g_open (path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  off_t whole;
  gboolean done;

  if (fd < 0)
    return yihu_file_set_error ("open the anchor file", path, error);
  whole = find_whole_length (fd);
  done = ((whole >= 0 && ftruncate (fd, whole) == 0)
          || yihu_file_set_error ("cut the anchor file", path, error))
         && yihu_file_write (fd, text, strlen (text), "write the anchor file", error)
         && (fdatasync (fd) == 0 || yihu_file_set_error ("write the anchor file", path, error));
  close (fd);
  return done;
}

static void
void_above (GArray *anchors, gint64 number)
{
  for (guint i = 0; i < anchors->len; i++)
    {
      YihuAnchor *anchor = &g_array_index (anchors, YihuAnchor, i);

      if (anchor->number > number)
        anchor->is_void = TRUE;
    }
}

GArray *
yihu_anchors_parse (const char *text, const YihuAnchorKey *key, GError **error)
{
  g_autoptr (GArray) anchors = g_array_new (FALSE, FALSE, sizeof (YihuAnchor));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  /* What follows the last line end is nothing, or an append that never ended. */
  for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
    {
      YihuAnchor anchor;

      if (*lines[i] == '\0')
        continue;
      if (!yihu_anchor_parse (lines[i], key, &anchor, error))
        {
          g_prefix_error (error, "anchors, line %u: ", i + 1);
          return NULL;
        }
      if (anchor.kind == YIHU_ANCHOR_RESTORED)
        void_above (anchors, anchor.number);
      g_array_append_val (anchors, anchor);
    }
  return g_steal_pointer (&anchors);
}

GArray *
yihu_anchors_load (const char *path, const YihuAnchorKey *key, GError **error)
{
  g_autoptr (GMappedFile) file = NULL;
  g_autofree char *text = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return g_array_new (FALSE, FALSE, sizeof (YihuAnchor));
  file = g_mapped_file_new (path, FALSE, error);
  if (file == NULL)
    return NULL;
  if (g_mapped_file_get_length (file) > MAX_FILE_BYTES)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_TOO_LARGE, "'%s' is too large for anchors", path);
      return NULL;
    }
  /* Of an empty file there are no contents, not even empty ones. */
  text = g_mapped_file_get_length (file) > 0
             ? g_strndup (g_mapped_file_get_contents (file), g_mapped_file_get_length (file))
             : g_strdup ("");
  return yihu_anchors_parse (text, key, error);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const gint64 left = ((const YihuAnchor *) a)->number;
  const gint64 right = ((const YihuAnchor *) b)->number;

  return (left > right) - (left < right);
}

void
yihu_anchors_sort (GArray *anchors)
{
  g_array_sort (anchors, compare_numbers);
}

const YihuAnchor *
yihu_anchors_find_next (const GArray *anchors, gint64 after)
{
  for (guint i = 0; i < anchors->len; i++)
    {
      const YihuAnchor *anchor = &g_array_index (anchors, YihuAnchor, i);

      if (!anchor->is_void && anchor->number > after)
        return anchor;
    }
  return NULL;
}
