/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the makers of institutions, providers and accounts share. */

#include "city/catalogue-private.h"

#include <math.h>

YihuCatalogue *
yihu_catalogue_new (YihuPlan *plan, YihuPeople *people, guint64 seed, guint rtsp_port)
{
  YihuCatalogue *self = g_new0 (YihuCatalogue, 1);

  self->plan = plan;
  self->people = people;
  self->seed = seed;
  self->rtsp_port = rtsp_port;
  self->made_at_us = G_GINT64_CONSTANT (1735660800000000); /* 2025-01-01 in China */
  self->institutions = g_ptr_array_new_with_free_func (yihu_record_unref);
  self->institution_areas = g_array_new (FALSE, FALSE, sizeof (guint));
  self->cameras = g_ptr_array_new_with_free_func (yihu_record_unref);
  self->items = g_ptr_array_new_with_free_func (yihu_record_unref);
  self->providers = g_ptr_array_new_with_free_func (yihu_record_unref);
  self->prices = g_ptr_array_new_with_free_func (yihu_record_unref);
  self->accounts = g_ptr_array_new_with_free_func (yihu_record_unref);
  yihu_catalogue_make_institutions (self);
  yihu_catalogue_make_providers (self);
  yihu_catalogue_make_accounts (self);
  return self;
}

void
yihu_catalogue_free (YihuCatalogue *self)
{
  g_ptr_array_unref (self->institutions);
  g_array_unref (self->institution_areas);
  g_ptr_array_unref (self->cameras);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->providers);
  g_ptr_array_unref (self->prices);
  g_ptr_array_unref (self->accounts);
  g_free (self);
}

char *
yihu_catalogue_next_id (YihuCatalogue *self, YihuRandom *random)
{
  return yihu_random_identifier (random, self->made_at_us + 1000 * (gint64) self->next_id++);
}

guint
yihu_catalogue_get_district (YihuCatalogue *self, guint area)
{
  const YihuArea *community = yihu_plan_get_area (self->plan, area);

  return yihu_plan_get_parent (self->plan, community)->parent;
}

char *
yihu_catalogue_dup_district_word (YihuCatalogue *self, guint area)
{
  const char *name =
      yihu_plan_get_area (self->plan, yihu_catalogue_get_district (self, area))->name;

  return g_utf8_substring (name, 0, g_utf8_strlen (name, -1) - 1);
}

YihuPlace
yihu_catalogue_draw_place (YihuCatalogue *self, guint area, YihuRandom *random)
{
  const YihuArea *community = yihu_plan_get_area (self->plan, area);
  const YihuArea *street = yihu_plan_get_parent (self->plan, community);
  const YihuArea *district = yihu_plan_get_parent (self->plan, street);
  guint index = community->first_spot + yihu_random_below (random, community->n_spots);
  const YihuSpot *spot = yihu_plan_get_spot (self->plan, index);
  double angle = yihu_random_range (random, 0, 2 * G_PI);
  double away = spot->reach_m * yihu_random_range (random, 0.2, 0.7);
  YihuPoint p = { spot->at.x + away * cos (angle), spot->at.y + away * sin (angle) };
  g_autofree char *village = yihu_plan_dup_place_name (community);
  YihuPlace place;

  place.geo = yihu_plan_to_geo (self->plan, p);
  place.address =
      *spot->road != '\0'
          ? g_strdup_printf ("%s%s%s%d号", district->name, street->name, spot->road,
                             yihu_random_between (random, 1, 260))
          : g_strdup_printf ("%s%s%s%s", district->name, street->name, village, spot->name);
  return place;
}

static gboolean
has_name (GPtrArray *others, gsize name_offset, const char *name)
{
  for (guint i = 0; i < others->len; i++)
    if (g_strcmp0 (G_STRUCT_MEMBER (char *, g_ptr_array_index (others, i), name_offset), name) == 0)
      return TRUE;
  return FALSE;
}

char *
yihu_catalogue_draw_name (GPtrArray *others,
                          gsize name_offset,
                          const char *head,
                          YihuWordList *words,
                          const char *tail,
                          YihuRandom *random)
{
  char *name = NULL;

  for (guint tries = 0; name == NULL || has_name (others, name_offset, name); tries++)
    {
      g_free (name);
      name = tries < 60
                 ? g_strconcat (head, yihu_word_list_draw_word (words, random, 0), tail, NULL)
                 : g_strdup_printf ("%s%s第%u%s", head, yihu_word_list_draw_word (words, random, 0),
                                    tries, tail);
    }
  return name;
}

const YihuInstitution *
yihu_catalogue_find_home (YihuCatalogue *self, guint area)
{
  for (guint i = 0; i < self->institutions->len; i++)
    {
      const YihuInstitution *institution = g_ptr_array_index (self->institutions, i);

      if (institution->type == YIHU_INSTITUTION_INSTITUTION
          && g_array_index (self->institution_areas, guint, i) == area)
        return institution;
    }
  return NULL;
}

const YihuInstitution *
yihu_catalogue_find_hospital (YihuCatalogue *self, guint area, guint choice)
{
  guint district = yihu_catalogue_get_district (self, area);
  const YihuInstitution *found[YIHU_CITY_HOSPITALS];
  guint n = 0;

  for (guint i = 0; i < self->institutions->len; i++)
    {
      const YihuInstitution *institution = g_ptr_array_index (self->institutions, i);
      guint at = g_array_index (self->institution_areas, guint, i);

      if (institution->type == YIHU_INSTITUTION_HOSPITAL && n < YIHU_CITY_HOSPITALS
          && yihu_catalogue_get_district (self, at) == district)
        found[n++] = institution;
    }
  return n > 0 ? found[choice % n] : NULL;
}
