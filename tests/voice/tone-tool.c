/* SPDX-License-Identifier: GPL-3.0-or-later */

/* goertzel.c for scripts and trials by hand:
 *
 *   tone-tool write FILE.wav HZ LEVEL_DB SECONDS     a mono 8 kHz sine
 *   tone-tool level FILE.wav HZ…                     "440 -20.0" a line, of the last second */

#include "goertzel.h"

#include <stdlib.h>
#include <string.h>

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ToneWav) wav = NULL;

  if (argc == 6 && strcmp (argv[1], "write") == 0)
    {
      if (tone_wav_write (argv[2], g_ascii_strtod (argv[3], NULL), g_ascii_strtod (argv[4], NULL),
                          g_ascii_strtod (argv[5], NULL), &error))
        return 0;
    }
  else if (argc >= 4 && strcmp (argv[1], "level") == 0)
    wav = tone_wav_load (argv[2], &error);
  else
    return 2;
  if (error != NULL)
    {
      g_printerr ("tone-tool: %s\n", error->message);
      return 1;
    }
  for (int i = 3; i < argc; i++)
    g_print ("%s %.1f\n", argv[i], tone_wav_last_second_db (wav, g_ascii_strtod (argv[i], NULL)));
  return 0;
}
