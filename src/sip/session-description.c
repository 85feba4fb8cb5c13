/* SPDX-License-Identifier: GPL-3.0-or-later */

/* SDP by sofia's parser, reduced to one G.711 stream. An answer must repeat every m= line of the
 * offer (RFC 3264, section 6), so the kinds of the other streams are kept and refused with port 0.
 * Knows no sockets and no dialogs. */

#include "sip/session-description.h"

#include "base/error.h"

#include <gio/gio.h>
#include <sofia-sip/sdp.h>
#include <string.h>

#define TELEPHONE_EVENT 101

static gboolean
set_host (YihuSessionDescription *self, const sdp_media_t *media, GError **error)
{
  const sdp_connection_t *connection = sdp_media_connections (media);
  g_autoptr (GInetAddress) address = NULL;

  if (connection == NULL || connection->c_address == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "SDP: audio without c= line");
      return FALSE;
    }
  address = g_inet_address_new_from_string (connection->c_address);
  if (address == NULL || g_inet_address_get_is_multicast (address))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED, "SDP: c= is no unicast address");
      return FALSE;
    }
  if (!g_inet_address_get_is_any (address))
    g_strlcpy (self->host, connection->c_address, sizeof self->host);
  return TRUE;
}

static void
set_codecs (YihuSessionDescription *self, const sdp_media_t *media)
{
  self->codec = YIHU_CODEC_NONE;
  self->telephone_event = -1;
  for (const sdp_rtpmap_t *map = media->m_rtpmaps; map != NULL; map = map->rm_next)
    {
      if (self->codec == YIHU_CODEC_NONE
          && (map->rm_pt == YIHU_CODEC_PCMA || map->rm_pt == YIHU_CODEC_PCMU))
        self->codec = (YihuCodec) map->rm_pt;
      if (self->telephone_event < 0 && map->rm_encoding != NULL
          && g_ascii_strcasecmp (map->rm_encoding, "telephone-event") == 0 && map->rm_rate == 8000
          && map->rm_pt >= 96)
        self->telephone_event = map->rm_pt;
    }
}

static gboolean
take_audio (YihuSessionDescription *self, const sdp_media_t *media, GError **error)
{
  set_codecs (self, media);
  if (media->m_proto != sdp_proto_rtp || self->codec == YIHU_CODEC_NONE)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED, "SDP: no G.711 over RTP/AVP");
      return FALSE;
    }
  if (media->m_port > 65535)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "SDP: port out of range");
      return FALSE;
    }
  self->port = (guint16) media->m_port;
  self->mode = (YihuSdpMode) media->m_mode;
  return set_host (self, media, error);
}

static gboolean
read_session (const sdp_session_t *session, YihuSessionDescription *self, GError **error)
{
  const sdp_media_t *audio = NULL;

  for (const sdp_media_t *media = session->sdp_media; media != NULL; media = media->m_next)
    {
      if (self->n_media == YIHU_SDP_MAX_MEDIA)
        {
          g_set_error (error, YIHU_ERROR, YIHU_ERROR_TOO_LARGE, "SDP: more than %d streams",
                       YIHU_SDP_MAX_MEDIA);
          return FALSE;
        }
      if (audio == NULL && media->m_type == sdp_media_audio && media->m_port > 0)
        {
          audio = media;
          self->audio = self->n_media;
        }
      g_strlcpy (self->media[self->n_media++],
                 media->m_type_name != NULL ? media->m_type_name : "audio", sizeof self->media[0]);
    }
  if (audio == NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED, "SDP: no audio stream");
      return FALSE;
    }
  return take_audio (self, audio, error);
}

gboolean
yihu_session_description_parse (const char *data,
                                gsize length,
                                YihuSessionDescription *description,
                                GError **error)
{
  su_home_t home[1] = { SU_HOME_INIT (home) };
  sdp_parser_t *parser;
  const sdp_session_t *session;
  gboolean ok = FALSE;

  memset (description, 0, sizeof *description);
  description->codec = YIHU_CODEC_NONE;
  description->telephone_event = -1;
  if (length > YIHU_SDP_MAX_BYTES)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_TOO_LARGE, "SDP: more than %d bytes",
                   YIHU_SDP_MAX_BYTES);
      return FALSE;
    }
  if (data == NULL || length == 0 || memchr (data, '\0', length) != NULL)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "SDP: empty or with a NUL byte");
      return FALSE;
    }
  su_home_init (home);
  parser = sdp_parse (home, data, (issize_t) length, 0);
  session = sdp_session (parser);
  if (session != NULL)
    ok = read_session (session, description, error);
  else
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "SDP: malformed");
  sdp_parser_free (parser);
  su_home_deinit (home);
  return ok;
}

YihuSdpMode
yihu_sdp_mode_answer (YihuSdpMode theirs, YihuSdpMode ours)
{
  /* Bit 0 is "sends", bit 1 "receives": what one sends the other may only receive. */
  guint mirrored = ((theirs & 1u) << 1) | (theirs >> 1);

  return (YihuSdpMode) (mirrored & ours);
}

static void
append_head (GString *text, const char *host, guint64 session, guint version)
{
  const char *family = strchr (host, ':') != NULL ? "IP6" : "IP4";

  g_string_append_printf (text,
                          "v=0\r\no=yihu %" G_GUINT64_FORMAT " %u IN %s %s\r\ns=yihu\r\n"
                          "c=IN %s %s\r\nt=0 0\r\n",
                          session, version, family, host, family, host);
}

static void
append_tail (GString *text, int telephone_event, YihuSdpMode mode)
{
  static const char *const modes[] = { "inactive", "sendonly", "recvonly", "sendrecv" };

  if (telephone_event >= 0)
    g_string_append_printf (text, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\n",
                            telephone_event, telephone_event);
  g_string_append_printf (text, "a=ptime:20\r\na=%s\r\n", modes[mode & 3]);
}

char *
yihu_session_description_print_offer (const char *host,
                                      guint port,
                                      guint64 session,
                                      guint version,
                                      YihuSdpMode mode)
{
  GString *text = g_string_new (NULL);

  append_head (text, host, session, version);
  g_string_append_printf (text,
                          "m=audio %u RTP/AVP 8 0 %d\r\na=rtpmap:8 PCMA/8000\r\n"
                          "a=rtpmap:0 PCMU/8000\r\n",
                          port, TELEPHONE_EVENT);
  append_tail (text, TELEPHONE_EVENT, mode);
  return g_string_free (text, FALSE);
}

static void
append_stream (GString *text, const YihuSessionDescription *offer, guint port, YihuSdpMode mode)
{
  g_string_append_printf (text, "m=audio %u RTP/AVP %d", port, offer->codec);
  if (offer->telephone_event >= 0)
    g_string_append_printf (text, " %d", offer->telephone_event);
  g_string_append_printf (text, "\r\na=rtpmap:%d %s/8000\r\n", offer->codec,
                          offer->codec == YIHU_CODEC_PCMU ? "PCMU" : "PCMA");
  append_tail (text, offer->telephone_event, mode);
}

char *
yihu_session_description_print_answer (const YihuSessionDescription *offer,
                                       const char *host,
                                       guint port,
                                       guint64 session,
                                       guint version,
                                       YihuSdpMode mode)
{
  GString *text = g_string_new (NULL);

  append_head (text, host, session, version);
  for (guint i = 0; i < offer->n_media; i++)
    if (i == offer->audio)
      append_stream (text, offer, port, mode);
    else
      g_string_append_printf (text, "m=%s 0 RTP/AVP 0\r\n", offer->media[i]);
  return g_string_free (text, FALSE);
}
