/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The mix in exact integers for every subset of modes of four legs; clipping; a room of legs fed
 * with packets hears them; a leg that leaves is no coach any more; held legs. */

#include "voice/room/room.h"
#include "voice/room/rtp-packet.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define N 4

/* Powers of seven times a sign per sample: any wrong term shows in the sum. */
static void
fill (gint16 *frame, int leg)
{
  static const int weights[N] = { 1, 7, 49, 343 };

  for (int k = 0; k < YIHU_FRAME_SAMPLES; k++)
    frame[k] = (gint16) (weights[leg] * (k % 21 - 10));
}

typedef enum
{
  ABSENT,
  TALKS,
  LISTENS,
  WHISPERS, /* to the next leg */
  N_KINDS,
} Kind;

static int
expect (const Kind *kinds, gint16 in[N][YIHU_FRAME_SAMPLES], int to, int k)
{
  int sum = 0;

  for (int from = 0; from < N; from++)
    {
      if (kinds[from] == TALKS && from != to)
        sum += in[from][k];
      if (kinds[from] == WHISPERS && (from + 1) % N == to)
        sum += in[from][k];
    }
  return sum;
}

static void
check_subset (const Kind *kinds, gint16 in[N][YIHU_FRAME_SAMPLES])
{
  static const YihuLegMode modes[] = { YIHU_LEG_TALK, YIHU_LEG_TALK, YIHU_LEG_LISTEN,
                                       YIHU_LEG_WHISPER };
  YihuMixLeg legs[N];
  gint16 sum[YIHU_FRAME_SAMPLES];

  for (int i = 0; i < N; i++)
    {
      legs[i].in = kinds[i] == ABSENT ? NULL : in[i];
      legs[i].mode = modes[kinds[i]];
      legs[i].coach = (i + 1) % N;
    }
  yihu_room_mix (legs, N, sum);
  for (int k = 0; k < YIHU_FRAME_SAMPLES; k++)
    {
      int total = 0;
      for (int i = 0; i < N; i++)
        {
          g_assert_cmpint (legs[i].out[k], ==, expect (kinds, in, i, k));
          total += kinds[i] == TALKS ? in[i][k] : 0;
        }
      g_assert_cmpint (sum[k], ==, total);
    }
}

static void
test_every_subset (void)
{
  gint16 in[N][YIHU_FRAME_SAMPLES];

  for (int i = 0; i < N; i++)
    fill (in[i], i);
  for (int n = 0; n < N_KINDS * N_KINDS * N_KINDS * N_KINDS; n++)
    {
      Kind kinds[N];
      for (int i = 0, rest = n; i < N; i++, rest /= N_KINDS)
        kinds[i] = (Kind) (rest % N_KINDS);
      check_subset (kinds, in);
    }
}

static void
test_clipping (void)
{
  gint16 loud[YIHU_FRAME_SAMPLES];
  gint16 deep[YIHU_FRAME_SAMPLES];
  YihuMixLeg legs[3] = { { .in = loud, .coach = -1 },
                         { .in = loud, .coach = -1 },
                         { .in = deep, .coach = -1 } };

  for (int k = 0; k < YIHU_FRAME_SAMPLES; k++)
    {
      loud[k] = 30000;
      deep[k] = -32768;
    }
  yihu_room_mix (legs, 3, NULL);
  g_assert_cmpint (legs[2].out[0], ==, 32767); /* 60000, once clipped */
  g_assert_cmpint (legs[0].out[0], ==, -2768); /* the sum is not clipped before the subtraction */
}

/* Legs */

static struct sockaddr_in
address (guint port)
{
  struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons (port) };

  a.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  return a;
}

static void
feed (YihuLeg *leg, guint port, guint n, gint16 value)
{
  struct sockaddr_in from = address (port);
  gint16 samples[YIHU_FRAME_SAMPLES];
  guint8 payload[YIHU_FRAME_SAMPLES];
  guint8 data[YIHU_RTP_MAX_BYTES];
  YihuRtpPacket packet = { .payload_type = 8,
                           .sequence = (guint16) (65530 + n),
                           .timestamp = 4294967000u + n * YIHU_FRAME_SAMPLES,
                           .source = port,
                           .payload = payload,
                           .length = sizeof payload };

  for (guint k = 0; k < YIHU_FRAME_SAMPLES; k++)
    samples[k] = value;
  yihu_codec_encode (YIHU_CODEC_PCMA, samples, YIHU_FRAME_SAMPLES, payload);
  yihu_leg_receive (leg, data, yihu_rtp_packet_write (&packet, data, sizeof data),
                    (struct sockaddr *) &from, n * 20000);
}

static YihuLeg *
new_leg (guint port, YihuSdpMode mode)
{
  YihuSessionDescription remote = {
    .host = "127.0.0.1", .port = (guint16) port, .mode = mode, .codec = YIHU_CODEC_PCMA
  };
  YihuLeg *leg = yihu_leg_new ();

  yihu_leg_set_remote (leg, &remote);
  return leg;
}

typedef struct
{
  gint16 heard[4]; /* first sample of the newest packet to port i */
  guint n[4];
} Sent;

static void
on_send (YihuLeg *leg,
         const guint8 *data,
         gsize length,
         const struct sockaddr *to,
         socklen_t to_length,
         gpointer user_data)
{
  Sent *sent = user_data;
  guint port = ntohs (((const struct sockaddr_in *) to)->sin_port);
  gint16 samples[YIHU_FRAME_SAMPLES];
  YihuRtpPacket packet;

  g_assert_true (yihu_rtp_packet_parse (data, length, &packet));
  g_assert_cmpuint (packet.length, ==, YIHU_FRAME_SAMPLES);
  yihu_codec_decode (YIHU_CODEC_PCMA, packet.payload, packet.length, samples);
  sent->heard[port] = samples[80];
  sent->n[port]++;
}

static gint16
quantized (gint16 value)
{
  guint8 octet;
  gint16 back;

  yihu_codec_encode (YIHU_CODEC_PCMA, &value, 1, &octet);
  yihu_codec_decode (YIHU_CODEC_PCMA, &octet, 1, &back);
  return back;
}

static void
test_three_legs (void)
{
  g_autoptr (YihuRoom) room = yihu_room_new ();
  YihuLeg *legs[3];
  Sent sent = { 0 };

  for (guint i = 0; i < 3; i++)
    {
      legs[i] = new_leg (i + 1, YIHU_SDP_SENDRECV);
      yihu_room_add (room, legs[i]);
      yihu_room_add (room, legs[i]); /* twice is once */
    }
  g_assert_cmpuint (yihu_room_get_size (room), ==, 3);
  for (guint n = 0; n < 20; n++)
    {
      feed (legs[0], 1, n, 1000);
      feed (legs[1], 2, n, 4000);
      yihu_room_tick (room, on_send, &sent, NULL);
    }
  g_assert_cmpuint (sent.n[1], ==, 20);
  g_assert_cmpint (sent.heard[1], ==, quantized (quantized (4000)));
  g_assert_cmpint (sent.heard[2], ==, quantized (quantized (1000)));
  g_assert_cmpint (sent.heard[3], ==, quantized (quantized (1000) + quantized (4000)));

  /* The third whispers to the first, who then leaves. */
  yihu_leg_set_mode (legs[2], YIHU_LEG_WHISPER, legs[0]);
  yihu_room_remove (room, legs[0]);
  g_assert_null (yihu_leg_get_coach (legs[2]));
  g_assert_cmpint (yihu_leg_get_mode (legs[2]), ==, YIHU_LEG_LISTEN);
  yihu_leg_free (legs[0]);
  yihu_room_tick (room, on_send, &sent, NULL);
  g_assert_cmpuint (sent.n[1], ==, 20);
  for (guint i = 1; i < 3; i++)
    yihu_leg_free (legs[i]);
}

static void
test_held_leg (void)
{
  g_autoptr (YihuRoom) room = yihu_room_new ();
  g_autoptr (YihuLeg) holder = new_leg (1, YIHU_SDP_SENDONLY);
  g_autoptr (YihuLeg) other = new_leg (2, YIHU_SDP_SENDRECV);
  Sent sent = { 0 };

  yihu_room_add (room, holder);
  yihu_room_add (room, other);
  for (guint n = 0; n < 10; n++)
    {
      feed (holder, 1, n, 1000);
      feed (other, 2, n, 4000);
      yihu_room_tick (room, on_send, &sent, NULL);
    }
  g_assert_cmpuint (sent.n[1], ==, 0); /* not fed */
  g_assert_cmpuint (sent.n[2], ==, 10); /* goes on, with silence */
  g_assert_cmpint (ABS (sent.heard[2]), <=, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voice/room/every-subset", test_every_subset);
  g_test_add_func ("/voice/room/clipping", test_clipping);
  g_test_add_func ("/voice/room/three-legs", test_three_legs);
  g_test_add_func ("/voice/room/held", test_held_leg);
  return g_test_run ();
}
