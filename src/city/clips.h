/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A few looping films of invented rooms, H.264 640x360 at 15 frames a second, made once and cached
 * as files. */

G_BEGIN_DECLS

#define YIHU_CLIP_WIDTH 640
#define YIHU_CLIP_HEIGHT 360
#define YIHU_CLIP_FPS 15
#define YIHU_CLIP_FRAMES 150 /* whole groups of pictures */
#define YIHU_CLIP_GROUP 30 /* frames from key frame to key frame */
#define YIHU_N_CLIPS 7

/* One film, cut into access units. Immutable. */
typedef struct
{
  GPtrArray *units; /* (element-type GBytes) */
} YihuClip;

/* Loads from @directory or makes the film; blocks for about a second, so run it in a thread. */
YihuClip *yihu_clip_load (const char *directory, guint index, GError **error);
YihuClip *yihu_clip_new_from_bytes (GBytes *annex_b, GError **error);
void yihu_clip_free (YihuClip *clip);
const char *yihu_clip_get_room (guint index); /* 大厅 */
guint yihu_clip_find (const char *room); /* the film that shows such a room */

/* Paints frame @frame of film @index as I420 without padding. */
void yihu_clip_paint (guint index, guint frame, guint8 *i420);
void yihu_clip_write_caption (guint index, guint frame, guint8 *i420);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuClip, yihu_clip_free)

G_END_DECLS
