/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/postgres/connection.h"

/* What a transaction of the one writer has fetched ahead: the results of statements by their texts
 * and values. A write takes out whatever it may have changed, so that what is found here is what
 * the database would answer. */

G_BEGIN_DECLS

typedef struct _YihuPgFetched YihuPgFetched;

YihuPgFetched *yihu_pg_fetched_new (void);
void yihu_pg_fetched_free (YihuPgFetched *self);
void yihu_pg_fetched_clear (YihuPgFetched *self);

/* (transfer none) (nullable): the slot stays valid until clear(). */
YihuPgSlot *yihu_pg_fetched_find (YihuPgFetched *self,
                                  YihuPgStatement *statement,
                                  const YihuSqlValue *values,
                                  guint n_values);
YihuPgSlot *yihu_pg_fetched_add (YihuPgFetched *self,
                                 YihuPgStatement *statement,
                                 const YihuSqlValue *values,
                                 guint n_values);
void yihu_pg_fetched_forget (YihuPgFetched *self,
                             YihuPgStatement *write,
                             const YihuSqlValue *values,
                             guint n_values);

G_END_DECLS
