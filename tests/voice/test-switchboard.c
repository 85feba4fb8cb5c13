/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The switchboard in virtual time with dialogs that only remember: every way a call can go, what
 * the caller is told, what the server is told. Sound runs in its thread, without a packet. */

#include "base/bounded-json.h"
#include "fake-link.h"
#include "voice/party.h"
#include "voice/switchboard.h"

#include <string.h>

/* A dialog played by the test. */

#define TEST_TYPE_DIALOG (test_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TestDialog, test_dialog, TEST, DIALOG, YihuDialog)

struct _TestDialog
{
  YihuDialog parent_instance;
  GString *log;
};

G_DEFINE_FINAL_TYPE (TestDialog, test_dialog, YIHU_TYPE_DIALOG)

static void
add (YihuDialog *dialog, const char *format, int number)
{
  GString *log = TEST_DIALOG (dialog)->log;

  if (log->len > 0)
    g_string_append_c (log, ' ');
  g_string_append (log, format);
  if (number > 0)
    g_string_append_printf (log, "%d", number);
}

static void
test_dialog_progress (YihuDialog *dialog, int status)
{
  add (dialog, "", status);
}

static void
test_dialog_accept (YihuDialog *dialog, const char *description)
{
  g_assert_nonnull (strstr (description, "m=audio "));
  add (dialog, "", 200);
}

static void
test_dialog_refuse (YihuDialog *dialog, int status)
{
  add (dialog, "refuse", status);
}

static void
test_dialog_hang_up (YihuDialog *dialog)
{
  add (dialog, "hang-up", 0);
}

static void
test_dialog_probe (YihuDialog *dialog)
{
  add (dialog, "probe", 0);
}

static void
test_dialog_finalize (GObject *object)
{
  g_string_free (TEST_DIALOG (object)->log, TRUE);
  G_OBJECT_CLASS (test_dialog_parent_class)->finalize (object);
}

static void
test_dialog_class_init (TestDialogClass *klass)
{
  YihuDialogClass *dialog_class = YIHU_DIALOG_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_dialog_finalize;
  dialog_class->progress = test_dialog_progress;
  dialog_class->accept = test_dialog_accept;
  dialog_class->refuse = test_dialog_refuse;
  dialog_class->hang_up = test_dialog_hang_up;
  dialog_class->probe = test_dialog_probe;
}

static void
test_dialog_init (TestDialog *self)
{
  self->log = g_string_new (NULL);
}

typedef struct
{
  YihuClock *clock;
  TestLink *link;
  YihuMedia *media;
  YihuSwitchboard *board;
  GPtrArray *rung; /* (owned) YihuDialog to operators, in order */
  GString *contacts; /* where they went */
  gboolean nobody_there;
} Fixture;

static YihuDialog *
on_invite (gpointer data,
           const char *contact,
           const char *caller,
           const char *call_id,
           gboolean is_emergency,
           const char *description)
{
  Fixture *f = data;
  YihuDialog *dialog;

  if (f->nobody_there)
    return NULL;
  dialog = g_object_new (TEST_TYPE_DIALOG, NULL);
  g_ptr_array_add (f->rung, g_object_ref (dialog));
  g_string_append_printf (f->contacts, "%s%s ", contact, is_emergency ? "!" : "");
  return dialog;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->clock = yihu_fake_clock_new (1700000000000000);
  f->link = test_link_new ();
  f->media = yihu_media_new ("127.0.0.1");
  f->board = yihu_switchboard_new (f->clock, YIHU_LINK (f->link), f->media, "0417", on_invite, f);
  f->rung = g_ptr_array_new_with_free_func (g_object_unref);
  f->contacts = g_string_new (NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  yihu_switchboard_shutdown (f->board);
  g_assert_finalize_object (f->board);
  for (guint i = 0; i < f->rung->len; i++)
    g_assert_cmpuint (G_OBJECT (f->rung->pdata[i])->ref_count, ==, 1);
  g_ptr_array_unref (f->rung);
  g_string_free (f->contacts, TRUE);
  yihu_media_free (f->media);
  g_object_unref (f->link);
  g_object_unref (f->clock);
}

static const YihuSessionDescription somewhere = { .host = "127.0.0.1",
                                                  .port = 9,
                                                  .mode = YIHU_SDP_SENDRECV,
                                                  .codec = YIHU_CODEC_PCMA,
                                                  .telephone_event = -1,
                                                  .n_media = 1,
                                                  .media = { "audio" } };

static YihuDialog *
call_in (Fixture *f, const char *number, gboolean is_emergency)
{
  YihuDialog *dialog = g_object_new (TEST_TYPE_DIALOG, NULL);

  yihu_dialog_set_request (dialog, number, "12349", is_emergency, &somewhere);
  yihu_switchboard_take_call (f->board, dialog);
  return dialog;
}

static void
make_ready (Fixture *f, const char *seat)
{
  g_autofree char *contact = g_strdup_printf ("sip:%s@1", seat);

  g_assert_true (yihu_switchboard_bind_seat (f->board, seat, contact));
  yihu_switchboard_set_wish (f->board, seat, TRUE);
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (f->clock), 10);
}

static void
assert_log (YihuDialog *dialog, const char *expected)
{
  g_assert_cmpstr (TEST_DIALOG (dialog)->log->str, ==, expected);
}

static void
assert_calls (Fixture *f, const char *expected)
{
  g_autofree char *steps = test_link_print_calls (f->link, NULL);

  g_assert_cmpstr (steps, ==, expected);
}

static void
advance_s (Fixture *f, guint seconds)
{
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (f->clock), seconds * 1000);
}

static void
test_answered (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuDialog) caller = NULL;
  YihuCommand *answer;

  make_ready (f, "03");
  caller = call_in (f, "13842171234", FALSE);
  assert_log (caller, "180");
  yihu_fake_clock_advance (YIHU_FAKE_CLOCK (f->clock), 7000);
  yihu_dialog_emit_answered (f->rung->pdata[0], &somewhere);
  assert_log (caller, "180 200");
  answer = test_link_find (f->link, "call.answer", 0);
  g_assert_cmpint (answer->at_us, ==, 1700000000000000 + 7010000);
  yihu_dialog_emit_ended (f->rung->pdata[0], 0);
  assert_log (caller, "180 200 hang-up");
  assert_calls (f, "begin offer 03 answer 03 end operator");
  g_assert_cmpuint (yihu_switchboard_get_n_calls (f->board), ==, 0);
  {
    g_autofree char *seat = test_link_print_seat (f->link, "03");
    g_assert_cmpstr (seat, ==, "away ready ringing busy wrapup");
  }
}

static void
test_caller_leaves (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuDialog) in_queue = call_in (f, "1", FALSE);
  g_autoptr (YihuDialog) ringing = NULL;
  g_autoptr (YihuDialog) talking = NULL;

  assert_log (in_queue, "182");
  yihu_dialog_emit_ended (in_queue, 487);
  assert_calls (f, "begin miss caller");

  make_ready (f, "03");
  ringing = call_in (f, "2", FALSE);
  yihu_dialog_emit_ended (ringing, 487);
  assert_log (f->rung->pdata[0], "hang-up");
  assert_calls (f, "begin miss caller begin offer 03 miss caller");

  talking = call_in (f, "3", FALSE);
  yihu_dialog_emit_answered (f->rung->pdata[1], &somewhere);
  yihu_dialog_emit_ended (talking, 0);
  assert_log (f->rung->pdata[1], "hang-up");
  g_assert_cmpuint (yihu_switchboard_get_n_calls (f->board), ==, 0);
  /* A 200 of a phone that was cancelled: nothing happens any more. */
  yihu_dialog_emit_answered (f->rung->pdata[0], &somewhere);
}

static void
test_refused_and_unanswered (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuDialog) caller = NULL;

  make_ready (f, "01");
  make_ready (f, "02");
  make_ready (f, "03");
  caller = call_in (f, "1", TRUE);
  yihu_dialog_emit_ended (f->rung->pdata[0], 603); /* does not want to */
  assert_log (caller, "180 182 180");
  advance_s (f, 20); /* does not hear it */
  assert_log (f->rung->pdata[1], "hang-up");
  yihu_dialog_emit_ended (f->rung->pdata[2], 408); /* is not there */
  assert_calls (f, "begin offer 01 requeue offer 02 requeue offer 03 requeue offer 01");
  g_assert_cmpstr (f->contacts->str, ==, "sip:01@1! sip:02@1! sip:03@1! sip:01@1! ");
  yihu_dialog_emit_answered (f->rung->pdata[3], &somewhere);
  {
    g_autofree char *seat = test_link_print_seat (f->link, "03");
    g_assert_cmpstr (seat, ==, "away ready ringing offline");
  }
}

static void
test_no_way_to_ring (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuDialog) caller = NULL;

  make_ready (f, "01");
  f->nobody_there = TRUE;
  caller = call_in (f, "1", FALSE);
  assert_calls (f, "begin offer 01 requeue");
  assert_log (caller, "182 182");
  f->nobody_there = FALSE;
  g_assert_true (yihu_switchboard_bind_seat (f->board, "01", "sip:01@1"));
  yihu_switchboard_set_wish (f->board, "01", TRUE);
  assert_log (caller, "182 182 180");
}

static void
test_numbers (Fixture *f, gconstpointer data)
{
  g_autofree char *long_number = g_strnfill (300, '5');
  g_autoptr (YihuDialog) anonymous = call_in (f, "", FALSE);
  g_autoptr (YihuDialog) strange = call_in (f, long_number, TRUE);
  g_autoptr (YihuDialog) local = call_in (f, "2817331", FALSE);
  const char *numbers[] = { NULL, NULL, "+864172817331" };
  const char *urgencies[] = { "general", "urgent", "general" };

  for (guint i = 0; i < 3; i++)
    {
      json_t *call = json_object_get (test_link_find (f->link, "call.begin", i)->args, "call");

      g_assert_cmpstr (json_string_value (json_object_get (call, "number")), ==, numbers[i]);
      g_assert_cmpstr (json_string_value (json_object_get (call, "urgency")), ==, urgencies[i]);
    }
}

static void
test_hold (Fixture *f, gconstpointer data)
{
  YihuSessionDescription held = somewhere;
  g_autoptr (YihuDialog) caller = NULL;

  held.mode = YIHU_SDP_SENDONLY;
  make_ready (f, "03");
  caller = call_in (f, "1", FALSE);
  yihu_dialog_emit_answered (f->rung->pdata[0], &somewhere);
  yihu_dialog_emit_changed (f->rung->pdata[0], &held);
  yihu_dialog_emit_changed (caller, &somewhere);
  assert_log (f->rung->pdata[0], "200");
  assert_log (caller, "180 200 200");
}

static void
test_seat_comes_back (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuDialog) caller = NULL;

  make_ready (f, "03");
  caller = call_in (f, "1", FALSE);
  yihu_dialog_emit_answered (f->rung->pdata[0], &somewhere);
  yihu_switchboard_unbind_seat (f->board, "03"); /* a gap in the network */
  yihu_switchboard_bind_seat (f->board, "03", "sip:03@1"); /* the same phone: nothing happens */
  g_assert_cmpuint (f->rung->len, ==, 1);
  yihu_switchboard_bind_seat (f->board, "03", "sip:03@2");
  g_assert_cmpuint (f->rung->len, ==, 2);
  yihu_dialog_emit_ended (f->rung->pdata[0], 408); /* the old one is found dead */
  g_assert_cmpuint (yihu_switchboard_get_n_calls (f->board), ==, 1);
  yihu_dialog_emit_answered (f->rung->pdata[1], &somewhere);
  assert_log (caller, "180 200");
  yihu_dialog_emit_ended (caller, 0);
  assert_log (f->rung->pdata[1], "hang-up");
  assert_calls (f, "begin offer 03 answer 03 end caller");
}

static void
test_shutdown (Fixture *f, gconstpointer data)
{
  g_autoptr (YihuDialog) talking = NULL;
  g_autoptr (YihuDialog) ringing = NULL;
  g_autoptr (YihuDialog) waiting = NULL;
  g_autoptr (YihuDialog) late = NULL;

  make_ready (f, "01");
  make_ready (f, "02");
  talking = call_in (f, "1", FALSE);
  yihu_dialog_emit_answered (f->rung->pdata[0], &somewhere);
  ringing = call_in (f, "2", FALSE);
  waiting = call_in (f, "3", FALSE);
  yihu_switchboard_shutdown (f->board);
  g_assert_cmpuint (yihu_switchboard_get_n_calls (f->board), ==, 0);
  g_assert_cmpuint (f->rung->len, ==, 2);
  assert_log (talking, "180 200 hang-up");
  assert_log (waiting, "182 hang-up");
  g_assert_cmpuint (test_link_count (f->link, "call.end"), ==, 1);
  g_assert_cmpuint (test_link_count (f->link, "call.miss"), ==, 2);
  late = call_in (f, "4", FALSE);
  assert_log (late, "refuse503");
}

/* RTP that never comes, or ceases: noticed after 20 s, asked for each 30 s, and its return. */
static void
test_lost_leg (Fixture *f, gconstpointer data)
{
  const struct
  {
    guint silence_ms;
    gboolean is_held;
    YihuPartyNews news;
  } steps[] = {
    { 0, FALSE, YIHU_PARTY_NO_NEWS },          { 19999, FALSE, YIHU_PARTY_NO_NEWS },
    { 25000, TRUE, YIHU_PARTY_NO_NEWS },       { 26000, FALSE, YIHU_PARTY_WENT_SILENT },
    { 27000, FALSE, YIHU_PARTY_NO_NEWS },      { 55999, FALSE, YIHU_PARTY_NO_NEWS },
    { 56000, FALSE, YIHU_PARTY_STILL_SILENT }, { 57000, FALSE, YIHU_PARTY_NO_NEWS },
    { 86000, FALSE, YIHU_PARTY_STILL_SILENT }, { 20, FALSE, YIHU_PARTY_CAME_BACK },
    { 40, FALSE, YIHU_PARTY_NO_NEWS },         { 20000, FALSE, YIHU_PARTY_WENT_SILENT },
  };
  YihuSilence silence = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    g_assert_cmpint (yihu_silence_judge (&silence, steps[i].silence_ms, steps[i].is_held), ==,
                     steps[i].news);
}

int
main (int argc, char **argv)
{
#define ADD(name, func)                                                                            \
  g_test_add ("/voice/switchboard/" name, Fixture, NULL, set_up, func, tear_down)
  g_test_init (&argc, &argv, NULL);
  yihu_json_init ();
  ADD ("answered", test_answered);
  ADD ("caller-leaves", test_caller_leaves);
  ADD ("refused-and-unanswered", test_refused_and_unanswered);
  ADD ("no-way-to-ring", test_no_way_to_ring);
  ADD ("numbers", test_numbers);
  ADD ("hold", test_hold);
  ADD ("seat-comes-back", test_seat_comes_back);
  ADD ("shutdown", test_shutdown);
  ADD ("lost-leg", test_lost_leg);
  return g_test_run ();
}
