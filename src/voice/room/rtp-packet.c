/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The fixed header, contributing sources, one extension and padding are stepped over with every
 * length checked first; RTCP on the same port never has an audio payload type and falls out above.
 */

#include "voice/room/rtp-packet.h"

#include <string.h>

static guint32
get32 (const guint8 *p)
{
  return (guint32) p[0] << 24 | (guint32) p[1] << 16 | (guint32) p[2] << 8 | p[3];
}

static void
put32 (guint8 *p, guint32 value)
{
  p[0] = (guint8) (value >> 24);
  p[1] = (guint8) (value >> 16);
  p[2] = (guint8) (value >> 8);
  p[3] = (guint8) value;
}

gboolean
yihu_rtp_packet_parse (const guint8 *data, gsize length, YihuRtpPacket *packet)
{
  gsize start = YIHU_RTP_HEADER;
  gsize padding = 0;

  memset (packet, 0, sizeof *packet);
  if (length < YIHU_RTP_HEADER || data[0] >> 6 != 2)
    return FALSE;
  start += 4u * (data[0] & 0x0f);
  if (data[0] & 0x10)
    {
      if (start + 4 > length)
        return FALSE;
      start += 4 + 4u * ((gsize) data[start + 2] << 8 | data[start + 3]);
    }
  if (start > length)
    return FALSE;
  if (data[0] & 0x20)
    {
      padding = data[length - 1];
      if (padding == 0 || padding > length - start)
        return FALSE;
    }
  packet->marker = (data[1] & 0x80) != 0;
  packet->payload_type = data[1] & 0x7f;
  packet->sequence = (guint16) (data[2] << 8 | data[3]);
  packet->timestamp = get32 (data + 4);
  packet->source = get32 (data + 8);
  packet->payload = data + start;
  packet->length = length - start - padding;
  return TRUE;
}

gsize
yihu_rtp_packet_write (const YihuRtpPacket *packet, guint8 *data, gsize room)
{
  if (room < YIHU_RTP_HEADER + packet->length)
    return 0;
  data[0] = 0x80;
  data[1] = (guint8) ((packet->marker ? 0x80 : 0) | (packet->payload_type & 0x7f));
  data[2] = (guint8) (packet->sequence >> 8);
  data[3] = (guint8) packet->sequence;
  put32 (data + 4, packet->timestamp);
  put32 (data + 8, packet->source);
  if (packet->length > 0)
    memcpy (data + YIHU_RTP_HEADER, packet->payload, packet->length);
  return YIHU_RTP_HEADER + packet->length;
}
