/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sql/database.h"

/* One-dimensional arrays in PostgreSQL's binary form, filled value by value. */

G_BEGIN_DECLS

typedef struct
{
  char kind; /* 'i': bigint[], 's': text[] */
  guint n_values;
  GByteArray *bytes; /* (owned) */
} YihuPgArray;

void yihu_pg_array_init (YihuPgArray *self, char kind);
void yihu_pg_array_clear (YihuPgArray *self);
void yihu_pg_array_add (YihuPgArray *self, const YihuSqlValue *value);
/* The whole as a parameter (kind 'I' or 'S'), and empty again. Its bytes are (transfer full). */
YihuSqlValue yihu_pg_array_take (YihuPgArray *self);

G_END_DECLS
