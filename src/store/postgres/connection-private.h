/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What connection.c shares with connection-open.c; nobody else includes it. */

#include "store/postgres/connection.h"

G_BEGIN_DECLS

typedef struct
{
  YihuPgStatement *prepares; /* (nullable) (not owned) */
  YihuPgSlot *slot; /* (nullable) (not owned) */
  gboolean is_commit;
} YihuPgSent;

struct _YihuPgConnection
{
  PGconn *conn; /* (owned) */
  GHashTable *statements; /* (owned) text to YihuPgStatement */
  GArray *sent; /* (owned) YihuPgSent */
  guint n_syncs; /* atomic */
  gboolean is_broken;
  gboolean is_warned; /* the server doubted something since the last look */
  gboolean is_streaming;
};

/* What the connection said last, as OFFLINE; it is broken from now on. Returns: FALSE. */
gboolean
yihu_pg_connection_fail_offline (YihuPgConnection *self, const char *attempt, GError **error);

/* The database's refusal as an error of the house, without the values that it quotes.
 * Returns: FALSE. */
gboolean yihu_pg_connection_fail_result (YihuPgConnection *self, PGresult *result, GError **error);

G_END_DECLS
