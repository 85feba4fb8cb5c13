/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Roads outside the towns: the lanes of each village, the country roads that tie the villages of a
 * street together, the main roads between towns, a motorway and a railway. */

#include "city/plan-private.h"

#include <math.h>

static YihuPoint
step (YihuPoint from, double angle, double distance_m)
{
  YihuPoint to = { from.x + distance_m * cos (angle), from.y + distance_m * sin (angle) };

  return to;
}

static void
add_lane (YihuPlan *self, guint index, YihuPoint a, YihuPoint b, YihuRandom *random)
{
  const YihuArea *area = plan_area (self, index);
  g_autoptr (YihuLine) straight = yihu_line_new ();
  g_autoptr (YihuLine) rough = NULL;

  g_array_append_val (straight, a);
  g_array_append_val (straight, b);
  rough = yihu_ground_rough_line (straight, 0.05, 120, random);
  for (guint i = 0; i < rough->len; i++)
    if (!yihu_ring_contains (area->cell, yihu_line_get (rough, i))
        || !yihu_plan_is_dry (self, yihu_line_get (rough, i), 15))
      {
        g_array_set_size (rough, i);
        break;
      }
  if (rough->len < 2)
    return;
  for (guint i = 0; i + 1 < rough->len; i++)
    yihu_plan_add_frontage (self, index, yihu_line_get (rough, i), yihu_line_get (rough, i + 1),
                            "");
  yihu_plan_add_shape (self, "road-minor", NULL, 14, FALSE, g_array_ref (rough));
}

static void
make_village (YihuPlan *self, guint index)
{
  YihuArea *area = plan_area (self, index);
  YihuRandom random = yihu_random_new (self->seed, "village", (guint64) area->code);
  double reach = area->radius_m;
  YihuPoint tail;
  double at;

  area->turn = yihu_random_range (&random, 0, G_PI);
  tail = step (area->centre, area->turn + G_PI, reach);
  add_lane (self, index, area->centre, step (area->centre, area->turn, reach), &random);
  add_lane (self, index, area->centre, tail, &random);
  for (at = -0.8 * reach; at < 0.85 * reach; at += yihu_random_range (&random, 75, 150))
    {
      YihuPoint on = step (area->centre, area->turn, at);
      double lean = area->turn + G_PI / 2 + yihu_random_range (&random, -0.2, 0.2);

      if (yihu_random_chance (&random, 0.8))
        add_lane (self, index, on, step (on, lean, yihu_random_range (&random, 60, 0.8 * reach)),
                  &random);
      if (yihu_random_chance (&random, 0.8))
        add_lane (self, index, on,
                  step (on, lean + G_PI, yihu_random_range (&random, 60, 0.8 * reach)), &random);
    }
}

/* A winding road; nothing is laid where it would run through the sea. */
static gboolean
add_road (YihuPlan *self,
          YihuPoint a,
          YihuPoint b,
          double roughness,
          const char *kind,
          const char *name,
          guint min_zoom)
{
  guint64 number = yihu_random_mix ((guint64) (gint64) a.x) ^ (guint64) (gint64) b.y;
  YihuRandom random = yihu_random_new (self->seed, "road", number);
  g_autoptr (YihuLine) straight = yihu_line_new ();
  g_autoptr (YihuLine) rough = NULL;

  g_array_append_val (straight, a);
  g_array_append_val (straight, b);
  rough = yihu_ground_rough_line (straight, roughness, 700, &random);
  for (guint i = 0; i < rough->len; i++)
    if (!yihu_ring_contains (self->outline, yihu_line_get (rough, i))
        || yihu_line_is_within (self->coast, FALSE, yihu_line_get (rough, i), 60))
      return FALSE;
  yihu_plan_add_shape (self, kind, name, min_zoom, FALSE, yihu_line_smooth (rough, 2));
  return TRUE;
}

/* Shortest tree over the communities of a street (Prim), grown from its town. */
static void
join_villages (YihuPlan *self, guint street)
{
  g_autoptr (GArray) nodes = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree gboolean *joined = NULL;

  for (guint i = street + 1; i < self->areas->len; i++)
    if (plan_area (self, i)->parent == street)
      g_array_append_val (nodes, i);
  if (nodes->len < 2)
    return;
  joined = g_new0 (gboolean, nodes->len);
  for (guint i = 0; i < nodes->len; i++)
    joined[i] = plan_area (self, g_array_index (nodes, guint, i))->is_built;
  joined[0] = TRUE;

  while (TRUE)
    {
      double best = HUGE_VAL;
      guint from = 0;
      guint to = 0;

      for (guint i = 0; i < nodes->len; i++)
        for (guint j = 0; j < nodes->len; j++)
          {
            double distance;

            if (!joined[i] || joined[j])
              continue;
            distance =
                yihu_point_distance (plan_area (self, g_array_index (nodes, guint, i))->centre,
                                     plan_area (self, g_array_index (nodes, guint, j))->centre);
            if (distance < best)
              {
                best = distance;
                from = i;
                to = j;
              }
          }
      if (best == HUGE_VAL)
        return;
      joined[to] = TRUE;
      add_road (self, plan_area (self, g_array_index (nodes, guint, from))->centre,
                plan_area (self, g_array_index (nodes, guint, to))->centre, 0.1, "road-minor", NULL,
                12);
    }
}

static char *
name_main_road (const YihuArea *a, const YihuArea *b)
{
  g_autofree char *first = g_utf8_substring (a->name, 0, 1);
  g_autofree char *second = g_utf8_substring (b->name, 0, 1);

  return g_strcmp0 (first, second) == 0 ? g_strdup_printf ("%s线", a->name)
                                        : g_strdup_printf ("%s%s线", first, second);
}

/* Main roads: two towns are joined unless a third is nearer to both (relative neighbourhood). */
static void
join_towns (YihuPlan *self)
{
  g_autoptr (GArray) towns = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 1; i < self->areas->len; i++)
    if (plan_area (self, i)->level == YIHU_DIVISION_LEVEL_STREET)
      g_array_append_val (towns, i);

  for (guint i = 0; i < towns->len; i++)
    for (guint j = i + 1; j < towns->len; j++)
      {
        const YihuArea *a = plan_area (self, g_array_index (towns, guint, i));
        const YihuArea *b = plan_area (self, g_array_index (towns, guint, j));
        double distance = yihu_point_distance (a->centre, b->centre);
        gboolean has_between = FALSE;
        g_autofree char *name = NULL;

        for (guint k = 0; k < towns->len && !has_between; k++)
          {
            YihuPoint c = plan_area (self, g_array_index (towns, guint, k))->centre;

            has_between =
                k != i && k != j
                && MAX (yihu_point_distance (a->centre, c), yihu_point_distance (b->centre, c))
                       < distance;
          }
        if (has_between)
          continue;
        name = name_main_road (a, b);
        add_road (self, a->centre, b->centre, distance < 4000 ? 0.03 : 0.06, "road-major", name,
                  distance < 3000 ? 11 : 9);
      }
}

static const double motorway_km[][2] = { { 12, 62 },  { 10, 52 },  { 9, 40 },    { 10.5, 30 },
                                         { 7, 18 },   { 4, 8 },    { 3, -4 },    { -4, -13 },
                                         { -8, -21 }, { -9, -32 }, { -14, -42 }, { -20, -53 },
                                         { -26, -62 } };
static const double railway_km[][2] = { { 30, 62 },  { 27, 50 },   { 25, 38 },   { 22, 27.5 },
                                        { 16, 15 },  { 11.5, 4 },  { 8, -3 },    { -2, -12 },
                                        { -9, -19 }, { -10, -30 }, { -16, -42 }, { -21, -62 } };
static const double branch_km[][2] = { { 22, 27.5 },
                                       { 13, 29.5 },
                                       { 6, 31 },
                                       { -1, 32 },
                                       { -6, 34.5 } };

static void
add_far_line (YihuPlan *self,
              const double (*points_km)[2],
              guint n,
              const char *kind,
              const char *name)
{
  YihuRandom random = yihu_random_new (self->seed, name, n);
  g_autoptr (YihuLine) line = yihu_line_new ();
  g_autoptr (YihuLine) rough = NULL;

  for (guint i = 0; i < n; i++)
    yihu_line_append (line, points_km[i][0] * 1000, points_km[i][1] * 1000);
  rough = yihu_ground_rough_line (line, 0.03, 3000, &random);
  yihu_plan_add_shape (self, kind, name, 8, FALSE, yihu_line_smooth (rough, 3));
}

void
yihu_plan_make_country_roads (YihuPlan *self)
{
  add_far_line (self, motorway_km, G_N_ELEMENTS (motorway_km), "road-major", "滨海高速");
  add_far_line (self, railway_km, G_N_ELEMENTS (railway_km), "rail", "营盖铁路");
  add_far_line (self, branch_km, G_N_ELEMENTS (branch_km), "rail", "港区支线");
  join_towns (self);
  for (guint i = 1; i < self->areas->len; i++)
    {
      if (plan_area (self, i)->level == YIHU_DIVISION_LEVEL_STREET)
        join_villages (self, i);
      else if (plan_area (self, i)->level == YIHU_DIVISION_LEVEL_COMMUNITY
               && !plan_area (self, i)->is_built)
        make_village (self, i);
    }
}
