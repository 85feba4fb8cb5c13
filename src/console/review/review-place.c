/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two marks and a line. Where one of them is unknown the other still shows, and the words say which
 * is missing; the map is left out only where both are. */

#include "console/review/review-place.h"

#include "console/format.h"
#include "console/widgets.h"
#include "map/layers/map-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define FIT_MARGIN_PX 60
#define CLOSE_M 120 /* nearer than this: fixed zoom on the middle */
#define CLOSE_ZOOM 16.0

struct _YihuReviewPlace
{
  GtkWidget parent_instance;

  YihuBook *book; /* (owned) */
  YihuPanel *panel; /* owned as child */
  YihuMapView *view; /* owned by panel */
  char *basemap; /* (owned) (nullable) in use */
};

G_DEFINE_FINAL_TYPE (YihuReviewPlace, yihu_review_place, GTK_TYPE_WIDGET)

static void
yihu_review_place_dispose (GObject *object)
{
  YihuReviewPlace *self = YIHU_REVIEW_PLACE (object);

  g_clear_pointer ((GtkWidget **) &self->panel, gtk_widget_unparent);
  g_clear_object (&self->book);
  g_clear_pointer (&self->basemap, g_free);
  G_OBJECT_CLASS (yihu_review_place_parent_class)->dispose (object);
}

static void
yihu_review_place_class_init (YihuReviewPlaceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_review_place_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
on_dark_changed (YihuReviewPlace *self)
{
  yihu_map_view_set_dark (self->view,
                          adw_style_manager_get_dark (adw_style_manager_get_default ()));
}

static void
yihu_review_place_init (YihuReviewPlace *self)
{
  GtkWidget *view = yihu_map_view_new ();

  self->view = YIHU_MAP_VIEW (view);
  gtk_widget_add_css_class (view, "mapbox");
  gtk_widget_set_overflow (view, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (view, TRUE);
  gtk_widget_set_vexpand (view, TRUE);
  yihu_widget_set_name (view, _ ("Map of address and check-in"));
  self->panel = YIHU_PANEL (yihu_panel_new (_ ("Place of check-in"), view));
  gtk_widget_set_parent (GTK_WIDGET (self->panel), GTK_WIDGET (self));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (on_dark_changed), self, G_CONNECT_SWAPPED);
  on_dark_changed (self);
}

GtkWidget *
yihu_review_place_new (YihuBook *book)
{
  YihuReviewPlace *self = g_object_new (YIHU_TYPE_REVIEW_PLACE, NULL);

  self->book = g_object_ref (book);
  yihu_review_place_tick (self);
  return GTK_WIDGET (self);
}

void
yihu_review_place_tick (YihuReviewPlace *self)
{
  const char *path = yihu_book_get_basemap (self->book);
  g_autoptr (GError) error = NULL;

  if (path == NULL || g_strcmp0 (path, self->basemap) == 0)
    return;
  g_free (self->basemap);
  self->basemap = g_strdup (path); /* a broken one is tried once */
  if (!yihu_map_view_set_basemap (self->view, path, &error))
    g_message ("base map: %s", error->message);
}

static YihuGeoPoint
find_check_in (YihuReviewItem *item)
{
  const GPtrArray *steps = yihu_review_item_get_steps (item);

  for (guint i = steps->len; i > 0; i--)
    {
      const YihuOrderStep *step = g_ptr_array_index (steps, i - 1);

      if (g_strcmp0 (step->verb, "arrive") == 0)
        return yihu_geo_point_from_e7 (step->lat_e7, step->lon_e7);
    }
  return (YihuGeoPoint){ 0, 0 };
}

static char *
make_note (gboolean has_home, gboolean has_check_in, YihuGeoPoint home, YihuGeoPoint check_in)
{
  g_autofree char *distance = NULL;

  if (!has_home)
    return g_strdup (_ ("▲ Check-in · the address has no position"));
  if (!has_check_in)
    return g_strdup (_ ("● Address · checked in without a position"));
  distance = yihu_format_distance (yihu_geo_point_distance_m (home, check_in));
  return g_strdup_printf (_ ("● Address  ▲ Check-in · %s apart"), distance);
}

static void
place_show_marks (YihuReviewPlace *self, YihuGeoPoint home, YihuGeoPoint check_in)
{
  gboolean has_home = yihu_geo_point_is_set (home);
  gboolean has_check_in = yihu_geo_point_is_set (check_in);
  YihuMapItem items[2] = { { 0 } };
  YihuGeoPoint points[2];
  guint n = 0;

  if (has_home)
    {
      points[n] = home;
      items[n++] = (YihuMapItem){ YIHU_MAP_HOME, home, NULL, (char *) _ ("Address"), FALSE };
    }
  if (has_check_in)
    {
      points[n] = check_in;
      items[n++] =
          (YihuMapItem){ YIHU_MAP_CHECK_IN, check_in, NULL, (char *) _ ("Check-in"), FALSE };
    }
  yihu_map_view_set_items (self->view, "review", items, n);
  yihu_map_view_set_line (self->view, home, check_in, n == 2);
  yihu_map_view_set_locked (self->view, FALSE);
  if (n == 2 && yihu_geo_point_distance_m (home, check_in) > CLOSE_M)
    yihu_map_view_fit (self->view, points, n, FIT_MARGIN_PX);
  else
    yihu_map_view_center_on (self->view, points[0], CLOSE_ZOOM);
}

void
yihu_review_place_show (YihuReviewPlace *self, YihuReviewItem *item)
{
  const YihuElder *elder = item != NULL ? yihu_review_item_get_elder (item) : NULL;
  YihuGeoPoint home = { 0, 0 };
  YihuGeoPoint check_in = { 0, 0 };
  g_autofree char *note = NULL;

  if (item != NULL)
    check_in = find_check_in (item);
  if (elder != NULL)
    home = yihu_geo_point_from_e7 (elder->lat_e7, elder->lon_e7);
  if (!yihu_geo_point_is_set (home) && !yihu_geo_point_is_set (check_in))
    {
      yihu_panel_set_note (self->panel, "");
      yihu_panel_set_state (self->panel, YIHU_PANEL_EMPTY,
                            item != NULL ? _ ("Neither the address nor the check-in has a position")
                                         : "");
      return;
    }
  note = make_note (yihu_geo_point_is_set (home), yihu_geo_point_is_set (check_in), home, check_in);
  yihu_panel_set_note (self->panel, note);
  yihu_panel_set_state (self->panel, YIHU_PANEL_CONTENT, NULL);
  place_show_marks (self, home, check_in);
}
