/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Feeds every file of the named folders to a fuzz target: whole, cut short at up to 64 places, and
 * with single bytes overwritten. So each test run walks the corpus even where there is no fuzzer.
 * The inputs are copied to blocks of exactly their size, so that a sanitizer sees a read behind
 * them. */

#include <gio/gio.h>
#include <stdint.h>
#include <string.h>

#define N_CUTS 64

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
feed (const char *data, gsize size)
{
  g_autofree uint8_t *copy = g_malloc (MAX (size, 1));

  memcpy (copy, data, size);
  LLVMFuzzerTestOneInput (copy, size);
}

static void
feed_variants (char *data, gsize size)
{
  static const char bytes[] = { '\0', '"', '9', '\xff', ',', '-' };
  gsize step = size / N_CUTS + 1;

  feed (data, size);
  for (gsize at = 0; at < size; at += step)
    {
      char saved = data[at];

      feed (data, at);
      data[at] = bytes[(at / step) % G_N_ELEMENTS (bytes)];
      feed (data, size);
      data[at] = saved;
    }
}

static guint
replay_folder (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = g_dir_open (path, 0, &error);
  const char *name;
  guint n_files = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *data = NULL;
      gsize size;

      if (!g_file_get_contents (file, &data, &size, &error))
        g_error ("%s: %s", name, error->message);
      feed_variants (data, size);
      n_files++;
    }
  return n_files;
}

int
main (int argc, char **argv)
{
  guint n_files = 0;

  for (int i = 1; i < argc; i++)
    n_files += replay_folder (argv[i]);
  g_print ("%u files replayed\n", n_files);
  return n_files > 0 ? 0 : 1;
}
