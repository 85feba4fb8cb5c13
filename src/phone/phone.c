/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The abstract line and the abstract call: identity, state and notification. What a call does on
 * the network is the business of the classes below. */

#include "phone/phone.h"

#include "phone/phone-private.h"

#define SILENCE_DBFS (-90.0)

typedef struct
{
  char *call_id; /* (owned) */
  char *number; /* (owned) */
  YihuPhoneCallState state;
  int status;
  double level_dbfs;
} YihuPhoneCallPrivate;

typedef struct
{
  gboolean registered;
} YihuPhonePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (YihuPhoneCall, yihu_phone_call, G_TYPE_OBJECT)
G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (YihuPhone, yihu_phone, G_TYPE_OBJECT)

enum
{
  PROP_CALL_0,
  PROP_STATE,
  PROP_LEVEL,
  N_CALL_PROPS,
};

enum
{
  PROP_PHONE_0,
  PROP_REGISTERED,
  N_PHONE_PROPS,
};

static GParamSpec *call_props[N_CALL_PROPS];
static GParamSpec *phone_props[N_PHONE_PROPS];
static guint incoming_signal;

static void
yihu_phone_call_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  YihuPhoneCallPrivate *priv = yihu_phone_call_get_instance_private (YIHU_PHONE_CALL (object));

  if (id == PROP_STATE)
    g_value_set_int (value, priv->state);
  else if (id == PROP_LEVEL)
    g_value_set_double (value, priv->level_dbfs);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
yihu_phone_call_finalize (GObject *object)
{
  YihuPhoneCallPrivate *priv = yihu_phone_call_get_instance_private (YIHU_PHONE_CALL (object));

  g_free (priv->call_id);
  g_free (priv->number);
  G_OBJECT_CLASS (yihu_phone_call_parent_class)->finalize (object);
}

static void
yihu_phone_call_class_init (YihuPhoneCallClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = yihu_phone_call_get_property;
  object_class->finalize = yihu_phone_call_finalize;
  call_props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, YIHU_PHONE_CALL_RINGING,
                                             YIHU_PHONE_CALL_ENDED, YIHU_PHONE_CALL_RINGING, flags);
  call_props[PROP_LEVEL] =
      g_param_spec_double ("level", NULL, NULL, SILENCE_DBFS, 0, SILENCE_DBFS, flags);
  g_object_class_install_properties (object_class, N_CALL_PROPS, call_props);
}

static void
yihu_phone_call_init (YihuPhoneCall *self)
{
  YihuPhoneCallPrivate *priv = yihu_phone_call_get_instance_private (self);

  priv->call_id = g_strdup ("");
  priv->number = g_strdup ("");
  priv->level_dbfs = SILENCE_DBFS;
}

void
yihu_phone_call_set_identity (YihuPhoneCall *self, const char *call_id, const char *number)
{
  YihuPhoneCallPrivate *priv = yihu_phone_call_get_instance_private (self);

  g_free (priv->call_id);
  priv->call_id = g_strdup (call_id != NULL ? call_id : "");
  g_free (priv->number);
  priv->number = g_strdup (number != NULL ? number : "");
}

void
yihu_phone_call_set_state (YihuPhoneCall *self, YihuPhoneCallState state, int status)
{
  YihuPhoneCallPrivate *priv = yihu_phone_call_get_instance_private (self);

  if (priv->state == state || priv->state == YIHU_PHONE_CALL_ENDED)
    return;
  priv->state = state;
  if (state == YIHU_PHONE_CALL_ENDED)
    {
      priv->status = status;
      yihu_phone_call_set_level (self, SILENCE_DBFS);
    }
  g_object_notify_by_pspec (G_OBJECT (self), call_props[PROP_STATE]);
}

void
yihu_phone_call_set_level (YihuPhoneCall *self, double level_dbfs)
{
  YihuPhoneCallPrivate *priv = yihu_phone_call_get_instance_private (self);
  double clamped = CLAMP (level_dbfs, SILENCE_DBFS, 0);

  if (priv->level_dbfs == clamped)
    return;
  priv->level_dbfs = clamped;
  g_object_notify_by_pspec (G_OBJECT (self), call_props[PROP_LEVEL]);
}

YihuPhoneCallState
yihu_phone_call_get_state (YihuPhoneCall *self)
{
  g_return_val_if_fail (YIHU_IS_PHONE_CALL (self), YIHU_PHONE_CALL_ENDED);
  return ((YihuPhoneCallPrivate *) yihu_phone_call_get_instance_private (self))->state;
}

const char *
yihu_phone_call_get_call_id (YihuPhoneCall *self)
{
  g_return_val_if_fail (YIHU_IS_PHONE_CALL (self), "");
  return ((YihuPhoneCallPrivate *) yihu_phone_call_get_instance_private (self))->call_id;
}

const char *
yihu_phone_call_get_number (YihuPhoneCall *self)
{
  g_return_val_if_fail (YIHU_IS_PHONE_CALL (self), "");
  return ((YihuPhoneCallPrivate *) yihu_phone_call_get_instance_private (self))->number;
}

int
yihu_phone_call_get_status (YihuPhoneCall *self)
{
  g_return_val_if_fail (YIHU_IS_PHONE_CALL (self), 0);
  return ((YihuPhoneCallPrivate *) yihu_phone_call_get_instance_private (self))->status;
}

double
yihu_phone_call_get_level (YihuPhoneCall *self)
{
  g_return_val_if_fail (YIHU_IS_PHONE_CALL (self), SILENCE_DBFS);
  return ((YihuPhoneCallPrivate *) yihu_phone_call_get_instance_private (self))->level_dbfs;
}

void
yihu_phone_call_answer (YihuPhoneCall *self)
{
  g_return_if_fail (YIHU_IS_PHONE_CALL (self));
  YIHU_PHONE_CALL_GET_CLASS (self)->answer (self);
}

void
yihu_phone_call_hang_up (YihuPhoneCall *self)
{
  g_return_if_fail (YIHU_IS_PHONE_CALL (self));
  YIHU_PHONE_CALL_GET_CLASS (self)->hang_up (self);
}

void
yihu_phone_call_set_held (YihuPhoneCall *self, gboolean held)
{
  g_return_if_fail (YIHU_IS_PHONE_CALL (self));
  YIHU_PHONE_CALL_GET_CLASS (self)->set_held (self, held);
}

void
yihu_phone_call_set_muted (YihuPhoneCall *self, gboolean muted)
{
  g_return_if_fail (YIHU_IS_PHONE_CALL (self));
  YIHU_PHONE_CALL_GET_CLASS (self)->set_muted (self, muted);
}

/* The line */

static void
yihu_phone_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_REGISTERED)
    g_value_set_boolean (value, yihu_phone_is_registered (YIHU_PHONE (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
yihu_phone_class_init (YihuPhoneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = yihu_phone_get_property;
  phone_props[PROP_REGISTERED] =
      g_param_spec_boolean ("registered", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PHONE_PROPS, phone_props);
  incoming_signal = g_signal_new ("incoming", YIHU_TYPE_PHONE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, YIHU_TYPE_PHONE_CALL);
}

static void
yihu_phone_init (YihuPhone *self)
{
}

void
yihu_phone_set_registered (YihuPhone *self, gboolean registered)
{
  YihuPhonePrivate *priv = yihu_phone_get_instance_private (self);

  if (priv->registered == registered)
    return;
  priv->registered = registered;
  g_object_notify_by_pspec (G_OBJECT (self), phone_props[PROP_REGISTERED]);
}

void
yihu_phone_emit_incoming (YihuPhone *self, YihuPhoneCall *call)
{
  g_signal_emit (self, incoming_signal, 0, call);
}

gboolean
yihu_phone_is_registered (YihuPhone *self)
{
  g_return_val_if_fail (YIHU_IS_PHONE (self), FALSE);
  return ((YihuPhonePrivate *) yihu_phone_get_instance_private (self))->registered;
}

YihuPhoneCall *
yihu_phone_dial (YihuPhone *self, const char *uri, const char *const *headers, GError **error)
{
  g_return_val_if_fail (YIHU_IS_PHONE (self), NULL);
  g_return_val_if_fail (uri != NULL, NULL);
  return YIHU_PHONE_GET_CLASS (self)->dial (self, uri, headers, error);
}

void
yihu_phone_send_seat (YihuPhone *self, const char *state)
{
  g_return_if_fail (YIHU_IS_PHONE (self));
  g_return_if_fail (state != NULL);
  YIHU_PHONE_GET_CLASS (self)->send_seat (self, state);
}

void
yihu_phone_shutdown (YihuPhone *self)
{
  g_return_if_fail (YIHU_IS_PHONE (self));
  YIHU_PHONE_GET_CLASS (self)->shutdown (self);
}
