/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define YIHU_SEAT_MESSAGE_TYPE "application/yihu-seat"
#define YIHU_SEAT_MESSAGE_MAX_BYTES 64

/* Body of a seat's MESSAGE: "ready" or "away", white space around it. YIHU_ERROR_INVALID. */
gboolean
yihu_seat_message_parse (const char *body, gsize length, gboolean *wants_ready, GError **error);

G_END_DECLS
