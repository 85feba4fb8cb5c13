/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "map/tiles/projection.h"

/* Thousands of equal small dots as one texture: a node a dot would cost more than the whole map. */

G_BEGIN_DECLS

/* @points: in the frame or not. @place: (out): where the texture belongs. Returns: (transfer full)
 * (nullable): NULL where no dot is visible. */
GdkTexture *yihu_point_cloud_paint (const YihuWorldPoint *points,
                                    guint n_points,
                                    const YihuMapFrame *frame,
                                    guint32 colour,
                                    double alpha,
                                    double radius_px,
                                    graphene_rect_t *place);

G_END_DECLS
