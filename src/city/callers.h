/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "city/arrivals.h"
#include "city/caller.h"

/* Everybody who phones: arrivals by the clock, calls that somebody asked for, and their ends. */

G_BEGIN_DECLS

/* Makes the telephone of one caller. (transfer full) */
typedef YihuPhone *(*YihuCallersPhoneFunc) (const YihuCallerCard *card,
                                            gpointer data,
                                            GError **error);
/* One line about one call: "call NUMBER WHAT …". */
typedef void (*YihuCallersEventFunc) (const char *line, gpointer data);

typedef struct
{
  const char *uri; /* "sip:12349@127.0.0.1:5060" */
  double peak_per_hour;
  gboolean is_flat;
  double start_second; /* time of day in the city at the start */
  double talk_median_s;
  double patience_median_s;
  guint most; /* calls at the same time */
  guint64 seed;
} YihuCallersOptions;

typedef struct _YihuCallers YihuCallers;

YihuCallers *yihu_callers_new (YihuClock *clock,
                               YihuCallerBook *book,
                               const YihuCallersOptions *options,
                               YihuCallersPhoneFunc make_phone,
                               YihuCallersEventFunc on_event,
                               gpointer data);
void yihu_callers_free (YihuCallers *self);
void yihu_callers_start (YihuCallers *self); /* lets calls arrive */

/* FALSE: the number cannot be read. */
gboolean yihu_callers_call (YihuCallers *self, const char *number, const char *phrase);
/* @number NULL: all. Returns: how many hung up. */
guint yihu_callers_hang_up (YihuCallers *self, const char *number);
guint yihu_callers_get_n_active (YihuCallers *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuCallers, yihu_callers_free)

G_END_DECLS
