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

YihuClosings *yihu_closings_new (YihuBook *book, const char *seat);

/* Submits call.close now if @record allows it, else keeps it. FALSE: could not be written. */
gboolean yihu_closings_add (YihuClosings *self,
                            const char *call,
                            YihuCall *record,
                            YihuCallOutcome outcome,
                            const char *note,
                            const char *elder,
                            GError **error);
void yihu_closings_offer (YihuClosings *self, YihuCall *record); /* a call's record changed */
gboolean yihu_closings_has (YihuClosings *self, const char *call);

G_END_DECLS
