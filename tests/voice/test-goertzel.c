/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The measuring tool itself: right level, other tones out, WAV files with and without length. */

#include "goertzel.h"

#include <glib/gstdio.h>
#include <math.h>

static void
test_levels (void)
{
  gint16 samples[8000];

  for (guint i = 0; i < 8000; i++)
    samples[i] = (gint16) lrint (3277 * sin (2 * G_PI * 440 * i / 8000)
                                 + 1638 * sin (2 * G_PI * 620 * i / 8000));
  g_assert_cmpfloat_with_epsilon (tone_level_db (samples, 8000, 8000, 440), -20, 0.05);
  g_assert_cmpfloat_with_epsilon (tone_level_db (samples, 8000, 8000, 620), -26, 0.05);
  g_assert_cmpfloat (tone_level_db (samples, 8000, 8000, 850), <, -80);
  g_assert_cmpfloat (tone_level_db (samples, 1, 8000, 850), ==, TONE_FLOOR_DB);
}

static void
test_wav (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "yihu-test-goertzel.wav", NULL);
  g_autofree char *data = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;
  g_autoptr (ToneWav) wav = NULL;
  g_autoptr (ToneWav) killed = NULL;

  g_assert_true (tone_wav_write (path, 1170, -10, 2, &error));
  wav = tone_wav_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wav->rate_hz, ==, 8000);
  g_assert_cmpuint (wav->n_samples, ==, 16000);
  g_assert_cmpfloat_with_epsilon (tone_wav_level_db (wav, 1170, 0.5, 1), -10, 0.05);
  g_assert_cmpfloat_with_epsilon (tone_wav_last_second_db (wav, 1170), -10, 0.05);

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  data[40] = data[41] = data[42] = data[43] = 0;
  g_assert_true (g_file_set_contents (path, data, (gssize) length, NULL));
  killed = tone_wav_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (killed->n_samples, ==, 16000);

  g_assert_true (g_file_set_contents (path, "RIFFxxxxWAVEdata", 16, NULL));
  g_assert_null (tone_wav_load (path, NULL));
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voice/goertzel/levels", test_levels);
  g_test_add_func ("/voice/goertzel/wav", test_wav);
  return g_test_run ();
}
