/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The video tile on a display: the picture where it belongs, held and greyed when the stream is
 * gone, words for a screen reader, and nothing left when it goes. With YIHU_SHOTS=DIR in the
 * environment it leaves pictures there. */

#include "base/clock.h"
#include "camera-server.h"
#include "video/video-tile.h"

#define WIDTH 480
#define HEIGHT 360 /* taller than the picture: bars above and below */

typedef struct
{
  YihuClock *clock;
  YihuStream *stream;
  CameraServer *server;
  GtkWidget *window;
  GtkWidget *tile;
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
    guint deadline_id = g_timeout_add_seconds (120, on_deadline, (gpointer) #condition);           \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (deadline_id);                                                                 \
  }                                                                                                \
  G_STMT_END

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = yihu_fake_clock_new (1700000000 * (gint64) G_USEC_PER_SEC);
  fixture->stream = yihu_stream_new_with_clock (fixture->clock);
  fixture->server = camera_server_new (0, FALSE);
  fixture->window = gtk_window_new ();
  gtk_window_set_decorated (GTK_WINDOW (fixture->window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), WIDTH, HEIGHT);
  fixture->tile = yihu_video_tile_new ();
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->tile);
  yihu_video_tile_set_title (YIHU_VIDEO_TILE (fixture->tile), "颐和养老院 · 大厅");
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer weak = fixture->tile;

  g_object_add_weak_pointer (G_OBJECT (fixture->tile), &weak);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  wait_until (weak == NULL);
  g_object_unref (fixture->stream);
  camera_server_free (fixture->server);
  g_object_unref (fixture->clock);
}

static void
count_frame (GdkFrameClock *clock, guint *n)
{
  (*n)++;
}

static GdkTexture *
render (Fixture *fixture)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (fixture->tile);
  GdkFrameClock *clock = gtk_widget_get_frame_clock (fixture->window);
  GskRenderNode *node = NULL;
  GdkTexture *texture;

  while (node == NULL)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();
      guint n = 0;

      gtk_widget_queue_draw (fixture->tile);
      g_signal_connect (clock, "after-paint", G_CALLBACK (count_frame), &n);
      wait_until (n > 0);
      g_signal_handlers_disconnect_by_data (clock, &n);
      gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (fixture->tile),
                              gtk_widget_get_height (fixture->tile));
      node = gtk_snapshot_free_to_node (snapshot);
    }
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (fixture->window)),
                                         node, NULL);
  gsk_render_node_unref (node);
  return texture;
}

static void
keep_shot (Fixture *fixture, const char *name)
{
  g_autofree char *path = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  if (g_getenv ("YIHU_SHOTS") == NULL)
    return;
  path = g_strdup_printf ("%s/%s.png", g_getenv ("YIHU_SHOTS"), name);
  texture = render (fixture);
  gdk_texture_save_to_png (texture, path);
}

/* Green of the pixel at @x, @y. */
static int
green_at (Fixture *fixture, int x, int y)
{
  g_autoptr (GdkTexture) texture = render (fixture);
  g_autofree guint8 *pixels = g_malloc (WIDTH * HEIGHT * 4);

  g_assert_cmpint (gdk_texture_get_width (texture), ==, WIDTH);
  g_assert_cmpint (gdk_texture_get_height (texture), ==, HEIGHT);
  gdk_texture_download (texture, pixels, WIDTH * 4);
  return pixels[(y * WIDTH + x) * 4 + 1];
}

static void
play (Fixture *fixture)
{
  g_autofree char *url = camera_server_get_url (fixture->server, "/hall");

  yihu_stream_play (fixture->stream, url, NULL, NULL);
  wait_until (yihu_stream_get_state (fixture->stream) == YIHU_STREAM_LIVE);
}

static void
test_states (Fixture *fixture, gconstpointer data)
{
  static const char *const words[] = { "关闭",     "正在连接", "等待画面", "实时",
                                       "画面停滞", "无信号",   "无权限" };

  yihu_video_tile_set_words (YIHU_VIDEO_TILE (fixture->tile), words);
  yihu_video_tile_set_stream (YIHU_VIDEO_TILE (fixture->tile), fixture->stream);
  g_assert_cmpint (green_at (fixture, WIDTH / 2, HEIGHT / 4), <, 40);
  keep_shot (fixture, "video-off");
  yihu_stream_play (fixture->stream, "rtsp://127.0.0.1:1/none", NULL, NULL);
  wait_until (yihu_stream_get_state (fixture->stream) == YIHU_STREAM_BACKING_OFF);
  keep_shot (fixture, "video-no-signal");
}

static void
test_live_and_held (Fixture *fixture, gconstpointer data)
{
  yihu_video_tile_set_stream (YIHU_VIDEO_TILE (fixture->tile), fixture->stream);
  play (fixture);
  /* 16:9 in 4:3: the picture is 480 x 270, bars of 45 above and below. */
  g_assert_cmpint (ABS (green_at (fixture, WIDTH / 2, HEIGHT / 2) - 128), <=, 6);
  g_assert_cmpint (ABS (green_at (fixture, 2, 50) - 128), <=, 6);
  g_assert_cmpint (ABS (green_at (fixture, WIDTH - 3, 50) - 128), <=, 6);
  g_assert_cmpint (green_at (fixture, WIDTH / 2, 20), <, 40);
  keep_shot (fixture, "video-live");

  camera_server_set_stalled (fixture->server, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (fixture->clock), 5000);
  g_assert_cmpint (yihu_stream_get_state (fixture->stream), ==, YIHU_STREAM_STALLED);
  g_assert_cmpint (green_at (fixture, WIDTH / 2, HEIGHT / 2), <, 115); /* held, but greyed */
  g_assert_cmpint (green_at (fixture, WIDTH / 2, HEIGHT / 2), >, 60);
  keep_shot (fixture, "video-stalled");

  camera_server_set_stalled (fixture->server, FALSE);
  wait_until (yihu_stream_get_state (fixture->stream) == YIHU_STREAM_LIVE);
  g_assert_cmpint (ABS (green_at (fixture, WIDTH / 2, HEIGHT / 2) - 128), <=, 6);

  /* Sent to another camera, it does not go on showing this one. */
  yihu_stream_play (fixture->stream, "rtsp://127.0.0.1:1/none", NULL, NULL);
  g_assert_cmpint (green_at (fixture, WIDTH / 2, HEIGHT / 4), <, 40);
  play (fixture);
  yihu_video_tile_set_stream (YIHU_VIDEO_TILE (fixture->tile), NULL);
  g_assert_cmpint (green_at (fixture, WIDTH / 2, HEIGHT / 4), <, 40); /* another's picture goes */
}

static void
test_hidden (Fixture *fixture, gconstpointer data)
{
  yihu_video_tile_set_stream (YIHU_VIDEO_TILE (fixture->tile), fixture->stream);
  play (fixture);
  gtk_widget_set_visible (fixture->tile, FALSE);
  yihu_stream_stop (fixture->stream);
  play (fixture);
  gtk_widget_set_visible (fixture->tile, TRUE);
  g_assert_cmpint (ABS (green_at (fixture, WIDTH / 2, HEIGHT / 2) - 128), <=, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
#define ADD(path, function)                                                                        \
  g_test_add ("/video-tile/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("states", test_states);
  ADD ("live-and-held", test_live_and_held);
  ADD ("hidden", test_hidden);
  return g_test_run ();
}
