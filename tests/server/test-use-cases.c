/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Each command: what it does, and each way in which it is refused. */

#include "fixture.h"

#include "base/error.h"
#include "domain/kinds.h"

#include <string.h>

typedef struct
{
  Fixture fixture;
  char *desk;
  char *county;
  char *supervisor;
  char *reviewer;
  char *staff;
  char *other_staff;
  char *voice;
} World;

static void
set_up (World *self, gconstpointer data)
{
  fixture_set_up (&self->fixture, data);
  fixture_fill (&self->fixture);
  self->desk = fixture_login (&self->fixture, "operator");
  self->county = fixture_login (&self->fixture, "county");
  self->supervisor = fixture_login (&self->fixture, "supervisor");
  self->reviewer = fixture_login (&self->fixture, "reviewer");
  self->staff = fixture_login (&self->fixture, "provider");
  self->other_staff = fixture_login (&self->fixture, "provider2");
  self->voice = fixture_login (&self->fixture, "switchboard");
}

static void
tear_down (World *self, gconstpointer data)
{
  g_free (self->desk);
  g_free (self->county);
  g_free (self->supervisor);
  g_free (self->reviewer);
  g_free (self->staff);
  g_free (self->other_staff);
  g_free (self->voice);
  fixture_tear_down (&self->fixture, data);
}

static const json_t *
get_row (Answer *answer)
{
  return json_array_get (json_object_get (answer->json, "record"), 1);
}

static const char *
row_text (Answer *answer, const char *key)
{
  return json_string_value (json_object_get (get_row (answer), key));
}

static gint64
row_int (Answer *answer, const char *key)
{
  return json_integer_value (json_object_get (get_row (answer), key));
}

/* Sends and expects @code, or success where it is YIHU_N_ERRORS. */
static Answer *
expect (World *self, const char *token, YihuCommand *command, YihuError code)
{
  Answer *answer = fixture_command (&self->fixture, token, command);

  if (code == YIHU_N_ERRORS && answer->status != 200)
    g_error ("%s: %s %s", command->name, answer_get_text (answer, "error"),
             answer_get_text (answer, "message"));
  if (code != YIHU_N_ERRORS)
    {
      assert_error (answer, code);
      g_assert_cmpuint (answer->status, ==, yihu_error_get_status (code));
    }
  return answer;
}

static void
check (World *self, const char *token, YihuCommand *command, YihuError code)
{
  g_autoptr (YihuCommand) owned = command;

  answer_free (expect (self, token, owned, code));
}

#define OK YIHU_N_ERRORS

static YihuCommand *
make (const char *name, const char *id, const char *key, const char *value)
{
  YihuCommand *command = yihu_command_new (name, id, 0, g_get_real_time ());

  if (key != NULL)
    yihu_command_set_text (command, key, value);
  return command;
}

static gint64
get_seq (World *self)
{
  return yihu_hub_get_tenant (self->fixture.server->hub)->seq;
}

/* A desk's clock is believed within reason: a command may have waited in an outbox for days, but it
 * does not come from the future, and no outbox lives for forty days. */
static void
test_wrong_clocks (World *self, gconstpointer data)
{
  static const struct
  {
    gint64 offset_us;
    gboolean is_believed;
  } cases[] = { { -40 * G_TIME_SPAN_DAY, FALSE },
                { -20 * G_TIME_SPAN_DAY, TRUE },
                { 2 * G_TIME_SPAN_MINUTE, TRUE },
                { G_TIME_SPAN_HOUR, FALSE },
                { 9000 * G_TIME_SPAN_DAY, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *id = g_strdup_printf ("o%u", i);
      g_autoptr (YihuCommand) command = fixture_new_order (id, "e1");
      gint64 now_us = yihu_clock_get_now_us (self->fixture.clock);
      g_autoptr (Answer) answer = NULL;

      command->at_us = now_us + cases[i].offset_us;
      answer = expect (self, self->desk, command, OK);
      if (cases[i].is_believed)
        g_assert_cmpint (row_int (answer, "placed_at_us"), ==, command->at_us);
      else
        {
          g_assert_cmpint (row_int (answer, "placed_at_us"), >=, now_us);
          g_assert_cmpint (row_int (answer, "placed_at_us"), <=,
                           yihu_clock_get_now_us (self->fixture.clock));
        }
    }
}

static void
test_order_create (World *self, gconstpointer data)
{
  g_autoptr (YihuCommand) command = fixture_new_order ("o1", "e2");
  g_autoptr (Answer) answer = expect (self, self->desk, command, OK);
  gint64 seq = get_seq (self);

  g_assert_cmpstr (row_text (answer, "state"), ==, "placed");
  g_assert_cmpint (row_int (answer, "version"), ==, 1);
  g_assert_cmpint (row_int (answer, "division"), ==, 210803001001);
  g_assert_cmpint (row_int (answer, "price_fen"), ==, 1500);
  g_assert_cmpint (row_int (answer, "subsidy_fen"), ==, 500);
  g_assert_cmpint (row_int (answer, "due_at_us") - row_int (answer, "placed_at_us"), ==,
                   60 * G_TIME_SPAN_MINUTE);
  g_assert_cmpstr (row_text (answer, "placed_by"), ==, "operator");
  g_assert_cmpstr (row_text (answer, "seat"), ==, "01");
  g_assert_cmpint (answer_get_int (answer, "seq"), ==, seq);

  check (self, self->desk, fixture_new_order ("o1", "e2"), YIHU_ERROR_CONFLICT);
  check (self, self->county, fixture_new_order ("o2", "e2"), YIHU_ERROR_FORBIDDEN);
  check (self, self->county, fixture_new_order ("o2", "e1"), OK);
  check (self, self->desk, fixture_new_order ("o3", "nobody"), YIHU_ERROR_NOT_FOUND);
  check (self, self->desk, make ("order.create", "o3", "order", "x"), YIHU_ERROR_INVALID);
  check (self, self->desk, make ("order.create", "o3", NULL, NULL), YIHU_ERROR_INVALID);
  g_assert_cmpint (get_seq (self), ==, seq + 2); /* order and step of o2: nothing else */
}

static YihuCommand *
make_order_of (const char *id, const char *item, const char *provider)
{
  g_autoptr (YihuOrder) order = yihu_order_new (id);
  YihuCommand *command = yihu_command_new ("order.create", id, 0, g_get_real_time ());

  order->elder = g_strdup ("e1");
  order->item = g_strdup (item);
  order->provider = g_strdup (provider);
  order->state = YIHU_ORDER_APPROVED;
  order->price_fen = 1;
  yihu_command_set_record (command, "order", order);
  return command;
}

static void
test_order_register (World *self, gconstpointer data)
{
  g_autoptr (YihuCommand) command = make_order_of ("o9", "i1", "p1");
  g_autoptr (Answer) answer = NULL;

  check (self, self->desk, make_order_of ("o1", "i2", "p1"), YIHU_ERROR_REJECTED); /* not offered */
  check (self, self->desk, make_order_of ("o2", "i1", "p2"), YIHU_ERROR_REJECTED); /* suspended */
  check (self, self->desk, make_order_of ("o3", "i9", "p1"), YIHU_ERROR_NOT_FOUND);
  check (self, self->desk, make_order_of ("o4", "i1", "p9"), YIHU_ERROR_NOT_FOUND);
  answer = expect (self, self->desk, command, OK);
  g_assert_cmpstr (row_text (answer, "state"), ==, "placed"); /* whatever the desk said */
  g_assert_cmpint (row_int (answer, "price_fen"), ==, 1500);
}

static const char *
pick_token (World *self, guint roles)
{
  if (roles & (1u << YIHU_ROLE_PROVIDER))
    return self->staff;
  return roles & (1u << YIHU_ROLE_REVIEWER) ? self->reviewer : self->supervisor;
}

/* The moves by which an order comes into each state. */
static const char *const paths[][6] = {
  [YIHU_ORDER_PLACED] = { NULL },
  [YIHU_ORDER_ACCEPTED] = { "accept", NULL },
  [YIHU_ORDER_ARRIVED] = { "accept", "arrive", NULL },
  [YIHU_ORDER_STARTED] = { "accept", "arrive", "start", NULL },
  [YIHU_ORDER_FINISHED] = { "accept", "arrive", "start", "finish", NULL },
  [YIHU_ORDER_APPROVED] = { "accept", "arrive", "start", "finish", "approve", NULL },
  [YIHU_ORDER_RETURNED] = { "accept", "arrive", "start", "finish", "return", NULL },
  [YIHU_ORDER_CANCELLED] = { "cancel", NULL },
};

static guint
get_roles (const char *verb)
{
  guint roles = 0;

  for (guint i = 0; i < yihu_order_flow.n_moves; i++)
    if (g_str_equal (yihu_order_flow.moves[i].verb, verb))
      roles |= yihu_order_flow.moves[i].roles;
  return roles;
}

static Answer *
move (World *self, const char *token, const char *id, const char *verb)
{
  g_autofree char *name = g_strconcat ("order.", verb, NULL);

  return fixture_command_text (&self->fixture, token, name, id, "reason", "because", NULL);
}

/* Every verb from every state: the flow table decides, and a refusal carries the current row and
 * changes nothing. */
static void
test_order_flow (World *self, gconstpointer data)
{
  for (guint state = 0; state < G_N_ELEMENTS (paths); state++)
    for (guint i = 0; i < yihu_order_flow.n_moves; i++)
      {
        const char *verb = yihu_order_flow.moves[i].verb;
        const YihuFlowMove *found = yihu_flow_find (&yihu_order_flow, state, verb);
        g_autofree char *id = g_strdup_printf ("o-%u-%u", state, i);
        const char *last = NULL;
        g_autoptr (Answer) answer = NULL;
        gint64 seq;

        check (self, self->desk, fixture_new_order (id, "e1"), OK);
        for (guint j = 0; paths[state][j] != NULL; j++)
          {
            last = paths[state][j];
            g_clear_pointer (&answer, answer_free);
            answer = move (self, pick_token (self, get_roles (last)), id, last);
            g_assert_cmpuint (answer->status, ==, 200);
          }
        g_clear_pointer (&answer, answer_free);
        seq = get_seq (self);
        answer = move (self, pick_token (self, get_roles (verb)), id, verb);
        if (found != NULL)
          {
            g_assert_cmpuint (answer->status, ==, 200);
            g_assert_cmpstr (row_text (answer, "state"), ==, yihu_order_flow.states[found->to]);
            g_assert_cmpint (get_seq (self), ==, seq + 2);
          }
        else if (g_strcmp0 (last, verb) == 0)
          {
            g_assert_cmpuint (answer->status, ==, 200); /* already so */
            g_assert_cmpint (get_seq (self), ==, seq);
          }
        else
          {
            assert_error (answer, YIHU_ERROR_REJECTED);
            g_assert_cmpstr (row_text (answer, "state"), ==, yihu_order_flow.states[state]);
            g_assert_cmpint (get_seq (self), ==, seq);
          }
      }
}

static void
test_order_hands (World *self, gconstpointer data)
{
  g_autoptr (Answer) answer = NULL;
  g_autoptr (YihuCommand) arrive = make ("order.arrive", "o1", NULL, NULL);

  check (self, self->desk, fixture_new_order ("o1", "e2"), OK);
  check (self, self->other_staff, make ("order.accept", "o1", NULL, NULL), YIHU_ERROR_FORBIDDEN);
  check (self, self->desk, make ("order.accept", "o1", NULL, NULL), YIHU_ERROR_FORBIDDEN);
  check (self, self->county, make ("order.cancel", "o1", "reason", "x"), YIHU_ERROR_FORBIDDEN);
  check (self, self->desk, make ("order.cancel", "o1", NULL, NULL), YIHU_ERROR_INVALID);
  check (self, self->desk, make ("order.fly", "o1", NULL, NULL), YIHU_ERROR_UNKNOWN);
  check (self, self->staff, make ("order.accept", "o9", NULL, NULL), YIHU_ERROR_NOT_FOUND);
  check (self, self->staff, make ("order.accept", "o1", NULL, NULL), OK);
  yihu_command_set_int (arrive, "lat_e7", 900000001);
  answer = expect (self, self->staff, arrive, YIHU_ERROR_INVALID);
  g_assert_cmpstr (row_text (answer, "state"), ==, "accepted");
}

static YihuCommand *
make_note (const char *id, const char *elder, const char *text)
{
  g_autoptr (YihuNote) note = yihu_note_new (id);
  YihuCommand *command = yihu_command_new ("note.add", id, 0, g_get_real_time ());

  note->elder = g_strdup (elder);
  note->text = g_strdup (text);
  note->author = g_strdup ("somebody else");
  yihu_command_set_record (command, "note", note);
  return command;
}

static void
test_notes (World *self, gconstpointer data)
{
  g_autoptr (YihuCommand) command = make_note ("n1", "e2", "喜欢安静");
  g_autoptr (Answer) answer = expect (self, self->reviewer, command, OK);

  g_assert_cmpstr (row_text (answer, "author"), ==, "reviewer");
  g_assert_cmpint (row_int (answer, "division"), ==, 210803001001);
  check (self, self->county, make_note ("n2", "e2", "x"), YIHU_ERROR_FORBIDDEN);
  check (self, self->desk, make_note ("n3", "e9", "x"), YIHU_ERROR_NOT_FOUND);
  check (self, self->desk, make_note ("n4", "", "x"), YIHU_ERROR_INVALID);
  check (self, self->desk, make_note ("n5", "e1", ""), YIHU_ERROR_INVALID);
  check (self, self->staff, make_note ("n6", "e1", "x"), YIHU_ERROR_FORBIDDEN);
}

static YihuCommand *
make_elder (const char *id, gint64 division, const char *phone)
{
  g_autoptr (YihuElder) elder = yihu_elder_new (id);
  YihuCommand *command = yihu_command_new ("elder.register", id, 0, g_get_real_time ());

  elder->record.division = division;
  elder->name = g_strdup ("赵玉兰");
  elder->birth = 19450101;
  elder->phone = g_strdup (phone);
  yihu_command_set_record (command, "elder", elder);
  return command;
}

static void
test_elders (World *self, gconstpointer data)
{
  g_autoptr (YihuCommand) command = make_elder ("e9", 210802001001, "0417-2817331");
  g_autoptr (Answer) answer = expect (self, self->county, command, OK);

  g_assert_cmpstr (row_text (answer, "phone"), ==, "+864172817331");
  check (self, self->desk, make_elder ("e9", 210802001001, ""), YIHU_ERROR_CONFLICT);
  check (self, self->county, make_elder ("e8", 210803001001, ""), YIHU_ERROR_FORBIDDEN);
  check (self, self->desk, make_elder ("e8", 0, ""), YIHU_ERROR_INVALID);
  check (self, self->desk, make_elder ("e8", 210899999999, ""), YIHU_ERROR_INVALID);
  check (self, self->desk, make_elder ("e8", 210802001001, "call me"), YIHU_ERROR_INVALID);
  check (self, self->reviewer, make_elder ("e8", 210802001001, ""), YIHU_ERROR_FORBIDDEN);

  check (self, self->desk, make ("elder.add-phone", "e9", "phone", "13800000009"), OK);
  check (self, self->desk, make ("elder.add-phone", "e9", "phone", "+8613800000009"), OK);
  check (self, self->desk, make ("elder.add-phone", "e9", "phone", "13800000010"),
         YIHU_ERROR_CONFLICT);
  check (self, self->desk, make ("elder.add-phone", "e9", "phone", "?"), YIHU_ERROR_INVALID);
  check (self, self->desk, make ("elder.add-phone", "e9", NULL, NULL), YIHU_ERROR_INVALID);
  check (self, self->county, make ("elder.add-phone", "e2", "phone", "1"), YIHU_ERROR_FORBIDDEN);
  check (self, self->desk, make ("elder.add-phone", "e7", "phone", "1"), YIHU_ERROR_NOT_FOUND);
}

static YihuCommand *
make_update (const char *base, const char *set)
{
  YihuCommand *command = yihu_command_new ("elder.update", "e1", 0, g_get_real_time ());

  json_object_set_new (command->args, "base", json_loads (base, 0, NULL));
  json_object_set_new (command->args, "set", json_loads (set, 0, NULL));
  return command;
}

/* Two desks change the same card from the same copy. */
static void
test_card_merge (World *self, gconstpointer data)
{
  g_autoptr (YihuCommand) first =
      make_update ("{\"address\":\"\"}", "{\"address\":\"新兴大街18号\"}");
  g_autoptr (YihuCommand) other = make_update ("{\"remarks\":\"\",\"living\":\"with-family\"}",
                                               "{\"remarks\":\"听力差\",\"living\":\"alone\"}");
  g_autoptr (YihuCommand) same = make_update ("{\"address\":\"\",\"dialect\":\"\"}",
                                              "{\"address\":\"别处\",\"dialect\":\"营口话\"}");
  g_autoptr (Answer) one = expect (self, self->desk, first, OK);
  g_autoptr (Answer) two = expect (self, self->county, other, OK);
  g_autoptr (Answer) three = expect (self, self->desk, same, YIHU_ERROR_CONFLICT);
  g_autoptr (Answer) story = NULL;

  g_assert_cmpstr (row_text (one, "address"), ==, "新兴大街18号");
  g_assert_cmpstr (row_text (two, "address"), ==, "新兴大街18号");
  g_assert_cmpstr (row_text (two, "remarks"), ==, "听力差");
  g_assert_cmpstr (row_text (two, "living"), ==, "alone");
  /* All or nothing, and the row as it stands comes back. */
  g_assert_cmpstr (row_text (three, "address"), ==, "新兴大街18号");
  g_assert_null (row_text (three, "dialect"));

  /* The same value from two sides is no conflict. */
  check (self, self->county, make_update ("{\"address\":\"\"}", "{\"address\":\"新兴大街18号\"}"),
         OK);
  check (self, self->desk, make_update ("{\"phone2\":\"\"}", "{\"phone2\":\"?\"}"),
         YIHU_ERROR_INVALID);
  check (self, self->desk, make_update ("{\"subsidy\":\"none\"}", "{\"subsidy\":\"a\"}"),
         YIHU_ERROR_INVALID);
  check (self, self->desk, make_update ("{\"history\":\"\"}", "{\"history\":\"x\"}"),
         YIHU_ERROR_INVALID);
  check (self, self->desk, make_update ("{}", "{\"hospital\":\"x\"}"), YIHU_ERROR_CONFLICT);
  check (self, self->reviewer, make_update ("{\"dialect\":\"\"}", "{\"dialect\":\"x\"}"),
         YIHU_ERROR_FORBIDDEN);
  story = fixture_send (&self->fixture, self->desk, "POST", "/v1/reveal",
                        "{\"elder\":\"e1\",\"field\":\"history\",\"reason\":\"test\"}", -1);
  g_assert_cmpstr (answer_get_text (story, "value"), ==, "old story");
}

/* An elder that a desk replaces must not lose what only the server knows. */
static void
test_server_fields_stay (World *self, gconstpointer data)
{
  g_autoptr (Answer) answer = NULL;

  check (self, self->desk, make ("elder.add-phone", "e1", "phone", "13800000009"), OK);
  answer = fixture_send (&self->fixture, self->desk, "POST", "/v1/reveal",
                         "{\"elder\":\"e1\",\"field\":\"history\",\"reason\":\"test\"}", -1);
  g_assert_cmpstr (answer_get_text (answer, "value"), ==, "old story");
}

static void
assert_caller (World *self, const char *id, const char *number, const char *elder, gint64 division)
{
  g_autoptr (YihuCommand) command = fixture_new_call (id, number);
  g_autoptr (Answer) answer = expect (self, self->voice, command, OK);

  g_assert_cmpstr (row_text (answer, "elder"), ==, elder);
  g_assert_cmpint (row_int (answer, "division"), ==, division);
  g_assert_cmpstr (row_text (answer, "state"), ==, "queued");
}

static void
test_callers (World *self, gconstpointer data)
{
  assert_caller (self, "c1", "+8613800000001", "e1", 210802001001); /* own number */
  assert_caller (self, "c2", "+8613900000001", "e1", 210802001001); /* her son's */
  assert_caller (self, "c3", "+8613800000023", NULL, 0); /* two elders share it */
  assert_caller (self, "c4", "+8613800000003", "e3", 210803001001); /* second number */
  assert_caller (self, "c5", "+8613800009999", NULL, 0);
  assert_caller (self, "c6", "", NULL, 0);
  check (self, self->voice, fixture_new_call ("c1", ""), YIHU_ERROR_CONFLICT);
  check (self, self->desk, fixture_new_call ("c7", ""), YIHU_ERROR_FORBIDDEN);

  check (self, self->county, make ("call.identify", "c3", "elder", "e2"), YIHU_ERROR_FORBIDDEN);
  check (self, self->desk, make ("call.identify", "c3", "elder", "e9"), YIHU_ERROR_NOT_FOUND);
  check (self, self->desk, make ("call.identify", "c3", NULL, NULL), YIHU_ERROR_INVALID);
  check (self, self->desk, make ("call.identify", "c3", "elder", "e2"), OK);
  check (self, self->desk, make ("call.identify", "c3", "elder", "e2"), OK);
  check (self, self->county, make ("call.identify", "c3", "elder", "e1"), YIHU_ERROR_FORBIDDEN);
}

static void
test_call_flow (World *self, gconstpointer data)
{
  g_autoptr (YihuCommand) answer_command = make ("call.answer", "c1", "seat", "01");
  g_autoptr (YihuCommand) end = make ("call.end", "c1", "ended_by", "caller");
  g_autoptr (YihuCommand) close = make ("call.close", "c1", "outcome", "order");
  g_autoptr (Answer) answer = NULL;

  check (self, self->voice, fixture_new_call ("c1", "+8613800000001"), OK);
  check (self, self->voice, make ("call.answer", "c1", "seat", "01"), YIHU_ERROR_REJECTED);
  check (self, self->voice, make ("call.offer", "c1", "seat", "02"), OK);
  check (self, self->voice, make ("call.requeue", "c1", NULL, NULL), OK);
  check (self, self->voice, make ("call.offer", "c1", "seat", "01"), OK);
  answer = expect (self, self->voice, answer_command, OK);
  g_assert_cmpstr (row_text (answer, "operator"), ==, "operator");
  g_assert_cmpint (row_int (answer, "answer_at_us"), >, 0);
  g_clear_pointer (&answer, answer_free);
  check (self, self->desk, make ("call.close", "c1", NULL, NULL), YIHU_ERROR_REJECTED);
  answer = expect (self, self->voice, end, OK);
  g_assert_cmpstr (row_text (answer, "state"), ==, "wrapup");
  g_assert_cmpstr (row_text (answer, "ended_by"), ==, "caller");
  g_clear_pointer (&answer, answer_free);
  check (self, self->desk, make ("call.close", "c1", "outcome", "nonsense"), YIHU_ERROR_INVALID);
  yihu_command_set_text (close, "note", "订餐");
  answer = expect (self, self->desk, close, OK);
  g_assert_cmpstr (row_text (answer, "state"), ==, "closed");
  g_assert_cmpstr (row_text (answer, "note"), ==, "订餐");
  check (self, self->desk, make ("call.close", "c1", NULL, NULL), OK); /* already so */
  check (self, self->voice, make ("call.end", "c1", NULL, NULL), YIHU_ERROR_REJECTED);
  check (self, self->voice, make ("call.end", "c9", NULL, NULL), YIHU_ERROR_NOT_FOUND);
}

static void
test_seats (World *self, gconstpointer data)
{
  g_autoptr (YihuCommand) command = make ("seat.set", "01", "state", "ready");
  g_autoptr (Answer) answer = expect (self, self->voice, command, OK);

  g_assert_cmpstr (row_text (answer, "account"), ==, "operator");
  g_assert_cmpstr (row_text (answer, "state"), ==, "ready");
  check (self, self->voice, make ("seat.set", "77", "state", "away"), OK);
  check (self, self->voice, make ("seat.set", "01", "state", "asleep"), YIHU_ERROR_INVALID);
  check (self, self->desk, make ("seat.set", "01", "state", "ready"), YIHU_ERROR_FORBIDDEN);
}

static void
test_reveal_and_grant (World *self, gconstpointer data)
{
  static const struct
  {
    const char *path;
    const char *body;
    YihuError code;
  } cases[] = {
    { "/v1/reveal", "{\"elder\":\"e1\",\"field\":\"name\",\"reason\":\"x\"}", YIHU_ERROR_INVALID },
    { "/v1/reveal", "{\"elder\":\"e1\",\"field\":\"history\",\"reason\":\"\"}",
      YIHU_ERROR_INVALID },
    { "/v1/reveal", "{\"elder\":\"e1\",\"field\":\"history\"}", YIHU_ERROR_INVALID },
    { "/v1/reveal", "{\"elder\":\"e2\",\"field\":\"history\",\"reason\":\"x\"}",
      YIHU_ERROR_FORBIDDEN },
    { "/v1/reveal", "{\"elder\":\"e9\",\"field\":\"history\",\"reason\":\"x\"}",
      YIHU_ERROR_NOT_FOUND },
    { "/v1/cameras/c9/grant", "{\"reason\":\"x\"}", YIHU_ERROR_NOT_FOUND },
    { "/v1/cameras/c1/grant", "{\"reason\":\"\"}", YIHU_ERROR_INVALID },
  };
  g_autofree char *auditor = fixture_login (&self->fixture, "auditor");
  g_autoptr (Answer) grant = NULL;
  g_autoptr (Answer) audit = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Answer) answer =
          fixture_send (&self->fixture, self->county, "POST", cases[i].path, cases[i].body, -1);

      assert_error (answer, cases[i].code);
    }
  grant = fixture_send (&self->fixture, self->county, "POST", "/v1/cameras/c1/grant",
                        "{\"reason\":\"a fall was heard\"}", -1);
  g_assert_cmpstr (answer_get_text (grant, "url"), ==, "rtsp://127.0.0.1:1/hall");
  g_assert_cmpstr (answer_get_text (grant, "password"), ==, "secret");
  g_assert_cmpint (answer_get_int (grant, "until_us"), >, g_get_real_time ());
  audit = fixture_send (&self->fixture, auditor, "GET", "/v1/audit?after=0&limit=1000", NULL, 0);
  text = json_dumps (audit->json, JSON_ENCODE_ANY);
  g_assert_nonnull (strstr (text, "a fall was heard"));
  g_assert_nonnull (strstr (text, "camera.grant"));
}

static void
test_provider_orders (World *self, gconstpointer data)
{
  g_autoptr (Answer) mine = NULL;
  g_autoptr (Answer) accepted = NULL;
  g_autoptr (Answer) others = NULL;
  g_autoptr (Answer) bad = NULL;
  const json_t *first;

  check (self, self->desk, fixture_new_order ("o1", "e1"), OK);
  mine = fixture_send (&self->fixture, self->staff, "GET", "/v1/orders?provider=p1&state=placed",
                       NULL, 0);
  g_assert_cmpuint (json_array_size (json_object_get (mine->json, "orders")), ==, 1);
  first = json_array_get (json_object_get (mine->json, "orders"), 0);
  g_assert_cmpstr (json_string_value (json_object_get (json_object_get (first, "elder"), "phone")),
                   ==, "+8613800000001");
  g_assert_null (json_object_get (json_object_get (first, "elder"), "history"));
  g_assert_cmpstr (json_string_value (json_object_get (json_object_get (first, "item"), "name")),
                   ==, "Lunch");
  accepted =
      fixture_send (&self->fixture, self->staff, "GET", "/v1/orders?state=accepted", NULL, 0);
  g_assert_cmpuint (json_array_size (json_object_get (accepted->json, "orders")), ==, 0);
  others =
      fixture_send (&self->fixture, self->other_staff, "GET", "/v1/orders?provider=p1", NULL, 0);
  assert_error (others, YIHU_ERROR_FORBIDDEN);
  bad = fixture_send (&self->fixture, self->staff, "GET", "/v1/orders?state=lost", NULL, 0);
  assert_error (bad, YIHU_ERROR_INVALID);
}

#define ADD(name, func) g_test_add ("/server/use-cases/" name, World, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  ADD ("order-create", test_order_create);
  ADD ("wrong-clocks", test_wrong_clocks);
  ADD ("order-register", test_order_register);
  ADD ("order-flow", test_order_flow);
  ADD ("order-hands", test_order_hands);
  ADD ("notes", test_notes);
  ADD ("elders", test_elders);
  ADD ("card-merge", test_card_merge);
  ADD ("server-fields-stay", test_server_fields_stay);
  ADD ("callers", test_callers);
  ADD ("call-flow", test_call_flow);
  ADD ("seats", test_seats);
  ADD ("reveal-and-grant", test_reveal_and_grant);
  ADD ("provider-orders", test_provider_orders);
  return g_test_run ();
}
