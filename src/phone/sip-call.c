/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Signalling of one call. The state that the user sees ends at once with hang_up(); the dialog
 * lives on until nua_i_terminated, its last event. A 200 may cross our CANCEL: an answer to a call
 * that was given up is answered with BYE. Sound starts with the first description of the peer that
 * can be used, and moves when a re-INVITE names another address. */

#include "phone/sip-call.h"

#include "base/error.h"
#include "base/identifier.h"
#include "base/mark.h"
#include "phone/phone-private.h"
#include "sip/sip-header.h"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <sofia-sip/sip_status.h>

#define TOS_EXPEDITED 184 /* DSCP EF, RFC 3246 */

struct _YihuSipCall
{
  YihuPhoneCall parent_instance;
  YihuSipTarget target;
  YihuSipLine *line; /* (owned) */
  nua_handle_t *handle; /* (owned) (nullable): with it a reference on ourselves */
  GSocket *socket; /* (owned) */
  guint port;
  char *sound_in; /* (owned) */
  char *sound_out; /* (owned) */
  YihuSound *sound; /* (owned) (nullable) */
  YihuSessionDescription remote;
  guint64 session;
  guint version;
  gboolean is_outgoing;
  gboolean is_established; /* a 2xx was sent or received */
  gboolean is_given_up;
  gboolean is_held; /* by us */
  gboolean is_muted;
  gboolean is_released;
};

enum
{
  PROP_0,
  PROP_RELEASED,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (YihuSipCall, yihu_sip_call, YIHU_TYPE_PHONE_CALL)

static YihuSipCall *
call_of (YihuSipTarget *target)
{
  return (YihuSipCall *) ((char *) target - G_STRUCT_OFFSET (YihuSipCall, target));
}

/* Sound */

static void
on_sound_level (double level_dbfs, gpointer data)
{
  yihu_phone_call_set_level (data, level_dbfs);
}

static void
start_sound (YihuSipCall *self)
{
  YihuSoundConfig config = {
    .socket = self->socket,
    .host = self->remote.host,
    .port = self->remote.port,
    .codec = self->remote.codec,
    .sound_in = self->sound_in,
    .sound_out = self->sound_out,
    .muted = self->is_muted || self->is_held,
    .deaf = self->is_held,
  };

  if (self->sound != NULL || self->remote.host[0] == '\0')
    return;
  self->sound = yihu_sound_new (&config, on_sound_level, self);
}

static void
apply_sound (YihuSipCall *self)
{
  if (self->sound == NULL)
    return;
  yihu_sound_set_muted (self->sound, self->is_muted || self->is_held);
  yihu_sound_set_deaf (self->sound, self->is_held);
}

static gboolean
open_socket (YihuSipCall *self, GError **error)
{
  const char *host = yihu_sip_line_get_host (self->line);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (host, 0);
  g_autoptr (GSocketAddress) local = NULL;

  if (any == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "no numeric address: %s", host);
      return FALSE;
    }
  self->socket = g_socket_new (g_socket_address_get_family (any), G_SOCKET_TYPE_DATAGRAM,
                               G_SOCKET_PROTOCOL_UDP, error);
  if (self->socket == NULL || !g_socket_bind (self->socket, any, FALSE, error))
    return FALSE;
  g_socket_set_option (self->socket, IPPROTO_IP, IP_TOS, TOS_EXPEDITED, NULL);
  local = g_socket_get_local_address (self->socket, error);
  if (local == NULL)
    return FALSE;
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  return TRUE;
}

/* Session descriptions */

static YihuSdpMode
our_mode (YihuSipCall *self)
{
  return self->is_held ? YIHU_SDP_SENDONLY : YIHU_SDP_SENDRECV;
}

static gboolean
read_remote (YihuSipCall *self, const sip_t *sip, GError **error)
{
  YihuSessionDescription remote;

  if (sip == NULL || sip->sip_payload == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "no session description");
      return FALSE;
    }
  if (!yihu_session_description_parse (sip->sip_payload->pl_data, sip->sip_payload->pl_len, &remote,
                                       error))
    return FALSE;
  self->remote = remote;
  return TRUE;
}

static char *
print_offer (YihuSipCall *self)
{
  return yihu_session_description_print_offer (yihu_sip_line_get_host (self->line), self->port,
                                               self->session, ++self->version, our_mode (self));
}

static void
respond_with_answer (YihuSipCall *self)
{
  g_autofree char *answer =
      yihu_session_description_print_answer (&self->remote, yihu_sip_line_get_host (self->line),
                                             self->port, self->session, ++self->version,
                                             yihu_sdp_mode_answer (self->remote.mode,
                                                                   our_mode (self)));

  nua_respond (self->handle, SIP_200_OK, SIPTAG_CONTENT_TYPE_STR ("application/sdp"),
               SIPTAG_PAYLOAD_STR (answer), TAG_END ());
}

static void
respond_refusal (nua_handle_t *handle, const GError *error)
{
  if (g_error_matches (error, YIHU_ERROR, YIHU_ERROR_REJECTED))
    nua_respond (handle, SIP_488_NOT_ACCEPTABLE, TAG_END ());
  else
    nua_respond (handle, SIP_400_BAD_REQUEST, TAG_END ());
}

/* Ends */

static void
show_end (YihuSipCall *self, int status)
{
  if (self->sound != NULL)
    yihu_sound_stop (self->sound);
  yihu_phone_call_set_state (YIHU_PHONE_CALL (self), YIHU_PHONE_CALL_ENDED, status);
}

static void
release (YihuSipCall *self)
{
  if (self->handle == NULL)
    return;
  yihu_sip_line_release (&self->handle);
  self->is_released = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RELEASED]);
  g_object_unref (self);
}

/* Events */

static void
on_answered (YihuSipCall *self, const YihuSipEvent *event)
{
  g_autoptr (GError) error = NULL;
  gboolean is_first = !self->is_established;

  self->is_established = TRUE;
  if (self->is_given_up)
    {
      nua_bye (self->handle, TAG_END ());
      return;
    }
  if (!read_remote (self, event->sip, &error))
    {
      if (!is_first)
        return; /* an odd answer to a re-INVITE leaves things as they were */
      g_message ("phone: answer refused: %s", error->message);
      self->is_given_up = TRUE;
      nua_bye (self->handle, TAG_END ());
      show_end (self, 488);
      return;
    }
  start_sound (self);
  if (is_first)
    yihu_phone_call_set_state (YIHU_PHONE_CALL (self), YIHU_PHONE_CALL_TALKING, 0);
}

static void
on_reinvite (YihuSipCall *self, const YihuSipEvent *event)
{
  g_autoptr (GError) error = NULL;
  YihuSessionDescription before = self->remote;

  if (event->sip == NULL || event->sip->sip_payload == NULL)
    {
      /* Asks for our offer; the answer comes with the ACK. */
      g_autofree char *offer = print_offer (self);
      nua_respond (self->handle, SIP_200_OK, SIPTAG_CONTENT_TYPE_STR ("application/sdp"),
                   SIPTAG_PAYLOAD_STR (offer), TAG_END ());
      return;
    }
  if (!read_remote (self, event->sip, &error))
    {
      respond_refusal (self->handle, error);
      return;
    }
  respond_with_answer (self);
  if (self->sound != NULL
      && (!g_str_equal (before.host, self->remote.host) || before.port != self->remote.port
          || before.codec != self->remote.codec)
      && self->remote.host[0] != '\0')
    {
      yihu_sound_stop (self->sound);
      g_clear_pointer (&self->sound, yihu_sound_unref);
    }
  start_sound (self);
}

static void
on_event (YihuSipTarget *target, const YihuSipEvent *event)
{
  g_autoptr (YihuSipCall) self = g_object_ref (call_of (target));

  switch (event->event)
    {
    case nua_i_invite:
      on_reinvite (self, event);
      break;
    case nua_r_invite:
      if (event->status >= 200 && event->status < 300)
        on_answered (self, event);
      else if (event->status >= 300 && !self->is_established)
        show_end (self, event->status);
      break;
    case nua_i_bye:
      show_end (self, 0);
      break;
    case nua_i_cancel:
      show_end (self, 487);
      break;
    case nua_i_terminated:
      show_end (self, self->is_established ? 0 : MAX (event->status, 0));
      release (self);
      break;
    default:
      break;
    }
}

/* The class */

static void
yihu_sip_call_answer (YihuPhoneCall *call)
{
  YihuSipCall *self = YIHU_SIP_CALL (call);

  if (yihu_phone_call_get_state (call) != YIHU_PHONE_CALL_RINGING || self->handle == NULL)
    return;
  respond_with_answer (self);
  self->is_established = TRUE;
  start_sound (self);
  yihu_phone_call_set_state (call, YIHU_PHONE_CALL_TALKING, 0);
}

static void
yihu_sip_call_hang_up (YihuPhoneCall *call)
{
  YihuSipCall *self = YIHU_SIP_CALL (call);
  int status = 0;

  if (yihu_phone_call_get_state (call) == YIHU_PHONE_CALL_ENDED || self->handle == NULL)
    return;
  self->is_given_up = TRUE;
  if (self->is_established)
    nua_bye (self->handle, TAG_END ());
  else if (self->is_outgoing)
    {
      nua_cancel (self->handle, TAG_END ());
      status = 487;
    }
  else
    {
      nua_respond (self->handle, SIP_603_DECLINE, TAG_END ());
      status = 603;
    }
  show_end (self, status);
}

static void
yihu_sip_call_set_held (YihuPhoneCall *call, gboolean held)
{
  YihuSipCall *self = YIHU_SIP_CALL (call);
  YihuPhoneCallState from = held ? YIHU_PHONE_CALL_TALKING : YIHU_PHONE_CALL_HELD;
  g_autofree char *offer = NULL;

  if (yihu_phone_call_get_state (call) != from || self->handle == NULL)
    return;
  self->is_held = held;
  apply_sound (self);
  offer = print_offer (self);
  nua_invite (self->handle, SIPTAG_CONTENT_TYPE_STR ("application/sdp"), SIPTAG_PAYLOAD_STR (offer),
              TAG_END ());
  yihu_phone_call_set_state (call, held ? YIHU_PHONE_CALL_HELD : YIHU_PHONE_CALL_TALKING, 0);
}

static void
yihu_sip_call_set_muted (YihuPhoneCall *call, gboolean muted)
{
  YihuSipCall *self = YIHU_SIP_CALL (call);

  self->is_muted = muted;
  apply_sound (self);
}

static void
yihu_sip_call_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_RELEASED)
    g_value_set_boolean (value, YIHU_SIP_CALL (object)->is_released);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
yihu_sip_call_finalize (GObject *object)
{
  YihuSipCall *self = YIHU_SIP_CALL (object);

  if (self->sound != NULL)
    yihu_sound_stop (self->sound);
  g_clear_pointer (&self->sound, yihu_sound_unref);
  g_clear_object (&self->socket);
  g_clear_pointer (&self->line, yihu_sip_line_unref);
  g_free (self->sound_in);
  g_free (self->sound_out);
  G_OBJECT_CLASS (yihu_sip_call_parent_class)->finalize (object);
}

static void
yihu_sip_call_class_init (YihuSipCallClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  YihuPhoneCallClass *call_class = YIHU_PHONE_CALL_CLASS (klass);

  object_class->get_property = yihu_sip_call_get_property;
  object_class->finalize = yihu_sip_call_finalize;
  call_class->answer = yihu_sip_call_answer;
  call_class->hang_up = yihu_sip_call_hang_up;
  call_class->set_held = yihu_sip_call_set_held;
  call_class->set_muted = yihu_sip_call_set_muted;
  props[PROP_RELEASED] =
      g_param_spec_boolean ("released", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
yihu_sip_call_init (YihuSipCall *self)
{
  self->target.on_event = on_event;
  self->remote.codec = YIHU_CODEC_NONE;
  self->session = ((guint64) g_random_int () << 16) | (g_random_int () & 0xffff);
}

static YihuSipCall *
call_new (YihuSipLine *line, const YihuSipCallSounds *sounds)
{
  YihuSipCall *self = g_object_new (YIHU_TYPE_SIP_CALL, NULL);

  self->line = yihu_sip_line_ref (line);
  self->sound_in = g_strdup (sounds->sound_in);
  self->sound_out = g_strdup (sounds->sound_out);
  return self;
}

/* From here on sofia's events arrive, so the object must live until release(). */
static void
adopt_handle (YihuSipCall *self, nua_handle_t *handle)
{
  self->handle = handle;
  yihu_sip_line_bind (handle, &self->target);
  g_object_ref (self);
}

YihuSipCall *
yihu_sip_call_new_outgoing (YihuSipLine *line,
                            const YihuSipCallSounds *sounds,
                            const char *from,
                            const char *to,
                            const char *headers,
                            GError **error)
{
  g_autoptr (YihuSipCall) self = call_new (line, sounds);
  g_autofree char *offer = NULL;
  nua_handle_t *handle;

  if (!open_socket (self, error))
    return NULL;
  handle = nua_handle (yihu_sip_line_get_nua (line), &self->target, NUTAG_URL (to),
                       SIPTAG_TO_STR (to), SIPTAG_FROM_STR (from), TAG_END ());
  if (handle == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "this address cannot be called");
      return NULL;
    }
  adopt_handle (self, handle);
  self->is_outgoing = TRUE;
  yihu_phone_call_set_state (YIHU_PHONE_CALL (self), YIHU_PHONE_CALL_DIALLING, 0);
  offer = print_offer (self);
  nua_invite (handle, TAG_IF (headers != NULL, SIPTAG_HEADER_STR (headers)),
              SIPTAG_CONTENT_TYPE_STR ("application/sdp"), SIPTAG_PAYLOAD_STR (offer), TAG_END ());
  return g_steal_pointer (&self);
}

YihuSipCall *
yihu_sip_call_new_incoming (YihuSipLine *line,
                            const YihuSipCallSounds *sounds,
                            const YihuSipEvent *invite)
{
  g_autoptr (YihuSipCall) self = call_new (line, sounds);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = yihu_sip_dup_header (invite->sip, "X-Yihu-Call");
  g_autofree char *number = yihu_sip_dup_caller (invite->sip);

  if (!read_remote (self, invite->sip, &error) || !open_socket (self, &error))
    {
      g_message ("phone: INVITE refused: %s", error->message);
      respond_refusal (invite->handle, error);
      nua_handle_destroy (invite->handle);
      return NULL;
    }
  adopt_handle (self, invite->handle);
  yihu_phone_call_set_identity (YIHU_PHONE_CALL (self),
                                id != NULL && yihu_identifier_is_valid (id) ? id : "", number);
  yihu_mark ("phone.incoming", yihu_phone_call_get_call_id (YIHU_PHONE_CALL (self)));
  nua_respond (self->handle, SIP_180_RINGING, TAG_END ());
  return g_steal_pointer (&self);
}

YihuSound *
yihu_sip_call_get_sound (YihuSipCall *self)
{
  return self->sound;
}
