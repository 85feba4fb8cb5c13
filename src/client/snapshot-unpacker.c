/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Unpacking to disk. The caller's thread decodes; a second one hashes what came, writes what it
 * became and syncs it, so that a snapshot takes about as long as the slower of both. Marks stand at
 * the ends of frames only, where the decoder has no memory of what came before. The part is synced
 * before its mark is written, so a mark never speaks of bytes that a power cut took along. Writing
 * is pushed out as it goes, so that the last sync is short.
 *
 * Invariant: a piece belongs to the thread that took it out of its queue, and all below "writer" to
 * the second thread, or to the caller as long as it holds all pieces (settle()). */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sync_file_range() */
#endif
#include "client/snapshot-unpacker.h"

#include "base/error.h"
#include "base/file-io.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <zstd.h>

#define IN_BYTES (256 * 1024)
#define OUT_BYTES (1024 * 1024)
#define N_PIECES 6
#define PUSH_BYTES (16 * 1024 * 1024)
#define MARK_EVERY_BYTES (128 * 1024 * 1024)
#define MAX_PLAIN_BYTES (G_GINT64_CONSTANT (1) << 40)
#define MAX_WINDOW_LOG 24
#define SPARE_BYTES (64 * 1024 * 1024) /* for the log and the rest of the desk */
#define HASH_BYTES 32

/* What one call of the decoder took and gave. */
typedef struct
{
  guint8 packed[IN_BYTES];
  guint8 plain[OUT_BYTES];
  gsize n_packed;
  gsize n_plain;
  gboolean ends_frame;
} Piece;

struct _YihuSnapshotUnpacker
{
  char *file;
  char *part;
  char *mark_file;
  GBytes *key; /* (owned) */
  int fd;

  ZSTD_DStream *decoder; /* (owned) */
  gint64 fed; /* packed bytes */
  gint64 unpacked;
  GAsyncQueue *free_pieces; /* (owned) Piece */
  GAsyncQueue *full_pieces; /* (owned) Piece */
  GThread *writer; /* (owned) (nullable) */
  int has_failed; /* atomic: the writer has set error and writes no more */

  /* of the writer */
  GError *error; /* (owned) (nullable) */
  crypto_generichash_state state;
  gboolean at_end_of_frame;
  YihuUnpackMark now;
  YihuUnpackMark mark; /* the last end of a frame */
  crypto_generichash_state mark_state;
  gint64 kept_plain; /* plain offset of the mark on disk */
  gint64 pushed; /* bytes of the part that are on their way to the disk */
};

static void
start_over (YihuSnapshotUnpacker *self)
{
  ZSTD_initDStream (self->decoder);
  crypto_generichash_init (&self->state, NULL, 0, HASH_BYTES);
  memset (&self->now, 0, sizeof self->now);
  self->mark = self->now;
  self->mark_state = self->state;
  self->at_end_of_frame = TRUE;
  self->kept_plain = 0;
  self->pushed = 0;
  self->fed = 0;
  self->unpacked = 0;
}

/* What an earlier run has left, where mark and part fit each other. */
static void
resume (YihuSnapshotUnpacker *self)
{
  g_autofree char *data = NULL;
  gsize size;
  YihuUnpackMark mark = { 0 };
  crypto_generichash_state state;
  struct stat status;

  if (!g_file_get_contents (self->mark_file, &data, &size, NULL)
      || !yihu_unpack_mark_decode (&mark, &state, (const guint8 *) data, size, self->key)
      || fstat (self->fd, &status) != 0 || status.st_size < mark.plain_offset
      || ftruncate (self->fd, mark.plain_offset) != 0
      || lseek (self->fd, mark.plain_offset, SEEK_SET) != mark.plain_offset)
    return;
  self->now = mark;
  self->fed = mark.offset;
  self->unpacked = mark.plain_offset;
  self->mark = mark;
  self->state = state;
  self->mark_state = state;
  self->kept_plain = mark.plain_offset;
  self->pushed = mark.plain_offset;
}

/* --- the second thread --- */

static gboolean
write_plain (YihuSnapshotUnpacker *self, const guint8 *data, gsize size, GError **error)
{
  if (!yihu_file_write (self->fd, data, size, "write a snapshot", error))
    return FALSE;
  self->now.plain_offset += (gint64) size;
  if (self->now.plain_offset - self->pushed >= PUSH_BYTES)
    {
      sync_file_range (self->fd, self->pushed, self->now.plain_offset - self->pushed,
                       SYNC_FILE_RANGE_WRITE);
      self->pushed = self->now.plain_offset;
    }
  return TRUE;
}

static gboolean
keep_mark (YihuSnapshotUnpacker *self, GError **error)
{
  g_autoptr (GByteArray) bytes = NULL;

  if (self->mark.offset == 0 || self->mark.plain_offset == self->kept_plain)
    return TRUE;
  if (fdatasync (self->fd) != 0)
    return yihu_file_set_error ("sync a snapshot", NULL, error);
  bytes = yihu_unpack_mark_encode (&self->mark, &self->mark_state, self->key);
  if (!g_file_set_contents_full (self->mark_file, (const char *) bytes->data, bytes->len,
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0600, error))
    return FALSE;
  self->kept_plain = self->mark.plain_offset;
  return TRUE;
}

static gboolean
take_piece (YihuSnapshotUnpacker *self, const Piece *piece, GError **error)
{
  if (!write_plain (self, piece->plain, piece->n_plain, error))
    return FALSE;
  crypto_generichash_update (&self->state, piece->packed, piece->n_packed);
  self->now.offset += (gint64) piece->n_packed;
  self->at_end_of_frame = piece->ends_frame;
  if (!piece->ends_frame)
    return TRUE;
  self->mark = self->now;
  self->mark_state = self->state;
  return self->mark.plain_offset - self->kept_plain < MARK_EVERY_BYTES || keep_mark (self, error);
}

/* Ends at the piece that is the unpacker itself. */
static gpointer
write_pieces (gpointer data)
{
  YihuSnapshotUnpacker *self = data;
  gpointer piece;

  while ((piece = g_async_queue_pop (self->full_pieces)) != self)
    {
      if (!g_atomic_int_get (&self->has_failed) && !take_piece (self, piece, &self->error))
        g_atomic_int_set (&self->has_failed, TRUE);
      g_async_queue_push (self->free_pieces, piece);
    }
  return NULL;
}

/* Waits until all that was fed is written. */
static void
settle (YihuSnapshotUnpacker *self)
{
  gpointer pieces[N_PIECES];

  for (guint i = 0; i < N_PIECES; i++)
    pieces[i] = g_async_queue_pop (self->free_pieces);
  for (guint i = 0; i < N_PIECES; i++)
    g_async_queue_push (self->free_pieces, pieces[i]);
}

static gboolean
check_writer (YihuSnapshotUnpacker *self, GError **error)
{
  if (!g_atomic_int_get (&self->has_failed))
    return TRUE;
  g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}

static void
start_writer (YihuSnapshotUnpacker *self)
{
  for (guint i = 0; i < N_PIECES; i++)
    g_async_queue_push (self->free_pieces, g_new (Piece, 1));
  self->writer = g_thread_new ("unpack", write_pieces, self);
}

static void
stop_writer (YihuSnapshotUnpacker *self)
{
  g_async_queue_push (self->full_pieces, self);
  g_thread_join (self->writer);
  self->writer = NULL;
}

/* --- opening --- */

YihuSnapshotUnpacker *
yihu_snapshot_unpacker_new (const char *file, GBytes *key, GError **error)
{
  g_autoptr (YihuSnapshotUnpacker) self = g_new0 (YihuSnapshotUnpacker, 1);

  g_return_val_if_fail (g_bytes_get_size (key) == YIHU_UNPACK_MARK_KEY_BYTES, NULL);

  self->file = g_strdup (file);
  self->part = g_strconcat (file, ".part", NULL);
  self->mark_file = g_strconcat (file, ".mark", NULL);
  self->key = g_bytes_ref (key);
  self->free_pieces = g_async_queue_new_full (g_free);
  self->full_pieces = g_async_queue_new ();
  self->decoder = ZSTD_createDStream ();
  ZSTD_DCtx_setParameter (self->decoder, ZSTD_d_windowLogMax, MAX_WINDOW_LOG);
  self->fd = open (self->part, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->fd < 0)
    {
      yihu_file_set_error ("create a snapshot's file", NULL, error);
      return NULL;
    }
  if (flock (self->fd, LOCK_EX | LOCK_NB) != 0)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_BUSY, "another download writes the same file");
      return NULL;
    }
  start_over (self);
  resume (self);
  start_writer (self);
  return g_steal_pointer (&self);
}

void
yihu_snapshot_unpacker_free (YihuSnapshotUnpacker *self)
{
  if (self == NULL)
    return;
  if (self->writer != NULL)
    stop_writer (self);
  if (self->fd >= 0)
    close (self->fd);
  g_async_queue_unref (self->free_pieces);
  g_async_queue_unref (self->full_pieces);
  g_clear_error (&self->error);
  ZSTD_freeDStream (self->decoder);
  g_bytes_unref (self->key);
  g_free (self->file);
  g_free (self->part);
  g_free (self->mark_file);
  g_free (self);
}

const YihuSnapshotLabel *
yihu_snapshot_unpacker_get_label (YihuSnapshotUnpacker *self)
{
  return &self->now.label;
}

gint64
yihu_snapshot_unpacker_get_offset (YihuSnapshotUnpacker *self)
{
  return self->fed;
}

static gboolean
has_room (YihuSnapshotUnpacker *self, gint64 bytes, GError **error)
{
  struct statvfs disk;

  if (fstatvfs (self->fd, &disk) != 0
      || (guint64) disk.f_bavail * disk.f_frsize >= (guint64) bytes + SPARE_BYTES)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_FULL,
               "the snapshot needs %" G_GINT64_FORMAT " MB, the disk has not so much left",
               bytes / 1000000);
  return FALSE;
}

static gboolean
empty_part (YihuSnapshotUnpacker *self, GError **error)
{
  g_unlink (self->mark_file);
  start_over (self);
  return (ftruncate (self->fd, 0) == 0 && lseek (self->fd, 0, SEEK_SET) == 0)
         || yihu_file_set_error ("empty a snapshot's file", NULL, error);
}

gboolean
yihu_snapshot_unpacker_begin (YihuSnapshotUnpacker *self,
                              const YihuSnapshotLabel *label,
                              GError **error)
{
  if (strlen (label->hash) != 2 * HASH_BYTES || label->bytes <= 0 || label->plain_bytes <= 0
      || label->plain_bytes > MAX_PLAIN_BYTES || label->bytes > MAX_PLAIN_BYTES)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "a snapshot was announced wrongly");
      return FALSE;
    }
  settle (self);
  if (!check_writer (self, error) || !empty_part (self, error)
      || !has_room (self, label->plain_bytes, error))
    return FALSE;
  self->now.label = *label;
  self->mark.label = *label;
  return TRUE;
}

/* --- the caller's thread --- */

static gboolean
set_too_long (GError **error)
{
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "a snapshot is longer than announced");
  return FALSE;
}

/* One call of the decoder; @more: it may hold back what had no room. */
static gboolean
unpack_some (YihuSnapshotUnpacker *self,
             const guint8 *data,
             gsize size,
             Piece *piece,
             gboolean *more,
             GError **error)
{
  ZSTD_inBuffer in = { data, MIN (size, IN_BYTES), 0 };
  ZSTD_outBuffer out = { piece->plain, OUT_BYTES, 0 };
  gsize left = ZSTD_decompressStream (self->decoder, &out, &in);

  if (ZSTD_isError (left))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT, "a snapshot cannot be unpacked: %s",
                   ZSTD_getErrorName (left));
      return FALSE;
    }
  memcpy (piece->packed, data, in.pos);
  piece->n_packed = in.pos;
  piece->n_plain = out.pos;
  piece->ends_frame = left == 0;
  *more = out.pos == OUT_BYTES && left != 0;
  self->fed += (gint64) in.pos;
  self->unpacked += (gint64) out.pos;
  return self->unpacked <= self->now.label.plain_bytes || set_too_long (error);
}

gboolean
yihu_snapshot_unpacker_feed (YihuSnapshotUnpacker *self,
                             const guint8 *data,
                             gsize size,
                             GError **error)
{
  gboolean more = FALSE;

  if (self->fed + (gint64) size > self->now.label.bytes)
    return set_too_long (error);
  while (size > 0 || more)
    {
      Piece *piece = g_async_queue_pop (self->free_pieces);

      if (!check_writer (self, error) || !unpack_some (self, data, size, piece, &more, error))
        {
          g_async_queue_push (self->free_pieces, piece);
          return FALSE;
        }
      data += piece->n_packed;
      size -= piece->n_packed;
      g_async_queue_push (self->full_pieces, piece);
    }
  return TRUE;
}

gboolean
yihu_snapshot_unpacker_keep (YihuSnapshotUnpacker *self, GError **error)
{
  settle (self);
  return check_writer (self, error) && keep_mark (self, error);
}

void
yihu_snapshot_unpacker_discard (YihuSnapshotUnpacker *self)
{
  settle (self);
  g_unlink (self->mark_file);
  g_unlink (self->part);
  start_over (self);
}

static gboolean
check_whole (YihuSnapshotUnpacker *self, GError **error)
{
  crypto_generichash_state state = self->state;
  guint8 hash[HASH_BYTES];
  char hex[2 * HASH_BYTES + 1];

  crypto_generichash_final (&state, hash, sizeof hash);
  sodium_bin2hex (hex, sizeof hex, hash, sizeof hash);
  if (self->now.offset == self->now.label.bytes
      && self->now.plain_offset == self->now.label.plain_bytes && self->at_end_of_frame
      && g_ascii_strcasecmp (hex, self->now.label.hash) == 0)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT,
               "a snapshot does not have the hash announced");
  return FALSE;
}

gboolean
yihu_snapshot_unpacker_finish (YihuSnapshotUnpacker *self, GError **error)
{
  settle (self);
  if (!check_writer (self, error))
    return FALSE;
  if (!check_whole (self, error))
    {
      yihu_snapshot_unpacker_discard (self);
      return FALSE;
    }
  if (fdatasync (self->fd) != 0)
    return yihu_file_set_error ("sync a snapshot", NULL, error);
  if (g_rename (self->part, self->file) != 0)
    return yihu_file_set_error ("put a snapshot in its place", NULL, error);
  g_unlink (self->mark_file);
  return TRUE;
}
