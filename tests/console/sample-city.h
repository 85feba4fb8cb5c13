/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fake-book.h"

/* A small invented city in a fake book: divisions, providers, items, institutions, elders, orders
 * with their steps, calls. The same n gives the same city. */

G_BEGIN_DECLS

/* 2026-11-21 14:32:07 in Shanghai. */
#define YIHU_SAMPLE_NOW_US G_GINT64_CONSTANT (1795242727000000)
#define YIHU_SAMPLE_COUNTY G_GINT64_CONSTANT (210802000000)

YihuAccount *yihu_sample_account (YihuRole role);
YihuBook *yihu_sample_book (YihuRole role, guint n_orders);
/* Order @i (0…): wrong position at i % 9 == 3, short at i % 7 == 2, else sound. */
char *yihu_sample_order_id (guint i);
void yihu_sample_figures (YihuFigures *figures);

G_END_DECLS
