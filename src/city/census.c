/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How the people of a household hang together: a couple shares a home, a landline and children;
 * somebody alone has a key holder; who lives in an institution has its address. */

#include "city/census-private.h"

#include "base/person-id.h"

#include <math.h>

#define US_PER_HOUSEHOLD G_GINT64_CONSTANT (20000000)
#define REGISTERED_FROM_US G_GINT64_CONSTANT (1738339200000000) /* 2025-02-01 in China */

gint64
yihu_census_time_us (YihuCensus *self)
{
  return REGISTERED_FROM_US + US_PER_HOUSEHOLD * (gint64) self->n_households;
}

char *
yihu_census_next_mobile (YihuCensus *self)
{
  guint64 index = (guint64) self->n_households * YIHU_MOBILES_EACH + self->mobiles++;

  return yihu_phone_book_mobile (self->catalogue->seed, index);
}

/* --- homes --- */

/* Rows of houses around the middle of an estate; every door has its own place, inside the reach. */
static YihuPoint
door_in_estate (const YihuSpot *spot, int building, int unit)
{
  double scale = spot->reach_m / 115.0;
  double u = (((building - 1) % 4) - 1.5) * 30 + (unit - 2) * 8;
  double v = (((building - 1) / 4) - 2.5) * 36;
  YihuPoint p = { spot->at.x + scale * (u * cos (spot->turn) - v * sin (spot->turn)),
                  spot->at.y + scale * (u * sin (spot->turn) + v * cos (spot->turn)) };

  return p;
}

static YihuPoint
door_in_village (const YihuSpot *spot, int house)
{
  double away = spot->reach_m * sqrt ((house % 90 + 1) / 92.0);
  YihuPoint p = { spot->at.x + away * cos (house * 2.4), spot->at.y + away * sin (house * 2.4) };

  return p;
}

static char *
draw_home (YihuCensus *self, YihuGeoPoint *geo)
{
  YihuPlan *plan = self->catalogue->plan;
  const YihuArea *community = yihu_plan_get_area (plan, self->area);
  const YihuArea *street = yihu_plan_get_parent (plan, community);
  const YihuArea *district = yihu_plan_get_parent (plan, street);
  const YihuSpot *spot =
      yihu_plan_get_spot (plan, community->first_spot
                                    + yihu_random_below (&self->random, community->n_spots));
  g_autofree char *village = yihu_plan_dup_place_name (community);
  int building, unit, floor;

  if (*spot->road == '\0')
    {
      int house = yihu_random_between (&self->random, 1, 140);

      *geo = yihu_plan_to_geo (plan, door_in_village (spot, house));
      return g_strdup_printf ("%s%s%s%s%d号", district->name, street->name, village, spot->name,
                              house);
    }
  building = yihu_random_between (&self->random, 1, 24);
  unit = yihu_random_between (&self->random, 1, 4);
  floor = yihu_random_between (&self->random, 1, building % 7 == 0 ? 18 : 6);
  *geo = yihu_plan_to_geo (plan, door_in_estate (spot, building, unit));
  return g_strdup_printf ("%s%s%s%u号%s%d号楼%d单元%d室", district->name, street->name, spot->road,
                          spot->number, spot->name, building, unit,
                          floor * 100 + yihu_random_between (&self->random, 1, 2));
}

static void
settle (YihuCensus *self)
{
  YihuGeoPoint geo;
  g_autofree char *address = draw_home (self, &geo);

  for (guint i = 0; i < self->household.n_elders; i++)
    {
      YihuElder *elder = self->household.elders[i];
      gboolean at_home = elder->living != YIHU_LIVING_INSTITUTION;

      elder->address = g_strdup (at_home ? address : self->home->address);
      elder->lat_e7 = at_home ? yihu_geo_e7 (geo.lat) : self->home->lat_e7;
      elder->lon_e7 = at_home ? yihu_geo_e7 (geo.lon) : self->home->lon_e7;
    }
}

/* --- people --- */

static int
draw_county (YihuCensus *self)
{
  static const int counties[] = { 210802, 210803, 210804, 210811, 210881, 210882 };
  const YihuArea *community = yihu_plan_get_area (self->catalogue->plan, self->area);

  if (yihu_random_chance (&self->random, 0.88))
    return (int) (community->code / 1000000);
  return counties[yihu_random_below (&self->random, G_N_ELEMENTS (counties))];
}

static YihuLiving
draw_living (YihuCensus *self, int age, gboolean is_couple)
{
  double chance = yihu_random_unit (&self->random);

  if (is_couple)
    return chance < 0.56 ? YIHU_LIVING_EMPTY_NEST : YIHU_LIVING_WITH_FAMILY;
  if (self->home != NULL && chance < 0.02 + 0.004 * (age - 60))
    return YIHU_LIVING_INSTITUTION;
  if (chance > 0.985)
    return YIHU_LIVING_BEREAVED;
  return chance > (age >= 70 ? 0.55 : 0.7) ? YIHU_LIVING_ALONE : YIHU_LIVING_WITH_FAMILY;
}

static YihuSubsidy
draw_subsidy (const YihuElder *elder, int age, YihuRandom *random)
{
  double chance = yihu_random_unit (random);

  if (chance < 0.012)
    return YIHU_SUBSIDY_A;
  if (elder->ability >= YIHU_ABILITY_MODERATE && chance < 0.3)
    return YIHU_SUBSIDY_B;
  return age >= 90 || chance < 0.05 ? YIHU_SUBSIDY_C : YIHU_SUBSIDY_NONE;
}

static void
fill_care (YihuCensus *self, YihuElder *elder, int age)
{
  YihuRandom *random = &self->random;
  guint choice = yihu_random_below (random, 12);
  const YihuInstitution *hospital =
      yihu_catalogue_find_hospital (self->catalogue, self->area, choice);
  static const char *const holders[] = { "社区网格员", "门卫", "儿子", "女儿", "楼长" };

  yihu_health_fill (self->health, elder, age, self->as_of / 10000, random);
  elder->subsidy = draw_subsidy (elder, age, random);
  elder->dialect = g_strdup (yihu_word_list_draw_word (self->dialects, random, 1));
  if (hospital != NULL && (elder->conditions != NULL || choice < 4))
    elder->hospital = g_strdup (hospital->name);
  if (elder->living == YIHU_LIVING_ALONE && yihu_random_chance (random, 0.3))
    elder->key_holder = g_strdup (holders[yihu_random_below (random, G_N_ELEMENTS (holders))]);
  if (yihu_random_chance (random, 0.008))
    elder->status = yihu_random_chance (random, 0.5) ? YIHU_ELDER_MOVED : YIHU_ELDER_DECEASED;
}

static YihuElder *
add_elder (YihuCensus *self, YihuSex sex, int age, gboolean is_couple)
{
  guint index = self->household.n_elders++;
  gint64 at_us = yihu_census_time_us (self) + 1000 * (gint64) index;
  g_autofree char *id = yihu_random_identifier (&self->random, at_us);
  YihuPeople *people = self->catalogue->people;
  YihuElder *elder = yihu_elder_new (id);
  g_autofree char *given = NULL;

  elder->record.division = yihu_plan_get_area (self->catalogue->plan, self->area)->code;
  elder->sex = sex;
  elder->birth = yihu_people_draw_birth (people, &self->random, age);
  self->ages[index] = age;
  self->surnames[index] = yihu_people_draw_surname (people, &self->random);
  given = yihu_people_draw_given (people, &self->random, sex, (int) (elder->birth / 10000));
  elder->name = g_strconcat (self->surnames[index], given, NULL);
  elder->appellation =
      yihu_people_draw_appellation (&self->random, self->surnames[index], sex, age);
  elder->living = draw_living (self, age, is_couple);
  elder->id_card = yihu_people_next_id_card (people, draw_county (self), (int) elder->birth, sex);
  fill_care (self, elder, age);
  self->household.elders[index] = elder;
  return elder;
}

/* A landline belongs to the home, a mobile to one person; a few have no telephone at all. */
static void
give_phones (YihuCensus *self)
{
  gboolean has_landline = yihu_random_chance (&self->random, 0.58);

  if (has_landline)
    self->landline =
        yihu_phone_book_landline (self->catalogue->seed,
                                  YIHU_LANDLINE_HOUSEHOLDS + (guint64) self->n_households);
  for (guint i = 0; i < self->household.n_elders; i++)
    {
      YihuElder *elder = self->household.elders[i];
      gboolean has_mobile = yihu_random_chance (&self->random, self->ages[i] < 75 ? 0.8 : 0.38);
      g_autofree char *mobile = yihu_census_next_mobile (self);
      const char *first = elder->living == YIHU_LIVING_INSTITUTION ? NULL : self->landline;

      if (first == NULL && !has_mobile && !yihu_random_chance (&self->random, 0.06))
        has_mobile = TRUE;
      if (first == NULL && has_mobile)
        elder->phone = g_steal_pointer (&mobile);
      else
        {
          elder->phone = g_strdup (first);
          elder->phone2 = has_mobile ? g_steal_pointer (&mobile) : NULL;
        }
    }
}

static gboolean
has_spouse (YihuRandom *random, YihuSex sex, int age)
{
  double at_60 = sex == YIHU_SEX_MALE ? 0.88 : 0.8;
  double a_year = sex == YIHU_SEX_MALE ? 0.011 : 0.019;

  return yihu_random_chance (random, MAX (at_60 - a_year * (age - 60), 0.04));
}

static void
begin_household (YihuCensus *self, guint room)
{
  YihuPeople *people = self->catalogue->people;
  int age, other;
  YihuSex sex;

  self->random = yihu_random_new (self->catalogue->seed, "household", self->n_households);
  self->mobiles = 0;
  age = yihu_people_draw_age (people, &self->random);
  sex = yihu_people_draw_sex (people, &self->random, age);
  other = age + (sex == YIHU_SEX_MALE ? -1 : 1) * yihu_random_between (&self->random, -1, 5);
  if (room < 2 || !has_spouse (&self->random, sex, age) || other < YIHU_PEOPLE_MIN_AGE
      || other > YIHU_PEOPLE_MAX_AGE)
    {
      add_elder (self, sex, age, FALSE);
      return;
    }
  add_elder (self, sex, age, TRUE);
  add_elder (self, sex == YIHU_SEX_MALE ? YIHU_SEX_FEMALE : YIHU_SEX_MALE, other, TRUE);
  self->household.elders[1]->living = self->household.elders[0]->living;
}

static void
clear_household (YihuCensus *self)
{
  for (guint i = 0; i < self->household.n_elders; i++)
    g_clear_pointer (&self->household.elders[i], yihu_elder_unref);
  self->household.n_elders = 0;
  g_ptr_array_set_size (self->household.kin, 0);
  g_clear_pointer (&self->landline, g_free);
}

static gboolean
take_community (YihuCensus *self,
                guint quota,
                YihuHouseholdFunc func,
                gpointer data,
                GError **error)
{
  gboolean ok = TRUE;

  while (quota > 0 && ok)
    {
      begin_household (self, quota);
      give_phones (self);
      settle (self);
      yihu_census_add_kin (self);
      quota -= self->household.n_elders;
      self->n_elders += self->household.n_elders;
      ok = func (&self->household, data, error);
      clear_household (self);
      self->n_households++;
    }
  return ok;
}

gboolean
yihu_census_take (YihuCatalogue *catalogue,
                  int as_of,
                  guint n_elders,
                  YihuHouseholdFunc func,
                  gpointer data,
                  GError **error)
{
  YihuCensus self = { .catalogue = catalogue, .as_of = as_of };
  double total = 0;
  double passed = 0;
  gboolean ok = TRUE;

  self.health = yihu_health_new ();
  self.dialects = yihu_word_list_new ("dialects");
  self.household.kin = g_ptr_array_new_with_free_func (yihu_record_unref);
  for (guint i = 0; i < yihu_plan_get_n_areas (catalogue->plan); i++)
    total += yihu_plan_get_area (catalogue->plan, i)->weight;
  for (guint i = 0; i < yihu_plan_get_n_areas (catalogue->plan) && ok; i++)
    {
      const YihuArea *area = yihu_plan_get_area (catalogue->plan, i);
      guint until;

      if (area->level != YIHU_DIVISION_LEVEL_COMMUNITY)
        continue;
      passed += area->weight;
      until = (guint) floor (n_elders * (passed / total) + 0.5);
      self.area = i;
      self.home = yihu_catalogue_find_home (catalogue, i);
      ok = take_community (&self, MIN (until, n_elders) - self.n_elders, func, data, error);
    }
  g_ptr_array_unref (self.household.kin);
  yihu_word_list_free (self.dialects);
  yihu_health_free (self.health);
  return ok;
}
