/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Map of the desk. It moves by itself only when another person comes on the card, and not while the
 * operator has moved it (the view lock of the map). */

#include "console/desk/place-panel.h"

#include "console/panel.h"
#include "console/widgets.h"
#include "map/layers/map-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define STREET_ZOOM 14.0

struct _YihuPlacePanel
{
  GtkBox parent_instance;

  YihuBook *book; /* (owned) */
  YihuCatalogue *catalogue; /* (owned) */
  char *shown; /* (owned) (nullable) elder id */
  GtkWidget *panel;
  GtkWidget *map;
  gboolean has_base;
};

G_DEFINE_FINAL_TYPE (YihuPlacePanel, yihu_place_panel, GTK_TYPE_BOX)

static void
item_clear (YihuMapItem *item)
{
  g_free (item->id);
  g_free (item->label);
}

static YihuMapMark
institution_get_mark (const YihuInstitution *institution)
{
  switch (institution->type)
    {
    case YIHU_INSTITUTION_HOSPITAL:
      return YIHU_MAP_HOSPITAL;
    case YIHU_INSTITUTION_COMMUNITY_CENTRE:
      return YIHU_MAP_CENTRE;
    default:
      return YIHU_MAP_INSTITUTION;
    }
}

static void
items_add (GArray *items,
           YihuMapMark mark,
           const char *id,
           const char *label,
           gint64 lat_e7,
           gint64 lon_e7)
{
  YihuMapItem item = { 0 };

  item.mark = mark;
  item.point = yihu_geo_point_from_e7 (lat_e7, lon_e7);
  if (!yihu_geo_point_is_set (item.point))
    return;
  item.id = g_strdup (id);
  item.label = g_strdup (label);
  g_array_append_val (items, item);
}

static GArray *
items_new (void)
{
  GArray *items = g_array_new (FALSE, TRUE, sizeof (YihuMapItem));

  g_array_set_clear_func (items, (GDestroyNotify) item_clear);
  return items;
}

static void
place_set_items (YihuPlacePanel *self, const char *set, GArray *items)
{
  yihu_map_view_set_items (YIHU_MAP_VIEW (self->map), set, (const YihuMapItem *) items->data,
                           items->len);
}

static void
place_show_helpers (YihuPlacePanel *self)
{
  g_autoptr (GArray) providers = items_new ();
  g_autoptr (GArray) institutions = items_new ();
  GPtrArray *all = yihu_catalogue_get_providers (self->catalogue);

  for (guint i = 0; i < all->len; i++)
    {
      YihuProvider *each = g_ptr_array_index (all, i);

      items_add (providers, YIHU_MAP_PROVIDER, each->record.id, each->name, each->lat_e7,
                 each->lon_e7);
    }
  all = yihu_catalogue_get_institutions (self->catalogue);
  for (guint i = 0; i < all->len; i++)
    {
      YihuInstitution *each = g_ptr_array_index (all, i);

      items_add (institutions, institution_get_mark (each), each->record.id, each->name,
                 each->lat_e7, each->lon_e7);
    }
  place_set_items (self, "providers", providers);
  place_set_items (self, "institutions", institutions);
}

static void
place_follow_style (YihuPlacePanel *self)
{
  yihu_map_view_set_dark (YIHU_MAP_VIEW (self->map),
                          adw_style_manager_get_dark (adw_style_manager_get_default ()));
}

static void
place_try_base (YihuPlacePanel *self, YihuBookState state)
{
  const char *path = yihu_book_get_basemap (self->book);
  /* Without the centre it is not on its way: nothing turns, which would draw each frame. */
  gboolean is_coming = state == YIHU_BOOK_ONLINE || state == YIHU_BOOK_FETCHING;
  g_autoptr (GError) error = NULL;

  if (self->has_base)
    return;
  if (path == NULL)
    {
      yihu_panel_set_state (YIHU_PANEL (self->panel),
                            is_coming ? YIHU_PANEL_LOADING : YIHU_PANEL_EMPTY,
                            _ ("The map is not here yet."));
      return;
    }
  self->has_base = TRUE;
  if (!yihu_map_view_set_basemap (YIHU_MAP_VIEW (self->map), path, &error))
    {
      g_info ("base map: %s", error->message);
      yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_FAILED,
                            _ ("The map file cannot be read."));
      return;
    }
  yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_CONTENT, NULL);
  if (self->shown == NULL)
    yihu_map_view_fit_base (YIHU_MAP_VIEW (self->map));
}

static void
yihu_place_panel_dispose (GObject *object)
{
  YihuPlacePanel *self = YIHU_PLACE_PANEL (object);

  g_clear_object (&self->book);
  g_clear_object (&self->catalogue);
  g_clear_pointer (&self->shown, g_free);
  G_OBJECT_CLASS (yihu_place_panel_parent_class)->dispose (object);
}

static void
yihu_place_panel_class_init (YihuPlacePanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_place_panel_dispose;
}

static void
yihu_place_panel_init (YihuPlacePanel *self)
{
  self->map = yihu_map_view_new ();
  gtk_widget_set_size_request (self->map, -1, 160);
  gtk_widget_set_vexpand (self->map, TRUE);
  gtk_widget_set_focusable (self->map, TRUE);
  gtk_widget_set_overflow (self->map, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (self->map, "mapbox");
  yihu_widget_set_name (self->map, _ ("Map: elder, providers and institutions"));
  self->panel = yihu_panel_new (_ ("Place"), self->map);
  gtk_widget_set_hexpand (self->panel, TRUE);
  gtk_widget_set_vexpand (self->panel, TRUE);
  gtk_box_append (GTK_BOX (self), self->panel);
}

GtkWidget *
yihu_place_panel_new (YihuBook *book, YihuCatalogue *catalogue)
{
  YihuPlacePanel *self = g_object_new (YIHU_TYPE_PLACE_PANEL, NULL);

  self->book = g_object_ref (book);
  self->catalogue = g_object_ref (catalogue);
  g_signal_connect_object (catalogue, "changed", G_CALLBACK (place_show_helpers), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (place_follow_style), self, G_CONNECT_SWAPPED);
  place_follow_style (self);
  place_show_helpers (self);
  place_try_base (self, yihu_book_get_state (self->book));
  return GTK_WIDGET (self);
}

void
yihu_place_panel_show (YihuPlacePanel *self, const YihuElder *elder)
{
  g_autoptr (GArray) items = items_new ();
  const char *id = elder != NULL ? elder->record.id : NULL;
  gboolean other = g_strcmp0 (id, self->shown) != 0;

  if (elder != NULL)
    items_add (items, YIHU_MAP_ELDER, id, elder->name, elder->lat_e7, elder->lon_e7);
  place_set_items (self, "call", items);
  g_free (self->shown);
  self->shown = g_strdup (id);
  if (elder == NULL)
    yihu_panel_set_note (YIHU_PANEL (self->panel), "");
  else
    yihu_panel_set_note (YIHU_PANEL (self->panel),
                         items->len > 0 ? _ ("registered address") : _ ("no place on record"));
  if (other && items->len > 0 && !yihu_map_view_get_locked (YIHU_MAP_VIEW (self->map)))
    yihu_map_view_center_on (YIHU_MAP_VIEW (self->map), g_array_index (items, YihuMapItem, 0).point,
                             STREET_ZOOM);
}

void
yihu_place_panel_focus (YihuPlacePanel *self)
{
  gtk_widget_grab_focus (self->map);
}

void
yihu_place_panel_set_freshness (YihuPlacePanel *self,
                                YihuBookState state,
                                gint64 synced_at_us,
                                gint64 now_us)
{
  place_try_base (self, state);
  yihu_panel_set_freshness (YIHU_PANEL (self->panel), state, synced_at_us, now_us);
}
