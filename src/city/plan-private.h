/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "city/plan.h"
#include "city/word-list.h"

/* What the steps of planning share. They run in the order of the declarations; each may read what
 * the ones before it have made. */

G_BEGIN_DECLS

/* A piece of road between two crossings, kept for the houses along it. */
typedef struct
{
  YihuPoint a;
  YihuPoint b;
  const char *road; /* name, owned by a shape */
} YihuFrontage;

struct _YihuPlan
{
  guint64 seed;
  YihuGround ground;
  GArray *areas; /* (owned) YihuArea */
  GArray *spots; /* (owned) YihuSpot */
  GPtrArray *shapes; /* (owned) YihuShape */
  GArray *coast; /* (owned) from north to south, the whole sheet */
  GArray *outline; /* (owned) ring: the city's own ground */
  GPtrArray *rivers; /* (owned) lines */
  GPtrArray *lakes; /* (owned) rings */
  GPtrArray *parks; /* (owned) rings of parks inside towns */
  GArray **frontages; /* (owned) YihuFrontage of each area */
};

#define plan_area(self, i) (&g_array_index ((self)->areas, YihuArea, i))

/* Takes @line. */
YihuShape *yihu_plan_add_shape (YihuPlan *self,
                                const char *kind,
                                const char *name,
                                guint min_zoom,
                                gboolean is_closed,
                                GArray *line);
void
yihu_plan_add_frontage (YihuPlan *self, guint area, YihuPoint a, YihuPoint b, const char *road);

void yihu_plan_load_divisions (YihuPlan *self);
void yihu_plan_make_coast (YihuPlan *self);
void yihu_plan_make_rivers (YihuPlan *self);
void yihu_plan_make_cells (YihuPlan *self);
void yihu_plan_make_parks (YihuPlan *self);
void yihu_plan_make_town_roads (YihuPlan *self);
void yihu_plan_make_country_roads (YihuPlan *self);
void yihu_plan_make_lakes (YihuPlan *self);
void yihu_plan_make_spots (YihuPlan *self);
void yihu_plan_make_labels (YihuPlan *self);

G_END_DECLS
