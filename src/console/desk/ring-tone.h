/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* The ring, synthesised here: an ordinary two-tone ring, and the five-pulse burst of an urgent
 * call. Goes to YIHU_RING_SINK (a GStreamer sink description; for tests) or the default device.
 * Without a device it stays silent and says so; the banner blinks anyway. */

G_BEGIN_DECLS

#define YIHU_TYPE_RING_TONE (yihu_ring_tone_get_type ())
G_DECLARE_FINAL_TYPE (YihuRingTone, yihu_ring_tone, YIHU, RING_TONE, GObject)

/* Properties (notify): "silent" (boolean): the last ring could not be heard. */
YihuRingTone *yihu_ring_tone_new (void);
void yihu_ring_tone_start (YihuRingTone *self, gboolean urgent);
void yihu_ring_tone_stop (YihuRingTone *self);

/* One period of the ring: 16-bit mono at YIHU_RING_RATE. Pure, for tests. (transfer full) */
#define YIHU_RING_RATE 16000
GBytes *yihu_ring_tone_render (gboolean urgent);

G_END_DECLS
