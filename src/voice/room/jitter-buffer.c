/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A ring of samples addressed by the lower bits of the RTP timestamp, with a flag for each sample
 * that is there. Invariant: every flagged sample lies in [play, play + YIHU_JITTER_SAMPLES).
 * Differences of timestamps are taken as signed 32 bit, which survives their wrap.
 *
 * Delay does not grow for ever: when the buffer has run empty, or the sender jumps, play-out starts
 * again at the oldest sample; and where a second long more than 80 ms were waiting (a burst after a
 * pause, a sender's fast clock), one frame is left out. */

#include "voice/room/jitter-buffer.h"

#include <string.h>

#define MASK (YIHU_JITTER_SAMPLES - 1)
#define MAX_LEAD (YIHU_JITTER_SAMPLES / 2) /* a packet further ahead: the sender jumped */
#define MAX_LATE (8000 * 2) /* a packet further behind: the sender started anew */
#define WINDOW_PULLS 50
#define TOO_DEEP 640

struct _YihuJitterBuffer
{
  gint16 samples[YIHU_JITTER_SAMPLES];
  guint8 is_here[YIHU_JITTER_SAMPLES];
  guint32 play; /* timestamp of the next sample to be played */
  guint32 end; /* behind the newest sample */
  guint depth;
  gboolean has_time; /* play and end mean something */
  gboolean is_primed;
  gboolean has_played; /* what lies before `play` has been heard, or concealed */
  guint least_depth; /* before a pull, in this window */
  guint n_pulls; /* in this window */
};

YihuJitterBuffer *
yihu_jitter_buffer_new (void)
{
  return g_new0 (YihuJitterBuffer, 1);
}

void
yihu_jitter_buffer_free (YihuJitterBuffer *self)
{
  g_free (self);
}

void
yihu_jitter_buffer_reset (YihuJitterBuffer *self)
{
  memset (self->is_here, 0, sizeof self->is_here);
  self->depth = 0;
  self->has_time = FALSE;
  self->is_primed = FALSE;
  self->has_played = FALSE;
}

guint
yihu_jitter_buffer_get_depth (YihuJitterBuffer *self)
{
  return self->depth;
}

/* Makes @timestamp fit into the window, by starting anew where it cannot. */
static gboolean
accept_time (YihuJitterBuffer *self, guint32 timestamp, gsize n_samples)
{
  gint32 ahead = (gint32) (timestamp - self->play);

  if (self->has_time && (ahead > MAX_LEAD || ahead < -MAX_LATE))
    yihu_jitter_buffer_reset (self);
  if (!self->has_time)
    {
      self->has_time = TRUE;
      self->play = timestamp;
      self->end = timestamp;
      return TRUE;
    }
  /* Before anything was played, an earlier packet moves the beginning. */
  if (ahead < 0 && !self->has_played
      && (gint32) (self->end - timestamp) <= YIHU_JITTER_SAMPLES - (gint32) n_samples)
    {
      self->play = timestamp;
      return TRUE;
    }
  return ahead + (gint32) n_samples > 0;
}

gboolean
yihu_jitter_buffer_put (YihuJitterBuffer *self,
                        guint32 timestamp,
                        const gint16 *samples,
                        gsize n_samples)
{
  if (n_samples == 0 || n_samples > YIHU_JITTER_SAMPLES / 4)
    return FALSE;
  if (!accept_time (self, timestamp, n_samples))
    return FALSE;
  for (gsize i = 0; i < n_samples; i++)
    {
      guint32 at = timestamp + (guint32) i;

      if ((gint32) (at - self->play) < 0)
        continue;
      self->depth += !self->is_here[at & MASK];
      self->is_here[at & MASK] = 1;
      self->samples[at & MASK] = samples[i];
    }
  if ((gint32) (timestamp + (guint32) n_samples - self->end) > 0)
    self->end = timestamp + (guint32) n_samples;
  return TRUE;
}

/* Play-out begins at the oldest sample that is there. */
static void
skip_to_first (YihuJitterBuffer *self)
{
  while (!self->is_here[self->play & MASK])
    self->play++;
}

static guint
take_frame (YihuJitterBuffer *self, gint16 frame[YIHU_FRAME_SAMPLES])
{
  guint n_here = 0;

  for (guint i = 0; i < YIHU_FRAME_SAMPLES; i++, self->play++)
    {
      guint at = self->play & MASK;

      frame[i] = self->is_here[at] ? self->samples[at] : 0;
      n_here += self->is_here[at];
      self->is_here[at] = 0;
    }
  self->depth -= n_here;
  return n_here;
}

static gboolean
is_too_deep (YihuJitterBuffer *self)
{
  gboolean too_deep = FALSE;

  self->least_depth = self->n_pulls == 0 ? self->depth : MIN (self->least_depth, self->depth);
  if (++self->n_pulls == WINDOW_PULLS)
    {
      self->n_pulls = 0;
      too_deep = self->least_depth > TOO_DEEP;
    }
  return too_deep;
}

YihuJitterResult
yihu_jitter_buffer_pull (YihuJitterBuffer *self, gint16 frame[YIHU_FRAME_SAMPLES])
{
  if (!self->is_primed)
    {
      if (self->depth < YIHU_JITTER_PRIME)
        return YIHU_JITTER_EMPTY;
      skip_to_first (self);
      self->is_primed = TRUE;
      self->has_played = TRUE;
      self->n_pulls = 0;
    }
  if (self->depth == 0)
    {
      self->is_primed = FALSE;
      return YIHU_JITTER_EMPTY;
    }
  if (is_too_deep (self))
    take_frame (self, frame);
  return take_frame (self, frame) > 0 ? YIHU_JITTER_FRAME : YIHU_JITTER_LOST;
}
