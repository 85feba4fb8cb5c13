/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A law in China and Europe, mu law in North America and in many soft phones: one octet is one
 * sample in both. */

#include "voice/room/codec.h"

#include <spandsp.h>

void
yihu_codec_decode (YihuCodec codec, const guint8 *octets, gsize n_samples, gint16 *samples)
{
  if (codec == YIHU_CODEC_PCMU)
    for (gsize i = 0; i < n_samples; i++)
      samples[i] = ulaw_to_linear (octets[i]);
  else
    for (gsize i = 0; i < n_samples; i++)
      samples[i] = alaw_to_linear (octets[i]);
}

void
yihu_codec_encode (YihuCodec codec, const gint16 *samples, gsize n_samples, guint8 *octets)
{
  if (codec == YIHU_CODEC_PCMU)
    for (gsize i = 0; i < n_samples; i++)
      octets[i] = linear_to_ulaw (samples[i]);
  else
    for (gsize i = 0; i < n_samples; i++)
      octets[i] = linear_to_alaw (samples[i]);
}
