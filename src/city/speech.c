/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One file a phrase and voice, made once. The texts are the project's own; the file's name carries
 * a hash of text and voice, so that a changed phrase is made anew. A file appears under its name
 * only when it is complete. */

#include "city/speech.h"

#include "base/error.h"
#include "city/word-list.h"

#include <glib/gstdio.h>
#include <gst/gst.h>

#define FORMAT "audio/x-raw,format=S16LE,rate=8000,channels=1"
#define CONVERT_NS (20 * GST_SECOND)

static const struct
{
  const char *voice;
  const char *words_a_minute;
} speakers[2][3] = {
  { { "cmn+f3", "150" }, { "cmn+f5", "140" }, { "cmn+grandma", "145" } },
  { { "cmn+m3", "150" }, { "cmn+m7", "140" }, { "cmn+grandpa", "145" } },
};

struct _YihuSpeech
{
  char *directory; /* (owned) (nullable) */
  YihuWordList *phrases; /* kind, text */
};

YihuSpeech *
yihu_speech_new (const char *directory)
{
  YihuSpeech *self = g_new0 (YihuSpeech, 1);

  self->directory = g_strdup (directory);
  self->phrases = yihu_word_list_new ("phrases");
  return self;
}

void
yihu_speech_free (YihuSpeech *self)
{
  yihu_word_list_free (self->phrases);
  g_free (self->directory);
  g_free (self);
}

guint
yihu_speech_get_n_phrases (YihuSpeech *self)
{
  return yihu_word_list_get_length (self->phrases);
}

const char *
yihu_speech_get_kind (YihuSpeech *self, guint phrase)
{
  return yihu_word_list_get (self->phrases, phrase);
}

const char *
yihu_speech_get_text (YihuSpeech *self, guint phrase)
{
  return yihu_word_list_get_cell (self->phrases, phrase, 1);
}

guint
yihu_speech_draw (YihuSpeech *self, const char *kind, YihuRandom *random)
{
  guint n = yihu_speech_get_n_phrases (self);

  for (guint tries = 0; tries < 1000; tries++)
    {
      guint phrase = yihu_random_below (random, n);

      if (g_str_equal (yihu_speech_get_kind (self, phrase), kind))
        return phrase;
    }
  return 0;
}

int
yihu_speech_find (YihuSpeech *self, const char *text_or_kind)
{
  for (guint i = 0; i < yihu_speech_get_n_phrases (self); i++)
    if (g_str_equal (yihu_speech_get_kind (self, i), text_or_kind)
        || g_str_has_prefix (yihu_speech_get_text (self, i), text_or_kind))
      return (int) i;
  return -1;
}

static char *
file_of (YihuSpeech *self, guint phrase, gboolean is_male, guint speaker)
{
  g_autofree char *what =
      g_strconcat (speakers[is_male][speaker].voice, speakers[is_male][speaker].words_a_minute,
                   yihu_speech_get_text (self, phrase), NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, what, -1);
  g_autofree char *name = g_strdup_printf ("%.16s.wav", hash);

  return g_build_filename (self->directory, name, NULL);
}

/* espeak-ng speaks at 22 kHz. */
static gboolean
convert (const char *from, const char *to, GError **error)
{
  g_autoptr (GstElement) pipeline =
      gst_parse_launch_full ("filesrc name=from ! wavparse ! audioconvert ! audioresample ! " FORMAT
                             " ! wavenc ! filesink name=to",
                             NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  g_autoptr (GstElement) source = NULL;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  if (pipeline == NULL)
    return FALSE;
  source = gst_bin_get_by_name (GST_BIN (pipeline), "from");
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "to");
  bus = gst_element_get_bus (pipeline);
  g_object_set (source, "location", from, NULL);
  g_object_set (sink, "location", to, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, CONVERT_NS, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  if (message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    return TRUE;
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "converting speech to 8 kHz failed");
  return FALSE;
}

static gboolean
synthesise (YihuSpeech *self,
            guint phrase,
            gboolean is_male,
            guint speaker,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree char *path = file_of (self, phrase, is_male, speaker);
  g_autofree char *spoken = g_strconcat (path, ".22k", NULL);
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  g_autoptr (GSubprocess) process = NULL;
  gboolean ok;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                              error, "espeak-ng", "-v", speakers[is_male][speaker].voice, "-s",
                              speakers[is_male][speaker].words_a_minute, "-w", spoken,
                              yihu_speech_get_text (self, phrase), NULL);
  ok = process != NULL && g_subprocess_wait_check (process, cancellable, error)
       && convert (spoken, part, error);
  if (ok && g_rename (part, path) != 0)
    {
      g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (errno), "writing %s: %s",
                   path, g_strerror (errno));
      ok = FALSE;
    }
  g_unlink (spoken);
  if (!ok)
    g_unlink (part);
  return ok;
}

gboolean
yihu_speech_prepare (YihuSpeech *self, GCancellable *cancellable, GError **error)
{
  if (self->directory == NULL)
    return TRUE;
  if (g_mkdir_with_parents (self->directory, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (errno), "making %s: %s",
                   self->directory, g_strerror (errno));
      return FALSE;
    }
  for (guint phrase = 0; phrase < yihu_speech_get_n_phrases (self); phrase++)
    for (guint i = 0; i < 6; i++)
      if (!synthesise (self, phrase, i >= 3, i % 3, cancellable, error))
        return FALSE;
  return TRUE;
}

char *
yihu_speech_describe (YihuSpeech *self, guint phrase, gboolean is_male, guint speaker)
{
  g_autofree char *path =
      self->directory != NULL ? file_of (self, phrase, is_male, speaker % 3) : NULL;
  g_autoptr (GString) bin = NULL;
  guint tone_hz = 420 + 20 * phrase;

  if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    return g_strdup_printf ("audiotestsrc is-live=true samplesperbuffer=160 volume=0.2 freq=%u "
                            "! " FORMAT,
                            tone_hz);
  bin = g_string_new ("concat name=talk ! audiobuffersplit output-buffer-duration=1/50");
  for (guint i = 0; i < 6; i++)
    g_string_append_printf (
        bin,
        " audiotestsrc wave=silence samplesperbuffer=160 num-buffers=%u ! " FORMAT
        " ! talk. filesrc location=\"%s\" ! wavparse ! talk.",
        i == 0 ? 40 : 150 + 60 * i, path);
  return g_string_free (g_steal_pointer (&bin), FALSE);
}
