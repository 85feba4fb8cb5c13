/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A full disk is told apart; a write goes on where the system took only a part. /dev/full is the
 * full disk, a pipe whose reader is slow takes parts. */

#include "base/error.h"
#include "base/file-io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MANY (1024 * 1024) /* a pipe holds 64 KB */

static void
test_codes (void)
{
  static const struct
  {
    int number;
    int code;
  } cases[] = { { ENOSPC, YIHU_ERROR_FULL },
                { EDQUOT, YIHU_ERROR_FULL },
                { EACCES, YIHU_ERROR_FAILED } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) bare = NULL;

      errno = cases[i].number;
      g_assert_false (yihu_file_set_error ("make", "some/where", &error));
      g_assert_error (error, YIHU_ERROR, cases[i].code);
      g_assert_true (g_str_has_prefix (error->message, "make 'some/where': "));
      errno = cases[i].number;
      g_assert_false (yihu_file_set_error ("make", NULL, &bare));
      g_assert_error (bare, YIHU_ERROR, cases[i].code);
      g_assert_cmpstr (bare->message + strlen ("make: "), ==, g_strerror (cases[i].number));
    }
}

static void
test_full (void)
{
  g_autoptr (GError) error = NULL;
  int fd = open ("/dev/full", O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_false (yihu_file_write (fd, "some", 4, "write", &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FULL);
  close (fd);
}

static gpointer
read_all (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);
  GByteArray *all = g_byte_array_new ();
  guint8 buffer[777];
  gssize n;

  while ((n = read (fd, buffer, sizeof buffer)) > 0)
    g_byte_array_append (all, buffer, (guint) n);
  close (fd);
  return all;
}

static void
test_parts (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *data = g_malloc (MANY);
  g_autoptr (GByteArray) read_back = NULL;
  GThread *reader;
  int ends[2];

  for (guint i = 0; i < MANY; i++)
    data[i] = (guint8) (i * 31 + (i >> 8));
  g_assert_cmpint (pipe (ends), ==, 0);
  reader = g_thread_new ("reader", read_all, GINT_TO_POINTER (ends[0]));
  g_assert_true (yihu_file_write (ends[1], data, MANY, "write", &error));
  g_assert_no_error (error);
  close (ends[1]);
  read_back = g_thread_join (reader);
  g_assert_cmpmem (read_back->data, read_back->len, data, MANY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/file-io/codes", test_codes);
  g_test_add_func ("/base/file-io/full", test_full);
  g_test_add_func ("/base/file-io/parts", test_parts);
  return g_test_run ();
}
