/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Compressing and hashing in one pass. Level 3: sealed fields do not shrink at any level, and the
 * rest of the file shrinks nearly as much as at higher ones. */

#include "server/work/snapshot-packing.h"

#include "base/error.h"
#include "base/file-io.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>
#include <zstd.h>

#define LEVEL 3
#define HASH_BYTES 32

static char *
print_hash (crypto_generichash_state *state)
{
  guchar hash[HASH_BYTES];
  char *hex = g_malloc (2 * HASH_BYTES + 1);

  crypto_generichash_final (state, hash, sizeof hash);
  return sodium_bin2hex (hex, 2 * HASH_BYTES + 1, hash, sizeof hash);
}

static gboolean
pack_frames (GMappedFile *file, int fd, gint64 *done, char **hash, GError **error)
{
  const guint8 *data = (const guint8 *) g_mapped_file_get_contents (file);
  gsize left = g_mapped_file_get_length (file);
  gsize bound = ZSTD_compressBound (YIHU_PACKING_FRAME);
  g_autofree guint8 *frame = g_malloc (bound);
  ZSTD_CCtx *packer = ZSTD_createCCtx ();
  crypto_generichash_state state;
  gboolean good = TRUE;

  crypto_generichash_init (&state, NULL, 0, HASH_BYTES);
  while (good && left > 0)
    {
      gsize piece = MIN (left, YIHU_PACKING_FRAME);
      gsize n = ZSTD_compressCCtx (packer, frame, bound, data, piece, LEVEL);

      if (ZSTD_isError (n))
        {
          g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "pack a snapshot: %s",
                       ZSTD_getErrorName (n));
          good = FALSE;
          break;
        }
      crypto_generichash_update (&state, frame, n);
      good = yihu_file_write (fd, frame, n, "write a packed snapshot", error);
      data += piece;
      left -= piece;
      __atomic_fetch_add (done, (gint64) piece, __ATOMIC_RELAXED);
    }
  ZSTD_freeCCtx (packer);
  if (good)
    *hash = print_hash (&state);
  return good;
}

gboolean
yihu_snapshot_pack (const char *path,
                    const char *packed_path,
                    gint64 *done,
                    char **hash,
                    GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  int fd;
  gboolean good;

  if (file == NULL)
    return FALSE;
  fd = open (packed_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0)
    return yihu_file_set_error ("create a packed snapshot", NULL, error);
  good = pack_frames (file, fd, done, hash, error);
  if (good && fdatasync (fd) != 0)
    good = yihu_file_set_error ("sync a packed snapshot", NULL, error);
  close (fd);
  if (!good)
    {
      unlink (packed_path);
      g_clear_pointer (hash, g_free);
    }
  return good;
}

char *
yihu_snapshot_hash_packed (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  crypto_generichash_state state;

  if (file == NULL)
    return NULL;
  crypto_generichash_init (&state, NULL, 0, HASH_BYTES);
  crypto_generichash_update (&state, (const guchar *) g_mapped_file_get_contents (file),
                             g_mapped_file_get_length (file));
  return print_hash (&state);
}
