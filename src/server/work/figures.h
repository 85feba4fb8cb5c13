/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "wire/figures.h"

/* The wall's figures of one range at one moment, counted as docs/figures.md defines them. Any
 * thread, with a reading connection. */

G_BEGIN_DECLS

/* @recent: (nullable): figures of the same range, whose sizes of the register still hold: counting
 * a million elders each second would be most of the work. */
gboolean yihu_figures_count (YihuStore *store,
                             YihuDivisionRange range,
                             gint64 now_us,
                             const YihuFigures *recent,
                             YihuFigures *figures,
                             GError **error);

G_END_DECLS
