/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "domain/account.h"

/* State machines as tables, shared by the server (which decides) and the console (which enables
 * actions). A state is the value of the record's "state" enum. */

G_BEGIN_DECLS

typedef struct
{
  int from;
  const char *verb; /* also the second half of the command's name: "order.accept" */
  int to;
  guint roles; /* mask of 1 << YihuRole */
  gboolean needs_reason; /* a sentence must come with it */
} YihuFlowMove;

typedef struct
{
  const char *name;
  const YihuFlowMove *moves;
  guint n_moves;
  const char *const *states; /* nicks, NULL-terminated */
} YihuFlow;

extern const YihuFlow yihu_order_flow;
extern const YihuFlow yihu_call_flow;

/* NULL where there is no such move from @state. */
const YihuFlowMove *yihu_flow_find (const YihuFlow *flow, int state, const char *verb);
gboolean yihu_flow_allows (const YihuFlow *flow, int state, const char *verb, YihuRole role);
gboolean yihu_flow_is_final (const YihuFlow *flow, int state);

/* YIHU_ERROR_UNKNOWN: no such verb; REJECTED: not from this state; FORBIDDEN: not for this role;
 * INVALID: a reason is missing. */
const YihuFlowMove *yihu_flow_lookup (const YihuFlow *flow,
                                      int state,
                                      const char *verb,
                                      YihuRole role,
                                      const char *reason,
                                      GError **error);

G_END_DECLS
