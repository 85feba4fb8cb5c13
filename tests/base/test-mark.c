/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Marks: one whole line each, from several threads; nothing at all without the variable. The file
 * is chosen once a process, so the case without runs in a child. */

#include "base/mark.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_THREADS 4
#define N_MARKS 500

static char *path;

static gpointer
write_marks (gpointer data)
{
  for (guint i = 0; i < N_MARKS; i++)
    yihu_mark ("call.ring", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  return NULL;
}

static void
test_lines_stay_whole (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GThread *threads[N_THREADS];

  g_assert_true (yihu_mark_is_enabled ());
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("marks", write_marks, NULL);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  yihu_mark ("none", NULL);
  yihu_mark ("two", "li\nnes");

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, N_THREADS * N_MARKS + 3);
  for (guint i = 0; i < N_THREADS * N_MARKS; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);

      g_assert_cmpuint (g_strv_length (words), ==, 3);
      g_assert_cmpint (g_ascii_strtoll (words[0], NULL, 10), >, 0);
      g_assert_cmpstr (words[1], ==, "call.ring");
    }
  g_assert_true (g_str_has_suffix (lines[N_THREADS * N_MARKS], " none -"));
  g_assert_true (g_str_has_suffix (lines[N_THREADS * N_MARKS + 1], " two li nes"));
}

static void
test_others_cannot_read (void)
{
  GStatBuf status;

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
}

static void
test_nothing_without_variable (void)
{
  if (g_test_subprocess ())
    {
      g_assert_false (yihu_mark_is_enabled ());
      yihu_mark ("call.ring", "x");
      return;
    }
  g_unsetenv ("YIHU_MARKS");
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("yihu-mark-XXXXXX", NULL);
  int result;

  path = g_build_filename (folder, "marks", NULL);
  g_test_init (&argc, &argv, NULL);
  if (!g_test_subprocess ())
    g_setenv ("YIHU_MARKS", path, TRUE);
  g_test_add_func ("/base/mark/lines", test_lines_stay_whole);
  g_test_add_func ("/base/mark/mode", test_others_cannot_read);
  g_test_add_func ("/base/mark/off", test_nothing_without_variable);
  result = g_test_run ();
  g_unlink (path);
  g_rmdir (folder);
  g_free (path);
  return result;
}
