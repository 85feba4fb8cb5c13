/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A reader of our own: sofia's sdp_parse() can be made to allocate without end by 130 bytes from
 * anybody (found by fuzzing 1.12.11). One pass over the lines; session-level values are defaults of
 * the streams that follow. An answer must repeat every m= line of the offer (RFC 3264, section 6),
 * so the kinds of the other streams are kept and refused with port 0. Knows no sockets. */

#include "sip/session-description.h"

#include "base/error.h"
#include "base/number.h"

#include <gio/gio.h>
#include <string.h>

#define TELEPHONE_EVENT 101
#define MAX_PAYLOAD_TYPE 127
#define FIRST_DYNAMIC_TYPE 96

typedef struct
{
  char host[64];
  gboolean has_host;
  YihuSdpMode mode;
} Level; /* what holds for the session, or for the stream */

typedef struct
{
  YihuSessionDescription *result;
  Level session;
  Level stream; /* of the audio stream that is taken */
  gboolean has_version;
  gboolean has_origin;
  gboolean in_stream; /* behind the first m= line */
  gboolean in_audio; /* behind the m= line of the stream that is taken */
  gboolean has_audio;
  gboolean is_plain_rtp;
  gint64 port;
  char *formats; /* (owned) (nullable): payload types of the audio stream, as written */
} Reader;

static gboolean
invalid (GError **error, const char *what)
{
  g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "SDP: %s", what);
  return FALSE;
}

/* Next word of a line, NULL at its end; *@rest goes behind it. */
static char *
next_word (char **rest)
{
  char *start = *rest + strspn (*rest, " \t");
  char *end = start + strcspn (start, " \t");

  if (*start == '\0')
    return NULL;
  *rest = end;
  if (*end != '\0')
    {
      *end = '\0';
      *rest = end + 1;
    }
  return start;
}

/* c=IN IP4 10.0.0.7 */
static gboolean
read_connection (Reader *self, char *value, GError **error)
{
  Level *level = self->in_stream ? &self->stream : &self->session;
  const char *network = next_word (&value);
  const char *family = next_word (&value);
  const char *address = next_word (&value);

  if (self->in_stream && !self->in_audio)
    return TRUE;
  if (network == NULL || family == NULL || address == NULL || strcmp (network, "IN") != 0
      || !g_str_has_prefix (family, "IP") || strlen (address) >= sizeof level->host)
    return invalid (error, "c= line");
  g_strlcpy (level->host, address, sizeof level->host);
  level->has_host = TRUE;
  return TRUE;
}

/* m=audio 4000 RTP/AVP 8 0 101 */
static gboolean
read_media (Reader *self, char *value, GError **error)
{
  YihuSessionDescription *result = self->result;
  char *kind = next_word (&value);
  char *port = next_word (&value);
  const char *protocol = next_word (&value);
  gint64 number;

  if (result->n_media == YIHU_SDP_MAX_MEDIA)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_TOO_LARGE, "SDP: more than %d streams",
                   YIHU_SDP_MAX_MEDIA);
      return FALSE;
    }
  if (port != NULL)
    port[strcspn (port, "/")] = '\0'; /* "49170/2": a number of ports */
  if (protocol == NULL || !yihu_number_parse (port, 0, 65535, &number)
      || strlen (kind) >= sizeof result->media[0])
    return invalid (error, "m= line");
  self->in_stream = TRUE;
  self->in_audio = !self->has_audio && number > 0 && strcmp (kind, "audio") == 0;
  g_strlcpy (result->media[result->n_media], kind, sizeof result->media[0]);
  if (self->in_audio)
    {
      self->has_audio = TRUE;
      self->is_plain_rtp = strcmp (protocol, "RTP/AVP") == 0;
      self->port = number;
      self->formats = g_strdup (value);
      self->stream = self->session;
      result->audio = result->n_media;
    }
  result->n_media++;
  return TRUE;
}

/* a=rtpmap:97 telephone-event/8000 */
static void
read_rtpmap (Reader *self, char *value)
{
  gint64 type;

  if (!yihu_number_parse (next_word (&value), 0, MAX_PAYLOAD_TYPE, &type)
      || type < FIRST_DYNAMIC_TYPE)
    return;
  value = next_word (&value);
  if (value != NULL && g_ascii_strcasecmp (value, "telephone-event/8000") == 0
      && self->result->telephone_event < 0)
    self->result->telephone_event = (int) type;
}

static void
read_attribute (Reader *self, char *value)
{
  static const char *const modes[] = { "inactive", "sendonly", "recvonly", "sendrecv" };
  Level *level = self->in_stream ? &self->stream : &self->session;

  if (self->in_stream && !self->in_audio)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (strcmp (value, modes[i]) == 0)
      level->mode = (YihuSdpMode) i;
  if (self->in_audio && g_str_has_prefix (value, "rtpmap:"))
    read_rtpmap (self, value + strlen ("rtpmap:"));
}

/* o=- 1 1 IN IP4 10.0.0.7 */
static gboolean
read_origin (Reader *self, char *value, GError **error)
{
  guint n_words = 0;

  while (next_word (&value) != NULL)
    n_words++;
  self->has_origin = n_words == 6;
  return self->has_origin || invalid (error, "o= line");
}

static gboolean
read_line (Reader *self, char *line, GError **error)
{
  if (!g_ascii_islower (line[0]) || line[1] != '=')
    return invalid (error, "malformed line");
  if (!self->has_version)
    {
      self->has_version = strcmp (line, "v=0") == 0;
      return self->has_version || invalid (error, "no version 0");
    }
  switch (line[0])
    {
    case 'o':
      return read_origin (self, line + 2, error);
    case 'c':
      return read_connection (self, line + 2, error);
    case 'm':
      return read_media (self, line + 2, error);
    case 'a':
      read_attribute (self, line + 2);
      return TRUE;
    default:
      return TRUE;
    }
}

static gboolean
read_lines (Reader *self, char *text, GError **error)
{
  while (*text != '\0')
    {
      char *line = text;
      gsize length = strcspn (line, "\n");

      text += length + (line[length] == '\n');
      line[length] = '\0';
      if (length > 0 && line[length - 1] == '\r')
        line[length - 1] = '\0';
      if (line[0] == '\0' && *text == '\0')
        break; /* an empty line at the very end does no harm */
      if (!read_line (self, line, error))
        return FALSE;
    }
  return self->has_origin || invalid (error, "no o= line");
}

/* The first format of their list that we speak. */
static YihuCodec
choose_codec (char *formats)
{
  const char *word;

  while ((word = next_word (&formats)) != NULL)
    if (strcmp (word, "8") == 0)
      return YIHU_CODEC_PCMA;
    else if (strcmp (word, "0") == 0)
      return YIHU_CODEC_PCMU;
  return YIHU_CODEC_NONE;
}

static gboolean
take_host (Reader *self, GError **error)
{
  YihuSessionDescription *result = self->result;
  g_autoptr (GInetAddress) address = NULL;

  if (!self->stream.has_host)
    return invalid (error, "audio without c= line");
  address = g_inet_address_new_from_string (self->stream.host);
  if (address == NULL || g_inet_address_get_is_multicast (address))
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED, "SDP: c= is no unicast address");
      return FALSE;
    }
  if (!g_inet_address_get_is_any (address))
    g_strlcpy (result->host, self->stream.host, sizeof result->host);
  return TRUE;
}

static gboolean
take_audio (Reader *self, GError **error)
{
  YihuSessionDescription *result = self->result;

  if (!self->has_audio)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED, "SDP: no audio stream");
      return FALSE;
    }
  result->codec = choose_codec (self->formats);
  if (!self->is_plain_rtp || result->codec == YIHU_CODEC_NONE)
    {
      g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED, "SDP: no G.711 over RTP/AVP");
      return FALSE;
    }
  result->port = (guint16) self->port;
  result->mode = self->stream.mode;
  return take_host (self, error);
}

gboolean
yihu_session_description_parse (const char *data,
                                gsize length,
                                YihuSessionDescription *description,
                                GError **error)
{
  Reader reader = { .result = description, .session = { .mode = YIHU_SDP_SENDRECV } };
  g_autofree char *text = NULL;
  gboolean ok;

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
    return invalid (error, "empty or with a NUL byte");
  text = g_strndup (data, length);
  ok = read_lines (&reader, text, error) && take_audio (&reader, error);
  g_free (reader.formats);
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
