/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Offers of many telephones as a table: what is taken, what is refused and with which code; our own
 * descriptions read back; each answer mode. */

#include "base/error.h"
#include "sip/session-description.h"

#include <string.h>

#define HEAD "v=0\r\no=- 1 1 IN IP4 10.0.0.7\r\ns=-\r\nc=IN IP4 10.0.0.7\r\nt=0 0\r\n"

typedef struct
{
  const char *name;
  const char *text;
  const char *host;
  guint port;
  YihuSdpMode mode;
  YihuCodec codec;
  int telephone_event;
} Case;

static const Case cases[] = {
  { "a-law", HEAD "m=audio 4000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n", "10.0.0.7", 4000,
    YIHU_SDP_SENDRECV, YIHU_CODEC_PCMA, -1 },
  { "static payload type without rtpmap", HEAD "m=audio 4000 RTP/AVP 0\r\n", "10.0.0.7", 4000,
    YIHU_SDP_SENDRECV, YIHU_CODEC_PCMU, -1 },
  { "the peer's order counts", HEAD "m=audio 4000 RTP/AVP 9 0 8\r\n", "10.0.0.7", 4000,
    YIHU_SDP_SENDRECV, YIHU_CODEC_PCMU, -1 },
  { "telephone-event of the peer's number",
    HEAD "m=audio 4000 RTP/AVP 8 97\r\na=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-15\r\n",
    "10.0.0.7", 4000, YIHU_SDP_SENDRECV, YIHU_CODEC_PCMA, 97 },
  { "own connection line of the stream",
    HEAD "m=audio 4000 RTP/AVP 8\r\nc=IN IP4 10.0.0.9\r\na=sendonly\r\n", "10.0.0.9", 4000,
    YIHU_SDP_SENDONLY, YIHU_CODEC_PCMA, -1 },
  { "session level direction", HEAD "a=inactive\r\nm=audio 4000 RTP/AVP 8\r\n", "10.0.0.7", 4000,
    YIHU_SDP_INACTIVE, YIHU_CODEC_PCMA, -1 },
  { "hold of the old kind", HEAD "m=audio 4000 RTP/AVP 8\r\nc=IN IP4 0.0.0.0\r\n", "", 4000,
    YIHU_SDP_SENDRECV, YIHU_CODEC_PCMA, -1 },
  { "video first",
    HEAD "m=video 5000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
         "m=audio 4000 RTP/AVP 8\r\n",
    "10.0.0.7", 4000, YIHU_SDP_SENDRECV, YIHU_CODEC_PCMA, -1 },
  { "IPv6", "v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 ::1\r\nt=0 0\r\nm=audio 4 RTP/AVP 8\r\n",
    "::1", 4, YIHU_SDP_SENDRECV, YIHU_CODEC_PCMA, -1 },
  { "bare line feeds",
    "v=0\no=- 1 1 IN IP4 1.2.3.4\ns=-\nc=IN IP4 1.2.3.4\nt=0 0\n"
    "m=audio 4000 RTP/AVP 8\n",
    "1.2.3.4", 4000, YIHU_SDP_SENDRECV, YIHU_CODEC_PCMA, -1 },
};

typedef struct
{
  const char *name;
  const char *text;
  YihuError error;
} Refused;

static const Refused refusals[] = {
  { "empty", "", YIHU_ERROR_INVALID },
  { "no SDP", "hello", YIHU_ERROR_INVALID },
  { "cut", "v=0\r\no=- 1 1", YIHU_ERROR_INVALID },
  { "no connection", "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nt=0 0\r\nm=audio 4 RTP/AVP 8\r\n",
    YIHU_ERROR_INVALID },
  { "port out of range", HEAD "m=audio 70000 RTP/AVP 8\r\n", YIHU_ERROR_INVALID },
  { "name instead of an address", HEAD "m=audio 4000 RTP/AVP 8\r\nc=IN IP4 elder.example\r\n",
    YIHU_ERROR_REJECTED },
  { "multicast", HEAD "m=audio 4000 RTP/AVP 8\r\nc=IN IP4 224.2.1.1/127\r\n", YIHU_ERROR_REJECTED },
  { "no stream", HEAD, YIHU_ERROR_REJECTED },
  { "video only", HEAD "m=video 5000 RTP/AVP 96\r\n", YIHU_ERROR_REJECTED },
  { "refused stream", HEAD "m=audio 0 RTP/AVP 8\r\n", YIHU_ERROR_REJECTED },
  { "no G.711", HEAD "m=audio 4000 RTP/AVP 9 18\r\n", YIHU_ERROR_REJECTED },
  { "SRTP", HEAD "m=audio 4000 RTP/SAVP 8\r\n", YIHU_ERROR_REJECTED },
  { "nine streams",
    HEAD "m=audio 1 RTP/AVP 8\r\nm=audio 1 RTP/AVP 8\r\nm=audio 1 RTP/AVP 8\r\n"
         "m=audio 1 RTP/AVP 8\r\nm=audio 1 RTP/AVP 8\r\nm=audio 1 RTP/AVP 8\r\n"
         "m=audio 1 RTP/AVP 8\r\nm=audio 1 RTP/AVP 8\r\nm=audio 1 RTP/AVP 8\r\n",
    YIHU_ERROR_TOO_LARGE },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      YihuSessionDescription description;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", c->name);
      yihu_session_description_parse (c->text, strlen (c->text), &description, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (description.host, ==, c->host);
      g_assert_cmpuint (description.port, ==, c->port);
      g_assert_cmpint (description.mode, ==, c->mode);
      g_assert_cmpint (description.codec, ==, c->codec);
      g_assert_cmpint (description.telephone_event, ==, c->telephone_event);
    }
}

static void
test_refusals (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      const Refused *c = &refusals[i];
      YihuSessionDescription description;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", c->name);
      g_assert_false (
          yihu_session_description_parse (c->text, strlen (c->text), &description, &error));
      g_assert_error (error, YIHU_ERROR, (int) c->error);
    }
}

static void
test_limits (void)
{
  g_autofree char *big = g_malloc (YIHU_SDP_MAX_BYTES + 1);
  YihuSessionDescription description;
  g_autoptr (GError) too_large = NULL;
  g_autoptr (GError) nul = NULL;

  memset (big, 'a', YIHU_SDP_MAX_BYTES + 1);
  g_assert_false (
      yihu_session_description_parse (big, YIHU_SDP_MAX_BYTES + 1, &description, &too_large));
  g_assert_error (too_large, YIHU_ERROR, YIHU_ERROR_TOO_LARGE);
  g_assert_false (yihu_session_description_parse ("v=0\0\r\n", 6, &description, &nul));
  g_assert_error (nul, YIHU_ERROR, YIHU_ERROR_INVALID);
}

static void
test_offer_is_read_back (void)
{
  g_autofree char *text =
      yihu_session_description_print_offer ("127.0.0.1", 30002, 77, 3, YIHU_SDP_SENDONLY);
  YihuSessionDescription description;

  g_assert_nonnull (strstr (text, "o=yihu 77 3 IN IP4 127.0.0.1\r\n"));
  g_assert_true (yihu_session_description_parse (text, strlen (text), &description, NULL));
  g_assert_cmpstr (description.host, ==, "127.0.0.1");
  g_assert_cmpuint (description.port, ==, 30002);
  g_assert_cmpint (description.codec, ==, YIHU_CODEC_PCMA);
  g_assert_cmpint (description.mode, ==, YIHU_SDP_SENDONLY);
  g_assert_cmpint (description.telephone_event, ==, 101);
}

static void
test_answer_repeats_every_stream (void)
{
  const char *offer = HEAD "m=video 5000 RTP/AVP 96\r\nm=audio 4000 RTP/AVP 0 97\r\n"
                           "a=rtpmap:97 telephone-event/8000\r\nm=application 6000 udp wb\r\n";
  YihuSessionDescription theirs;
  YihuSessionDescription ours;
  g_autofree char *text = NULL;

  g_assert_true (yihu_session_description_parse (offer, strlen (offer), &theirs, NULL));
  text =
      yihu_session_description_print_answer (&theirs, "127.0.0.1", 30004, 1, 1, YIHU_SDP_RECVONLY);
  g_assert_nonnull (strstr (text, "m=video 0 RTP/AVP 0\r\nm=audio 30004 RTP/AVP 0 97\r\n"));
  g_assert_nonnull (strstr (text, "m=application 0 "));
  g_assert_true (yihu_session_description_parse (text, strlen (text), &ours, NULL));
  g_assert_cmpint (ours.codec, ==, YIHU_CODEC_PCMU);
  g_assert_cmpint (ours.mode, ==, YIHU_SDP_RECVONLY);
  g_assert_cmpint (ours.telephone_event, ==, 97);
  g_assert_cmpuint (ours.n_media, ==, 3);
  g_assert_cmpuint (ours.audio, ==, 1);
}

static void
test_answer_modes (void)
{
  const YihuSdpMode off = YIHU_SDP_INACTIVE;
  const YihuSdpMode send = YIHU_SDP_SENDONLY;
  const YihuSdpMode receive = YIHU_SDP_RECVONLY;
  const YihuSdpMode both = YIHU_SDP_SENDRECV;
  const YihuSdpMode answers[4][4] = {
    /* ours:   off  send     receive  both */
    { off, off, off, off }, /* theirs: inactive */
    { off, off, receive, receive }, /* sendonly */
    { off, send, off, send }, /* recvonly */
    { off, send, receive, both }, /* sendrecv */
  };

  for (guint theirs = 0; theirs < 4; theirs++)
    for (guint ours = 0; ours < 4; ours++)
      g_assert_cmpint (yihu_sdp_mode_answer (theirs, ours), ==, answers[theirs][ours]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sip/session-description/table", test_table);
  g_test_add_func ("/sip/session-description/refusals", test_refusals);
  g_test_add_func ("/sip/session-description/limits", test_limits);
  g_test_add_func ("/sip/session-description/offer", test_offer_is_read_back);
  g_test_add_func ("/sip/session-description/answer", test_answer_repeats_every_stream);
  g_test_add_func ("/sip/session-description/modes", test_answer_modes);
  return g_test_run ();
}
