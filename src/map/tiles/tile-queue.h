/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "map/tiles/tile-source.h"

/* Two worker threads that draw the tiles which the view wants right now, the first of the list
 * first. Each new list replaces the one before: what is not in it any more is forgotten, or
 * cancelled where it is being drawn. Results come in the context in which the queue was made. */

G_BEGIN_DECLS

typedef struct _YihuTileQueue YihuTileQueue;

/* @texture is NULL where the source failed (@error says why; a cancelled tile is not reported). */
typedef void (*YihuTileReadyFunc) (const YihuTileRequest *request,
                                   GdkTexture *texture,
                                   const GError *error,
                                   gpointer data);

YihuTileQueue *yihu_tile_queue_new (YihuTileSource *source, YihuTileReadyFunc ready, gpointer data);
void yihu_tile_queue_want (YihuTileQueue *self, const YihuTileRequest *requests, guint n_requests);
/* Forgets and cancels everything and gives the queue away; the threads end by themselves after the
 * tile at which they are, nobody waits for them. The ready function is never called again. */
void yihu_tile_queue_close (YihuTileQueue *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuTileQueue, yihu_tile_queue_close)

G_END_DECLS
