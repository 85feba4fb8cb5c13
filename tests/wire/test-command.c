/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Commands and replies: both ways, the hash, and what must be refused. */

#include "base/error.h"
#include "domain/kinds.h"
#include "wire/command.h"

static void
test_round_trip (void)
{
  g_autoptr (YihuCommand) command = yihu_command_new ("order.accept", "o1", 3, 1000000);
  g_autoptr (json_t) json = NULL;
  g_autoptr (YihuCommand) copy = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;

  yihu_command_set_text (command, "reason", "急");
  yihu_command_set_int (command, "lat_e7", 406670000);
  json = yihu_command_to_json (command);
  text = yihu_json_print (json);
  copy = yihu_command_from_json (json, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (copy->key, ==, command->key);
  json_decref (g_steal_pointer (&json));
  json = yihu_command_to_json (copy);
  again = yihu_json_print (json);
  g_assert_cmpstr (text, ==, again);
}

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/command/round-trip", test_round_trip);
  return g_test_run ();
}
