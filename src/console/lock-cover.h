/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/keys.h"

#include <adwaita.h>

/* What lies over a locked screen: why, the password, and the verbs of a call that stay possible. */

G_BEGIN_DECLS

#define YIHU_TYPE_LOCK_COVER (yihu_lock_cover_get_type ())
G_DECLARE_FINAL_TYPE (YihuLockCover, yihu_lock_cover, YIHU, LOCK_COVER, AdwBin)

typedef enum
{
  YIHU_LOCK_COVER_QUIET,
  YIHU_LOCK_COVER_RINGING,
  YIHU_LOCK_COVER_TALKING,
} YihuLockCoverCall;

/* Signal: "unlock" (const char *password). @keys: those marked WHILE_LOCKED become buttons. */
GtkWidget *yihu_lock_cover_new (const char *who, const YihuKey *keys, guint n_keys);
/* What the telephone does: said in words that name nobody. @urgency: YihuUrgency of the call. */
void yihu_lock_cover_set_call (YihuLockCover *self, YihuLockCoverCall call, gint64 urgency);
void yihu_lock_cover_refuse (YihuLockCover *self, const char *sentence);
void yihu_lock_cover_focus (YihuLockCover *self);

G_END_DECLS
