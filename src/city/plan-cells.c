/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where districts, streets and communities lie: invented centres, and around each the ground that
 * is nearer to it than to its brothers (a power diagram for the districts, Voronoi cells below),
 * cut out of the ground of the division above. Quarters of a town stand close around its middle
 * in the manner of sunflower seeds; villages keep away from each other and from the border. */

#include "city/plan-private.h"

#include <math.h>

#define GOLDEN_ANGLE 2.399963229728653

/* Hand-made, in kilometres; @weight moves the border away from the seed. */
static const struct
{
  gint64 code;
  double seed_x, seed_y; /* for the cell */
  double weight;
  double town_x, town_y; /* middle of its town */
} districts[] = {
  { G_GINT64_CONSTANT (210802000000), 2.5, 37.5, -40, 0.6, 33.6 },
  { G_GINT64_CONSTANT (210803000000), -8, 32, 20, -4.4, 33.2 },
  { G_GINT64_CONSTANT (210804000000), -15, -24, 60, -13.5, -18.5 },
  { G_GINT64_CONSTANT (210811000000), 5, 22, 20, 2.0, 28.2 },
  { G_GINT64_CONSTANT (210881000000), 22, -13, 400, 9.5, -1.5 },
  { G_GINT64_CONSTANT (210882000000), 29, 29, 210, 23.0, 26.5 },
};

static void
cut_cell (YihuPlan *self, guint index, guint parent, const double *weights)
{
  YihuArea *area = plan_area (self, index);
  GArray *ring = g_array_ref (plan_area (self, parent)->cell);

  for (guint i = 1; i < self->areas->len; i++)
    {
      const YihuArea *other = plan_area (self, i);
      YihuHalfPlane plane;
      GArray *clipped;

      if (i == index || other->level != area->level || other->parent != parent)
        continue;
      plane = yihu_half_plane_between (area->centre, weights != NULL ? weights[index] : 0,
                                       other->centre, weights != NULL ? weights[i] : 0);
      clipped = yihu_ring_clip (ring, plane);
      g_array_unref (ring);
      ring = clipped;
    }
  area->cell = ring;
}

static void
make_district_cells (YihuPlan *self)
{
  g_autofree double *weights = g_new0 (double, self->areas->len);

  for (guint i = 0; i < G_N_ELEMENTS (districts); i++)
    {
      int index = yihu_plan_find_area (self, districts[i].code);

      plan_area (self, index)->centre =
          (YihuPoint){ districts[i].seed_x * 1000, districts[i].seed_y * 1000 };
      weights[index] = districts[i].weight * 1e6;
    }
  for (guint i = 0; i < G_N_ELEMENTS (districts); i++)
    cut_cell (self, (guint) yihu_plan_find_area (self, districts[i].code), 0, weights);
  for (guint i = 0; i < G_N_ELEMENTS (districts); i++)
    plan_area (self, yihu_plan_find_area (self, districts[i].code))->centre =
        (YihuPoint){ districts[i].town_x * 1000, districts[i].town_y * 1000 };
}

/* The brothers of an area that have been placed already. */
typedef struct
{
  YihuPlan *plan;
  guint parent;
  GArray *placed; /* YihuPoint */
  double margin_m;
  double gap_m;
  double water_m;
} YihuPlacing;

static gboolean
is_free (YihuPlacing *placing, YihuPoint p)
{
  const YihuArea *parent = plan_area (placing->plan, placing->parent);

  if (!yihu_ring_contains (parent->cell, p)
      || yihu_line_is_within (parent->cell, TRUE, p, placing->margin_m)
      || !yihu_plan_is_dry (placing->plan, p, placing->water_m))
    return FALSE;
  for (guint i = 0; i < placing->placed->len; i++)
    if (yihu_point_distance (yihu_line_get (placing->placed, i), p) < placing->gap_m)
      return FALSE;
  return TRUE;
}

/* The next free seed of a sunflower with @spacing_m around the middle of the parent. */
static gboolean
place_in_sunflower (YihuPlacing *placing, double spacing_m, guint *seed, YihuPoint *found)
{
  YihuPoint middle = plan_area (placing->plan, placing->parent)->centre;
  double phase = (double) (plan_area (placing->plan, placing->parent)->code % 628) / 100;

  for (guint tries = 0; tries < 250; tries++)
    {
      double radius = spacing_m * sqrt (*seed + (*seed > 0 ? 0.4 : 0.02));
      double angle = phase + GOLDEN_ANGLE * *seed;
      YihuPoint p = { middle.x + radius * cos (angle), middle.y + radius * sin (angle) };

      (*seed)++;
      if (is_free (placing, p))
        {
          *found = p;
          return TRUE;
        }
    }
  return FALSE;
}

/* Of many random points the one farthest from brothers and border. */
static YihuPoint
place_apart (YihuPlacing *placing, YihuRandom *random)
{
  const GArray *cell = plan_area (placing->plan, placing->parent)->cell;
  YihuPoint best = yihu_ring_centroid (cell);
  YihuPoint low = yihu_line_get (cell, 0);
  YihuPoint high = low;
  double best_score = -1;

  for (guint i = 0; i < cell->len; i++)
    {
      YihuPoint p = yihu_line_get (cell, i);

      low = (YihuPoint){ MIN (low.x, p.x), MIN (low.y, p.y) };
      high = (YihuPoint){ MAX (high.x, p.x), MAX (high.y, p.y) };
    }
  for (guint tries = 0; tries < 90; tries++)
    {
      YihuPoint p = { yihu_random_range (random, low.x, high.x),
                      yihu_random_range (random, low.y, high.y) };
      double score = HUGE_VAL;

      if (!yihu_ring_contains (cell, p))
        continue;
      for (guint i = 0; i < placing->placed->len; i++)
        score = MIN (score, yihu_point_distance (yihu_line_get (placing->placed, i), p));
      score = MIN (score, 1.5 * yihu_line_distance (cell, TRUE, p));
      if (!yihu_plan_is_dry (placing->plan, p, placing->water_m))
        score *= 0.02;
      if (score > best_score)
        {
          best_score = score;
          best = p;
        }
    }
  return best;
}

/* Puts the children of @parent down: first the built ones around the middle, then the others. */
static void
place_children (YihuPlan *self, guint parent, double spacing_m, double margin_m)
{
  const YihuArea *above = plan_area (self, parent);
  YihuRandom random = yihu_random_new (self->seed, "place", (guint64) above->code);
  g_autoptr (YihuLine) placed = yihu_line_new ();
  YihuPlacing placing = { self, parent, placed, margin_m, spacing_m * 0.8, MIN (margin_m, 260) };
  guint seed = 0;

  for (int built = 1; built >= 0; built--)
    for (guint i = parent + 1; i < self->areas->len; i++)
      {
        YihuArea *area = plan_area (self, i);

        if (area->parent != parent || area->level != above->level + 1 || area->is_built != built)
          continue;
        if (!built || !place_in_sunflower (&placing, spacing_m, &seed, &area->centre))
          area->centre = place_apart (&placing, &random);
        g_array_append_val (placed, area->centre);
      }
  for (guint i = parent + 1; i < self->areas->len; i++)
    if (plan_area (self, i)->parent == parent && plan_area (self, i)->level == above->level + 1)
      cut_cell (self, i, parent, NULL);
}

static guint
count_children (YihuPlan *self, guint parent, gboolean only_built)
{
  guint n = 0;

  for (guint i = parent + 1; i < self->areas->len; i++)
    if (plan_area (self, i)->parent == parent && (!only_built || plan_area (self, i)->is_built))
      n++;
  return n;
}

/* A town without quarters of its own has its seat in its first village. */
static void
give_town_a_seat (YihuPlan *self, guint street)
{
  for (guint i = street + 1; i < self->areas->len; i++)
    if (plan_area (self, i)->parent == street)
      {
        plan_area (self, i)->is_built = TRUE;
        return;
      }
}

static void
make_communities (YihuPlan *self, guint street)
{
  YihuArea *above = plan_area (self, street);
  double area_m2 = yihu_ring_area (above->cell);
  guint built = count_children (self, street, TRUE);
  double spacing;

  if (built == 0)
    give_town_a_seat (self, street);
  spacing = sqrt (0.5 * area_m2 / (G_PI * MAX (built, 1)));
  place_children (self, street, CLAMP (spacing, 240, 520), 150);
}

static void
weigh_community (YihuPlan *self, YihuArea *area)
{
  YihuRandom random = yihu_random_new (self->seed, "weight", (guint64) area->code);
  const YihuArea *street = plan_area (self, area->parent);
  double side = sqrt (yihu_ring_area (area->cell));

  if (area->is_built)
    area->radius_m = CLAMP (0.66 * side, 260, street->is_built ? 820 : 620);
  else
    area->radius_m = CLAMP (0.2 * side, 160, 330) * yihu_random_range (&random, 0.8, 1.15);
  area->weight = (area->is_built ? (street->is_built ? 3.2 : 1.9) : 0.75)
                 * yihu_random_log_normal (&random, 1, 0.3);
}

void
yihu_plan_make_cells (YihuPlan *self)
{
  plan_area (self, 0)->cell = g_array_ref (self->outline);
  make_district_cells (self);

  for (guint i = 1; i < self->areas->len; i++)
    if (plan_area (self, i)->level == YIHU_DIVISION_LEVEL_COUNTY)
      place_children (self, i, 1250, 420);
  for (guint i = 1; i < self->areas->len; i++)
    if (plan_area (self, i)->level == YIHU_DIVISION_LEVEL_STREET)
      make_communities (self, i);
  for (guint i = 1; i < self->areas->len; i++)
    if (plan_area (self, i)->level == YIHU_DIVISION_LEVEL_COMMUNITY)
      weigh_community (self, plan_area (self, i));
}
