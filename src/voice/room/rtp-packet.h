/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* RTP packets (RFC 3550, section 5.1) in memory: nothing outside the given bytes is ever read. */

G_BEGIN_DECLS

#define YIHU_RTP_HEADER 12
#define YIHU_RTP_MAX_BYTES 1500

typedef struct
{
  guint8 payload_type;
  gboolean marker;
  guint16 sequence;
  guint32 timestamp;
  guint32 source; /* SSRC */
  const guint8 *payload; /* inside the data that was parsed */
  gsize length; /* of the payload, without padding */
} YihuRtpPacket;

/* FALSE: not RTP version 2, or cut. */
gboolean yihu_rtp_packet_parse (const guint8 *data, gsize length, YihuRtpPacket *packet);

/* Writes header and payload; @room bytes are there. Returns: the packet's size, 0: no room. */
gsize yihu_rtp_packet_write (const YihuRtpPacket *packet, guint8 *data, gsize room);

G_END_DECLS
