/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The walk of one call through the server: it rings, is found, answered, becomes an order, is
 * followed to the end and approved; a live console sees each step once and in order. */

#include "fixture.h"

#include "base/error.h"

static void
assert_ok (Answer *answer)
{
  if (answer->status != 200)
    g_error ("%u %s: %s", answer->status, answer_get_text (answer, "error"),
             answer_get_text (answer, "message"));
  g_assert_cmpstr (answer_get_text (answer, "state"), ==, "ok");
}

static const char *
row_text (Answer *answer, const char *key)
{
  return json_string_value (
      json_object_get (json_array_get (json_object_get (answer->json, "record"), 1), key));
}

static gint64
row_int (Answer *answer, const char *key)
{
  return json_integer_value (
      json_object_get (json_array_get (json_object_get (answer->json, "record"), 1), key));
}

static void
do_command (Fixture *self, const char *token, YihuCommand *command)
{
  g_autoptr (YihuCommand) owned = command;
  g_autoptr (Answer) answer = fixture_command (self, token, owned);

  assert_ok (answer);
}

static void
do_move (Fixture *self, const char *token, const char *name, const char *id)
{
  g_autoptr (Answer) answer = fixture_command_text (self, token, name, id, "seat", "01", NULL);

  assert_ok (answer);
}

static void
test_call_to_order (Fixture *self, gconstpointer data)
{
  g_autofree char *desk = NULL;
  g_autofree char *voice = NULL;
  g_autofree char *staff = NULL;
  g_autofree char *reviewer = NULL;
  g_autoptr (YihuCommand) begin = fixture_new_call ("call1", "+8613800000001");
  g_autoptr (Live) live = NULL;
  g_autoptr (Answer) answer = NULL;
  json_t *frame;
  gint64 seq;

  fixture_fill (self);
  desk = fixture_login (self, "operator");
  voice = fixture_login (self, "switchboard");
  staff = fixture_login (self, "provider");
  reviewer = fixture_login (self, "reviewer");

  seq = yihu_hub_get_tenant (self->server->hub)->seq;
  live = live_open (self, desk);
  live_send (live, json_pack ("{s:{s:I, s:i, s:i}}", "hello", "cursor", (json_int_t) seq, "epoch",
                              1, "protocol", 1));
  json_decref (live_next (live, "welcome"));

  answer = fixture_command (self, voice, begin);
  assert_ok (answer);
  g_assert_cmpstr (row_text (answer, "elder"), ==, "e1");
  g_assert_cmpint (row_int (answer, "division"), ==, 210802001001);
  frame = live_next (live, "ev");
  g_assert_cmpint (json_integer_value (json_object_get (frame, "to")), ==, seq + 1);
  g_assert_cmpstr (json_string_value (
                       json_array_get (json_array_get (json_object_get (frame, "ev"), 0), 1)),
                   ==, "call");
  json_decref (frame);

  do_move (self, voice, "call.offer", "call1");
  do_move (self, voice, "call.answer", "call1");
  do_command (self, desk, fixture_new_order ("order1", "e1"));
  do_move (self, voice, "call.end", "call1");
  do_move (self, desk, "call.close", "call1");
  do_move (self, staff, "order.accept", "order1");
  do_move (self, staff, "order.arrive", "order1");
  do_move (self, staff, "order.start", "order1");
  do_move (self, staff, "order.finish", "order1");
  g_clear_pointer (&answer, answer_free);
  answer = fixture_command_text (self, reviewer, "order.approve", "order1", NULL);
  assert_ok (answer);
  g_assert_cmpstr (row_text (answer, "state"), ==, "approved");
  g_assert_cmpint (row_int (answer, "price_fen"), ==, 1500);
  g_assert_true (g_str_has_prefix (row_text (answer, "number"), "DD2"));
  g_assert_true (g_str_has_suffix (row_text (answer, "number"), "-0001"));
}

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/server/first-light", Fixture, NULL, fixture_set_up, test_call_to_order,
              fixture_tear_down);
  return g_test_run ();
}
