/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

#include <libsoup/soup.h>

/* What libsoup's server leaves open: deadlines for headers, bodies and idle connections, a cap on
 * connections of one address and of all, on requests a second, a bound on bodies. Main context. */

G_BEGIN_DECLS

#define YIHU_TYPE_GUARD (yihu_guard_get_type ())
G_DECLARE_FINAL_TYPE (YihuGuard, yihu_guard, YIHU, GUARD, GObject)

/* @max_connections, @requests_per_s: of one address; 0 requests: no limit. */
YihuGuard *
yihu_guard_new (SoupServer *server, YihuClock *clock, guint max_connections, guint requests_per_s);
/* Cuts every connection that is left. */
void yihu_guard_close_all (YihuGuard *self);

/* From an early handler, first of all: from now on the body is waited for. */
void yihu_guard_note_headers (YihuGuard *self, SoupServerMessage *message);
/* From a handler, first of all: the body is there, and the answer takes as long as it takes. Its
 * headers wait for its body, or 200 ms. */
void yihu_guard_note_body (YihuGuard *self, SoupServerMessage *message);
/* From an early handler: TRUE where the headers are such that libsoup must not go on; the
 * connection is gone then. */
gboolean yihu_guard_drop_malformed (SoupServerMessage *message);
/* From an early handler: FALSE where the announced body is too large; a body without length is
 * counted while it comes, and its connection cut. */
gboolean yihu_guard_limit_body (YihuGuard *self, SoupServerMessage *message, gsize max_bytes);
/* From an early handler: FALSE with BUSY and a Retry-After in the answer where the address or the
 * token asks too often. */
gboolean yihu_guard_allow (YihuGuard *self, SoupServerMessage *message, GError **error);
/* The connection became a WebSocket: no deadlines any more. */
void yihu_guard_release (YihuGuard *self, SoupServerMessage *message);
guint yihu_guard_get_size (YihuGuard *self);
/* How many requests came too often; how many connections were too many or too late. */
void yihu_guard_get_counts (YihuGuard *self, guint64 *refused, guint64 *cut);

G_END_DECLS
