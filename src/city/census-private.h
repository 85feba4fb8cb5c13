/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "city/catalogue-private.h"
#include "city/census.h"
#include "city/health.h"

G_BEGIN_DECLS

/* Mobile numbers: this many indices belong to each household. */
#define YIHU_MOBILES_EACH 16
#define YIHU_MOBILE_NEIGHBOUR 12

typedef struct
{
  YihuCatalogue *catalogue;
  YihuHealth *health;
  YihuWordList *dialects;
  int as_of;
  guint n_households; /* begun so far */
  guint n_elders; /* made so far */

  /* the community under way */
  guint area;
  const YihuInstitution *home; /* (nullable) */

  /* the household under way */
  YihuHousehold household;
  YihuRandom random;
  int ages[2];
  const char *surnames[2];
  char *landline; /* (owned) (nullable) */
  guint mobiles; /* given out */
} YihuCensus;

gint64 yihu_census_time_us (YihuCensus *self); /* for the ids of the household */
char *yihu_census_next_mobile (YihuCensus *self);
void yihu_census_add_kin (YihuCensus *self);

G_END_DECLS
