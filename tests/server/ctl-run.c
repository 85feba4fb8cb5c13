/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Starts the program, and serves it from the main loop until it ends. */

#include "ctl-run.h"

void
run_clear (Run *self)
{
  g_free (self->out);
  g_free (self->err);
}

static void
on_program_ended (GObject *object, GAsyncResult *result, gpointer data)
{
  Run *run = data;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (object), result, &run->out, &run->err,
                                        &error);
  g_assert_no_error (error);
  run->exit = g_subprocess_get_exit_status (G_SUBPROCESS (object));
  run->is_done = TRUE;
}

static gboolean
is_run_done (gpointer data)
{
  return ((Run *) data)->is_done;
}

Run
run (Fixture *self, const char *password, const char *words)
{
  return run_with_code (self, password, NULL, words);
}

Run
run_with_code (Fixture *self, const char *password, const char *code, const char *words)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *program =
      g_build_filename (g_getenv ("YIHU_BUILD_DIR"), "src", "ctl", "yihu-ctl", NULL);
  g_autofree char *line =
      g_strconcat (program, " --server ", self->url, " --login admin ", words, NULL);
  g_auto (GStrv) arguments = g_strsplit (line, " ", -1);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  Run result = { 0 };

  g_subprocess_launcher_setenv (launcher, "YIHU_PASSWORD", password, TRUE);
  g_subprocess_launcher_setenv (launcher, "YIHU_NEW_PASSWORD", FIXTURE_PASSWORD, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", self->directory, TRUE);
  if (code != NULL)
    g_subprocess_launcher_setenv (launcher, "YIHU_CODE", code, TRUE);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) arguments, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, on_program_ended, &result);
  fixture_spin (is_run_done, &result);
  return result;
}
