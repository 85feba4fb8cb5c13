/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The wire format, frozen: files of golden/ are read and written again byte for byte; structs built
 * member by member give the same bytes; no field of a kind is missing in its file. A change here is
 * a change of the protocol: docs/protocol.md and the version must follow. */

#include "domain/kinds.h"
#include "wire/command.h"
#include "wire/event.h"
#include "wire/figures.h"
#include "wire/record-json.h"

#include <string.h>

#define T G_GINT64_CONSTANT (1751335200000000)
#define COMMUNITY G_GINT64_CONSTANT (210802001003)

static char *
load_text (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".json", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "wire", "golden", file, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return g_strchomp (text);
}

static json_t *
load (const char *name)
{
  g_autofree char *text = load_text (name);
  g_autoptr (GError) error = NULL;
  json_t *json = yihu_json_parse (text, -1, 0, &error);

  g_assert_no_error (error);
  return json;
}

/* Takes @json. */
static void
assert_golden (json_t *json, const char *name)
{
  g_autofree char *expected = load_text (name);
  g_autofree char *text = yihu_json_print (json);

  g_assert_cmpstr (text, ==, expected);
  json_decref (json);
}

static void
test_record (gconstpointer data)
{
  const YihuRecordType *type = data;
  g_autofree char *name = g_strconcat ("record-", type->name, NULL);
  g_autoptr (json_t) json = load (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (YihuRecord) record = yihu_record_from_json (type, json, &error);

  g_assert_no_error (error);
  g_assert_true (yihu_record_validate (record, &error));
  assert_golden (yihu_record_to_json (record, TRUE), name);
  for (guint i = 0; i < type->n_fields; i++)
    if (json_object_get (json, type->fields[i].name) == NULL)
      g_error ("%s lacks '%s'", name, type->fields[i].name);
  g_assert_cmpuint (json_object_size (json), ==,
                    type->n_fields + 2 + (record->division != 0 ? 1 : 0));
}

/* --- structs by hand --- */

static char *
id (guint n)
{
  return g_strdup_printf ("01980000-0000-7000-8000-%012u", n);
}

static void
test_elder_by_hand (void)
{
  g_autofree char *elder_id = id (9);
  g_autoptr (YihuElder) elder = yihu_elder_new (elder_id);

  elder->record.version = 7;
  elder->record.division = COMMUNITY;
  elder->name = g_strdup ("王秀英");
  elder->appellation = g_strdup ("王奶奶");
  elder->sex = YIHU_SEX_FEMALE;
  elder->birth = 19410307;
  elder->phone = g_strdup ("+864172817333");
  elder->phone2 = g_strdup ("+8613837904412");
  elder->address = g_strdup ("东风里6栋2单元301");
  elder->lat_e7 = 406671234;
  elder->lon_e7 = 1222351234;
  elder->living = YIHU_LIVING_ALONE;
  elder->ability = YIHU_ABILITY_MILD;
  elder->subsidy = YIHU_SUBSIDY_A;
  elder->risk = YIHU_RISK_HIGH;
  elder->conditions = g_strdup ("高血压");
  elder->medicines = g_strdup ("硝苯地平");
  elder->allergies = g_strdup ("青霉素");
  elder->mobility = g_strdup ("拐杖");
  elder->hospital = g_strdup ("市中心医院");
  elder->key_holder = g_strdup ("楼下李师傅");
  elder->dialect = g_strdup ("东北话");
  elder->remarks = g_strdup ("耳背");
  elder->status = YIHU_ELDER_ACTIVE;
  elder->id_card = g_strdup ("210802194103070022");
  elder->history = g_strdup ("2019年髋关节置换");
  elder->id_tail = g_strdup ("070022");
  assert_golden (yihu_record_to_json (elder, TRUE), "record-elder");
}

static void
test_call_by_hand (void)
{
  g_autofree char *call_id = id (11);
  g_autoptr (YihuCall) call = yihu_call_new (call_id);

  call->record.version = 4;
  call->record.division = COMMUNITY;
  call->number_raw = g_strdup ("04172817333");
  call->number = g_strdup ("+864172817333");
  call->called = g_strdup ("12349");
  call->elder = id (9);
  call->state = YIHU_CALL_WRAPUP;
  call->urgency = YIHU_URGENCY_URGENT;
  call->seat = g_strdup ("03");
  call->operator= id (1);
  call->ring_at_us = T;
  call->answer_at_us = T + 4000000;
  call->end_at_us = T + 90000000;
  call->close_at_us = T + 120000000;
  call->ended_by = YIHU_CALL_ENDED_BY_CALLER;
  call->outcome = YIHU_OUTCOME_ORDER;
  call->note = g_strdup ("要求助浴");
  assert_golden (yihu_record_to_json (call, TRUE), "record-call");
}

static void
test_step_by_hand (void)
{
  g_autofree char *step_id = id (13);
  g_autoptr (YihuOrderStep) step = yihu_order_step_new (step_id);

  step->record.version = 1;
  step->record.division = COMMUNITY;
  step->service_order = id (12);
  step->verb = g_strdup ("arrive");
  step->from = YIHU_ORDER_ACCEPTED;
  step->to = YIHU_ORDER_ARRIVED;
  step->at_us = T + G_GINT64_CONSTANT (3600000000);
  step->actor = id (2);
  step->actor_name = g_strdup ("赵敏");
  step->lat_e7 = 406671200;
  step->lon_e7 = 1222351200;
  step->reason = g_strdup ("提前到达");
  assert_golden (yihu_record_to_json (step, TRUE), "record-order_step");
}

/* --- events --- */

static void
test_events (void)
{
  static const struct
  {
    const char *name;
    gint64 seq;
    YihuEventOp op;
    gint64 version;
  } rows[] = { { "event-upsert", 118350, YIHU_EVENT_UPSERT, 7 },
               { "event-delete", 118351, YIHU_EVENT_DELETE, 2 },
               { "event-revoke", 118352, YIHU_EVENT_REVOKE, 8 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (json_t) json = load (rows[i].name);
      g_autoptr (GError) error = NULL;
      g_autoptr (YihuEvent) event = yihu_event_from_json (json, &error);

      g_assert_no_error (error);
      g_assert_cmpint (event->seq, ==, rows[i].seq);
      g_assert_cmpint (event->op, ==, rows[i].op);
      g_assert_cmpint (event->version, ==, rows[i].version);
      assert_golden (yihu_event_to_json (event), rows[i].name);
    }
}

/* The feed never carries what belongs to the server alone. */
static void
test_event_from_whole_elder (void)
{
  g_autoptr (json_t) json = load ("record-elder");
  g_autoptr (YihuRecord) elder = yihu_record_from_json (&yihu_elder_type, json, NULL);
  g_autoptr (YihuEvent) event = yihu_event_new (118350, YIHU_EVENT_UPSERT, elder);

  assert_golden (yihu_event_to_json (event), "event-upsert");
}

/* --- commands and replies --- */

static void
test_commands (void)
{
  static const char *const names[] = { "command-order-create", "command-order-cancel" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (json_t) json = load (names[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (YihuCommand) command = yihu_command_from_json (json, &error);

      g_assert_no_error (error);
      assert_golden (yihu_command_to_json (command), names[i]);
    }
}

static void
test_command_by_hand (void)
{
  g_autofree char *order_id = id (12);
  g_autoptr (YihuOrder) order = yihu_order_new (order_id);
  g_autoptr (YihuCommand) command = yihu_command_new ("order.create", order_id, 0, T);

  order->elder = id (9);
  order->item = id (5);
  order->provider = id (4);
  order->urgency = YIHU_URGENCY_SOON;
  order->due_at_us = T + G_GINT64_CONSTANT (7200000000);
  yihu_record_take (command->key, id (20));
  yihu_command_set_record (command, "order", order);
  assert_golden (yihu_command_to_json (command), "command-order-create");
}

static void
test_replies (void)
{
  static const char *const names[] = { "reply-ok", "reply-again", "reply-rejected",
                                       "reply-conflict" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (json_t) json = load (names[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (YihuReply) reply = yihu_reply_from_json (json, &error);

      g_assert_no_error (error);
      assert_golden (yihu_reply_to_json (reply), names[i]);
    }
}

static void
test_figures (void)
{
  g_autoptr (json_t) json = load ("figures");
  g_autoptr (GError) error = NULL;
  g_autofree YihuFigures *figures = g_new0 (YihuFigures, 1);

  g_assert_true (yihu_figures_from_json (json, figures, &error));
  g_assert_cmpint (figures->answered_in_15_s_today, ==, 561);
  g_assert_cmpint (figures->calls_by_hour_yesterday[23], ==, 47);
  g_assert_cmpint (figures->orders_by_category[11], ==, 12);
  g_assert_cmpint (figures->divisions[1].on_time_percent, ==, -1);
  assert_golden (yihu_figures_to_json (figures), "figures");
}

int
main (int argc, char **argv)
{
  yihu_json_init ();
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < yihu_n_record_types; i++)
    {
      g_autofree char *path = g_strconcat ("/wire/golden/", yihu_record_types[i]->name, NULL);

      g_test_add_data_func (path, yihu_record_types[i], test_record);
    }
  g_test_add_func ("/wire/golden/elder-by-hand", test_elder_by_hand);
  g_test_add_func ("/wire/golden/call-by-hand", test_call_by_hand);
  g_test_add_func ("/wire/golden/step-by-hand", test_step_by_hand);
  g_test_add_func ("/wire/golden/events", test_events);
  g_test_add_func ("/wire/golden/event-hides", test_event_from_whole_elder);
  g_test_add_func ("/wire/golden/commands", test_commands);
  g_test_add_func ("/wire/golden/command-by-hand", test_command_by_hand);
  g_test_add_func ("/wire/golden/replies", test_replies);
  g_test_add_func ("/wire/golden/figures", test_figures);
  return g_test_run ();
}
