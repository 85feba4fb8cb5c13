/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Items, prices, providers, institutions and cameras of the scope. The book keeps these small kinds
 * in memory; this adds what the desk asks for at each call: offers by item, nearest first. */

#include "console/desk/catalogue.h"

#include <string.h>

#define ROAD_FACTOR 1.35 /* road over straight line, as the label "estimated" says */

struct _YihuCatalogue
{
  GObject parent_instance;

  YihuBook *book; /* (owned) */
  GPtrArray *items; /* (owned) */
  GPtrArray *providers; /* (owned) */
  GPtrArray *institutions; /* (owned) */
  GPtrArray *cameras; /* (owned) */
  GHashTable *items_by_id; /* (owned) id -> YihuServiceItem of items */
  GHashTable *providers_by_id; /* (owned) */
  GHashTable *prices_by_item; /* (owned) item id -> GPtrArray of YihuPrice */
  guint refresh_id; /* many records change at once: read again once, when idle */
};

G_DEFINE_FINAL_TYPE (YihuCatalogue, yihu_catalogue, G_TYPE_OBJECT)

static guint changed_signal;

static void
list_replace (GPtrArray **list, GPtrArray *fresh)
{
  g_clear_pointer (list, g_ptr_array_unref);
  *list = fresh != NULL ? fresh : g_ptr_array_new ();
}

static void
index_by_id (GHashTable *index, GPtrArray *records)
{
  g_hash_table_remove_all (index);
  for (guint i = 0; i < records->len; i++)
    {
      YihuRecord *record = g_ptr_array_index (records, i);

      g_hash_table_insert (index, record->id, record);
    }
}

static void
catalogue_index_prices (YihuCatalogue *self)
{
  g_autoptr (GPtrArray) prices = yihu_book_list_all (self->book, &yihu_price_type);

  g_hash_table_remove_all (self->prices_by_item);
  for (guint i = 0; prices != NULL && i < prices->len; i++)
    {
      YihuPrice *price = g_ptr_array_index (prices, i);
      GPtrArray *offers = g_hash_table_lookup (self->prices_by_item, price->item);

      if (offers == NULL)
        {
          offers = g_ptr_array_new_with_free_func (yihu_record_unref);
          g_hash_table_insert (self->prices_by_item, g_strdup (price->item), offers);
        }
      g_ptr_array_add (offers, yihu_price_ref (price));
    }
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const YihuServiceItem *left = *(YihuServiceItem *const *) a;
  const YihuServiceItem *right = *(YihuServiceItem *const *) b;

  return strcmp (left->record.id, right->record.id);
}

static void
catalogue_read (YihuCatalogue *self)
{
  g_hash_table_remove_all (self->items_by_id);
  g_hash_table_remove_all (self->providers_by_id);
  list_replace (&self->items, yihu_book_list_all (self->book, &yihu_service_item_type));
  list_replace (&self->providers, yihu_book_list_all (self->book, &yihu_provider_type));
  list_replace (&self->institutions, yihu_book_list_all (self->book, &yihu_institution_type));
  list_replace (&self->cameras, yihu_book_list_all (self->book, &yihu_camera_type));
  index_by_id (self->items_by_id, self->items);
  index_by_id (self->providers_by_id, self->providers);
  catalogue_index_prices (self);
}

static void
on_refresh_idle (gpointer data)
{
  YihuCatalogue *self = data;

  self->refresh_id = 0;
  catalogue_read (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
catalogue_refresh_later (YihuCatalogue *self)
{
  if (self->refresh_id == 0)
    self->refresh_id = g_idle_add_once (on_refresh_idle, self);
}

static void
yihu_catalogue_dispose (GObject *object)
{
  YihuCatalogue *self = YIHU_CATALOGUE (object);

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_object (&self->book);
  G_OBJECT_CLASS (yihu_catalogue_parent_class)->dispose (object);
}

static void
yihu_catalogue_finalize (GObject *object)
{
  YihuCatalogue *self = YIHU_CATALOGUE (object);

  g_hash_table_unref (self->items_by_id);
  g_hash_table_unref (self->providers_by_id);
  g_hash_table_unref (self->prices_by_item);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->providers);
  g_ptr_array_unref (self->institutions);
  g_ptr_array_unref (self->cameras);
  G_OBJECT_CLASS (yihu_catalogue_parent_class)->finalize (object);
}

static void
yihu_catalogue_class_init (YihuCatalogueClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_catalogue_dispose;
  G_OBJECT_CLASS (klass)->finalize = yihu_catalogue_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
yihu_catalogue_init (YihuCatalogue *self)
{
  self->items_by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->providers_by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->prices_by_item =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
}

YihuCatalogue *
yihu_catalogue_new (YihuBook *book)
{
  static const char *const kinds[] = { "service_item", "provider", "price", "institution",
                                       "camera" };
  YihuCatalogue *self = g_object_new (YIHU_TYPE_CATALOGUE, NULL);

  self->book = g_object_ref (book);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *changed = g_strconcat ("record-changed::", kinds[i], NULL);
      g_autofree char *removed = g_strconcat ("record-removed::", kinds[i], NULL);

      g_signal_connect_object (book, changed, G_CALLBACK (catalogue_refresh_later), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (book, removed, G_CALLBACK (catalogue_refresh_later), self,
                               G_CONNECT_SWAPPED);
    }
  g_signal_connect_object (book, "reset", G_CALLBACK (catalogue_refresh_later), self,
                           G_CONNECT_SWAPPED);
  catalogue_read (self);
  return self;
}

GPtrArray *
yihu_catalogue_list_items (YihuCatalogue *self, gint64 category)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (yihu_record_unref);

  for (guint i = 0; i < self->items->len; i++)
    {
      YihuServiceItem *item = g_ptr_array_index (self->items, i);

      if (item->category == category)
        g_ptr_array_add (items, yihu_service_item_ref (item));
    }
  g_ptr_array_sort (items, compare_items);
  return items;
}

GPtrArray *
yihu_catalogue_get_providers (YihuCatalogue *self)
{
  return self->providers;
}

GPtrArray *
yihu_catalogue_get_institutions (YihuCatalogue *self)
{
  return self->institutions;
}

YihuServiceItem *
yihu_catalogue_get_item (YihuCatalogue *self, const char *id)
{
  return id != NULL ? g_hash_table_lookup (self->items_by_id, id) : NULL;
}

YihuProvider *
yihu_catalogue_get_provider (YihuCatalogue *self, const char *id)
{
  return id != NULL ? g_hash_table_lookup (self->providers_by_id, id) : NULL;
}

const char *
yihu_catalogue_get_item_name (YihuCatalogue *self, const char *id)
{
  YihuServiceItem *item = yihu_catalogue_get_item (self, id);

  return item != NULL ? item->name : "";
}

const char *
yihu_catalogue_get_provider_name (YihuCatalogue *self, const char *id)
{
  YihuProvider *provider = yihu_catalogue_get_provider (self, id);

  return provider != NULL ? provider->name : "";
}

static void
offer_free (gpointer data)
{
  YihuOffer *offer = data;

  yihu_provider_unref (offer->provider);
  g_free (offer);
}

static int
compare_offers (gconstpointer a, gconstpointer b)
{
  const YihuOffer *left = *(YihuOffer *const *) a;
  const YihuOffer *right = *(YihuOffer *const *) b;
  gint64 left_km = left->distance_m < 0 ? G_MAXINT : (gint64) (left->distance_m / 1000);
  gint64 right_km = right->distance_m < 0 ? G_MAXINT : (gint64) (right->distance_m / 1000);
  gint64 left_pays = left->price_fen - left->subsidy_fen;
  gint64 right_pays = right->price_fen - right->subsidy_fen;

  if (left_km != right_km)
    return left_km < right_km ? -1 : 1;
  if (left_pays != right_pays)
    return left_pays < right_pays ? -1 : 1;
  if (left->provider->stars != right->provider->stars)
    return left->provider->stars > right->provider->stars ? -1 : 1;
  return strcmp (left->provider->record.id, right->provider->record.id);
}

static double
distance_to (YihuGeoPoint from, gint64 lat_e7, gint64 lon_e7)
{
  YihuGeoPoint to = yihu_geo_point_from_e7 (lat_e7, lon_e7);

  if (!yihu_geo_point_is_set (from) || !yihu_geo_point_is_set (to))
    return -1;
  return yihu_geo_point_distance_m (from, to);
}

GPtrArray *
yihu_catalogue_rank_offers (YihuCatalogue *self, const char *item, YihuGeoPoint elder)
{
  GPtrArray *offers = g_ptr_array_new_with_free_func (offer_free);
  GPtrArray *prices = g_hash_table_lookup (self->prices_by_item, item);

  for (guint i = 0; prices != NULL && i < prices->len; i++)
    {
      YihuPrice *price = g_ptr_array_index (prices, i);
      YihuProvider *provider = yihu_catalogue_get_provider (self, price->provider);
      YihuOffer *offer;

      if (provider == NULL || provider->status != YIHU_PROVIDER_ACTIVE)
        continue;
      offer = g_new0 (YihuOffer, 1);
      offer->provider = yihu_provider_ref (provider);
      offer->price_fen = price->price_fen;
      offer->subsidy_fen = price->subsidy_fen;
      offer->distance_m = distance_to (elder, provider->lat_e7, provider->lon_e7);
      g_ptr_array_add (offers, offer);
    }
  g_ptr_array_sort (offers, compare_offers);
  return offers;
}

YihuInstitution *
yihu_catalogue_find_watched (YihuCatalogue *self, YihuGeoPoint point, YihuCamera **camera)
{
  g_autoptr (GHashTable) cameras = g_hash_table_new (g_str_hash, g_str_equal);
  YihuInstitution *nearest = NULL;
  double nearest_m = G_MAXDOUBLE;

  for (guint i = self->cameras->len; i > 0; i--)
    {
      YihuCamera *each = g_ptr_array_index (self->cameras, i - 1);

      if (each->institution != NULL)
        g_hash_table_insert (cameras, each->institution, each);
    }
  for (guint i = 0; i < self->institutions->len; i++)
    {
      YihuInstitution *each = g_ptr_array_index (self->institutions, i);
      double distance_m = distance_to (point, each->lat_e7, each->lon_e7);

      if (distance_m < 0 || distance_m >= nearest_m
          || !g_hash_table_contains (cameras, each->record.id))
        continue;
      nearest = each;
      nearest_m = distance_m;
    }
  *camera = nearest != NULL ? g_hash_table_lookup (cameras, nearest->record.id) : NULL;
  return nearest;
}

int
yihu_estimate_minutes (double distance_m, double kmh)
{
  double minutes = distance_m * ROAD_FACTOR / (kmh * 1000 / 60);

  return MAX (1, (int) (minutes + 0.5));
}
