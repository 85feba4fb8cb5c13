/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A dialog of nua. It holds a reference on itself as long as nua knows the handle: its last event
 * is nua_i_terminated. A 200 may cross our CANCEL; an answer to a dialog that was given up gets its
 * BYE. Every re-INVITE gets an answer, or the peer's later ones would hang. */

#include "voice/sip/sip-dialog.h"

#include "base/error.h"
#include "sip/sip-header.h"

#include <sofia-sip/sip_status.h>

struct _YihuSipDialog
{
  YihuDialog parent_instance;
  nua_handle_t *handle; /* (owned) (nullable): with it a reference on ourselves */
  gboolean is_outgoing;
  gboolean is_established; /* a 2xx was sent or received */
  gboolean is_given_up;
};

G_DEFINE_FINAL_TYPE (YihuSipDialog, yihu_sip_dialog, YIHU_TYPE_DIALOG)

static void
release (YihuSipDialog *self)
{
  nua_handle_t *handle = g_steal_pointer (&self->handle);

  if (handle == NULL)
    return;
  nua_handle_bind (handle, NULL);
  nua_handle_destroy (handle);
  g_object_unref (self);
}

static gboolean
read_description (const sip_t *sip, YihuSessionDescription *description, GError **error)
{
  if (sip == NULL || sip->sip_payload == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED, "no session description");
      return FALSE;
    }
  return yihu_session_description_parse (sip->sip_payload->pl_data, sip->sip_payload->pl_len,
                                         description, error);
}

static void
respond_refusal (nua_handle_t *handle, const GError *error)
{
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_REJECTED))
    nua_respond (handle, SIP_488_NOT_ACCEPTABLE, TAG_END ());
  else
    nua_respond (handle, SIP_400_BAD_REQUEST, TAG_END ());
}

static void
on_answered (YihuSipDialog *self, const sip_t *sip)
{
  YihuSessionDescription remote;
  g_autoptr (GError) error = NULL;
  gboolean is_first = !self->is_established;

  self->is_established = TRUE;
  if (self->is_given_up)
    {
      nua_bye (self->handle, TAG_END ());
      return;
    }
  if (!is_first)
    return;
  if (!read_description (sip, &remote, &error))
    {
      g_message ("sip: answer refused: %s", error->message);
      self->is_given_up = TRUE;
      nua_bye (self->handle, TAG_END ());
      yihu_dialog_emit_ended (YIHU_DIALOG (self), 488);
      return;
    }
  yihu_dialog_emit_answered (YIHU_DIALOG (self), &remote);
}

static void
on_reinvite (YihuSipDialog *self, const sip_t *sip)
{
  YihuSessionDescription remote;
  g_autoptr (GError) error = NULL;

  if (self->is_given_up || !read_description (sip, &remote, &error))
    respond_refusal (self->handle, error);
  else
    yihu_dialog_emit_changed (YIHU_DIALOG (self), &remote);
}

void
yihu_sip_dialog_handle (YihuSipDialog *dialog, nua_event_t event, int status, const sip_t *sip)
{
  g_autoptr (YihuSipDialog) self = g_object_ref (dialog);

  switch (event)
    {
    case nua_i_invite:
      on_reinvite (self, sip);
      break;
    case nua_r_invite:
      if (status >= 200 && status < 300)
        on_answered (self, sip);
      else if (status >= 300 && !self->is_established)
        yihu_dialog_emit_ended (YIHU_DIALOG (self), status);
      break;
    case nua_i_bye:
      yihu_dialog_emit_ended (YIHU_DIALOG (self), 0);
      break;
    case nua_i_cancel:
      yihu_dialog_emit_ended (YIHU_DIALOG (self), 487);
      break;
    case nua_r_options:
      /* 481: the peer knows nothing of this dialog; 408: there is no peer. */
      if (status == 408 || status == 481 || status == 503)
        {
          if (!self->is_given_up)
            nua_bye (self->handle, TAG_END ());
          self->is_given_up = TRUE;
          yihu_dialog_emit_ended (YIHU_DIALOG (self), status);
        }
      break;
    case nua_i_terminated:
      yihu_dialog_emit_ended (YIHU_DIALOG (self), self->is_established ? 0 : status);
      release (self);
      break;
    default:
      break;
    }
}

static void
yihu_sip_dialog_progress (YihuDialog *dialog, int status)
{
  YihuSipDialog *self = YIHU_SIP_DIALOG (dialog);

  if (self->handle == NULL || self->is_outgoing || self->is_established || self->is_given_up)
    return;
  nua_respond (self->handle, status, status == 182 ? sip_182_Queued : sip_180_Ringing, TAG_END ());
}

static void
yihu_sip_dialog_accept (YihuDialog *dialog, const char *description)
{
  YihuSipDialog *self = YIHU_SIP_DIALOG (dialog);

  if (self->handle == NULL || self->is_given_up)
    return;
  if (!self->is_outgoing)
    self->is_established = TRUE;
  nua_respond (self->handle, SIP_200_OK, SIPTAG_CONTENT_TYPE_STR ("application/sdp"),
               SIPTAG_PAYLOAD_STR (description), TAG_END ());
}

static void
yihu_sip_dialog_refuse (YihuDialog *dialog, int status)
{
  YihuSipDialog *self = YIHU_SIP_DIALOG (dialog);

  if (self->handle == NULL || self->is_given_up)
    return;
  if (!self->is_established)
    self->is_given_up = TRUE;
  nua_respond (self->handle, status, NULL, TAG_END ());
}

static void
yihu_sip_dialog_hang_up (YihuDialog *dialog)
{
  YihuSipDialog *self = YIHU_SIP_DIALOG (dialog);

  if (self->handle == NULL || self->is_given_up)
    return;
  self->is_given_up = TRUE;
  if (self->is_established)
    nua_bye (self->handle, TAG_END ());
  else if (self->is_outgoing)
    nua_cancel (self->handle, TAG_END ());
  else
    nua_respond (self->handle, SIP_603_DECLINE, TAG_END ());
}

static void
yihu_sip_dialog_probe (YihuDialog *dialog)
{
  YihuSipDialog *self = YIHU_SIP_DIALOG (dialog);

  if (self->handle != NULL && self->is_established && !self->is_given_up)
    nua_options (self->handle, TAG_END ());
}

static void
yihu_sip_dialog_class_init (YihuSipDialogClass *klass)
{
  YihuDialogClass *dialog_class = YIHU_DIALOG_CLASS (klass);

  dialog_class->progress = yihu_sip_dialog_progress;
  dialog_class->accept = yihu_sip_dialog_accept;
  dialog_class->refuse = yihu_sip_dialog_refuse;
  dialog_class->hang_up = yihu_sip_dialog_hang_up;
  dialog_class->probe = yihu_sip_dialog_probe;
}

static void
yihu_sip_dialog_init (YihuSipDialog *self)
{
}

static void
adopt_handle (YihuSipDialog *self, nua_handle_t *handle)
{
  self->handle = handle;
  nua_handle_bind (handle, self);
  g_object_ref (self);
}

YihuSipDialog *
yihu_sip_dialog_new_incoming (nua_handle_t *handle, const sip_t *sip)
{
  g_autoptr (YihuSipDialog) self = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *caller = yihu_sip_dup_caller (sip);
  g_autofree char *called = yihu_sip_dup_called (sip);
  YihuSessionDescription offer;

  if (!read_description (sip, &offer, &error))
    {
      g_message ("sip: INVITE refused: %s", error->message);
      respond_refusal (handle, error);
      nua_handle_destroy (handle);
      return NULL;
    }
  self = g_object_new (YIHU_TYPE_SIP_DIALOG, NULL);
  yihu_dialog_set_request (YIHU_DIALOG (self), caller, called, yihu_sip_is_emergency (sip), &offer);
  adopt_handle (self, handle);
  return g_steal_pointer (&self);
}

YihuSipDialog *
yihu_sip_dialog_new_outgoing (nua_t *nua, const YihuInvite *invite)
{
  g_autoptr (YihuSipDialog) self = g_object_new (YIHU_TYPE_SIP_DIALOG, NULL);
  g_autofree char *header = g_strdup_printf ("X-Yihu-Call: %s", invite->call_id);
  nua_handle_t *handle =
      nua_handle (nua, self, NUTAG_URL (invite->uri), SIPTAG_TO_STR (invite->uri),
                  SIPTAG_FROM_STR (invite->from), TAG_END ());

  if (handle == NULL)
    return NULL;
  self->is_outgoing = TRUE;
  adopt_handle (self, handle);
  nua_invite (handle, SIPTAG_HEADER_STR (header),
              TAG_IF (invite->is_emergency, SIPTAG_PRIORITY_STR ("emergency")),
              SIPTAG_CONTENT_TYPE_STR ("application/sdp"), SIPTAG_PAYLOAD_STR (invite->description),
              TAG_END ());
  return g_steal_pointer (&self);
}
