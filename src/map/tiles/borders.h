/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "map/tiles/geometry.h"

/* The borders of neighbouring areas, each stretch once: two districts share their border, and two
 * dashed lines over each other would look like a solid one. */

G_BEGIN_DECLS

typedef struct _YihuBorderSet YihuBorderSet;

typedef void (*YihuBorderFunc) (const YihuMapVertex *vertices, guint n, gpointer data);

YihuBorderSet *yihu_border_set_new (void);
void yihu_border_set_free (YihuBorderSet *self);
/* Calls @func for each run of the ring's edges that no ring before had. */
void yihu_border_set_add_ring (YihuBorderSet *self,
                               const YihuMapVertex *ring,
                               guint n,
                               YihuBorderFunc func,
                               gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuBorderSet, yihu_border_set_free)

G_END_DECLS
