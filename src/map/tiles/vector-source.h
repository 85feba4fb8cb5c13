/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "map/tiles/base-package.h"
#include "map/tiles/tile-source.h"

/* Paints tiles from the base map package with cairo and Pango, in the light or the dark palette. */

G_BEGIN_DECLS

#define YIHU_TYPE_VECTOR_SOURCE (yihu_vector_source_get_type ())
G_DECLARE_FINAL_TYPE (YihuVectorSource, yihu_vector_source, YIHU, VECTOR_SOURCE, GObject)

YihuTileSource *yihu_vector_source_new (YihuBasePackage *package, gboolean dark);

G_END_DECLS
