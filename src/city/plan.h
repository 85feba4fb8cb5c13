/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/division-code.h"
#include "city/ground.h"

/* The invented city: real names and codes of the divisions of Yingkou, and shapes, roads, rivers
 * and houses that nobody has surveyed. Everything stands on the flat plane; yihu_plan_to_geo()
 * gives the position on the map. Immutable once it is made. */

G_BEGIN_DECLS

typedef struct
{
  gint64 code;
  char *name;
  YihuDivisionLevel level;
  guint parent; /* index of the division above; the city is its own */
  gboolean is_built; /* street: a town quarter (街道); community: has a grid of streets */
  YihuPoint centre;
  GArray *cell; /* ring on the flat plane */
  double radius_m; /* community: how far its houses reach */
  double turn; /* community: how its streets lie, radians */
  double weight; /* community: share of the elders */
  guint first_spot; /* community: its spots follow one another */
  guint n_spots;
} YihuArea;

/* A group of houses with one address: a housing estate or a group of a village. */
typedef struct
{
  guint area; /* index of its community */
  YihuPoint at;
  double turn;
  double reach_m; /* houses stand within this distance, all inside the community */
  char *name; /* 幸福小区; village: 3组 */
  char *road; /* road it lies at; "" in villages */
  guint number; /* house number at the road */
} YihuSpot;

/* One shape of the base map (docs/basemap.md), still on the flat plane. */
typedef struct
{
  const char *kind; /* class: land, water, river, park, … */
  char *name; /* (nullable) */
  gint64 code;
  guint min_zoom;
  gboolean is_closed;
  gboolean is_plain; /* corners of the sheet: not bent */
  GArray *line;
} YihuShape;

typedef struct _YihuPlan YihuPlan;

YihuPlan *yihu_plan_new (guint64 seed);
void yihu_plan_free (YihuPlan *self);

/* Divisions in the order of their codes: the city, then each district with its streets, each with
 * its communities. */
guint yihu_plan_get_n_areas (YihuPlan *self);
const YihuArea *yihu_plan_get_area (YihuPlan *self, guint index);
const YihuArea *yihu_plan_get_parent (YihuPlan *self, const YihuArea *area);
char *yihu_plan_dup_place_name (const YihuArea *area); /* 石桥村 for 石桥村委会. (transfer full) */
int yihu_plan_find_area (YihuPlan *self, gint64 code); /* -1: none */

const YihuSpot *yihu_plan_get_spot (YihuPlan *self, guint index);
guint yihu_plan_get_n_shapes (YihuPlan *self);
const YihuShape *yihu_plan_get_shape (YihuPlan *self, guint index);

int yihu_plan_locate (YihuPlan *self, YihuPoint p); /* community on whose ground @p lies; -1 */
gboolean yihu_plan_is_dry (YihuPlan *self, YihuPoint p, double margin_m); /* no sea, lake, river */
YihuGeoPoint yihu_plan_to_geo (YihuPlan *self, YihuPoint p);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuPlan, yihu_plan_free)

G_END_DECLS
