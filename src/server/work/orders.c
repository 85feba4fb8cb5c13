/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Orders: placing one, and every move of yihu_order_flow. Each move adds a step with who, when,
 * where and why. Providers move only their own orders; everybody else only those of his districts.
 *
 * A move to a state that the same verb has already reached is "ok" without a new row: two people
 * who press the same button both get what they wanted. */

#include "server/work/use-case.h"

#include "base/error.h"
#include "base/identifier.h"
#include "base/person-id.h"

#include <string.h>

static gboolean
save_step (YihuWork *work,
           YihuActor *actor,
           YihuCommand *command,
           const YihuOrder *order,
           int from,
           const char *reason,
           GError **error)
{
  g_autofree char *id = yihu_identifier_new ();
  g_autoptr (YihuOrderStep) step = yihu_order_step_new (id);

  step->record.division = order->record.division;
  step->service_order = g_strdup (order->record.id);
  step->verb = g_strdup (yihu_use_case_get_verb (command));
  step->from = from;
  step->to = order->state;
  step->at_us = yihu_work_get_act_us (work, command);
  step->actor = g_strdup (actor->account->record.id);
  step->actor_name = g_strdup (actor->account->name);
  step->reason = g_strdup (reason);
  return yihu_json_read_int (command->args, "lat_e7", FALSE, -900000000, 900000000, &step->lat_e7,
                             error)
         && yihu_json_read_int (command->args, "lon_e7", FALSE, -1800000000, 1800000000,
                                &step->lon_e7, error)
         && yihu_work_save (work, step, NULL, TRUE, error);
}

static gboolean
reject (GError **error, const char *message)
{
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_REJECTED, message);
  return FALSE;
}

/* The elder lives here, the provider works and offers the item: fills in division and prices. */
static gboolean
fill_from_register (YihuWork *work, YihuActor *actor, YihuOrder *order, GError **error)
{
  g_autoptr (YihuElder) elder = yihu_use_case_load_elder (work, actor, order->elder, error);
  g_autoptr (YihuServiceItem) item = NULL;
  g_autoptr (YihuProvider) provider = NULL;
  g_autoptr (YihuPrice) price = NULL;

  if (elder == NULL)
    return FALSE;
  item = yihu_work_load (work, &yihu_service_item_type, order->item, error);
  if (item == NULL)
    return FALSE;
  provider = yihu_work_load (work, &yihu_provider_type, order->provider, error);
  if (provider == NULL
      || !yihu_store_find_price (work->store, order->provider, order->item, &price, error))
    return FALSE;
  if (elder->status == YIHU_ELDER_DECEASED)
    return reject (error, "the elder is recorded as deceased");
  if (provider->status != YIHU_PROVIDER_ACTIVE)
    return reject (error, "the provider is suspended");
  if (price == NULL)
    return reject (error, "the provider does not offer this item");

  order->record.division = elder->record.division;
  order->price_fen = price->price_fen;
  order->subsidy_fen = price->subsidy_fen;
  if (order->due_at_us == 0)
    order->due_at_us = order->placed_at_us + item->lead_minutes * G_TIME_SPAN_MINUTE;
  return TRUE;
}

/* Counted from 1 each local day. */
static gboolean
take_number (YihuWork *work, int today, gint64 *number, GError **error)
{
  g_autofree char *counter = g_strdup_printf ("order-%08d", today);

  return yihu_store_take_number (work->store, counter, number, error);
}

void
yihu_orders_prefetch_number (YihuWork *work)
{
  gint64 number = 0;

  take_number (work, yihu_date_from_us (yihu_work_get_now_us (work)), &number, NULL);
}

/* "DD20261121-0007" */
static gboolean
fill_number (YihuWork *work, YihuOrder *order, GError **error)
{
  int today = yihu_date_from_us (yihu_work_get_now_us (work));
  gint64 number = 0;

  if (!take_number (work, today, &number, error))
    return FALSE;
  yihu_record_take (order->number, g_strdup_printf ("DD%08d-%04" G_GINT64_FORMAT, today, number));
  return TRUE;
}

gboolean
yihu_orders_create (YihuWork *work,
                    YihuActor *actor,
                    YihuCommand *command,
                    YihuRecord **row,
                    GError **error)
{
  g_autoptr (YihuOrder) order =
      yihu_use_case_read_record (command, "order", &yihu_order_type, error);

  if (order == NULL
      || !yihu_use_case_check_new (work, actor, &yihu_order_type, command->object, row, error))
    return FALSE;

  order->state = YIHU_ORDER_PLACED;
  order->placed_at_us = yihu_work_get_act_us (work, command);
  order->finished_at_us = 0;
  yihu_record_take (order->placed_by, g_strdup (actor->account->record.id));
  yihu_record_take (order->reason, NULL);
  if (order->seat == NULL || *order->seat == '\0')
    yihu_record_take (order->seat, g_strdup (actor->account->seat));
  if (!fill_from_register (work, actor, order, error) || !fill_number (work, order, error)
      || !yihu_work_save (work, order, NULL, TRUE, error)
      || !save_step (work, actor, command, order, YIHU_ORDER_PLACED, NULL, error))
    return FALSE;
  *row = yihu_record_ref (order);
  return TRUE;
}

static gboolean
check_hand (YihuActor *actor, const YihuOrder *order, GError **error)
{
  if (yihu_actor_get_role (actor) != YIHU_ROLE_PROVIDER)
    return yihu_actor_check (actor, order->record.division, error);
  if (actor->account->provider != NULL && *actor->account->provider != '\0'
      && g_strcmp0 (actor->account->provider, order->provider) == 0)
    return TRUE;
  g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN, "this order is another provider's");
  return FALSE;
}

static gboolean
role_may (const char *verb, YihuRole role)
{
  for (guint i = 0; i < yihu_order_flow.n_moves; i++)
    if (g_str_equal (yihu_order_flow.moves[i].verb, verb)
        && (yihu_order_flow.moves[i].roles & (1u << role)))
      return TRUE;
  return FALSE;
}

/* Has the same verb already brought the order to where it stands? */
static gboolean
is_done_already (YihuWork *work,
                 YihuActor *actor,
                 const YihuOrder *order,
                 const char *verb,
                 gboolean *done,
                 GError **error)
{
  g_autoptr (YihuOrderStep) step = NULL;

  *done = FALSE;
  if (yihu_flow_find (&yihu_order_flow, order->state, verb) != NULL
      || !role_may (verb, yihu_actor_get_role (actor)))
    return TRUE;
  if (!yihu_store_find_last_step (work->store, order->record.id, &step, error))
    return FALSE;
  *done = step != NULL && g_strcmp0 (step->verb, verb) == 0 && step->to == order->state;
  return TRUE;
}

gboolean
yihu_orders_move (YihuWork *work,
                  YihuActor *actor,
                  YihuCommand *command,
                  YihuRecord **row,
                  GError **error)
{
  const char *verb = yihu_use_case_get_verb (command);
  g_autoptr (YihuOrder) order = yihu_work_load (work, &yihu_order_type, command->object, error);
  g_autoptr (YihuOrder) next = NULL;
  const YihuFlowMove *move;
  const char *reason = NULL;
  gboolean done = FALSE;

  if (order == NULL || !check_hand (actor, order, error)
      || !yihu_json_read_text (command->args, "reason", FALSE, 512, &reason, error))
    return FALSE;
  *row = yihu_record_ref (order);
  if (!is_done_already (work, actor, order, verb, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  move = yihu_flow_lookup (&yihu_order_flow, order->state, verb, yihu_actor_get_role (actor),
                           reason, error);
  if (move == NULL)
    return FALSE;

  next = yihu_record_dup (order);
  next->state = move->to;
  if (reason != NULL && *reason != '\0')
    yihu_record_take (next->reason, g_strdup (reason));
  if (move->to == YIHU_ORDER_FINISHED && next->finished_at_us == 0)
    next->finished_at_us = yihu_work_get_act_us (work, command);
  if (!yihu_work_save (work, next, order, TRUE, error)
      || !save_step (work, actor, command, next, move->from, reason, error))
    return FALSE;
  yihu_record_unref (*row);
  *row = yihu_record_ref (next);
  return TRUE;
}
