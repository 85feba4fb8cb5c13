/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Feeds the map of the wall. A call's place is its elder's, rounded to a neighbourhood: the wall is
 * looked at by visitors. Looking up an elder opens a sealed record, so calls wait in a queue that
 * is worked off in slices of 2 ms. The number of dots is bounded: the wall runs for weeks. */

#include "console/wall/wall-map.h"

#include <math.h>

#define MAX_CALLS 2000
#define SLICE_US 2000
#define SLICE_EVERY_MS 4 /* a timer: animations would starve an idle source */
#define CELL_DEGREES 0.003
#define FIT_MARGIN_PX 24

typedef struct
{
  YihuGeoPoint point;
  gboolean burning;
} CallDot;

struct _YihuWallMap
{
  GObject parent_instance;

  YihuBook *book; /* (owned) */
  YihuMapView *view; /* (owned) */
  char *basemap; /* (owned) (nullable) path in use */
  GHashTable *dots; /* (owned) call id -> CallDot */
  GQueue waiting; /* (owned) YihuCall whose elder has not been looked up */
  guint slices; /* timer that works off the queue; 0: none */
  gboolean changed;
};

G_DEFINE_FINAL_TYPE (YihuWallMap, yihu_wall_map, G_TYPE_OBJECT)

static void
yihu_wall_map_finalize (GObject *object)
{
  YihuWallMap *self = YIHU_WALL_MAP (object);

  g_clear_handle_id (&self->slices, g_source_remove);
  g_queue_clear_full (&self->waiting, yihu_record_unref);
  g_hash_table_unref (self->dots);
  g_free (self->basemap);
  g_object_unref (self->view);
  g_object_unref (self->book);
  G_OBJECT_CLASS (yihu_wall_map_parent_class)->finalize (object);
}

static void
yihu_wall_map_class_init (YihuWallMapClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_wall_map_finalize;
}

static void
yihu_wall_map_init (YihuWallMap *self)
{
  self->dots = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&self->waiting);
}

YihuWallMap *
yihu_wall_map_new (YihuBook *book, YihuMapView *view)
{
  YihuWallMap *self = g_object_new (YIHU_TYPE_WALL_MAP, NULL);

  self->book = g_object_ref (book);
  self->view = g_object_ref (view);
  yihu_map_view_set_dark (view, TRUE);
  return self;
}

/* Where people live: the base map has much sea and hills around it. */
void
yihu_wall_map_fit (YihuWallMap *self)
{
  g_autoptr (GPtrArray) all = yihu_book_list_all (self->book, &yihu_institution_type);
  g_autofree YihuGeoPoint *points = g_new0 (YihuGeoPoint, MAX (1, all->len));
  guint n = 0;

  yihu_map_view_set_locked (self->view, FALSE);
  for (guint i = 0; i < all->len; i++)
    {
      const YihuInstitution *institution = g_ptr_array_index (all, i);

      points[n] = yihu_geo_point_from_e7 (institution->lat_e7, institution->lon_e7);
      n += yihu_geo_point_is_set (points[n]);
    }
  if (n >= 2)
    yihu_map_view_fit (self->view, points, n, FIT_MARGIN_PX);
  else
    yihu_map_view_fit_base (self->view);
}

/* Small marks, and no community centres: a whole city is on the screen, and the calls are the news.
 */
static void
wall_map_show_institutions (YihuWallMap *self)
{
  g_autoptr (GPtrArray) all = yihu_book_list_all (self->book, &yihu_institution_type);
  g_autofree YihuMapItem *items = g_new0 (YihuMapItem, MAX (1, all->len));
  guint n = 0;

  for (guint i = 0; i < all->len; i++)
    {
      const YihuInstitution *institution = g_ptr_array_index (all, i);
      YihuGeoPoint point = yihu_geo_point_from_e7 (institution->lat_e7, institution->lon_e7);

      if (!yihu_geo_point_is_set (point) || institution->type == YIHU_INSTITUTION_COMMUNITY_CENTRE)
        continue;
      items[n].mark =
          institution->type == YIHU_INSTITUTION_HOSPITAL ? YIHU_MAP_HOSPITAL : YIHU_MAP_CENTRE;
      items[n].point = point;
      items[n].id = institution->record.id;
      items[n++].label = institution->name;
    }
  yihu_map_view_set_items (self->view, "institutions", items, n);
}

void
yihu_wall_map_reset (YihuWallMap *self)
{
  g_hash_table_remove_all (self->dots);
  g_queue_clear_full (&self->waiting, yihu_record_unref);
  wall_map_show_institutions (self);
  if (!yihu_map_view_get_locked (self->view))
    yihu_wall_map_fit (self);
  self->changed = TRUE;
}

static gboolean
call_is_burning (const YihuCall *call)
{
  return call->urgency == YIHU_URGENCY_URGENT && call->state != YIHU_CALL_CLOSED
         && call->state != YIHU_CALL_MISSED;
}

YihuGeoPoint
yihu_wall_map_blur (YihuGeoPoint point)
{
  return (YihuGeoPoint){ (floor (point.lat / CELL_DEGREES) + 0.5) * CELL_DEGREES,
                         (floor (point.lon / CELL_DEGREES) + 0.5) * CELL_DEGREES };
}

static void
wall_map_place_call (YihuWallMap *self, const YihuCall *call)
{
  g_autoptr (YihuElder) elder = yihu_book_get (self->book, &yihu_elder_type, call->elder);
  YihuGeoPoint point = { 0, 0 };
  CallDot *dot;

  if (elder != NULL)
    point = yihu_geo_point_from_e7 (elder->lat_e7, elder->lon_e7);
  if (!yihu_geo_point_is_set (point))
    return;
  dot = g_new0 (CallDot, 1);
  dot->point = yihu_wall_map_blur (point);
  dot->burning = call_is_burning (call);
  g_hash_table_replace (self->dots, g_strdup (call->record.id), dot);
  self->changed = TRUE;
}

static gboolean
on_slice (gpointer data)
{
  YihuWallMap *self = data;
  gint64 until_us = g_get_monotonic_time () + SLICE_US;

  while (self->waiting.length > 0 && g_get_monotonic_time () < until_us)
    {
      g_autoptr (YihuCall) call = g_queue_pop_head (&self->waiting);
      wall_map_place_call (self, call);
    }
  if (self->waiting.length > 0)
    return G_SOURCE_CONTINUE;
  self->slices = 0;
  return G_SOURCE_REMOVE;
}

void
yihu_wall_map_put_call (YihuWallMap *self, const YihuCall *call)
{
  CallDot *dot = g_hash_table_lookup (self->dots, call->record.id);

  if (dot != NULL)
    {
      self->changed = self->changed || dot->burning != call_is_burning (call);
      dot->burning = call_is_burning (call);
      return;
    }
  if (call->elder == NULL || *call->elder == '\0')
    return;
  if (g_hash_table_size (self->dots) + self->waiting.length >= MAX_CALLS)
    return;
  g_queue_push_tail (&self->waiting, yihu_record_ref ((gpointer) call));
  if (self->slices == 0)
    self->slices = g_timeout_add (SLICE_EVERY_MS, on_slice, self);
}

static void
wall_map_show_calls (YihuWallMap *self)
{
  g_autofree YihuMapItem *calls = g_new0 (YihuMapItem, MAX (1, g_hash_table_size (self->dots)));
  g_autofree YihuMapItem *burning = g_new0 (YihuMapItem, MAX (1, g_hash_table_size (self->dots)));
  guint n_calls = 0;
  guint n_burning = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->dots);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const CallDot *dot = value;
      YihuMapItem *item = dot->burning ? &burning[n_burning++] : &calls[n_calls++];

      item->mark = dot->burning ? YIHU_MAP_ELDER : YIHU_MAP_CALL;
      item->point = dot->point;
      item->pulse = dot->burning;
    }
  yihu_map_view_set_items (self->view, "calls", calls, n_calls);
  yihu_map_view_set_items (self->view, "call", burning, n_burning);
  self->changed = FALSE;
}

static void
wall_map_take_basemap (YihuWallMap *self)
{
  const char *path = yihu_book_get_basemap (self->book);
  g_autoptr (GError) error = NULL;

  if (path == NULL || g_strcmp0 (path, self->basemap) == 0)
    return;
  g_free (self->basemap);
  self->basemap = g_strdup (path); /* a broken one is tried once, not each second */
  if (yihu_map_view_set_basemap (self->view, path, &error))
    yihu_wall_map_fit (self);
  else
    g_message ("base map: %s", error->message);
}

void
yihu_wall_map_tick (YihuWallMap *self)
{
  wall_map_take_basemap (self);
  if (self->changed)
    wall_map_show_calls (self);
}

guint
yihu_wall_map_count_calls (YihuWallMap *self)
{
  return g_hash_table_size (self->dots);
}
