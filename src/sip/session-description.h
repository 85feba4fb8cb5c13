/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What Yihu needs of SDP (RFC 4566) with offer and answer (RFC 3264): one audio stream of G.711.
 * Everything is bounded; what cannot be served is refused with a reason, never guessed. */

G_BEGIN_DECLS

#define YIHU_SDP_MAX_BYTES 8192
#define YIHU_SDP_MAX_MEDIA 8

typedef enum
{
  YIHU_CODEC_NONE = -1,
  YIHU_CODEC_PCMU = 0, /* static payload types of RFC 3551 */
  YIHU_CODEC_PCMA = 8,
} YihuCodec;

typedef enum
{
  YIHU_SDP_INACTIVE = 0,
  YIHU_SDP_SENDONLY = 1,
  YIHU_SDP_RECVONLY = 2,
  YIHU_SDP_SENDRECV = 3,
} YihuSdpMode;

/* The peer's side of the audio stream. */
typedef struct
{
  char host[64]; /* numeric address; empty: nowhere (RFC 2543 hold, 0.0.0.0) */
  guint16 port;
  YihuSdpMode mode; /* as the peer wrote it: SENDONLY = it puts us on hold */
  YihuCodec codec; /* the first one of its list that we speak */
  int telephone_event; /* payload type of RFC 4733, -1: none */
  guint n_media; /* m= lines; an answer repeats their order */
  guint audio; /* index of the stream that is taken */
  char media[YIHU_SDP_MAX_MEDIA][16]; /* their kinds, for the refusals in the answer */
} YihuSessionDescription;

/* YIHU_ERROR_INVALID: not SDP. YIHU_ERROR_REJECTED: well-formed, but without an audio stream that
 * we speak. YIHU_ERROR_TOO_LARGE. */
gboolean yihu_session_description_parse (const char *data,
                                         gsize length,
                                         YihuSessionDescription *description,
                                         GError **error);

/* Our side. @version rises with each description of one session, or peers may ignore it. */
char *yihu_session_description_print_offer (const char *host,
                                            guint port,
                                            guint64 session,
                                            guint version,
                                            YihuSdpMode mode);
char *yihu_session_description_print_answer (const YihuSessionDescription *offer,
                                             const char *host,
                                             guint port,
                                             guint64 session,
                                             guint version,
                                             YihuSdpMode mode);

/* The answer's mode to a peer's mode, where we ourselves want @ours. */
YihuSdpMode yihu_sdp_mode_answer (YihuSdpMode theirs, YihuSdpMode ours);

G_END_DECLS
