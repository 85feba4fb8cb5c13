/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "base/geo-point.h"
#include "map/tiles/geometry.h"

/* The base map package (docs/basemap.md) as one immutable thing in memory: read once, in a worker,
 * by a reader that bounds everything; afterwards any thread may look. A damaged row is skipped and
 * counted, a damaged file is YIHU_ERROR_CORRUPT. */

G_BEGIN_DECLS

#define YIHU_BASE_PACKAGE_MAX_BYTES (64 * 1024 * 1024)
#define YIHU_BASE_PACKAGE_MAX_FEATURES 200000

typedef enum
{
  YIHU_FEATURE_LAND,
  YIHU_FEATURE_PARK,
  YIHU_FEATURE_WATER,
  YIHU_FEATURE_RIVER,
  YIHU_FEATURE_STREET,
  YIHU_FEATURE_DISTRICT,
  YIHU_FEATURE_RAIL,
  YIHU_FEATURE_ROAD_MINOR,
  YIHU_FEATURE_ROAD_MAJOR,
  YIHU_FEATURE_PLACE,
} YihuFeatureClass; /* in the order of drawing */
#define YIHU_N_FEATURE_CLASSES 10

typedef struct
{
  YihuFeatureClass class;
  guint min_zoom;
  const char *name; /* (nullable): interned in the package */
  const YihuMapVertex *vertices;
  guint n_vertices;
  YihuMapVertex low; /* bounding box, from the vertices */
  YihuMapVertex high;
  YihuMapVertex anchor; /* where a label belongs: inside of a polygon */
  gboolean closed; /* a ring: the last vertex is joined to the first */
} YihuMapFeature;

typedef struct _YihuBasePackage YihuBasePackage;

/* Looks at the head of the file only (a few bytes, any thread): is it a package of this version? */
gboolean yihu_base_package_check (const char *path, GError **error);
/* Reads the whole file; takes tens of milliseconds: call it in a worker. */
YihuBasePackage *
yihu_base_package_load (const char *path, GCancellable *cancellable, GError **error);
YihuBasePackage *yihu_base_package_ref (YihuBasePackage *self);
void yihu_base_package_unref (YihuBasePackage *self);

/* Features of one class; (transfer none). */
const YihuMapFeature *
yihu_base_package_get_features (YihuBasePackage *self, YihuFeatureClass class, guint *n_features);
/* Borders of districts or streets as open lines, each stretch once; (transfer none). */
const YihuMapFeature *
yihu_base_package_get_borders (YihuBasePackage *self, YihuFeatureClass class, guint *n_borders);
guint yihu_base_package_get_n_skipped (YihuBasePackage *self);
const char *yihu_base_package_get_attribution (YihuBasePackage *self); /* "" where there is none */
/* FALSE where the package is empty. */
gboolean
yihu_base_package_get_bounds (YihuBasePackage *self, YihuGeoPoint *low, YihuGeoPoint *high);

gboolean yihu_feature_class_is_area (YihuFeatureClass class);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuBasePackage, yihu_base_package_unref)

G_END_DECLS
