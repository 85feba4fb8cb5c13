/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Receiving: parse, check the source, count, decode, buffer. Playing: a frame, or what is
 * made up for the first few missing ones, then silence. Sending: encode and number.
 *
 * Whose packets count: those of the address in the session description; where a NAT changed it,
 * those of the first one who sent proper RTP, until the right address speaks. */

#include "voice/room/leg.h"

#include "voice/room/concealment.h"
#include "voice/room/jitter-buffer.h"
#include "voice/room/rtp-packet.h"

#include <gio/gio.h>
#include <math.h>
#include <netinet/in.h>
#include <string.h>

#define MAX_PACKET_SAMPLES 960

struct _YihuLeg
{
  YihuLegMode mode;
  YihuLeg *coach; /* (nullable), not owned: cleared by the room when it goes */
  YihuCodec codec;
  gboolean is_held;
  struct sockaddr_storage told; /* by the session description */
  struct sockaddr_storage latched;
  gboolean has_told;
  gboolean has_latched;

  YihuJitterBuffer *buffer; /* (owned) */
  YihuConcealment concealment;
  gint16 frame[YIHU_FRAME_SAMPLES];
  guint silent_ticks;

  guint16 sequence; /* of what we send */
  guint32 timestamp;
  guint32 source;

  guint32 their_source;
  gboolean has_their_source;
  guint16 highest;
  gint64 transit;
  double jitter; /* timestamp units */
  YihuLegQuality quality;
};

YihuLeg *
yihu_leg_new (void)
{
  YihuLeg *self = g_new0 (YihuLeg, 1);

  self->codec = YIHU_CODEC_PCMA;
  self->buffer = yihu_jitter_buffer_new ();
  self->sequence = (guint16) g_random_int ();
  self->timestamp = g_random_int ();
  self->source = g_random_int ();
  yihu_concealment_init (&self->concealment);
  return self;
}

void
yihu_leg_free (YihuLeg *self)
{
  if (self == NULL)
    return;
  yihu_jitter_buffer_free (self->buffer);
  g_free (self);
}

void
yihu_leg_set_remote (YihuLeg *self, const YihuSessionDescription *remote)
{
  g_autoptr (GSocketAddress) address = NULL;

  self->codec = remote->codec;
  self->is_held = remote->mode == YIHU_SDP_SENDONLY || remote->mode == YIHU_SDP_INACTIVE;
  self->has_told = FALSE;
  self->has_latched = FALSE;
  if (remote->host[0] == '\0')
    return;
  address = g_inet_socket_address_new_from_string (remote->host, remote->port);
  memset (&self->told, 0, sizeof self->told);
  self->has_told =
      address != NULL && g_socket_address_to_native (address, &self->told, sizeof self->told, NULL);
}

void
yihu_leg_set_mode (YihuLeg *self, YihuLegMode mode, YihuLeg *coach)
{
  self->mode = mode;
  self->coach = coach;
}

YihuLegMode
yihu_leg_get_mode (YihuLeg *self)
{
  return self->mode;
}

YihuLeg *
yihu_leg_get_coach (YihuLeg *self)
{
  return self->coach;
}

gboolean
yihu_leg_is_held (YihuLeg *self)
{
  return self->is_held;
}

static gboolean
same_address (const struct sockaddr *a, const struct sockaddr *b)
{
  if (a->sa_family != b->sa_family)
    return FALSE;
  if (a->sa_family == AF_INET)
    {
      const struct sockaddr_in *x = (const struct sockaddr_in *) a;
      const struct sockaddr_in *y = (const struct sockaddr_in *) b;
      return x->sin_port == y->sin_port && x->sin_addr.s_addr == y->sin_addr.s_addr;
    }
  if (a->sa_family == AF_INET6)
    {
      const struct sockaddr_in6 *x = (const struct sockaddr_in6 *) a;
      const struct sockaddr_in6 *y = (const struct sockaddr_in6 *) b;
      return x->sin6_port == y->sin6_port
             && memcmp (&x->sin6_addr, &y->sin6_addr, sizeof x->sin6_addr) == 0;
    }
  return FALSE;
}

static void
latch (YihuLeg *self, const struct sockaddr *from)
{
  memset (&self->latched, 0, sizeof self->latched);
  memcpy (&self->latched, from,
          from->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in));
  self->has_latched = TRUE;
  self->has_their_source = FALSE;
}

static gboolean
accept_source (YihuLeg *self, const struct sockaddr *from)
{
  if (from->sa_family != AF_INET && from->sa_family != AF_INET6)
    return FALSE;
  if (self->has_latched && same_address (from, (struct sockaddr *) &self->latched))
    return TRUE;
  if (!self->has_latched || same_address (from, (struct sockaddr *) &self->told))
    {
      latch (self, from);
      return TRUE;
    }
  return FALSE;
}

static void
count_packet (YihuLeg *self, const YihuRtpPacket *packet, gint64 arrived_us)
{
  gint64 transit = arrived_us * 8 / 1000 - (gint64) packet->timestamp;
  gint16 ahead = (gint16) (packet->sequence - self->highest); /* signed: survives the wrap */

  if (!self->has_their_source || self->their_source != packet->source)
    {
      /* A new stream: its numbers have nothing to do with the old one's. */
      yihu_jitter_buffer_reset (self->buffer);
      self->has_their_source = TRUE;
      self->their_source = packet->source;
      self->highest = packet->sequence;
      self->transit = transit;
      self->quality.n_received++;
      return;
    }
  self->jitter += (fabs ((double) (gint32) (transit - self->transit)) - self->jitter) / 16;
  self->transit = transit;
  self->quality.n_received++;
  if (ahead > 0)
    {
      self->quality.n_lost += (guint64) ahead - 1;
      self->highest = packet->sequence;
    }
  else if (ahead < 0 && self->quality.n_lost > 0)
    self->quality.n_lost--; /* it had only been overtaken */
}

gboolean
yihu_leg_receive (YihuLeg *self,
                  const guint8 *data,
                  gsize length,
                  const struct sockaddr *from,
                  gint64 arrived_us)
{
  gint16 samples[MAX_PACKET_SAMPLES];
  YihuRtpPacket packet;

  if (!yihu_rtp_packet_parse (data, length, &packet) || packet.length == 0
      || packet.length > MAX_PACKET_SAMPLES || packet.payload_type != (guint) self->codec)
    return FALSE;
  if (!accept_source (self, from))
    {
      self->quality.n_foreign++;
      return FALSE;
    }
  self->silent_ticks = 0;
  count_packet (self, &packet, arrived_us);
  yihu_codec_decode (self->codec, packet.payload, packet.length, samples);
  if (!yihu_jitter_buffer_put (self->buffer, packet.timestamp, samples, packet.length))
    self->quality.n_late++;
  return TRUE;
}

gboolean
yihu_leg_pull (YihuLeg *self, const gint16 **frame)
{
  *frame = self->frame;
  self->silent_ticks++;
  if (yihu_jitter_buffer_pull (self->buffer, self->frame) != YIHU_JITTER_FRAME)
    return yihu_concealment_fill (&self->concealment, self->frame);
  yihu_concealment_take (&self->concealment, self->frame);
  return TRUE;
}

gsize
yihu_leg_make_packet (YihuLeg *self,
                      const gint16 *frame,
                      guint8 *packet,
                      const struct sockaddr **to,
                      socklen_t *to_length)
{
  guint8 payload[YIHU_FRAME_SAMPLES];
  struct sockaddr_storage *target = self->has_latched ? &self->latched : &self->told;
  YihuRtpPacket rtp = { .payload_type = (guint8) self->codec,
                        .sequence = self->sequence,
                        .timestamp = self->timestamp,
                        .source = self->source,
                        .payload = payload,
                        .length = YIHU_FRAME_SAMPLES };

  self->timestamp += YIHU_FRAME_SAMPLES;
  if (!self->has_told || self->is_held)
    return 0;
  self->sequence++;
  self->quality.n_sent++;
  yihu_codec_encode (self->codec, frame, YIHU_FRAME_SAMPLES, payload);
  *to = (struct sockaddr *) target;
  *to_length =
      target->ss_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in);
  return yihu_rtp_packet_write (&rtp, packet, YIHU_RTP_MAX_BYTES);
}

guint
yihu_leg_get_silent_ticks (YihuLeg *self)
{
  return self->silent_ticks;
}

/* R = 93.2 - Id - Ie,eff (ITU-T G.107), Ie = 0 and Bpl = 25.1 for G.711 with concealment (G.113,
 * appendix I); delay = one packet, the buffer and the jitter itself. */
static double
estimate_mos (double loss_percent, double jitter_ms)
{
  double delay_ms = 20 + 40 + jitter_ms;
  double delay = 0.024 * delay_ms + 0.11 * MAX (0, delay_ms - 177.3);
  double loss = 95 * loss_percent / (loss_percent + 25.1);
  double r = CLAMP (93.2 - delay - loss, 0, 100);

  return 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r);
}

void
yihu_leg_get_quality (YihuLeg *self, YihuLegQuality *quality)
{
  guint64 n_expected = self->quality.n_received + self->quality.n_lost;
  double loss = n_expected > 0 ? 100.0 * (double) self->quality.n_lost / (double) n_expected : 0;

  *quality = self->quality;
  quality->jitter_ms = self->jitter / 8;
  quality->mos = estimate_mos (loss, quality->jitter_ms);
}
