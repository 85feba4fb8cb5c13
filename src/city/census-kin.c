/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Children, spouse and neighbours. The two of a couple have the same children with the same
 * numbers; a child bears the father's surname. */

#include "city/census-private.h"

static const char *const places[] = { "本市", "本市", "本市", "本市", "同城", "沈阳",
                                      "大连", "鞍山", "盘锦", "北京", "天津", "深圳" };

static void
add_kin (YihuCensus *self,
         const YihuElder *elder,
         const char *name,
         const char *relation,
         const char *phone,
         const char *place,
         guint order)
{
  gint64 at_us = yihu_census_time_us (self) + 10000 + 1000 * (gint64) self->household.kin->len;
  g_autofree char *id = yihu_random_identifier (&self->random, at_us);
  YihuKin *kin = yihu_kin_new (id);

  kin->record.division = elder->record.division;
  kin->elder = g_strdup (elder->record.id);
  kin->name = g_strdup (name);
  kin->relation = g_strdup (relation);
  kin->phone = g_strdup (phone);
  kin->place = g_strdup (place);
  kin->rank = order;
  g_ptr_array_add (self->household.kin, kin);
}

static guint
draw_n_children (YihuCensus *self)
{
  int age = self->ages[0];
  double chance = yihu_random_unit (&self->random);

  if (self->household.elders[0]->living == YIHU_LIVING_BEREAVED || chance < 0.05)
    return 0;
  if (age < 70)
    return chance < 0.8 ? 1 : 2;
  return chance < 0.3 ? 1 : chance < 0.75 ? 2 : 3;
}

static const char *
draw_child_surname (YihuCensus *self)
{
  for (guint i = 0; i < self->household.n_elders; i++)
    if (self->household.elders[i]->sex == YIHU_SEX_MALE)
      return self->surnames[i];
  return yihu_people_draw_surname (self->catalogue->people, &self->random);
}

static void
add_children (YihuCensus *self, guint *orders)
{
  guint n = draw_n_children (self);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *surname = draw_child_surname (self);
  int mother = self->as_of / 10000 - self->ages[0];

  for (guint i = 0; i < n; i++)
    {
      YihuSex sex = yihu_random_chance (&self->random, 0.5) ? YIHU_SEX_FEMALE : YIHU_SEX_MALE;
      int birth = mother + yihu_random_between (&self->random, 22, 27) + 3 * (int) i;
      g_autofree char *given =
          yihu_people_draw_given (self->catalogue->people, &self->random, sex, birth);
      g_autofree char *name = g_strconcat (surname, given, NULL);
      g_autofree char *phone = yihu_census_next_mobile (self);
      const char *place = places[yihu_random_below (&self->random, G_N_ELEMENTS (places))];

      if (g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        continue;
      g_ptr_array_add (names, g_strdup (name));
      for (guint k = 0; k < self->household.n_elders; k++)
        add_kin (self, self->household.elders[k], name, sex == YIHU_SEX_MALE ? "儿子" : "女儿",
                 phone, place, orders[k]++);
    }
}

static void
add_spouses (YihuCensus *self, guint *orders)
{
  for (guint i = 0; i < 2; i++)
    {
      const YihuElder *elder = self->household.elders[i];
      const YihuElder *other = self->household.elders[1 - i];
      const char *phone = other->phone2 != NULL ? other->phone2 : other->phone;

      add_kin (self, elder, other->name, "老伴", phone, "同住", orders[i]++);
    }
}

static void
add_neighbour (YihuCensus *self, YihuElder *elder, guint *order)
{
  YihuSex sex = yihu_random_chance (&self->random, 0.7) ? YIHU_SEX_FEMALE : YIHU_SEX_MALE;
  g_autofree char *name = yihu_people_draw_name (self->catalogue->people, &self->random, sex, 1960);
  g_autofree char *phone = yihu_phone_book_mobile (self->catalogue->seed,
                                                   (guint64) self->n_households * YIHU_MOBILES_EACH
                                                       + YIHU_MOBILE_NEIGHBOUR);

  add_kin (self, elder, name, "邻居", phone, "同楼", (*order)++);
  if (elder->key_holder == NULL && yihu_random_chance (&self->random, 0.6))
    elder->key_holder = g_strdup_printf ("邻居%s", name);
}

void
yihu_census_add_kin (YihuCensus *self)
{
  guint orders[2] = { 0, 0 };
  YihuElder *first = self->household.elders[0];

  add_children (self, orders);
  if (self->household.n_elders == 2)
    add_spouses (self, orders);
  if ((first->living == YIHU_LIVING_ALONE && yihu_random_chance (&self->random, 0.55))
      || first->living == YIHU_LIVING_BEREAVED)
    add_neighbour (self, first, &orders[0]);
}
