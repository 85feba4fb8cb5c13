/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Invented coast, rivers, lakes and parks. The control points below were drawn by hand for this
 * program, in kilometres on the flat plane; no survey or map was used. */

#include "city/plan-private.h"

#include <math.h>

typedef struct
{
  double x_km;
  double y_km;
} Control;

static const Control coast_north[] = { { -15, 62 }, { -18, 56 }, { -13, 49 }, { -14, 43 } };
static const Control coast_city[] = { { -14, 43 },  { -16, 40 },  { -12, 36 },  { -14, 32 },
                                      { -11, 27 },  { -8, 22 },   { -10, 16 },  { -6, 11 },
                                      { -8, 6 },    { -7, 1 },    { -10, -4 },  { -13, -9 },
                                      { -16, -13 }, { -22, -17 }, { -18, -21 }, { -19, -26 },
                                      { -24, -31 }, { -23, -37 }, { -29, -41 }, { -27, -46 } };
static const Control coast_south[] = { { -27, -46 }, { -34, -50 }, { -36, -56 }, { -43, -62 } };
static const Control inland[] = {
  { -14, 43 }, { -9, 46.5 }, { -1, 44.5 }, { 6, 49 },   { 15, 48 },  { 24, 52 },  { 33, 47 },
  { 37, 39 },  { 46, 35 },   { 56, 29 },   { 59, 21 },  { 53, 13 },  { 57, 4 },   { 62, -6 },
  { 55, -15 }, { 58, -25 },  { 50, -34 },  { 41, -36 }, { 35, -46 }, { 23, -44 }, { 13, -50 },
  { 1, -46 },  { -9, -51 },  { -19, -46 }, { -27, -46 }
};

static GArray *
line_from_controls (const Control *controls, guint n)
{
  GArray *line = yihu_line_new ();

  for (guint i = 0; i < n; i++)
    yihu_line_append (line, controls[i].x_km * 1000, controls[i].y_km * 1000);
  return line;
}

static GArray *
rough_from_controls (YihuPlan *self,
                     const Control *controls,
                     guint n,
                     double roughness,
                     double step_m,
                     const char *label)
{
  YihuRandom random = yihu_random_new (self->seed, label, n);
  g_autoptr (YihuLine) line = line_from_controls (controls, n);

  return yihu_ground_rough_line (line, roughness, step_m, &random);
}

static void
append_line (GArray *to, const GArray *from, gboolean backwards)
{
  for (guint i = 0; i < from->len; i++)
    g_array_append_val (to, yihu_line_get (from, backwards ? from->len - 1 - i : i));
}

static void
add_sheet_side (YihuPlan *self, const char *kind, double far_x)
{
  GArray *ring = yihu_line_new ();
  YihuGround *ground = &self->ground;

  for (guint i = 0; i < self->coast->len; i++)
    {
      YihuPoint bent = yihu_ground_bend (ground, yihu_line_get (self->coast, i));

      g_array_append_val (ring, bent);
    }
  yihu_line_append (ring, yihu_line_get (ring, ring->len - 1).x, YIHU_CITY_SOUTH_M);
  yihu_line_append (ring, far_x, YIHU_CITY_SOUTH_M);
  yihu_line_append (ring, far_x, YIHU_CITY_NORTH_M);
  yihu_line_append (ring, yihu_line_get (ring, 0).x, YIHU_CITY_NORTH_M);
  yihu_plan_add_shape (self, kind, NULL, 0, TRUE, ring)->is_plain = TRUE;
}

void
yihu_plan_make_coast (YihuPlan *self)
{
  g_autoptr (YihuLine) north =
      rough_from_controls (self, coast_north, G_N_ELEMENTS (coast_north), 0.14, 250, "coast north");
  g_autoptr (YihuLine) city =
      rough_from_controls (self, coast_city, G_N_ELEMENTS (coast_city), 0.14, 220, "coast");
  g_autoptr (YihuLine) south =
      rough_from_controls (self, coast_south, G_N_ELEMENTS (coast_south), 0.14, 250, "coast south");
  g_autoptr (YihuLine) border =
      rough_from_controls (self, inland, G_N_ELEMENTS (inland), 0.12, 600, "border");

  self->coast = yihu_line_new ();
  append_line (self->coast, north, FALSE);
  append_line (self->coast, city, FALSE);
  append_line (self->coast, south, FALSE);
  self->outline = yihu_line_new ();
  append_line (self->outline, city, TRUE);
  append_line (self->outline, border, FALSE);

  add_sheet_side (self, "land", YIHU_CITY_EAST_M);
  add_sheet_side (self, "water", YIHU_CITY_WEST_M);
}

static const Control river_liao[] = {
  { 74, 58 }, { 58, 54 },  { 44, 55 }, { 34, 52 },  { 24, 55 },
  { 12, 53 }, { 3, 50.5 }, { -4, 51 }, { -10, 49 }, { -17, 49 }
};
static const Control river_daqing[] = { { 61, -14 }, { 50, -9 }, { 43, -4 }, { 33, -5 },  { 25, 1 },
                                        { 14, 2 },   { 5, 5.5 }, { -4, 4 },  { -12, 5.5 } };
static const Control river_xiongyue[] = {
  { 47, -33 }, { 36, -30 }, { 25, -33 },    { 14, -29 },
  { 2, -31 },  { -8, -28 }, { -16, -29.5 }, { -24, -27.5 }
};
static const Control river_sha[] = { { 50, 22 }, { 40, 17 }, { 31, 19 }, { 22, 16 },
                                     { 12, 17 }, { 3, 14 },  { -5, 15 }, { -12, 14 } };
static const Control river_hudu[] = { { 36, 46 }, { 31, 40 }, { 29, 34 },  { 21, 38 },
                                      { 17, 44 }, { 15, 50 }, { 13, 53.4 } };
static const Control river_biliu[] = { { 46, 2 },   { 51, -3 },  { 47, -12 }, { 50, -20 },
                                       { 45, -29 }, { 47, -38 }, { 52, -48 }, { 49, -62 } };

static const struct
{
  const char *name;
  const Control *controls;
  guint n;
} rivers[] = {
  { "辽河", river_liao, G_N_ELEMENTS (river_liao) },
  { "大清河", river_daqing, G_N_ELEMENTS (river_daqing) },
  { "熊岳河", river_xiongyue, G_N_ELEMENTS (river_xiongyue) },
  { "沙河", river_sha, G_N_ELEMENTS (river_sha) },
  { "虎渡河", river_hudu, G_N_ELEMENTS (river_hudu) },
  { "碧溪", river_biliu, G_N_ELEMENTS (river_biliu) },
};

/* The wide lower river: a band around the line, growing towards the sea. */
static GArray *
river_band (const GArray *line, double from_m, double to_m)
{
  GArray *ring = yihu_line_new ();

  for (int side = 1; side >= -1; side -= 2)
    for (guint k = 0; k < line->len; k++)
      {
        guint i = side > 0 ? k : line->len - 1 - k;
        YihuPoint p = yihu_line_get (line, i);
        YihuPoint a = yihu_line_get (line, i > 0 ? i - 1 : 0);
        YihuPoint b = yihu_line_get (line, MIN (i + 1, line->len - 1));
        double length = MAX (yihu_point_distance (a, b), 1);
        double half = from_m + (to_m - from_m) * i / line->len;

        yihu_line_append (ring, p.x - side * half * (b.y - a.y) / length,
                          p.y + side * half * (b.x - a.x) / length);
      }
  return ring;
}

/* A river ends where it meets the sea. */
static void
cut_at_sea (YihuPlan *self, GArray *river)
{
  g_autoptr (YihuLine) land = g_array_copy (self->coast);

  yihu_line_append (land, YIHU_CITY_EAST_M, YIHU_CITY_SOUTH_M);
  yihu_line_append (land, YIHU_CITY_EAST_M + 1, YIHU_CITY_NORTH_M + 1);
  for (guint i = 1; i < river->len; i++)
    if (yihu_line_get (river, i).y < YIHU_CITY_NORTH_M && yihu_line_get (river, i).x < 20000
        && !yihu_ring_contains (land, yihu_line_get (river, i)))
      {
        g_array_set_size (river, MIN (i + 2, river->len));
        return;
      }
}

void
yihu_plan_make_rivers (YihuPlan *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (rivers); i++)
    {
      g_autoptr (YihuLine) rough =
          rough_from_controls (self, rivers[i].controls, rivers[i].n, 0.16, 900, rivers[i].name);
      GArray *line = yihu_line_smooth (rough, 2);

      cut_at_sea (self, line);
      g_ptr_array_add (self->rivers, line);
      if (i == 0)
        yihu_plan_add_shape (self, "water", rivers[i].name, 7, TRUE, river_band (line, 180, 900));
      else if (i < 4)
        yihu_plan_add_shape (self, "water", rivers[i].name, 11, TRUE, river_band (line, 15, 75));
      yihu_plan_add_shape (self, "river", rivers[i].name, i < 4 ? 8 : 10, FALSE,
                           g_array_ref (line));
    }
}

static const char *const park_words[] = { "人民", "儿童", "镜湖", "滨河", "月季", "青年",
                                          "海韵", "廉政", "荷园", "山海", "明湖", "银杏",
                                          "梨园", "体育", "湿地", "朝阳", "绿茵" };
static const char *const hill_words[] = { "赤山",   "步云山", "青龙山", "白云山",
                                          "雪帽山", "望海山", "蟠龙山", "九宫山",
                                          "石棚山", "盘龙山", "老轿顶", "天华山",
                                          "凤凰岭", "绵羊山", "迷镇山", "卧虎岭" };

static void
make_town_park (YihuPlan *self, const YihuArea *area, guint index)
{
  YihuRandom random = yihu_random_new (self->seed, "park", (guint64) area->code);
  double angle = yihu_random_range (&random, 0, 2 * G_PI);
  double away = area->radius_m * yihu_random_range (&random, 0.3, 0.75);
  double radius = yihu_random_range (&random, 60, 190);
  YihuPoint at = { area->centre.x + away * cos (angle), area->centre.y + away * sin (angle) };
  g_autofree char *name = g_strdup_printf ("%s%s", park_words[index % G_N_ELEMENTS (park_words)],
                                           radius > 120 ? "公园" : "游园");
  GArray *ring;

  if (!yihu_random_chance (&random, 0.42) || !yihu_ring_contains (area->cell, at)
      || !yihu_plan_is_dry (self, at, radius))
    return;
  ring = yihu_ground_blob (at, radius, 9, &random);
  g_ptr_array_add (self->parks, g_array_ref (ring));
  yihu_plan_add_shape (self, "park", name, 12, TRUE, ring);
}

/* Woods on the hills of the east, away from every settlement. */
static void
make_hill (YihuPlan *self, guint index)
{
  YihuRandom random = yihu_random_new (self->seed, "hill", index);
  double radius = yihu_random_range (&random, 900, 3200);
  YihuPoint at = { yihu_random_range (&random, 12000, 60000),
                   yihu_random_range (&random, -46000, 32000) };
  g_autofree char *name = NULL;

  if (!yihu_ring_contains (self->outline, at))
    return;
  for (guint i = 0; i < self->areas->len; i++)
    {
      const YihuArea *area = plan_area (self, i);

      if (area->level == YIHU_DIVISION_LEVEL_COMMUNITY
          && yihu_point_distance (area->centre, at) < radius * 0.8 + area->radius_m)
        return;
    }
  name = index < G_N_ELEMENTS (hill_words) * 12 && index % 12 == 0
             ? g_strdup_printf ("%s森林公园", hill_words[index / 12])
             : NULL;
  yihu_plan_add_shape (self, "park", name, radius > 1800 ? 8 : 10, TRUE,
                       yihu_ground_blob (at, radius, 22, &random));
}

void
yihu_plan_make_parks (YihuPlan *self)
{
  guint index = 0;

  for (guint i = 0; i < self->areas->len; i++)
    {
      const YihuArea *area = plan_area (self, i);

      if (area->level == YIHU_DIVISION_LEVEL_COMMUNITY && area->is_built && area->radius_m > 300)
        make_town_park (self, area, index++);
    }
  for (guint i = 0; i < 600; i++)
    make_hill (self, i);
}

static gboolean
is_free_for_lake (YihuPlan *self, YihuPoint at, double radius_m)
{
  if (!yihu_plan_is_dry (self, at, radius_m + 400))
    return FALSE;
  for (guint i = 0; i < self->areas->len; i++)
    {
      const YihuArea *area = plan_area (self, i);

      if (area->level == YIHU_DIVISION_LEVEL_COMMUNITY
          && yihu_point_distance (area->centre, at) < radius_m + area->radius_m + 400)
        return FALSE;
    }
  for (guint i = 0; i < self->shapes->len; i++)
    {
      const YihuShape *shape = g_ptr_array_index (self->shapes, i);

      if (!shape->is_closed && !shape->is_plain && shape->line->len > 1
          && yihu_line_is_within (shape->line, FALSE, at, radius_m + 60))
        return FALSE;
    }
  return TRUE;
}

void
yihu_plan_make_lakes (YihuPlan *self)
{
  static const char *const names[] = { "北山水库", "三道沟水库", "红旗水库", "前进水库",
                                       "松林水库", "玉泉水库",   "响水水库", "清水塘" };
  guint made = 0;

  for (guint i = 0; i < 160 && made < G_N_ELEMENTS (names); i++)
    {
      YihuRandom random = yihu_random_new (self->seed, "lake", i);
      double radius = yihu_random_range (&random, 250, 900);
      YihuPoint at = { yihu_random_range (&random, 2000, 58000),
                       yihu_random_range (&random, -44000, 44000) };
      GArray *ring;

      if (!is_free_for_lake (self, at, radius))
        continue;
      ring = yihu_ground_blob (at, radius, 26, &random);
      g_ptr_array_add (self->lakes, g_array_ref (ring));
      yihu_plan_add_shape (self, "water", names[made++], 10, TRUE, ring);
    }
}
