/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "video/stream.h"

/* The one GTK file of video/: a tile that draws a stream with its name, state and age. Holds the
 * last good picture when the stream stalls, and says so. */

G_BEGIN_DECLS

#define YIHU_TYPE_VIDEO_TILE (yihu_video_tile_get_type ())
G_DECLARE_FINAL_TYPE (YihuVideoTile, yihu_video_tile, YIHU, VIDEO_TILE, GtkWidget)

GtkWidget *yihu_video_tile_new (void);
void yihu_video_tile_set_stream (YihuVideoTile *self, YihuStream *stream); /* (nullable) */
void yihu_video_tile_set_title (YihuVideoTile *self, const char *title);
/* Words for the states, from the caller (console/ translates); array of 7, index YihuStreamState.
 */
void yihu_video_tile_set_words (YihuVideoTile *self, const char *const *words);

G_END_DECLS
