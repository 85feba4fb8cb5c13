/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Mix-minus: one 32-bit sum of all who talk; each leg gets the sum less itself, plus the whispers
 * meant for it, clipped once at the end. Linear in the number of legs. */

#include "voice/room/room.h"

#include "voice/room/rtp-packet.h"

#include <string.h>

#define MAX_LEGS 32

struct _YihuRoom
{
  YihuLeg *legs[MAX_LEGS]; /* not owned */
  guint n_legs;
};

static gint16
clip (gint32 value)
{
  return (gint16) CLAMP (value, G_MININT16, G_MAXINT16);
}

static gboolean
is_talking (const YihuMixLeg *leg)
{
  return leg->in != NULL && leg->mode == YIHU_LEG_TALK;
}

static void
add_whispers (const YihuMixLeg *legs, guint n_legs, guint to, gint32 mixed[YIHU_FRAME_SAMPLES])
{
  for (guint i = 0; i < n_legs; i++)
    if (legs[i].mode == YIHU_LEG_WHISPER && legs[i].coach == (int) to && legs[i].in != NULL)
      for (guint k = 0; k < YIHU_FRAME_SAMPLES; k++)
        mixed[k] += legs[i].in[k];
}

void
yihu_room_mix (YihuMixLeg *legs, guint n_legs, gint16 sum[YIHU_FRAME_SAMPLES])
{
  gint32 total[YIHU_FRAME_SAMPLES] = { 0 };

  for (guint i = 0; i < n_legs; i++)
    if (is_talking (&legs[i]))
      for (guint k = 0; k < YIHU_FRAME_SAMPLES; k++)
        total[k] += legs[i].in[k];
  for (guint i = 0; i < n_legs; i++)
    {
      gint32 mixed[YIHU_FRAME_SAMPLES];

      memcpy (mixed, total, sizeof mixed);
      if (is_talking (&legs[i]))
        for (guint k = 0; k < YIHU_FRAME_SAMPLES; k++)
          mixed[k] -= legs[i].in[k];
      add_whispers (legs, n_legs, i, mixed);
      for (guint k = 0; k < YIHU_FRAME_SAMPLES; k++)
        legs[i].out[k] = clip (mixed[k]);
    }
  for (guint k = 0; sum != NULL && k < YIHU_FRAME_SAMPLES; k++)
    sum[k] = clip (total[k]);
}

YihuRoom *
yihu_room_new (void)
{
  return g_new0 (YihuRoom, 1);
}

void
yihu_room_free (YihuRoom *self)
{
  g_free (self);
}

static int
find_leg (YihuRoom *self, YihuLeg *leg)
{
  for (guint i = 0; i < self->n_legs; i++)
    if (self->legs[i] == leg)
      return (int) i;
  return -1;
}

void
yihu_room_add (YihuRoom *self, YihuLeg *leg)
{
  if (find_leg (self, leg) < 0 && self->n_legs < MAX_LEGS)
    self->legs[self->n_legs++] = leg;
}

void
yihu_room_remove (YihuRoom *self, YihuLeg *leg)
{
  int at = find_leg (self, leg);

  if (at < 0)
    return;
  self->legs[at] = self->legs[--self->n_legs];
  for (guint i = 0; i < self->n_legs; i++)
    if (yihu_leg_get_coach (self->legs[i]) == leg)
      yihu_leg_set_mode (self->legs[i], YIHU_LEG_LISTEN, NULL);
}

guint
yihu_room_get_size (YihuRoom *self)
{
  return self->n_legs;
}

void
yihu_room_tick (YihuRoom *self,
                YihuRoomSendFunc send,
                gpointer data,
                gint16 sum[YIHU_FRAME_SAMPLES])
{
  YihuMixLeg mix[MAX_LEGS];

  for (guint i = 0; i < self->n_legs; i++)
    {
      YihuLeg *leg = self->legs[i];

      mix[i].mode = yihu_leg_get_mode (leg);
      mix[i].coach = find_leg (self, yihu_leg_get_coach (leg));
      /* Also pulled while held, so that time goes on in its buffer. */
      if (!yihu_leg_pull (leg, &mix[i].in) || yihu_leg_is_held (leg))
        mix[i].in = NULL;
    }
  yihu_room_mix (mix, self->n_legs, sum);
  for (guint i = 0; i < self->n_legs; i++)
    {
      guint8 packet[YIHU_RTP_MAX_BYTES];
      const struct sockaddr *to;
      socklen_t to_length;
      gsize length = yihu_leg_make_packet (self->legs[i], mix[i].out, packet, &to, &to_length);

      if (length > 0)
        send (self->legs[i], packet, length, to, to_length, data);
    }
}
