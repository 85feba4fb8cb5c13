/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The abstract dialog: what the INVITE said, and the signals with their promises (ended comes once,
 * nothing comes after it). */

#include "voice/sip/dialog.h"

typedef struct
{
  char *caller; /* (owned) */
  char *called; /* (owned) */
  gboolean is_emergency;
  gboolean has_offer;
  gboolean is_accepted; /* by either side */
  gboolean is_over; /* ended, refused or hung up */
  YihuSessionDescription offer;
} YihuDialogPrivate;

enum
{
  ANSWERED,
  CHANGED,
  ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (YihuDialog, yihu_dialog, G_TYPE_OBJECT)

static void
yihu_dialog_finalize (GObject *object)
{
  YihuDialogPrivate *priv = yihu_dialog_get_instance_private (YIHU_DIALOG (object));

  g_free (priv->caller);
  g_free (priv->called);
  G_OBJECT_CLASS (yihu_dialog_parent_class)->finalize (object);
}

static void
yihu_dialog_class_init (YihuDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = yihu_dialog_finalize;
  signals[ANSWERED] = g_signal_new ("answered", YIHU_TYPE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[CHANGED] = g_signal_new ("changed", YIHU_TYPE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[ENDED] = g_signal_new ("ended", YIHU_TYPE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
yihu_dialog_init (YihuDialog *self)
{
  YihuDialogPrivate *priv = yihu_dialog_get_instance_private (self);

  priv->caller = g_strdup ("");
  priv->called = g_strdup ("");
}

const char *
yihu_dialog_get_caller (YihuDialog *self)
{
  return ((YihuDialogPrivate *) yihu_dialog_get_instance_private (self))->caller;
}

const char *
yihu_dialog_get_called (YihuDialog *self)
{
  return ((YihuDialogPrivate *) yihu_dialog_get_instance_private (self))->called;
}

gboolean
yihu_dialog_is_emergency (YihuDialog *self)
{
  return ((YihuDialogPrivate *) yihu_dialog_get_instance_private (self))->is_emergency;
}

const YihuSessionDescription *
yihu_dialog_get_offer (YihuDialog *self)
{
  YihuDialogPrivate *priv = yihu_dialog_get_instance_private (self);

  return priv->has_offer ? &priv->offer : NULL;
}

void
yihu_dialog_progress (YihuDialog *self, int status)
{
  YIHU_DIALOG_GET_CLASS (self)->progress (self, status);
}

void
yihu_dialog_accept (YihuDialog *self, const char *description)
{
  YihuDialogPrivate *priv = yihu_dialog_get_instance_private (self);

  priv->is_accepted = TRUE;
  YIHU_DIALOG_GET_CLASS (self)->accept (self, description);
}

void
yihu_dialog_refuse (YihuDialog *self, int status)
{
  YihuDialogPrivate *priv = yihu_dialog_get_instance_private (self);

  if (!priv->is_accepted)
    priv->is_over = TRUE;
  YIHU_DIALOG_GET_CLASS (self)->refuse (self, status);
}

void
yihu_dialog_hang_up (YihuDialog *self)
{
  YihuDialogPrivate *priv = yihu_dialog_get_instance_private (self);

  if (priv->is_over)
    return;
  priv->is_over = TRUE;
  YIHU_DIALOG_GET_CLASS (self)->hang_up (self);
}

void
yihu_dialog_probe (YihuDialog *self)
{
  YIHU_DIALOG_GET_CLASS (self)->probe (self);
}

void
yihu_dialog_set_request (YihuDialog *self,
                         const char *caller,
                         const char *called,
                         gboolean is_emergency,
                         const YihuSessionDescription *offer)
{
  YihuDialogPrivate *priv = yihu_dialog_get_instance_private (self);

  g_free (priv->caller);
  priv->caller = g_strdup (caller);
  g_free (priv->called);
  priv->called = g_strdup (called);
  priv->is_emergency = is_emergency;
  priv->has_offer = offer != NULL;
  if (offer != NULL)
    priv->offer = *offer;
}

void
yihu_dialog_emit_answered (YihuDialog *self, const YihuSessionDescription *remote)
{
  YihuDialogPrivate *priv = yihu_dialog_get_instance_private (self);

  if (priv->is_over)
    return;
  priv->is_accepted = TRUE;
  g_signal_emit (self, signals[ANSWERED], 0, remote);
}

void
yihu_dialog_emit_changed (YihuDialog *self, const YihuSessionDescription *remote)
{
  YihuDialogPrivate *priv = yihu_dialog_get_instance_private (self);

  if (!priv->is_over)
    g_signal_emit (self, signals[CHANGED], 0, remote);
}

void
yihu_dialog_emit_ended (YihuDialog *self, int status)
{
  YihuDialogPrivate *priv = yihu_dialog_get_instance_private (self);

  if (priv->is_over)
    return;
  priv->is_over = TRUE;
  g_signal_emit (self, signals[ENDED], 0, status);
}
