/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/engine.h"
#include "store/postgres/connection.h"

/* The store's cursor over what a connection answered. */

G_BEGIN_DECLS

/* The rows of @slot. @is_owner: frees the result, which otherwise must outlive the cursor.
 * Returns: (transfer full) */
YihuCursor *yihu_pg_cursor_new (const YihuPgSlot *slot, gboolean is_owner);

/* The rows of the stream that has begun on @connection, which the cursor ends. Returns: (transfer
 * full) */
YihuCursor *yihu_pg_cursor_new_stream (YihuPgConnection *connection);

G_END_DECLS
