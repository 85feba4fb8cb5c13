/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* How loud is this tone in what was heard? For tests: the level of one frequency as dB below full
 * scale (a sine of amplitude 1.0 is 0 dB), through a Hann window, so that other tones stay out. */

G_BEGIN_DECLS

#define TONE_FLOOR_DB (-120.0)

double tone_level_db (const gint16 *samples, gsize n_samples, double rate_hz, double tone_hz);

typedef struct
{
  gint16 *samples; /* first channel */
  gsize n_samples;
  guint rate_hz;
} ToneWav;

/* 16-bit PCM. A header without length (a recorder that was killed) means: to the end of the file.
 */
ToneWav *tone_wav_load (const char *path, GError **error);
void tone_wav_free (ToneWav *self);
double tone_wav_level_db (const ToneWav *self, double tone_hz, double start_s, double length_s);

/* Of the last second that contains sound at all (trailing silence of a hang-up is skipped): the
 * median of ten windows, because one lost packet on a busy machine shifts the phase of a tone and
 * a window across the gap cancels itself. */
double tone_wav_last_second_db (const ToneWav *self, double tone_hz);

/* Writes a mono 8 kHz WAV file of a sine. */
gboolean
tone_wav_write (const char *path, double tone_hz, double level_db, double length_s, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ToneWav, tone_wav_free)

G_END_DECLS
