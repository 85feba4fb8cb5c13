/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "client/live.h"

/* What live.c (connection, states, timers) and live-frames.c (what frames say) share. */

G_BEGIN_DECLS

struct _YihuLive
{
  GObject parent_instance;

  YihuSession *session; /* (owned) */
  YihuClock *clock; /* (owned) */
  YihuLiveState state;
  GError *error; /* (owned) (nullable) */
  int latency_ms;
  gboolean watch_figures;

  gboolean started;
  guint attempt;
  GCancellable *cancellable; /* (owned) (nullable): of the present connection */
  SoupWebsocketConnection *socket; /* (owned) (nullable) */
  gboolean welcomed;

  gint64 cursor; /* applied by the owner */
  gint64 delivered; /* handed to the owner */
  gint64 newest; /* known of the server */
  gint64 acknowledged;
  gboolean behind; /* the server has stopped sending: pages are pulled until the feed is even */
  gboolean pulling; /* a page is on its way */
  gboolean more; /* the last page was not the last */

  GSource *retry_timer; /* (owned) (nullable) */
  GSource *welcome_timer; /* (owned) (nullable) */
  GSource *ack_timer; /* (owned) (nullable) */
  GSource *ping_timer; /* (owned) (nullable) */
  gint64 heard_at_us; /* monotonic */
  gint64 ping_at_us; /* 0: none on its way */
};

enum
{
  YIHU_LIVE_SIGNAL_EVENTS,
  YIHU_LIVE_SIGNAL_REPLY,
  YIHU_LIVE_SIGNAL_FIGURES,
  YIHU_LIVE_SIGNAL_RESNAPSHOT,
  YIHU_LIVE_SIGNAL_WIPE,
  YIHU_LIVE_SIGNAL_TIME,
  YIHU_LIVE_N_SIGNALS,
};
extern guint yihu_live_signals[YIHU_LIVE_N_SIGNALS];

/* live.c */
void yihu_live_send_frame (YihuLive *self, json_t *frame); /* (transfer full) */
void yihu_live_lose (YihuLive *self, GError *why); /* takes @why; tries again later */
void yihu_live_refuse (YihuLive *self, GError *why); /* takes @why; for good */
void yihu_live_resnapshot (YihuLive *self);
void yihu_live_wipe (YihuLive *self);
void yihu_live_update_state (YihuLive *self);
void yihu_live_set_latency (YihuLive *self, int latency_ms);
void yihu_live_ready (YihuLive *self); /* welcomed: timers, watches */
YihuClock *yihu_live_get_clock (YihuLive *self);

/* live-frames.c */
void yihu_live_take_frame (YihuLive *self, GBytes *text);
void yihu_live_pull (YihuLive *self);

G_END_DECLS
