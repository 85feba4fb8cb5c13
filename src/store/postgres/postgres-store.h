/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/* The store in a PostgreSQL database: for a city that outgrows one machine. The writer's connection
 * holds a lock that keeps a second server out; commands of one batch are read in one round trip and
 * written and committed in another. Replication and fail-over are PostgreSQL's own: an address may
 * name several hosts, and only one that takes writes is used. */

G_BEGIN_DECLS

gboolean yihu_postgres_store_is_address (const char *address);

/* @address: "postgresql://user@host,host/database" as libpq takes it; the password belongs into
 * PGPASSFILE. Makes and migrates the tables. YIHU_ERROR_REJECTED: another server writes there, or
 * the database does not keep what it acknowledges; YIHU_ERROR_OFFLINE.
 * Returns: (transfer full): the writer's connection */
YihuStore *yihu_postgres_store_open (const char *address, GError **error);

/* For tests: how often the writer has waited for the database. Any thread. */
guint yihu_postgres_store_get_n_waits (YihuStore *store);

G_END_DECLS
