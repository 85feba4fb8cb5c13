/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Cameras over RTSP in one process: a film arrives as pictures of the right size, a silent camera
 * stops after the first, a dead one is not found, and nobody is fed when nobody watches. */

#include "base/error.h"
#include "city/cameras.h"
#include "city/clips.h"

#include <glib/gstdio.h>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>

static char *directory;

/* One film is made, the others are copies of it: encoding is not what is tested here. */
static void
make_films (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuClip) clip = NULL;
  g_autofree char *first = NULL;
  g_autofree char *bytes = NULL;
  gsize size;

  directory = g_dir_make_tmp ("yihu-films-XXXXXX", &error);
  g_assert_no_error (error);
  clip = yihu_clip_load (directory, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (clip->units->len, ==, YIHU_CLIP_FRAMES);
  first = g_build_filename (directory, "room-0-v1.h264", NULL);
  g_assert_true (g_file_get_contents (first, &bytes, &size, NULL));
  g_assert_cmpuint (size, <, 2000000);
  for (guint i = 1; i < YIHU_N_CLIPS; i++)
    {
      g_autofree char *name = g_strdup_printf ("room-%u-v1.h264", i);
      g_autofree char *path = g_build_filename (directory, name, NULL);

      g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
    }
}

static void
remove_films (void)
{
  for (guint i = 0; i < YIHU_N_CLIPS; i++)
    {
      g_autofree char *name = g_strdup_printf ("room-%u-v1.h264", i);
      g_autofree char *path = g_build_filename (directory, name, NULL);

      g_unlink (path);
    }
  g_rmdir (directory);
  g_free (directory);
}

static void
test_damaged_film (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("no film", 7);

  g_assert_null (yihu_clip_new_from_bytes (bytes, &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_CORRUPT);
}

typedef struct
{
  guint samples; /* atomic */
  int width;
  int height;
  gboolean failed;
} Watch;

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer data)
{
  Watch *watch = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstStructure *caps = gst_caps_get_structure (gst_sample_get_caps (sample), 0);

  gst_structure_get_int (caps, "width", &watch->width);
  gst_structure_get_int (caps, "height", &watch->height);
  g_atomic_int_inc (&watch->samples);
  g_main_context_wakeup (NULL);
  return GST_FLOW_OK;
}

static gboolean
on_error (GstBus *bus, GstMessage *message, gpointer data)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    ((Watch *) data)->failed = TRUE;
  return G_SOURCE_CONTINUE;
}

static GstElement *
watch_camera (YihuCameras *cameras, const char *id, Watch *watch)
{
  g_autofree char *text = g_strdup_printf (
      "rtspsrc location=rtsp://127.0.0.1:%u/%s/sub protocols=tcp latency=0 ! rtph264depay "
      "! h264parse ! video/x-h264,alignment=au ! appsink name=out sync=false",
      yihu_cameras_get_port (cameras), id);
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstBus) bus = NULL;
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };

  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, watch, NULL);
  bus = gst_element_get_bus (pipeline);
  gst_bus_add_watch (bus, on_error, watch);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  return pipeline;
}

static void
stop_watching (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  gst_bus_remove_watch (bus);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

static gboolean
on_deadline (gpointer data)
{
  g_test_message ("the test waits for something that does not come");
  g_assert_not_reached ();
  return G_SOURCE_REMOVE;
}

static void
test_watching (void)
{
  g_autoptr (GError) error = NULL;
  YihuCameras *cameras = yihu_cameras_new (0, &error);
  Watch works = { 0 };
  Watch silent = { 0 };
  Watch dead = { 0 };
  GstElement *pipelines[3];
  guint deadline = g_timeout_add_seconds (120, on_deadline, NULL);

  g_assert_no_error (error);
  yihu_cameras_load_clips (cameras, directory, &error);
  g_assert_no_error (error);
  yihu_cameras_add (cameras, "a", "大厅");
  yihu_cameras_add (cameras, "b", "厨房");
  yihu_cameras_add (cameras, "c", "庭院");
  g_assert_true (yihu_cameras_set_condition (cameras, "b", YIHU_CAMERA_SILENT));
  g_assert_true (yihu_cameras_set_condition (cameras, "c", YIHU_CAMERA_DEAD));
  g_assert_false (yihu_cameras_set_condition (cameras, "d", YIHU_CAMERA_DEAD));
  g_assert_cmpuint (yihu_cameras_get_n_watchers (cameras), ==, 0);

  pipelines[0] = watch_camera (cameras, "a", &works);
  pipelines[1] = watch_camera (cameras, "b", &silent);
  pipelines[2] = watch_camera (cameras, "c", &dead);
  while (g_atomic_int_get (&works.samples) < YIHU_CLIP_GROUP || !dead.failed
         || g_atomic_int_get (&silent.samples) < 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (works.width, ==, YIHU_CLIP_WIDTH);
  g_assert_cmpint (works.height, ==, YIHU_CLIP_HEIGHT);
  g_assert_cmpuint (yihu_cameras_get_n_watchers (cameras), ==, 2);
  g_assert_cmpuint (g_atomic_int_get (&silent.samples), ==, 1);
  g_assert_cmpuint (g_atomic_int_get (&dead.samples), ==, 0);

  for (guint i = 0; i < 3; i++)
    stop_watching (pipelines[i]);
  while (yihu_cameras_get_n_watchers (cameras) > 0)
    {
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
  g_source_remove (deadline);
  yihu_cameras_free (cameras);
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  make_films ();
  g_test_add_func ("/city/cameras/damaged-film", test_damaged_film);
  g_test_add_func ("/city/cameras/watching", test_watching);
  result = g_test_run ();
  remove_films ();
  return result;
}
