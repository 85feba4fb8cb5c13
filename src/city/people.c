/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The shape of the cohorts (fewer born in 1959-1961, many in 1962-1965, women live longer) follows
 * what is generally known of the country's pyramid; no table was copied. Identity numbers count up
 * within (county, day, sex), so they cannot repeat, and the count is scattered by a fixed stride.
 */

#include "city/people.h"

#include "base/person-id.h"
#include "city/word-list.h"

#include <math.h>

#define AGES (YIHU_PEOPLE_MAX_AGE - YIHU_PEOPLE_MIN_AGE + 1)
#define FIRST_BIRTH_YEAR 1890
#define BIRTH_YEARS 120
#define DAY_SLOTS 372 /* 12 months of 31 days */
#define MAX_COUNTIES 16

struct _YihuPeople
{
  int as_of;
  YihuWordList *surnames;
  YihuWordList *given[2]; /* by sex */
  YihuWordList *heads[2];
  YihuWordList *tails[2];
  double age_sums[AGES];
  int counties[MAX_COUNTIES];
  guint n_counties;
  guint16 *used[MAX_COUNTIES]; /* (owned) by year, day slot, sex */
};

static double
cohort_weight (int age, int birth_year)
{
  double survivors = exp (-pow ((age - YIHU_PEOPLE_MIN_AGE) / 17.0, 1.55));

  if (birth_year >= 1959 && birth_year <= 1961)
    return 0.58 * survivors;
  if (birth_year >= 1962 && birth_year <= 1965)
    return 1.22 * survivors;
  return survivors;
}

YihuPeople *
yihu_people_new (int as_of)
{
  YihuPeople *self = g_new0 (YihuPeople, 1);
  double sum = 0;

  self->as_of = as_of;
  self->surnames = yihu_word_list_new ("surnames");
  self->given[YIHU_SEX_FEMALE] = yihu_word_list_new ("given-female");
  self->heads[YIHU_SEX_FEMALE] = yihu_word_list_new ("given-female-heads");
  self->tails[YIHU_SEX_FEMALE] = yihu_word_list_new ("given-female-tails");
  self->given[YIHU_SEX_MALE] = yihu_word_list_new ("given-male");
  self->heads[YIHU_SEX_MALE] = yihu_word_list_new ("given-male-heads");
  self->tails[YIHU_SEX_MALE] = yihu_word_list_new ("given-male-tails");
  for (int i = 0; i < AGES; i++)
    {
      sum += cohort_weight (YIHU_PEOPLE_MIN_AGE + i, as_of / 10000 - YIHU_PEOPLE_MIN_AGE - i);
      self->age_sums[i] = sum;
    }
  return self;
}

void
yihu_people_free (YihuPeople *self)
{
  yihu_word_list_free (self->surnames);
  for (int sex = 0; sex < 2; sex++)
    {
      yihu_word_list_free (self->given[sex]);
      yihu_word_list_free (self->heads[sex]);
      yihu_word_list_free (self->tails[sex]);
    }
  for (guint i = 0; i < self->n_counties; i++)
    g_free (self->used[i]);
  g_free (self);
}

const char *
yihu_people_draw_surname (YihuPeople *self, YihuRandom *random)
{
  return yihu_word_list_draw_word (self->surnames, random, 1);
}

/* The column of weights for the year: the lists name the eras in their heads. */
static guint
era_column (int birth_year)
{
  static const int last_years[] = { 1935, 1948, 1957, 1966, 1979 };
  guint column = 1;

  for (guint i = 0; i < G_N_ELEMENTS (last_years); i++)
    if (birth_year > last_years[i])
      column = i + 2;
  return column;
}

char *
yihu_people_draw_given (YihuPeople *self, YihuRandom *random, YihuSex sex, int birth_year)
{
  guint column = era_column (birth_year);
  const char *head;
  const char *tail;

  if (yihu_random_chance (random, 0.5))
    return g_strdup (yihu_word_list_draw_word (self->given[sex], random, column));
  head = yihu_word_list_draw_word (self->heads[sex], random, column);
  tail = yihu_word_list_draw_word (self->tails[sex], random, column);
  if (g_strcmp0 (head, tail) == 0)
    return g_strdup (yihu_word_list_draw_word (self->given[sex], random, column));
  return g_strconcat (head, tail, NULL);
}

char *
yihu_people_draw_name (YihuPeople *self, YihuRandom *random, YihuSex sex, int birth_year)
{
  const char *surname = yihu_people_draw_surname (self, random);
  g_autofree char *given = yihu_people_draw_given (self, random, sex, birth_year);

  return g_strconcat (surname, given, NULL);
}

int
yihu_people_draw_age (YihuPeople *self, YihuRandom *random)
{
  double wanted = yihu_random_unit (random) * self->age_sums[AGES - 1];
  int i = 0;

  while (i < AGES - 1 && self->age_sums[i] <= wanted)
    i++;
  return YIHU_PEOPLE_MIN_AGE + i;
}

YihuSex
yihu_people_draw_sex (YihuPeople *self, YihuRandom *random, int age)
{
  double women = 0.505 + 0.0052 * (age - YIHU_PEOPLE_MIN_AGE);

  return yihu_random_chance (random, MIN (women, 0.73)) ? YIHU_SEX_FEMALE : YIHU_SEX_MALE;
}

int
yihu_people_draw_birth (YihuPeople *self, YihuRandom *random, int age)
{
  while (TRUE)
    {
      int year = self->as_of / 10000 - age - (int) yihu_random_below (random, 2);
      int birth = year * 10000 + yihu_random_between (random, 1, 12) * 100
                  + yihu_random_between (random, 1, 31);

      if (yihu_date_is_valid (birth) && yihu_date_get_age (birth, self->as_of) == age)
        return birth;
    }
}

static guint16 *
get_counts (YihuPeople *self, int county)
{
  guint i = 0;

  while (i < self->n_counties && self->counties[i] != county)
    i++;
  if (i == self->n_counties)
    {
      g_return_val_if_fail (i < MAX_COUNTIES, self->used[0]);
      self->counties[i] = county;
      self->used[i] = g_new0 (guint16, BIRTH_YEARS * DAY_SLOTS * 2);
      self->n_counties++;
    }
  return self->used[i];
}

char *
yihu_people_next_id_card (YihuPeople *self, int county, int birth, YihuSex sex)
{
  guint16 *counts = get_counts (self, county);
  int slot = (birth / 10000 - FIRST_BIRTH_YEAR) * DAY_SLOTS + (birth / 100 % 100 - 1) * 31
             + birth % 100 - 1;
  guint16 *count = &counts[2 * slot + (int) sex];
  guint order = (guint) ((*count * 211 + birth % 499 + 7) % 500);
  g_autofree char *head = NULL;

  g_return_val_if_fail (slot >= 0 && slot < BIRTH_YEARS * DAY_SLOTS && *count < 500, NULL);
  (*count)++;
  head =
      g_strdup_printf ("%06d%08d%03u", county, birth, 2 * order + (sex == YIHU_SEX_MALE ? 1 : 0));
  return g_strdup_printf ("%s%c", head, yihu_person_id_check_digit (head));
}

char *
yihu_people_draw_appellation (YihuRandom *random, const char *surname, YihuSex sex, int age)
{
  const char *word;

  if (yihu_random_chance (random, 0.06))
    word = "老师";
  else if (sex == YIHU_SEX_MALE && yihu_random_chance (random, 0.05))
    word = "师傅";
  else if (sex == YIHU_SEX_FEMALE)
    word = age >= 78 ? "奶奶" : age >= 67 ? "大娘" : "阿姨";
  else
    word = age >= 80 ? "爷爷" : age >= 65 ? "大爷" : "大叔";
  return g_strconcat (surname, word, NULL);
}
