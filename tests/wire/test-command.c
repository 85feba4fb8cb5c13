/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Commands and replies: what is refused, what the hash covers, how errors travel. */

#include "base/error.h"
#include "base/identifier.h"
#include "domain/kinds.h"
#include "wire/command.h"

#define KEY "01980000-0000-7000-8000-000000000020"

static json_t *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  json_t *json = yihu_json_parse (text, -1, 0, &error);

  g_assert_no_error (error);
  return json;
}

static void
test_new_command (void)
{
  g_autoptr (YihuCommand) command = yihu_command_new ("order.accept", "o1", 3, 1000000);
  g_autoptr (YihuCommand) other = yihu_command_new ("order.accept", "o1", 3, 1000000);
  g_autoptr (json_t) json = NULL;
  g_autoptr (YihuCommand) copy = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (yihu_identifier_is_valid (command->key));
  g_assert_cmpstr (command->key, !=, other->key);
  yihu_command_set_text (command, "reason", "急");
  yihu_command_set_text (command, "nothing", NULL);
  yihu_command_set_int (command, "lat_e7", 406670000);
  json = yihu_command_to_json (command);
  copy = yihu_command_from_json (json, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (copy->key, ==, command->key);
  g_assert_cmpstr (copy->name, ==, "order.accept");
  g_assert_cmpstr (copy->object, ==, "o1");
  g_assert_cmpint (copy->base, ==, 3);
  g_assert_cmpint (copy->at_us, ==, 1000000);
  g_assert_true (json_equal (copy->args, command->args));
  g_assert_cmpuint (json_object_size (copy->args), ==, 2);
}

static void
test_args_are_optional (void)
{
  g_autoptr (json_t) json =
      parse ("{\"key\":\"" KEY "\",\"name\":\"a.b\",\"object\":\"o\",\"at_us\":1}");
  g_autoptr (YihuCommand) command = yihu_command_from_json (json, NULL);

  g_assert_true (json_is_object (command->args));
  g_assert_cmpint (command->base, ==, 0);
}

#define WITH(member, value)                                                                        \
  "{\"key\":\"" KEY "\",\"name\":\"order.accept\",\"object\":\"o\",\"at_us\":1,\"" member          \
  "\":" value "}"

static void
test_refused_commands (void)
{
  static const char *const texts[] = {
    "{}",
    "[]",
    "{\"key\":\"x\",\"name\":\"a.b\",\"object\":\"o\",\"at_us\":1}",
    "{\"key\":\"" KEY "\",\"name\":\"ab\",\"object\":\"o\",\"at_us\":1}",
    "{\"key\":\"" KEY "\",\"name\":\".b\",\"object\":\"o\",\"at_us\":1}",
    "{\"key\":\"" KEY "\",\"name\":\"a.\",\"object\":\"o\",\"at_us\":1}",
    "{\"key\":\"" KEY "\",\"name\":\"a.B\",\"object\":\"o\",\"at_us\":1}",
    "{\"key\":\"" KEY "\",\"name\":\"a.b'\",\"object\":\"o\",\"at_us\":1}",
    "{\"key\":\"" KEY "\",\"name\":\"a.b\",\"object\":\"\",\"at_us\":1}",
    "{\"key\":\"" KEY "\",\"name\":\"a.b\",\"object\":\"o\"}",
    WITH ("base", "-1"),
    WITH ("base", "\"1\""),
    WITH ("args", "[]"),
    WITH ("args", "null"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (json_t) json = parse (texts[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (yihu_command_from_json (json, &error));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
    }
}

static void
test_record_is_read_back (void)
{
  g_autoptr (YihuOrder) order = yihu_order_new ("o1");
  g_autoptr (YihuOrder) back = NULL;
  g_autoptr (YihuCommand) command = yihu_command_new ("order.create", "o1", 0, 1);

  order->elder = g_strdup ("e1");
  order->item = g_strdup ("i1");
  order->provider = g_strdup ("p1");
  order->note = g_strdup ("少盐");
  yihu_command_set_record (command, "order", order);
  yihu_command_set_text (command, "reason", "none");
  back = yihu_command_get_record (command, "order", &yihu_order_type);
  g_assert_cmpstr (back->note, ==, "少盐");
  g_assert_null (yihu_command_get_record (command, "elder", &yihu_elder_type));
  g_assert_null (yihu_command_get_record (command, "reason", &yihu_order_type));
}

static void
test_hash (void)
{
  const char *reference = WITH ("args", "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}");
  static const struct
  {
    const char *text;
    gboolean is_same;
  } rows[] = {
    { WITH ("args", "{\"b\":{\"d\":3,\"c\":2},\"a\":1}"), TRUE },
    { "{\"key\":\"01980000-0000-7000-8000-000000000021\",\"name\":\"order.accept\","
      "\"object\":\"o\",\"at_us\":2,\"args\":{\"a\":1,\"b\":{\"c\":2,\"d\":3}}}",
      TRUE },
    { WITH ("args", "{\"a\":1,\"b\":{\"c\":2,\"d\":4}}"), FALSE },
    { WITH ("args", "{\"a\":1}"), FALSE },
    { "{\"key\":\"" KEY "\",\"name\":\"order.decline\",\"object\":\"o\",\"at_us\":1,"
      "\"args\":{\"a\":1,\"b\":{\"c\":2,\"d\":3}}}",
      FALSE },
    { "{\"key\":\"" KEY "\",\"name\":\"order.accept\",\"object\":\"p\",\"at_us\":1,"
      "\"args\":{\"a\":1,\"b\":{\"c\":2,\"d\":3}}}",
      FALSE },
    { "{\"key\":\"" KEY "\",\"name\":\"order.accept\",\"object\":\"o\",\"at_us\":1,\"base\":1,"
      "\"args\":{\"a\":1,\"b\":{\"c\":2,\"d\":3}}}",
      FALSE },
  };
  g_autoptr (json_t) json = parse (reference);
  g_autoptr (YihuCommand) command = yihu_command_from_json (json, NULL);
  g_autofree char *hash = yihu_command_dup_hash (command);

  /* b2sum -l 256 of the canonical text. */
  g_assert_cmpstr (hash, ==, "acac52f58d1b96e6793b9805a79de419a546f0b57f6c8ddd7119a4511b128a04");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (json_t) other_json = parse (rows[i].text);
      g_autoptr (YihuCommand) other = yihu_command_from_json (other_json, NULL);
      g_autofree char *other_hash = yihu_command_dup_hash (other);

      g_assert_cmpint (g_strcmp0 (hash, other_hash) == 0, ==, rows[i].is_same);
    }
}

/* --- replies --- */

static YihuReply *
travel (const YihuReply *reply)
{
  g_autoptr (json_t) json = yihu_reply_to_json (reply);
  g_autoptr (GError) error = NULL;
  YihuReply *copy = yihu_reply_from_json (json, &error);

  g_assert_no_error (error);
  return copy;
}

static void
test_every_error_travels (void)
{
  for (guint code = 0; code < YIHU_N_ERRORS; code++)
    {
      g_autoptr (GError) error = g_error_new (YIHU_ERROR, (int) code, "number %u", code);
      g_autoptr (YihuReply) reply = yihu_reply_new_error (KEY, error, NULL);
      g_autoptr (YihuReply) copy = travel (reply);

      g_assert_error (copy->error, YIHU_ERROR, (int) code);
      g_assert_cmpstr (copy->error->message, ==, error->message);
      g_assert_cmpint (copy->state, ==,
                       code == YIHU_ERROR_CONFLICT ? YIHU_REPLY_CONFLICT : YIHU_REPLY_REJECTED);
    }
}

static void
test_foreign_error_becomes_failed (void)
{
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_CLOSED, "closed");
  g_autoptr (YihuReply) reply = yihu_reply_new_error (KEY, error, NULL);
  g_autoptr (YihuReply) copy = travel (reply);

  g_assert_error (copy->error, YIHU_ERROR, YIHU_ERROR_FAILED);
}

static void
test_reply_with_row (void)
{
  g_autoptr (YihuSeat) seat = yihu_seat_new ("03");
  g_autoptr (YihuReply) reply = NULL;
  g_autoptr (YihuReply) copy = NULL;

  seat->record.version = 4;
  reply = yihu_reply_new (KEY, 17, seat);
  reply->again = TRUE;
  copy = travel (reply);
  g_assert_cmpstr (copy->key, ==, KEY);
  g_assert_cmpint (copy->seq, ==, 17);
  g_assert_true (copy->again);
  g_assert_no_error (copy->error);
  g_assert_true (yihu_record_equal (copy->record, seat));
}

static void
test_reply_of_unknown_kind (void)
{
  g_autoptr (json_t) json = parse ("{\"key\":\"" KEY "\",\"seq\":1,\"state\":\"ok\","
                                   "\"record\":[\"drone\",{\"id\":\"d\"}]}");
  g_autoptr (YihuReply) reply = yihu_reply_from_json (json, NULL);

  g_assert_nonnull (reply);
  g_assert_null (reply->record);
}

static void
test_refused_replies (void)
{
  static const char *const texts[] = {
    "{}",
    "{\"key\":\"" KEY "\"}",
    "{\"key\":\"" KEY "\",\"state\":\"dup\"}",
    "{\"key\":\"" KEY "\",\"state\":\"ok\",\"seq\":-1}",
    "{\"key\":\"" KEY "\",\"state\":\"ok\",\"record\":[]}",
    "{\"key\":\"" KEY "\",\"state\":\"ok\",\"record\":[7,{}]}",
    "{\"key\":\"" KEY "\",\"state\":\"ok\",\"record\":[\"seat\"]}",
    "{\"key\":\"" KEY "\",\"state\":\"ok\",\"record\":[\"seat\",{}]}",
    "{\"key\":\"" KEY "\",\"state\":\"ok\",\"record\":{}}",
    "{\"key\":\"" KEY "\",\"state\":\"ok\",\"again\":1}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (json_t) json = parse (texts[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (yihu_reply_from_json (json, &error));
      g_assert_error (error, YIHU_ERROR, YIHU_ERROR_INVALID);
    }
}

/* A refusal without a code is still a refusal. */
static void
test_rejected_without_code (void)
{
  g_autoptr (json_t) json = parse ("{\"key\":\"" KEY "\",\"state\":\"rejected\"}");
  g_autoptr (YihuReply) reply = yihu_reply_from_json (json, NULL);

  g_assert_error (reply->error, YIHU_ERROR, YIHU_ERROR_FAILED);
}

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/command/new", test_new_command);
  g_test_add_func ("/wire/command/args", test_args_are_optional);
  g_test_add_func ("/wire/command/refused", test_refused_commands);
  g_test_add_func ("/wire/command/record", test_record_is_read_back);
  g_test_add_func ("/wire/command/hash", test_hash);
  g_test_add_func ("/wire/reply/errors", test_every_error_travels);
  g_test_add_func ("/wire/reply/foreign-error", test_foreign_error_becomes_failed);
  g_test_add_func ("/wire/reply/row", test_reply_with_row);
  g_test_add_func ("/wire/reply/unknown-kind", test_reply_of_unknown_kind);
  g_test_add_func ("/wire/reply/refused", test_refused_replies);
  g_test_add_func ("/wire/reply/no-code", test_rejected_without_code);
  return g_test_run ();
}
