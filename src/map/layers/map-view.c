/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The map view: one ShumateMap for gestures, our own layers in it, a follower that decides who may
 * move it, and the package that a worker reads for it. */

#include "map/layers/map-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "map/layers/legend-layer.h"
#include "map/layers/live-layer.h"
#include "map/layers/point-layer.h"
#include "map/layers/tile-layer.h"
#include "map/layers/view-follower.h"
#include "map/tiles/palette.h"
#include "map/tiles/vector-source.h"

#define PAN_STEP_PX 96
#define CLICK_SLACK_PX 6.0

struct _YihuMapView
{
  GtkWidget parent_instance;

  GtkWidget *overlay; /* (owned by the tree) */
  ShumateMap *map;
  ShumateViewport *viewport; /* (owned) */
  YihuTileLayer *tiles;
  YihuLiveLayer *live;
  YihuPointLayer *points;
  YihuLegendLayer *legend;
  YihuViewFollower *follower; /* (owned) */
  GtkWidget *lock_button;
  GtkEventControllerMotion *pointer; /* owned by the widget */
  GtkEventControllerFocus *focus;

  YihuBasePackage *package; /* (owned) (nullable) */
  GCancellable *loading; /* (owned) (nullable): of the package being read */
  gboolean dark;

  double press_x;
  double press_y;
};

enum
{
  PROP_LOCKED = 1,
  N_PROPS,
};

enum
{
  SIGNAL_ITEM_ACTIVATED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (YihuMapView, yihu_map_view, GTK_TYPE_WIDGET)

/* A ShumateMap wants a reference source for its projection; this one never gives a tile. */
#define YIHU_TYPE_NO_SOURCE (yihu_no_source_get_type ())
G_DECLARE_FINAL_TYPE (YihuNoSource, yihu_no_source, YIHU, NO_SOURCE, ShumateMapSource)

struct _YihuNoSource
{
  ShumateMapSource parent_instance;
};

G_DEFINE_FINAL_TYPE (YihuNoSource, yihu_no_source, SHUMATE_TYPE_MAP_SOURCE)

static void
yihu_no_source_class_init (YihuNoSourceClass *klass)
{
}

static void
yihu_no_source_init (YihuNoSource *self)
{
}

/* The lock */

static void
update_lock_button (YihuMapView *self)
{
  gboolean locked = yihu_view_follower_is_locked (self->follower);
  gboolean has_earlier = yihu_view_follower_has_earlier (self->follower);
  const char *words = locked ? _ ("The map stays where you moved it. Press to follow again (Home).")
                      : has_earlier
                          ? _ ("The map follows the work. Press to go back to your own view.")
                          : _ ("The map follows the work. Press to keep it where it is.");

  gtk_button_set_icon_name (GTK_BUTTON (self->lock_button),
                            locked ? "changes-prevent-symbolic" : "starred-symbolic");
  gtk_widget_set_tooltip_text (self->lock_button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->lock_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words, -1);
  gtk_widget_set_visible (self->lock_button,
                          locked || has_earlier
                              || gtk_event_controller_motion_contains_pointer (self->pointer)
                              || gtk_event_controller_focus_contains_focus (self->focus));
}

/* On a wall, where nobody points, the button is not in the picture. */
static void
on_attention_changed (GtkEventController *controller, GParamSpec *pspec, YihuMapView *self)
{
  update_lock_button (self);
}

static void
on_follower_changed (YihuViewFollower *follower, YihuMapView *self)
{
  update_lock_button (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOCKED]);
}

/* Pointer and keys */

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, YihuMapView *self)
{
  gboolean found = yihu_point_layer_set_pointer (self->points, TRUE, x, y);

  gtk_widget_set_cursor_from_name (GTK_WIDGET (self->points), found ? "pointer" : NULL);
}

static void
on_leave (GtkEventControllerMotion *controller, YihuMapView *self)
{
  yihu_point_layer_set_pointer (self->points, FALSE, 0, 0);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, YihuMapView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->press_x = x;
  self->press_y = y;
}

static void
on_released (GtkGestureClick *gesture, int n_press, double x, double y, YihuMapView *self)
{
  const char *id;

  if (n_press != 1 || hypot (x - self->press_x, y - self->press_y) > CLICK_SLACK_PX)
    return;
  id = yihu_point_layer_pick (self->points, x, y);
  if (id != NULL && *id != '\0')
    g_signal_emit (self, signals[SIGNAL_ITEM_ACTIVATED], 0, id);
}

static gboolean
pan_by_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  int dx, dy;

  g_variant_get (args, "(ii)", &dx, &dy);
  yihu_view_follower_pan (YIHU_MAP_VIEW (widget)->follower, dx * PAN_STEP_PX, dy * PAN_STEP_PX);
  return TRUE;
}

static gboolean
zoom_by_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  int step;

  g_variant_get (args, "(i)", &step);
  yihu_view_follower_zoom (YIHU_MAP_VIEW (widget)->follower, step);
  return TRUE;
}

static gboolean
follow_by_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  yihu_view_follower_let_follow (YIHU_MAP_VIEW (widget)->follower);
  return TRUE;
}

/* The base */

static void
use_package (YihuMapView *self)
{
  const YihuMapPalette *palette = yihu_map_palette_get (self->dark);
  g_autoptr (YihuTileSource) source = NULL;
  GdkRGBA ground;

  yihu_map_palette_get_rgba (palette->feature[YIHU_FEATURE_LAND].fill, &ground);
  yihu_tile_layer_set_ground (self->tiles, &ground);
  if (self->package != NULL)
    source = yihu_vector_source_new (self->package, self->dark);
  yihu_tile_layer_set_source (self->tiles, source);
  yihu_legend_layer_set_attribution (
      self->legend, self->package != NULL ? yihu_base_package_get_attribution (self->package) : "");
}

static void
load_package (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  YihuBasePackage *package = yihu_base_package_load (data, cancellable, &error);

  if (package != NULL)
    g_task_return_pointer (task, package, (GDestroyNotify) yihu_base_package_unref);
  else
    g_task_return_error (task, error);
}

static void
on_package_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  YihuMapView *self = YIHU_MAP_VIEW (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuBasePackage) package = g_task_propagate_pointer (G_TASK (result), &error);
  YihuGeoPoint low, high;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->loading);
  if (package == NULL)
    {
      g_info ("base map: %s", error->message);
      yihu_legend_layer_set_notice (self->legend, _ ("The base map cannot be read."));
      return;
    }
  if (yihu_base_package_get_n_skipped (package) > 0)
    g_info ("base map: %u damaged rows skipped", yihu_base_package_get_n_skipped (package));
  g_clear_pointer (&self->package, yihu_base_package_unref);
  self->package = g_steal_pointer (&package);
  yihu_legend_layer_set_notice (self->legend, NULL);
  use_package (self);
  if (yihu_base_package_get_bounds (self->package, &low, &high))
    yihu_view_follower_set_base (self->follower, low, high);
}

static void
cancel_loading (YihuMapView *self)
{
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
}

/* The widget */

static void
yihu_map_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  YihuMapView *self = YIHU_MAP_VIEW (widget);

  gtk_widget_allocate (self->overlay, width, height, baseline, NULL);
  yihu_view_follower_set_size (self->follower, width, height);
}

static void
yihu_map_view_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  gtk_widget_measure (YIHU_MAP_VIEW (widget)->overlay, orientation, for_size, minimum, natural,
                      minimum_baseline, natural_baseline);
}

static void
yihu_map_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  YihuMapView *self = YIHU_MAP_VIEW (object);

  switch (id)
    {
    case PROP_LOCKED:
      g_value_set_boolean (value, yihu_view_follower_is_locked (self->follower));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
yihu_map_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_LOCKED:
      yihu_map_view_set_locked (YIHU_MAP_VIEW (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
yihu_map_view_dispose (GObject *object)
{
  YihuMapView *self = YIHU_MAP_VIEW (object);

  cancel_loading (self);
  if (self->overlay != NULL)
    {
      /* The focus leaves while the button goes. */
      g_signal_handlers_disconnect_by_data (self->pointer, self);
      g_signal_handlers_disconnect_by_data (self->focus, self);
      g_signal_handlers_disconnect_by_data (self->follower, self);
    }
  g_clear_pointer (&self->overlay, gtk_widget_unparent);
  g_clear_object (&self->follower);
  g_clear_object (&self->viewport);
  g_clear_pointer (&self->package, yihu_base_package_unref);
  G_OBJECT_CLASS (yihu_map_view_parent_class)->dispose (object);
}

static void
add_keys (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint key;
    guint pad_key;
    int dx;
    int dy;
  } arrows[] = { { GDK_KEY_Left, GDK_KEY_KP_Left, -1, 0 },
                 { GDK_KEY_Right, GDK_KEY_KP_Right, 1, 0 },
                 { GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1 },
                 { GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1 } };
  static const struct
  {
    guint key;
    int step;
  } zooms[] = { { GDK_KEY_plus, 1 },
                { GDK_KEY_equal, 1 },
                { GDK_KEY_KP_Add, 1 },
                { GDK_KEY_minus, -1 },
                { GDK_KEY_KP_Subtract, -1 } };

  for (guint i = 0; i < G_N_ELEMENTS (arrows); i++)
    {
      gtk_widget_class_add_binding (widget_class, arrows[i].key, 0, pan_by_key, "(ii)",
                                    arrows[i].dx, arrows[i].dy);
      gtk_widget_class_add_binding (widget_class, arrows[i].pad_key, 0, pan_by_key, "(ii)",
                                    arrows[i].dx, arrows[i].dy);
    }
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    gtk_widget_class_add_binding (widget_class, zooms[i].key, 0, zoom_by_key, "(i)", zooms[i].step);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_plus, GDK_SHIFT_MASK, zoom_by_key, "(i)", 1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Home, 0, follow_by_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Home, 0, follow_by_key, NULL);
}

static void
yihu_map_view_class_init (YihuMapViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = yihu_map_view_get_property;
  object_class->set_property = yihu_map_view_set_property;
  object_class->dispose = yihu_map_view_dispose;
  widget_class->size_allocate = yihu_map_view_size_allocate;
  widget_class->measure = yihu_map_view_measure;

  properties[PROP_LOCKED] =
      g_param_spec_boolean ("locked", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_ITEM_ACTIVATED] =
      g_signal_new ("item-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  add_keys (widget_class);
  gtk_widget_class_set_css_name (widget_class, "mapview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
add_controllers (YihuMapView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self->map), motion);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_PRIMARY);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self->map), GTK_EVENT_CONTROLLER (click));

  self->pointer = GTK_EVENT_CONTROLLER_MOTION (gtk_event_controller_motion_new ());
  g_signal_connect (self->pointer, "notify::contains-pointer", G_CALLBACK (on_attention_changed),
                    self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (self->pointer));
  self->focus = GTK_EVENT_CONTROLLER_FOCUS (gtk_event_controller_focus_new ());
  g_signal_connect (self->focus, "notify::contains-focus", G_CALLBACK (on_attention_changed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (self->focus));
}

static void
add_layers (YihuMapView *self)
{
  g_autoptr (ShumateMapSource) source =
      g_object_new (YIHU_TYPE_NO_SOURCE, "id", "yihu", "tile-size", YIHU_TILE_BASE_PX,
                    "min-zoom-level", 0, "max-zoom-level", YIHU_MAP_MAX_ZOOM, NULL);

  shumate_viewport_set_reference_map_source (self->viewport, source);
  shumate_map_set_map_source (self->map, source);
  shumate_viewport_set_min_zoom_level (self->viewport, YIHU_MAP_LOWEST_ZOOM);
  shumate_viewport_set_max_zoom_level (self->viewport, YIHU_MAP_MAX_ZOOM);

  self->tiles = yihu_tile_layer_new (self->viewport);
  self->live = yihu_live_layer_new (self->viewport);
  self->points = yihu_point_layer_new (self->viewport);
  self->legend = yihu_legend_layer_new (self->viewport);
  shumate_map_add_layer (self->map, SHUMATE_LAYER (self->tiles));
  shumate_map_add_layer (self->map, SHUMATE_LAYER (self->live));
  shumate_map_add_layer (self->map, SHUMATE_LAYER (self->points));
  shumate_map_add_layer (self->map, SHUMATE_LAYER (self->legend));
}

static void
add_lock_button (YihuMapView *self)
{
  self->lock_button = gtk_button_new ();
  gtk_widget_add_css_class (self->lock_button, "osd");
  gtk_widget_add_css_class (self->lock_button, "circular");
  gtk_widget_set_halign (self->lock_button, GTK_ALIGN_END);
  gtk_widget_set_valign (self->lock_button, GTK_ALIGN_START);
  gtk_widget_set_margin_end (self->lock_button, 6);
  gtk_widget_set_margin_top (self->lock_button, 6);
  g_signal_connect_object (self->lock_button, "clicked", G_CALLBACK (yihu_view_follower_press),
                           self->follower, G_CONNECT_SWAPPED);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->overlay), self->lock_button);
  update_lock_button (self);
}

static void
yihu_map_view_init (YihuMapView *self)
{
  self->overlay = gtk_overlay_new ();
  gtk_widget_set_parent (self->overlay, GTK_WIDGET (self));
  self->map = shumate_map_new ();
  self->viewport = g_object_ref (shumate_map_get_viewport (self->map));
  gtk_overlay_set_child (GTK_OVERLAY (self->overlay), GTK_WIDGET (self->map));
  add_layers (self);
  self->follower = yihu_view_follower_new (self->map);
  add_controllers (self);
  add_lock_button (self);
  g_signal_connect (self->follower, "changed", G_CALLBACK (on_follower_changed), self);

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Map"),
                                  -1);
  use_package (self);
  yihu_legend_layer_set_notice (self->legend, _ ("No base map yet."));
}

GtkWidget *
yihu_map_view_new (void)
{
  return g_object_new (YIHU_TYPE_MAP_VIEW, NULL);
}

gboolean
yihu_map_view_set_basemap (YihuMapView *self, const char *path, GError **error)
{
  g_autoptr (GTask) task = NULL;

  g_return_val_if_fail (YIHU_IS_MAP_VIEW (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  cancel_loading (self);
  g_clear_pointer (&self->package, yihu_base_package_unref);
  use_package (self);
  if (!yihu_base_package_check (path, error))
    {
      yihu_legend_layer_set_notice (self->legend, _ ("The base map cannot be read."));
      return FALSE;
    }
  yihu_legend_layer_set_notice (self->legend, _ ("Reading the base map…"));
  self->loading = g_cancellable_new ();
  task = g_task_new (self, self->loading, on_package_loaded, NULL);
  g_task_set_source_tag (task, yihu_map_view_set_basemap);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, load_package);
  return TRUE;
}

void
yihu_map_view_set_dark (YihuMapView *self, gboolean dark)
{
  g_return_if_fail (YIHU_IS_MAP_VIEW (self));

  if (self->dark == dark)
    return;
  self->dark = dark;
  yihu_live_layer_set_dark (self->live, dark);
  yihu_point_layer_set_dark (self->points, dark);
  yihu_legend_layer_set_dark (self->legend, dark);
  use_package (self);
}

void
yihu_map_view_set_items (YihuMapView *self,
                         const char *set,
                         const YihuMapItem *items,
                         guint n_items)
{
  g_autofree char *words = NULL;
  guint n;

  g_return_if_fail (YIHU_IS_MAP_VIEW (self));

  yihu_live_layer_set_items (self->live, set, items, n_items);
  yihu_point_layer_set_items (self->points, set, items, n_items);
  n = yihu_point_layer_get_n_items (self->points);
  words = g_strdup_printf (ngettext ("%u mark", "%u marks", n), n);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words,
                                  -1);
}

void
yihu_map_view_set_line (YihuMapView *self, YihuGeoPoint from, YihuGeoPoint to, gboolean visible)
{
  g_return_if_fail (YIHU_IS_MAP_VIEW (self));
  yihu_live_layer_set_line (self->live, from, to, visible);
}

void
yihu_map_view_center_on (YihuMapView *self, YihuGeoPoint point, double zoom)
{
  g_return_if_fail (YIHU_IS_MAP_VIEW (self));
  yihu_view_follower_show_place (self->follower, point, zoom);
}

void
yihu_map_view_fit (YihuMapView *self, const YihuGeoPoint *points, guint n, guint margin_px)
{
  g_return_if_fail (YIHU_IS_MAP_VIEW (self));
  g_return_if_fail (n > 0);
  yihu_view_follower_show_points (self->follower, points, n, margin_px);
}

void
yihu_map_view_fit_base (YihuMapView *self)
{
  g_return_if_fail (YIHU_IS_MAP_VIEW (self));
  yihu_view_follower_show_base (self->follower);
}

gboolean
yihu_map_view_get_locked (YihuMapView *self)
{
  g_return_val_if_fail (YIHU_IS_MAP_VIEW (self), FALSE);
  return yihu_view_follower_is_locked (self->follower);
}

void
yihu_map_view_set_locked (YihuMapView *self, gboolean locked)
{
  g_return_if_fail (YIHU_IS_MAP_VIEW (self));
  yihu_view_follower_set_locked (self->follower, locked);
}
