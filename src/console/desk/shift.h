/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"

/* This seat's figures of today: calls answered and their mean length. */

G_BEGIN_DECLS

#define YIHU_TYPE_SHIFT (yihu_shift_get_type ())
G_DECLARE_FINAL_TYPE (YihuShift, yihu_shift, YIHU, SHIFT, GObject)

/* Signal: "changed" (). */
YihuShift *yihu_shift_new (YihuBook *book, const char *seat);
guint yihu_shift_get_answered (YihuShift *self);
gint64 yihu_shift_get_mean_us (YihuShift *self); /* of the calls that ended; 0: none */

G_END_DECLS
