/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The stream object: feeds the flow with what sessions and clock report, and does what it decides.
 * Main thread only; a session is dropped without waiting for it. */

#include "video/stream.h"

#include "video/stream-flow.h"
#include "video/stream-session.h"

struct _YihuStream
{
  GObject parent_instance;

  YihuClock *clock; /* (owned) */
  YihuStreamFlow flow;
  YihuStreamSession *session; /* (owned) (nullable) */
  GSource *timer; /* (owned) (nullable): the next look */
  char *url; /* (owned) (nullable) */
  char *user; /* (owned) (nullable) */
  char *password; /* (owned) (nullable) */
};

enum
{
  PROP_STATE = 1,
  PROP_CLOCK,
  N_PROPS,
};

enum
{
  SIGNAL_FRAME,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (YihuStream, yihu_stream, G_TYPE_OBJECT)

static void handle (YihuStream *self, YihuStreamEvent event, gint64 at_us);

static gint64
monotonic_us (YihuStream *self)
{
  return yihu_clock_get_monotonic_us (self->clock);
}

static void
clear_timer (YihuStream *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
on_look (gpointer data)
{
  YihuStream *self = data;
  gint64 heard_us = self->session != NULL ? yihu_stream_session_get_heard_us (self->session) : 0;

  g_clear_pointer (&self->timer, g_source_unref);
  if (heard_us > self->flow.heard_us)
    self->flow.heard_us = heard_us;
  handle (self, YIHU_STREAM_EVENT_LOOK, monotonic_us (self));
}

static void
plan_look (YihuStream *self)
{
  gint64 delay_us = self->flow.due_us - monotonic_us (self);

  clear_timer (self);
  if (self->flow.due_us != 0)
    self->timer = yihu_clock_add_timer (self->clock, (guint) (MAX (delay_us, 0) + 999) / 1000,
                                        on_look, self, NULL);
}

static void
on_session_event (YihuStreamEvent event, gpointer data)
{
  YihuStream *self = data;

  handle (self, event, monotonic_us (self));
  if (event == YIHU_STREAM_EVENT_PICTURE)
    g_signal_emit (self, signals[SIGNAL_FRAME], 0);
}

static void
handle (YihuStream *self, YihuStreamEvent event, gint64 at_us)
{
  YihuStreamState before = self->flow.state;
  gint64 due_before_us = self->flow.due_us;
  YihuStreamAction action = yihu_stream_flow_handle (&self->flow, event, at_us);

  if (action != YIHU_STREAM_ACTION_NONE)
    g_clear_pointer (&self->session, yihu_stream_session_drop);
  if (action == YIHU_STREAM_ACTION_CONNECT)
    self->session = yihu_stream_session_new (self->url, self->user, self->password, self->clock,
                                             on_session_event, self);
  if (self->timer == NULL || self->flow.due_us != due_before_us)
    plan_look (self);
  if (self->flow.state != before)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
yihu_stream_constructed (GObject *object)
{
  YihuStream *self = YIHU_STREAM (object);

  G_OBJECT_CLASS (yihu_stream_parent_class)->constructed (object);
  if (self->clock == NULL)
    self->clock = yihu_clock_new ();
  yihu_stream_flow_init (&self->flow, g_random_int ());
}

static void
yihu_stream_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, yihu_stream_get_state (YIHU_STREAM (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
yihu_stream_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_CLOCK:
      YIHU_STREAM (object)->clock = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
yihu_stream_dispose (GObject *object)
{
  YihuStream *self = YIHU_STREAM (object);

  clear_timer (self);
  g_clear_pointer (&self->session, yihu_stream_session_drop);
  G_OBJECT_CLASS (yihu_stream_parent_class)->dispose (object);
}

static void
yihu_stream_finalize (GObject *object)
{
  YihuStream *self = YIHU_STREAM (object);

  g_clear_object (&self->clock);
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->user, g_free);
  g_clear_pointer (&self->password, g_free);
  G_OBJECT_CLASS (yihu_stream_parent_class)->finalize (object);
}

static void
yihu_stream_class_init (YihuStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = yihu_stream_constructed;
  object_class->get_property = yihu_stream_get_property;
  object_class->set_property = yihu_stream_set_property;
  object_class->dispose = yihu_stream_dispose;
  object_class->finalize = yihu_stream_finalize;

  properties[PROP_STATE] =
      g_param_spec_int ("state", NULL, NULL, YIHU_STREAM_OFF, YIHU_STREAM_REFUSED, YIHU_STREAM_OFF,
                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_CLOCK] =
      g_param_spec_object ("clock", NULL, NULL, YIHU_TYPE_CLOCK,
                           G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_FRAME] = g_signal_new ("frame", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
yihu_stream_init (YihuStream *self)
{
}

YihuStream *
yihu_stream_new (void)
{
  return g_object_new (YIHU_TYPE_STREAM, NULL);
}

YihuStream *
yihu_stream_new_with_clock (YihuClock *clock)
{
  return g_object_new (YIHU_TYPE_STREAM, "clock", clock, NULL);
}

void
yihu_stream_play (YihuStream *self, const char *url, const char *user, const char *password)
{
  g_return_if_fail (YIHU_IS_STREAM (self));
  g_return_if_fail (url != NULL);

  g_free (self->url);
  g_free (self->user);
  g_free (self->password);
  self->url = g_strdup (url);
  self->user = g_strdup (user);
  self->password = g_strdup (password);
  handle (self, YIHU_STREAM_EVENT_PLAY, monotonic_us (self));
}

void
yihu_stream_stop (YihuStream *self)
{
  g_return_if_fail (YIHU_IS_STREAM (self));
  handle (self, YIHU_STREAM_EVENT_STOP, monotonic_us (self));
}

YihuStreamState
yihu_stream_get_state (YihuStream *self)
{
  g_return_val_if_fail (YIHU_IS_STREAM (self), YIHU_STREAM_OFF);
  return self->flow.state;
}

gint64
yihu_stream_get_age_us (YihuStream *self)
{
  g_return_val_if_fail (YIHU_IS_STREAM (self), -1);
  return self->flow.pictured_us == 0 ? -1 : monotonic_us (self) - self->flow.pictured_us;
}

YihuPicture *
yihu_stream_take_picture (YihuStream *self)
{
  g_return_val_if_fail (YIHU_IS_STREAM (self), NULL);
  return self->session != NULL ? yihu_stream_session_take_picture (self->session) : NULL;
}

void
yihu_stream_set_watched (YihuStream *self, gboolean watched)
{
  g_return_if_fail (YIHU_IS_STREAM (self));

  self->flow.watched = watched;
  if (!watched || self->flow.trying || self->flow.state != YIHU_STREAM_BACKING_OFF)
    return;
  self->flow.due_us = MIN (self->flow.due_us, monotonic_us (self));
  plan_look (self);
}
