/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sql/database.h"
#include "store/postgres/statement.h"

#include <libpq-fe.h>

/* One connection to PostgreSQL in pipeline mode: statements are sent without waiting, and one round
 * trip brings all their results. Parameters ?1 … become $1 …; all values travel in binary form. A
 * connection belongs to one thread at a time. Beside the kinds of sql/ there are arrays: 'I' of
 * numbers, 'S' of texts, as bytes in binary form.
 *
 * YIHU_ERROR_OFFLINE: the connection is broken and stays so. */

G_BEGIN_DECLS

typedef struct _YihuPgConnection YihuPgConnection;

typedef struct
{
  PGresult *result; /* (nullable): not here yet */
  int first_row;
  int n_rows; /* those of this statement */
  gboolean is_shared; /* the result belongs to somebody else */
} YihuPgSlot;

/* @is_writer: takes the lock that keeps a second server out, and checks that commits are durable.
 * (transfer full) */
YihuPgConnection *yihu_pg_connection_open (const char *uri, gboolean is_writer, GError **error);
void yihu_pg_connection_free (YihuPgConnection *self);
/* Lets the server know that nobody is here any more; broken from now on. */
void yihu_pg_connection_drop (YihuPgConnection *self);
gboolean yihu_pg_connection_is_broken (YihuPgConnection *self);
/* Looks without waiting whether the server has closed an idle connection. */
gboolean yihu_pg_connection_is_alive (YihuPgConnection *self);

YihuPgStatement *yihu_pg_connection_find_statement (YihuPgConnection *self, const char *sql);
/* @slot: (nullable): where the result goes at the next sync; must live until then. */
gboolean yihu_pg_connection_send (YihuPgConnection *self,
                                  YihuPgStatement *statement,
                                  const YihuSqlValue *values,
                                  guint n_values,
                                  YihuPgSlot *slot,
                                  GError **error);
guint yihu_pg_connection_get_n_sent (YihuPgConnection *self);
guint yihu_pg_connection_get_n_syncs (YihuPgConnection *self);
/* Waits for all that was sent; the first failure is the error. */
gboolean yihu_pg_connection_sync (YihuPgConnection *self, GError **error);
/* As a sync with a COMMIT at its end, which must have been one. */
gboolean yihu_pg_connection_commit (YihuPgConnection *self, GError **error);

/* One query whose rows come one by one; nothing else may be sent until stream_end(). */
gboolean yihu_pg_connection_stream (YihuPgConnection *self,
                                    YihuPgStatement *statement,
                                    const YihuSqlValue *values,
                                    guint n_values,
                                    GError **error);
PGresult *yihu_pg_connection_stream_next (YihuPgConnection *self,
                                          GError **error); /* NULL without error: the end */
void yihu_pg_connection_stream_end (YihuPgConnection *self);

/* Several statements without parameters, at once. */
gboolean yihu_pg_connection_exec (YihuPgConnection *self, const char *sql, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuPgConnection, yihu_pg_connection_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PGresult, PQclear)

G_END_DECLS
