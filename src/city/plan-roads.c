/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Streets of the towns: each town has a grid of its own, turned by its own angle, with uneven
 * blocks, gaps, and an edge that frays out where the houses end. The pieces between crossings are
 * remembered per community, because houses are put along them. */

#include "city/plan-private.h"

#include <math.h>

#define MAX_LINES 260

typedef struct
{
  YihuPlan *plan;
  guint town; /* street or district whose quarters share the grid */
  gboolean is_district;
  GArray *quarters; /* guint indices of its built communities */
  YihuPoint origin;
  double turn;
  YihuWordList *words;
  YihuRandom random;
  double across[MAX_LINES]; /* positions of the lines that run along v */
  double along[MAX_LINES]; /* positions of the lines that run along u */
  gboolean across_major[MAX_LINES];
  gboolean along_major[MAX_LINES];
  guint n_across;
  guint n_along;
} YihuGrid;

static YihuPoint
grid_to_plane (const YihuGrid *grid, double u, double v)
{
  YihuPoint p = { grid->origin.x + u * cos (grid->turn) - v * sin (grid->turn),
                  grid->origin.y + u * sin (grid->turn) + v * cos (grid->turn) };

  return p;
}

/* How deep inside the built-up ground: above 0 inside; fraying edge by noise. */
static double
built_depth (const YihuGrid *grid, YihuPoint p)
{
  double best = -HUGE_VAL;
  double fray = yihu_ground_noise (&grid->plan->ground, 20, p.x / 350, p.y / 350);

  for (guint i = 0; i < grid->quarters->len; i++)
    {
      const YihuArea *area = plan_area (grid->plan, g_array_index (grid->quarters, guint, i));
      double reach = area->radius_m * (1 + 0.28 * fray);

      best = MAX (best, reach - yihu_point_distance (area->centre, p));
    }
  return best;
}

static gboolean
is_in_park (YihuPlan *self, YihuPoint p)
{
  for (guint i = 0; i < self->parks->len; i++)
    if (yihu_ring_contains (g_ptr_array_index (self->parks, i), p))
      return TRUE;
  return FALSE;
}

static gboolean
is_inside_town (const YihuGrid *grid, YihuPoint p)
{
  return yihu_ring_contains (plan_area (grid->plan, grid->town)->cell, p);
}

static guint
lay_lines (YihuGrid *grid, double reach, double *lines, gboolean *major)
{
  double at = -reach + yihu_random_range (&grid->random, 0, 120);
  guint n = 0;
  guint until_major = yihu_random_below (&grid->random, 4);

  while (at < reach && n < MAX_LINES)
    {
      lines[n] = at;
      major[n] = until_major == 0;
      until_major =
          until_major == 0 ? (guint) yihu_random_between (&grid->random, 3, 5) : until_major - 1;
      n++;
      at += yihu_random_range (&grid->random, 105, 235);
    }
  return n;
}

static char *
name_line (YihuGrid *grid, gboolean is_along, gboolean is_major)
{
  const char *word = yihu_word_list_draw_word (grid->words, &grid->random, 0);
  static const char *const parts[] = { "东", "西", "南", "北", "中" };
  gboolean has_part = !is_major && yihu_random_chance (&grid->random, 0.25);

  return g_strdup_printf ("%s%s%s", word,
                          has_part ? parts[yihu_random_below (&grid->random, 5)] : "",
                          is_major ? (is_along ? "大街" : "大路") : (is_along ? "街" : "路"));
}

typedef struct
{
  GArray *points; /* (nullable) the run of kept pieces under way */
  char *name;
  gboolean is_major;
  gboolean has_name;
} YihuRun;

static void
finish_run (YihuGrid *grid, YihuRun *run)
{
  if (run->points == NULL)
    return;
  if (run->points->len > 1)
    yihu_plan_add_shape (grid->plan, run->is_major ? "road-major" : "road-minor", run->name,
                         run->is_major ? 12 : 14, FALSE, g_array_ref (run->points));
  g_clear_pointer (&run->points, g_array_unref);
}

static const char *
last_road_name (YihuGrid *grid)
{
  const YihuShape *shape = g_ptr_array_index (grid->plan->shapes, grid->plan->shapes->len - 1);

  return shape->name;
}

static gboolean
keep_piece (YihuGrid *grid, YihuPoint middle, gboolean is_major)
{
  double depth = built_depth (grid, middle);

  if (depth < (is_major ? -160 : 0) || !is_inside_town (grid, middle)
      || !yihu_plan_is_dry (grid->plan, middle, 15) || is_in_park (grid->plan, middle))
    return FALSE;
  return is_major || !yihu_random_chance (&grid->random, depth > 150 ? 0.11 : 0.3);
}

/* One line of the grid: pieces between crossings, kept or dropped, joined to runs. */
static void
draw_line (YihuGrid *grid, gboolean is_along, guint index)
{
  const double *stops = is_along ? grid->across : grid->along;
  guint n_stops = is_along ? grid->n_across : grid->n_along;
  double at = is_along ? grid->along[index] : grid->across[index];
  YihuRun run = { 0 };
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (YihuPoint));

  run.is_major = is_along ? grid->along_major[index] : grid->across_major[index];
  run.name = name_line (grid, is_along, run.is_major);
  for (guint i = 0; i + 1 < n_stops; i++)
    {
      YihuPoint a =
          is_along ? grid_to_plane (grid, stops[i], at) : grid_to_plane (grid, at, stops[i]);
      YihuPoint b = is_along ? grid_to_plane (grid, stops[i + 1], at)
                             : grid_to_plane (grid, at, stops[i + 1]);
      YihuPoint middle = { (a.x + b.x) / 2, (a.y + b.y) / 2 };

      if (!keep_piece (grid, middle, run.is_major))
        {
          finish_run (grid, &run);
          continue;
        }
      if (run.points == NULL)
        {
          run.points = yihu_line_new ();
          g_array_append_val (run.points, a);
        }
      g_array_append_val (run.points, b);
      g_array_append_val (pieces, a);
      g_array_append_val (pieces, b);
    }
  finish_run (grid, &run);
  for (guint i = 0; i + 1 < pieces->len; i += 2)
    {
      YihuPoint a = yihu_line_get (pieces, i);
      YihuPoint b = yihu_line_get (pieces, i + 1);
      YihuPoint middle = { (a.x + b.x) / 2, (a.y + b.y) / 2 };
      int owner = yihu_plan_locate (grid->plan, middle);

      if (owner >= 0 && plan_area (grid->plan, owner)->is_built)
        yihu_plan_add_frontage (grid->plan, (guint) owner, a, b, last_road_name (grid));
    }
  g_free (run.name);
}

static void
make_grid (YihuPlan *self, guint town, GArray *quarters, YihuWordList *words)
{
  YihuGrid grid = { .plan = self, .town = town, .quarters = quarters, .words = words };
  double reach = 0;

  grid.random = yihu_random_new (self->seed, "grid", (guint64) plan_area (self, town)->code);
  grid.turn = yihu_random_range (&grid.random, -0.55, 0.55);
  grid.origin = plan_area (self, g_array_index (quarters, guint, 0))->centre;
  for (guint i = 0; i < quarters->len; i++)
    {
      YihuArea *area = plan_area (self, g_array_index (quarters, guint, i));

      area->turn = grid.turn;
      reach = MAX (reach, yihu_point_distance (area->centre, grid.origin) + 1.3 * area->radius_m);
    }
  reach = MIN (reach, 16000);
  grid.n_across = lay_lines (&grid, reach, grid.across, grid.across_major);
  grid.n_along = lay_lines (&grid, reach, grid.along, grid.along_major);
  for (guint i = 0; i < grid.n_along; i++)
    draw_line (&grid, TRUE, i);
  for (guint i = 0; i < grid.n_across; i++)
    draw_line (&grid, FALSE, i);
}

/* The quarters of a district's own town (its 街道) share a grid; a country town has its own. A
 * quarter far out of the middle stands alone. */
void
yihu_plan_make_town_roads (YihuPlan *self)
{
  g_autoptr (YihuWordList) words = yihu_word_list_new ("street-names");

  for (guint i = 1; i < self->areas->len; i++)
    {
      const YihuArea *town = plan_area (self, i);
      g_autoptr (GArray) quarters = g_array_new (FALSE, FALSE, sizeof (guint));

      if (town->level != YIHU_DIVISION_LEVEL_COUNTY && town->level != YIHU_DIVISION_LEVEL_STREET)
        continue;
      for (guint j = i + 1; j < self->areas->len; j++)
        {
          const YihuArea *area = plan_area (self, j);
          const YihuArea *street = plan_area (self, area->parent);
          gboolean of_district = street->is_built && street->parent == i;

          if (area->level == YIHU_DIVISION_LEVEL_COMMUNITY && area->is_built
              && (town->level == YIHU_DIVISION_LEVEL_COUNTY ? of_district
                                                            : area->parent == i && !town->is_built))
            g_array_append_val (quarters, j);
        }
      if (quarters->len > 0)
        make_grid (self, i, quarters, words);
    }
}
