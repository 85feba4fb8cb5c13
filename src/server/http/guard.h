/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

#include <libsoup/soup.h>

/* What libsoup's server leaves open: deadlines for headers, bodies and idle connections, a cap on
 * connections of one address, a bound on bodies. Main context. */

G_BEGIN_DECLS

#define YIHU_TYPE_GUARD (yihu_guard_get_type ())
G_DECLARE_FINAL_TYPE (YihuGuard, yihu_guard, YIHU, GUARD, GObject)

YihuGuard *yihu_guard_new (SoupServer *server, YihuClock *clock, guint max_connections);
/* Cuts every connection that is left. */
void yihu_guard_close_all (YihuGuard *self);

/* From an early handler: TRUE where the headers are such that libsoup must not go on; the
 * connection is gone then. */
gboolean yihu_guard_drop_malformed (SoupServerMessage *message);
/* From an early handler: FALSE where the announced body is too large; a body without length is
 * counted while it comes, and its connection cut. */
gboolean yihu_guard_limit_body (YihuGuard *self, SoupServerMessage *message, gsize max_bytes);
/* The connection became a WebSocket: no deadlines any more. */
void yihu_guard_release (YihuGuard *self, SoupServerMessage *message);
guint yihu_guard_get_size (YihuGuard *self);

/* Log-in tries: FALSE when @name had too many failures within a minute. */
gboolean yihu_guard_may_try (YihuGuard *self, const char *name);
void yihu_guard_note_failure (YihuGuard *self, const char *name);
void yihu_guard_note_success (YihuGuard *self, const char *name);

G_END_DECLS
