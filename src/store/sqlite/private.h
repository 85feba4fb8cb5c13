/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sql/database.h"
#include "store/sqlite/sqlite-store.h"
#include "store/store-interface.h"

/* What the files of the SQLite engine share: the connection, and who fills in which part of the
 * interface. */

G_BEGIN_DECLS

struct _YihuSqliteStore
{
  GObject parent_instance;

  YihuDatabase *database; /* (owned) */
  GHashTable *texts; /* (owned) SQL by type and purpose, see records.c */
};

/* Rows that a range may see: parameters ?1 lo, ?2 hi. */
#define YIHU_SQL_IN_RANGE "(division = 0 OR (division >= ?1 AND division < ?2))"

gboolean yihu_sqlite_schema_migrate (YihuDatabase *database, GError **error);

void yihu_sqlite_records_fill (YihuStoreInterface *iface);
void yihu_sqlite_journal_fill (YihuStoreInterface *iface);
void yihu_sqlite_accounts_fill (YihuStoreInterface *iface);
void yihu_sqlite_facts_fill (YihuStoreInterface *iface);

G_END_DECLS
