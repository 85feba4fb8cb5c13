/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "console/desk/desk-call.h"
#include "console/screen.h"

/* The operator's desk: composes queue, card, form, map and the call at this seat. Verbs are its
 * actions "win.*", listed with their keys in desk-keys.c. */

G_BEGIN_DECLS

#define YIHU_TYPE_DESK_WINDOW (yihu_desk_window_get_type ())
G_DECLARE_FINAL_TYPE (YihuDeskWindow, yihu_desk_window, YIHU, DESK_WINDOW, AdwApplicationWindow)

extern const YihuKey yihu_desk_keys[];
extern const guint yihu_desk_n_keys;

YihuDeskWindow *yihu_desk_window_new (const YihuScreenContext *context);

YihuDeskCall *yihu_desk_window_get_call (YihuDeskWindow *self);

G_END_DECLS
