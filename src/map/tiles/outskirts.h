/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "map/tiles/geometry.h"

/* A package ends somewhere, a view often shows more. Land and water that were cut off at the
 * package's bounds go on beyond them, so that no straight coast stands where only the file ends. */

G_BEGIN_DECLS

/* Moves those of @vertices that lie on the edge of the box outwards, by twice the box's size. */
void
yihu_outskirts_extend (YihuMapVertex *vertices, guint n, YihuMapVertex low, YihuMapVertex high);

G_END_DECLS
