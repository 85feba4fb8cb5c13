/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Positions are WGS-84; records keep them as int32-sized integers of 1e-7 degree (E7), 0/0 =
 * unknown. A base map in another datum gets the overlays projected into its datum, never the other
 * way round. Formulae and vectors: docs/datum.md. */

G_BEGIN_DECLS

typedef enum
{
  YIHU_DATUM_WGS84,
  YIHU_DATUM_GCJ02,
  YIHU_DATUM_BD09,
} YihuDatum;

typedef struct
{
  double lat; /* degrees, -90..90 */
  double lon; /* degrees, -180..180 */
} YihuGeoPoint;

YihuGeoPoint yihu_geo_point_from_e7 (gint64 lat_e7, gint64 lon_e7);
gint64 yihu_geo_e7 (double degrees);
gboolean yihu_geo_point_is_set (YihuGeoPoint point);
double yihu_geo_point_distance_m (YihuGeoPoint a,
                                  YihuGeoPoint b); /* great circle, R = 6371008.8 m */
YihuGeoPoint yihu_geo_point_to_datum (YihuGeoPoint wgs84, YihuDatum datum);
YihuGeoPoint yihu_geo_point_from_datum (YihuGeoPoint point, YihuDatum datum);

G_END_DECLS
