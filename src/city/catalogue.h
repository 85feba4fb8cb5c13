/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "city/people.h"
#include "city/plan.h"
#include "domain/kinds.h"

/* What is in the city besides its elders: institutions, community centres and hospitals with
 * cameras, providers, the priced catalogue of services, and the accounts of those who work there.
 * Small enough to be held whole. */

G_BEGIN_DECLS

#define YIHU_CITY_INSTITUTIONS 135
#define YIHU_CITY_CENTRES 177
#define YIHU_CITY_HOSPITALS 12
#define YIHU_CITY_SEATS 20
#define YIHU_CITY_RTSP_PORT 8554

typedef struct
{
  YihuPlan *plan; /* (not owned) */
  YihuPeople *people; /* (not owned) */
  guint64 seed;
  guint rtsp_port;
  gint64 made_at_us; /* of the ids */
  guint next_id;
  GPtrArray *institutions; /* (owned) (element-type YihuInstitution) */
  GArray *institution_areas; /* (owned) guint: index of the community of each */
  GPtrArray *cameras; /* (owned) (element-type YihuCamera) */
  GPtrArray *items; /* (owned) (element-type YihuServiceItem) */
  GPtrArray *providers; /* (owned) (element-type YihuProvider) */
  GPtrArray *prices; /* (owned) (element-type YihuPrice) */
  GPtrArray *accounts; /* (owned) (element-type YihuAccount) */
} YihuCatalogue;

YihuCatalogue *
yihu_catalogue_new (YihuPlan *plan, YihuPeople *people, guint64 seed, guint rtsp_port);
void yihu_catalogue_free (YihuCatalogue *self);

/* Of a community: an institution where people live, or NULL; a hospital of its district. */
const YihuInstitution *yihu_catalogue_find_home (YihuCatalogue *self, guint area);
const YihuInstitution *yihu_catalogue_find_hospital (YihuCatalogue *self, guint area, guint choice);

/* The password of a demo account, from its log-in alone: it protects nothing. (transfer full) */
char *yihu_city_demo_password (const char *login);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuCatalogue, yihu_catalogue_free)

G_END_DECLS
