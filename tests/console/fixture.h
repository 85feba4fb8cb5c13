/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"
#include "console/ticker.h"
#include "domain/kinds.h"

/* A small invented city in a cache directory of its own, and a real book over it, logged in without
 * a server. Times are those of a fake clock: the city stands still until a test moves it. */

G_BEGIN_DECLS

#define FIXTURE_LOGIN "zhangmin"
#define FIXTURE_PASSWORD "demo-only"
#define FIXTURE_SEAT "03"
#define FIXTURE_NOW_US G_GINT64_CONSTANT (1795242727000000) /* 2026-11-21 14:32:07 +08 */
#define FIXTURE_PHONE_WANG "+864172817331"
#define FIXTURE_PHONE_SHARED "+864172800100" /* of two elders */
#define FIXTURE_PHONE_UNKNOWN "+8613837901174"

typedef struct
{
  char *directory; /* (owned) */
  YihuClock *clock; /* (owned) YihuFakeClock */
  YihuBook *book; /* (owned) */
  YihuTicker *ticker; /* (owned) */
} Fixture;

Fixture *fixture_new (gint64 now_us); /* logged in */
Fixture *fixture_reopen (Fixture *self); /* as after a crash of the program: same directory */
void fixture_free (Fixture *self); /* removes the directory */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* What the feed would bring: the screens hear of @record; it is not in the file. */
void fixture_feed (Fixture *self, gpointer record);
YihuCall *fixture_make_call (Fixture *self,
                             const char *id,
                             const char *number,
                             const char *elder,
                             YihuCallState state,
                             const char *seat); /* (transfer full) */

void fixture_advance (Fixture *self, guint64 by_ms); /* moves the clock, then lets events run */
void fixture_settle (Fixture *self); /* until no work is waiting in threads or main loop */

G_END_DECLS
