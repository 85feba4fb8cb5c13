/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/desk/closings.h"
#include "console/desk/desk-call.h"

/* What the files of the call at the seat share:
 *   desk-call.c        following telephone and record, and what is known
 *   desk-call-verbs.c  what the operator does with it */

G_BEGIN_DECLS

struct _YihuDeskCall
{
  GObject parent_instance;

  YihuBook *book; /* (owned) */
  char *seat; /* (owned) */
  char *area_code; /* (owned) */
  YihuClosings *closings; /* (owned) */
  YihuPhone *phone; /* (owned) (nullable) */
  YihuPhoneCall *line; /* (owned) (nullable) */

  YihuDeskCallState state;
  char *id; /* (owned) */
  char *number; /* (owned) */
  YihuCall *record; /* (owned) (nullable) */
  YihuElder *elder; /* (owned) (nullable) */
  GPtrArray *candidates; /* (owned) */
  gint64 since_us;
  YihuCallOutcome outcome;
  gboolean has_order;
  gboolean muted;
  GHashTable *finished; /* (owned) ids that this desk is done with: late records change nothing */
};

void yihu_desk_call_tell (YihuDeskCall *self); /* "changed" */
void yihu_desk_call_end (YihuDeskCall *self); /* the seat is free: "ended" */

G_END_DECLS
