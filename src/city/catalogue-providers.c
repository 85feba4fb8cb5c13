/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The catalogue of services and who offers what at which price. Providers and prices belong to the
 * whole city (division 0): whoever sees an order sees who served it. In each district there is one
 * provider of each kind at least, so that no category is without an offer anywhere. */

#include "city/catalogue-private.h"

#define BIT(category) (1u << YIHU_CATEGORY_##category)

static const struct
{
  const char *tail;
  guint categories;
  guint extra; /* districts, in the order of codes, that have a second one: bits */
} kinds[] = {
  { "居家养老服务中心",
    BIT (MEALS) | BIT (CLEANING) | BIT (BATHING) | BIT (ESCORT) | BIT (ERRANDS) | BIT (COMPANY)
        | BIT (CULTURE),
    1 << 0 | 1 << 5 },
  { "护理站", BIT (MEDICAL) | BIT (BATHING) | BIT (REHABILITATION) | BIT (COMPANY),
    1 << 0 | 1 << 4 },
  { "家政", BIT (CLEANING) | BIT (ERRANDS) | BIT (REPAIRS), 0 },
  { "老年食堂", BIT (MEALS), 1 << 1 | 1 << 5 },
  { "便民维修", BIT (REPAIRS), 0 },
  { "康复中心", BIT (REHABILITATION) | BIT (MEDICAL), 0 },
  { "应急救助站", BIT (EMERGENCY) | BIT (ESCORT) | BIT (MEDICAL), 0 },
  { "社工服务社", BIT (COMPANY) | BIT (CULTURE) | BIT (ADVICE), 0 },
};

static const char *const category_nicks[] = { "meals",          "cleaning", "bathing",   "medical",
                                              "escort",         "errands",  "company",   "repairs",
                                              "rehabilitation", "culture",  "emergency", "advice" };

static void
make_items (YihuCatalogue *self, YihuWordList *rows)
{
  YihuRandom random = yihu_random_new (self->seed, "items", 0);

  for (guint i = 0; i < yihu_word_list_get_length (rows); i++)
    {
      g_autofree char *id = yihu_catalogue_next_id (self, &random);
      YihuServiceItem *item = yihu_service_item_new (id);
      const char *nick = yihu_word_list_get (rows, i);

      while (item->category < (gint64) G_N_ELEMENTS (category_nicks) - 1
             && g_strcmp0 (category_nicks[item->category], nick) != 0)
        item->category++;
      item->name = g_strdup (yihu_word_list_get_cell (rows, i, 1));
      item->minutes = (gint64) yihu_word_list_get_number (rows, i, 2);
      item->lead_minutes = (gint64) yihu_word_list_get_number (rows, i, 3);
      g_ptr_array_add (self->items, item);
    }
}

static void
add_price (YihuCatalogue *self,
           const YihuProvider *provider,
           guint item,
           YihuWordList *rows,
           double dear,
           YihuRandom *random)
{
  g_autofree char *id = yihu_catalogue_next_id (self, random);
  YihuPrice *price = yihu_price_new (id);
  double low = yihu_word_list_get_number (rows, item, 4);
  double high = yihu_word_list_get_number (rows, item, 5);
  double share = yihu_word_list_get_number (rows, item, 6) / 100;

  price->provider = g_strdup (provider->record.id);
  price->item = g_strdup (((YihuRecord *) g_ptr_array_index (self->items, item))->id);
  price->price_fen = (gint64) ((low + (high - low) * dear) * 2 + 0.5) * 50;
  price->subsidy_fen = (gint64) ((double) price->price_fen * share / 50) * 50;
  g_ptr_array_add (self->prices, price);
}

static void
add_prices (YihuCatalogue *self,
            const YihuProvider *provider,
            guint kind,
            YihuWordList *rows,
            YihuRandom *random)
{
  double dear = yihu_random_range (random, 0.1, 0.9);
  guint offered = 0;

  for (guint i = 0; i < self->items->len; i++)
    {
      const YihuServiceItem *item = g_ptr_array_index (self->items, i);
      guint bit = 1u << item->category;
      double each = CLAMP (dear + yihu_random_range (random, -0.15, 0.15), 0, 1);
      gboolean is_first = (offered & bit) == 0;

      if ((kinds[kind].categories & bit) == 0 || (!is_first && !yihu_random_chance (random, 0.66)))
        continue;
      offered |= bit;
      add_price (self, provider, i, rows, each, random);
    }
}

/* A built community of the district; the busiest of a few. */
static guint
draw_community (YihuCatalogue *self, guint district, YihuRandom *random)
{
  guint best = 0;
  guint n = yihu_plan_get_n_areas (self->plan);

  for (guint tries = 0; tries < 4000; tries++)
    {
      guint i = yihu_random_below (random, n);
      const YihuArea *area = yihu_plan_get_area (self->plan, i);

      if (area->level == YIHU_DIVISION_LEVEL_COMMUNITY && area->is_built
          && yihu_catalogue_get_district (self, i) == district)
        {
          if (best != 0)
            return area->weight > yihu_plan_get_area (self->plan, best)->weight ? i : best;
          best = i;
        }
    }
  return best;
}

static void
add_provider (YihuCatalogue *self,
              guint district,
              guint kind,
              YihuWordList *rows,
              YihuWordList *words,
              YihuRandom *random)
{
  g_autofree char *id = yihu_catalogue_next_id (self, random);
  YihuProvider *provider = yihu_provider_new (id);
  guint area = draw_community (self, district, random);
  YihuPlace place = yihu_catalogue_draw_place (self, area, random);
  g_autofree char *head = kinds[kind].tail[0] == '\0' || !yihu_random_chance (random, 0.35)
                              ? g_strdup ("")
                              : yihu_catalogue_dup_district_word (self, area);

  provider->name = yihu_catalogue_draw_name (self->providers, G_STRUCT_OFFSET (YihuProvider, name),
                                             head, words, kinds[kind].tail, random);
  provider->phone =
      yihu_phone_book_landline (self->seed, YIHU_LANDLINE_PROVIDERS + self->providers->len);
  provider->address = place.address;
  provider->lat_e7 = yihu_geo_e7 (place.geo.lat);
  provider->lon_e7 = yihu_geo_e7 (place.geo.lon);
  provider->stars = yihu_random_between (random, 372, 497);
  provider->capacity = yihu_random_between (random, 6, 40);
  g_ptr_array_add (self->providers, provider);
  add_prices (self, provider, kind, rows, random);
}

void
yihu_catalogue_make_providers (YihuCatalogue *self)
{
  g_autoptr (YihuWordList) rows = yihu_word_list_new ("service-items");
  g_autoptr (YihuWordList) words = yihu_word_list_new ("institution-names");
  YihuRandom random = yihu_random_new (self->seed, "providers", 0);
  guint order = 0;

  make_items (self, rows);
  for (guint i = 1; i < yihu_plan_get_n_areas (self->plan); i++)
    {
      if (yihu_plan_get_area (self->plan, i)->level != YIHU_DIVISION_LEVEL_COUNTY)
        continue;
      for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
        {
          add_provider (self, i, kind, rows, words, &random);
          if (kinds[kind].extra & (1u << order))
            add_provider (self, i, kind, rows, words, &random);
        }
      order++;
    }
}
