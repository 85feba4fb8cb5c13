/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A statement of the store as PostgreSQL takes it, and which rows it concerns. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_PG_NEW,
  YIHU_PG_SENT, /* its preparation is under way */
  YIHU_PG_READY,
} YihuPgPreparing;

typedef struct
{
  char *sql;
  char *text; /* with $1 … */
  char name[16];
  YihuPgPreparing preparing;
  gboolean is_write;
  char **tables; /* what it reads or writes */
  char *key_column; /* (nullable): it finds or writes one row of its table, by ?1 in this column */
} YihuPgStatement;

YihuPgStatement *yihu_pg_statement_new (const char *sql, guint number);
void yihu_pg_statement_free (YihuPgStatement *self);

G_END_DECLS
