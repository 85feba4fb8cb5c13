/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The map view on a display: what it draws, what it finds under the pointer, who may move it, that
 * a quiet map draws nothing, and that it can be taken away while its workers are busy. With
 * YIHU_SHOTS=DIR in the environment it leaves pictures there, to be looked at; YIHU_BASEMAP names
 * another package for them, YIHU_SHOTS_AT=LAT,LON another place. */

#include <glib/gstdio.h>
#include <math.h>

#include "base/error.h"
#include "map/layers/legend-layer.h"
#include "map/layers/live-layer.h"
#include "map/layers/map-view.h"
#include "map/layers/point-layer.h"
#include "map/layers/tile-layer.h"
#include "map/tiles/palette.h"
#include "package-maker.h"

#define WIDTH 900
#define HEIGHT 640

static YihuGeoPoint middle = { YIHU_TEST_TOWN_LAT, YIHU_TEST_TOWN_LON };

typedef struct
{
  char *path; /* of the town's package */
  GtkWidget *window;
  YihuMapView *view;
} Fixture;

static gboolean
on_deadline (gpointer data)
{
  g_error ("%s does not come true", (const char *) data);
  return G_SOURCE_REMOVE;
}

#define wait_until(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint deadline_id = g_timeout_add_seconds (30, on_deadline, (gpointer) #condition);            \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (deadline_id);                                                                 \
  }                                                                                                \
  G_STMT_END

/* Our layers inside of the ShumateMap, by type. */
static gpointer
find_layer (YihuMapView *view, GType type)
{
  GtkWidget *overlay = gtk_widget_get_first_child (GTK_WIDGET (view));
  GtkWidget *child = gtk_widget_get_first_child (gtk_overlay_get_child (GTK_OVERLAY (overlay)));

  while (child != NULL && !g_type_is_a (G_OBJECT_TYPE (child), type))
    child = gtk_widget_get_next_sibling (child);
  g_assert_nonnull (child);
  return child;
}

static ShumateViewport *
get_viewport (YihuMapView *view)
{
  return shumate_layer_get_viewport (find_layer (view, YIHU_TYPE_TILE_LAYER));
}

static gboolean
is_complete (Fixture *fixture)
{
  return yihu_tile_layer_is_complete (find_layer (fixture->view, YIHU_TYPE_TILE_LAYER));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->path = g_build_filename (g_get_tmp_dir (), "yihu-test-map-XXXXXX", NULL);
  g_close (g_mkstemp (fixture->path), NULL);
  yihu_test_package_make_town (fixture->path);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  fixture->window = gtk_window_new ();
  gtk_window_set_decorated (GTK_WINDOW (fixture->window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), WIDTH, HEIGHT);
  fixture->view = YIHU_MAP_VIEW (yihu_map_view_new ());
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->view));
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->window != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_unlink (fixture->path);
  g_free (fixture->path);
}

static void
show_town (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  yihu_map_view_set_basemap (fixture->view, fixture->path, &error);
  g_assert_no_error (error);
  wait_until (is_complete (fixture));
}

static void
count_frame (GdkFrameClock *clock, guint *n)
{
  (*n)++;
}

/* A frame of what the view looks like now. */
static void
draw_frame (Fixture *fixture)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (fixture->window);
  guint n = 0;

  gtk_widget_queue_draw (GTK_WIDGET (fixture->view));
  g_signal_connect (clock, "after-paint", G_CALLBACK (count_frame), &n);
  wait_until (n > 0);
  g_signal_handlers_disconnect_by_data (clock, &n);
}

static GdkTexture *
render (Fixture *fixture)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (fixture->view));
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (fixture->window));
  GskRenderNode *node = NULL;
  GdkTexture *texture;

  while (node == NULL) /* a frame may be one of layout only */
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();

      draw_frame (fixture);
      gdk_paintable_snapshot (paintable, snapshot,
                              gtk_widget_get_width (GTK_WIDGET (fixture->view)),
                              gtk_widget_get_height (GTK_WIDGET (fixture->view)));
      node = gtk_snapshot_free_to_node (snapshot);
    }
  texture = gsk_renderer_render_texture (renderer, node, NULL);
  gsk_render_node_unref (node);
  return texture;
}

static void
keep_shot (Fixture *fixture, const char *name)
{
  const char *folder = g_getenv ("YIHU_SHOTS");
  g_autofree char *path = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  if (folder == NULL)
    return;
  path = g_strdup_printf ("%s/%s.png", folder, name);
  texture = render (fixture);
  gdk_texture_save_to_png (texture, path);
}

/* 0xRRGGBB at a place on the ground. */
static guint32
colour_at (Fixture *fixture, double east_km, double north_km)
{
  g_autoptr (GdkTexture) texture = render (fixture);
  int width = gdk_texture_get_width (texture);
  int height = gdk_texture_get_height (texture);
  g_autofree guint32 *pixels = g_new0 (guint32, width * height);
  double x, y;

  shumate_viewport_location_to_widget_coords (get_viewport (fixture->view),
                                              GTK_WIDGET (fixture->view),
                                              middle.lat + north_km / 111.2,
                                              middle.lon + east_km / (111.2 * cos (0.7096)), &x,
                                              &y);
  g_assert_cmpfloat (x, >=, 0);
  g_assert_cmpfloat (y, >=, 0);
  g_assert_cmpint ((int) x, <, width);
  g_assert_cmpint ((int) y, <, height);
  gdk_texture_download (texture, (guchar *) pixels, width * 4);
  return pixels[(int) y * width + (int) x] & 0xffffff;
}

static void
test_draws_base (Fixture *fixture, gconstpointer data)
{
  for (int dark = 0; dark < 2; dark++)
    {
      const YihuMapPalette *palette = yihu_map_palette_get (dark);

      yihu_map_view_set_dark (fixture->view, dark);
      show_town (fixture);
      g_assert_cmphex (colour_at (fixture, -8.6, 6), ==, palette->sea);
      g_assert_cmphex (colour_at (fixture, 9.2, 7.2), ==, palette->feature[YIHU_FEATURE_LAND].fill);
      g_assert_cmphex (colour_at (fixture, 7.9, -3.34), ==,
                       palette->feature[YIHU_FEATURE_WATER].fill);
    }
}

/* The tiles of a frame meet: a map of land alone is of one colour at every zoom. */
static void
test_no_seams (Fixture *fixture, gconstpointer data)
{
  static const double zooms[] = { 9, 10.37, 11.2, 12.63, 14.8, 18.4, 20 };
  YihuGeoPoint ring[] = { { 30, 110 }, { 50, 110 }, { 50, 130 }, { 30, 130 } };
  sqlite3 *db = yihu_test_package_create (fixture->path);
  guint32 land = yihu_map_palette_get (FALSE)->feature[YIHU_FEATURE_LAND].fill;

  yihu_test_package_add (db, "land", NULL, 0, ring, G_N_ELEMENTS (ring));
  yihu_test_package_finish (db);
  yihu_map_view_center_on (fixture->view, middle, 9);
  show_town (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      g_autoptr (GdkTexture) texture = NULL;
      g_autofree guint32 *pixels = g_new0 (guint32, WIDTH * HEIGHT);

      yihu_map_view_center_on (fixture->view, middle, zooms[i]);
      draw_frame (fixture);
      wait_until (is_complete (fixture));
      texture = render (fixture);
      gdk_texture_download (texture, (guchar *) pixels, WIDTH * 4);
      for (int y = 60; y < HEIGHT - 60; y++) /* between button and legend */
        for (int x = 0; x < WIDTH - 60; x++)
          if ((pixels[y * WIDTH + x] & 0xffffff) != land)
            g_error ("zoom %g: a seam at %d, %d", zooms[i], x, y);
    }
}

static YihuMapItem
make_item (YihuMapMark mark, double east_km, double north_km, const char *id, const char *label)
{
  return (YihuMapItem){ .mark = mark,
                        .point = { middle.lat + north_km / 111.2,
                                   middle.lon + east_km / (111.2 * cos (0.7096)) },
                        .id = (char *) id,
                        .label = (char *) label };
}

static void
on_activated (YihuMapView *view, const char *id, char **activated)
{
  g_free (*activated);
  *activated = g_strdup (id);
}

/* Real input through the X server, by xdotool; FALSE where that is not installed. */
static gboolean
xdotool (const char *command)
{
  g_auto (GStrv) words = g_strsplit (command, " ", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;

  g_strv_builder_add (builder, "xdotool");
  g_strv_builder_addv (builder, (const char **) words);
  argv = g_strv_builder_end (builder);
  return g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
                       NULL, NULL, NULL, NULL, NULL);
}

static gboolean
click_at (double x, double y)
{
  g_autofree char *command = g_strdup_printf ("mousemove %d %d click 1", (int) x, (int) y);

  return xdotool (command);
}

static void
test_finds_items (Fixture *fixture, gconstpointer data)
{
  YihuMapItem items[] = { make_item (YIHU_MAP_INSTITUTION, 0, 0, "lower", "颐和养老院"),
                          make_item (YIHU_MAP_ELDER, 0, 0, "upper", "王秀英"),
                          make_item (YIHU_MAP_PROVIDER, 2, 0, "provider", "安康护理站") };
  YihuPointLayer *points = find_layer (fixture->view, YIHU_TYPE_POINT_LAYER);
  g_autofree char *activated = NULL;
  double x, y;

  yihu_map_view_center_on (fixture->view, middle, 13);
  show_town (fixture);
  yihu_map_view_set_items (fixture->view, "all", items, G_N_ELEMENTS (items));
  g_assert_null (yihu_point_layer_pick (points, WIDTH / 2, HEIGHT / 2)); /* not drawn yet */
  g_object_unref (render (fixture));
  g_assert_cmpstr (yihu_point_layer_pick (points, WIDTH / 2, HEIGHT / 2), ==, "upper");
  g_assert_null (yihu_point_layer_pick (points, WIDTH / 2, HEIGHT / 2 + 60));
  g_assert_false (yihu_point_layer_set_pointer (points, TRUE, 5, 5));
  g_assert_true (yihu_point_layer_set_pointer (points, TRUE, WIDTH / 2, HEIGHT / 2));
  keep_shot (fixture, "map-hover");

  g_signal_connect (fixture->view, "item-activated", G_CALLBACK (on_activated), &activated);
  shumate_viewport_location_to_widget_coords (get_viewport (fixture->view),
                                              GTK_WIDGET (fixture->view), items[2].point.lat,
                                              items[2].point.lon, &x, &y);
  if (click_at (x, y))
    {
      wait_until (activated != NULL);
      g_assert_cmpstr (activated, ==, "provider");
      g_assert_false (yihu_map_view_get_locked (fixture->view)); /* a click is no movement */
    }
  yihu_map_view_set_items (fixture->view, "all", NULL, 0);
  g_object_unref (render (fixture));
  g_assert_null (yihu_point_layer_pick (points, WIDTH / 2, HEIGHT / 2));
}

static double
latitude (Fixture *fixture)
{
  return shumate_location_get_latitude (SHUMATE_LOCATION (get_viewport (fixture->view)));
}

static void
press_lock (Fixture *fixture)
{
  GtkWidget *overlay = gtk_widget_get_first_child (GTK_WIDGET (fixture->view));
  GtkWidget *button = gtk_widget_get_last_child (overlay);

  g_assert_true (GTK_IS_BUTTON (button));
  g_assert_true (gtk_widget_get_visible (button));
  g_signal_emit_by_name (button, "clicked");
}

static void
test_lock (Fixture *fixture, gconstpointer data)
{
  YihuGeoPoint other = { middle.lat + 0.02, middle.lon };
  YihuGeoPoint pair[] = { middle, other };

  show_town (fixture);
  yihu_map_view_center_on (fixture->view, middle, 14);
  g_assert_false (yihu_map_view_get_locked (fixture->view));
  g_assert_cmpfloat_with_epsilon (latitude (fixture), middle.lat, 1e-9);

  /* A person moves the map: it stays there, whatever the program wants… */
  shumate_location_set_location (SHUMATE_LOCATION (get_viewport (fixture->view)), middle.lat - 0.01,
                                 middle.lon);
  g_assert_true (yihu_map_view_get_locked (fixture->view));
  yihu_map_view_center_on (fixture->view, other, 15);
  g_assert_cmpfloat_with_epsilon (latitude (fixture), middle.lat - 0.01, 1e-9);
  yihu_map_view_fit (fixture->view, pair, 2, 30);
  yihu_map_view_fit_base (fixture->view);
  g_assert_cmpfloat_with_epsilon (latitude (fixture), middle.lat - 0.01, 1e-9);
  yihu_map_view_center_on (fixture->view, other, 15);

  /* …until it is told to follow again, and then shows the newest wish. */
  yihu_map_view_set_locked (fixture->view, FALSE);
  g_assert_cmpfloat_with_epsilon (latitude (fixture), other.lat, 1e-9);

  yihu_map_view_fit (fixture->view, pair, 2, 30);
  g_assert_false (yihu_map_view_get_locked (fixture->view));
  for (guint i = 0; i < 2; i++)
    {
      double x, y;

      shumate_viewport_location_to_widget_coords (get_viewport (fixture->view),
                                                  GTK_WIDGET (fixture->view), pair[i].lat,
                                                  pair[i].lon, &x, &y);
      g_assert_cmpfloat (y, >=, 29);
      g_assert_cmpfloat (y, <=, HEIGHT - 29);
    }

  /* The one button: follow, back to the person's own view, follow. */
  shumate_viewport_set_zoom_level (get_viewport (fixture->view), 12);
  g_assert_true (yihu_map_view_get_locked (fixture->view));
  press_lock (fixture);
  g_assert_false (yihu_map_view_get_locked (fixture->view));
  g_assert_cmpfloat (shumate_viewport_get_zoom_level (get_viewport (fixture->view)), >, 12);
  press_lock (fixture);
  g_assert_true (yihu_map_view_get_locked (fixture->view));
  g_assert_cmpfloat (shumate_viewport_get_zoom_level (get_viewport (fixture->view)), ==, 12);
}

static double
zoom_of (Fixture *fixture)
{
  return shumate_viewport_get_zoom_level (get_viewport (fixture->view));
}

/* Drag, wheel and keys as a person does them. */
static void
test_hands (Fixture *fixture, gconstpointer data)
{
  YihuMapItem item = make_item (YIHU_MAP_ELDER, 0, 0, "elder", NULL);
  g_autofree char *activated = NULL;
  double before;

  if (!xdotool ("version"))
    {
      g_test_skip ("xdotool is not installed");
      return;
    }
  show_town (fixture);
  yihu_map_view_center_on (fixture->view, middle, 13);
  yihu_map_view_set_items (fixture->view, "call", &item, 1);
  g_signal_connect (fixture->view, "item-activated", G_CALLBACK (on_activated), &activated);
  draw_frame (fixture);

  /* A drag that begins on a mark moves the map and activates nothing. */
  xdotool ("mousemove 450 320 mousedown 1 mousemove 460 330 mousemove 500 400 mouseup 1");
  wait_until (yihu_map_view_get_locked (fixture->view));
  wait_until (latitude (fixture) > middle.lat + 0.001);
  g_assert_null (activated);
  before = zoom_of (fixture);
  xdotool ("click 4");
  wait_until (zoom_of (fixture) > before + 0.1);

  gtk_widget_grab_focus (GTK_WIDGET (fixture->view));
  xdotool ("key Home");
  wait_until (!yihu_map_view_get_locked (fixture->view));
  g_assert_cmpfloat_with_epsilon (latitude (fixture), middle.lat, 1e-9);
  g_assert_cmpfloat (zoom_of (fixture), ==, 13);
  xdotool ("key Down");
  wait_until (latitude (fixture) < middle.lat);
  g_assert_true (yihu_map_view_get_locked (fixture->view));
  xdotool ("key KP_Add");
  wait_until (zoom_of (fixture) == 14);
  xdotool ("key minus minus");
  wait_until (zoom_of (fixture) == 12);
}

static gboolean
set_flag (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* The frames drawn while the main loop runs for a second without anything happening. */
static guint
count_idle_frames (Fixture *fixture)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (fixture->window);
  guint n = 0;
  gboolean over = FALSE;
  gulong id;

  while (g_main_context_iteration (NULL, FALSE))
    ;
  id = g_signal_connect (clock, "paint", G_CALLBACK (count_frame), &n);
  g_timeout_add (1000, set_flag, &over);
  wait_until (over);
  g_signal_handler_disconnect (clock, id);
  return n;
}

static void
test_quiet (Fixture *fixture, gconstpointer data)
{
  YihuMapItem item = make_item (YIHU_MAP_ELDER, 0, 0, "elder", NULL);
  YihuLiveLayer *live = find_layer (fixture->view, YIHU_TYPE_LIVE_LAYER);
  guint n;

  item.pulse = TRUE;
  yihu_map_view_center_on (fixture->view, middle, 13);
  show_town (fixture);
  yihu_map_view_set_items (fixture->view, "call", &item, 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (count_idle_frames (fixture), <=, 1); /* animations are off: at most the rest */
  g_assert_false (yihu_live_layer_is_ticking (live));

  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  gtk_widget_queue_draw (GTK_WIDGET (live));
  n = count_idle_frames (fixture);
  g_assert_true (yihu_live_layer_is_ticking (live));
  g_assert_cmpuint (n, >, 2);
  g_assert_cmpuint (n, <=, 13);

  yihu_map_view_set_items (fixture->view, "call", NULL, 0);
  wait_until (!yihu_live_layer_is_ticking (live));
  g_assert_cmpuint (count_idle_frames (fixture), <=, 1);
}

static void
test_broken_package (Fixture *fixture, gconstpointer data)
{
  YihuLegendLayer *legend = find_layer (fixture->view, YIHU_TYPE_LEGEND_LAYER);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_nonnull (yihu_legend_layer_get_notice (legend));
  show_town (fixture);
  g_assert_null (yihu_legend_layer_get_notice (legend));

  g_assert_false (yihu_map_view_set_basemap (fixture->view, "/nonexistent/base.sqlite", &error));
  g_assert_nonnull (error);
  g_assert_nonnull (yihu_legend_layer_get_notice (legend));
  g_clear_error (&error);

  /* A good head, then rubbish: found out by the worker. */
  g_assert_true (g_file_get_contents (fixture->path, &text, &length, NULL));
  memset (text + 100, 0x5a, length - 100);
  g_assert_true (g_file_set_contents (fixture->path, text, length, NULL));
  g_assert_true (yihu_map_view_set_basemap (fixture->view, fixture->path, &error));
  wait_until (g_strcmp0 (yihu_legend_layer_get_notice (legend), "The base map cannot be read.")
              == 0);
  g_assert_cmphex (colour_at (fixture, 0, 3), ==,
                   yihu_map_palette_get (FALSE)->feature[YIHU_FEATURE_LAND].fill);
}

static void
test_finalize_in_flight (Fixture *fixture, gconstpointer data)
{
  gpointer weak = fixture->view;
  gboolean over = FALSE;
  GdkFrameClock *clock;
  guint n = 0;

  g_object_add_weak_pointer (G_OBJECT (fixture->view), &weak);
  yihu_map_view_set_basemap (fixture->view, fixture->path, NULL);
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (fixture->view)));
  clock = gtk_widget_get_frame_clock (fixture->window);
  g_signal_connect (clock, "paint", G_CALLBACK (count_frame), &n);
  wait_until (n >= 2);
  yihu_map_view_set_dark (fixture->view, TRUE); /* all tiles again */
  yihu_map_view_center_on (fixture->view, middle, 16);
  n = 0;
  wait_until (n >= 1);
  g_signal_handlers_disconnect_by_data (clock, &n);
  gtk_window_destroy (GTK_WINDOW (g_steal_pointer (&fixture->window)));
  wait_until (weak == NULL);
  g_timeout_add (300, set_flag, &over); /* what the workers still bring finds nobody */
  wait_until (over);
}

static void
test_shots (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name;
    double zoom;
    gboolean dark;
  } shots[] = { { "map-base", 0, FALSE },  { "map-base-dark", 0, TRUE }, { "map-11", 11.3, FALSE },
                { "map-13", 13, FALSE },   { "map-13-dark", 13, TRUE },  { "map-15", 15, FALSE },
                { "map-16", 16.4, FALSE }, { "map-17-dark", 17, TRUE } };
  static const struct
  {
    YihuMapMark mark;
    double east, north;
    const char *label;
  } spots[] = { { YIHU_MAP_ELDER, 0.1, 0.1, "王秀英" },
                { YIHU_MAP_PROVIDER, -0.5, -0.2, "安康护理站" },
                { YIHU_MAP_PROVIDER, 0.8, -0.3, "夕阳红家政" },
                { YIHU_MAP_INSTITUTION, 0.4, 0.6, "颐和养老院" },
                { YIHU_MAP_INSTITUTION, -0.8, 0.5, "南园养老公寓" },
                { YIHU_MAP_CENTRE, -0.2, 0.5, "河东社区养老服务中心" },
                { YIHU_MAP_HOSPITAL, 0.7, 0.3, "市中心医院" },
                { YIHU_MAP_HOME, -0.3, -0.6, NULL },
                { YIHU_MAP_CHECK_IN, 0.1, -0.6, NULL } };
  YihuMapItem items[G_N_ELEMENTS (spots)];
  g_autofree YihuMapItem *calls = g_new0 (YihuMapItem, 600);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  if (g_getenv ("YIHU_SHOTS") == NULL)
    {
      g_test_skip ("YIHU_SHOTS is not set");
      return;
    }
  if (g_getenv ("YIHU_BASEMAP") != NULL)
    {
      g_free (fixture->path);
      fixture->path = g_strdup (g_getenv ("YIHU_BASEMAP"));
    }
  if (g_getenv ("YIHU_SHOTS_AT") != NULL)
    g_assert_cmpint (sscanf (g_getenv ("YIHU_SHOTS_AT"), "%lf,%lf", &middle.lat, &middle.lon), ==,
                     2);
  for (guint i = 0; i < G_N_ELEMENTS (spots); i++)
    items[i] =
        make_item (spots[i].mark, spots[i].east, spots[i].north, spots[i].label, spots[i].label);
  items[0].pulse = TRUE;
  show_town (fixture);
  yihu_map_view_set_items (fixture->view, "marks", items, G_N_ELEMENTS (items));
  yihu_map_view_set_line (fixture->view, items[1].point, items[0].point, TRUE);
  for (guint i = 0; i < 600; i++)
    calls[i] = make_item (YIHU_MAP_CALL, g_rand_double_range (random, -5, 5),
                          g_rand_double_range (random, -4, 4), NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (shots); i++)
    {
      yihu_map_view_set_dark (fixture->view, shots[i].dark);
      yihu_map_view_set_items (fixture->view, "calls", calls, shots[i].dark ? 600 : 0);
      if (shots[i].zoom == 0)
        yihu_map_view_fit_base (fixture->view);
      else
        yihu_map_view_center_on (fixture->view, middle, shots[i].zoom);
      draw_frame (fixture);
      wait_until (is_complete (fixture));
      for (guint k = 0; k < 8; k++)
        g_object_unref (render (fixture)); /* labels come a few a frame */
      keep_shot (fixture, shots[i].name);
    }
  if (g_getenv ("YIHU_BASEMAP") != NULL)
    {
      g_free (fixture->path);
      fixture->path = g_strdup ("");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
#define ADD(path, function)                                                                        \
  g_test_add ("/map-view/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("draws-base", test_draws_base);
  ADD ("no-seams", test_no_seams);
  ADD ("finds-items", test_finds_items);
  ADD ("lock", test_lock);
  ADD ("hands", test_hands);
  ADD ("quiet", test_quiet);
  ADD ("broken-package", test_broken_package);
  ADD ("finalize-in-flight", test_finalize_in_flight);
  ADD ("shots", test_shots);
  return g_test_run ();
}
