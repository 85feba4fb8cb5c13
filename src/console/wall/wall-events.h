/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/wall/wall-text.h"
#include "domain/call.h"
#include "domain/order.h"

/* What happened last, without persons: one entry a call or order with its newest state. Emergencies
 * that are still going on come first, then the newest. Pure; bounded. */

G_BEGIN_DECLS

#define YIHU_TYPE_WALL_EVENTS (yihu_wall_events_get_type ())
G_DECLARE_FINAL_TYPE (YihuWallEvents, yihu_wall_events, YIHU, WALL_EVENTS, GObject)

#define YIHU_WALL_EVENTS_MAX 200

typedef struct
{
  char *id; /* (owned) of the call or order */
  char *kind; /* (owned) "Call · urgent", "Order · meals" */
  char *place; /* (owned) district */
  const char *state; /* static */
  YihuWallTone tone;
  gint64 at_us;
  gboolean burning; /* an emergency that is not over: its time runs */
} YihuWallEvent;

YihuWallEvents *yihu_wall_events_new (void);

/* @place: name of the district. @category: YihuCategory of the order's item, -1 unknown. @at_us:
 * when it came into this state. */
void yihu_wall_events_put_call (YihuWallEvents *self, const YihuCall *call, const char *place);
void yihu_wall_events_put_order (YihuWallEvents *self,
                                 const YihuOrder *order,
                                 gint64 category,
                                 const char *place,
                                 gint64 at_us);
void yihu_wall_events_remove (YihuWallEvents *self, const char *id);
void yihu_wall_events_clear (YihuWallEvents *self);

guint yihu_wall_events_get_n (YihuWallEvents *self);
guint yihu_wall_events_count_burning (YihuWallEvents *self);
const YihuWallEvent *yihu_wall_events_peek (YihuWallEvents *self, guint position);

G_END_DECLS
