/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One GStreamer pipeline a call:
 *
 *   sound_in ! 8 kHz mono ! concat ! clocksync ! mic volume ! encoder ! payloader ! udpsink
 *   silence  !            concat
 *   udpsrc ! jitter buffer ! depayloader ! decoder ! ear volume ! level ! sound_out
 *
 * concat goes over to silence when sound_in ends, so a leg never falls silent on the wire (the
 * switchboard takes that for a lost leg); clocksync paces sources that are files. A description
 * that cannot be played is replaced by silence and nothing: the line stays up without a device.
 *
 * Threads: start and stop are jobs of GTask's pool, never at the same time; `lock` guards every
 * member that both sides use. After stop() the level callback is never called. */

#include "phone/sound.h"

#include <gst/gst.h>
#include <gst/net/gstnetaddressmeta.h>
#include <string.h>

#define DRAIN_NS (500 * GST_MSECOND)
#define LEVEL_NS "100000000"
#define JITTER_MS "40"
#define SILENCE_IN "audiotestsrc wave=silence is-live=true samplesperbuffer=160"
#define SILENCE_OUT "fakesink sync=true"

struct _YihuSound
{
  gatomicrefcount references;
  GMutex lock;
  GCond finished_cond;
  GSocket *socket; /* (owned) */
  GInetAddress *peer; /* (owned) (nullable) */
  char *host; /* (owned) */
  guint port;
  YihuCodec codec;
  char *sound_in; /* (owned) */
  char *sound_out; /* (owned) */
  gboolean muted;
  gboolean deaf;
  gboolean building; /* start's job owns the pipeline; it ends it itself when stopping */
  gboolean is_in_broken; /* the device or file failed: silence instead */
  gboolean is_out_broken;
  gboolean stopping;
  gboolean finished;
  GstElement *pipeline; /* (owned) (nullable) */

  GMainContext *context; /* (owned) of the callback */
  YihuSoundLevelFunc on_level; /* only used in `context` */
  gpointer data;
  double level_dbfs; /* newest */
  gboolean level_queued;
};

YihuSound *
yihu_sound_ref (YihuSound *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
yihu_sound_unref (YihuSound *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_assert (self->pipeline == NULL);
  g_clear_object (&self->socket);
  g_clear_object (&self->peer);
  g_main_context_unref (self->context);
  g_free (self->host);
  g_free (self->sound_in);
  g_free (self->sound_out);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->finished_cond);
  g_free (self);
}

/* Level */

static gboolean
on_level_idle (gpointer data)
{
  YihuSound *self = data;
  double level_dbfs;

  g_mutex_lock (&self->lock);
  self->level_queued = FALSE;
  level_dbfs = self->level_dbfs;
  g_mutex_unlock (&self->lock);
  if (self->on_level != NULL)
    self->on_level (level_dbfs, self->data);
  return G_SOURCE_REMOVE;
}

static void
queue_level (YihuSound *self, double level_dbfs)
{
  g_autoptr (GSource) idle = NULL;
  gboolean queued;

  g_mutex_lock (&self->lock);
  self->level_dbfs = level_dbfs;
  queued = self->level_queued;
  self->level_queued = TRUE;
  g_mutex_unlock (&self->lock);
  if (queued)
    return;
  idle = g_idle_source_new ();
  g_source_set_priority (idle, G_PRIORITY_DEFAULT);
  g_source_set_callback (idle, on_level_idle, yihu_sound_ref (self),
                         (GDestroyNotify) yihu_sound_unref);
  g_source_attach (idle, self->context);
}

static void
read_level (YihuSound *self, const GstStructure *structure)
{
  const GValue *rms = gst_structure_get_value (structure, "rms");
  GValueArray *channels;

  /* The level element still speaks GValueArray, whose type macro is deprecated. */
  if (rms == NULL || !g_str_equal (G_VALUE_TYPE_NAME (rms), "GValueArray"))
    return;
  channels = g_value_get_boxed (rms);
  if (channels != NULL && channels->n_values > 0)
    queue_level (self, g_value_get_double (&channels->values[0]));
}

static void run_in_thread (YihuSound *self, GTaskThreadFunc func);
static void run_start (GTask *task, gpointer source, gpointer data, GCancellable *cancellable);

/* Somebody pulled the headset out: the call goes on without it. */
static void
read_error (YihuSound *self, GstMessage *message)
{
  g_autofree char *path = gst_object_get_path_string (GST_MESSAGE_SRC (message));
  gboolean is_in = strstr (path, ":sound-in/") != NULL;
  gboolean is_out = strstr (path, ":sound-out/") != NULL;
  gboolean rebuild;

  if (!is_in && !is_out)
    return;
  g_mutex_lock (&self->lock);
  rebuild =
      !self->building && !self->stopping && !(is_in ? self->is_in_broken : self->is_out_broken);
  if (is_in)
    self->is_in_broken = TRUE;
  else
    self->is_out_broken = TRUE;
  if (rebuild)
    self->building = TRUE;
  g_mutex_unlock (&self->lock);
  if (rebuild)
    run_in_thread (self, run_start);
}

/* In streaming threads. The bus itself only keeps what stop() waits for; what is dropped is ours to
 * free. */
static GstBusSyncReply
on_bus_message (GstBus *bus, GstMessage *message, gpointer data)
{
  const GstStructure *structure;

  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_ELEMENT:
      structure = gst_message_get_structure (message);
      if (structure != NULL && gst_structure_has_name (structure, "level"))
        read_level (data, structure);
      break;
    case GST_MESSAGE_ERROR:
      read_error (data, message);
      return GST_BUS_PASS;
    case GST_MESSAGE_EOS:
      return GST_BUS_PASS;
    default:
      break;
    }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

/* Pipeline */

/* Only RTP of the agreed kind from the agreed peer gets into the pipeline. */
static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  YihuSound *self = data;
  GstBuffer *buffer = gst_pad_probe_info_get_buffer (info);
  GstNetAddressMeta *from = gst_buffer_get_net_address_meta (buffer);
  guint8 head[2] = { 0, 0 };

  if (gst_buffer_get_size (buffer) <= 12 || gst_buffer_extract (buffer, 0, head, 2) != 2)
    return GST_PAD_PROBE_DROP;
  if (head[0] >> 6 != 2 || (head[1] & 0x7f) != (guint) self->codec)
    return GST_PAD_PROBE_DROP;
  if (from != NULL && self->peer != NULL && G_IS_INET_SOCKET_ADDRESS (from->addr)
      && !g_inet_address_equal (
          g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (from->addr)), self->peer))
    return GST_PAD_PROBE_DROP;
  return GST_PAD_PROBE_OK;
}

static char *
describe (const YihuSound *self)
{
  gboolean is_ulaw = self->codec == YIHU_CODEC_PCMU;
  const char *law = is_ulaw ? "mulaw" : "alaw";
  const char *format = is_ulaw ? "pcmu" : "pcma";
  const char *encoding = is_ulaw ? "PCMU" : "PCMA";

  return g_strdup_printf (
      "concat name=speech ! clocksync ! volume name=mic ! %senc ! "
      "rtp%spay name=pay pt=%d min-ptime=20000000 max-ptime=20000000 ! "
      "udpsink name=send sync=false async=false close-socket=false "
      "audioconvert name=entry ! audioresample ! "
      "audio/x-raw,format=S16LE,rate=8000,channels=1 ! speech.sink_0 "
      "audiotestsrc wave=silence samplesperbuffer=160 ! "
      "audio/x-raw,format=S16LE,rate=8000,channels=1 ! speech.sink_1 "
      "udpsrc name=receive close-socket=false caps=\"application/x-rtp,media=(string)audio,"
      "clock-rate=(int)8000,encoding-name=(string)%s,payload=(int)%d\" ! "
      "rtpjitterbuffer latency=" JITTER_MS " ! rtp%sdepay name=depay ! %sdec ! "
      "volume name=ear ! audioconvert ! audioresample ! level name=exit interval=" LEVEL_NS,
      law, format, self->codec, encoding, self->codec, format, law);
}

static gboolean
add_bin (YihuSound *self, GstElement *pipeline, gboolean is_source)
{
  gboolean is_broken = is_source ? self->is_in_broken : self->is_out_broken;
  const char *wanted = is_source ? self->sound_in : self->sound_out;
  const char *silence = is_source ? SILENCE_IN : SILENCE_OUT;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) neighbour =
      gst_bin_get_by_name (GST_BIN (pipeline), is_source ? "entry" : "exit");
  GstElement *bin = gst_parse_bin_from_description (is_broken ? silence : wanted, TRUE, &error);

  if (error != NULL)
    {
      g_message ("sound: '%s' cannot be built: %s", wanted, error->message);
      if (bin != NULL)
        gst_object_unref (gst_object_ref_sink (bin));
      bin = gst_parse_bin_from_description (silence, TRUE, NULL);
    }
  if (bin == NULL)
    return FALSE;
  gst_object_set_name (GST_OBJECT (bin), is_source ? "sound-in" : "sound-out");
  gst_bin_add (GST_BIN (pipeline), bin);
  return is_source ? gst_element_link (bin, neighbour) : gst_element_link (neighbour, bin);
}

static void
set_up_network (YihuSound *self, GstElement *pipeline)
{
  g_autoptr (GstElement) send = gst_bin_get_by_name (GST_BIN (pipeline), "send");
  g_autoptr (GstElement) receive = gst_bin_get_by_name (GST_BIN (pipeline), "receive");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (receive, "src");

  g_object_set (send, "socket", self->socket, "host", self->host, "port", (int) self->port, NULL);
  g_object_set (receive, "socket", self->socket, NULL);
  /* The pipeline ends before the sound: no reference needed. */
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet, self, NULL);
}

static void
set_volume_mute (GstElement *pipeline, const char *name, gboolean mute)
{
  g_autoptr (GstElement) volume = gst_bin_get_by_name (GST_BIN (pipeline), name);

  g_object_set (volume, "mute", mute, NULL);
}

static void
drop_pipeline (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
  gst_bus_set_flushing (bus, TRUE);
  gst_object_unref (pipeline);
}

static GstElement *
build (YihuSound *self)
{
  g_autofree char *description = describe (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);

  if (pipeline == NULL || error != NULL)
    {
      g_message ("sound: no pipeline: %s", error != NULL ? error->message : "?");
      g_clear_pointer (&pipeline, gst_object_unref);
      return NULL;
    }
  gst_object_ref_sink (pipeline);
  bus = gst_element_get_bus (pipeline);
  gst_bus_set_sync_handler (bus, on_bus_message, yihu_sound_ref (self),
                            (GDestroyNotify) yihu_sound_unref);
  set_up_network (self, pipeline);
  set_volume_mute (pipeline, "mic", self->muted);
  set_volume_mute (pipeline, "ear", self->deaf);
  if (add_bin (self, pipeline, TRUE) && add_bin (self, pipeline, FALSE)
      && gst_element_set_state (pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
    return pipeline;
  drop_pipeline (pipeline);
  return NULL;
}

static void
send_end (GstElement *pipeline, const char *name)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), name);

  gst_element_send_event (element, gst_event_new_eos ());
}

/* Has anything come as far as to the ear? */
static gboolean
has_heard (GstElement *pipeline)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), "exit");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");

  return gst_pad_has_current_caps (pad);
}

/* A recording gets its length only with an end of stream. Without any sound before it, `level`
 * would divide by a rate of zero. */
static void
drain (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  if (!has_heard (pipeline))
    return;
  send_end (pipeline, "depay");
  send_end (pipeline, "pay");
  message = gst_bus_timed_pop_filtered (bus, DRAIN_NS, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
}

static void
drop_own_pipeline (YihuSound *self, gboolean with_drain)
{
  GstElement *pipeline;

  g_mutex_lock (&self->lock);
  pipeline = g_steal_pointer (&self->pipeline);
  g_mutex_unlock (&self->lock);
  if (pipeline != NULL && with_drain)
    drain (pipeline);
  if (pipeline != NULL)
    drop_pipeline (pipeline);
}

static void
finish (YihuSound *self)
{
  drop_own_pipeline (self, TRUE);
  g_mutex_lock (&self->lock);
  self->finished = TRUE;
  g_cond_broadcast (&self->finished_cond);
  g_mutex_unlock (&self->lock);
}

/* Takes the pipeline into use. FALSE: something failed meanwhile, and it must be built again with
 * silence in its place. A device may fail while it is opened, or a moment later. */
static gboolean
settle (YihuSound *self, GstElement *pipeline, gboolean was_in_broken, gboolean was_out_broken)
{
  gboolean is_news;

  g_mutex_lock (&self->lock);
  is_news = self->is_in_broken != was_in_broken || self->is_out_broken != was_out_broken;
  if (pipeline == NULL && !is_news)
    {
      /* Failed without a word: first without the loudspeaker, then without the microphone. */
      is_news = !self->is_in_broken;
      self->is_in_broken = self->is_out_broken;
      self->is_out_broken = TRUE;
    }
  self->pipeline = pipeline;
  if (pipeline != NULL)
    {
      /* They may have been changed while it was built. */
      set_volume_mute (pipeline, "mic", self->muted);
      set_volume_mute (pipeline, "ear", self->deaf);
    }
  if (self->stopping)
    is_news = TRUE; /* once more round, to its end */
  if (!is_news)
    self->building = FALSE;
  g_mutex_unlock (&self->lock);
  return !is_news;
}

static void
run_start (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  YihuSound *self = data;
  gboolean is_settled = FALSE;
  gboolean stopping;

  do
    {
      gboolean was_in_broken;
      gboolean was_out_broken;

      drop_own_pipeline (self, FALSE);
      g_mutex_lock (&self->lock);
      stopping = self->stopping;
      was_in_broken = self->is_in_broken;
      was_out_broken = self->is_out_broken;
      g_mutex_unlock (&self->lock);
      if (!stopping)
        is_settled = settle (self, gst_init_check (NULL, NULL, NULL) ? build (self) : NULL,
                             was_in_broken, was_out_broken);
    }
  while (!stopping && !is_settled);
  if (stopping) /* `building` stays set, so nobody else finishes it */
    finish (self);
  g_task_return_boolean (task, TRUE);
}

static void
run_stop (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  finish (data);
  g_task_return_boolean (task, TRUE);
}

static void
run_in_thread (YihuSound *self, GTaskThreadFunc func)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_source_tag (task, run_in_thread);
  g_task_set_task_data (task, yihu_sound_ref (self), (GDestroyNotify) yihu_sound_unref);
  g_task_run_in_thread (task, func);
}

YihuSound *
yihu_sound_new (const YihuSoundConfig *config, YihuSoundLevelFunc on_level, gpointer data)
{
  YihuSound *self = g_new0 (YihuSound, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->lock);
  g_cond_init (&self->finished_cond);
  self->socket = g_object_ref (config->socket);
  self->host = g_strdup (config->host);
  self->peer = g_inet_address_new_from_string (config->host);
  self->port = config->port;
  self->codec = config->codec;
  self->sound_in = g_strdup (config->sound_in);
  self->sound_out = g_strdup (config->sound_out);
  self->muted = config->muted;
  self->deaf = config->deaf;
  self->context = g_main_context_ref_thread_default ();
  self->on_level = on_level;
  self->data = data;
  self->building = TRUE;
  run_in_thread (self, run_start);
  return self;
}

static void
set_mute (YihuSound *self, const char *name, gboolean *member, gboolean mute)
{
  g_mutex_lock (&self->lock);
  *member = mute;
  if (self->pipeline != NULL)
    set_volume_mute (self->pipeline, name, mute);
  g_mutex_unlock (&self->lock);
}

void
yihu_sound_set_muted (YihuSound *self, gboolean muted)
{
  set_mute (self, "mic", &self->muted, muted);
}

void
yihu_sound_set_deaf (YihuSound *self, gboolean deaf)
{
  set_mute (self, "ear", &self->deaf, deaf);
}

void
yihu_sound_stop (YihuSound *self)
{
  gboolean run_now;

  self->on_level = NULL;
  g_mutex_lock (&self->lock);
  run_now = !self->stopping && !self->building;
  self->stopping = TRUE;
  g_mutex_unlock (&self->lock);
  if (run_now)
    run_in_thread (self, run_stop);
}

gboolean
yihu_sound_is_finished (YihuSound *self)
{
  gboolean finished;

  g_mutex_lock (&self->lock);
  finished = self->finished;
  g_mutex_unlock (&self->lock);
  return finished;
}

void
yihu_sound_wait (YihuSound *self)
{
  g_mutex_lock (&self->lock);
  while (!self->finished)
    g_cond_wait (&self->finished_cond, &self->lock);
  g_mutex_unlock (&self->lock);
}
