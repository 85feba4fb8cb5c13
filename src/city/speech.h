/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "city/random.h"

#include <gio/gio.h>

/* What callers say: short sentences, synthesised by espeak-ng in several voices into 8 kHz WAV
 * files of a cache directory. Where espeak-ng is missing, callers are a tone. */

G_BEGIN_DECLS

typedef struct _YihuSpeech YihuSpeech;

/* @directory: of the cache; NULL: tones only. */
YihuSpeech *yihu_speech_new (const char *directory);
void yihu_speech_free (YihuSpeech *self);

/* Makes the missing files; blocks for some seconds the first time, so run it in a thread. */
gboolean yihu_speech_prepare (YihuSpeech *self, GCancellable *cancellable, GError **error);

guint yihu_speech_get_n_phrases (YihuSpeech *self);
const char *yihu_speech_get_kind (YihuSpeech *self, guint phrase); /* "order", "emergency", … */
const char *yihu_speech_get_text (YihuSpeech *self, guint phrase);
guint yihu_speech_draw (YihuSpeech *self, const char *kind, YihuRandom *random);
int yihu_speech_find (YihuSpeech *self, const char *text_or_kind); /* -1: none */

/* A GStreamer bin of somebody who says the phrase, waits, and says it again. (transfer full) */
char *yihu_speech_describe (YihuSpeech *self, guint phrase, gboolean is_male, guint speaker);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuSpeech, yihu_speech_free)

G_END_DECLS
