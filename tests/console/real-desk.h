/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "../server/fixture.h"
#include "console/application.h"
#include "console/desk/desk-window-private.h"

/* The real application with the desk on a display, over the real server in this process, filled
 * with the fixture's register; the operator of seat 01 sits there. */

typedef struct
{
  Fixture server;
  char *directory; /* of the desk's files; stays over stop and start */
  YihuClock *clock;
  YihuBook *book; /* this and the next three: NULL while stopped */
  YihuTicker *ticker;
  YihuApplication *application;
  YihuDeskWindow *window; /* (unowned): set by start_online */
} RealDesk;

void real_desk_init_tests (int *argc, char ***argv); /* in main(), instead of g_test_init() */
void real_desk_set_up (RealDesk *desk, gconstpointer data); /* not started */
void real_desk_tear_down (RealDesk *desk, gconstpointer data);

void real_desk_start (RealDesk *desk, const char *password); /* logs in with it by itself */
void real_desk_start_online (RealDesk *desk); /* waits for window and feed */
void real_desk_stop (RealDesk *desk);

/* The newest window of this type; NULL: none. */
GtkWidget *real_desk_get_window (RealDesk *desk, GType type);

/* Set up, online and on the display. */
void real_desk_open (RealDesk *desk, gconstpointer data);
void real_desk_show (RealDesk *desk, const char *id); /* this elder on the card */
gint64 real_desk_ask_store (RealDesk *desk, const char *sql); /* one number of the server's own */
