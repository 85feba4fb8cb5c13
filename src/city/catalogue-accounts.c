/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who works in the city: operators by seat, a supervisor, a reviewer for each district, an auditor,
 * the switchboard, and the staff of each provider. */

#include "city/catalogue-private.h"

static YihuAccount *
add_account (YihuCatalogue *self,
             const char *login,
             const char *name,
             YihuRole role,
             gint64 division,
             YihuRandom *random)
{
  g_autofree char *id = yihu_catalogue_next_id (self, random);
  YihuAccount *account = yihu_account_new (id);

  account->record.division = division;
  account->login = g_strdup (login);
  account->name = g_strdup (name);
  account->role = role;
  g_ptr_array_add (self->accounts, account);
  return account;
}

static void
add_operators (YihuCatalogue *self, gint64 city, YihuRandom *random)
{
  for (guint seat = 1; seat <= YIHU_CITY_SEATS; seat++)
    {
      g_autofree char *login = g_strdup_printf ("op%02u", seat);
      g_autofree char *drawn =
          yihu_people_draw_name (self->people, random,
                                 seat % 5 == 0 ? YIHU_SEX_MALE : YIHU_SEX_FEMALE, 1990);
      const char *name = seat == 3 ? "张敏" : drawn;
      YihuAccount *account = add_account (self, login, name, YIHU_ROLE_OPERATOR, city, random);

      account->seat = g_strdup_printf ("%02u", seat);
    }
}

static void
add_reviewers (YihuCatalogue *self, YihuRandom *random)
{
  for (guint i = 1; i < yihu_plan_get_n_areas (self->plan); i++)
    {
      const YihuArea *area = yihu_plan_get_area (self->plan, i);
      g_autofree char *login = NULL;
      g_autofree char *name = NULL;

      if (area->level != YIHU_DIVISION_LEVEL_COUNTY)
        continue;
      login = g_strdup_printf ("rev%" G_GINT64_FORMAT, area->code / 1000000);
      name = yihu_people_draw_name (self->people, random, YIHU_SEX_FEMALE, 1978);
      add_account (self, login, name, YIHU_ROLE_REVIEWER, area->code, random);
    }
}

void
yihu_catalogue_make_accounts (YihuCatalogue *self)
{
  YihuRandom random = yihu_random_new (self->seed, "accounts", 0);
  gint64 city = yihu_plan_get_area (self->plan, 0)->code;
  g_autofree char *supervisor =
      yihu_people_draw_name (self->people, &random, YIHU_SEX_FEMALE, 1975);
  g_autofree char *auditor = yihu_people_draw_name (self->people, &random, YIHU_SEX_MALE, 1972);

  add_operators (self, city, &random);
  add_account (self, "sup01", supervisor, YIHU_ROLE_SUPERVISOR, city, &random);
  add_reviewers (self, &random);
  add_account (self, "audit", auditor, YIHU_ROLE_AUDITOR, city, &random);
  add_account (self, "voice", "交换机", YIHU_ROLE_SWITCHBOARD, city, &random);
  for (guint i = 0; i < self->providers->len; i++)
    {
      const YihuProvider *provider = g_ptr_array_index (self->providers, i);
      g_autofree char *login = g_strdup_printf ("staff%02u", i + 1);
      g_autofree char *name = yihu_people_draw_name (self->people, &random,
                                                     i % 3 ? YIHU_SEX_FEMALE : YIHU_SEX_MALE, 1985);
      YihuAccount *account = add_account (self, login, name, YIHU_ROLE_PROVIDER, city, &random);

      account->provider = g_strdup (provider->record.id);
    }
}

char *
yihu_city_demo_password (const char *login)
{
  return g_strconcat ("demo-", login, NULL);
}
