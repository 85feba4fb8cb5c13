/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Ties a dialog to a leg of the media thread, and speaks SDP for both. */

#include "voice/party.h"

struct _YihuParty
{
  YihuMedia *media; /* not owned */
  YihuPartyRole role;
  YihuDialog *dialog; /* (owned) (nullable) */
  YihuMediaLeg *leg; /* owned through media */
  guint64 session;
  guint version;
  gboolean is_held; /* by the peer: it may be silent */
  YihuSilence silence;
};

YihuParty *
yihu_party_new (YihuMedia *media, YihuPartyRole role, GError **error)
{
  YihuMediaLeg *leg = yihu_media_add_leg (media, error);
  YihuParty *self;

  if (leg == NULL)
    return NULL;
  self = g_new0 (YihuParty, 1);
  self->media = media;
  self->role = role;
  self->leg = leg;
  self->session = g_random_int ();
  return self;
}

void
yihu_party_free (YihuParty *self)
{
  if (self == NULL)
    return;
  if (self->dialog != NULL)
    yihu_dialog_hang_up (self->dialog);
  g_clear_object (&self->dialog);
  yihu_media_remove_leg (self->media, self->leg);
  g_free (self);
}

YihuPartyRole
yihu_party_get_role (YihuParty *self)
{
  return self->role;
}

YihuDialog *
yihu_party_get_dialog (YihuParty *self)
{
  return self->dialog;
}

void
yihu_party_set_dialog (YihuParty *self, YihuDialog *dialog)
{
  g_set_object (&self->dialog, dialog);
}

char *
yihu_party_print_offer (YihuParty *self)
{
  return yihu_session_description_print_offer (yihu_media_get_host (self->media),
                                               yihu_media_leg_get_port (self->leg), self->session,
                                               ++self->version, YIHU_SDP_SENDRECV);
}

char *
yihu_party_print_answer (YihuParty *self, const YihuSessionDescription *offer)
{
  return yihu_session_description_print_answer (
      offer, yihu_media_get_host (self->media), yihu_media_leg_get_port (self->leg), self->session,
      ++self->version, yihu_sdp_mode_answer (offer->mode, YIHU_SDP_SENDRECV));
}

void
yihu_party_set_remote (YihuParty *self, const YihuSessionDescription *remote)
{
  self->is_held = remote->mode == YIHU_SDP_SENDONLY || remote->mode == YIHU_SDP_INACTIVE;
  yihu_media_set_remote (self->media, self->leg, remote);
}

void
yihu_party_join (YihuParty *self, YihuMediaRoom *room)
{
  yihu_media_join (self->media, room, self->leg);
}

YihuPartyNews
yihu_silence_judge (YihuSilence *self, guint silence_ms, gboolean is_held)
{
  if (silence_ms < YIHU_PARTY_LOST_MS)
    {
      gboolean was_lost = self->is_lost;
      self->is_lost = FALSE;
      return was_lost ? YIHU_PARTY_CAME_BACK : YIHU_PARTY_NO_NEWS;
    }
  /* Who holds may well be silent. */
  if (!self->is_lost && !is_held)
    {
      self->is_lost = TRUE;
      self->probed_ms = silence_ms;
      return YIHU_PARTY_WENT_SILENT;
    }
  if (self->is_lost && silence_ms - self->probed_ms >= YIHU_PARTY_PROBE_MS)
    {
      self->probed_ms = silence_ms;
      return YIHU_PARTY_STILL_SILENT;
    }
  return YIHU_PARTY_NO_NEWS;
}

YihuPartyNews
yihu_party_check_sound (YihuParty *self)
{
  return yihu_silence_judge (&self->silence, yihu_media_get_silence_ms (self->media, self->leg),
                             self->is_held);
}

void
yihu_party_get_quality (YihuParty *self, YihuLegQuality *quality)
{
  yihu_media_get_quality (self->media, self->leg, quality);
}
