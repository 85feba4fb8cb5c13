/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Goertzel's recurrence over Hann-windowed samples: one bin of a Fourier transform at any
 * frequency, scaled so that a sine of full scale gives 0 dB. */

#include "goertzel.h"

#include <gio/gio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N_WINDOWS 10 /* of 0.1 s */

double
tone_level_db (const gint16 *samples, gsize n_samples, double rate_hz, double tone_hz)
{
  double coefficient = 2 * cos (2 * G_PI * tone_hz / rate_hz);
  double last = 0;
  double before = 0;
  double weight = 0;
  double power;

  if (n_samples < 2)
    return TONE_FLOOR_DB;
  for (gsize i = 0; i < n_samples; i++)
    {
      double window = 0.5 - 0.5 * cos (2 * G_PI * (double) i / (double) (n_samples - 1));
      double now = samples[i] / 32768.0 * window + coefficient * last - before;

      before = last;
      last = now;
      weight += window;
    }
  power = last * last + before * before - coefficient * last * before;
  if (power <= 0)
    return TONE_FLOOR_DB;
  return fmax (TONE_FLOOR_DB, 10 * log10 (power) + 20 * log10 (2 / weight));
}

static guint32
get_le (const guint8 *p, guint n_bytes)
{
  guint32 value = 0;

  for (guint i = n_bytes; i-- > 0;)
    value = value << 8 | p[i];
  return value;
}

static gboolean
read_chunks (ToneWav *self, const guint8 *data, gsize length)
{
  guint n_channels = 0;

  for (gsize at = 12; at + 8 <= length;)
    {
      const guint8 *body = data + at + 8;
      gsize room = length - at - 8;
      gsize size = get_le (data + at + 4, 4);

      if (memcmp (data + at, "fmt ", 4) == 0 && size >= 16 && size <= room)
        {
          n_channels = get_le (body + 2, 2);
          self->rate_hz = get_le (body + 4, 4);
          if (get_le (body + 14, 2) != 16)
            return FALSE;
        }
      if (memcmp (data + at, "data", 4) == 0 && n_channels > 0)
        {
          if (size == 0 || size > room)
            size = room;
          self->n_samples = size / (2 * n_channels);
          self->samples = g_new (gint16, self->n_samples + 1);
          for (gsize i = 0; i < self->n_samples; i++)
            self->samples[i] = (gint16) get_le (body + i * 2 * n_channels, 2);
          return self->rate_hz > 0;
        }
      at += 8 + size + (size & 1);
    }
  return FALSE;
}

ToneWav *
tone_wav_load (const char *path, GError **error)
{
  g_autoptr (ToneWav) self = g_new0 (ToneWav, 1);
  g_autofree char *data = NULL;
  gsize length;

  if (!g_file_get_contents (path, &data, &length, error))
    return NULL;
  if (length < 12 || memcmp (data, "RIFF", 4) != 0 || memcmp (data + 8, "WAVE", 4) != 0
      || !read_chunks (self, (const guint8 *) data, length))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s is no 16-bit WAV file", path);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
tone_wav_free (ToneWav *self)
{
  if (self == NULL)
    return;
  g_free (self->samples);
  g_free (self);
}

double
tone_wav_level_db (const ToneWav *self, double tone_hz, double start_s, double length_s)
{
  gsize first = (gsize) (start_s * self->rate_hz);
  gsize count = (gsize) (length_s * self->rate_hz);

  if (first >= self->n_samples)
    return TONE_FLOOR_DB;
  return tone_level_db (self->samples + first, MIN (count, self->n_samples - first), self->rate_hz,
                        tone_hz);
}

static int
compare_levels (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

double
tone_wav_last_second_db (const ToneWav *self, double tone_hz)
{
  double levels[N_WINDOWS];
  gsize window = self->rate_hz / N_WINDOWS;
  gsize end = self->n_samples;
  guint n = 0;

  while (end > 0 && ABS (self->samples[end - 1]) < 64)
    end--;
  /* Not the very end: it may have been cut in the middle of a packet. */
  end -= MIN (end, window);
  for (; n < N_WINDOWS && end >= window; n++, end -= window)
    levels[n] = tone_level_db (self->samples + end - window, window, self->rate_hz, tone_hz);
  if (n == 0)
    return TONE_FLOOR_DB;
  qsort (levels, n, sizeof levels[0], compare_levels);
  return levels[n / 2];
}

static void
put_le (GByteArray *bytes, guint32 value, guint n_bytes)
{
  for (guint i = 0; i < n_bytes; i++)
    {
      guint8 byte = (guint8) (value >> (8 * i));
      g_byte_array_append (bytes, &byte, 1);
    }
}

gboolean
tone_wav_write (const char *path, double tone_hz, double level_db, double length_s, GError **error)
{
  const guint rate_hz = 8000;
  guint32 n_samples = (guint32) (length_s * rate_hz);
  double amplitude = 32767 * pow (10, level_db / 20);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) "RIFF", 4);
  put_le (bytes, 36 + 2 * n_samples, 4);
  g_byte_array_append (bytes, (const guint8 *) "WAVEfmt ", 8);
  put_le (bytes, 16, 4);
  put_le (bytes, 1, 2); /* PCM */
  put_le (bytes, 1, 2); /* mono */
  put_le (bytes, rate_hz, 4);
  put_le (bytes, rate_hz * 2, 4);
  put_le (bytes, 2, 2);
  put_le (bytes, 16, 2);
  g_byte_array_append (bytes, (const guint8 *) "data", 4);
  put_le (bytes, 2 * n_samples, 4);
  for (guint32 i = 0; i < n_samples; i++)
    put_le (bytes, (guint16) (gint16) lrint (amplitude * sin (2 * G_PI * tone_hz * i / rate_hz)),
            2);
  return g_file_set_contents (path, (const char *) bytes->data, bytes->len, error);
}
