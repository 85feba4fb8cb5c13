/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "console/book.h"
#include "domain/call.h"

/* Calls that the operator has finished with but that the switchboard has not yet ended in the
 * record: the flow table refuses call.close until then. Kept in a draft, so they outlive the
 * program. */

G_BEGIN_DECLS

#define YIHU_TYPE_CLOSINGS (yihu_closings_get_type ())
G_DECLARE_FINAL_TYPE (YihuClosings, yihu_closings, YIHU, CLOSINGS, GObject)

/* Signal "failed" (const GError *error): could not be written; it is kept and tried again. */
YihuClosings *yihu_closings_new (YihuBook *book, const char *seat);

/* Keeps it, and submits call.close as soon as the record allows it; @record: (nullable). */
void yihu_closings_add (YihuClosings *self,
                        const char *call,
                        YihuCall *record,
                        YihuCallOutcome outcome,
                        const char *note,
                        const char *elder);
void yihu_closings_offer (YihuClosings *self, YihuCall *record); /* a call's record changed */
gboolean yihu_closings_has (YihuClosings *self, const char *call);

G_END_DECLS
