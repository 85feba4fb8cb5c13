/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/trust.h"

#include <gio/gio.h>

/* "yihu-city live": the city at work. Callers, field staff and cameras each run if they were given
 * their other end; lines on standard input steer, lines on standard output tell. */

G_BEGIN_DECLS

typedef struct
{
  const char *server; /* (nullable) "http://127.0.0.1:8080": no field staff without */
  YihuTrust *trust; /* (nullable) whom to believe over https */
  const char *sip; /* (nullable) "sip:127.0.0.1:5060": no calls without */
  const char *directory; /* of the city */
  const char *cache; /* of speech and films */
  double calls_per_hour;
  gboolean is_flat;
  double start_second; /* time of day in the city */
  double pace; /* of the field staff, times as fast as life */
  double talk_s;
  double patience_s;
  guint most_calls;
  guint poll_ms;
  guint64 seed;
  int rtsp_port; /* -1: no cameras; 0: the kernel's choice */
  const char *dead_cameras; /* (nullable) ids, commas between */
  const char *silent_cameras; /* (nullable) */
  gboolean has_speech;
  gboolean ends_with_input;
} YihuLiveOptions;

/* Runs until "quit", SIGINT, SIGTERM or, where wanted, the end of the input. Returns: the program's
 * exit status. */
int yihu_live_run (const YihuLiveOptions *options);

G_END_DECLS
