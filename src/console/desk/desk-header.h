/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "console/book.h"
#include "domain/seat.h"

/* The header bar's content: seat state, who sits here, today's figures; title; counters, clock. */

G_BEGIN_DECLS

#define YIHU_TYPE_DESK_HEADER (yihu_desk_header_get_type ())
G_DECLARE_FINAL_TYPE (YihuDeskHeader, yihu_desk_header, YIHU, DESK_HEADER, GtkBox)

GtkWidget *yihu_desk_header_new (void);
void yihu_desk_header_set_seat (YihuDeskHeader *self, const char *seat, const char *name);
void yihu_desk_header_set_state (YihuDeskHeader *self, YihuSeatState state);
void yihu_desk_header_set_today (YihuDeskHeader *self, guint n_answered, gint64 mean_us);
void yihu_desk_header_set_counters (YihuDeskHeader *self,
                                    guint n_ringing,
                                    guint n_waiting,
                                    gint64 longest_us,
                                    gboolean urgent,
                                    guint n_tasks);
void yihu_desk_header_set_time (YihuDeskHeader *self,
                                gint64 now_us,
                                YihuBookState state,
                                gint64 synced_at_us);
void yihu_desk_header_set_narrow (YihuDeskHeader *self, gboolean narrow);

G_END_DECLS
