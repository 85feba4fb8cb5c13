/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/record.h"

/* What a provider asks for an item, and how much of it a subsidy bears. */

G_BEGIN_DECLS

typedef struct
{
  YihuRecord record;
  char *provider;
  char *item;
  gint64 price_fen;
  gint64 subsidy_fen;
} YihuPrice;

YIHU_DEFINE_RECORD (YihuPrice, yihu_price)

G_END_DECLS
