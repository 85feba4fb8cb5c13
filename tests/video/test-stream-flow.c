/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The stream's flow in virtual time: every event in every state, the watchdog's limits, the
 * back-off's growth and caps. */

#include "video/stream-flow.h"

#define S(seconds) ((gint64) ((seconds) *G_USEC_PER_SEC))

static void
expect (YihuStreamFlow *flow,
        YihuStreamEvent event,
        gint64 at_us,
        YihuStreamState state,
        YihuStreamAction action)
{
  g_assert_cmpint (yihu_stream_flow_handle (flow, event, at_us), ==, action);
  g_assert_cmpint (flow->state, ==, state);
}

/* A flow in @state with a session, at time 100 s. */
static YihuStreamFlow
flow_in (YihuStreamState state)
{
  YihuStreamFlow flow;

  yihu_stream_flow_init (&flow, 0);
  if (state == YIHU_STREAM_OFF)
    return flow;
  yihu_stream_flow_handle (&flow, YIHU_STREAM_EVENT_PLAY, S (100));
  flow.state = state;
  return flow;
}

static void
test_every_pair (void)
{
  static const struct
  {
    YihuStreamEvent event;
    YihuStreamState to[YIHU_STREAM_REFUSED + 1]; /* by state before, from CONNECTING on */
  } table[] = {
    { YIHU_STREAM_EVENT_CONNECTED,
      { YIHU_STREAM_OFF, YIHU_STREAM_WAITING_KEY, YIHU_STREAM_WAITING_KEY, YIHU_STREAM_LIVE,
        YIHU_STREAM_STALLED, YIHU_STREAM_WAITING_KEY, YIHU_STREAM_WAITING_KEY } },
    { YIHU_STREAM_EVENT_HEARD,
      { YIHU_STREAM_OFF, YIHU_STREAM_WAITING_KEY, YIHU_STREAM_WAITING_KEY, YIHU_STREAM_LIVE,
        YIHU_STREAM_STALLED, YIHU_STREAM_WAITING_KEY, YIHU_STREAM_WAITING_KEY } },
    { YIHU_STREAM_EVENT_PICTURE,
      { YIHU_STREAM_OFF, YIHU_STREAM_LIVE, YIHU_STREAM_LIVE, YIHU_STREAM_LIVE, YIHU_STREAM_LIVE,
        YIHU_STREAM_LIVE, YIHU_STREAM_LIVE } },
    { YIHU_STREAM_EVENT_LOST,
      { YIHU_STREAM_OFF, YIHU_STREAM_BACKING_OFF, YIHU_STREAM_BACKING_OFF, YIHU_STREAM_BACKING_OFF,
        YIHU_STREAM_BACKING_OFF, YIHU_STREAM_BACKING_OFF, YIHU_STREAM_BACKING_OFF } },
    { YIHU_STREAM_EVENT_REFUSED,
      { YIHU_STREAM_OFF, YIHU_STREAM_REFUSED, YIHU_STREAM_REFUSED, YIHU_STREAM_REFUSED,
        YIHU_STREAM_REFUSED, YIHU_STREAM_REFUSED, YIHU_STREAM_REFUSED } },
    { YIHU_STREAM_EVENT_STOP,
      { YIHU_STREAM_OFF, YIHU_STREAM_OFF, YIHU_STREAM_OFF, YIHU_STREAM_OFF, YIHU_STREAM_OFF,
        YIHU_STREAM_OFF, YIHU_STREAM_OFF } },
    { YIHU_STREAM_EVENT_PLAY,
      { YIHU_STREAM_CONNECTING, YIHU_STREAM_CONNECTING, YIHU_STREAM_CONNECTING,
        YIHU_STREAM_CONNECTING, YIHU_STREAM_CONNECTING, YIHU_STREAM_CONNECTING,
        YIHU_STREAM_CONNECTING } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    for (guint state = 0; state <= YIHU_STREAM_REFUSED; state++)
      {
        YihuStreamFlow flow = flow_in (state);

        yihu_stream_flow_handle (&flow, table[i].event, S (100.2));
        g_assert_cmpint (flow.state, ==, table[i].to[state]);
        /* Whoever is not off always has a next look; whoever is off has none. */
        g_assert_true ((flow.due_us == 0) == (flow.state == YIHU_STREAM_OFF));
        g_assert_true (!flow.trying || flow.state != YIHU_STREAM_OFF);
      }
}

/* What a dropped session still says does not count. */
static void
test_no_session (void)
{
  YihuStreamFlow flow = flow_in (YIHU_STREAM_LIVE);

  expect (&flow, YIHU_STREAM_EVENT_LOST, S (101), YIHU_STREAM_BACKING_OFF, YIHU_STREAM_ACTION_DROP);
  for (guint event = YIHU_STREAM_EVENT_CONNECTED; event <= YIHU_STREAM_EVENT_REFUSED; event++)
    expect (&flow, event, S (101.1), YIHU_STREAM_BACKING_OFF, YIHU_STREAM_ACTION_NONE);
}

/* Looks as the clock would, until the state is another; returns when that was. */
static gint64
look_on (YihuStreamFlow *flow, YihuStreamState until, gint64 end_us)
{
  while (flow->due_us != 0 && flow->due_us <= end_us)
    {
      gint64 now_us = flow->due_us;

      yihu_stream_flow_handle (flow, YIHU_STREAM_EVENT_LOOK, now_us);
      if (flow->state == until)
        return now_us;
    }
  return -1;
}

static void
test_stall_named_in_time (void)
{
  for (int phase_ms = 0; phase_ms < 500; phase_ms += 50)
    {
      YihuStreamFlow flow = flow_in (YIHU_STREAM_CONNECTING);
      gint64 last_us = S (103) + phase_ms * 1000;
      gint64 named_us;

      yihu_stream_flow_handle (&flow, YIHU_STREAM_EVENT_PICTURE, S (101));
      for (gint64 at = S (101); at < last_us; at += S (0.06))
        {
          g_assert_cmpint (look_on (&flow, YIHU_STREAM_STALLED, at), ==, -1);
          yihu_stream_flow_handle (&flow, YIHU_STREAM_EVENT_HEARD, at);
          yihu_stream_flow_handle (&flow, YIHU_STREAM_EVENT_PICTURE, at);
          last_us = MAX (last_us, at);
        }
      named_us = look_on (&flow, YIHU_STREAM_STALLED, S (200));
      g_assert_cmpint (named_us - last_us, <=, S (5));
      g_assert_cmpint (named_us - last_us, >=, S (3.9));
      g_assert_true (flow.trying); /* a new session at once */
      g_assert_cmpint (flow.started_us, ==, named_us);
    }
}

static void
test_silent_server (void)
{
  YihuStreamFlow flow = flow_in (YIHU_STREAM_CONNECTING);
  gint64 named_us = look_on (&flow, YIHU_STREAM_BACKING_OFF, S (200));

  g_assert_cmpint (named_us - S (100), <=, S (5));
  g_assert_false (flow.trying);
  /* The next try is silent too: the words stay. */
  for (guint i = 0; i < 20; i++)
    {
      yihu_stream_flow_handle (&flow, YIHU_STREAM_EVENT_LOOK, flow.due_us);
      g_assert_cmpint (flow.state, ==, YIHU_STREAM_BACKING_OFF);
    }
}

/* Data but never a picture: named too, after the longer limit. */
static void
test_no_key_picture (void)
{
  YihuStreamFlow flow = flow_in (YIHU_STREAM_CONNECTING);

  for (gint64 at = S (100.1); at < S (113); at += S (0.1))
    {
      yihu_stream_flow_handle (&flow, YIHU_STREAM_EVENT_HEARD, at);
      if (look_on (&flow, YIHU_STREAM_STALLED, at) >= 0)
        {
          g_assert_cmpint (at, >=, S (112));
          return;
        }
    }
  g_assert_not_reached ();
}

static gint64
next_delay (YihuStreamFlow *flow, gint64 *now_us)
{
  yihu_stream_flow_handle (flow, YIHU_STREAM_EVENT_LOST, *now_us);
  g_assert_cmpint (flow->state, ==, YIHU_STREAM_BACKING_OFF);
  g_assert_cmpint (flow->due_us, >, *now_us);
  {
    gint64 delay_us = flow->due_us - *now_us;

    *now_us = flow->due_us;
    g_assert_cmpint (yihu_stream_flow_handle (flow, YIHU_STREAM_EVENT_LOOK, *now_us), ==,
                     YIHU_STREAM_ACTION_CONNECT);
    return delay_us;
  }
}

static void
test_back_off (void)
{
  YihuStreamFlow flow = flow_in (YIHU_STREAM_CONNECTING);
  gint64 now_us = S (101);

  g_assert_cmpint (next_delay (&flow, &now_us), ==, S (0.25));
  g_assert_cmpint (next_delay (&flow, &now_us), ==, S (0.5));
  g_assert_cmpint (next_delay (&flow, &now_us), ==, S (1));
  for (guint i = 0; i < 40; i++)
    g_assert_cmpint (next_delay (&flow, &now_us), ==, S (2));
  yihu_stream_flow_handle (&flow, YIHU_STREAM_EVENT_PICTURE, now_us);
  g_assert_cmpint (next_delay (&flow, &now_us), ==, S (0.25)); /* a picture begins anew */
  flow.watched = FALSE;
  for (guint i = 0; i < 40; i++)
    next_delay (&flow, &now_us);
  g_assert_cmpint (next_delay (&flow, &now_us), ==, S (30));
  flow.watched = TRUE;
  flow.serial = 5; /* streams do not come all at once */
  g_assert_cmpint (next_delay (&flow, &now_us), ==, S (2.185));
}

static void
test_refused_waits (void)
{
  YihuStreamFlow flow = flow_in (YIHU_STREAM_CONNECTING);

  expect (&flow, YIHU_STREAM_EVENT_REFUSED, S (101), YIHU_STREAM_REFUSED, YIHU_STREAM_ACTION_DROP);
  expect (&flow, YIHU_STREAM_EVENT_LOOK, S (130), YIHU_STREAM_REFUSED, YIHU_STREAM_ACTION_NONE);
  expect (&flow, YIHU_STREAM_EVENT_LOOK, S (131), YIHU_STREAM_REFUSED, YIHU_STREAM_ACTION_CONNECT);
  expect (&flow, YIHU_STREAM_EVENT_CONNECTED, S (131.1), YIHU_STREAM_WAITING_KEY,
          YIHU_STREAM_ACTION_NONE);
}

/* Any order of events: the promises hold. */
static void
test_random (void)
{
  for (guint run = 0; run < 200; run++)
    {
      YihuStreamFlow flow;
      gint64 now_us = S (1);
      gboolean session = FALSE;

      yihu_stream_flow_init (&flow, run);
      for (guint i = 0; i < 300; i++)
        {
          YihuStreamEvent event = g_test_rand_int_range (0, YIHU_N_STREAM_EVENTS);
          YihuStreamAction action;

          now_us += g_test_rand_int_range (0, 900000);
          action = yihu_stream_flow_handle (&flow, event, now_us);
          session = action == YIHU_STREAM_ACTION_CONNECT || (session && action == 0);
          g_assert_cmpint (flow.trying, ==, session);
          g_assert_true ((flow.due_us == 0) == (flow.state == YIHU_STREAM_OFF));
          if (flow.state == YIHU_STREAM_LIVE)
            g_assert_true (session && flow.pictured_us > 0);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-flow/every-pair", test_every_pair);
  g_test_add_func ("/stream-flow/no-session", test_no_session);
  g_test_add_func ("/stream-flow/stall-named-in-time", test_stall_named_in_time);
  g_test_add_func ("/stream-flow/silent-server", test_silent_server);
  g_test_add_func ("/stream-flow/no-key-picture", test_no_key_picture);
  g_test_add_func ("/stream-flow/back-off", test_back_off);
  g_test_add_func ("/stream-flow/refused-waits", test_refused_waits);
  g_test_add_func ("/stream-flow/random", test_random);
  return g_test_run ();
}
