/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "console/screen.h"

G_BEGIN_DECLS

#define YIHU_TYPE_REVIEW_WINDOW (yihu_review_window_get_type ())
G_DECLARE_FINAL_TYPE (YihuReviewWindow,
                      yihu_review_window,
                      YIHU,
                      REVIEW_WINDOW,
                      AdwApplicationWindow)

/* The screen's verbs, defined in review-screen.c. */
extern const YihuKey yihu_review_keys[];
extern const guint yihu_review_n_keys;

GtkWindow *yihu_review_window_new (const YihuScreenContext *context);

G_END_DECLS
