/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/* Account and password, the second factor and its enrolment, the progress of a first fetch, and the
 * sentence that says why not. */

G_BEGIN_DECLS

#define YIHU_TYPE_LOGIN_WINDOW (yihu_login_window_get_type ())
G_DECLARE_FINAL_TYPE (YihuLoginWindow, yihu_login_window, YIHU, LOGIN_WINDOW, AdwApplicationWindow)

/* Signals: "submitted" (const char *login, const char *password); "code" (const char *code): the
 * second factor that ask_code() wanted; "confirmed" (): the recovery codes have been read;
 * "cancelled" (): while busy. */
YihuLoginWindow *yihu_login_window_new (GtkApplication *application, const char *login);
void yihu_login_window_fail (YihuLoginWindow *self, const char *sentence);
/* As fail(); nothing can be tried for @wait_s, which is counted down. */
void yihu_login_window_lock (YihuLoginWindow *self, const char *sentence, guint wait_s);
/* @secret, @uri: (nullable): given where the account has no second factor yet. @sentence: "" or why
 * the last code was not taken. */
void yihu_login_window_ask_code (YihuLoginWindow *self,
                                 const char *secret,
                                 const char *uri,
                                 const char *sentence);
void yihu_login_window_show_recovery (YihuLoginWindow *self, const char *const *codes);
/* @fraction: 0 where it is not known. */
void yihu_login_window_set_progress (YihuLoginWindow *self, double fraction, const char *sentence);

G_END_DECLS
