/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Shapes beyond the bounds of the package. */

#include "map/tiles/outskirts.h"

#define TIMES 2
#define EDGE_PARTS 2000 /* a vertex within this part of the box's size lies on the edge */

static guint32
extend (guint32 value, guint32 low, guint32 high)
{
  gint64 size = (gint64) high - low;
  gint64 slack = size / EDGE_PARTS + 1;
  gint64 moved = value;

  if (value <= low + slack)
    moved = (gint64) low - TIMES * size;
  else if (value + slack >= high)
    moved = (gint64) high + TIMES * size;
  return (guint32) CLAMP (moved, 0, (gint64) G_MAXUINT32);
}

void
yihu_outskirts_extend (YihuMapVertex *vertices, guint n, YihuMapVertex low, YihuMapVertex high)
{
  for (guint i = 0; i < n; i++)
    {
      vertices[i].x = extend (vertices[i].x, low.x, high.x);
      vertices[i].y = extend (vertices[i].y, low.y, high.y);
    }
}
