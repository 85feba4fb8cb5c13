/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "city/random.h"
#include "domain/elder.h"

/* Who lives in the city: names as they were given when somebody was born, ages and sexes as the
 * cohorts have them, identity numbers with their check digit. */

G_BEGIN_DECLS

#define YIHU_PEOPLE_MIN_AGE 60
#define YIHU_PEOPLE_MAX_AGE 104

typedef struct _YihuPeople YihuPeople;

/* @as_of: today in the city, yyyymmdd. */
YihuPeople *yihu_people_new (int as_of);
void yihu_people_free (YihuPeople *self);

const char *yihu_people_draw_surname (YihuPeople *self, YihuRandom *random);
/* (transfer full) */
char *yihu_people_draw_given (YihuPeople *self, YihuRandom *random, YihuSex sex, int birth_year);
char *yihu_people_draw_name (YihuPeople *self, YihuRandom *random, YihuSex sex, int birth_year);

int yihu_people_draw_age (YihuPeople *self, YihuRandom *random);
YihuSex yihu_people_draw_sex (YihuPeople *self, YihuRandom *random, int age);
/* A day of birth of somebody who is @age full years old; yyyymmdd. */
int yihu_people_draw_birth (YihuPeople *self, YihuRandom *random, int age);

/* 18 characters, never the same twice. @county: the six digits at its head. (transfer full) */
char *yihu_people_next_id_card (YihuPeople *self, int county, int birth, YihuSex sex);

/* 王奶奶, 李大爷, 张老师. (transfer full) */
char *yihu_people_draw_appellation (YihuRandom *random, const char *surname, YihuSex sex, int age);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuPeople, yihu_people_free)

G_END_DECLS
