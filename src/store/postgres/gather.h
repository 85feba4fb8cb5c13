/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/postgres/fetched.h"

/* Many statements of one text become one: the rows that a batch inserts into a table go out as
 * arrays, and so do the keys that it looks up. A statement costs the database far more than a row.
 *
 * Whoever sends anything else calls flush() first, so that the order of writes to a row, and of
 * writes and reads, stays that of the calls. */

G_BEGIN_DECLS

typedef struct _YihuPgGather YihuPgGather;

YihuPgGather *yihu_pg_gather_new (void);
void yihu_pg_gather_free (YihuPgGather *self);
void yihu_pg_gather_clear (YihuPgGather *self);
/* Before a rollback: what was sent may still be answered and stays. */
void yihu_pg_gather_drop_unsent (YihuPgGather *self);

/* FALSE without error: cannot be gathered, send it by itself (after a flush). */
gboolean yihu_pg_gather_write (YihuPgGather *self,
                               YihuPgConnection *connection,
                               YihuPgStatement *statement,
                               const YihuSqlValue *values,
                               guint n_values,
                               GError **error);
/* @slot: of the one row that has this key. FALSE: cannot be gathered. */
gboolean yihu_pg_gather_lookup (YihuPgGather *self,
                                YihuPgStatement *statement,
                                const YihuSqlValue *values,
                                guint n_values,
                                YihuPgSlot *slot);
/* Sends what was gathered. */
gboolean yihu_pg_gather_flush (YihuPgGather *self, YihuPgConnection *connection, GError **error);
/* After a sync: the results of look-ups go into their slots. */
void yihu_pg_gather_settle (YihuPgGather *self);

G_END_DECLS
