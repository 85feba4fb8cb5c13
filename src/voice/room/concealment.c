/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Concealment in the manner of ITU-T G.711, appendix I, cut down to one period. (spandsp 0.0.6 has
 * one too, but copies overlapping memory with memcpy(), which a sanitizer rightly stops.) */

#include "voice/room/concealment.h"

#include <math.h>
#include <string.h>

#define LEAST_PITCH 40 /* 200 Hz */
#define MOST_PITCH 120 /* 67 Hz */
#define COMPARED 160
#define FADE (YIHU_CONCEALMENT_FRAMES * YIHU_FRAME_SAMPLES)
#define OVERLAP 40 /* 5 ms */

void
yihu_concealment_init (YihuConcealment *self)
{
  memset (self, 0, sizeof *self);
  self->n_filled = FADE; /* nothing to repeat yet */
}

/* How alike the newest samples are to those `lag` before them, -1..1. */
static double
correlate (const gint16 *newest, guint lag)
{
  double product = 0;
  double energy = 1;
  double energy_before = 1;

  for (guint i = 0; i < COMPARED; i++)
    {
      double now = newest[i];
      double before = (newest - lag)[i];

      product += now * before;
      energy += now * now;
      energy_before += before * before;
    }
  return product / sqrt (energy * energy_before);
}

static guint
find_pitch (const YihuConcealment *self)
{
  const gint16 *newest = self->history + YIHU_CONCEALMENT_HISTORY - COMPARED;
  double best = -2;
  guint pitch = LEAST_PITCH;

  for (guint lag = LEAST_PITCH; lag <= MOST_PITCH; lag++)
    {
      double likeness = correlate (newest, lag);

      if (likeness > best)
        {
          best = likeness;
          pitch = lag;
        }
    }
  return pitch;
}

/* The n-th sample behind the history, if the period went on. */
static double
make_up (const YihuConcealment *self, guint n)
{
  double gain = n < FADE ? 1 - (double) n / FADE : 0;

  return gain * self->history[YIHU_CONCEALMENT_HISTORY - self->pitch + n % self->pitch];
}

gboolean
yihu_concealment_fill (YihuConcealment *self, gint16 frame[YIHU_FRAME_SAMPLES])
{
  gboolean is_heard = self->n_filled < FADE;

  memset (frame, 0, YIHU_FRAME_SAMPLES * sizeof frame[0]);
  if (!is_heard)
    return FALSE;
  if (self->n_filled == 0)
    self->pitch = find_pitch (self);
  for (guint i = 0; i < YIHU_FRAME_SAMPLES; i++)
    frame[i] = (gint16) lrint (make_up (self, self->n_filled + i));
  self->n_filled += YIHU_FRAME_SAMPLES;
  return TRUE;
}

void
yihu_concealment_take (YihuConcealment *self, gint16 frame[YIHU_FRAME_SAMPLES])
{
  for (guint i = 0; self->pitch > 0 && self->n_filled > 0 && i < OVERLAP; i++)
    {
      double share = (i + 1.0) / (OVERLAP + 1.0);

      frame[i] =
          (gint16) lrint (share * frame[i] + (1 - share) * make_up (self, self->n_filled + i));
    }
  self->n_filled = 0;
  memmove (self->history, self->history + YIHU_FRAME_SAMPLES,
           (YIHU_CONCEALMENT_HISTORY - YIHU_FRAME_SAMPLES) * sizeof self->history[0]);
  memcpy (self->history + YIHU_CONCEALMENT_HISTORY - YIHU_FRAME_SAMPLES, frame,
          YIHU_FRAME_SAMPLES * sizeof frame[0]);
}
