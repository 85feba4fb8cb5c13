/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What comes after the visit: field staff finish two orders, a reviewer passes one and returns the
 * other with a reason by keys alone, the operator sees the return, and the wall counts it all
 * without a name. */

#include "base/bounded-json.h"
#include "base/identifier.h"
#include "client/session.h"
#include "screen.h"
#include "wire/command.h"
#include "world.h"

#include "domain/order.h"

#include <locale.h>

#define N_ELDERS 2000
#define SEED 7
#define REASON "时长不足，请补做"

/* An operator's order by the same command as the desk's, for an elder of the reviewer's district.
 */
static void
place_order (World *world, YihuSession *session, guint n)
{
  g_autofree char *elder_sql = g_strdup_printf (
      "SELECT id FROM elder WHERE division >= 210802000000 AND division < 210803000000 ORDER BY id "
      "LIMIT 1 OFFSET %u",
      n);
  g_autofree char *elder = world_query_text (world, elder_sql);
  g_autofree char *provider =
      world_query_text (world, "SELECT provider FROM price ORDER BY id LIMIT 1");
  g_autofree char *item = world_query_text (world, "SELECT item FROM price ORDER BY id LIMIT 1");
  g_autofree char *id = yihu_identifier_new ();
  g_autoptr (YihuOrder) order = yihu_order_new (id);
  g_autoptr (YihuCommand) command = yihu_command_new ("order.create", id, 0, g_get_real_time ());
  g_autoptr (json_t) body = NULL;
  g_autoptr (json_t) answer = NULL;
  g_autoptr (GError) error = NULL;

  order->elder = g_steal_pointer (&elder);
  order->provider = g_steal_pointer (&provider);
  order->item = g_steal_pointer (&item);
  order->due_at_us = g_get_real_time () + G_TIME_SPAN_HOUR;
  order->seat = g_strdup ("03");
  yihu_command_set_record (command, "order", order);
  body = yihu_command_to_json (command);
  answer = yihu_session_request_sync (session, "POST", "/v1/command", body, 30, NULL, &error);
  g_assert_no_error (error);
}

static void
serve_two_orders (World *world)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", world->server_port);
  g_autoptr (YihuSession) session = yihu_session_new (url, "story");
  g_autoptr (GError) error = NULL;

  g_assert_true (yihu_session_login_sync (session, "op03", world->password, NULL, &error));
  g_assert_no_error (error);
  place_order (world, session, 0);
  place_order (world, session, 1);
  world_wait_count (world, "field staff have finished both orders", 120,
                    "SELECT count(*) FROM service_order WHERE state = 'finished'", 2);
}

static Screen *
open_console (World *world, const char *login, const char *const *options)
{
  world_start_console (world, login, 440, NULL, options);
  return screen_new (world_get_pid (world->console), 30);
}

static void
review_both (World *world)
{
  Screen *screen = open_console (world, "rev210802", NULL);

  screen_wait_part (screen, "待审核 2", 30);
  screen_shoot ("review");
  screen_key (screen, "ctrl+Return");
  world_wait_count (world, "one order is approved", 20,
                    "SELECT count(*) FROM service_order WHERE state = 'approved'", 1);
  screen_wait_part (screen, "待审核 1", 20);

  /* Without a reason nothing is returned. */
  screen_key (screen, "ctrl+BackSpace");
  screen_wait_part (screen, "退回必须填写原因", 10);
  g_assert_cmpint (world_query (world,
                                "SELECT count(*) FROM service_order WHERE state = 'returned'"),
                   ==, 0);
  screen_set_text (screen, "退回原因", REASON);
  screen_key (screen, "ctrl+BackSpace");
  world_wait_count (
      world, "the other is returned with the reason", 20,
      "SELECT count(*) FROM service_order WHERE state = 'returned' AND reason = '" REASON "'", 1);
  screen_wait_part (screen, "待审核 0", 20);
  world_stop_console (world);
  screen_free (screen);
}

static void
see_the_return (World *world)
{
  Screen *screen = open_console (world, "op03", NULL);

  screen_wait_part (screen, "退回", 30);
  screen_wait_part (screen, REASON, 10);
  screen_shoot ("desk-returned");
  world_stop_console (world);
  screen_free (screen);
}

static void
see_the_wall (World *world)
{
  g_autofree char *name = world_query_text (
      world, "SELECT name FROM elder WHERE id = (SELECT elder FROM service_order LIMIT 1)");
  Screen *screen = open_console (world, "sup01", (const char *[]){ "--wall", NULL });

  screen_wait_part (screen, "今日来电", 30);
  screen_wait_part (screen, "审核退回", 30);
  g_assert_false (screen_has_part (screen, name));
  screen_shoot ("wall");
  world_stop_server (world);
  screen_wait_part (screen, "▲ 中心离线", 30);
  screen_shoot ("wall-offline");
  world_stop_console (world);
  screen_free (screen);
}

static void
test_review (void)
{
  World *world = world_new (N_ELDERS, SEED);

  g_test_message ("seed %d", SEED);
  world_start_voice (world);
  world_start_city (world, (const char *[]){ "--calls-per-hour", "0", "--pace", "1000", NULL });
  serve_two_orders (world);
  review_both (world);
  see_the_return (world);
  see_the_wall (world);
  world_free (world);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL); /* as in story-desk.c */
  g_test_add_func ("/story/review", test_review);
  return g_test_run ();
}
