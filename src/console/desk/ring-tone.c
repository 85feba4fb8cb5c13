/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Ring tone over appsrc. The urgent pattern follows the five-pulse burst of IEC 60601-1-8 (high
 * priority), repeated every five seconds; the ordinary one is 0.4 s + 0.4 s of two tones every
 * three seconds. Edges are ramped so that a headset does not click. */

#include "console/desk/ring-tone.h"

#include "base/worker-thread.h"

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <math.h>

#define RAMP_MS 8
#define AMPLITUDE 9000.0
#define CHUNK_BYTES 3200 /* 100 ms */

typedef struct
{
  int start_ms;
  int length_ms;
  double hz;
} Pulse;

/* What one ringing plays from; belongs to its pipeline and is touched by its streaming thread only.
 */
typedef struct
{
  GBytes *period; /* (owned) */
  gsize offset; /* next byte of the period */
} Loop;

struct _YihuRingTone
{
  GObject parent_instance;

  YihuWorkerThread *worker; /* (owned) opening a sound device takes longer than a frame */
  GstElement *pipeline; /* (owned) (nullable) the one that rings */
  guint bus_id;
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (YihuRingTone, yihu_ring_tone, G_TYPE_OBJECT)

enum
{
  PROP_SILENT = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
render_pulse (gint16 *samples, const Pulse *pulse)
{
  int start = pulse->start_ms * YIHU_RING_RATE / 1000;
  int length = pulse->length_ms * YIHU_RING_RATE / 1000;
  int ramp = RAMP_MS * YIHU_RING_RATE / 1000;

  for (int i = 0; i < length; i++)
    {
      double edge = MIN (1.0, (double) MIN (i, length - 1 - i) / ramp);
      double phase = 2 * G_PI * pulse->hz * i / YIHU_RING_RATE;

      /* A little of the third harmonic: old ears hear it better than a pure tone. */
      samples[start + i] =
          (gint16) (AMPLITUDE * edge * (0.8 * sin (phase) + 0.2 * sin (3 * phase)));
    }
}

GBytes *
yihu_ring_tone_render (gboolean urgent)
{
  static const Pulse ordinary[] = { { 0, 400, 523 }, { 420, 400, 659 } };
  static const Pulse burst[] = {
    { 0, 150, 740 }, { 230, 150, 740 }, { 460, 150, 740 }, { 830, 150, 880 }, { 1060, 150, 880 }
  };
  const Pulse *pulses = urgent ? burst : ordinary;
  guint n_pulses = urgent ? G_N_ELEMENTS (burst) : G_N_ELEMENTS (ordinary);
  gsize n_samples = (urgent ? 5 : 3) * YIHU_RING_RATE;
  gint16 *samples = g_new0 (gint16, n_samples);

  for (guint i = 0; i < n_pulses; i++)
    render_pulse (samples, &pulses[i]);
  return g_bytes_new_take (samples, n_samples * sizeof (gint16));
}

static void
loop_free (gpointer data, GClosure *closure)
{
  Loop *loop = data;

  g_bytes_unref (loop->period);
  g_free (loop);
}

/* Streaming thread. */
static void
on_need_data (GstAppSrc *source, guint length, gpointer data)
{
  Loop *loop = data;
  gsize size;
  const guint8 *bytes = g_bytes_get_data (loop->period, &size);
  GstBuffer *buffer =
      gst_buffer_new_memdup (bytes + loop->offset, MIN (CHUNK_BYTES, size - loop->offset));

  loop->offset = (loop->offset + gst_buffer_get_size (buffer)) % size;
  gst_app_src_push_buffer (source, buffer);
}

static void
ring_set_silent (YihuRingTone *self, gboolean silent)
{
  if (self->silent == silent)
    return;
  self->silent = silent;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SILENT]);
}

static gboolean
on_bus_message (GstBus *bus, GstMessage *message, gpointer data)
{
  YihuRingTone *self = data;
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return G_SOURCE_CONTINUE;
  gst_message_parse_error (message, &error, NULL);
  g_info ("ring: %s", error->message);
  self->bus_id = 0;
  yihu_ring_tone_stop (self);
  ring_set_silent (self, TRUE);
  return G_SOURCE_REMOVE;
}

static GstElement *
ring_make_pipeline (YihuRingTone *self, gboolean urgent)
{
  Loop *loop;
  const char *sink = g_getenv ("YIHU_RING_SINK");
  g_autofree char *description =
      g_strdup_printf ("appsrc name=source format=time is-live=true do-timestamp=true max-bytes=%d "
                       "caps=audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=%d "
                       "! audioconvert ! audioresample ! %s",
                       2 * CHUNK_BYTES, YIHU_RING_RATE, sink != NULL ? sink : "autoaudiosink");
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) source = NULL;
  g_autoptr (GstBus) bus = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);

  if (error != NULL)
    {
      g_info ("ring: %s", error->message);
      g_clear_pointer (&pipeline, gst_object_unref);
      return NULL;
    }
  source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  loop = g_new0 (Loop, 1);
  loop->period = yihu_ring_tone_render (urgent);
  g_signal_connect_data (source, "need-data", G_CALLBACK (on_need_data), loop, loop_free, 0);
  bus = gst_element_get_bus (pipeline);
  self->bus_id = gst_bus_add_watch (bus, on_bus_message, self);
  return pipeline;
}

/* Worker thread: the worker keeps the order, so a stop never overtakes its start. */
static void
run_set_state (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GstState state = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (task), "state"));

  gst_element_set_state (data, state);
  g_task_return_boolean (task, TRUE);
}

static void
ring_set_state (YihuRingTone *self, GstElement *pipeline, GstState state)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_source_tag (task, ring_set_state);
  g_task_set_task_data (task, gst_object_ref (pipeline), gst_object_unref);
  g_object_set_data (G_OBJECT (task), "state", GINT_TO_POINTER (state));
  yihu_worker_thread_push (self->worker, task, run_set_state);
}

static void
yihu_ring_tone_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SILENT)
    g_value_set_boolean (value, YIHU_RING_TONE (object)->silent);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
yihu_ring_tone_finalize (GObject *object)
{
  YihuRingTone *self = YIHU_RING_TONE (object);

  yihu_ring_tone_stop (self);
  yihu_worker_thread_shutdown (self->worker);
  g_clear_object (&self->worker);
  G_OBJECT_CLASS (yihu_ring_tone_parent_class)->finalize (object);
}

static void
yihu_ring_tone_class_init (YihuRingToneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = yihu_ring_tone_get_property;
  object_class->finalize = yihu_ring_tone_finalize;
  properties[PROP_SILENT] =
      g_param_spec_boolean ("silent", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
yihu_ring_tone_init (YihuRingTone *self)
{
  self->worker = yihu_worker_thread_new ("ring");
}

YihuRingTone *
yihu_ring_tone_new (void)
{
  return g_object_new (YIHU_TYPE_RING_TONE, NULL);
}

void
yihu_ring_tone_start (YihuRingTone *self, gboolean urgent)
{
  yihu_ring_tone_stop (self);
  self->pipeline = ring_make_pipeline (self, urgent);
  ring_set_silent (self, self->pipeline == NULL);
  if (self->pipeline != NULL)
    ring_set_state (self, self->pipeline, GST_STATE_PLAYING);
}

void
yihu_ring_tone_stop (YihuRingTone *self)
{
  g_clear_handle_id (&self->bus_id, g_source_remove);
  if (self->pipeline != NULL)
    ring_set_state (self, self->pipeline, GST_STATE_NULL);
  g_clear_pointer (&self->pipeline, gst_object_unref);
}
