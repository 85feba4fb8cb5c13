/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Decoder of the geometry blob. Positions are projected at once: the map never needs degrees
 * again. */

#include "map/tiles/geometry.h"

#include <string.h>

#include "map/tiles/projection.h"

#define BYTES_A_POINT 8
#define HIGHEST_LAT_E7 900000000
#define HIGHEST_LON_E7 1800000000

static gint32
read_int32 (const guint8 *data)
{
  guint32 raw;

  memcpy (&raw, data, sizeof raw);
  return (gint32) GUINT32_FROM_LE (raw);
}

gboolean
yihu_geometry_decode (const guint8 *data, gsize size, guint least, GArray *vertices)
{
  gsize n = size / BYTES_A_POINT;
  guint before = vertices->len;

  if (size % BYTES_A_POINT != 0 || n < least || n > YIHU_GEOMETRY_MAX_POINTS)
    return FALSE;

  for (gsize i = 0; i < n; i++)
    {
      gint32 lat_e7 = read_int32 (data + i * BYTES_A_POINT);
      gint32 lon_e7 = read_int32 (data + i * BYTES_A_POINT + 4);
      YihuGeoPoint point = { lat_e7 / 1e7, lon_e7 / 1e7 };
      YihuWorldPoint world;
      YihuMapVertex vertex;

      if (lat_e7 < -HIGHEST_LAT_E7 || lat_e7 > HIGHEST_LAT_E7 || lon_e7 < -HIGHEST_LON_E7
          || lon_e7 > HIGHEST_LON_E7)
        {
          g_array_set_size (vertices, before);
          return FALSE;
        }
      world = yihu_world_point_from_geo (point);
      vertex.x = yihu_world_to_fixed (world.x);
      vertex.y = yihu_world_to_fixed (world.y);
      g_array_append_val (vertices, vertex);
    }
  return TRUE;
}
