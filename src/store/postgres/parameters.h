/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sql/database.h"

#include <libpq-fe.h>

/* The values of one statement in the binary form in which libpq sends them. */

G_BEGIN_DECLS

#define YIHU_PG_MAX_VALUES 128

typedef struct
{
  Oid types[YIHU_PG_MAX_VALUES];
  const char *values[YIHU_PG_MAX_VALUES];
  int lengths[YIHU_PG_MAX_VALUES];
  int formats[YIHU_PG_MAX_VALUES];
  gint64 numbers[YIHU_PG_MAX_VALUES];
} YihuPgParameters;

/* Texts and bytes stay those of @values. At most YIHU_PG_MAX_VALUES. */
void yihu_pg_parameters_fill (YihuPgParameters *self, const YihuSqlValue *values, guint n_values);

G_END_DECLS
