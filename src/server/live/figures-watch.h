/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/division-code.h"
#include "server/work/readers.h"
#include "wire/figures.h"

/* Counts figures for whoever watches, off the main loop, at most one count at a time. */

G_BEGIN_DECLS

typedef struct _YihuFiguresWatch YihuFiguresWatch;

/* (transfer none) */
typedef void (*YihuFiguresFunc) (YihuDivisionRange range,
                                 const YihuFigures *figures,
                                 gpointer data);

YihuFiguresWatch *
yihu_figures_watch_new (YihuReaders *readers, YihuFiguresFunc func, gpointer data);
void yihu_figures_watch_free (YihuFiguresWatch *self); /* no call comes afterwards */

/* @ranges: (element-type YihuDivisionRange). Does nothing while a count is running. */
void yihu_figures_watch_count (YihuFiguresWatch *self, GArray *ranges, gint64 now_us);

G_END_DECLS
