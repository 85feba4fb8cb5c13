/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The stream's flow. Two questions stay apart: whether there is a session (trying), and what a
 * person is told (state). A state of failure is kept while the next tries run, so that the words on
 * a dead tile do not flicker; only the server's answer or a picture ends it.
 *
 *               connected    picture   lost          refused   silence
 *   OFF         -            -         -             -         -
 *   CONNECTING  WAITING_KEY  LIVE      BACKING_OFF   REFUSED   BACKING_OFF
 *   WAITING_KEY -            LIVE      BACKING_OFF   REFUSED   STALLED, anew
 *   LIVE        -            LIVE      BACKING_OFF   REFUSED   STALLED, anew
 *   STALLED     -            LIVE      BACKING_OFF   REFUSED   STALLED, anew
 *   BACKING_OFF WAITING_KEY  LIVE      BACKING_OFF   REFUSED   BACKING_OFF
 *   REFUSED     WAITING_KEY  LIVE      BACKING_OFF   REFUSED   BACKING_OFF
 */

#include "video/stream-flow.h"

#define BACK_OFF_FIRST_US (250 * 1000)
#define BACK_OFF_CAP_US (2 * G_USEC_PER_SEC)
#define BACK_OFF_HIDDEN_CAP_US (30 * G_USEC_PER_SEC)

void
yihu_stream_flow_init (YihuStreamFlow *self, guint serial)
{
  *self = (YihuStreamFlow){ .state = YIHU_STREAM_OFF, .watched = TRUE, .serial = serial };
}

static YihuStreamAction
connect_anew (YihuStreamFlow *self, gint64 now_us)
{
  self->trying = TRUE;
  self->started_us = now_us;
  self->heard_us = 0;
  self->due_us = now_us + YIHU_STREAM_LOOK_US;
  return YIHU_STREAM_ACTION_CONNECT;
}

static YihuStreamAction
give_up (YihuStreamFlow *self, YihuStreamState state, gint64 delay_us, gint64 now_us)
{
  self->state = state;
  self->trying = FALSE;
  self->due_us = now_us + delay_us;
  return YIHU_STREAM_ACTION_DROP;
}

static YihuStreamAction
back_off (YihuStreamFlow *self, gint64 now_us)
{
  gint64 cap_us = self->watched ? BACK_OFF_CAP_US : BACK_OFF_HIDDEN_CAP_US;
  gint64 delay_us = BACK_OFF_FIRST_US << MIN (self->attempt, 10);
  gint64 spread_us = (gint64) (self->serial * 37 % 200) * 1000;

  self->attempt++;
  return give_up (self, YIHU_STREAM_BACKING_OFF, MIN (delay_us, cap_us) + spread_us, now_us);
}

static gboolean
is_silent (const YihuStreamFlow *self, gint64 now_us)
{
  gint64 heard_us = MAX (self->started_us, self->heard_us);
  gint64 pictured_us = MAX (self->started_us, self->pictured_us);

  return now_us - heard_us >= YIHU_STREAM_SILENCE_US
         || now_us - pictured_us >= YIHU_STREAM_KEY_LIMIT_US;
}

static YihuStreamAction
look (YihuStreamFlow *self, gint64 now_us)
{
  if (self->due_us == 0 || now_us < self->due_us)
    return YIHU_STREAM_ACTION_NONE;
  if (!self->trying)
    return connect_anew (self, now_us);

  self->due_us = now_us + YIHU_STREAM_LOOK_US;
  if (!is_silent (self, now_us))
    return YIHU_STREAM_ACTION_NONE;
  switch (self->state)
    {
    case YIHU_STREAM_WAITING_KEY:
    case YIHU_STREAM_LIVE:
    case YIHU_STREAM_STALLED:
      self->state = YIHU_STREAM_STALLED;
      return connect_anew (self, now_us);
    default:
      return back_off (self, now_us);
    }
}

static void
note_answer (YihuStreamFlow *self)
{
  if (self->state != YIHU_STREAM_LIVE && self->state != YIHU_STREAM_STALLED)
    self->state = YIHU_STREAM_WAITING_KEY;
}

static YihuStreamAction
handle_of_session (YihuStreamFlow *self, YihuStreamEvent event, gint64 now_us)
{
  switch (event)
    {
    case YIHU_STREAM_EVENT_HEARD:
      self->heard_us = now_us;
      note_answer (self);
      return YIHU_STREAM_ACTION_NONE;
    case YIHU_STREAM_EVENT_CONNECTED:
      note_answer (self);
      return YIHU_STREAM_ACTION_NONE;
    case YIHU_STREAM_EVENT_PICTURE:
      self->heard_us = self->pictured_us = now_us;
      self->attempt = 0;
      self->state = YIHU_STREAM_LIVE;
      return YIHU_STREAM_ACTION_NONE;
    case YIHU_STREAM_EVENT_REFUSED:
      return give_up (self, YIHU_STREAM_REFUSED, YIHU_STREAM_REFUSED_US, now_us);
    default:
      return back_off (self, now_us);
    }
}

YihuStreamAction
yihu_stream_flow_handle (YihuStreamFlow *self, YihuStreamEvent event, gint64 now_us)
{
  switch (event)
    {
    case YIHU_STREAM_EVENT_PLAY:
      self->state = YIHU_STREAM_CONNECTING;
      self->attempt = 0;
      self->pictured_us = 0;
      return connect_anew (self, now_us);
    case YIHU_STREAM_EVENT_STOP:
      self->state = YIHU_STREAM_OFF;
      self->trying = FALSE;
      self->due_us = 0;
      return YIHU_STREAM_ACTION_DROP;
    case YIHU_STREAM_EVENT_LOOK:
      return look (self, now_us);
    default:
      return self->trying ? handle_of_session (self, event, now_us) : YIHU_STREAM_ACTION_NONE;
    }
}
