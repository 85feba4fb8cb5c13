/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "map/layers/map-item.h"

/* Pictures of the marks, of the ring that pulses around a person, and of labels, as textures in
 * device pixels: drawn once with cairo, then only placed. */

G_BEGIN_DECLS

#define YIHU_RING_PHASES 12

typedef struct _YihuMarkPainter YihuMarkPainter;

YihuMarkPainter *yihu_mark_painter_new (void);
void yihu_mark_painter_free (YihuMarkPainter *self);
/* Forgets everything where one of them changed. */
void yihu_mark_painter_set_look (YihuMarkPainter *self, int device_scale, gboolean dark);

/* (transfer none) until the next set_look(). The middle of the texture is the position. */
GdkTexture *yihu_mark_painter_get_mark (YihuMarkPainter *self, YihuMapMark mark, gboolean far);
GdkTexture *yihu_mark_painter_get_ring (YihuMarkPainter *self, guint phase);
/* NULL where this frame has painted enough labels: ask again in the next one. @pill: with a ground,
 * for the mark under the pointer. */
GdkTexture *yihu_mark_painter_get_label (YihuMarkPainter *self, const char *text, gboolean pill);
void yihu_mark_painter_begin_frame (YihuMarkPainter *self);

/* Logical pixels from the middle to the edge; hits are counted a little beyond it. @far: seen from
 * so far above that places crowd: they are drawn smaller, people are not. */
double yihu_mark_get_radius_px (YihuMapMark mark, gboolean far);
guint32 yihu_mark_get_colour (YihuMapMark mark, gboolean dark); /* 0xRRGGBB */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuMarkPainter, yihu_mark_painter_free)

G_END_DECLS
