/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The flows, walked exhaustively: every state with every verb and every role, against lists written
 * by hand in the words of the wire. What is not in a list must be impossible. */

#include "base/error.h"
#include "domain/flow.h"
#include "domain/kinds.h"

#include <string.h>

#define N_ROLES (YIHU_ROLE_SWITCHBOARD + 1)

/* Roles: o operator, s supervisor, r reviewer, p provider, w switchboard; the others have no moves.
 */
typedef struct
{
  const char *from;
  const char *verb;
  const char *to;
  const char *roles;
  gboolean needs_reason;
} Expected;

static const Expected order_moves[] = {
  { "placed", "accept", "accepted", "p", FALSE },
  { "placed", "decline", "cancelled", "p", TRUE },
  { "placed", "cancel", "cancelled", "os", TRUE },
  { "accepted", "arrive", "arrived", "p", FALSE },
  { "accepted", "cancel", "cancelled", "os", TRUE },
  { "arrived", "start", "started", "p", FALSE },
  { "started", "finish", "finished", "p", FALSE },
  { "finished", "approve", "approved", "r", FALSE },
  { "finished", "return", "returned", "r", TRUE },
  { "returned", "resubmit", "finished", "os", TRUE },
  { NULL, NULL, NULL, NULL, FALSE },
};

static const Expected call_moves[] = {
  { "queued", "offer", "ringing", "w", FALSE },
  { "queued", "miss", "missed", "w", FALSE },
  { "ringing", "requeue", "queued", "w", FALSE },
  { "ringing", "answer", "talking", "w", FALSE },
  { "ringing", "miss", "missed", "w", FALSE },
  { "talking", "end", "wrapup", "w", FALSE },
  { "wrapup", "close", "closed", "os", FALSE },
  { "missed", "close", "closed", "os", FALSE },
  { NULL, NULL, NULL, NULL, FALSE },
};

static const struct
{
  const YihuFlow *flow;
  const Expected *moves;
  const char *first;
  const char *finals;
} flows[] = {
  { &yihu_order_flow, order_moves, "placed", "approved cancelled" },
  { &yihu_call_flow, call_moves, "queued", "closed" },
};

static char
role_letter (YihuRole role)
{
  switch (role)
    {
    case YIHU_ROLE_OPERATOR:
      return 'o';
    case YIHU_ROLE_SUPERVISOR:
      return 's';
    case YIHU_ROLE_REVIEWER:
      return 'r';
    case YIHU_ROLE_PROVIDER:
      return 'p';
    case YIHU_ROLE_SWITCHBOARD:
      return 'w';
    default:
      return '-';
    }
}

static const Expected *
find_expected (const Expected *moves, const char *from, const char *verb)
{
  for (; moves->from != NULL; moves++)
    if (strcmp (moves->from, from) == 0 && strcmp (moves->verb, verb) == 0)
      return moves;
  return NULL;
}

static void
check_lookup (const YihuFlow *flow,
              int state,
              const char *verb,
              YihuRole role,
              const char *reason,
              const Expected *expected)
{
  g_autoptr (GError) error = NULL;
  const YihuFlowMove *move = yihu_flow_lookup (flow, state, verb, role, reason, &error);

  if (expected == NULL)
    g_assert_error (error, YIHU_ERROR, YIHU_ERROR_REJECTED);
  else if (strchr (expected->roles, role_letter (role)) == NULL)
    g_assert_error (error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN);
  else if (expected->needs_reason && (reason == NULL || *reason == '\0'))
    g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
  else
    {
      g_assert_no_error (error);
      g_assert_cmpstr (flow->states[move->to], ==, expected->to);
      g_assert_cmpint (move->needs_reason, ==, expected->needs_reason);
    }
  g_assert_cmpint (move == NULL, ==, error != NULL);
}

static void
check_state_and_verb (const YihuFlow *flow, const Expected *moves, int state, const char *verb)
{
  const Expected *expected = find_expected (moves, flow->states[state], verb);
  const YihuFlowMove *move = yihu_flow_find (flow, state, verb);

  g_assert_cmpint (move != NULL, ==, expected != NULL);
  for (YihuRole role = 0; role < N_ROLES; role++)
    {
      gboolean is_allowed =
          expected != NULL && strchr (expected->roles, role_letter (role)) != NULL;

      g_assert_cmpint (yihu_flow_allows (flow, state, verb, role), ==, is_allowed);
      check_lookup (flow, state, verb, role, NULL, expected);
      check_lookup (flow, state, verb, role, "", expected);
      check_lookup (flow, state, verb, role, "because", expected);
    }
}

static void
test_every_state_verb_and_role (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (flows); i++)
    for (int state = 0; flows[i].flow->states[state] != NULL; state++)
      for (const Expected *move = flows[i].moves; move->from != NULL; move++)
        check_state_and_verb (flows[i].flow, flows[i].moves, state, move->verb);
}

static void
test_no_move_more_than_expected (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (flows); i++)
    {
      guint n_expected = 0;

      while (flows[i].moves[n_expected].from != NULL)
        n_expected++;
      g_assert_cmpuint (flows[i].flow->n_moves, ==, n_expected);
    }
}

static void
test_unknown_verbs (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (yihu_flow_lookup (&yihu_order_flow, YIHU_ORDER_PLACED, "explode",
                                   YIHU_ROLE_PROVIDER, "x", &error));
  g_assert_error (error, YIHU_ERROR, YIHU_ERROR_UNKNOWN);
  g_clear_error (&error);
  g_assert_null (yihu_flow_lookup (&yihu_order_flow, YIHU_ORDER_FINISHED, "accept",
                                   YIHU_ROLE_PROVIDER, NULL, &error));
  g_assert_cmpstr (error->message, ==, "order cannot 'accept' while finished");
}

static void
test_finals (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (flows); i++)
    {
      g_auto (GStrv) finals = g_strsplit (flows[i].finals, " ", -1);

      for (int state = 0; flows[i].flow->states[state] != NULL; state++)
        g_assert_cmpint (yihu_flow_is_final (flows[i].flow, state), ==,
                         g_strv_contains ((const char *const *) finals,
                                          flows[i].flow->states[state]));
    }
}

/* From the first state every state can be reached, and from every state an end. */
static guint
reach (const YihuFlow *flow, guint states)
{
  guint before;

  do
    {
      before = states;
      for (guint i = 0; i < flow->n_moves; i++)
        if (states & (1u << flow->moves[i].from))
          states |= 1u << flow->moves[i].to;
    }
  while (states != before);
  return states;
}

static void
test_reachability (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (flows); i++)
    {
      const YihuFlow *flow = flows[i].flow;
      guint n_states = g_strv_length ((char **) flow->states);

      g_assert_cmpstr (flow->states[0], ==, flows[i].first);
      g_assert_cmpuint (reach (flow, 1), ==, (1u << n_states) - 1);
      for (guint state = 0; state < n_states; state++)
        {
          guint reached = reach (flow, 1u << state);
          gboolean has_end = FALSE;

          for (guint end = 0; end < n_states; end++)
            has_end |= (reached & (1u << end)) && yihu_flow_is_final (flow, (int) end);
          g_assert_true (has_end);
        }
    }
}

/* The flow's names of states are those of the record's field. */
static void
test_states_are_those_of_the_records (void)
{
  const YihuField *order = yihu_record_type_find_field (&yihu_order_type, "state");
  const YihuField *call = yihu_record_type_find_field (&yihu_call_type, "state");
  const YihuField *from = yihu_record_type_find_field (&yihu_order_step_type, "from");
  const YihuField *to = yihu_record_type_find_field (&yihu_order_step_type, "to");

  g_assert_true (g_strv_equal (yihu_order_flow.states, order->nicks));
  g_assert_true (g_strv_equal (yihu_order_flow.states, from->nicks));
  g_assert_true (g_strv_equal (yihu_order_flow.states, to->nicks));
  g_assert_true (g_strv_equal (yihu_call_flow.states, call->nicks));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/flow/every", test_every_state_verb_and_role);
  g_test_add_func ("/domain/flow/no-more", test_no_move_more_than_expected);
  g_test_add_func ("/domain/flow/unknown", test_unknown_verbs);
  g_test_add_func ("/domain/flow/finals", test_finals);
  g_test_add_func ("/domain/flow/reachability", test_reachability);
  g_test_add_func ("/domain/flow/states", test_states_are_those_of_the_records);
  return g_test_run ();
}
