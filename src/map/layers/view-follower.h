/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <shumate/shumate.h>

#include "map/tiles/projection.h"

/* Who may move the map. The program states what is to be seen (a place, a box, the whole base); it
 * is shown at once and again on each new size, but only while the view is not locked. Any movement
 * that the program did not make is a person's, and locks it. */

G_BEGIN_DECLS

#define YIHU_MAP_LOWEST_ZOOM 3

#define YIHU_TYPE_VIEW_FOLLOWER (yihu_view_follower_get_type ())
G_DECLARE_FINAL_TYPE (YihuViewFollower, yihu_view_follower, YIHU, VIEW_FOLLOWER, GObject)

/* Signal: "changed" (): the lock, or whether there is an earlier view. */
YihuViewFollower *yihu_view_follower_new (ShumateMap *map);

void yihu_view_follower_set_size (YihuViewFollower *self, int width, int height);
void yihu_view_follower_set_base (YihuViewFollower *self, YihuGeoPoint low, YihuGeoPoint high);
void yihu_view_follower_show_place (YihuViewFollower *self, YihuGeoPoint point, double zoom);
void yihu_view_follower_show_points (YihuViewFollower *self,
                                     const YihuGeoPoint *points,
                                     guint n,
                                     guint margin_px);
void yihu_view_follower_show_base (YihuViewFollower *self);

gboolean yihu_view_follower_is_locked (YihuViewFollower *self);
gboolean yihu_view_follower_has_earlier (YihuViewFollower *self);
void yihu_view_follower_set_locked (YihuViewFollower *self, gboolean locked);
/* A person lets the view follow again; what was seen before can be gone back to. */
void yihu_view_follower_let_follow (YihuViewFollower *self);
/* The one button: follow again; pressed once more, back to the earlier view and locked. */
void yihu_view_follower_press (YihuViewFollower *self);

/* A person's keys. */
void yihu_view_follower_pan (YihuViewFollower *self, int dx_px, int dy_px);
void yihu_view_follower_zoom (YihuViewFollower *self, int step); /* to the next whole level */

G_END_DECLS
