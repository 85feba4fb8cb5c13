/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "map/tiles/geometry.h"

/* Where the label of a polygon belongs: the middle of the widest stretch inside of the ring at the
 * height of its centroid, so that a bent shape does not get its name outside of itself. */

G_BEGIN_DECLS

YihuMapVertex yihu_ring_anchor (const YihuMapVertex *ring, guint n);

G_END_DECLS
