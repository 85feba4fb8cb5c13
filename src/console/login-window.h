/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/* Account and password, the progress of a first fetch, and the sentence that says why not. */

G_BEGIN_DECLS

#define YIHU_TYPE_LOGIN_WINDOW (yihu_login_window_get_type ())
G_DECLARE_FINAL_TYPE (YihuLoginWindow, yihu_login_window, YIHU, LOGIN_WINDOW, AdwApplicationWindow)

/* Signals: "submitted" (const char *login, const char *password), "cancelled" (): while busy. */
YihuLoginWindow *yihu_login_window_new (GtkApplication *application, const char *login);
void yihu_login_window_fail (YihuLoginWindow *self, const char *sentence);
/* @fraction: 0 where it is not known. */
void yihu_login_window_set_progress (YihuLoginWindow *self, double fraction, const char *sentence);

G_END_DECLS
