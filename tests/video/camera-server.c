/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The test camera over gst-rtsp-server. Everything of the server happens in its thread; calls from
 * outside run there through invoke() and are waited for. */

#include "camera-server.h"

#include <gio/gio.h>
#include <gst/rtsp-server/rtsp-server.h>

#define LAUNCH                                                                                     \
  "( videotestsrc is-live=true pattern=solid-color foreground-color=0xffb08050"                    \
  " ! video/x-raw,format=I420,width=320,height=180,framerate=50/1"                                 \
  " ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=5 threads=1"                     \
  " ! valve name=valve ! rtph264pay name=pay0 pt=96 config-interval=-1 )"

struct _CameraServer
{
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GstRTSPServer *server;
  GSource *source; /* of the listening socket */
  guint port;
  gboolean locked;
  gboolean stalled;
  GMutex lock; /* protects valves */
  GPtrArray *valves; /* (element-type GstElement) */
};

typedef struct
{
  CameraServer *self;
  void (*func) (CameraServer *self);
  GMutex lock;
  GCond changed;
  gboolean done;
} Call;

static gboolean
run_call (gpointer data)
{
  Call *call = data;

  call->func (call->self);
  g_mutex_lock (&call->lock);
  call->done = TRUE;
  g_cond_signal (&call->changed);
  g_mutex_unlock (&call->lock);
  return G_SOURCE_REMOVE;
}

static void
invoke (CameraServer *self, void (*func) (CameraServer *self))
{
  Call call = { .self = self, .func = func };

  g_mutex_init (&call.lock);
  g_cond_init (&call.changed);
  g_main_context_invoke (self->context, run_call, &call);
  g_mutex_lock (&call.lock);
  while (!call.done)
    g_cond_wait (&call.changed, &call.lock);
  g_mutex_unlock (&call.lock);
  g_mutex_clear (&call.lock);
  g_cond_clear (&call.changed);
}

static void
on_media_configure (GstRTSPMediaFactory *factory, GstRTSPMedia *media, gpointer data)
{
  CameraServer *self = data;
  GstElement *element = gst_rtsp_media_get_element (media);
  GstElement *valve = gst_bin_get_by_name_recurse_up (GST_BIN (element), "valve");

  g_object_set (valve, "drop", self->stalled, NULL);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->valves, valve);
  g_mutex_unlock (&self->lock);
  gst_object_unref (element);
}

static GstRTSPMediaFactory *
make_factory (CameraServer *self)
{
  GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new ();

  gst_rtsp_media_factory_set_launch (factory, LAUNCH);
  gst_rtsp_media_factory_set_shared (factory, TRUE);
  gst_rtsp_media_factory_set_latency (factory, 0);
  g_signal_connect (factory, "media-configure", G_CALLBACK (on_media_configure), self);
  return factory;
}

static void
add_auth (CameraServer *self, GstRTSPMediaFactory *factory)
{
  GstRTSPAuth *auth = gst_rtsp_auth_new ();
  GstRTSPToken *seat =
      gst_rtsp_token_new (GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, "seat", NULL);
  g_autofree char *basic = gst_rtsp_auth_make_basic ("seat", "grant");

  gst_rtsp_auth_add_basic (auth, basic, seat);
  gst_rtsp_server_set_auth (self->server, auth);
  gst_rtsp_media_factory_add_role (factory, "seat", GST_RTSP_PERM_MEDIA_FACTORY_ACCESS,
                                   G_TYPE_BOOLEAN, TRUE, GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT,
                                   G_TYPE_BOOLEAN, TRUE, NULL);
  gst_rtsp_token_unref (seat);
  g_object_unref (auth);
}

static void
start (CameraServer *self)
{
  g_autofree char *service = g_strdup_printf ("%u", self->port);
  GstRTSPMountPoints *mounts;
  GstRTSPMediaFactory *factory = make_factory (self);

  self->server = gst_rtsp_server_new ();
  gst_rtsp_server_set_address (self->server, "127.0.0.1");
  gst_rtsp_server_set_service (self->server, service);
  if (self->locked)
    add_auth (self, factory);
  mounts = gst_rtsp_server_get_mount_points (self->server);
  gst_rtsp_mount_points_add_factory (mounts, "/hall", factory);
  g_object_unref (mounts);
  self->source = gst_rtsp_server_create_source (self->server, NULL, NULL);
  g_assert_nonnull (self->source);
  g_source_attach (self->source, self->context);
  self->port = (guint) gst_rtsp_server_get_bound_port (self->server);
}

static gpointer
serve (gpointer data)
{
  CameraServer *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

CameraServer *
camera_server_new (guint port, gboolean locked)
{
  CameraServer *self = g_new0 (CameraServer, 1);

  gst_init (NULL, NULL);
  self->port = port;
  self->locked = locked;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->valves = g_ptr_array_new_with_free_func (gst_object_unref);
  g_mutex_init (&self->lock);
  self->thread = g_thread_new ("test-camera", serve, self);
  invoke (self, start);
  return self;
}

static GstRTSPFilterResult
remove_client (GstRTSPServer *server, GstRTSPClient *client, gpointer data)
{
  return GST_RTSP_FILTER_REMOVE;
}

static void
stop (CameraServer *self)
{
  g_source_destroy (self->source); /* listens no more */
  g_source_unref (self->source);
  gst_rtsp_server_client_filter (self->server, remove_client, NULL);
  g_clear_object (&self->server);
}

void
camera_server_free (CameraServer *self)
{
  invoke (self, stop);
  g_main_loop_quit (self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_ptr_array_unref (self->valves);
  g_mutex_clear (&self->lock);
  g_free (self);
}

guint
camera_server_get_port (CameraServer *self)
{
  return self->port;
}

char *
camera_server_get_url (CameraServer *self, const char *path)
{
  return g_strdup_printf ("rtsp://127.0.0.1:%u%s", self->port, path);
}

void
camera_server_set_stalled (CameraServer *self, gboolean stalled)
{
  self->stalled = stalled;
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->valves->len; i++)
    g_object_set (self->valves->pdata[i], "drop", stalled, NULL);
  g_mutex_unlock (&self->lock);
}

struct _DumbServer
{
  GSocket *socket;
  guint port;
};

DumbServer *
dumb_server_new (void)
{
  DumbServer *self = g_new0 (DumbServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  self->socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_assert_true (g_socket_bind (self->socket, address, TRUE, NULL));
  g_assert_true (g_socket_listen (self->socket, NULL)); /* the kernel accepts for it */
  bound = g_socket_get_local_address (self->socket, NULL);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return self;
}

void
dumb_server_free (DumbServer *self)
{
  g_object_unref (self->socket);
  g_free (self);
}

char *
dumb_server_get_url (DumbServer *self)
{
  return g_strdup_printf ("rtsp://127.0.0.1:%u/cam", self->port);
}
