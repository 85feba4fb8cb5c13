/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "voice/room/room.h"

/* All rooms and legs of the switchboard with their sockets, driven by one thread each 20 ms. Every
 * function may be called from the main thread; none waits longer than one tick's work. */

G_BEGIN_DECLS

typedef struct _YihuMedia YihuMedia;
typedef struct _YihuMediaLeg YihuMediaLeg;
typedef struct _YihuMediaRoom YihuMediaRoom;

YihuMedia *yihu_media_new (const char *host);
void yihu_media_free (YihuMedia *self); /* all legs and rooms must be gone */
const char *yihu_media_get_host (YihuMedia *self);

YihuMediaLeg *yihu_media_add_leg (YihuMedia *self, GError **error);
void yihu_media_remove_leg (YihuMedia *self, YihuMediaLeg *leg);
guint yihu_media_leg_get_port (YihuMediaLeg *leg);
void
yihu_media_set_remote (YihuMedia *self, YihuMediaLeg *leg, const YihuSessionDescription *remote);
void yihu_media_get_quality (YihuMedia *self, YihuMediaLeg *leg, YihuLegQuality *quality);
guint yihu_media_get_silence_ms (YihuMedia *self, YihuMediaLeg *leg); /* since it joined or spoke */

YihuMediaRoom *yihu_media_add_room (YihuMedia *self);
void yihu_media_remove_room (YihuMedia *self, YihuMediaRoom *room);
void yihu_media_join (YihuMedia *self, YihuMediaRoom *room, YihuMediaLeg *leg);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YihuMedia, yihu_media_free)

G_END_DECLS
