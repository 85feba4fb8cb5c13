/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where houses stand: housing estates along the streets of a quarter, groups along the lanes of a
 * village. A spot's reach keeps all its houses inside their community and off the water. Then the
 * labels and the outlines of the divisions. */

#include "city/plan-private.h"

#include <math.h>

static double
free_reach (YihuPlan *self, const YihuArea *area, YihuPoint p)
{
  double border;

  if (!yihu_ring_contains (area->cell, p))
    return -1;
  border = yihu_line_distance (area->cell, TRUE, p);
  for (guint i = 0; i < self->parks->len; i++)
    if (yihu_ring_contains (g_ptr_array_index (self->parks, i), p)
        || yihu_line_is_within (g_ptr_array_index (self->parks, i), TRUE, p, 80))
      return -1;
  if (!yihu_plan_is_dry (self, p, 120))
    return -1;
  return MIN (border - 30, yihu_plan_is_dry (self, p, 200) ? 115 : 40);
}

static gboolean
is_apart (YihuPlan *self, const YihuArea *area, YihuPoint p, double gap_m)
{
  for (guint i = area->first_spot; i < self->spots->len; i++)
    if (yihu_point_distance (g_array_index (self->spots, YihuSpot, i).at, p) < gap_m)
      return FALSE;
  return TRUE;
}

static void
add_spot (YihuPlan *self,
          guint index,
          YihuPoint at,
          double reach_m,
          const char *road,
          YihuRandom *random,
          YihuWordList *estates)
{
  YihuArea *area = plan_area (self, index);
  YihuSpot spot = { .area = index, .at = at, .turn = area->turn, .reach_m = reach_m };
  static const char *const kinds[] = { "小区", "小区", "小区", "家园", "花园", "新村", "里" };

  spot.road = g_strdup (road);
  spot.number = (guint) yihu_random_between (random, 1, 240);
  spot.name = area->is_built && *road != '\0'
                  ? g_strdup_printf ("%s%s", yihu_word_list_draw_word (estates, random, 1),
                                     kinds[yihu_random_below (random, G_N_ELEMENTS (kinds))])
                  : g_strdup_printf ("%u组", area->n_spots + 1);
  g_array_append_val (self->spots, spot);
  area->n_spots++;
}

/* Tries a point beside a random piece of road. */
static gboolean
try_spot (YihuPlan *self, guint index, YihuRandom *random, YihuWordList *estates, double gap_m)
{
  const YihuArea *area = plan_area (self, index);
  const GArray *frontages = self->frontages[index];
  const YihuFrontage *road;
  double length, t, aside;
  YihuPoint p;
  double reach;

  if (frontages == NULL || frontages->len == 0)
    return FALSE;
  road = &g_array_index (frontages, YihuFrontage, yihu_random_below (random, frontages->len));
  length = MAX (yihu_point_distance (road->a, road->b), 1);
  t = yihu_random_range (random, 0.25, 0.75);
  aside = (area->is_built ? 62 : 26) * (yihu_random_chance (random, 0.5) ? 1 : -1);
  p.x = road->a.x + t * (road->b.x - road->a.x) - aside * (road->b.y - road->a.y) / length;
  p.y = road->a.y + t * (road->b.y - road->a.y) + aside * (road->b.x - road->a.x) / length;
  reach = free_reach (self, area, p);
  if (reach < 25 || !is_apart (self, area, p, gap_m))
    return FALSE;
  add_spot (self, index, p, area->is_built ? reach : MIN (reach, 60), road->road, random, estates);
  return TRUE;
}

/* Where no road reaches: the roomiest of some points around the middle. */
static void
add_lone_spot (YihuPlan *self, guint index, YihuRandom *random, YihuWordList *estates)
{
  const YihuArea *area = plan_area (self, index);
  YihuPoint best = area->centre;
  double best_reach = free_reach (self, area, best);

  for (guint i = 0; i < 400; i++)
    {
      double angle = yihu_random_range (random, 0, 2 * G_PI);
      double away = yihu_random_range (random, 0, 2 + i) * 6;
      YihuPoint p = { area->centre.x + away * cos (angle), area->centre.y + away * sin (angle) };
      double reach = free_reach (self, area, p);

      if (reach > best_reach)
        {
          best = p;
          best_reach = reach;
        }
    }
  add_spot (self, index, best, MAX (best_reach, 5), "", random, estates);
}

static void
make_spots_of (YihuPlan *self, guint index, YihuWordList *estates)
{
  YihuArea *area = plan_area (self, index);
  YihuRandom random = yihu_random_new (self->seed, "spots", (guint64) area->code);
  guint wanted = area->is_built ? (guint) CLAMP (area->radius_m / 75, 3, 10)
                                : (guint) yihu_random_between (&random, 3, 6);

  area->first_spot = self->spots->len;
  for (guint i = 0; i < 40 * wanted && area->n_spots < wanted; i++)
    try_spot (self, index, &random, estates, area->is_built ? 130 : 70);
  if (area->n_spots == 0)
    add_lone_spot (self, index, &random, estates);
}

void
yihu_plan_make_spots (YihuPlan *self)
{
  g_autoptr (YihuWordList) estates = yihu_word_list_new ("estate-names");

  for (guint i = 1; i < self->areas->len; i++)
    if (plan_area (self, i)->level == YIHU_DIVISION_LEVEL_COMMUNITY)
      make_spots_of (self, i, estates);
}

static void
add_label (YihuPlan *self, const char *name, YihuPoint at, guint min_zoom)
{
  GArray *point = yihu_line_new ();

  g_array_append_val (point, at);
  yihu_plan_add_shape (self, "place", name, min_zoom, FALSE, point);
}

static void
label_area (YihuPlan *self, const YihuArea *area)
{
  g_autofree char *shorter = NULL;

  switch (area->level)
    {
    case YIHU_DIVISION_LEVEL_COUNTY:
      add_label (self, area->name, area->centre, 8);
      yihu_plan_add_shape (self, "district", area->name, 7, TRUE, g_array_ref (area->cell))->code =
          area->code;
      break;
    case YIHU_DIVISION_LEVEL_STREET:
      add_label (self, area->name, area->centre, area->is_built ? 12 : 10);
      yihu_plan_add_shape (self, "street", area->name, 10, TRUE, g_array_ref (area->cell))->code =
          area->code;
      break;
    case YIHU_DIVISION_LEVEL_COMMUNITY:
      shorter = yihu_plan_dup_place_name (area);
      add_label (self, shorter, area->centre, area->is_built ? 14 : 13);
      break;
    default:
      break;
    }
}

void
yihu_plan_make_labels (YihuPlan *self)
{
  YihuPoint sea = { -33000, 12000 };

  add_label (self, "辽东湾", sea, 7);
  add_label (self, plan_area (self, 0)->name, (YihuPoint){ -2000, 31500 }, 5);
  for (guint i = 1; i < self->areas->len; i++)
    label_area (self, plan_area (self, i));
}
