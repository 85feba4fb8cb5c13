/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The desk without a display: the call at the seat from every side, finished calls that wait for
 * the switchboard, half-written forms, the order of queue and to-do list, the ranking of offers,
 * the ring. Over a real book with a small city, offline. */

#include "fixture.h"

#include "base/bounded-json.h"
#include "console/desk/catalogue.h"
#include "console/desk/desk-call.h"
#include "console/desk/drafts.h"
#include "console/desk/queue-list.h"
#include "console/desk/register-form.h"
#include "console/desk/ring-tone.h"
#include "console/desk/shift.h"
#include "console/desk/todo-model.h"
#include "phone/fake-phone.h"

#include <string.h>

typedef struct
{
  Fixture *city;
  YihuPhone *phone;
  YihuDeskCall *call;
  guint n_begun;
  guint n_ended;
} Seat;

static void
on_begun (Seat *seat)
{
  seat->n_begun++;
}

static void
on_ended (Seat *seat)
{
  seat->n_ended++;
}

static void
set_up (Seat *seat, gconstpointer data)
{
  seat->city = fixture_new (FIXTURE_NOW_US);
  seat->phone = yihu_fake_phone_new ();
  seat->call = yihu_desk_call_new (seat->city->book, FIXTURE_SEAT, "0417");
  yihu_desk_call_set_phone (seat->call, seat->phone);
  g_signal_connect_swapped (seat->call, "begun", G_CALLBACK (on_begun), seat);
  g_signal_connect_swapped (seat->call, "ended", G_CALLBACK (on_ended), seat);
}

static void
tear_down (Seat *seat, gconstpointer data)
{
  g_assert_finalize_object (seat->call);
  g_assert_finalize_object (seat->phone);
  fixture_free (seat->city);
}

static void
feed (Seat *seat, YihuCallState state, const char *seat_number)
{
  g_autoptr (YihuCall) call = fixture_make_call (seat->city, "call-1", FIXTURE_PHONE_WANG,
                                                 "elder-wang", state, seat_number);

  fixture_feed (seat->city, call);
}

static void
assert_caller (Seat *seat, const char *elder)
{
  g_assert_nonnull (yihu_desk_call_get_elder (seat->call));
  g_assert_cmpstr (yihu_desk_call_get_elder (seat->call)->record.id, ==, elder);
  g_assert_cmpint (yihu_desk_call_get_caller (seat->call), ==, YIHU_CALLER_KNOWN);
}

static guint
count_outbox (Seat *seat, const char *name)
{
  g_autoptr (GPtrArray) rows = NULL;
  guint count = 0;

  fixture_settle (seat->city);
  rows = yihu_book_list_outbox (seat->city->book);

  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (((YihuOutboxRow *) g_ptr_array_index (rows, i))->command->name, name))
      count++;
  return count;
}

/* The server is away: INVITE alone must do. */
static void
test_invite_alone (Seat *seat, gconstpointer data)
{
  g_autoptr (YihuPhoneCall) line =
      yihu_fake_phone_ring (YIHU_FAKE_PHONE (seat->phone), "call-1", "0417-2817331");

  g_assert_cmpint (yihu_desk_call_get_state (seat->call), ==, YIHU_DESK_CALL_RINGING);
  g_assert_cmpuint (seat->n_begun, ==, 1);
  assert_caller (seat, "elder-wang");
  yihu_desk_call_answer (seat->call);
  g_assert_cmpint (yihu_desk_call_get_state (seat->call), ==, YIHU_DESK_CALL_TALKING);
  yihu_desk_call_hang_up (seat->call);
  g_assert_cmpint (yihu_desk_call_get_state (seat->call), ==, YIHU_DESK_CALL_WRAPUP);
  g_assert_false (yihu_desk_call_has_line (seat->call));
}

/* The feed was faster; the INVITE then joins the same call. */
static void
test_feed_first (Seat *seat, gconstpointer data)
{
  g_autoptr (YihuPhoneCall) line = NULL;

  feed (seat, YIHU_CALL_QUEUED, "");
  g_assert_cmpint (yihu_desk_call_get_state (seat->call), ==, YIHU_DESK_CALL_IDLE);
  feed (seat, YIHU_CALL_RINGING, FIXTURE_SEAT);
  g_assert_cmpint (yihu_desk_call_get_state (seat->call), ==, YIHU_DESK_CALL_RINGING);
  assert_caller (seat, "elder-wang");
  g_assert_false (yihu_desk_call_has_line (seat->call));
  line = yihu_fake_phone_ring (YIHU_FAKE_PHONE (seat->phone), "call-1", FIXTURE_PHONE_WANG);
  g_assert_cmpuint (seat->n_begun, ==, 1);
  g_assert_true (yihu_desk_call_has_line (seat->call));
}

static void
test_other_seat_is_not_mine (Seat *seat, gconstpointer data)
{
  feed (seat, YIHU_CALL_RINGING, "07");
  g_assert_cmpint (yihu_desk_call_get_state (seat->call), ==, YIHU_DESK_CALL_IDLE);
  g_assert_cmpuint (seat->n_begun, ==, 0);
}

/* The caller gives up while it rings: nothing is left, nothing is to be closed by this seat. */
static void
test_caller_gives_up (Seat *seat, gconstpointer data)
{
  g_autoptr (YihuPhoneCall) line =
      yihu_fake_phone_ring (YIHU_FAKE_PHONE (seat->phone), "call-1", FIXTURE_PHONE_WANG);

  yihu_fake_phone_end (line, 487);
  g_assert_cmpint (yihu_desk_call_get_state (seat->call), ==, YIHU_DESK_CALL_IDLE);
  g_assert_cmpuint (seat->n_ended, ==, 1);
  g_assert_cmpuint (count_outbox (seat, "call.close"), ==, 0);
}

static void
test_kinds_of_callers (Seat *seat, gconstpointer data)
{
  static const struct
  {
    const char *number;
    YihuCallerKind kind;
    guint n_candidates;
  } cases[] = { { FIXTURE_PHONE_SHARED, YIHU_CALLER_SEVERAL, 2 },
                { FIXTURE_PHONE_UNKNOWN, YIHU_CALLER_UNKNOWN, 0 },
                { "+8613938882017", YIHU_CALLER_KNOWN, 1 }, /* the son's number */
                { "", YIHU_CALLER_WITHHELD, 0 },
                { "anonymous", YIHU_CALLER_WITHHELD, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *id = g_strdup_printf ("call-%u", i);
      g_autoptr (YihuPhoneCall) line =
          yihu_fake_phone_ring (YIHU_FAKE_PHONE (seat->phone), id, cases[i].number);

      g_test_message ("'%s'", cases[i].number);
      g_assert_cmpint (yihu_desk_call_get_caller (seat->call), ==, cases[i].kind);
      g_assert_cmpuint (yihu_desk_call_get_candidates (seat->call)->len, ==, cases[i].n_candidates);
      yihu_fake_phone_end (line, 487);
    }
}

static void
test_hold_keeps_the_clock (Seat *seat, gconstpointer data)
{
  g_autoptr (YihuPhoneCall) line =
      yihu_fake_phone_ring (YIHU_FAKE_PHONE (seat->phone), "call-1", FIXTURE_PHONE_WANG);
  gint64 since_us;

  yihu_desk_call_answer (seat->call);
  since_us = yihu_desk_call_get_since_us (seat->call);
  fixture_advance (seat->city, 5000);
  yihu_desk_call_toggle_hold (seat->call);
  g_assert_cmpint (yihu_desk_call_get_state (seat->call), ==, YIHU_DESK_CALL_HELD);
  g_assert_true (yihu_desk_call_is_live (seat->call));
  yihu_desk_call_toggle_hold (seat->call);
  g_assert_cmpint (yihu_desk_call_get_state (seat->call), ==, YIHU_DESK_CALL_TALKING);
  g_assert_cmpint (yihu_desk_call_get_since_us (seat->call), ==, since_us);
  yihu_desk_call_toggle_mute (seat->call);
  g_assert_true (yihu_fake_phone_is_muted (line));
}

static void
talk_and_hang_up (Seat *seat)
{
  g_autoptr (YihuPhoneCall) line =
      yihu_fake_phone_ring (YIHU_FAKE_PHONE (seat->phone), "call-1", FIXTURE_PHONE_WANG);

  yihu_desk_call_answer (seat->call);
  yihu_desk_call_hang_up (seat->call);
}

/* The operator is faster than the switchboard: call.close must wait for its end. */
static void
test_close_waits_for_the_switchboard (Seat *seat, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  talk_and_hang_up (seat);
  yihu_desk_call_set_outcome (seat->call, YIHU_OUTCOME_ADVICE);
  yihu_desk_call_close (seat->call, "asked for the bus");
  g_assert_cmpuint (seat->n_ended, ==, 1);
  g_assert_cmpstr (yihu_fake_phone_get_seat (YIHU_FAKE_PHONE (seat->phone)), ==, "ready");
  g_assert_cmpuint (count_outbox (seat, "call.close"), ==, 0);
  feed (seat, YIHU_CALL_TALKING, FIXTURE_SEAT);
  g_assert_cmpuint (count_outbox (seat, "call.close"), ==, 0);
  feed (seat, YIHU_CALL_WRAPUP, FIXTURE_SEAT);
  g_assert_cmpuint (count_outbox (seat, "call.close"), ==, 1);
  g_assert_cmpint (yihu_desk_call_get_state (seat->call), ==, YIHU_DESK_CALL_IDLE);
  feed (seat, YIHU_CALL_WRAPUP, FIXTURE_SEAT);
}

static void
test_close_at_once (Seat *seat, gconstpointer data)
{
  g_autoptr (GPtrArray) rows = NULL;
  YihuCommand *command;

  talk_and_hang_up (seat);
  feed (seat, YIHU_CALL_WRAPUP, FIXTURE_SEAT);
  yihu_desk_call_note_order (seat->call);
  g_assert_cmpint (yihu_desk_call_get_outcome (seat->call), ==, YIHU_OUTCOME_ORDER);
  yihu_desk_call_close (seat->call, "");
  fixture_settle (seat->city);
  rows = yihu_book_list_outbox (seat->city->book);
  g_assert_cmpuint (rows->len, ==, 1);
  command = ((YihuOutboxRow *) g_ptr_array_index (rows, 0))->command;
  g_assert_cmpstr (command->name, ==, "call.close");
  g_assert_cmpstr (json_string_value (json_object_get (command->args, "outcome")), ==, "order");
  g_assert_cmpstr (json_string_value (json_object_get (command->args, "elder")), ==, "elder-wang");
}

/* Killed between hang-up and the switchboard's end: the next program still closes the call. */
static void
test_close_survives_a_crash (Seat *seat, gconstpointer data)
{
  talk_and_hang_up (seat);
  yihu_desk_call_set_outcome (seat->call, YIHU_OUTCOME_EMERGENCY);
  yihu_desk_call_close (seat->call, "fell");
  fixture_advance (seat->city, 2000);
  g_assert_finalize_object (seat->call);
  fixture_reopen (seat->city);
  seat->call = yihu_desk_call_new (seat->city->book, FIXTURE_SEAT, "0417");
  feed (seat, YIHU_CALL_WRAPUP, FIXTURE_SEAT);
  g_assert_cmpuint (count_outbox (seat, "call.close"), ==, 1);
}

/* The desk comes back in a live call: the switchboard rings the same call again. */
static void
test_line_comes_back (Seat *seat, gconstpointer data)
{
  g_autoptr (YihuCall) record = fixture_make_call (seat->city, "call-1", FIXTURE_PHONE_WANG,
                                                   "elder-wang", YIHU_CALL_TALKING, FIXTURE_SEAT);
  g_autoptr (YihuPhoneCall) line = NULL;

  yihu_desk_call_adopt (seat->call, record);
  g_assert_cmpint (yihu_desk_call_get_state (seat->call), ==, YIHU_DESK_CALL_TALKING);
  g_assert_false (yihu_desk_call_has_line (seat->call));
  line = yihu_fake_phone_ring (YIHU_FAKE_PHONE (seat->phone), "call-1", FIXTURE_PHONE_WANG);
  g_assert_true (yihu_desk_call_has_line (seat->call));
  g_assert_cmpint (yihu_phone_call_get_state (line), ==, YIHU_PHONE_CALL_TALKING);
  g_assert_cmpint (yihu_desk_call_get_state (seat->call), ==, YIHU_DESK_CALL_TALKING);
}

static void
test_identify (Seat *seat, gconstpointer data)
{
  g_autoptr (YihuPhoneCall) line =
      yihu_fake_phone_ring (YIHU_FAKE_PHONE (seat->phone), "call-1", FIXTURE_PHONE_SHARED);

  yihu_desk_call_identify_async (seat->call,
                                 g_ptr_array_index (yihu_desk_call_get_candidates (seat->call), 1),
                                 NULL, NULL);
  fixture_settle (seat->city);
  g_assert_cmpint (yihu_desk_call_get_caller (seat->call), ==, YIHU_CALLER_KNOWN);
  g_assert_cmpuint (count_outbox (seat, "call.identify"), ==, 1);
}

/* --- the rest needs no seat --- */

static YihuCall *
make_waiting (const char *id, gint64 urgency, gint64 ring_at_us)
{
  YihuCall *call = yihu_call_new (id);

  call->urgency = urgency;
  call->ring_at_us = ring_at_us;
  return call;
}

static void
test_queue_order (void)
{
  g_autoptr (YihuCall) old = make_waiting ("old", YIHU_URGENCY_GENERAL, 100);
  g_autoptr (YihuCall) young = make_waiting ("young", YIHU_URGENCY_GENERAL, 200);
  g_autoptr (YihuCall) urgent = make_waiting ("urgent", YIHU_URGENCY_URGENT, 300);
  g_autoptr (YihuCall) twin = make_waiting ("twin", YIHU_URGENCY_URGENT, 300);

  g_assert_cmpint (yihu_queue_compare (old, young), <, 0);
  g_assert_cmpint (yihu_queue_compare (young, old), >, 0);
  g_assert_cmpint (yihu_queue_compare (urgent, old), <, 0);
  g_assert_cmpint (yihu_queue_compare (twin, urgent), <, 0); /* by id: never undecided */
}

static char *
list_keys (GListModel *list)
{
  GString *keys = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (YihuTodo) row = g_list_model_get_item (list, i);

      g_string_append_printf (keys, "%s ", yihu_todo_get_key (row));
    }
  return g_string_free (keys, FALSE);
}

static void
assert_keys (YihuTodoModel *model, const char *expected)
{
  g_autofree char *keys = list_keys (yihu_todo_model_get_list (model));

  g_assert_cmpstr (keys, ==, expected);
}

static void
test_todo_follows_the_feed (void)
{
  g_autoptr (YihuOrder) stored = NULL;
  g_autoptr (Fixture) city = fixture_new (FIXTURE_NOW_US);
  g_autoptr (YihuTodoModel) model = yihu_todo_model_new (city->book);
  g_autoptr (YihuOrder) order = NULL;

  g_assert_true (yihu_todo_model_is_loading (model));
  fixture_settle (city);
  g_assert_false (yihu_todo_model_is_loading (model));
  /* Returned first, then by due time; what is approved is not here. */
  assert_keys (model, "order-0003 order-0001 order-0002 ");
  g_assert_cmpuint (yihu_todo_model_count_late (model, FIXTURE_NOW_US), ==, 1);
  g_assert_cmpuint (yihu_todo_model_count_load (model, "provider-near"), ==, 2);

  yihu_todo_model_add_parked (model, YIHU_TODO_PARKED, "order:call-9", "somebody");
  assert_keys (model, "order:call-9 order-0003 order-0001 order-0002 ");
  yihu_todo_model_remove_parked (model, "order:call-9");

  stored = yihu_book_get (city->book, &yihu_order_type, "order-0001");
  order = yihu_record_dup (stored);
  order->state = YIHU_ORDER_FINISHED;
  fixture_feed (city, order);
  assert_keys (model, "order-0003 order-0002 order-0001 "); /* done sinks, and stays to be seen */
  g_assert_cmpuint (yihu_todo_model_count_load (model, "provider-near"), ==, 1);
  yihu_todo_model_dismiss (model, "order-0001");
  assert_keys (model, "order-0003 order-0002 ");
  yihu_todo_model_dismiss (model, "order-0002"); /* open: stays */
  assert_keys (model, "order-0003 order-0002 ");
  fixture_settle (city);
}

static void
test_offers_are_ranked (void)
{
  g_autoptr (Fixture) city = fixture_new (FIXTURE_NOW_US);
  g_autoptr (YihuCatalogue) catalogue = yihu_catalogue_new (city->book);
  YihuGeoPoint home = yihu_geo_point_from_e7 (406700000, 1222400000);
  YihuGeoPoint there = yihu_geo_point_from_e7 (407100000, 1222800000);
  YihuGeoPoint nowhere = { 0, 0 };
  g_autoptr (GPtrArray) near_home = yihu_catalogue_rank_offers (catalogue, "item-bath", home);
  g_autoptr (GPtrArray) near_there = yihu_catalogue_rank_offers (catalogue, "item-bath", there);
  g_autoptr (GPtrArray) unknown = yihu_catalogue_rank_offers (catalogue, "item-bath", nowhere);
  g_autoptr (GPtrArray) none = yihu_catalogue_rank_offers (catalogue, "item-x", home);
  YihuCamera *camera;

  g_assert_cmpuint (near_home->len, ==, 2);
  g_assert_cmpstr (((YihuOffer *) near_home->pdata[0])->provider->record.id, ==, "provider-near");
  g_assert_cmpint (((YihuOffer *) near_home->pdata[0])->subsidy_fen, ==, 4000);
  g_assert_cmpstr (((YihuOffer *) near_there->pdata[0])->provider->record.id, ==, "provider-far");
  g_assert_cmpfloat (((YihuOffer *) unknown->pdata[0])->distance_m, <, 0);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_nonnull (yihu_catalogue_find_watched (catalogue, home, &camera));
  g_assert_cmpstr (camera->record.id, ==, "camera-1");
  g_assert_null (yihu_catalogue_find_watched (catalogue, nowhere, &camera));
  g_assert_cmpint (yihu_estimate_minutes (2000, 18), ==, 9);
  g_assert_cmpint (yihu_estimate_minutes (1, 18), ==, 1);
}

static void
test_forms_are_parked (void)
{
  g_autoptr (Fixture) city = fixture_new (FIXTURE_NOW_US);
  YihuDrafts *drafts = yihu_drafts_new (city->book, FIXTURE_SEAT);
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) parked = NULL;
  gboolean was_parked;

  g_free (yihu_drafts_open (drafts, NULL, "call-1", "elder-wang", "Wang", &was_parked));
  g_assert_false (was_parked);
  yihu_drafts_save (drafts, "half a need");
  g_free (yihu_drafts_open (drafts, "half a need", "", "elder-chen", "Chen", &was_parked));
  g_assert_true (was_parked);
  g_free (yihu_drafts_open (drafts, NULL, "call-2", "", "", &was_parked));
  g_assert_false (was_parked); /* an empty form is not kept */
  fixture_advance (city, 2000);

  /* As after SIGKILL: only what is in the file counts. */
  g_assert_finalize_object (drafts);
  fixture_reopen (city);
  drafts = yihu_drafts_new (city->book, FIXTURE_SEAT);
  g_assert_cmpstr (yihu_drafts_get_open (drafts)->name, ==, "order:call-2");
  parked = yihu_drafts_list_parked (drafts);
  g_assert_cmpuint (parked->len, ==, 1);
  g_assert_cmpstr (((YihuDraftMatter *) parked->pdata[0])->elder, ==, "elder-wang");
  text = yihu_drafts_open_parked (drafts, NULL, "order:call-1", &was_parked);
  g_assert_cmpstr (text, ==, "half a need");
  g_assert_null (yihu_drafts_find_parked (drafts, "order:call-1"));
  g_object_unref (drafts);
}

static void
test_shift_counts_once (void)
{
  g_autoptr (Fixture) city = fixture_new (FIXTURE_NOW_US);
  g_autoptr (YihuShift) shift = yihu_shift_new (city->book, FIXTURE_SEAT);
  g_autoptr (YihuCall) mine = fixture_make_call (city, "call-1", FIXTURE_PHONE_WANG, "elder-wang",
                                                 YIHU_CALL_CLOSED, FIXTURE_SEAT);
  g_autoptr (YihuCall) other = fixture_make_call (city, "call-2", "", "", YIHU_CALL_CLOSED, "07");

  fixture_settle (city);
  mine->end_at_us = mine->answer_at_us + 168 * G_USEC_PER_SEC;
  fixture_feed (city, mine);
  fixture_feed (city, mine);
  fixture_feed (city, other);
  g_assert_cmpuint (yihu_shift_get_answered (shift), ==, 1);
  g_assert_cmpint (yihu_shift_get_mean_us (shift), ==, 168 * G_USEC_PER_SEC);
}

static void
test_birth_days (void)
{
  g_assert_cmpint (yihu_register_parse_birth ("1944-03-05", 20261121), ==, 19440305);
  g_assert_cmpint (yihu_register_parse_birth (" 19440305 ", 20261121), ==, 19440305);
  g_assert_cmpint (yihu_register_parse_birth ("1944/03/05", 20261121), ==, 19440305);
  g_assert_cmpint (yihu_register_parse_birth ("1944", 20261121), ==, 19440701);
  g_assert_cmpint (yihu_register_parse_birth ("1944-02-30", 20261121), ==, 0);
  g_assert_cmpint (yihu_register_parse_birth ("2027-01-01", 20261121), ==, 0);
  g_assert_cmpint (yihu_register_parse_birth ("1850-01-01", 20261121), ==, 0);
  g_assert_cmpint (yihu_register_parse_birth ("", 20261121), ==, 0);
  g_assert_cmpint (yihu_register_parse_birth ("eighty", 20261121), ==, 0);
}

/* Pulses in a period: pieces of sound with at least 50 ms of silence between them. */
static guint
count_pulses (gboolean urgent)
{
  g_autoptr (GBytes) period = yihu_ring_tone_render (urgent);
  gsize size;
  const gint16 *samples = g_bytes_get_data (period, &size);
  gsize silence = YIHU_RING_RATE / 50;
  guint n_pulses = 0;
  gsize quiet = silence;

  for (gsize i = 0; i < size / sizeof (gint16); i++)
    if (samples[i] != 0)
      {
        n_pulses += quiet >= silence;
        quiet = 0;
      }
    else
      quiet++;
  return n_pulses;
}

static void
test_ring_tells_urgent_apart (void)
{
  g_assert_cmpuint (count_pulses (TRUE), ==, 5);
  g_assert_cmpuint (count_pulses (FALSE), ==, 2);
}

#define ADD(path, func) g_test_add (path, Seat, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  yihu_json_init ();
  ADD ("/call/invite-alone", test_invite_alone);
  ADD ("/call/feed-first", test_feed_first);
  ADD ("/call/other-seat", test_other_seat_is_not_mine);
  ADD ("/call/caller-gives-up", test_caller_gives_up);
  ADD ("/call/kinds-of-callers", test_kinds_of_callers);
  ADD ("/call/hold-keeps-the-clock", test_hold_keeps_the_clock);
  ADD ("/call/close-waits", test_close_waits_for_the_switchboard);
  ADD ("/call/close-at-once", test_close_at_once);
  ADD ("/call/close-survives-a-crash", test_close_survives_a_crash);
  ADD ("/call/line-comes-back", test_line_comes_back);
  ADD ("/call/identify", test_identify);
  g_test_add_func ("/queue/order", test_queue_order);
  g_test_add_func ("/todo/follows-the-feed", test_todo_follows_the_feed);
  g_test_add_func ("/catalogue/offers", test_offers_are_ranked);
  g_test_add_func ("/drafts/parked", test_forms_are_parked);
  g_test_add_func ("/shift/counts-once", test_shift_counts_once);
  g_test_add_func ("/register/birth-days", test_birth_days);
  g_test_add_func ("/ring/urgent", test_ring_tells_urgent_apart);
  return g_test_run ();
}
