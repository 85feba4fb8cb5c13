/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The geometry blob of a base map feature (docs/basemap.md): little-endian int32 pairs lat_e7,
 * lon_e7. It comes from a file that somebody else made: every length and range is checked here. */

G_BEGIN_DECLS

#define YIHU_GEOMETRY_MAX_POINTS 100000

typedef struct
{
  guint32 x; /* Web Mercator, the world's side is 2^32 */
  guint32 y;
} YihuMapVertex;

/* Appends the vertices of @data to @vertices (of YihuMapVertex). Returns: FALSE, with @vertices as
 * before, where the length is no whole number of points, where there are fewer than @least or too
 * many, or where a position is not on the globe. */
gboolean yihu_geometry_decode (const guint8 *data, gsize size, guint least, GArray *vertices);

G_END_DECLS
