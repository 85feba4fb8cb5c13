/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "city/catalogue.h"
#include "city/phone-book.h"
#include "city/word-list.h"

G_BEGIN_DECLS

/* Ranges of landline numbers: no household begins below the last one. */
#define YIHU_LANDLINE_INSTITUTIONS 0
#define YIHU_LANDLINE_PROVIDERS 2000
#define YIHU_LANDLINE_HOUSEHOLDS 10000

char *yihu_catalogue_next_id (YihuCatalogue *self, YihuRandom *random);

/* A spot of the community and a house beside it. */
typedef struct
{
  YihuGeoPoint geo;
  char *address; /* (owned) */
} YihuPlace;

YihuPlace yihu_catalogue_draw_place (YihuCatalogue *self, guint area, YihuRandom *random);

/* 站前, 盖州: the district's name without its last character. (transfer full) */
char *yihu_catalogue_dup_district_word (YihuCatalogue *self, guint area);
guint yihu_catalogue_get_district (YihuCatalogue *self, guint area);

/* A name that no other of @others has. @tails: what it is. (transfer full) */
char *yihu_catalogue_draw_name (GPtrArray *others,
                                gsize name_offset,
                                const char *head,
                                YihuWordList *words,
                                const char *tail,
                                YihuRandom *random);

void yihu_catalogue_make_institutions (YihuCatalogue *self);
void yihu_catalogue_make_providers (YihuCatalogue *self);
void yihu_catalogue_make_accounts (YihuCatalogue *self);

G_END_DECLS
