/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sip/session-description.h"

/* G.711, both laws, by spandsp. */

G_BEGIN_DECLS

#define YIHU_FRAME_SAMPLES 160 /* 20 ms at 8 kHz */

void yihu_codec_decode (YihuCodec codec, const guint8 *octets, gsize n_samples, gint16 *samples);
void yihu_codec_encode (YihuCodec codec, const gint16 *samples, gsize n_samples, guint8 *octets);

G_END_DECLS
