/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/screen.h"

#include <adwaita.h>

/* Covers the screens of a console that nobody has touched for the minutes that the server says, and
 * at once on app.lock. Under the cover nobody's name is seen, text that was typed stays, and a call
 * can still be answered: the password is asked for afterwards. A call keeps the screen open: who
 * talks does not touch anything. Main thread. */

G_BEGIN_DECLS

#define YIHU_TYPE_SCREEN_LOCK (yihu_screen_lock_get_type ())
G_DECLARE_FINAL_TYPE (YihuScreenLock, yihu_screen_lock, YIHU, SCREEN_LOCK, GObject)

YihuScreenLock *
yihu_screen_lock_new (GtkApplication *application, YihuBook *book, YihuTicker *ticker);
/* The content of @window is a GtkOverlay around all that is to be covered. It is there from the
 * beginning: what moves into one later loses its fonts (a GtkInscription of GTK 4.8 keeps the text
 * context that it had). The keys of @window are those of @screen. */
void yihu_screen_lock_guard (YihuScreenLock *self,
                             AdwApplicationWindow *window,
                             const YihuScreen *screen);
void yihu_screen_lock_cover (YihuScreenLock *self);
void yihu_screen_lock_uncover (YihuScreenLock *self); /* somebody has given the password */
gboolean yihu_screen_lock_is_covered (YihuScreenLock *self);

G_END_DECLS
