/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Datagrams at an RTP port: the parser, and a whole leg behind it. */

#include "voice/room/leg.h"
#include "voice/room/rtp-packet.h"

#include <netinet/in.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (YihuLeg) leg = yihu_leg_new ();
  struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = 9 };
  const gint16 *frame;
  YihuRtpPacket packet;

  if (yihu_rtp_packet_parse (data, size, &packet))
    {
      g_assert (packet.payload >= data && packet.payload + packet.length <= data + size);
      g_assert (packet.payload_type < 128);
    }
  for (int i = 0; i < 3; i++)
    {
      yihu_leg_receive (leg, data, size, (struct sockaddr *) &from, i);
      yihu_leg_pull (leg, &frame);
    }
  return 0;
}
