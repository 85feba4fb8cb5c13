/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Commands as anybody who is logged in may send them: the first byte chooses the role, the rest is
 * the JSON. Whatever comes, the store stays as it was after a refusal, and the feed has no gap. */

#include "base/error.h"
#include "domain/kinds.h"
#include "server/work/commands.h"
#include "store/sqlite/sqlite-store.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define WEST G_GINT64_CONSTANT (210802001001)

static void
put (YihuWork *work, gpointer record, gint64 division)
{
  g_autoptr (YihuRecord) owned = record;
  g_autoptr (GError) error = NULL;

  owned->division = division;
  yihu_work_save (work, owned, NULL, TRUE, &error);
  g_assert_no_error (error);
}

static void
put_people (YihuWork *work)
{
  YihuDivision *division = yihu_division_new ("210802001001");
  YihuElder *elder = yihu_elder_new ("e1");
  YihuOrder *order = yihu_order_new ("o1");
  YihuCall *call = yihu_call_new ("c1");

  division->name = g_strdup ("West");
  division->level = 5;
  elder->name = g_strdup ("王秀英");
  elder->birth = 19400101;
  elder->phone = g_strdup ("+8613800000001");
  order->elder = g_strdup ("e1");
  order->item = g_strdup ("i1");
  order->provider = g_strdup ("p1");
  call->state = YIHU_CALL_WRAPUP;
  put (work, division, WEST);
  put (work, elder, WEST);
  put (work, order, WEST);
  put (work, call, 0);
}

static void
put_offers (YihuWork *work)
{
  YihuProvider *provider = yihu_provider_new ("p1");
  YihuServiceItem *item = yihu_service_item_new ("i1");
  YihuPrice *price = yihu_price_new ("q1");

  provider->name = g_strdup ("Good");
  item->name = g_strdup ("Lunch");
  price->provider = g_strdup ("p1");
  price->item = g_strdup ("i1");
  put (work, provider, 0);
  put (work, item, 0);
  put (work, price, 0);
}

static YihuWork *
make_world (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuStore) store = yihu_sqlite_store_open (":memory:", &error);
  g_autoptr (YihuClock) clock = yihu_fake_clock_new (G_GINT64_CONSTANT (1795228200000000));
  YihuWork *work;

  g_assert_no_error (error);
  work = yihu_work_new (store, clock, "0417");
  put_offers (work);
  put_people (work);
  return work;
}

static YihuActor *
make_actor (guint role)
{
  g_autoptr (YihuAccount) account = yihu_account_new ("a1");

  account->login = g_strdup ("somebody");
  account->name = g_strdup ("Somebody");
  account->role = role % (YIHU_ROLE_SWITCHBOARD + 1);
  account->provider = g_strdup ("p1");
  account->record.division = role % 2 == 0 ? 0 : 210800000000;
  return yihu_actor_new (account, "fuzz");
}

static void
run (YihuWork *work, YihuActor *actor, YihuCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuReply) reply = NULL;
  gint64 before = work->tenant.seq;

  g_assert_true (yihu_store_begin (work->store, TRUE, NULL));
  g_assert_true (yihu_work_mark (work, NULL));
  reply = yihu_commands_run (work, actor, command, &error);
  g_assert_true ((reply != NULL) != (error != NULL));
  g_assert_cmpint (work->tenant.seq - before, ==, (gint64) work->events->len);
  if (reply != NULL && reply->error != NULL)
    g_assert_cmpint (work->tenant.seq, ==, before);
  yihu_store_rollback (work->store);
  work->tenant.seq = before;
  g_ptr_array_set_size (work->events, 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static YihuWork *work;
  g_autoptr (json_t) json = NULL;
  g_autoptr (YihuCommand) command = NULL;
  g_autoptr (YihuActor) actor = NULL;

  if (work == NULL)
    {
      yihu_json_init ();
      work = make_world ();
      g_ptr_array_set_size (work->events, 0);
    }
  if (size < 2)
    return 0;
  json = yihu_json_parse ((const char *) data + 1, (gssize) size - 1, 0, NULL);
  command = json != NULL ? yihu_command_from_json (json, NULL) : NULL;
  if (command == NULL)
    return 0;
  actor = make_actor (data[0]);
  run (work, actor, command);
  return 0;
}
