/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Access units out of memory, paced by one thread that sleeps while nobody watches. A new watcher
 * first gets the running group of pictures from its key frame, at once. The lock guards the list of
 * watchers and the conditions: media are made in threads of the RTSP server, the pacer pushes, the
 * main thread changes conditions. */

#include "city/cameras.h"

#include "base/error.h"
#include "city/clips.h"

#include <gst/app/gstappsrc.h>
#include <gst/rtsp-server/rtsp-server.h>

#define MAX_QUEUED_BYTES (guint64) 4000000

typedef struct
{
  YihuCameras *cameras;
  char *path; /* (owned) */
  guint clip;
  gint64 phase_us;
  YihuCameraCondition condition; /* under the lock */
} Camera;

typedef struct
{
  Camera *camera;
  YihuCameras *cameras;
  GstElement *source; /* (owned) */
  gint64 next; /* number of the next picture; 0: none sent */
} Watcher;

struct _YihuCameras
{
  GstRTSPServer *server; /* (owned) */
  guint source_id;
  YihuClip *clips[YIHU_N_CLIPS]; /* (owned) */
  GHashTable *cameras; /* (owned) id (owned) to Camera */
  GMutex lock;
  GCond wake;
  GList *watchers; /* (owned) Watcher; under the lock */
  gboolean is_closing; /* under the lock */
  GThread *pacer; /* (owned) */
};

static void
camera_free (gpointer data)
{
  Camera *camera = data;

  g_free (camera->path);
  g_free (camera);
}

static gint64
picture_at (const Camera *camera, gint64 now_us)
{
  return (now_us - camera->phase_us) * YIHU_CLIP_FPS / G_USEC_PER_SEC;
}

/* Sends what is due. Returns: when the next picture is. */
static gint64
feed (Watcher *watcher, gint64 now_us)
{
  Camera *camera = watcher->camera;
  const YihuClip *clip = watcher->cameras->clips[camera->clip];
  gint64 due = picture_at (camera, now_us);
  gboolean is_first = watcher->next == 0;

  if (watcher->next == 0)
    watcher->next = due - due % YIHU_CLIP_GROUP;
  for (; watcher->next <= due; watcher->next++)
    {
      GBytes *unit;
      gsize size;
      gconstpointer bytes;

      if (camera->condition == YIHU_CAMERA_SILENT && !is_first)
        continue;
      is_first = FALSE;
      unit = g_ptr_array_index (clip->units, (guint) (watcher->next % clip->units->len));
      bytes = g_bytes_get_data (unit, &size);
      gst_app_src_push_buffer (GST_APP_SRC (watcher->source), gst_buffer_new_memdup (bytes, size));
    }
  return camera->phase_us + watcher->next * G_USEC_PER_SEC / YIHU_CLIP_FPS + 1000;
}

static gpointer
run_pacer (gpointer data)
{
  YihuCameras *self = data;

  g_mutex_lock (&self->lock);
  while (!self->is_closing)
    {
      gint64 now_us = g_get_monotonic_time ();
      gint64 next_us = G_MAXINT64;

      for (GList *l = self->watchers; l != NULL; l = l->next)
        next_us = MIN (next_us, feed (l->data, now_us));
      if (self->watchers == NULL)
        g_cond_wait (&self->wake, &self->lock);
      else
        g_cond_wait_until (&self->wake, &self->lock, MAX (next_us, now_us + 2000));
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

static void
on_media_gone (gpointer data, GObject *where_it_was)
{
  Watcher *watcher = data;
  YihuCameras *self = watcher->cameras;

  g_mutex_lock (&self->lock);
  self->watchers = g_list_remove (self->watchers, watcher);
  g_mutex_unlock (&self->lock);
  gst_object_unref (watcher->source);
  g_free (watcher);
}

static void
on_media_configure (GstRTSPMediaFactory *factory, GstRTSPMedia *media, gpointer data)
{
  Camera *camera = data;
  YihuCameras *self = camera->cameras;
  g_autoptr (GstElement) element = gst_rtsp_media_get_element (media);
  GstElement *source = gst_bin_get_by_name_recurse_up (GST_BIN (element), "source");
  Watcher *watcher = g_new0 (Watcher, 1);

  g_object_set (source, "max-bytes", MAX_QUEUED_BYTES, "leaky-type", 2, NULL);
  watcher->camera = camera;
  watcher->cameras = self;
  watcher->source = source;
  g_object_weak_ref (G_OBJECT (media), on_media_gone, watcher);
  g_mutex_lock (&self->lock);
  self->watchers = g_list_prepend (self->watchers, watcher);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

static void
mount (YihuCameras *self, Camera *camera)
{
  g_autoptr (GstRTSPMountPoints) mounts = gst_rtsp_server_get_mount_points (self->server);
  GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new ();

  gst_rtsp_media_factory_set_launch (
      factory, "( appsrc name=source is-live=true do-timestamp=true format=time "
               "caps=video/x-h264,stream-format=byte-stream,alignment=au,framerate=15/1 "
               "! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 )");
  gst_rtsp_media_factory_set_shared (factory, FALSE);
  gst_rtsp_media_factory_set_latency (factory, 0);
  gst_rtsp_media_factory_set_buffer_size (factory, 0);
  g_signal_connect (factory, "media-configure", G_CALLBACK (on_media_configure), camera);
  gst_rtsp_mount_points_add_factory (mounts, camera->path, factory);
}

YihuCameras *
yihu_cameras_new (guint port, GError **error)
{
  YihuCameras *self = g_new0 (YihuCameras, 1);
  g_autofree char *service = g_strdup_printf ("%u", port);
  g_autoptr (GstRTSPThreadPool) pool = NULL;

  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  self->cameras = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, camera_free);
  self->server = gst_rtsp_server_new ();
  gst_rtsp_server_set_address (self->server, "127.0.0.1");
  gst_rtsp_server_set_service (self->server, service);
  pool = gst_rtsp_server_get_thread_pool (self->server);
  gst_rtsp_thread_pool_set_max_threads (pool, 8);
  self->source_id = gst_rtsp_server_attach (self->server, NULL);
  self->pacer = g_thread_new ("cameras", run_pacer, self);
  if (self->source_id != 0)
    return self;
  yihu_cameras_free (self);
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_FAILED, "cameras: port %u of 127.0.0.1 is taken",
               port);
  return NULL;
}

static GstRTSPFilterResult
close_client (GstRTSPServer *server, GstRTSPClient *client, gpointer data)
{
  return GST_RTSP_FILTER_REMOVE;
}

void
yihu_cameras_free (YihuCameras *self)
{
  if (self->source_id != 0)
    g_source_remove (self->source_id);
  gst_rtsp_server_client_filter (self->server, close_client, NULL);
  g_mutex_lock (&self->lock);
  self->is_closing = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->pacer);
  g_clear_object (&self->server);
  /* Media end in threads of their own; what still refers to us would outlive us: leave it to them
   * and only give back what they cannot touch when none is left. */
  g_mutex_lock (&self->lock);
  if (self->watchers != NULL)
    {
      g_mutex_unlock (&self->lock);
      return;
    }
  g_mutex_unlock (&self->lock);
  g_hash_table_unref (self->cameras);
  for (guint i = 0; i < YIHU_N_CLIPS; i++)
    g_clear_pointer (&self->clips[i], yihu_clip_free);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_free (self);
}

guint
yihu_cameras_get_port (YihuCameras *self)
{
  return (guint) gst_rtsp_server_get_bound_port (self->server);
}

gboolean
yihu_cameras_load_clips (YihuCameras *self, const char *directory, GError **error)
{
  for (guint i = 0; i < YIHU_N_CLIPS; i++)
    {
      self->clips[i] = yihu_clip_load (directory, i, error);
      if (self->clips[i] == NULL)
        return FALSE;
    }
  return TRUE;
}

void
yihu_cameras_add (YihuCameras *self, const char *id, const char *room)
{
  Camera *camera = g_new0 (Camera, 1);

  g_return_if_fail (self->clips[0] != NULL);
  camera->cameras = self;
  camera->path = g_strdup_printf ("/%s/sub", id);
  camera->clip = yihu_clip_find (room);
  camera->phase_us = (gint64) (g_hash_table_size (self->cameras) * 7919 % 150) * 66000;
  g_hash_table_replace (self->cameras, g_strdup (id), camera);
  mount (self, camera);
}

gboolean
yihu_cameras_set_condition (YihuCameras *self, const char *id, YihuCameraCondition condition)
{
  Camera *camera = g_hash_table_lookup (self->cameras, id);
  g_autoptr (GstRTSPMountPoints) mounts = NULL;
  YihuCameraCondition before;

  if (camera == NULL)
    return FALSE;
  g_mutex_lock (&self->lock);
  before = camera->condition;
  camera->condition = condition;
  g_mutex_unlock (&self->lock);
  mounts = gst_rtsp_server_get_mount_points (self->server);
  if (condition == YIHU_CAMERA_DEAD && before != YIHU_CAMERA_DEAD)
    gst_rtsp_mount_points_remove_factory (mounts, camera->path);
  else if (condition != YIHU_CAMERA_DEAD && before == YIHU_CAMERA_DEAD)
    mount (self, camera);
  return TRUE;
}

guint
yihu_cameras_get_n_cameras (YihuCameras *self)
{
  return g_hash_table_size (self->cameras);
}

guint
yihu_cameras_get_n_watchers (YihuCameras *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = g_list_length (self->watchers);
  g_mutex_unlock (&self->lock);
  return n;
}
