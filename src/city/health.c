/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Draws from data/city/conditions.txt and allergies.txt. A medicine only stands where its illness
 * does, an allergy never against a medicine that is taken. */

#include "city/health.h"

#include "city/word-list.h"

#include <string.h>

enum
{
  COLUMN_AT_60 = 1,
  COLUMN_AT_80,
  COLUMN_WOMEN,
  COLUMN_VARIANTS,
  COLUMN_MEDICINES,
  COLUMN_RISK,
};

struct _YihuHealth
{
  YihuWordList *conditions;
  YihuWordList *allergies;
};

YihuHealth *
yihu_health_new (void)
{
  YihuHealth *self = g_new0 (YihuHealth, 1);

  self->conditions = yihu_word_list_new ("conditions");
  self->allergies = yihu_word_list_new ("allergies");
  return self;
}

void
yihu_health_free (YihuHealth *self)
{
  yihu_word_list_free (self->conditions);
  yihu_word_list_free (self->allergies);
  g_free (self);
}

/* Picks one of the parts of "a|b|c" that is not in @text yet and appends it. */
static void
append_choice (GString *text, const char *choices, YihuRandom *random)
{
  g_auto (GStrv) words = g_strsplit (choices, "|", -1);
  guint n = g_strv_length (words);
  const char *word = n > 0 ? words[yihu_random_below (random, n)] : NULL;

  if (word == NULL || strstr (text->str, word) != NULL)
    return;
  if (text->len > 0)
    g_string_append (text, "、");
  g_string_append (text, word);
}

static double
share_of (YihuHealth *self, guint row, int age, YihuSex sex)
{
  double at_60 = yihu_word_list_get_number (self->conditions, row, COLUMN_AT_60);
  double at_80 = yihu_word_list_get_number (self->conditions, row, COLUMN_AT_80);
  double women = yihu_word_list_get_number (self->conditions, row, COLUMN_WOMEN);
  double share = at_60 + (at_80 - at_60) * MIN (age - 60, 30) / 20.0;
  double factor = sex == YIHU_SEX_FEMALE ? women : women > 0 ? 2 - women : 1;

  return CLAMP (share * factor, 0, 0.9);
}

/* Returns the points that the illnesses add to the risk. */
static int
draw_conditions (YihuHealth *self, YihuElder *elder, int age, YihuRandom *random)
{
  g_autoptr (GString) conditions = g_string_new (NULL);
  g_autoptr (GString) medicines = g_string_new (NULL);
  int risk = 0;

  for (guint row = 0; row < yihu_word_list_get_length (self->conditions); row++)
    {
      const char *variants;
      const char *drugs;

      if (!yihu_random_chance (random, 0.66 * share_of (self, row, age, (YihuSex) elder->sex)))
        continue;
      variants = yihu_word_list_get_cell (self->conditions, row, COLUMN_VARIANTS);
      drugs = yihu_word_list_get_cell (self->conditions, row, COLUMN_MEDICINES);
      append_choice (conditions, variants, random);
      if (yihu_random_chance (random, 0.88))
        append_choice (medicines, drugs, random);
      if (yihu_random_chance (random, 0.25))
        append_choice (medicines, drugs, random);
      risk += (int) yihu_word_list_get_number (self->conditions, row, COLUMN_RISK);
    }
  if (conditions->len > 0)
    elder->conditions = g_strdup (conditions->str);
  if (medicines->len > 0)
    elder->medicines = g_strdup (medicines->str);
  return risk;
}

static gboolean
is_taken (const YihuElder *elder, const char *excluded)
{
  g_auto (GStrv) words = g_strsplit (excluded, "|", -1);

  for (guint i = 0; words[i] != NULL && elder->medicines != NULL; i++)
    if (strstr (elder->medicines, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

static void
draw_allergy (YihuHealth *self, YihuElder *elder, YihuRandom *random)
{
  guint row;

  if (!yihu_random_chance (random, 0.11))
    return;
  row = yihu_word_list_draw (self->allergies, random, 1);
  if (!is_taken (elder, yihu_word_list_get_cell (self->allergies, row, 2)))
    elder->allergies = g_strdup (yihu_word_list_get (self->allergies, row));
}

static YihuAbility
draw_ability (int age, gboolean in_institution, YihuRandom *random)
{
  double years = MAX (age - 60, 0);
  double impaired = 0.025 + 0.00045 * years * years + (in_institution ? 0.35 : 0);
  guint kind = yihu_random_below (random, 100);

  if (!yihu_random_chance (random, MIN (impaired, 0.85)))
    return YIHU_ABILITY_ABLE;
  if (kind < 50)
    return YIHU_ABILITY_MILD;
  if (kind < 74)
    return YIHU_ABILITY_MODERATE;
  return kind < 88 ? YIHU_ABILITY_SEVERE : YIHU_ABILITY_DEMENTIA;
}

static const char *
draw_mobility (YihuAbility ability, const char *conditions, YihuRandom *random)
{
  static const char *const words[][3] = {
    { NULL, NULL, NULL },
    { "拄拐杖", "扶墙慢走", "拄拐杖，能下楼" },
    { "助行器", "需人搀扶", "轮椅，能站立" },
    { "轮椅", "卧床，能坐起", "长期卧床" },
    { "行走自如，会走失", "需人看护", "拄拐杖，会走失" },
  };

  if (ability == YIHU_ABILITY_ABLE && conditions != NULL && strstr (conditions, "膝") != NULL)
    return "膝关节不好，上下楼慢";
  return words[ability][yihu_random_below (random, 3)];
}

static const char *
draw_remark (const YihuElder *elder, YihuRandom *random)
{
  if (elder->ability == YIHU_ABILITY_DEMENTIA)
    return "佩戴定位手表，走失先联系家属";
  if (elder->conditions != NULL && strstr (elder->conditions, "听力") != NULL)
    return "听力差，请慢说、大声说";
  if (elder->conditions != NULL && strstr (elder->conditions, "老年性耳聋") != NULL)
    return "耳聋，可请老伴或邻居代接";
  if (elder->living == YIHU_LIVING_ALONE && yihu_random_chance (random, 0.4))
    return "独居，每周二、周五电话问候";
  if (yihu_random_chance (random, 0.03))
    return "敲门后多等一会儿";
  return NULL;
}

static void
write_history (YihuElder *elder, int year, YihuRandom *random)
{
  g_autofree char *first = NULL;
  const char *end;

  if (elder->conditions == NULL || !yihu_random_chance (random, 0.3))
    return;
  end = strstr (elder->conditions, "、");
  first = end != NULL ? g_strndup (elder->conditions, (gsize) (end - elder->conditions))
                      : g_strdup (elder->conditions);
  elder->history =
      g_strdup_printf ("%d年因%s住院%d天；%d年体检", year - yihu_random_between (random, 1, 9),
                       first, yihu_random_between (random, 4, 21), year);
}

static int
risk_points (const YihuElder *elder, int age)
{
  int points = age >= 90 ? 3 : age >= 80 ? 2 : age >= 75 ? 1 : 0;

  if (elder->living == YIHU_LIVING_ALONE || elder->living == YIHU_LIVING_BEREAVED)
    points += 2;
  if (elder->ability >= YIHU_ABILITY_MODERATE)
    points += 2;
  return points;
}

void
yihu_health_fill (YihuHealth *self, YihuElder *elder, int age, int year, YihuRandom *random)
{
  int points = draw_conditions (self, elder, age, random);

  draw_allergy (self, elder, random);
  elder->ability = draw_ability (age, elder->living == YIHU_LIVING_INSTITUTION, random);
  elder->mobility =
      g_strdup (draw_mobility ((YihuAbility) elder->ability, elder->conditions, random));
  elder->remarks = g_strdup (draw_remark (elder, random));
  write_history (elder, year, random);
  points += risk_points (elder, age);
  elder->risk = points >= 8 ? YIHU_RISK_HIGH : points >= 5 ? YIHU_RISK_RAISED : YIHU_RISK_NORMAL;
}
