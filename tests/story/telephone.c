/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The elder's telephone: baresip, which shares no line with Yihu. Its sound comes from a WAV with a
 * tone, what it hears is dumped by its sndfile module below its own directory. */

#include "world.h"

#include "goertzel.h"

#include <signal.h>
#include <string.h>

#define TONE_S 300

static char *
prepare (World *self, const char *number, guint tone_hz)
{
  g_autofree char *directory = world_path (self, "telephone");
  g_autofree char *config = g_build_filename (directory, "config", NULL);
  g_autofree char *accounts = g_build_filename (directory, "accounts", NULL);
  g_autofree char *contacts = g_build_filename (directory, "contacts", NULL);
  g_autofree char *tone = g_build_filename (directory, "tone.wav", NULL);
  g_autofree char *account = NULL;
  g_autofree char *text = NULL;

  g_spawn_sync (NULL, (char *[]){ (char *) "rm", (char *) "-rf", directory, NULL }, NULL,
                G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_mkdir_with_parents (directory, 0700);
  text = g_strdup_printf (
      "module_path /usr/lib/baresip/modules\n"
      "module g711.so\nmodule aufile.so\nmodule sndfile.so\nmodule aubridge.so\n"
      "module_app account.so\nmodule_app menu.so\n"
      "net_interface 127.0.0.1\nsip_listen 127.0.0.1:0\nsip_transports udp\n"
      "audio_source aufile,%s\naudio_player aubridge,nil\naudio_alert aubridge,nil\n"
      "ausrc_srate 8000\nauplay_srate 8000\naudio_channels 1\n"
      "snd_path %s\nrtp_ports 20000-29000\n",
      tone, directory);
  account = g_strdup_printf ("<sip:%s@127.0.0.1>;regint=0;audio_codecs=PCMA\n", number);
  if (!g_file_set_contents (config, text, -1, NULL)
      || !g_file_set_contents (accounts, account, -1, NULL)
      || !g_file_set_contents (contacts, "", 0, NULL)
      || !tone_wav_write (tone, tone_hz, STORY_TONE_DB, TONE_S, NULL))
    g_error ("%s cannot be written", directory);
  return g_steal_pointer (&directory);
}

void
world_call (World *self, const char *number, guint tone_hz)
{
  g_autofree char *directory = prepare (self, number, tone_hz);
  g_autofree char *dial = g_strdup_printf ("/dial sip:12349@127.0.0.1:%u", self->sip_port);

  self->elder = world_spawn (self, "telephone",
                             (const char *[]){ "baresip", "-f", directory, "-e", dial, NULL });
}

void
world_hang_up (World *self)
{
  world_end (&self->elder, SIGTERM);
}

char *
world_get_heard (World *self)
{
  g_autofree char *path = world_path (self, "telephone");
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (directory)) != NULL)
    if (g_str_has_suffix (name, "-dec.wav"))
      return g_build_filename (path, name, NULL);
  g_error ("the telephone heard nothing");
}
