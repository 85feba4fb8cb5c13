/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The look-ups in flow tables, and the tables of order and call. A move that is not written here
 * cannot happen anywhere. */

#include "domain/flow.h"

#include "base/error.h"
#include "domain/call.h"
#include "domain/order.h"

#include <string.h>

#define OPERATOR (1u << YIHU_ROLE_OPERATOR)
#define SUPERVISOR (1u << YIHU_ROLE_SUPERVISOR)
#define REVIEWER (1u << YIHU_ROLE_REVIEWER)
#define PROVIDER (1u << YIHU_ROLE_PROVIDER)
#define SWITCHBOARD (1u << YIHU_ROLE_SWITCHBOARD)

static const char *const order_states[] = { "placed",   "accepted",  "arrived",
                                            "started",  "finished",  "approved",
                                            "returned", "cancelled", NULL };

static const YihuFlowMove order_moves[] = {
  { YIHU_ORDER_PLACED, "accept", YIHU_ORDER_ACCEPTED, PROVIDER, FALSE },
  { YIHU_ORDER_PLACED, "decline", YIHU_ORDER_CANCELLED, PROVIDER, TRUE },
  { YIHU_ORDER_PLACED, "cancel", YIHU_ORDER_CANCELLED, OPERATOR | SUPERVISOR, TRUE },
  { YIHU_ORDER_ACCEPTED, "arrive", YIHU_ORDER_ARRIVED, PROVIDER, FALSE },
  { YIHU_ORDER_ACCEPTED, "cancel", YIHU_ORDER_CANCELLED, OPERATOR | SUPERVISOR, TRUE },
  { YIHU_ORDER_ARRIVED, "start", YIHU_ORDER_STARTED, PROVIDER, FALSE },
  { YIHU_ORDER_STARTED, "finish", YIHU_ORDER_FINISHED, PROVIDER, FALSE },
  { YIHU_ORDER_FINISHED, "approve", YIHU_ORDER_APPROVED, REVIEWER, FALSE },
  { YIHU_ORDER_FINISHED, "return", YIHU_ORDER_RETURNED, REVIEWER, TRUE },
  { YIHU_ORDER_RETURNED, "resubmit", YIHU_ORDER_FINISHED, OPERATOR | SUPERVISOR, TRUE },
};

const YihuFlow yihu_order_flow = { "order", order_moves, G_N_ELEMENTS (order_moves), order_states };

static const char *const call_states[] = { "queued", "ringing", "talking", "wrapup",
                                           "closed", "missed",  NULL };

static const YihuFlowMove call_moves[] = {
  { YIHU_CALL_QUEUED, "offer", YIHU_CALL_RINGING, SWITCHBOARD, FALSE },
  { YIHU_CALL_QUEUED, "miss", YIHU_CALL_MISSED, SWITCHBOARD, FALSE },
  { YIHU_CALL_RINGING, "requeue", YIHU_CALL_QUEUED, SWITCHBOARD, FALSE },
  { YIHU_CALL_RINGING, "answer", YIHU_CALL_TALKING, SWITCHBOARD, FALSE },
  { YIHU_CALL_RINGING, "miss", YIHU_CALL_MISSED, SWITCHBOARD, FALSE },
  { YIHU_CALL_TALKING, "end", YIHU_CALL_WRAPUP, SWITCHBOARD, FALSE },
  { YIHU_CALL_WRAPUP, "close", YIHU_CALL_CLOSED, OPERATOR | SUPERVISOR, FALSE },
  { YIHU_CALL_MISSED, "close", YIHU_CALL_CLOSED, OPERATOR | SUPERVISOR, FALSE },
};

const YihuFlow yihu_call_flow = { "call", call_moves, G_N_ELEMENTS (call_moves), call_states };

const YihuFlowMove *
yihu_flow_find (const YihuFlow *flow, int state, const char *verb)
{
  for (guint i = 0; i < flow->n_moves; i++)
    if (flow->moves[i].from == state && strcmp (flow->moves[i].verb, verb) == 0)
      return &flow->moves[i];
  return NULL;
}

gboolean
yihu_flow_allows (const YihuFlow *flow, int state, const char *verb, YihuRole role)
{
  const YihuFlowMove *move = yihu_flow_find (flow, state, verb);

  return move != NULL && (move->roles & (1u << role)) != 0;
}

gboolean
yihu_flow_is_final (const YihuFlow *flow, int state)
{
  for (guint i = 0; i < flow->n_moves; i++)
    if (flow->moves[i].from == state)
      return FALSE;
  return TRUE;
}

static gboolean
flow_knows_verb (const YihuFlow *flow, const char *verb)
{
  for (guint i = 0; i < flow->n_moves; i++)
    if (strcmp (flow->moves[i].verb, verb) == 0)
      return TRUE;
  return FALSE;
}

const YihuFlowMove *
yihu_flow_lookup (const YihuFlow *flow,
                  int state,
                  const char *verb,
                  YihuRole role,
                  const char *reason,
                  GError **error)
{
  const YihuFlowMove *move = yihu_flow_find (flow, state, verb);

  if (move == NULL && !flow_knows_verb (flow, verb))
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_UNKNOWN, "%s has no verb '%s'", flow->name, verb);
  else if (move == NULL)
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED, "%s cannot '%s' while %s", flow->name,
                 verb, flow->states[state]);
  else if ((move->roles & (1u << role)) == 0)
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN, "%s '%s' is not for this role",
                 flow->name, verb);
  else if (move->needs_reason && (reason == NULL || *reason == '\0'))
    g_set_error (error, YIHU_ERROR, YIHU_ERROR_INVALID, "%s '%s' needs a reason", flow->name, verb);
  else
    return move;
  return NULL;
}
