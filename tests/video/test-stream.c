/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Streams against a real RTSP server in this process: the right picture, each way of failing by its
 * name, return after each, and nothing left behind. The stream's clock is a fake one: waiting for a
 * watchdog of four seconds takes none. */

#include "base/clock.h"
#include "camera-server.h"
#include "video/frame-pool.h"
#include "video/stream.h"

#include <string.h>

typedef struct
{
  YihuClock *clock;
  YihuStream *stream;
  CameraServer *server;
  guint n_frames;
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
on_frame (YihuStream *stream, Fixture *fixture)
{
  fixture->n_frames++;
}

/* GStreamer's RTSP connection, on either side, sometimes reads a stream that is just closing; GIO
 * complains of it, at any time, for taking down goes on behind our back. This one message is passed
 * over, everything else stays fatal. It is decided where all messages come by: GLib's own handler
 * for it is taken away at the beginning of each test. */
static GLogWriterOutput
on_message (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  const char *domain = "";
  const char *message = "";

  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
      domain = fields[i].value;
    else if (g_str_equal (fields[i].key, "MESSAGE"))
      message = fields[i].value;
  g_log_writer_default (level, fields, n_fields, NULL);
  if ((level & G_LOG_LEVEL_CRITICAL) != 0
      && (!g_str_equal (domain, "GLib-GIO") || strstr (message, "pollable") == NULL))
    g_abort ();
  return G_LOG_WRITER_HANDLED;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = yihu_fake_clock_new (1700000000 * (gint64) G_USEC_PER_SEC);
  fixture->stream = yihu_stream_new_with_clock (fixture->clock);
  fixture->server = camera_server_new (0, FALSE);
  g_signal_connect (fixture->stream, "frame", G_CALLBACK (on_frame), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer weak = fixture->stream;

  g_object_add_weak_pointer (G_OBJECT (fixture->stream), &weak);
  g_object_unref (fixture->stream);
  g_assert_null (weak);
  g_clear_pointer (&fixture->server, camera_server_free);
  g_clear_object (&fixture->clock);
}

static void
play (Fixture *fixture, const char *path, const char *user, const char *password)
{
  g_autofree char *url = camera_server_get_url (fixture->server, path);

  yihu_stream_play (fixture->stream, url, user, password);
}

#define wait_state(fixture, wanted)                                                                \
  wait_until (yihu_stream_get_state ((fixture)->stream) == (wanted))

static void
advance (Fixture *fixture, guint64 by_ms)
{
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (fixture->clock), by_ms);
}

static void
test_picture (Fixture *fixture, gconstpointer data)
{
  g_autoptr (YihuPicture) picture = NULL;
  guint8 pixels[160 * 90 * 4];
  guint64 sum[4] = { 0 };

  g_assert_cmpint (yihu_stream_get_state (fixture->stream), ==, YIHU_STREAM_OFF);
  g_assert_cmpint (yihu_stream_get_age_us (fixture->stream), ==, -1);
  play (fixture, "/hall", NULL, NULL);
  g_assert_cmpint (yihu_stream_get_state (fixture->stream), ==, YIHU_STREAM_CONNECTING);
  wait_until (fixture->n_frames > 3);
  g_assert_cmpint (yihu_stream_get_state (fixture->stream), ==, YIHU_STREAM_LIVE);
  wait_until ((picture = yihu_stream_take_picture (fixture->stream)) != NULL);
  g_assert_cmpint (yihu_picture_get_width (picture), ==, 320);
  g_assert_cmpint (yihu_picture_get_height (picture), ==, 180);
  g_assert_cmpfloat_with_epsilon (yihu_picture_get_aspect (picture), 16 / 9.0, 0.01);

  yihu_picture_convert (picture, pixels, 160 * 4, 160, 90, NULL);
  for (guint i = 0; i < sizeof pixels; i++)
    sum[i % 4] += pixels[i];
  g_assert_cmpfloat_with_epsilon (sum[0] / (160.0 * 90), 80, 6);
  g_assert_cmpfloat_with_epsilon (sum[1] / (160.0 * 90), 128, 6);
  g_assert_cmpfloat_with_epsilon (sum[2] / (160.0 * 90), 176, 6);
  g_assert_cmpuint (sum[3], ==, 160 * 90 * 255);

  advance (fixture, 700);
  g_assert_cmpint (yihu_stream_get_age_us (fixture->stream), >=, 0);
  yihu_stream_stop (fixture->stream);
  g_assert_cmpint (yihu_stream_get_state (fixture->stream), ==, YIHU_STREAM_OFF);
  g_assert_null (yihu_stream_take_picture (fixture->stream));
}

static void
test_stall_and_return (Fixture *fixture, gconstpointer data)
{
  play (fixture, "/hall", NULL, NULL);
  wait_state (fixture, YIHU_STREAM_LIVE);
  camera_server_set_stalled (fixture->server, TRUE);
  while (g_main_context_iteration (NULL, FALSE)) /* what was under way */
    ;
  advance (fixture, 3000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (yihu_stream_get_state (fixture->stream), ==, YIHU_STREAM_LIVE);
  advance (fixture, 5000);
  g_assert_cmpint (yihu_stream_get_state (fixture->stream), ==, YIHU_STREAM_STALLED);
  g_assert_cmpint (yihu_stream_get_age_us (fixture->stream), >=, 4 * G_USEC_PER_SEC);
  camera_server_set_stalled (fixture->server, FALSE);
  wait_state (fixture, YIHU_STREAM_LIVE);
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  play (fixture, "/nowhere", NULL, NULL);
  wait_state (fixture, YIHU_STREAM_REFUSED);
  camera_server_free (fixture->server);
  fixture->server = camera_server_new (0, TRUE);
  play (fixture, "/hall", NULL, NULL);
  g_assert_cmpint (yihu_stream_get_state (fixture->stream), ==, YIHU_STREAM_CONNECTING);
  wait_state (fixture, YIHU_STREAM_REFUSED);
  play (fixture, "/hall", "seat", "wrong");
  wait_state (fixture, YIHU_STREAM_REFUSED);
  play (fixture, "/hall", "seat", "grant");
  wait_state (fixture, YIHU_STREAM_LIVE);
}

static void
test_nobody_there (Fixture *fixture, gconstpointer data)
{
  guint port = camera_server_get_port (fixture->server);

  g_clear_pointer (&fixture->server, camera_server_free);
  fixture->server = camera_server_new (0, FALSE);
  if (camera_server_get_port (fixture->server) != port)
    {
      g_autofree char *url = g_strdup_printf ("rtsp://127.0.0.1:%u/hall", port);

      yihu_stream_play (fixture->stream, url, NULL, NULL);
      wait_state (fixture, YIHU_STREAM_BACKING_OFF);
    }
}

static void
test_dumb_server (Fixture *fixture, gconstpointer data)
{
  g_autoptr (DumbServer) dumb = dumb_server_new ();
  g_autofree char *url = dumb_server_get_url (dumb);

  yihu_stream_play (fixture->stream, url, NULL, NULL);
  advance (fixture, 3000);
  g_assert_cmpint (yihu_stream_get_state (fixture->stream), ==, YIHU_STREAM_CONNECTING);
  advance (fixture, 2000);
  g_assert_cmpint (yihu_stream_get_state (fixture->stream), ==, YIHU_STREAM_BACKING_OFF);
  yihu_stream_stop (fixture->stream);
}

static void
test_bad_address (Fixture *fixture, gconstpointer data)
{
  yihu_stream_play (fixture->stream, "not an address", NULL, NULL);
  wait_state (fixture, YIHU_STREAM_BACKING_OFF);
  yihu_stream_play (fixture->stream, "rtsp://host.invalid/cam", NULL, NULL);
  wait_until (yihu_stream_get_state (fixture->stream) == YIHU_STREAM_BACKING_OFF
              || yihu_stream_get_state (fixture->stream) == YIHU_STREAM_REFUSED);
}

static gboolean
retry (gpointer data)
{
  advance (data, 50);
  return G_SOURCE_CONTINUE;
}

static void
test_death_and_return (Fixture *fixture, gconstpointer data)
{
  guint port = camera_server_get_port (fixture->server);
  guint retry_id;

  play (fixture, "/hall", NULL, NULL);
  wait_state (fixture, YIHU_STREAM_LIVE);
  g_clear_pointer (&fixture->server, camera_server_free);
  wait_state (fixture, YIHU_STREAM_BACKING_OFF);

  /* Tries go on while nobody is there; then the server is back on its port. */
  retry_id = g_timeout_add (10, retry, fixture);
  wait_until (yihu_stream_get_age_us (fixture->stream) > 6 * G_USEC_PER_SEC);
  g_assert_cmpint (yihu_stream_get_state (fixture->stream), ==, YIHU_STREAM_BACKING_OFF);
  fixture->server = camera_server_new (port, FALSE);
  wait_state (fixture, YIHU_STREAM_LIVE);
  g_source_remove (retry_id);
}

static guint
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static gboolean
wake (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
connect_times (Fixture *fixture, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      play (fixture, "/hall", NULL, NULL);
      if (i % 5 != 4) /* every fifth is dropped before it is up */
        wait_state (fixture, YIHU_STREAM_LIVE);
    }
  yihu_stream_stop (fixture->stream);
}

/* Fifty connections: as many threads and files as after ten. Taking down goes on behind our back,
 * so that the count is waited for. */
static void
test_no_leaks (Fixture *fixture, gconstpointer data)
{
  guint wake_id = g_timeout_add (50, wake, NULL);
  guint threads, files;

  connect_times (fixture, 10);
  wait_until (count_entries ("/proc/self/task") < 40);
  play (fixture, "/hall", NULL, NULL);
  wait_state (fixture, YIHU_STREAM_LIVE);
  threads = count_entries ("/proc/self/task");
  files = count_entries ("/proc/self/fd");

  connect_times (fixture, 50);
  play (fixture, "/hall", NULL, NULL);
  wait_state (fixture, YIHU_STREAM_LIVE);
  wait_until (count_entries ("/proc/self/task") <= threads + 2);
  wait_until (count_entries ("/proc/self/fd") <= files + 2);
  g_source_remove (wake_id);
}

static void
test_gone_while_connecting (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (YihuStream) stream = yihu_stream_new_with_clock (fixture->clock);
      g_autofree char *url = camera_server_get_url (fixture->server, "/hall");

      yihu_stream_play (stream, url, NULL, NULL);
      for (guint k = 0; k < i; k++)
        g_main_context_iteration (NULL, FALSE);
    }
}

static void
test_frame_pool (void)
{
  YihuFramePool *pool = yihu_frame_pool_new ();
  YihuFrameBuffer *a = yihu_frame_pool_get (pool, 4096);
  YihuFrameBuffer *b = yihu_frame_pool_get (pool, 4096);

  g_assert_true (a->data != b->data);
  g_assert_cmpuint ((gsize) a->data % 64, ==, 0);
  yihu_frame_buffer_release (a);
  a = yihu_frame_pool_get (pool, 4096);
  g_assert_cmpuint (yihu_frame_pool_get_n_made (pool), ==, 2); /* used again */
  yihu_frame_buffer_release (b);
  b = yihu_frame_pool_get (pool, 8192);
  g_assert_cmpuint (b->size, ==, 8192);
  yihu_frame_pool_unref (pool); /* the buffers outlive it */
  memset (a->data, 1, 4096);
  memset (b->data, 1, 8192);
  yihu_frame_buffer_release (a);
  yihu_frame_buffer_release (b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (on_message, NULL, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_WARNING);
#define ADD(path, function) g_test_add ("/stream/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("picture", test_picture);
  ADD ("stall-and-return", test_stall_and_return);
  ADD ("refusals", test_refusals);
  ADD ("nobody-there", test_nobody_there);
  ADD ("dumb-server", test_dumb_server);
  ADD ("bad-address", test_bad_address);
  ADD ("death-and-return", test_death_and_return);
  ADD ("no-leaks", test_no_leaks);
  ADD ("gone-while-connecting", test_gone_while_connecting);
  g_test_add_func ("/stream/frame-pool", test_frame_pool);
  return g_test_run ();
}
