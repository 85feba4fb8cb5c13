/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "map/tiles/label-plan.h"

/* Measuring and painting one label of the base map with Pango. A PangoContext belongs to the thread
 * that made it. */

G_BEGIN_DECLS

PangoContext *yihu_label_context_new (void);
void yihu_label_measure (PangoContext *context,
                         const char *text,
                         YihuFeatureClass class,
                         double *width_px,
                         double *height_px);
/* @left_px, @top_px: the tile's corner in world pixels. */
void yihu_label_paint (const YihuLabel *label,
                       cairo_t *cr,
                       PangoContext *context,
                       const YihuMapPalette *palette,
                       double left_px,
                       double top_px);

G_END_DECLS
