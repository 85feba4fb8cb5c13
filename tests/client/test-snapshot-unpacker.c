/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A snapshot that arrives in pieces: cut at any byte, in one run and over several, it becomes the
 * very file; a wrong one becomes none. The seed of the cuts is printed. */

#include "base/error.h"
#include "client/snapshot-unpacker.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <zstd.h>

#define FRAME_BYTES 5000
#define N_FRAMES 20
#define N_ROUNDS 60

typedef struct
{
  char *directory;
  char *file;
  GBytes *key;
  GByteArray *plain;
  GByteArray *packed;
  YihuSnapshotLabel label;
} Fixture;

/* Half of it shrinks, half does not, as in a sealed file. */
static void
fill (Fixture *self)
{
  for (guint i = 0; i < N_FRAMES * FRAME_BYTES; i++)
    {
      guint8 byte = i / 100 % 2 == 0 ? (guint8) g_test_rand_int () : (guint8) (i / 1000);

      g_byte_array_append (self->plain, &byte, 1);
    }
  for (guint i = 0; i < N_FRAMES; i++)
    {
      guint8 frame[2 * FRAME_BYTES];
      gsize n = ZSTD_compress (frame, sizeof frame, self->plain->data + (gsize) i * FRAME_BYTES,
                               FRAME_BYTES, 3);

      g_byte_array_append (self->packed, frame, (guint) n);
    }
}

static void
set_label (Fixture *self)
{
  guint8 hash[32];

  crypto_generichash (hash, sizeof hash, self->packed->data, self->packed->len, NULL, 0);
  sodium_bin2hex (self->label.hash, sizeof self->label.hash, hash, sizeof hash);
  self->label.bytes = self->packed->len;
  self->label.plain_bytes = self->plain->len;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  guint8 key[YIHU_UNPACK_MARK_KEY_BYTES];

  memset (key, 5, sizeof key);
  self->directory = g_dir_make_tmp ("yihu-unpack-XXXXXX", NULL);
  self->file = g_build_filename (self->directory, "city.new", NULL);
  self->key = g_bytes_new (key, sizeof key);
  self->plain = g_byte_array_new ();
  self->packed = g_byte_array_new ();
  fill (self);
  set_label (self);
}

static char *
get_side (Fixture *self, const char *suffix)
{
  return g_strconcat (self->file, suffix, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *part = get_side (self, ".part");
  g_autofree char *mark = get_side (self, ".mark");

  g_unlink (self->file);
  g_unlink (part);
  g_unlink (mark);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->directory);
  g_free (self->file);
  g_bytes_unref (self->key);
  g_byte_array_unref (self->plain);
  g_byte_array_unref (self->packed);
}

static YihuSnapshotUnpacker *
open_unpacker (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  YihuSnapshotUnpacker *unpacker = yihu_snapshot_unpacker_new (self->file, self->key, &error);

  g_assert_no_error (error);
  return unpacker;
}

static void
begin (Fixture *self, YihuSnapshotUnpacker *unpacker)
{
  g_autoptr (GError) error = NULL;

  yihu_snapshot_unpacker_begin (unpacker, &self->label, &error);
  g_assert_no_error (error);
}

static void
feed_to (Fixture *self, YihuSnapshotUnpacker *unpacker, gint64 to)
{
  g_autoptr (GError) error = NULL;
  gint64 from = yihu_snapshot_unpacker_get_offset (unpacker);

  if (to <= from)
    return;
  yihu_snapshot_unpacker_feed (unpacker, self->packed->data + from, (gsize) (to - from), &error);
  g_assert_no_error (error);
}

static void
finish (Fixture *self, YihuSnapshotUnpacker *unpacker)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize size = 0;

  yihu_snapshot_unpacker_finish (unpacker, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (self->file, &bytes, &size, NULL));
  g_assert_cmpmem (bytes, size, self->plain->data, self->plain->len);
}

/* The connection breaks at random bytes; now and then the program ends, too. */
static void
test_random_cuts (Fixture *self, gconstpointer data)
{
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr (YihuSnapshotUnpacker) unpacker = open_unpacker (self);

      begin (self, unpacker);
      while (yihu_snapshot_unpacker_get_offset (unpacker) < self->label.bytes)
        {
          gint64 offset = yihu_snapshot_unpacker_get_offset (unpacker);
          gint64 left = self->label.bytes - offset;
          gint64 step = g_test_rand_int_range (1, (gint32) self->packed->len / 3);

          feed_to (self, unpacker, offset + MIN (left, step));
          if (g_test_rand_int_range (0, 3) > 0)
            continue;
          offset = yihu_snapshot_unpacker_get_offset (unpacker);
          g_assert_true (yihu_snapshot_unpacker_keep (unpacker, NULL));
          g_clear_pointer (&unpacker, yihu_snapshot_unpacker_free);
          unpacker = open_unpacker (self);
          g_assert_cmpint (yihu_snapshot_unpacker_get_offset (unpacker), <=, offset);
          if (yihu_snapshot_unpacker_get_offset (unpacker) == 0)
            begin (self, unpacker);
          else
            g_assert_cmpstr (yihu_snapshot_unpacker_get_label (unpacker)->hash, ==,
                             self->label.hash);
        }
      finish (self, unpacker);
    }
}

/* A mark is at most one frame behind. */
static void
test_every_frame_counts (Fixture *self, gconstpointer data)
{
  YihuSnapshotUnpacker *unpacker = open_unpacker (self);
  gint64 cut = self->label.bytes - 1;

  begin (self, unpacker);
  feed_to (self, unpacker, cut);
  g_assert_true (yihu_snapshot_unpacker_keep (unpacker, NULL));
  yihu_snapshot_unpacker_free (unpacker);
  unpacker = open_unpacker (self);
  g_assert_cmpint (yihu_snapshot_unpacker_get_offset (unpacker), >, cut - 2 * FRAME_BYTES);
  feed_to (self, unpacker, self->label.bytes);
  finish (self, unpacker);
  yihu_snapshot_unpacker_free (unpacker);
}

static void
assert_nothing_left (Fixture *self)
{
  g_autofree char *part = get_side (self, ".part");
  g_autofree char *mark = get_side (self, ".mark");

  g_assert_false (g_file_test (self->file, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (mark, G_FILE_TEST_EXISTS));
}

static void
test_wrong_hash (Fixture *self, gconstpointer data)
{
  YihuSnapshotUnpacker *unpacker = open_unpacker (self);
  g_autoptr (GError) error = NULL;

  self->label.hash[7] = self->label.hash[7] == '0' ? '1' : '0';
  begin (self, unpacker);
  feed_to (self, unpacker, self->label.bytes);
  g_assert_false (yihu_snapshot_unpacker_finish (unpacker, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  yihu_snapshot_unpacker_free (unpacker);
  assert_nothing_left (self);
}

static void
test_cut_short (Fixture *self, gconstpointer data)
{
  YihuSnapshotUnpacker *unpacker = open_unpacker (self);
  g_autoptr (GError) error = NULL;

  begin (self, unpacker);
  feed_to (self, unpacker, self->label.bytes - 1);
  g_assert_false (yihu_snapshot_unpacker_finish (unpacker, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  yihu_snapshot_unpacker_free (unpacker);
  assert_nothing_left (self);
}

/* More than announced, packed or plain, is refused before it is on the disk. */
static void
test_too_long (Fixture *self, gconstpointer data)
{
  g_autoptr (YihuSnapshotUnpacker) unpacker = open_unpacker (self);
  g_autoptr (GError) error = NULL;

  self->label.plain_bytes--;
  begin (self, unpacker);
  g_assert_false (
      yihu_snapshot_unpacker_feed (unpacker, self->packed->data, self->packed->len, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
  g_clear_error (&error);

  self->label.plain_bytes++;
  self->label.bytes--;
  begin (self, unpacker);
  g_assert_false (
      yihu_snapshot_unpacker_feed (unpacker, self->packed->data, self->packed->len, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
}

static void
test_wrong_labels (Fixture *self, gconstpointer data)
{
  g_autoptr (YihuSnapshotUnpacker) unpacker = open_unpacker (self);
  YihuSnapshotLabel wrong[4];

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    wrong[i] = self->label;
  wrong[0].hash[63] = '\0';
  wrong[1].bytes = 0;
  wrong[2].plain_bytes = -1;
  wrong[3].plain_bytes = G_MAXINT64;
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (yihu_snapshot_unpacker_begin (unpacker, &wrong[i], &error));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
    }
}

/* A mark of another key, damaged, or ahead of its part: from the beginning. */
static void
test_marks_that_do_not_count (Fixture *self, gconstpointer data)
{
  g_autofree char *part = get_side (self, ".part");
  g_autofree char *mark = get_side (self, ".mark");
  g_autofree char *bytes = NULL;
  guint8 other[YIHU_UNPACK_MARK_KEY_BYTES] = { 6 };
  g_autoptr (GBytes) other_key = g_bytes_new (other, sizeof other);
  YihuSnapshotUnpacker *unpacker = open_unpacker (self);
  gsize size;

  begin (self, unpacker);
  feed_to (self, unpacker, self->label.bytes / 2);
  g_assert_true (yihu_snapshot_unpacker_keep (unpacker, NULL));
  yihu_snapshot_unpacker_free (unpacker);

  unpacker = yihu_snapshot_unpacker_new (self->file, other_key, NULL);
  g_assert_cmpint (yihu_snapshot_unpacker_get_offset (unpacker), ==, 0);
  yihu_snapshot_unpacker_free (unpacker);

  g_assert_true (g_file_get_contents (mark, &bytes, &size, NULL));
  for (gsize i = 0; i < size; i += 13)
    {
      bytes[i] ^= 4;
      g_assert_true (g_file_set_contents (mark, bytes, (gssize) size, NULL));
      unpacker = open_unpacker (self);
      g_assert_cmpint (yihu_snapshot_unpacker_get_offset (unpacker), ==, 0);
      yihu_snapshot_unpacker_free (unpacker);
      bytes[i] ^= 4;
    }
  g_assert_true (g_file_set_contents (mark, bytes, (gssize) size, NULL));
  unpacker = open_unpacker (self);
  g_assert_cmpint (yihu_snapshot_unpacker_get_offset (unpacker), >, 0);
  yihu_snapshot_unpacker_free (unpacker);
  g_assert_true (g_file_set_contents (part, "short", -1, NULL));
  unpacker = open_unpacker (self);
  g_assert_cmpint (yihu_snapshot_unpacker_get_offset (unpacker), ==, 0);
  yihu_snapshot_unpacker_free (unpacker);
}

static void
test_one_at_a_time (Fixture *self, gconstpointer data)
{
  g_autoptr (YihuSnapshotUnpacker) unpacker = open_unpacker (self);
  g_autoptr (GError) error = NULL;

  g_assert_null (yihu_snapshot_unpacker_new (self->file, self->key, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_BUSY);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/client/unpacker/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  ADD ("random-cuts", test_random_cuts);
  ADD ("every-frame-counts", test_every_frame_counts);
  ADD ("wrong-hash", test_wrong_hash);
  ADD ("cut-short", test_cut_short);
  ADD ("too-long", test_too_long);
  ADD ("wrong-labels", test_wrong_labels);
  ADD ("marks-that-do-not-count", test_marks_that_do_not_count);
  ADD ("one-at-a-time", test_one_at_a_time);
  return g_test_run ();
}
