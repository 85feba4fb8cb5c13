/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The neighbourhood. A straight line is not a road: every figure here says "about". The nearest
 * hospital is always among the rows, because that is what an emergency needs. */

#include "console/desk/nearby-panel.h"

#include "console/format.h"
#include "console/line-row.h"
#include "console/panel.h"
#include "console/widgets.h"
#include "console/words.h"

#include <glib/gi18n.h>

#define MAX_ROWS 4
#define BICYCLE_KMH 18.0 /* electric bicycle in town */
#define AMBULANCE_KMH 30.0

typedef struct
{
  YihuRecord *record; /* YihuProvider or YihuInstitution, not owned: lives while the list is made */
  double distance_m;
  int minutes;
} Near;

struct _YihuNearbyPanel
{
  GtkBox parent_instance;

  YihuCatalogue *catalogue; /* (owned) */
  YihuTodoModel *model; /* (owned) */
  YihuGeoPoint point;
  GtkWidget *panel;
  GtkWidget *list;
};

G_DEFINE_FINAL_TYPE (YihuNearbyPanel, yihu_nearby_panel, GTK_TYPE_BOX)

static void
yihu_nearby_panel_dispose (GObject *object)
{
  YihuNearbyPanel *self = YIHU_NEARBY_PANEL (object);

  g_clear_object (&self->catalogue);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (yihu_nearby_panel_parent_class)->dispose (object);
}

static void
yihu_nearby_panel_class_init (YihuNearbyPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = yihu_nearby_panel_dispose;
}

static void
yihu_nearby_panel_init (YihuNearbyPanel *self)
{
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "rich");
  yihu_widget_set_name (self->list, _ ("Help nearby"));
  self->panel = yihu_panel_new (_ ("Help nearby"), self->list);
  gtk_widget_set_hexpand (self->panel, TRUE);
  gtk_box_append (GTK_BOX (self), self->panel);
}

static gboolean
is_hospital (const YihuRecord *record)
{
  return record->type == &yihu_institution_type
         && ((const YihuInstitution *) record)->type == YIHU_INSTITUTION_HOSPITAL;
}

static int
compare_near (gconstpointer a, gconstpointer b)
{
  const Near *left = a;
  const Near *right = b;

  return left->distance_m < right->distance_m ? -1 : left->distance_m > right->distance_m;
}

static void
nearby_measure (YihuNearbyPanel *self, GArray *found, YihuRecord *record, gint64 lat, gint64 lon)
{
  YihuGeoPoint place = yihu_geo_point_from_e7 (lat, lon);
  Near near = { record, 0, 0 };

  if (!yihu_geo_point_is_set (place))
    return;
  near.distance_m = yihu_geo_point_distance_m (self->point, place);
  near.minutes =
      yihu_estimate_minutes (near.distance_m, is_hospital (record) ? AMBULANCE_KMH : BICYCLE_KMH);
  g_array_append_val (found, near);
}

static GArray *
nearby_find (YihuNearbyPanel *self)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (Near));
  GPtrArray *providers = yihu_catalogue_get_providers (self->catalogue);
  GPtrArray *institutions = yihu_catalogue_get_institutions (self->catalogue);

  for (guint i = 0; i < providers->len; i++)
    {
      YihuProvider *each = g_ptr_array_index (providers, i);

      if (each->status == YIHU_PROVIDER_ACTIVE)
        nearby_measure (self, found, &each->record, each->lat_e7, each->lon_e7);
    }
  for (guint i = 0; i < institutions->len; i++)
    {
      YihuInstitution *each = g_ptr_array_index (institutions, i);

      nearby_measure (self, found, &each->record, each->lat_e7, each->lon_e7);
    }
  g_array_sort (found, compare_near);
  return found;
}

/* A hospital further away than the rest still gets the first row. */
static void
nearby_lift_hospital (GArray *found)
{
  for (guint i = 0; i < found->len; i++)
    if (is_hospital (g_array_index (found, Near, i).record))
      {
        Near hospital = g_array_index (found, Near, i);

        g_array_remove_index (found, i);
        g_array_prepend_val (found, hospital);
        return;
      }
}

static void
nearby_add_row (YihuNearbyPanel *self, const Near *near)
{
  GtkWidget *line = yihu_line_row_new ();
  g_autofree char *distance = yihu_format_distance (near->distance_m);
  g_autofree char *subtitle = NULL;
  g_autofree char *spoken = NULL;
  const char *title;
  const char *kind = NULL;
  const char *status = "";
  const char *css_class = NULL;

  if (near->record->type == &yihu_provider_type)
    {
      YihuProvider *provider = (YihuProvider *) near->record;
      guint load = yihu_todo_model_count_load (self->model, provider->record.id);
      gboolean busy = provider->capacity > 0 && load >= (guint) provider->capacity;

      title = provider->name;
      status = busy ? _ ("busy") : _ ("free");
      css_class = busy ? "p2t" : "ok";
    }
  else
    {
      YihuInstitution *institution = (YihuInstitution *) near->record;

      title = institution->name;
      kind = yihu_words_institution_type (institution->type);
    }
  subtitle = g_strdup_printf (_ ("%s · about %d min"), distance, near->minutes);
  if (kind != NULL)
    {
      g_autofree char *figures = g_steal_pointer (&subtitle);

      subtitle = g_strdup_printf ("%s · %s", figures, kind);
    }
  spoken = g_strdup_printf ("%s, %s, %s", title, subtitle, status);
  yihu_line_row_set_urgency (YIHU_LINE_ROW (line), -1);
  yihu_line_row_set_title (YIHU_LINE_ROW (line), title);
  yihu_line_row_set_subtitle (YIHU_LINE_ROW (line), subtitle);
  yihu_line_row_set_figure (YIHU_LINE_ROW (line), status, css_class);
  gtk_list_box_append (GTK_LIST_BOX (self->list), line);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (gtk_widget_get_parent (line)), FALSE);
  yihu_widget_set_name (gtk_widget_get_parent (line), spoken);
}

static void
nearby_refresh (YihuNearbyPanel *self)
{
  g_autoptr (GArray) found = NULL;
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  if (!yihu_geo_point_is_set (self->point))
    {
      yihu_panel_set_note (YIHU_PANEL (self->panel), "");
      yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_EMPTY,
                            _ ("No place to measure from."));
      return;
    }
  found = nearby_find (self);
  nearby_lift_hospital (found);
  for (guint i = 0; i < MIN (found->len, MAX_ROWS); i++)
    nearby_add_row (self, &g_array_index (found, Near, i));
  yihu_panel_set_note (YIHU_PANEL (self->panel), _ ("estimated time"));
  if (found->len > 0)
    yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_CONTENT, NULL);
  else
    yihu_panel_set_state (YIHU_PANEL (self->panel), YIHU_PANEL_EMPTY,
                          _ ("No provider and no institution has a place on record."));
}

GtkWidget *
yihu_nearby_panel_new (YihuCatalogue *catalogue, YihuTodoModel *model)
{
  YihuNearbyPanel *self = g_object_new (YIHU_TYPE_NEARBY_PANEL, NULL);

  self->catalogue = g_object_ref (catalogue);
  self->model = g_object_ref (model);
  g_signal_connect_object (catalogue, "changed", G_CALLBACK (nearby_refresh), self,
                           G_CONNECT_SWAPPED);
  nearby_refresh (self);
  return GTK_WIDGET (self);
}

void
yihu_nearby_panel_show (YihuNearbyPanel *self, YihuGeoPoint point)
{
  if (point.lat == self->point.lat && point.lon == self->point.lon)
    return;
  self->point = point;
  nearby_refresh (self);
}

void
yihu_nearby_panel_set_freshness (YihuNearbyPanel *self,
                                 YihuBookState state,
                                 gint64 synced_at_us,
                                 gint64 now_us)
{
  yihu_panel_set_freshness (YIHU_PANEL (self->panel), state, synced_at_us, now_us);
}
