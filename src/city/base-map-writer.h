/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "city/plan.h"

#include <gio/gio.h>

/* Writes the plan as a base map package (docs/basemap.md). */

G_BEGIN_DECLS

gboolean yihu_base_map_write (YihuPlan *plan, const char *path, GError **error);

G_END_DECLS
