/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sealed files: all sizes around a chunk come back as they were; another key, a cut at any byte,
 * any flipped bit and anything added are refused, and then nothing is left behind. */

#define _GNU_SOURCE
#include "store/sealed-file.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#define CHUNK 65536
#define TEXT "王秀英 13800000001"

typedef struct
{
  char *directory;
  char *plain;
  char *sealed;
  char *opened;
  YihuSealKey key;
  YihuSealKey public;
  YihuSealKey other;
} Fixture;

static void
make_key (Fixture *self, const char *name, YihuSealKey *key, YihuSealKey *public)
{
  g_autofree char *path = g_build_filename (self->directory, name, NULL);
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
  g_autoptr (GError) error = NULL;
  struct stat info;

  g_assert_true (yihu_seal_key_create (path, &error));
  g_assert_false (yihu_seal_key_create (path, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED);
  g_clear_error (&error);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_true (yihu_seal_key_load (path, key, &error));
  g_assert_true (yihu_seal_key_load (public_path, public, &error));
  g_assert_true (key->has_secret);
  g_assert_false (public->has_secret);
  g_assert_cmpmem (key->public_key, 32, public->public_key, 32);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  YihuSealKey unused;

  self->directory = g_dir_make_tmp ("yihu-sealed-XXXXXX", NULL);
  self->plain = g_build_filename (self->directory, "plain", NULL);
  self->sealed = g_build_filename (self->directory, "sealed", NULL);
  self->opened = g_build_filename (self->directory, "opened", NULL);
  make_key (self, "a.key", &self->key, &self->public);
  make_key (self, "b.key", &self->other, &unused);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *clean = g_strconcat ("rm -r ", self->directory, NULL);

  g_spawn_command_line_sync (clean, NULL, NULL, NULL, NULL);
  g_free (self->directory);
  g_free (self->plain);
  g_free (self->sealed);
  g_free (self->opened);
}

static void
write_file (const char *path, gconstpointer data, gsize size)
{
  g_unlink (path); /* what is there is not made shorter */
  g_assert_true (
      g_file_set_contents_full (path, data, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
seal (Fixture *self, gconstpointer data, gsize size)
{
  g_autoptr (GError) error = NULL;

  write_file (self->plain, data, size);
  g_unlink (self->sealed);
  yihu_sealed_file_make (self->plain, self->sealed, &self->public, NULL, &error);
  g_assert_no_error (error);
}

/* Nothing but keys and what the test made itself. */
static void
assert_refused (Fixture *self, const YihuSealKey *key, YihuError code)
{
  g_autofree char *part = g_strconcat (self->opened, ".part", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (yihu_sealed_file_open (self->sealed, self->opened, key, NULL, &error));
  g_assert_error (error, YIHU_ERROR, (int) code);
  g_assert_false (g_file_test (self->opened, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
}

static void
test_round_trip (Fixture *self, gconstpointer data)
{
  static const gsize sizes[] = { 0, 1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 200000 };
  g_autofree char *bytes = g_malloc (200000);

  randombytes_buf (bytes, 200000);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *back = NULL;
      g_autoptr (GError) error = NULL;
      gsize length = 0;
      struct stat info;

      seal (self, bytes, sizes[i]);
      g_assert_true (yihu_sealed_file_is (self->sealed));
      g_assert_false (yihu_sealed_file_is (self->plain));
      g_assert_true (yihu_sealed_file_open (self->sealed, NULL, &self->key, NULL, &error));
      g_assert_true (yihu_sealed_file_open (self->sealed, self->opened, &self->key, NULL, &error));
      g_assert_true (g_file_get_contents (self->opened, &back, &length, &error));
      g_assert_cmpmem (back, length, bytes, sizes[i]);
      g_assert_cmpint (stat (self->sealed, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 0777, ==, 0600);
      g_assert_cmpint (stat (self->opened, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 0777, ==, 0600);
      g_unlink (self->opened);
    }
}

static void
test_refusals (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize size = 0;

  seal (self, TEXT, strlen (TEXT));
  g_assert_true (g_file_get_contents (self->sealed, &bytes, &size, NULL));
  g_assert_null (memmem (bytes, size, "王秀英", strlen ("王秀英")));
  assert_refused (self, &self->other, YIHU_ERROR_REJECTED);
  assert_refused (self, &self->public, YIHU_ERROR_REJECTED);
  g_assert_false (yihu_sealed_file_make (self->plain, self->sealed, &self->public, NULL, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED); /* is there already */
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (
      yihu_sealed_file_open (self->sealed, self->opened, &self->key, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  write_file (self->sealed, TEXT, strlen (TEXT));
  assert_refused (self, &self->key, YIHU_ERROR_INVALID);
}

/* Every @step bytes: cut off there, and one bit the other way round. */
static void
try_damages (Fixture *self, gsize step)
{
  g_autofree char *bytes = NULL;
  gsize size = 0;

  g_assert_true (g_file_get_contents (self->sealed, &bytes, &size, NULL));
  for (gsize i = 0; i < size; i += step)
    {
      g_autoptr (GError) error = NULL;

      write_file (self->sealed, bytes, i); /* cut off */
      g_assert_false (yihu_sealed_file_open (self->sealed, NULL, &self->key, NULL, &error));
      g_clear_error (&error);
      bytes[i] ^= (char) (1 << (i % 8));
      write_file (self->sealed, bytes, size);
      g_assert_false (yihu_sealed_file_open (self->sealed, NULL, &self->key, NULL, &error));
      bytes[i] ^= (char) (1 << (i % 8));
    }
  bytes = g_realloc (bytes, size + 1);
  bytes[size] = 0;
  write_file (self->sealed, bytes, size + 1);
  assert_refused (self, &self->key, YIHU_ERROR_CORRUPT);
}

static void
test_damage (Fixture *self, gconstpointer data)
{
  g_autofree char *large = g_strnfill (3 * CHUNK, 'x');
  g_autofree char *bytes = NULL;
  gsize size = 0;

  seal (self, TEXT, strlen (TEXT));
  try_damages (self, 1);
  seal (self, large, 3 * CHUNK);
  try_damages (self, 4999);

  /* At the end of a chunk, where the rest would make sense by itself. */
  seal (self, large, 3 * CHUNK);
  g_assert_true (g_file_get_contents (self->sealed, &bytes, &size, NULL));
  write_file (self->sealed, bytes, size - CHUNK - 17);
  assert_refused (self, &self->key, YIHU_ERROR_CORRUPT);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/store/sealed-file/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  ADD ("round-trip", test_round_trip);
  ADD ("refusals", test_refusals);
  ADD ("damage", test_damage);
  return g_test_run ();
}
