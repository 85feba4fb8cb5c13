/* SPDX-License-Identifier: GPL-3.0-or-later */

/* 135 institutions, 177 community centres and 12 hospitals, each where people live, and the cameras
 * of their public rooms. No camera looks into a bedroom. */

#include "city/catalogue-private.h"

#include <string.h>

typedef struct
{
  YihuCatalogue *catalogue;
  YihuRandom random;
  YihuWordList *words;
  GArray *communities; /* guint: shuffled, those with many elders first */
} YihuBuilder;

static const char *const rooms[] = { "大厅", "餐厅", "活动室", "院门", "一层走廊", "厨房", "庭院" };

static void
add_cameras (YihuBuilder *builder, const YihuInstitution *institution)
{
  YihuCatalogue *self = builder->catalogue;
  guint n = institution->type == YIHU_INSTITUTION_HOSPITAL ? 0
            : yihu_random_chance (&builder->random,
                                  institution->type == YIHU_INSTITUTION_INSTITUTION ? 0.6 : 0.25)
                ? 2
                : 1;
  guint room = yihu_random_below (&builder->random, 3);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = yihu_catalogue_next_id (self, &builder->random);
      YihuCamera *camera = yihu_camera_new (id);

      camera->record.division = institution->record.division;
      camera->institution = g_strdup (institution->record.id);
      camera->name = g_strdup (rooms[(room + 3 * i) % G_N_ELEMENTS (rooms)]);
      camera->address = g_strdup_printf ("rtsp://127.0.0.1:%u/%s/sub", self->rtsp_port, id);
      g_ptr_array_add (self->cameras, camera);
    }
}

static char *
name_institution (YihuBuilder *builder, guint area, YihuInstitutionType type)
{
  YihuCatalogue *self = builder->catalogue;
  const YihuArea *community = yihu_plan_get_area (self->plan, area);
  const YihuArea *street = yihu_plan_get_parent (self->plan, community);
  g_autofree char *district = yihu_catalogue_dup_district_word (self, area);
  g_autofree char *place = NULL;
  static const char *const homes[] = { "养老院",   "老年公寓", "养护院",
                                       "颐养中心", "护理院",   "敬老院" };

  if (type == YIHU_INSTITUTION_HOSPITAL)
    return yihu_catalogue_draw_name (self->institutions, G_STRUCT_OFFSET (YihuInstitution, name),
                                     district, builder->words, "医院", &builder->random);
  if (type == YIHU_INSTITUTION_INSTITUTION)
    return yihu_catalogue_draw_name (self->institutions, G_STRUCT_OFFSET (YihuInstitution, name),
                                     district, builder->words,
                                     homes[yihu_random_below (&builder->random, 6)],
                                     &builder->random);
  place = yihu_plan_dup_place_name (community);
  return g_strconcat (strlen (street->name) + strlen (place) < 66 ? street->name : "", place,
                      g_str_has_suffix (community->name, "村委会") ? "互助幸福院" : "养老服务站",
                      NULL);
}

static void
add_institution (YihuBuilder *builder, guint area, YihuInstitutionType type)
{
  YihuCatalogue *self = builder->catalogue;
  YihuRandom *random = &builder->random;
  g_autofree char *id = yihu_catalogue_next_id (self, random);
  YihuInstitution *institution = yihu_institution_new (id);
  YihuPlace place = yihu_catalogue_draw_place (self, area, random);

  institution->record.division = yihu_plan_get_area (self->plan, area)->code;
  institution->name = name_institution (builder, area, type);
  institution->type = type;
  institution->phone =
      yihu_phone_book_landline (self->seed, YIHU_LANDLINE_INSTITUTIONS + self->institutions->len);
  institution->address = place.address;
  institution->lat_e7 = yihu_geo_e7 (place.geo.lat);
  institution->lon_e7 = yihu_geo_e7 (place.geo.lon);
  if (type == YIHU_INSTITUTION_HOSPITAL)
    institution->beds = yihu_random_between (random, 12, 80) * 10;
  else if (type == YIHU_INSTITUTION_INSTITUTION)
    institution->beds = yihu_random_between (random, 4, 22) * 10;
  else
    institution->beds = yihu_random_between (random, 0, 3) * 4;
  institution->residents =
      (gint64) ((double) institution->beds * yihu_random_range (random, 0.45, 0.96));
  g_ptr_array_add (self->institutions, institution);
  g_array_append_val (self->institution_areas, area);
  add_cameras (builder, institution);
}

/* Communities in an order drawn without putting back, heavier ones likelier to come early. */
static GArray *
draw_communities (YihuCatalogue *self, YihuRandom *random)
{
  GArray *order = g_array_new (FALSE, FALSE, sizeof (guint));
  guint n = yihu_plan_get_n_areas (self->plan);
  g_autofree double *keys = g_new0 (double, n);

  for (guint i = 0; i < n; i++)
    {
      const YihuArea *area = yihu_plan_get_area (self->plan, i);
      guint at;

      if (area->level != YIHU_DIVISION_LEVEL_COMMUNITY)
        continue;
      keys[i] = yihu_random_exponential (random) / area->weight;
      for (at = 0; at < order->len && keys[g_array_index (order, guint, at)] < keys[i]; at++)
        ;
      g_array_insert_val (order, at, i);
    }
  return order;
}

void
yihu_catalogue_make_institutions (YihuCatalogue *self)
{
  YihuBuilder builder = { .catalogue = self };
  guint made[64] = { 0 }; /* hospitals by district */

  builder.random = yihu_random_new (self->seed, "institutions", 0);
  builder.words = yihu_word_list_new ("institution-names");
  builder.communities = draw_communities (self, &builder.random);
  for (guint i = 0; i < YIHU_CITY_CENTRES; i++)
    add_institution (&builder, g_array_index (builder.communities, guint, i),
                     YIHU_INSTITUTION_COMMUNITY_CENTRE);
  for (guint i = 0; i < YIHU_CITY_INSTITUTIONS; i++)
    add_institution (&builder, g_array_index (builder.communities, guint, 2 * i + 1),
                     YIHU_INSTITUTION_INSTITUTION);
  for (guint i = 0, n = 0; i < builder.communities->len && n < YIHU_CITY_HOSPITALS; i++)
    {
      guint area = g_array_index (builder.communities, guint, i);
      guint district = yihu_catalogue_get_district (self, area);
      gint64 code = yihu_plan_get_area (self->plan, district)->code;
      guint *count = &made[(code / 1000000) % 64];

      if (*count >= 2 || !yihu_plan_get_area (self->plan, area)->is_built)
        continue;
      (*count)++;
      n++;
      add_institution (&builder, area, YIHU_INSTITUTION_HOSPITAL);
    }
  yihu_word_list_free (builder.words);
  g_array_unref (builder.communities);
}
