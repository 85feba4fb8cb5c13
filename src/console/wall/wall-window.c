/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The window of the wall: which monitor, full screen, sizes, actions. All lengths of its style are
 * in em of one root box, whose font size follows the window's height here, so that 720 rows and
 * 2160 look alike. */

#include "console/wall/wall-window-private.h"

#include "console/help-overlay.h"
#include "console/settings.h"
#include "console/wall/wall-screen.h"
#include "console/widgets.h"

#include <glib/gi18n.h>

#define EM_PER_HEIGHT 45.0 /* 24 px at 1080 rows */
#define EM_PER_WIDTH 80.0
#define EM_OF_ALARM 3.5 /* what the bar about a lost connection takes away */

G_DEFINE_FINAL_TYPE (YihuWallWindow, yihu_wall_window, GTK_TYPE_APPLICATION_WINDOW)

double
yihu_wall_window_measure_em (int width, int height)
{
  return MAX (6.0, MIN (height / EM_PER_HEIGHT, width / EM_PER_WIDTH));
}

static void
wall_window_set_em (YihuWallWindow *self, double em_px)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *css = NULL;

  if (ABS (em_px - self->em_px) < 0.05)
    return;
  self->em_px = em_px;
  g_ascii_formatd (number, sizeof number, "%.2f", em_px);
  css = g_strdup_printf ("* { font-size: %spx; }", number);
  gtk_css_provider_load_from_data (self->size_style, css, -1);
}

static gboolean
on_size_settled (gpointer data)
{
  YihuWallWindow *self = data;
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));

  double share =
      gtk_widget_get_visible (self->alarm) ? EM_PER_HEIGHT / (EM_PER_HEIGHT + EM_OF_ALARM) : 1;

  if (width > 0 && height > 0)
    wall_window_set_em (self, yihu_wall_window_measure_em (width, height) * share);
  return G_SOURCE_REMOVE;
}

void
yihu_wall_window_fit (YihuWallWindow *self)
{
  /* A style must not change inside an allocation. */
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_size_settled, g_object_ref (self), g_object_unref);
}

static void
yihu_wall_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GTK_WIDGET_CLASS (yihu_wall_window_parent_class)->size_allocate (widget, width, height, baseline);
  yihu_wall_window_fit (YIHU_WALL_WINDOW (widget));
}

static GdkMonitor *
find_monitor (const char *connector)
{
  GListModel *monitors = gdk_display_get_monitors (gdk_display_get_default ());

  for (guint i = 0; i < g_list_model_get_n_items (monitors); i++)
    {
      g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, i);

      if (connector == NULL || g_strcmp0 (gdk_monitor_get_connector (monitor), connector) == 0)
        return g_steal_pointer (&monitor);
    }
  return NULL;
}

static void
wall_window_take_monitor (YihuWallWindow *self)
{
  g_autofree char *connector = yihu_settings_dup_text ("wall-monitor");
  g_autoptr (GdkMonitor) monitor = find_monitor (connector);
  GdkRectangle area;

  if (monitor == NULL)
    {
      gtk_window_fullscreen (GTK_WINDOW (self));
      return;
    }
  gdk_monitor_get_geometry (monitor, &area);
  gtk_window_set_default_size (GTK_WINDOW (self), area.width, area.height);
  wall_window_set_em (self, yihu_wall_window_measure_em (area.width, area.height));
  if (connector != NULL)
    gtk_window_fullscreen_on_monitor (GTK_WINDOW (self), monitor);
  else
    gtk_window_fullscreen (GTK_WINDOW (self));
}

/* A screen that was switched off and on again gets its wall back. */
static void
on_monitors_changed (YihuWallWindow *self)
{
  if (gtk_window_is_fullscreen (GTK_WINDOW (self)))
    wall_window_take_monitor (self);
}

static void
on_explain (GSimpleAction *action, GVariant *which, gpointer data)
{
  YihuWallWindow *self = data;
  int wanted = g_variant_get_int32 (which);
  gboolean open;

  if (wanted < 0 || wanted >= YIHU_WALL_N_TILES)
    return;
  open = yihu_wall_tile_is_explained (self->tile[wanted]);
  for (int i = 0; i < YIHU_WALL_N_TILES; i++)
    yihu_wall_tile_explain (self->tile[i], i == wanted && !open);
}

static void
on_help (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuWallWindow *self = data;

  if (gtk_widget_get_visible (GTK_WIDGET (gtk_menu_button_get_popover (self->menu))))
    gtk_menu_button_popdown (self->menu);
  else
    gtk_menu_button_popup (self->menu);
}

static void
on_fullscreen (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = data;

  if (gtk_window_is_fullscreen (window))
    gtk_window_unfullscreen (window);
  else
    gtk_window_fullscreen (window);
}

static void
on_fit_map (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  YihuWallWindow *self = data;

  yihu_wall_map_fit (self->map);
}

static void
yihu_wall_window_dispose (GObject *object)
{
  YihuWallWindow *self = YIHU_WALL_WINDOW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->book != NULL)
    yihu_book_watch_figures (self->book, FALSE);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->map);
  g_clear_object (&self->events);
  g_clear_object (&self->book);
  g_clear_object (&self->ticker);
  g_clear_object (&self->size_style);
  G_OBJECT_CLASS (yihu_wall_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, root);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, heading);
  gtk_widget_class_bind_template_child_full (widget_class, "register", FALSE,
                                             G_STRUCT_OFFSET (YihuWallWindow, register_label));
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, health);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, seats);
  gtk_widget_class_bind_template_child_full (widget_class, "date", FALSE,
                                             G_STRUCT_OFFSET (YihuWallWindow, date_label));
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, clock);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, menu);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, help);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, alarm);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, alarm_words);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, alarm_note);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, tiles);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, map_view);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, calls_legend);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, categories_panel);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, categories);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, districts_panel);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, districts);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, districts_note);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, event_rows);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, events_note);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, hours_panel);
  gtk_widget_class_bind_template_child (widget_class, YihuWallWindow, hours);
}

static void
yihu_wall_window_class_init (YihuWallWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = yihu_wall_window_dispose;
  widget_class->size_allocate = yihu_wall_window_size_allocate;
  g_type_ensure (YIHU_TYPE_MAP_VIEW);
  g_type_ensure (YIHU_TYPE_RANKED_BARS);
  g_type_ensure (YIHU_TYPE_HOUR_CHART);
  g_type_ensure (YIHU_TYPE_WALL_DISTRICTS);
  g_type_ensure (YIHU_TYPE_WALL_EVENT_ROWS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/cn/yihu/Console/ui/wall/wall-window.ui");
  bind_children (widget_class);
}

static void
wall_window_fill_help (YihuWallWindow *self)
{
  const YihuKey *keys = yihu_wall_screen.keys;
  guint n_keys = yihu_wall_screen.n_keys;
  GtkWidget *button = gtk_button_new_with_label (_ ("Log out"));

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "app.logout");
  yihu_keys_dress_button (keys, n_keys, GTK_BUTTON (button));
  gtk_box_append (GTK_BOX (self->help), yihu_help_overlay_new (keys, n_keys));
  gtk_box_append (GTK_BOX (self->help), button);
}

static void
yihu_wall_window_init (YihuWallWindow *self)
{
  static const GActionEntry actions[] = {
    { "explain", on_explain, "i", NULL, NULL, { 0 } },
    { "help", on_help, NULL, NULL, NULL, { 0 } },
    { "fullscreen", on_fullscreen, NULL, NULL, NULL, { 0 } },
    { "fit-map", on_fit_map, NULL, NULL, NULL, { 0 } },
  };

  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  wall_window_fill_help (self);
  for (int i = 0; i < YIHU_WALL_N_TILES; i++)
    {
      self->tile[i] = YIHU_WALL_TILE (yihu_wall_tile_new (i));
      gtk_box_append (GTK_BOX (self->tiles), GTK_WIDGET (self->tile[i]));
    }
  self->cancellable = g_cancellable_new ();
  self->events = yihu_wall_events_new ();
  self->size_style = gtk_css_provider_new ();
  gtk_style_context_add_provider (gtk_widget_get_style_context (self->root),
                                  GTK_STYLE_PROVIDER (self->size_style),
                                  GTK_STYLE_PROVIDER_PRIORITY_USER);
  wall_window_set_em (self, yihu_wall_window_measure_em (1920, 1080));
}

static void
add_style (void)
{
  static gsize added = 0;

  if (!g_once_init_enter (&added))
    return;
  {
    g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();

    gtk_css_provider_load_from_resource (style, "/cn/yihu/Console/style-wall.css");
    gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                                GTK_STYLE_PROVIDER (style),
                                                GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  }
  g_once_init_leave (&added, 1);
}

GtkWindow *
yihu_wall_window_new (const YihuScreenContext *context)
{
  YihuWallWindow *self = NULL;

  add_style ();
  self = g_object_new (YIHU_TYPE_WALL_WINDOW, "application", context->application, NULL);
  self->book = g_object_ref (context->book);
  self->ticker = g_object_ref (context->ticker);
  self->map = yihu_wall_map_new (self->book, self->map_view);
  g_signal_connect_object (gdk_display_get_monitors (gdk_display_get_default ()), "items-changed",
                           G_CALLBACK (on_monitors_changed), self, G_CONNECT_SWAPPED);
  wall_window_take_monitor (self);
  yihu_wall_window_begin (self);
  return GTK_WINDOW (self);
}
