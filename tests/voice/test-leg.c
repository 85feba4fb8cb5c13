/* SPDX-License-Identifier: GPL-3.0-or-later */

/* RTP packets as a table, both laws of G.711, and one leg: whose packets count, what is counted,
 * concealment, the restart of a sender. */

#include "voice/room/concealment.h"
#include "voice/room/leg.h"
#include "voice/room/rtp-packet.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <string.h>

/* Packets */

typedef struct
{
  const char *name;
  const char *hex;
  int length; /* of the payload, -1: refused */
} PacketCase;

static const PacketCase packet_cases[] = {
  { "plain", "80080001000000a000000001d5d5", 2 },
  { "marker, no payload", "80880001000000a000000001", 0 },
  { "one contributing source", "81080001000000a00000000111111111d5", 1 },
  { "extension of one word", "90080001000000a000000001bede000122222222d5d5d5", 3 },
  { "padding of two", "a0080001000000a000000001d5d50002", 2 },
  { "empty", "", -1 },
  { "eleven bytes", "80080001000000a0000000", -1 },
  { "version 1", "40080001000000a000000001d5", -1 },
  { "sources missing", "8f080001000000a000000001d5", -1 },
  { "extension header cut", "90080001000000a000000001bede", -1 },
  { "extension longer than the packet", "90080001000000a000000001bedeffff00000000", -1 },
  { "padding of zero", "a0080001000000a000000001d500", -1 },
  { "padding longer than the payload", "a0080001000000a000000001d503", -1 },
};

static gsize
from_hex (const char *hex, guint8 *data)
{
  gsize n = strlen (hex) / 2;

  for (gsize i = 0; i < n; i++)
    data[i] =
        (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return n;
}

static void
test_packets (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (packet_cases); i++)
    {
      const PacketCase *c = &packet_cases[i];
      guint8 data[64];
      YihuRtpPacket packet;
      gboolean ok = yihu_rtp_packet_parse (data, from_hex (c->hex, data), &packet);

      g_test_message ("%s", c->name);
      g_assert_cmpint (ok ? (int) packet.length : -1, ==, c->length);
      if (!ok)
        continue;
      g_assert_cmpuint (packet.payload_type, ==, 8);
      g_assert_cmpuint (packet.sequence, ==, 1);
      g_assert_cmpuint (packet.timestamp, ==, 160);
      g_assert_cmpuint (packet.source, ==, 1);
    }
}

static void
test_packet_is_read_back (void)
{
  const guint8 payload[3] = { 1, 2, 3 };
  YihuRtpPacket packet = { 101, TRUE, 65535, 4294967295u, 77, payload, 3 };
  YihuRtpPacket back;
  guint8 data[15];

  g_assert_cmpuint (yihu_rtp_packet_write (&packet, data, 14), ==, 0);
  g_assert_cmpuint (yihu_rtp_packet_write (&packet, data, 15), ==, 15);
  g_assert_true (yihu_rtp_packet_parse (data, 15, &back));
  g_assert_cmpuint (back.payload_type, ==, 101);
  g_assert_true (back.marker);
  g_assert_cmpuint (back.sequence, ==, 65535);
  g_assert_cmpuint (back.timestamp, ==, 4294967295u);
  g_assert_cmpmem (back.payload, back.length, payload, 3);
}

/* G.711: decode of each octet is a fixed point, and the error is within the step of its segment. */
static void
test_codec (void)
{
  const YihuCodec codecs[] = { YIHU_CODEC_PCMA, YIHU_CODEC_PCMU };

  for (guint c = 0; c < 2; c++)
    {
      for (guint octet = 0; octet < 256; octet++)
        {
          guint8 in = (guint8) octet;
          guint8 out;
          gint16 sample;
          gint16 again;

          yihu_codec_decode (codecs[c], &in, 1, &sample);
          yihu_codec_encode (codecs[c], &sample, 1, &out);
          yihu_codec_decode (codecs[c], &out, 1, &again);
          g_assert_cmpint (sample, ==, again); /* mu law has two zeros */
        }
      for (int value = -32768; value <= 32767; value += 13)
        {
          gint16 in = (gint16) value;
          gint16 back;
          guint8 octet;

          yihu_codec_encode (codecs[c], &in, 1, &octet);
          yihu_codec_decode (codecs[c], &octet, 1, &back);
          g_assert_cmpint (ABS (back - value), <=, MAX (16, ABS (value) / 15));
        }
    }
}

/* Vectors of ITU-T G.711: silence and full scale. */
static void
test_codec_vectors (void)
{
  const guint8 alaw[] = { 0xd5, 0x55, 0xaa, 0x2a };
  const gint16 alaw_samples[] = { 8, -8, 32256, -32256 };
  const guint8 ulaw[] = { 0xff, 0x7f, 0x80, 0x00 };
  const gint16 ulaw_samples[] = { 0, 0, 32124, -32124 };
  gint16 samples[4];

  yihu_codec_decode (YIHU_CODEC_PCMA, alaw, 4, samples);
  g_assert_cmpmem (samples, sizeof samples, alaw_samples, sizeof alaw_samples);
  yihu_codec_decode (YIHU_CODEC_PCMU, ulaw, 4, samples);
  g_assert_cmpmem (samples, sizeof samples, ulaw_samples, sizeof ulaw_samples);
}

/* The leg */

typedef struct
{
  YihuLeg *leg;
  guint32 source;
  guint payload_type;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  YihuSessionDescription remote = {
    .host = "127.0.0.1", .port = 4000, .mode = YIHU_SDP_SENDRECV, .codec = YIHU_CODEC_PCMA
  };

  f->leg = yihu_leg_new ();
  f->source = 1;
  f->payload_type = 8;
  yihu_leg_set_remote (f->leg, &remote);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  yihu_leg_free (f->leg);
}

static gboolean
receive (Fixture *f, guint port, guint16 sequence)
{
  struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons (port) };
  guint8 payload[160];
  guint8 data[YIHU_RTP_MAX_BYTES];
  YihuRtpPacket packet = { .payload_type = (guint8) f->payload_type,
                           .sequence = sequence,
                           .timestamp = sequence * 160u,
                           .source = f->source,
                           .payload = payload,
                           .length = sizeof payload };

  memset (payload, 0x2a, sizeof payload);
  from.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  return yihu_leg_receive (f->leg, data, yihu_rtp_packet_write (&packet, data, sizeof data),
                           (struct sockaddr *) &from, (gint64) sequence * 20000);
}

static guint
sends_to (Fixture *f)
{
  gint16 silence[YIHU_FRAME_SAMPLES] = { 0 };
  guint8 packet[YIHU_RTP_MAX_BYTES];
  const struct sockaddr *to;
  socklen_t to_length;

  if (yihu_leg_make_packet (f->leg, silence, packet, &to, &to_length) == 0)
    return 0;
  return ntohs (((const struct sockaddr_in *) to)->sin_port);
}

static void
test_whose_packets (Fixture *f, gconstpointer data)
{
  YihuLegQuality q;

  g_assert_cmpuint (sends_to (f), ==, 4000); /* as told, before anything came */
  g_assert_true (receive (f, 5000, 1)); /* a NAT changed the port: latched */
  g_assert_cmpuint (sends_to (f), ==, 5000);
  g_assert_false (receive (f, 6000, 2)); /* a stranger */
  g_assert_true (receive (f, 5000, 3));
  g_assert_true (receive (f, 4000, 4)); /* the address that was told always wins */
  g_assert_false (receive (f, 5000, 5));
  g_assert_cmpuint (sends_to (f), ==, 4000);
  yihu_leg_get_quality (f->leg, &q);
  g_assert_cmpuint (q.n_foreign, ==, 2);
  g_assert_cmpuint (q.n_received, ==, 3);
}

static void
test_nowhere_to_send (Fixture *f, gconstpointer data)
{
  YihuSessionDescription nowhere = {
    .host = "", .port = 4000, .mode = YIHU_SDP_SENDRECV, .codec = YIHU_CODEC_PCMA
  };

  yihu_leg_set_remote (f->leg, &nowhere);
  g_assert_cmpuint (sends_to (f), ==, 0);
}

static void
test_not_for_us (Fixture *f, gconstpointer data)
{
  struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons (4000) };
  const guint8 rtcp[] = { 0x80, 200, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 };

  f->payload_type = 101; /* telephone-event */
  g_assert_false (receive (f, 4000, 1));
  f->payload_type = 0; /* the other law */
  g_assert_false (receive (f, 4000, 1));
  g_assert_false (yihu_leg_receive (f->leg, rtcp, sizeof rtcp, (struct sockaddr *) &from, 0));
  g_assert_false (yihu_leg_receive (f->leg, rtcp, 3, (struct sockaddr *) &from, 0));
}

static void
test_counting (Fixture *f, gconstpointer data)
{
  YihuLegQuality q;

  for (guint n = 65500; n < 65500 + 100; n++)
    if (n % 10 != 5)
      receive (f, 4000, (guint16) n);
  yihu_leg_get_quality (f->leg, &q);
  g_assert_cmpuint (q.n_received, ==, 90);
  g_assert_cmpuint (q.n_lost, ==, 10);
  g_assert_cmpfloat (q.mos, <, 4.0);
  receive (f, 4000, (guint16) 65595); /* overtaken, not lost */
  yihu_leg_get_quality (f->leg, &q);
  g_assert_cmpuint (q.n_lost, ==, 9);

  f->source = 2; /* the peer's phone was started anew: new numbers, nothing lost by that */
  receive (f, 4000, 20000);
  yihu_leg_get_quality (f->leg, &q);
  g_assert_cmpuint (q.n_lost, ==, 9);
}

static void
test_clean_line (Fixture *f, gconstpointer data)
{
  YihuLegQuality q;

  for (guint n = 0; n < 500; n++)
    receive (f, 4000, (guint16) n);
  yihu_leg_get_quality (f->leg, &q);
  g_assert_cmpfloat_with_epsilon (q.jitter_ms, 0, 0.001);
  g_assert_cmpfloat_with_epsilon (q.mos, 4.38, 0.02);
}

/* A tone with holes: nearly as loud as without, and without clicks; then it fades to nothing. */
static void
test_concealment_of_a_tone (void)
{
  YihuConcealment concealment;
  double energy[2] = { 0, 0 };
  gint16 frame[YIHU_FRAME_SAMPLES];
  int last = 0;
  int largest_step = 0;

  yihu_concealment_init (&concealment);
  g_assert_false (yihu_concealment_fill (&concealment, frame)); /* nothing to go by yet */
  for (guint n = 0; n < 205; n++)
    {
      gint16 original[YIHU_FRAME_SAMPLES];

      for (guint i = 0; i < YIHU_FRAME_SAMPLES; i++)
        original[i] = (gint16) (8000 * sin (2 * G_PI * 200 * (n * YIHU_FRAME_SAMPLES + i) / 8000));
      memcpy (frame, original, sizeof frame);
      if (n % 10 == 9)
        g_assert_true (yihu_concealment_fill (&concealment, frame));
      else
        yihu_concealment_take (&concealment, frame);
      for (guint i = 0; i < YIHU_FRAME_SAMPLES; i++)
        {
          energy[0] += original[i] * original[i];
          energy[1] += frame[i] * frame[i];
          largest_step = MAX (largest_step, ABS (frame[i] - last));
          last = frame[i];
        }
    }
  g_assert_cmpfloat (energy[1] / energy[0], >, 0.9);
  g_assert_cmpfloat (energy[1] / energy[0], <=, 1.01);
  g_assert_cmpint (largest_step, <, 1700); /* the tone itself: 8000 * 2 pi 200 / 8000 = 1257 */

  for (guint n = 0; n < YIHU_CONCEALMENT_FRAMES; n++)
    g_assert_true (yihu_concealment_fill (&concealment, frame));
  g_assert_cmpint (ABS (frame[YIHU_FRAME_SAMPLES - 1]), <, 100);
  g_assert_false (yihu_concealment_fill (&concealment, frame));
  g_assert_cmpint (frame[80], ==, 0);
}

/* A missing frame is concealed, ever quieter, and then the leg is silent. */
static void
test_concealment (Fixture *f, gconstpointer data)
{
  const gint16 *frame;
  guint n_concealed = 0;

  g_assert_false (yihu_leg_pull (f->leg, &frame));
  for (guint16 n = 0; n < 10; n++)
    receive (f, 4000, n);
  for (guint n = 0; n < 10; n++)
    g_assert_true (yihu_leg_pull (f->leg, &frame));
  g_assert_cmpuint (yihu_leg_get_silent_ticks (f->leg), ==, 10);
  while (yihu_leg_pull (f->leg, &frame))
    n_concealed++;
  g_assert_cmpuint (n_concealed, >=, 1);
  g_assert_cmpuint (n_concealed, <=, 4);
  g_assert_cmpuint (yihu_leg_get_silent_ticks (f->leg), ==, 11 + n_concealed);
  receive (f, 4000, 20);
  g_assert_cmpuint (yihu_leg_get_silent_ticks (f->leg), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voice/rtp-packet/table", test_packets);
  g_test_add_func ("/voice/rtp-packet/back", test_packet_is_read_back);
  g_test_add_func ("/voice/codec/round-trip", test_codec);
  g_test_add_func ("/voice/codec/vectors", test_codec_vectors);
  g_test_add_func ("/voice/concealment/tone", test_concealment_of_a_tone);
  g_test_add ("/voice/leg/whose-packets", Fixture, NULL, set_up, test_whose_packets, tear_down);
  g_test_add ("/voice/leg/nowhere", Fixture, NULL, set_up, test_nowhere_to_send, tear_down);
  g_test_add ("/voice/leg/not-for-us", Fixture, NULL, set_up, test_not_for_us, tear_down);
  g_test_add ("/voice/leg/counting", Fixture, NULL, set_up, test_counting, tear_down);
  g_test_add ("/voice/leg/clean-line", Fixture, NULL, set_up, test_clean_line, tear_down);
  g_test_add ("/voice/leg/concealment", Fixture, NULL, set_up, test_concealment, tear_down);
  return g_test_run ();
}
