/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "console/screen.h"

/* A screen on a virtual display over a fake book: opens it, presses real keys, waits for what must
 * become true. */

G_BEGIN_DECLS

typedef struct
{
  AdwApplication *application; /* (owned) */
  YihuBook *book; /* (owned) */
  YihuTicker *ticker; /* (owned) */
  GtkWindow *window; /* owned by GTK */
} YihuScreenStage;

/* In main(), instead of g_test_init(). */
void yihu_screen_stage_init_tests (int *argc, char ***argv);

/* Takes @book. */
void yihu_screen_stage_open (YihuScreenStage *self, const YihuScreen *screen, YihuBook *book);
/* Closes the window (unless the test did) and insists that it is finalised. */
void yihu_screen_stage_close (YihuScreenStage *self);

/* As xdotool names them: "ctrl+Return". Some frames are drawn first: where a focused row has just
 * left the list, GTK finds the next focus only then, and keys in between go nowhere. */
void yihu_screen_stage_press (YihuScreenStage *self, const char *key);

/* Runs the main loop until @condition; a test that waits for something that never comes fails. */
#define yihu_screen_stage_wait_until(condition)                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 deadline_us_ = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;                           \
    while (!(condition))                                                                           \
      {                                                                                            \
        if (g_get_monotonic_time () > deadline_us_)                                                \
          g_error ("%s:%d: never came true: %s", __FILE__, __LINE__, #condition);                  \
        yihu_screen_stage_turn ();                                                                 \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

void yihu_screen_stage_turn (void); /* one turn of the main loop, at most 50 ms */
void yihu_screen_stage_settle (void); /* until nothing is pending */

/* The render node of a widget at a size, as text; NULL: it draws nothing. (transfer full) */
char *yihu_screen_stage_draw (GtkWidget *widget, int width, int height);
guint yihu_screen_stage_count (const char *text, const char *what);

G_END_DECLS
