/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pango/pangocairo.h>

#include "map/tiles/palette.h"

/* Which labels the base map shows at one scale, and where. The plan covers the whole package and
 * depends on nothing but package, zoom and scale; a tile draws those of its labels whose box
 * touches it. Two neighbouring tiles therefore draw the same label at the same place, each its
 * part: no label is cut at a border. Immutable after making; any thread may look. */

G_BEGIN_DECLS

typedef struct
{
  const char *text; /* of the package, which the plan holds */
  YihuFeatureClass class;
  double x; /* middle, in world pixels */
  double y;
  double angle; /* of the line it follows, radians, -45° to 135° */
  gboolean stacked; /* characters one below the other along a steep line */
  double left; /* box with halo, in world pixels */
  double top;
  double right;
  double bottom;
} YihuLabel;

typedef struct _YihuLabelPlan YihuLabelPlan;

/* @context: of the calling thread. @cancellable: stops early, with NULL. */
YihuLabelPlan *yihu_label_plan_new (YihuBasePackage *package,
                                    PangoContext *context,
                                    guint zoom,
                                    double scale_px,
                                    GCancellable *cancellable);
YihuLabelPlan *yihu_label_plan_ref (YihuLabelPlan *self);
void yihu_label_plan_unref (YihuLabelPlan *self);
const YihuLabel *yihu_label_plan_get_labels (YihuLabelPlan *self, guint *n_labels);
double yihu_label_plan_get_scale_px (YihuLabelPlan *self);
guint yihu_label_plan_get_zoom (YihuLabelPlan *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuLabelPlan, yihu_label_plan_unref)

G_END_DECLS
