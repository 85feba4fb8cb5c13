/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The plan as a whole: the tree of divisions with their real names, the order of the steps that
 * invent everything else, and the questions that the writers ask. The steps are in plan-*.c. */

#include "city/plan-private.h"

#include "city-resources.h"

#include <gio/gio.h>
#include <string.h>

static void
clear_area (gpointer data)
{
  YihuArea *area = data;

  g_free (area->name);
  g_clear_pointer (&area->cell, g_array_unref);
}

static void
clear_spot (gpointer data)
{
  YihuSpot *spot = data;

  g_free (spot->name);
  g_free (spot->road);
}

static void
free_shape (gpointer data)
{
  YihuShape *shape = data;

  g_free (shape->name);
  g_array_unref (shape->line);
  g_free (shape);
}

YihuShape *
yihu_plan_add_shape (YihuPlan *self,
                     const char *kind,
                     const char *name,
                     guint min_zoom,
                     gboolean is_closed,
                     GArray *line)
{
  YihuShape *shape = g_new0 (YihuShape, 1);

  shape->kind = kind;
  shape->name = g_strdup (name);
  shape->min_zoom = min_zoom;
  shape->is_closed = is_closed;
  shape->line = line;
  g_ptr_array_add (self->shapes, shape);
  return shape;
}

void
yihu_plan_add_frontage (YihuPlan *self, guint area, YihuPoint a, YihuPoint b, const char *road)
{
  YihuFrontage frontage = { a, b, road };

  if (self->frontages[area] == NULL)
    self->frontages[area] = g_array_new (FALSE, FALSE, sizeof (YihuFrontage));
  g_array_append_val (self->frontages[area], frontage);
}

static void
add_division (YihuPlan *self, const char *line)
{
  g_auto (GStrv) cells = g_strsplit (line, ",", 3);
  YihuArea area = { 0 };
  int parent;

  if (g_strv_length (cells) != 3)
    return;
  area.code = yihu_division_code_parse (cells[0]);
  area.level = (YihuDivisionLevel) g_ascii_strtoll (cells[2], NULL, 10);
  if (area.code == 0 || area.level < YIHU_DIVISION_LEVEL_CITY)
    return;

  area.name = g_strdup (cells[1]);
  area.is_built = area.level == YIHU_DIVISION_LEVEL_COMMUNITY
                      ? !g_str_has_suffix (area.name, "村委会")
                      : g_str_has_suffix (area.name, "街道");
  parent = yihu_plan_find_area (
      self, yihu_division_code_get_parent (area.code, (YihuDivisionLevel) (area.level - 1)));
  area.parent = MAX (parent, 0);
  g_array_append_val (self->areas, area);
}

/* The file is in the order of levels; the plan wants the order of codes, parents first. */
static int
compare_areas (gconstpointer a, gconstpointer b)
{
  gint64 left = ((const YihuArea *) a)->code;
  gint64 right = ((const YihuArea *) b)->code;

  return left < right ? -1 : left > right;
}

void
yihu_plan_load_divisions (YihuPlan *self)
{
  g_autoptr (GBytes) bytes =
      g_resource_lookup_data (yihu_city_get_resource (), "/cn/yihu/city/yingkou-divisions.csv",
                              G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    add_division (self, g_strchomp (lines[i]));
  g_array_sort (self->areas, compare_areas);
  for (guint i = 0; i < self->areas->len; i++)
    {
      YihuArea *area = plan_area (self, i);
      gint64 above =
          yihu_division_code_get_parent (area->code, (YihuDivisionLevel) (area->level - 1));

      area->parent = MAX (yihu_plan_find_area (self, above), 0);
    }
  self->frontages = g_new0 (GArray *, self->areas->len);
}

YihuPlan *
yihu_plan_new (guint64 seed)
{
  YihuPlan *self = g_new0 (YihuPlan, 1);

  self->seed = seed;
  self->ground = yihu_ground_new (seed);
  self->areas = g_array_new (FALSE, TRUE, sizeof (YihuArea));
  g_array_set_clear_func (self->areas, clear_area);
  self->spots = g_array_new (FALSE, TRUE, sizeof (YihuSpot));
  g_array_set_clear_func (self->spots, clear_spot);
  self->shapes = g_ptr_array_new_with_free_func (free_shape);
  self->rivers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  self->lakes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  self->parks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  yihu_plan_load_divisions (self);
  yihu_plan_make_coast (self);
  yihu_plan_make_rivers (self);
  yihu_plan_make_cells (self);
  yihu_plan_make_parks (self);
  yihu_plan_make_town_roads (self);
  yihu_plan_make_country_roads (self);
  yihu_plan_make_lakes (self);
  yihu_plan_make_spots (self);
  yihu_plan_make_labels (self);
  return self;
}

void
yihu_plan_free (YihuPlan *self)
{
  for (guint i = 0; i < self->areas->len; i++)
    g_clear_pointer (&self->frontages[i], g_array_unref);
  g_free (self->frontages);
  g_array_unref (self->areas);
  g_array_unref (self->spots);
  g_ptr_array_unref (self->shapes);
  g_ptr_array_unref (self->rivers);
  g_ptr_array_unref (self->lakes);
  g_ptr_array_unref (self->parks);
  g_array_unref (self->coast);
  g_array_unref (self->outline);
  g_free (self);
}

guint
yihu_plan_get_n_areas (YihuPlan *self)
{
  return self->areas->len;
}

const YihuArea *
yihu_plan_get_area (YihuPlan *self, guint index)
{
  return plan_area (self, index);
}

const YihuArea *
yihu_plan_get_parent (YihuPlan *self, const YihuArea *area)
{
  return plan_area (self, area->parent);
}

char *
yihu_plan_dup_place_name (const YihuArea *area)
{
  gsize length = strlen (area->name);

  return g_strndup (area->name,
                    length - (g_str_has_suffix (area->name, "村委会") ? strlen ("委会") : 0));
}

int
yihu_plan_find_area (YihuPlan *self, gint64 code)
{
  for (guint i = 0; i < self->areas->len; i++)
    if (plan_area (self, i)->code == code)
      return (int) i;
  return -1;
}

const YihuSpot *
yihu_plan_get_spot (YihuPlan *self, guint index)
{
  return &g_array_index (self->spots, YihuSpot, index);
}

guint
yihu_plan_get_n_shapes (YihuPlan *self)
{
  return self->shapes->len;
}

const YihuShape *
yihu_plan_get_shape (YihuPlan *self, guint index)
{
  return g_ptr_array_index (self->shapes, index);
}

int
yihu_plan_locate (YihuPlan *self, YihuPoint p)
{
  guint found = 0;

  for (YihuDivisionLevel level = YIHU_DIVISION_LEVEL_COUNTY; level <= YIHU_DIVISION_LEVEL_COMMUNITY;
       level++)
    {
      guint below = found;

      for (guint i = 1; i < self->areas->len && below == found; i++)
        if (plan_area (self, i)->level == level && plan_area (self, i)->parent == found
            && yihu_ring_contains (plan_area (self, i)->cell, p))
          below = i;
      if (below == found)
        return -1;
      found = below;
    }
  return (int) found;
}

gboolean
yihu_plan_is_dry (YihuPlan *self, YihuPoint p, double margin_m)
{
  if (!yihu_ring_contains (self->outline, p)
      || yihu_line_is_within (self->coast, FALSE, p, margin_m))
    return FALSE;
  for (guint i = 0; i < self->rivers->len; i++)
    if (yihu_line_is_within (g_ptr_array_index (self->rivers, i), FALSE, p, margin_m))
      return FALSE;
  for (guint i = 0; i < self->lakes->len; i++)
    {
      GArray *lake = g_ptr_array_index (self->lakes, i);

      if (yihu_ring_contains (lake, p) || yihu_line_is_within (lake, TRUE, p, margin_m))
        return FALSE;
    }
  return TRUE;
}

YihuGeoPoint
yihu_plan_to_geo (YihuPlan *self, YihuPoint p)
{
  return yihu_ground_to_geo (&self->ground, p);
}
