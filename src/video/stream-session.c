/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A session's threads: a GTask worker builds and starts the pipeline, GStreamer's own threads
 * receive and decode, the owner's thread gets events. Invariant: whatever crosses between them is
 * behind the lock; a session that was dropped before its pipeline was ready takes it down itself.
 * Sound is refused at SETUP: a camera's microphone records residents' talk. The order of taking
 * down (handlers off, then state NULL on a worker) is what keeps callbacks out of a dead object. */

#include "video/stream-session.h"

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LATENCY_MS 200
#define TCP_TIMEOUT_US 8000000
#define TEARDOWN_TIMEOUT_NS 100000000
#define STREAMING_NICE 10 /* the interface goes first */

struct _YihuStreamSession
{
  gatomicrefcount ref_count;
  char *url;
  char *user; /* (nullable) */
  char *password; /* (nullable) */
  YihuClock *clock; /* (owned) */
  GMainContext *context; /* (owned): the owner's */
  YihuStreamEventFunc on_event; /* owner's thread only */
  gpointer data;

  GMutex lock; /* protects the members below */
  GstElement *pipeline; /* (owned) (nullable) */
  GstAppSink *sink; /* (owned) (nullable) */
  GstSample *mail; /* (owned) (nullable): the newest picture */
  gboolean picture_posted; /* its event is under way */
  gboolean linked; /* one video stream is enough */
  gboolean ended; /* LOST or REFUSED is under way */
  gboolean dropped;
  gint64 heard_us;
};

typedef struct
{
  YihuStreamSession *session; /* (owned) */
  YihuStreamEvent event;
} Post;

static YihuStreamSession *
session_ref (YihuStreamSession *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
session_unref (gpointer data)
{
  YihuStreamSession *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->mail, gst_sample_unref);
  g_free (self->url);
  g_free (self->user);
  g_free (self->password);
  g_object_unref (self->clock);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
session_unref_closure (gpointer data, GClosure *closure)
{
  session_unref (data);
}

static gboolean
deliver (gpointer data)
{
  Post *post = data;
  YihuStreamSession *self = post->session;
  gboolean dropped;

  g_mutex_lock (&self->lock);
  dropped = self->dropped;
  if (post->event == YIHU_STREAM_EVENT_PICTURE)
    self->picture_posted = FALSE;
  g_mutex_unlock (&self->lock);
  if (!dropped)
    self->on_event (post->event, self->data);
  return G_SOURCE_REMOVE;
}

static void
post_free (gpointer data)
{
  Post *post = data;

  session_unref (post->session);
  g_free (post);
}

static void
post_event (YihuStreamSession *self, YihuStreamEvent event)
{
  GSource *source = g_idle_source_new ();
  Post *post = g_new (Post, 1);

  *post = (Post){ session_ref (self), event };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, post, post_free);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

/* Only the first reason for an end is told. */
static void
post_end (YihuStreamSession *self, YihuStreamEvent event)
{
  gboolean first;

  g_mutex_lock (&self->lock);
  first = !self->ended;
  self->ended = TRUE;
  g_mutex_unlock (&self->lock);
  if (first)
    post_event (self, event);
}

/* Streaming threads */

static GstPadProbeReturn
on_coded_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  YihuStreamSession *self = data;
  gboolean first;

  g_mutex_lock (&self->lock);
  first = self->heard_us == 0;
  self->heard_us = yihu_clock_get_monotonic_us (self->clock);
  g_mutex_unlock (&self->lock);
  if (first)
    post_event (self, YIHU_STREAM_EVENT_HEARD);
  return GST_PAD_PROBE_OK;
}

static GstFlowReturn
on_new_sample (GstAppSink *sink, gpointer data)
{
  YihuStreamSession *self = data;
  GstSample *sample = gst_app_sink_pull_sample (sink);
  GstSample *displaced;
  gboolean post;

  if (sample == NULL)
    return GST_FLOW_EOS;
  g_mutex_lock (&self->lock);
  displaced = self->mail;
  self->mail = sample;
  post = !self->picture_posted;
  self->picture_posted = TRUE;
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&displaced, gst_sample_unref);
  if (post)
    post_event (self, YIHU_STREAM_EVENT_PICTURE);
  return GST_FLOW_OK;
}

static gboolean
is_refusal (GstMessage *message)
{
  const GstStructure *details = NULL;
  guint status = 0;

  gst_message_parse_error_details (message, &details);
  if (details != NULL)
    gst_structure_get_uint (details, "rtsp-status-code", &status);
  return status == 401 || status == 403 || status == 404;
}

static void
lower_priority (GstMessage *message)
{
  GstStreamStatusType type;
  GstElement *owner;

  gst_message_parse_stream_status (message, &type, &owner);
  if (type == GST_STREAM_STATUS_TYPE_ENTER)
    setpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid), STREAMING_NICE);
}

static GstBusSyncReply
on_bus_message (GstBus *bus, GstMessage *message, gpointer data)
{
  YihuStreamSession *self = data;

  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_ERROR:
      post_end (self, is_refusal (message) ? YIHU_STREAM_EVENT_REFUSED : YIHU_STREAM_EVENT_LOST);
      break;
    case GST_MESSAGE_EOS:
      post_end (self, YIHU_STREAM_EVENT_LOST);
      break;
    case GST_MESSAGE_STREAM_STATUS:
      lower_priority (message);
      break;
    default:
      break;
    }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static gboolean
on_select_stream (GstElement *source, guint number, GstCaps *caps, gpointer data)
{
  const char *media = gst_structure_get_string (gst_caps_get_structure (caps, 0), "media");

  return g_strcmp0 (media, "video") == 0;
}

/* Depayloader, parser and decoder for what the camera sends, into the sink that is there. */
static gboolean
link_video (YihuStreamSession *self,
            GstElement *pipeline,
            GstElement *sink,
            GstPad *pad,
            const char *number)
{
  g_autofree char *depay_name = g_strdup_printf ("rtph%sdepay", number);
  g_autofree char *parse_name = g_strdup_printf ("h%sparse", number);
  g_autofree char *decoder_name = g_strdup_printf ("avdec_h%s", number);
  GstElement *depay = gst_element_factory_make (depay_name, NULL);
  GstElement *parse = gst_element_factory_make (parse_name, NULL);
  GstElement *decoder = gst_element_factory_make (decoder_name, NULL);
  g_autoptr (GstPad) depay_sink = NULL;
  g_autoptr (GstPad) coded = NULL;

  if (depay == NULL || parse == NULL || decoder == NULL)
    {
      g_message ("video: the decoder %s is not installed", decoder_name);
      g_clear_pointer (&depay, gst_object_unref);
      g_clear_pointer (&parse, gst_object_unref);
      g_clear_pointer (&decoder, gst_object_unref);
      return FALSE;
    }
  g_object_set (depay, "wait-for-keyframe", TRUE, NULL);
  g_object_set (parse, "config-interval", -1, NULL);
  g_object_set (decoder, "max-threads", 1, "output-corrupt", FALSE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), depay, parse, decoder, NULL);
  if (!gst_element_link_many (depay, parse, decoder, sink, NULL))
    return FALSE;
  coded = gst_element_get_static_pad (parse, "src");
  gst_pad_add_probe (coded, GST_PAD_PROBE_TYPE_BUFFER, on_coded_data, session_ref (self),
                     session_unref);
  gst_element_sync_state_with_parent (decoder);
  gst_element_sync_state_with_parent (parse);
  gst_element_sync_state_with_parent (depay);
  depay_sink = gst_element_get_static_pad (depay, "sink");
  return gst_pad_link (pad, depay_sink) == GST_PAD_LINK_OK;
}

static void
on_pad_added (GstElement *source, GstPad *pad, gpointer data)
{
  YihuStreamSession *self = data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstObject) pipeline = gst_object_get_parent (GST_OBJECT (source));
  const char *encoding =
      caps != NULL ? gst_structure_get_string (gst_caps_get_structure (caps, 0), "encoding-name")
                   : NULL;
  const char *number = g_strcmp0 (encoding, "H264") == 0   ? "264"
                       : g_strcmp0 (encoding, "H265") == 0 ? "265"
                                                           : NULL;
  g_autoptr (GstElement) sink = NULL;

  g_mutex_lock (&self->lock);
  if (!self->linked && self->sink != NULL)
    sink = gst_object_ref (GST_ELEMENT (self->sink));
  self->linked = TRUE;
  g_mutex_unlock (&self->lock);
  if (sink == NULL || pipeline == NULL)
    return;
  if (number == NULL || !link_video (self, GST_ELEMENT (pipeline), sink, pad, number))
    {
      g_message ("video: a stream of kind %s cannot be shown", encoding != NULL ? encoding : "?");
      post_end (self, YIHU_STREAM_EVENT_LOST);
      return;
    }
  post_event (self, YIHU_STREAM_EVENT_CONNECTED);
}

/* Building, on a worker */

static GstElement *
make_source (YihuStreamSession *self)
{
  GstElement *source = gst_element_factory_make ("rtspsrc", NULL);

  if (source == NULL)
    return NULL;
  g_object_set (source, "location", self->url, "user-id", self->user, "user-pw", self->password,
                "latency", LATENCY_MS, "drop-on-latency", TRUE, "do-retransmission", FALSE,
                "tcp-timeout", (guint64) TCP_TIMEOUT_US, "teardown-timeout",
                (guint64) TEARDOWN_TIMEOUT_NS, NULL);
  gst_util_set_object_arg (G_OBJECT (source), "protocols", "tcp");
  g_signal_connect (source, "select-stream", G_CALLBACK (on_select_stream), NULL);
  g_signal_connect_data (source, "pad-added", G_CALLBACK (on_pad_added), session_ref (self),
                         session_unref_closure, 0);
  return source;
}

static GstAppSink *
make_sink (YihuStreamSession *self)
{
  GstElement *sink = gst_element_factory_make ("appsink", NULL);
  GstAppSinkCallbacks callbacks = { .new_sample = on_new_sample };
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-raw,format=I420");

  if (sink == NULL)
    return NULL;
  g_object_set (sink, "max-buffers", 1, "drop", TRUE, "sync", FALSE, "enable-last-sample", FALSE,
                "caps", caps, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, session_ref (self), session_unref);
  return GST_APP_SINK (sink);
}

/* Takes the sinks and handlers away, then stops the pipeline where it may block. Transfer full. */
static void
stop_pipeline (GstElement *element, gpointer data)
{
  gst_element_set_state (element, GST_STATE_NULL);
}

static void
take_down (GstElement *pipeline, GstAppSink *sink)
{
  GstAppSinkCallbacks none = { 0 };
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
  gst_bus_set_flushing (bus, TRUE);
  gst_app_sink_set_callbacks (sink, &none, NULL, NULL);
  gst_element_call_async (pipeline, stop_pipeline, NULL, NULL);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
}

/* Returns: whether the session still wants it. */
static gboolean
hand_over (YihuStreamSession *self, GstElement *pipeline, GstAppSink *sink)
{
  gboolean wanted;

  g_mutex_lock (&self->lock);
  wanted = !self->dropped;
  if (wanted)
    {
      self->pipeline = gst_object_ref (pipeline);
      self->sink = gst_object_ref (sink);
    }
  g_mutex_unlock (&self->lock);
  return wanted;
}

static gboolean
is_dropped (YihuStreamSession *self)
{
  gboolean dropped;

  g_mutex_lock (&self->lock);
  dropped = self->dropped;
  g_mutex_unlock (&self->lock);
  return dropped;
}

static void
start_pipeline (YihuStreamSession *self, GstElement *source, GstAppSink *sink)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  gst_bin_add_many (GST_BIN (pipeline), source, GST_ELEMENT (sink), NULL);
  gst_bus_set_sync_handler (bus, on_bus_message, session_ref (self), session_unref);
  if (!hand_over (self, pipeline, sink))
    {
      take_down (gst_object_ref (pipeline), gst_object_ref (sink));
      return;
    }
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  if (is_dropped (self)) /* perhaps taken down before it was up */
    gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
build (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  YihuStreamSession *self = data;
  gboolean ready = gst_init_check (NULL, NULL, NULL);
  GstElement *source = ready ? make_source (self) : NULL;
  GstAppSink *sink = ready ? make_sink (self) : NULL;

  if (source != NULL && sink != NULL)
    {
      start_pipeline (self, source, sink);
    }
  else
    {
      g_message ("video: GStreamer lacks rtspsrc or appsink");
      g_clear_pointer (&source, gst_object_unref);
      g_clear_pointer (&sink, gst_object_unref);
      post_end (self, YIHU_STREAM_EVENT_LOST);
    }
  g_task_return_boolean (task, TRUE);
}

YihuStreamSession *
yihu_stream_session_new (const char *url,
                         const char *user,
                         const char *password,
                         YihuClock *clock,
                         YihuStreamEventFunc on_event,
                         gpointer data)
{
  YihuStreamSession *self = g_new0 (YihuStreamSession, 1);
  g_autoptr (GTask) task = NULL;

  g_atomic_ref_count_init (&self->ref_count);
  self->url = g_strdup (url);
  self->user = g_strdup (user);
  self->password = g_strdup (password);
  self->clock = g_object_ref (clock);
  self->context = g_main_context_ref_thread_default ();
  self->on_event = on_event;
  self->data = data;
  g_mutex_init (&self->lock);

  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_source_tag (task, yihu_stream_session_new);
  g_task_set_task_data (task, session_ref (self), session_unref);
  g_task_run_in_thread (task, build);
  return self;
}

void
yihu_stream_session_drop (YihuStreamSession *self)
{
  GstElement *pipeline;
  GstAppSink *sink;

  g_mutex_lock (&self->lock);
  self->dropped = TRUE;
  pipeline = g_steal_pointer (&self->pipeline);
  sink = g_steal_pointer (&self->sink);
  g_mutex_unlock (&self->lock);
  if (pipeline != NULL)
    take_down (pipeline, sink);
  session_unref (self);
}

YihuPicture *
yihu_stream_session_take_picture (YihuStreamSession *self)
{
  YihuPicture *picture = NULL;
  GstSample *sample;

  g_mutex_lock (&self->lock);
  sample = g_steal_pointer (&self->mail);
  g_mutex_unlock (&self->lock);
  if (sample == NULL)
    return NULL;
  picture = yihu_picture_new (sample);
  gst_sample_unref (sample);
  return picture;
}

gint64
yihu_stream_session_get_heard_us (YihuStreamSession *self)
{
  gint64 heard_us;

  g_mutex_lock (&self->lock);
  heard_us = self->heard_us;
  g_mutex_unlock (&self->lock);
  return heard_us;
}
