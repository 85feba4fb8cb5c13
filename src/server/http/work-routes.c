/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Commands over HTTP, reveals and camera grants, and the list of a provider's orders. */

#include "server/http/routes.h"

#include "base/error.h"
#include "server/work/commands.h"
#include "server/work/reveal.h"
#include "wire/record-json.h"

#define MAX_ORDERS 500

/* The answer is the reply; its status is that of the refusal, so that a tool need not read it. */
static void
on_command_done (const YihuReply *reply, gpointer data)
{
  g_autoptr (YihuExchange) exchange = data;
  guint status = SOUP_STATUS_OK;

  if (reply->error != NULL)
    status = yihu_error_get_status (reply->error->domain == YIHU_ERROR ? reply->error->code
                                                                       : YIHU_ERROR_FAILED);
  yihu_exchange_answer (exchange, status, yihu_reply_to_json (reply));
}

void
yihu_route_command (YihuExchange *exchange)
{
  g_autoptr (json_t) body = yihu_exchange_read_json (exchange);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuCommand) command = NULL;

  if (body == NULL)
    return;
  command = yihu_command_from_json (body, &error);
  if (command == NULL)
    yihu_exchange_answer_error (exchange, error);
  else
    yihu_commands_submit (exchange->server->writer, exchange->actor, command, on_command_done,
                          yihu_exchange_pause (exchange));
}

static void
on_revealed (const YihuRevealed *revealed, const GError *error, gpointer data)
{
  g_autoptr (YihuExchange) exchange = data;

  if (error != NULL)
    yihu_exchange_answer_error (exchange, error);
  else
    yihu_exchange_answer (exchange, SOUP_STATUS_OK, json_pack ("{s:s}", "value", revealed->value));
}

void
yihu_route_reveal (YihuExchange *exchange)
{
  g_autoptr (json_t) body = yihu_exchange_read_json (exchange);
  g_autoptr (GError) error = NULL;
  const char *elder = NULL;
  const char *field = NULL;
  const char *reason = NULL;

  if (body == NULL)
    return;
  if (!yihu_json_read_text (body, "elder", TRUE, 36, &elder, &error)
      || !yihu_json_read_text (body, "field", TRUE, 32, &field, &error)
      || !yihu_json_read_text (body, "reason", TRUE, 512, &reason, &error))
    yihu_exchange_answer_error (exchange, error);
  else
    {
      YihuRevealQuota quota = { exchange->server->reveals_per_hour,
                                exchange->server->reveals_per_day };

      yihu_reveal_elder (exchange->server->writer, exchange->actor, elder, field, reason, &quota,
                         on_revealed, yihu_exchange_pause (exchange));
    }
}

static void
on_granted (const YihuRevealed *revealed, const GError *error, gpointer data)
{
  g_autoptr (YihuExchange) exchange = data;

  if (error != NULL)
    yihu_exchange_answer_error (exchange, error);
  else
    yihu_exchange_answer (exchange, SOUP_STATUS_OK,
                          json_pack ("{s:s, s:s*, s:s*, s:I}", "url", revealed->url, "user",
                                     revealed->user, "password", revealed->password, "until_us",
                                     (json_int_t) revealed->until_us));
}

void
yihu_route_camera_grant (YihuExchange *exchange)
{
  g_autoptr (json_t) body = yihu_exchange_read_json (exchange);
  g_autoptr (GError) error = NULL;
  const char *reason = NULL;

  if (body == NULL)
    return;
  if (!yihu_json_read_text (body, "reason", TRUE, 512, &reason, &error))
    yihu_exchange_answer_error (exchange, error);
  else
    yihu_reveal_camera (exchange->server->writer, exchange->actor, exchange->object, reason,
                        on_granted, yihu_exchange_pause (exchange));
}

/* Orders of the provider whose staff asks. */

typedef struct
{
  YihuExchange *exchange; /* (owned) */
  guint states;
  json_t *orders; /* (owned) */
  GError *error;
} OrderList;

static json_t *
describe_elder (const YihuElder *elder)
{
  return json_pack ("{s:s, s:s, s:s*, s:s*, s:s*, s:s*, s:I, s:I}", "id", elder->record.id, "name",
                    elder->name, "appellation", elder->appellation, "phone", elder->phone, "phone2",
                    elder->phone2, "address", elder->address, "lat_e7", (json_int_t) elder->lat_e7,
                    "lon_e7", (json_int_t) elder->lon_e7);
}

/* An elder's data only as far as a visit needs it. */
static gboolean
add_order (YihuStore *store, OrderList *self, YihuOrder *order)
{
  json_t *row = json_object ();
  g_autoptr (YihuElder) elder =
      yihu_store_get_record (store, &yihu_elder_type, order->elder, &self->error);
  g_autoptr (YihuServiceItem) item = NULL;

  json_array_append_new (self->orders, row);
  json_object_set_new (row, "order", yihu_record_to_json (order, FALSE));
  if (elder != NULL)
    json_object_set_new (row, "elder", describe_elder (elder));
  if (self->error != NULL)
    return FALSE;
  item = yihu_store_get_record (store, &yihu_service_item_type, order->item, &self->error);
  if (item != NULL)
    json_object_set_new (row, "item", yihu_record_to_json (item, FALSE));
  return self->error == NULL;
}

static void
read_orders (YihuStore *store, gpointer data)
{
  OrderList *self = data;
  const char *provider = self->exchange->actor->account->provider;
  g_autoptr (GPtrArray) orders = yihu_store_list_orders (store, provider != NULL ? provider : "",
                                                         self->states, MAX_ORDERS, &self->error);

  for (guint i = 0; orders != NULL && i < orders->len; i++)
    if (!add_order (store, self, g_ptr_array_index (orders, i)))
      return;
}

static void
on_orders_read (gpointer data)
{
  OrderList *self = data;

  if (self->error != NULL)
    yihu_exchange_answer_error (self->exchange, self->error);
  else
    yihu_exchange_answer (self->exchange, SOUP_STATUS_OK,
                          json_pack ("{s:O}", "orders", self->orders));
  yihu_exchange_unref (self->exchange);
  json_decref (self->orders);
  g_clear_error (&self->error);
  g_free (self);
}

static gboolean
parse_states (const char *text, guint *states, GError **error)
{
  const YihuField *field = yihu_record_type_find_field (&yihu_order_type, "state");
  g_auto (GStrv) names = g_strsplit (text, ",", -1);

  *states = 0;
  for (guint i = 0; names[i] != NULL; i++)
    {
      int state = yihu_field_find_nick (field, names[i]);

      if (state < 0)
        {
          g_set_error_literal (error, YIHU_ERROR, YIHU_ERROR_INVALID,
                               "parameter 'state': names an unknown state");
          return FALSE;
        }
      *states |= 1u << state;
    }
  return TRUE;
}

void
yihu_route_orders (YihuExchange *exchange)
{
  const char *states = yihu_exchange_query_text (exchange, "state");
  const char *provider = yihu_exchange_query_text (exchange, "provider");
  g_autoptr (GError) error = NULL;
  OrderList *self;

  self = g_new0 (OrderList, 1);
  self->exchange = yihu_exchange_ref (exchange);
  self->orders = json_array ();
  self->states = (1u << YIHU_ORDER_PLACED) | (1u << YIHU_ORDER_ACCEPTED)
                 | (1u << YIHU_ORDER_ARRIVED) | (1u << YIHU_ORDER_STARTED);
  if (provider != NULL && g_strcmp0 (provider, exchange->actor->account->provider) != 0)
    g_set_error_literal (&self->error, YIHU_ERROR, YIHU_ERROR_FORBIDDEN,
                         "these are another provider's orders");
  else if ((states == NULL || parse_states (states, &self->states, &self->error))
           && yihu_readers_push (exchange->server->readers, read_orders, on_orders_read, self,
                                 &self->error))
    {
      yihu_exchange_unref (yihu_exchange_pause (exchange));
      return;
    }
  on_orders_read (self);
}
